"""What there is to tell in a run of the outbox bench: news to families and codes to phones; worry wakes clinicians."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Sequence

from cms.faults.parts import families
from notifications.actions import codes
from notifications.models import ContactPoint, Notification
from peer import clock
from peer.actions import waiting
from peer.models import Duty, Person, SupportGroup, TriageDecision, User, WaitingListEntry

FAMILIES = range(100, 140)
CODES = range(200, 210)
CLINICIANS = range(300, 304)
PACE = 0.12  # seconds between two pieces of news


def prepare() -> None:
    """Let a service be there, with everybody whom this run reaches; nothing is told yet."""
    families.decider()
    for number in FAMILIES:
        families.family(number)
    for number in CODES:
        families.holder(number, kind=Person.Kind.YOUNG_PERSON, name="Code")
    group = SupportGroup.objects.create(title="Lantern", state=SupportGroup.State.OPEN)
    start = clock.now() - dt.timedelta(hours=1)
    for number in CLINICIANS:
        person = families.holder(number, kind=Person.Kind.STAFF, name="Clinician")
        user = User.objects.create_user(f"clinician-{number}", display_name=person.given_name, person=person)
        Duty.objects.create(group=group, user=user, from_at=start, until_at=start + dt.timedelta(hours=12))


def tell(seed: int, first: Sequence[int]) -> None:
    """Tell some first, then in the seed's order, what is untold; whoever was killed here goes on where they were."""
    kim = User.objects.get(handle="kim")
    numbers = [*FAMILIES, *CODES]
    random.Random(seed).shuffle(numbers)
    for number in sorted(numbers, key=lambda number: number not in first):
        if _decide(number, by=kim) if number in FAMILIES else _send_code(number):
            time.sleep(PACE)


def _decide(number: int, *, by: User) -> bool:
    entry = WaitingListEntry.objects.get(referral__reference=f"F{number}")
    if TriageDecision.objects.filter(referral=entry.referral).exists():
        return False
    waiting.decide(entry, by=by, outcome=TriageDecision.Outcome.ACCEPTED, reason="There is a place.")
    return True


def _send_code(number: int) -> bool:
    contact = ContactPoint.objects.at(families.phone(number)).get()
    if Notification.objects.filter(recipient=contact.person).exists():
        return False
    codes.send(contact, by=codes.SIGN_IN, code=f"{random.SystemRandom().randrange(10**6):06}")
    return True
