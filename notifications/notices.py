"""What staff may tell many at once: fixed words, read by two people before they are here; no free text (H04)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.topics import Topic


@dataclass(frozen=True)
class Notice:
    """One notice: the name of its files, what staff read of it, its topic, and the channels that have words for it."""

    name: str
    title: Promise
    topic: Topic = Topic.NEWS
    channels: tuple[str, ...] = ("sms", "call", "email")


NOTICES: dict[str, Notice] = {
    notice.name: notice
    for notice in (
        Notice("still_on_list", _("You still have your place")),
        Notice("new_page", _("There is something new to read")),
        Notice("number_changes", _("Our phone number changes")),
    )
}
