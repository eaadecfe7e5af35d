"""The forms of signing in: second steps in our words, a card with own words, a number from staff, a way back."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from cms.accounts import CALL, LANDLINE

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "size": "16"}
WORDS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """The number of one's own phone, and whether the code should come by text or by a call."""

    def clean_login(self) -> str:
        """Say the way of the code before the number's hash; a phone on the wall is rung, or nothing."""
        number = str(super().clean_login())
        if "call" in self.data:
            return f"{CALL}{number.rpartition('-')[2]}"
        if number.startswith(LANDLINE):
            raise forms.ValidationError(_("That phone takes no texts. Press “Ring me with the code instead”."))
        return number


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey: a name for it, and whether it opens the account alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name, to tell it from others")
        self.fields["passwordless"].label = _("Let me sign in with it alone, with no code by text")
        self.fields["passwordless"].help_text = ""
        self.fields["passwordless"].initial = True


class SetUpCodeApp(ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of a new code app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("The 6 numbers that the app shows"))


class SecondStep(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A code of the app, or one that was kept, at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("The code of your app, or one you kept"))


class SecondStepAgain(ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The same, once more before something weighty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("The code of your app, or one you kept"))


def _plain(field: forms.Field, label: Any) -> None:
    field.label = label
    field.widget.attrs |= {"inputmode": "numeric", "size": "12"}
    field.widget.attrs.pop("placeholder", None)


class CardForm(forms.Form):
    """The number of a card, and the three words that its owner chose."""

    number = forms.CharField(
        label=_("The number on your card"),
        max_length=40,
        widget=forms.TextInput(attrs=DIGITS),
        error_messages={"required": _("Type the 12 numbers on your card.")},
    )
    words = forms.CharField(
        label=_("Your three words"),
        help_text=_("In any order, with a space between."),
        max_length=120,
        widget=forms.PasswordInput(attrs=WORDS),
        error_messages={"required": _("Type the three words you chose.")},
    )


class TogetherForm(forms.Form):
    """The six digits that somebody of staff reads out."""

    number = forms.CharField(
        label=_("The 6 numbers they tell you"),
        max_length=20,
        widget=forms.TextInput(attrs=DIGITS | {"size": "8"}),
        error_messages={"required": _("Type the 6 numbers they tell you.")},
    )


class OwnWordsForm(forms.Form):
    """Three words of one's own."""

    one = forms.CharField(label=_("First word"), max_length=30, widget=forms.TextInput(attrs=WORDS))
    two = forms.CharField(label=_("Second word"), max_length=30, widget=forms.TextInput(attrs=WORDS))
    three = forms.CharField(label=_("Third word"), max_length=30, widget=forms.TextInput(attrs=WORDS))

    def words(self) -> list[str]:
        """Give the three words as they were typed."""
        return [self.cleaned_data["one"], self.cleaned_data["two"], self.cleaned_data["three"]]


class PinForm(forms.Form):
    """A PIN for any phone, typed twice."""

    pin = forms.CharField(
        label=_("A new PIN"),
        help_text=_("6 to 12 digits, not in a row, and nobody’s birthday."),
        max_length=40,
        widget=forms.PasswordInput(attrs=DIGITS),
        error_messages={"required": _("Type 6 to 12 digits.")},
    )
    again = forms.CharField(
        label=_("The same PIN again"),
        max_length=40,
        widget=forms.PasswordInput(attrs=DIGITS),
        error_messages={"required": _("Type the PIN once more.")},
    )

    def clean(self) -> dict[str, Any]:
        """Say where the two differ."""
        given: dict[str, Any] = super().clean() or {}
        if "pin" in given and "again" in given and given["pin"] != given["again"]:
            self.add_error("again", _("The two are not the same. Type them again."))
        return given


class WayBackForm(forms.Form):
    """Whose account it is, and what shows that it is theirs."""

    who = forms.CharField(
        label=_("Your mobile number, or the number on your card"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": _("Type your mobile number or the number on your card.")},
    )
    secret = forms.CharField(
        label=_("Your three words, or the code you kept"),
        max_length=120,
        widget=forms.PasswordInput(attrs=WORDS),
        error_messages={"required": _("Type your three words or the code you kept.")},
    )


class ComeBackForm(forms.Form):
    """The number that was shown when somebody asked for a way back."""

    number = forms.CharField(
        label=_("The number we showed you"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the number we showed you when you asked.")},
    )


class ReasonForm(forms.Form):
    """Why somebody of staff does it."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in a sentence.")},
    )


class NameForm(forms.Form):
    """Whose account one looks for."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)


class EmailForm(forms.Form):
    """The work e-mail by which single sign-on finds the account."""

    email = forms.EmailField(
        label=_("Work e-mail"), required=False, help_text=_("Leave it empty to end signing in with the work account.")
    )
