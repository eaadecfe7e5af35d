"""“I need someone now” and “I’m worried about someone”, from every page, with or without an account (E1, B6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from peer import clock, doors, knocks, screening
from peer.events import emit
from peer.gate import System, TheService, action
from peer.models import HelpRequest, Membership, Person, SupportGroup, User
from peer.news import HelpRequestAnswered, WordsWorrying
from peer.roles import Perm, Role
from peer.states import RuleBroken

VISITOR = System("visitor", may=frozenset({Perm.ASK_FOR_HELP}))

# From one place in an hour, which may be a whole school: so many ring people at once, and so many are taken in at all.
RINGS_AN_HOUR, MOST_AN_HOUR = 6, 60


@dataclass(frozen=True)
class Asked:
    """What somebody typed: for whom it is, in which words, and how to reach them."""

    kind: str
    words: str = ""
    reach: str = ""
    is_urgent: bool = True


@action(Perm.ASK_FOR_HELP)
def ask(
    service: TheService, *, by: System, asked: Asked, nonce: str, sender: str, person: Person | None = None
) -> HelpRequest:
    """Take in once that somebody needs a person, and have one woken in the same moment (E1).

    Where one place sends very many, the later ones stand on the list for less than an hour before they ring anybody.
    """
    first = HelpRequest.objects.filter(form_nonce=nonce).first() if nonce else None
    if first is not None:
        return first
    before = knocks.knock(sender)
    if before >= MOST_AN_HOUR:
        raise RuleBroken(_("Very many have come from this place in the last hour, so we could not take this in."))
    is_me = asked.kind == HelpRequest.Kind.ME
    said = {"words": asked.words, "reach": asked.reach}
    heard = doors.hear("help_me", **said) if is_me else doors.hear("help_someone", **said)
    is_red = is_me or asked.is_urgent or heard.level is screening.Level.RED
    rings = before < RINGS_AN_HOUR
    level = screening.Level.RED if is_red else screening.Level.AMBER
    waking = level if rings else screening.Level.AMBER
    row: HelpRequest = HelpRequest.objects.create(
        kind=asked.kind,
        words=asked.words,
        reach=asked.reach,
        person=person,
        level=level,
        rings=rings,
        asked_at=clock.now(),
        form_nonce=nonce or None,
        owner_role=Role.CLINICIAN,
        due_at=clock.now() + dt.timedelta(minutes=screening.due_minutes(waking)),
    )
    about = person if is_me else None  # a worry about somebody is not about whoever told us
    emit(WordsWorrying(door=heard.door, row=row, level=waking, person=about, group=_group_of(person)))
    return row


@action(Perm.ANSWER_HELP_REQUEST)
def answer(asked: HelpRequest, *, by: User, words: str, heard_how: str) -> HelpRequest:
    """Tell whoever asked what came of it, without saying anything about others; a person has rung them, or it waits."""
    if asked.is_own(by):
        raise RuleBroken(_("This is your own. Somebody else answers it."))
    if not words.strip():
        raise RuleBroken(_("Write a few words for the person who told us."))
    asked.move_to(
        HelpRequest.State.ANSWERED,
        answer_words=words.strip(),
        heard_how=heard_how,
        answered_at=clock.now(),
        due_at=None,
    )
    emit(HelpRequestAnswered(asked))
    return asked


def _group_of(person: Person | None) -> SupportGroup | None:
    """Find the group whose clinicians are rung first: the one somebody is in now."""
    places = Membership.objects.filter(person=person, person__isnull=False).active()
    place = places.select_related("group").order_by("-pk").first()
    return place.group if place else None
