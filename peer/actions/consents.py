"""Saying yes, and taking it back as easily: each purpose apart, at once, in the words that stood there (C1–C5)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import adults, clock, workdays
from peer.events import emit
from peer.gate import action
from peer.models import Consent, FeedbackItem, OwnSay, Person, User
from peer.news import ConsentChanged
from peer.roles import Perm, Role
from peer.states import RuleBroken

Purpose = Consent.Purpose

OWN, SIXTEEN, ON_THE_PHONE = "own", "sixteen", "on the phone"
TALK_WITHIN = 1  # working days until a clinician talks with somebody who wants no parent told
BY_A_PRESS = (  # what one press gives and takes back; a group is joined by an invitation, and left on its own page
    Purpose.POST,
    Purpose.TEXTS,
    Purpose.PARENT_TOLD,
    Purpose.PARENT_NEWS,
    Purpose.FEEDBACK,
    Purpose.RESEARCH,
)


@action(Perm.CHOOSE_OWN_CONSENTS)
def give(person: Person, *, by: User, purpose: str, text_hash: str) -> Consent:
    """Say yes to the words that stood on the page, for one purpose."""
    return _say(person, purpose, given=True, by=by, basis=_basis(person), text_hash=text_hash)


@action(Perm.CHOOSE_OWN_CONSENTS)
def take_back(person: Person, *, by: User, purpose: str) -> Consent:
    """Take a yes back, or say no before anybody asks: the next message that rests on it does not go."""
    return _say(person, purpose, given=False, by=by, basis=_basis(person))


@action(Perm.ASSESS_COMPETENCE)
def note(person: Person, *, by: User, purpose: str, given: bool) -> Consent:
    """Write down what a young person said in a conversation, after the words were read out."""
    return _say(person, purpose, given=given, by=by, basis=ON_THE_PHONE)


def _say(person: Person, purpose: str, *, given: bool, by: User, basis: str, text_hash: str = "") -> Consent:
    if purpose not in BY_A_PRESS or (purpose in Consent.ABOUT_PARENTS and person.kind != Person.Kind.YOUNG_PERSON):
        raise RuleBroken(_("That is not a question we ask here."))
    person = Person.objects.select_for_update().get(pk=person.pk)  # one answer after another
    said = Consent.objects.say(person, purpose, given=given, basis=basis, by=by)
    if given and text_hash and text_hash != said.text_hash:
        raise RuleBroken(_("These words have just changed. Please read the new ones."))
    emit(ConsentChanged(person, purpose, given))
    if purpose == Purpose.PARENT_NEWS:
        _ask_whether_they_can_decide(person, given=given)
        adults.has_changed(person, by=by)
    if purpose == Purpose.FEEDBACK and not given:
        FeedbackItem.objects.filter(person=person).update(published_at=None, asked_at=None, asked_by=None)
    return said


def _ask_whether_they_can_decide(person: Person, *, given: bool) -> None:
    """Owe somebody under 16 a talk about their no; where they take it back before that, nothing is owed (C5)."""
    owed = OwnSay.objects.filter(person=person, about=OwnSay.About.PARENT_NEWS, state=OwnSay.State.OPEN).first()
    if given and owed is not None:
        owed.end()
    elif not given and owed is None and not adults.decides_alone(person):
        OwnSay.objects.create(
            person=person,
            about=OwnSay.About.PARENT_NEWS,
            owner_role=Role.CLINICIAN,
            due_at=workdays.due(days=TALK_WITHIN),
            since_at=clock.now(),
        )


def _basis(person: Person) -> str:
    return SIXTEEN if adults.is_sixteen(person) else OWN
