"""The form of a call: what came of it, and how somebody likes to be reached; nothing here saves."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.actions.calls import Wishes
from notifications.languages import LANGUAGES
from notifications.models import CallTask, ContactPoint


class CallForm(forms.Form):
    """Asks what came of a call; after a first conversation also for "your word" and the wishes (U2, S94)."""

    outcome = forms.ChoiceField(label=_("What came of it?"), choices=CallTask.Outcome.choices, widget=forms.RadioSelect)
    your_word = forms.CharField(
        label=_("Your word"),
        help_text=_("A word they chose. It opens every message, so that they know it is from us."),
        required=False,
        min_length=3,
        max_length=20,
    )
    preferred_channel = forms.ChoiceField(
        label=_("How do they like to hear?"), choices=ContactPoint.Liked.choices, required=False
    )
    language = forms.ChoiceField(label=_("In which language?"), choices=list(LANGUAGES.items()), required=False)
    voicemail_allowed = forms.BooleanField(label=_("We may leave a voicemail"), required=False)
    safe_from = forms.TimeField(
        label=_("Safe to ring from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    safe_to = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    note = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("The family does not see this."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, task: CallTask, **kwargs: Any) -> None:
        contact = task.contact
        if contact is not None:
            names = ("preferred_channel", "language", "voicemail_allowed", "safe_from", "safe_to")
            kwargs.setdefault("initial", {name: getattr(contact, name) for name in names})
        super().__init__(*args, **kwargs)
        self.must_agree_word = contact is not None and not contact.your_word
        if self.must_agree_word:
            word = self.fields["your_word"]
            word.label = _("Your word, if you spoke")
            word.help_text = _("A word they choose now. It opens every message, so that they know it is from us.")
            word.widget.attrs["aria-required"] = "true"
        if contact is None or not contact.voicemail_allowed:
            outcome = cast("forms.ChoiceField", self.fields["outcome"])
            outcome.choices = [row for row in CallTask.Outcome.choices if row[0] != CallTask.Outcome.LEFT_WORD]

    def clean(self) -> dict[str, Any]:
        """Ask for the word where a first conversation has happened, and for both ends of the safe hours."""
        given = super().clean() or {}
        spoke = given.get("outcome") == CallTask.Outcome.ANSWERED
        if spoke and self.must_agree_word and not given.get("your_word") and "your_word" not in self.errors:
            self.add_error(
                "your_word", _("Agree a word with them. Without it nothing more can be sent to this number.")
            )
        if bool(given.get("safe_from")) != bool(given.get("safe_to")):
            self.add_error("safe_to", _("Give both times, or neither."))
        return given

    def wishes(self) -> Wishes:
        """Give how somebody likes to be reached."""
        given = self.cleaned_data
        return Wishes(
            preferred_channel=given["preferred_channel"] or ContactPoint.Liked.TEXT,
            language=given["language"] or "en",
            voicemail_allowed=given["voicemail_allowed"],
            safe_from=given["safe_from"],
            safe_to=given["safe_to"],
        )
