"""Tell it once: what somebody wants people to know, part by part, and who may read which (S59)."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from peer import doors
from peer.gate import action
from peer.models import Person, ProfileNote, User
from peer.roles import Perm
from peer.states import RuleBroken

LONGEST = 1_000


@action(Perm.WRITE_OWN_PROFILE)
def save(person: Person, *, by: User, part: str, words: str, places: Collection[str]) -> ProfileNote:
    """Keep what somebody wrote in one part, and who may read it; worrying words go to a clinician in minutes (U3)."""
    return _write(person, part=part, words=words, places=places, is_draft=False)


@action(Perm.WRITE_OWN_PROFILE)
def keep_draft(person: Person, *, by: User, part: str, words: str, places: Collection[str]) -> ProfileNote:
    """Keep what somebody has begun; nobody else reads it, and what was there before stays as it was."""
    return _write(person, part=part, words=words, places=places, is_draft=True)


def _write(person: Person, *, part: str, words: str, places: Collection[str], is_draft: bool) -> ProfileNote:
    if part not in ProfileNote.Part.values:
        raise RuleBroken(_("There is no such part."))
    if len(words) > LONGEST:
        raise RuleBroken(_("That is a little long. Please keep it under %(most)d letters.") % {"most": LONGEST})
    may_read = {f"for_{place}": place in places for place in ProfileNote.Place.values}
    heard = doors.hear("profile", words=words)
    note: ProfileNote = ProfileNote.objects.create(
        person=person, part=part, words=words.strip(), is_draft=is_draft, level=heard.level, **may_read
    )
    if not is_draft:
        doors.wake(heard, note, person=person)
    return note
