"""Two young people on the way in: Noor has just been offered Lantern, Robin said yes and waits for the hello call."""

from __future__ import annotations

import datetime as dt

from notifications.models import ContactPoint
from peer import clock, workdays
from peer.actions import invitations
from peer.models import Consent, HelloCall, Membership, Person, SupportGroup, User
from peer.roles import Role

ROBINS_NUMBER = "+447700900105"


def load_joining(lantern: SupportGroup) -> None:
    """Send Noor her link, by the real act, and let Robin wait for Dr Lee."""
    noor = User.objects.get(handle="noor").person
    if noor is None:
        raise ValueError("Noor is nobody")
    invitations.offer(noor, by=User.objects.get(handle="dr_lee"), group=lantern)
    with clock.at(clock.now() - dt.timedelta(days=1, hours=2)):
        _say_yes_as_robin(lantern)


def _say_yes_as_robin(lantern: SupportGroup) -> None:
    born_on = clock.today().replace(day=1) - dt.timedelta(days=14 * 366)
    robin = Person.objects.create(
        kind=Person.Kind.YOUNG_PERSON,
        given_name="Robin",
        family_name="Teale",
        born_on=born_on,
        address="2 Weir Bank, Northfields NF3 8DY",
        doctor="Dr Bhatt, Priory Medical Centre",
    )
    proved = {"state": ContactPoint.State.PROVED, "proved_at": clock.now(), "proved_how": "code"}
    ContactPoint.for_number(ROBINS_NUMBER, person=robin, source="example", **proved).save()
    user = User.objects.create_user(handle="robin", display_name="Robin", person=robin)
    membership = Membership.objects.create(group=lantern, person=robin, user=user)
    for purpose in (Consent.Purpose.JOIN, Consent.Purpose.LIMITS):
        Consent.objects.say(robin, purpose, given=True, basis="own", by=user)
    HelloCall.objects.create(membership=membership, owner_role=Role.CLINICIAN, due_at=workdays.due(days=5))
