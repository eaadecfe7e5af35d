"""Forms of feedback: they ask kindly and validate; nothing here saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import Commitment, FeedbackItem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 4000


def words(
    label: StrOrPromise, *, help_text: StrOrPromise = "", required: bool = False, rows: int = 4
) -> forms.CharField:
    """Make a box for a few sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": _("That is a little long for us. Please keep it under %(limit_value)d letters.")},
    )


class GiveForm(forms.Form):
    """Works, doesn't, I would change: each can stay empty, but not all three (S97)."""

    works = words(_("What works?"), help_text=_("Something that helped, or that you would keep."))
    does_not = words(_("What doesn’t?"), help_text=_("Something that got in the way, or made it harder."))
    would_change = words(_("What would you change?"), help_text=_("If it was up to you."))
    about = forms.ChoiceField(
        label=_("What is this about?"),
        choices=[("", _("I’d rather not say")), *FeedbackItem.About.choices],
        required=False,
    )
    age_band = forms.ChoiceField(
        label=_("How old are you?"),
        help_text=_("Only if you want to say. It helps us see who we hear from."),
        choices=[("", _("I’d rather not say")), *FeedbackItem.AgeBand.choices],
        required=False,
    )
    may_share = forms.BooleanField(
        label=_("You may put my words on this website"),
        help_text=_("We take out names first. If you leave this empty, only our team reads it."),
        required=False,
    )

    tell_me = forms.BooleanField(
        label=_("Tell me what comes of it"),
        help_text=_("We text or ring you, and say no word of what you wrote. Those who read it do not see your name."),
        required=False,
    )

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_known:
            del self.fields["tell_me"]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one of the three."""
        given = super().clean() or {}
        if not self.errors and not any(given.get(name) for name in ("works", "does_not", "would_change")):
            raise forms.ValidationError(_("Write something in at least one of the three boxes."))
        return given


class ComplainForm(forms.Form):
    """What went wrong, and what would put it right (U23)."""

    does_not = words(_("What happened?"), required=True, rows=6)
    would_change = words(_("What would put it right?"), help_text=_("You can leave this empty."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["does_not"].error_messages["required"] = _("Tell us what happened. A few words are enough.")


class FindForm(forms.Form):
    """The reference somebody kept."""

    reference = forms.CharField(
        label=_("Your reference"),
        help_text=_("Three blocks of four, like K7QM-2XPD-9RTA."),
        max_length=40,
        error_messages={"required": _("Type the reference we gave you.")},
    )


class PhoneForm(GiveForm):
    """What somebody said by phone, written down while they listen."""

    tell_me = forms.BooleanField(label=_("They would like to hear what comes of it"), required=False, initial=True)

    read_back = forms.BooleanField(
        label=_("I read this back to the person and they agreed with it"),
        error_messages={"required": _("Read it back to the person first, then tick this.")},
    )


class ReplyForm(forms.Form):
    """The service's reply."""

    body = words(_("Your reply"), help_text=_("Short and warm. No names."), required=True)
    signed = forms.CharField(label=_("Signed"), max_length=80, help_text=_("A role, such as “The waiting list team”."))


class MoveForm(forms.Form):
    """The next state, with the reason people will read."""

    state = forms.ChoiceField(label=_("What is true now?"), widget=forms.RadioSelect)
    reason = words(_("What happened, or why not?"), help_text=_("The person who wrote this will read it."), rows=3)

    def __init__(self, *args: Any, item: FeedbackItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = FeedbackItem.MOVES.get(item.state, set())
        choices = [(state.value, state.label) for state in FeedbackItem.State if state in allowed]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]


class PromiseForm(forms.Form):
    """A promise, its owner and its day."""

    what = forms.CharField(label=_("What we will do"), max_length=300)
    owner_role = forms.CharField(label=_("Who will see to it"), max_length=80, help_text=_("A role, not a name."))
    due_on = forms.DateField(label=_("By which day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def clean_due_on(self) -> Any:
        """Refuse a day that has gone."""
        day = self.cleaned_data["due_on"]
        if day < clock.today():
            raise forms.ValidationError(_("Choose today or a day to come."))
        return day


class SettleForm(forms.Form):
    """How a promise ended."""

    state = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(state.value, state.label) for state in (Commitment.State.KEPT, Commitment.State.DROPPED)],
    )
    outcome = forms.CharField(label=_("In a sentence"), max_length=300, required=False)


class PublishForm(forms.Form):
    """The words as they will stand on the website."""

    said = words(_("The words to show"), help_text=_("Take out names, places and anything that points to one person."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].required = True


class TakeDownForm(forms.Form):
    """Why published words go out of sight."""

    reason = forms.CharField(label=_("Why take it down?"), max_length=300)
