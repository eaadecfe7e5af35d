"""The form of wishes: for each topic the first way, what one needs, and when a phone may ring; nothing here saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.actions.wishes import OFF, Wishes
from notifications.languages import LANGUAGES
from notifications.models import Channel, CommunicationNeed, ContactPoint, ContactPreference, Digest
from notifications.topics import Topic

WAYS = {Channel.SMS: _("A text"), Channel.CALL: _("A phone call"), Channel.EMAIL: _("An e-mail")}
QUIET = {Topic.NEWS: _("Nothing. I will sign in or ring you")}  # what "off" means where silence has a price


class WishesForm(forms.Form):
    """Asks how somebody likes to hear about each thing we tell; only ways they can be reached by are offered."""

    digest = forms.ChoiceField(
        label=_("When somebody writes in your groups, how often shall we tell you?"),
        help_text=_("We say that there is something new, never what or who."),
        choices=Digest.Often.choices,
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label=_("What helps you?"),
        choices=CommunicationNeed.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Which language?"), choices=list(LANGUAGES.items()))
    voicemail_allowed = forms.BooleanField(
        label=_("You may leave a voicemail"),
        help_text=_("It says your first name and asks you to ring us. Nothing else."),
        required=False,
    )
    safe_from = forms.TimeField(
        label=_("Safe to text or ring from"),
        help_text=_("We never do before 8 in the morning or after 8 in the evening."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    safe_to = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(
        self,
        *args: Any,
        topics: Sequence[Topic],
        contacts: Sequence[ContactPoint],
        held: Sequence[ContactPreference],
        needs: Sequence[str],
        digest: str = "",
        **kwargs: Any,
    ) -> None:
        known = {row.topic: OFF if row.is_off else (row.channels or [""])[0] for row in held}
        phone = next(iter(contacts), None)
        kept = ("language", "voicemail_allowed", "safe_from", "safe_to")
        kwargs.setdefault("initial", {name: getattr(phone, name) for name in kept} if phone else {"language": "en"})
        kwargs["initial"] |= known | {"needs": list(needs), "digest": digest}
        super().__init__(*args, **kwargs)
        self.topics = [topic.value for topic in topics]
        carried = {channel for contact in contacts for channel in contact.channels()}
        ways = [(channel.value, words) for channel, words in WAYS.items() if channel in carried]
        for topic in topics:
            off = QUIET.get(topic, _("Nothing"))
            self.fields[topic.value] = forms.ChoiceField(
                label=topic.label,
                choices=[("", _("Whatever is quickest")), *ways, (OFF, off)],
                required=False,
                widget=forms.RadioSelect,
            )
        if not digest:
            del self.fields["digest"]  # who is in no group has nothing new there
        self.order_fields([*self.topics, "digest", *list(self.base_fields)])

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of the safe hours, and for hours that leave some of the day."""
        given = super().clean() or {}
        if bool(given.get("safe_from")) != bool(given.get("safe_to")):
            self.add_error("safe_to", _("Give both times, or neither."))
        elif given.get("safe_from") and given["safe_from"] == given["safe_to"]:
            self.add_error("safe_to", _("These are the same time, so there would be no time left."))
        both = {CommunicationNeed.Kind.BY_VOICE, CommunicationNeed.Kind.IN_WRITING}
        if both <= set(given.get("needs") or []):
            self.add_error("needs", _("Choose by voice or in writing, not both."))
        return given

    def wishes(self) -> Wishes:
        """Give what somebody wishes."""
        given = self.cleaned_data
        return Wishes(
            topics={topic: given[topic] for topic in self.topics},
            digest=given.get("digest", ""),
            needs=frozenset(given["needs"]),
            language=given["language"],
            voicemail_allowed=given["voicemail_allowed"],
            safe_from=given["safe_from"],
            safe_to=given["safe_to"],
        )
