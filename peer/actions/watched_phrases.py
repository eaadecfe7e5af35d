"""Words that a group's clinicians watch for: a line for each change, and none is ever rubbed out (decision 23)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock, screening
from peer.gate import action
from peer.models import SupportGroup, User, WatchedPhrase
from peer.roles import Perm
from peer.screening import Level
from peer.states import RuleBroken

LONGEST = 60
MOST = 100  # of one group: screening has 50 ms a text


@action(Perm.KEEP_WATCHED_PHRASES)
def watch(group: SupportGroup, *, by: User, phrase: str, level: Level) -> WatchedPhrase:
    """Watch for a phrase from now on: posts of this group that hold it go to the clinician first."""
    words = _plain(phrase)
    if len(words) < 2 or not screening.is_phrase(words):
        raise RuleBroken(_("Write a word or a few, with at least two letters."))
    watched = WatchedPhrase.objects.watched(group)
    if watched.get(words) == level:
        raise RuleBroken(_("This is watched for already."))
    if words not in watched and len(watched) >= MOST:
        raise RuleBroken(_("A group has %(most)d phrases of its own at most. Stop watching for one.") % {"most": MOST})
    return WatchedPhrase.objects.create(group=group, phrase=words, level=level, by=by, at=clock.now())


@action(Perm.KEEP_WATCHED_PHRASES)
def drop(group: SupportGroup, *, by: User, phrase: str) -> WatchedPhrase:
    """Stop watching for a phrase."""
    if _plain(phrase) not in WatchedPhrase.objects.watched(group):
        raise RuleBroken(_("This is not watched for any more."))
    return WatchedPhrase.objects.create(group=group, phrase=_plain(phrase), level=Level.NONE, by=by, at=clock.now())


def _plain(phrase: str) -> str:
    return " ".join(phrase.lower().split())
