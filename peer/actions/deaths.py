"""That somebody has died: everything about them to anyone stays here, and only a second person takes it back (U6)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import adults, aftermath, clock
from peer.events import emit
from peer.gate import action
from peer.models import Death, HelloCall, Invitation, Membership, Person, TimelineEntry, User
from peer.news import PersonDied
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.RECORD_DEATH)
def record_death(person: Person, *, by: User, died_on: dt.date, known_how: str) -> Death:
    """Write down that somebody has died: nothing more goes to or about them, their sessions end, data is held."""
    if not known_how.strip():
        raise RuleBroken(_("Say how you know."))
    if died_on > clock.today():
        raise RuleBroken(_("That day has not come yet."))
    try:
        death = Death.objects.create(person=person, died_on=died_on, known_how=known_how, recorded_by=by)
    except IntegrityError:  # one a person: the database knows, also of two at once
        raise RuleBroken(_("This is written down already.")) from None
    person.deceased_at = death.recorded_at
    person.save(update_fields=["deceased_at"])
    _sign_out(person)
    _close_doors(person)
    _note(person, _("We know that this person has died. Nothing is sent about them."))
    aftermath.begin(death)
    emit(PersonDied(person))
    for relation in person.young_people.select_related("young_person"):
        adults.weigh(relation.young_person, by=by)
    return death


@action(Perm.RECORD_DEATH)
def take_back(death: Death, *, by: User, reason: str) -> Death:
    """Take back what a colleague wrote down by mistake; whatever was cancelled stays so."""
    if death.recorded_by_id == by.pk:
        raise RuleBroken(_("You wrote this down yourself. Somebody else must take it back."))
    if not reason.strip():
        raise RuleBroken(_("Say how you know."))
    rows = Death.objects.current().filter(pk=death.pk)
    if not rows.update(taken_back_by=by, taken_back_at=clock.now(), taken_back_why=reason):
        raise RuleBroken(_("Somebody has taken this back already."))
    death.refresh_from_db()
    person = death.person
    person.deceased_at = None
    person.save(update_fields=["deceased_at"])
    User.objects.filter(person=person).update(is_active=True)
    aftermath.take_back(death)
    _note(person, _("What was written down about this person was a mistake. They are on our list as before."))
    return death


def _sign_out(person: Person) -> None:
    """End every session of theirs: Django asks each for a hash of the password, which is a new one now."""
    for user in User.objects.filter(person=person):
        user.set_unusable_password()
        user.is_active = False
        user.save(update_fields=["password", "is_active"])


def _close_doors(person: Person) -> None:
    """Close offers nobody will answer, and hello calls nobody should make."""
    for invitation in Invitation.objects.filter(
        person=person, state__in=[Invitation.State.OFFERED, Invitation.State.ASKED]
    ):
        invitation.move_to(Invitation.State.EXPIRED, due_at=None)
    for membership in Membership.objects.filter(person=person):
        for call in HelloCall.objects.open_for(membership):
            call.move_to(HelloCall.State.ENDED, due_at=None)


def _note(person: Person, words: str) -> None:
    TimelineEntry.objects.create(person=person, kind=TimelineEntry.Kind.NOTE, words=words, for_person=False)
