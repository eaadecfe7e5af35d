"""From 16: one's own yes to what a parent's yes or a finding carried before, by phone, page or person (C7)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, consents, workdays
from peer.actions.consents import ON_THE_PHONE, SIXTEEN
from peer.events import emit
from peer.gate import System, action
from peer.models import Consent, OwnSay, Person, User
from peer.news import OwnYesAsked
from peer.roles import Perm, Role
from peer.states import RuleBroken

REPLY = System("own yes by phone", may=frozenset({Perm.CHOOSE_OWN_CONSENTS}))
ANSWER_WITHIN = 5  # working days until a clinician rings somebody who has not answered
TALK_WITHIN = 1  # … and somebody who said no

About, Answer = OwnSay.About, OwnSay.Answer


@action(Perm.WATCH_COMPETENCE)
def ask(person: Person, *, by: System) -> OwnSay:
    """Ask somebody who has turned 16; everything goes on as it is, and a clinician rings where no answer comes."""
    try:
        asked = OwnSay.objects.create(
            person=person,
            about=About.OWN_YES,
            owner_role=Role.CLINICIAN,
            due_at=workdays.due(days=ANSWER_WITHIN),
            since_at=clock.now(),
        )
    except IntegrityError:  # another sweeper was quicker
        raise RuleBroken(_("This is owed already.")) from None
    emit(OwnYesAsked(asked))
    return asked


@action(Perm.CHOOSE_OWN_CONSENTS)
def say(person: Person, *, by: User | System, given: bool, read: Collection[str] = ()) -> OwnSay:
    """Take their own yes, or their no; `read` names the words that stood on the page, if it came from one (C2)."""
    user = by if isinstance(by, User) else None
    return _take(_asked(person), by=user, given=given, basis=SIXTEEN, read=read)


@action(Perm.ASSESS_COMPETENCE)
def note(asked: OwnSay, *, by: User, given: bool) -> OwnSay:
    """Write down what they said to a clinician, after the words were read out; a no has been talked about by then."""
    aloud = [one.text_hash for one in consents.own_again(asked.person)]
    _take(asked, by=by, given=given, basis=ON_THE_PHONE, read=aloud)
    if not given:
        asked.end()
    return asked


def _asked(person: Person) -> OwnSay:
    asked = (
        OwnSay.objects.select_for_update().filter(person=person, about=About.OWN_YES, state=OwnSay.State.OPEN).first()
    )
    if asked is None:
        raise RuleBroken(_("There is nothing to answer here any more."))
    return asked


def _take(asked: OwnSay, *, by: User | None, given: bool, basis: str, read: Collection[str]) -> OwnSay:
    """Keep a yes to the words that were read, each purpose apart; a no stops nothing and is talked about soon.

    By text and key it is a yes to what they once read; new words are asked on the page, and owed until then (C4).
    """
    if not given:
        asked.answer, asked.due_at = Answer.NO, workdays.due(days=TALK_WITHIN)
        asked.save(update_fields=["answer", "due_at"])
        return asked
    for one in consents.own_again(asked.person):
        if one.text_hash in read or not one.is_in_new_words:
            Consent.objects.say(asked.person, one.purpose, given=True, basis=basis, by=by)
    asked.answer = Answer.YES
    asked.save(update_fields=["answer"])
    if consents.own_again(asked.person):
        return asked
    asked.end()
    for talk in OwnSay.objects.waiting().filter(person=asked.person, about=About.SIXTEEN):
        talk.end()
    return asked
