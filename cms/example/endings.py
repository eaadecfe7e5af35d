"""People on their way out: Ravi was asked to leave, Lily moves on, Rae turns 18, one question waits for a second."""

from __future__ import annotations

import datetime as dt

from notifications.models import ContactPoint
from peer import clock, workdays
from peer.actions import memberships, waiting
from peer.models import Membership, Person, Referral, SupportGroup, User, WaitingListEntry
from peer.models.birthdays import GROWN_UP

RAES_NUMBER = "+447700900109"
RAVI_READS = (
    "You wrote the name of somebody’s school twice, after we asked you not to. That can put a person in danger. "
    "It is not about who you are, and we would like to talk with you about what else could fit."
)
FOR_SAM = "Two posts with the name of a school, 3 days apart, after a call from Ben. The person it named is frightened."
ONYX_READS = "You asked people here for their numbers, and kept asking when they said no. Nobody here has to give one."
FOR_A_SECOND = "Four members told us. I rang Onyx on Monday. I would rather talk first, but not wait long."


def load_endings(groups: dict[str, SupportGroup]) -> None:
    """Let each of them be where the demo finds them, by the real acts, some days ago."""
    lee, okafor, sam = (User.objects.get(handle=handle) for handle in ("dr_lee", "dr_okafor", "sam"))
    with clock.at(clock.now() - dt.timedelta(days=6)):
        _waited(_place(groups["lantern"], "Drift"), weeks=14)
        place = _place(groups["lantern"], "Drift")
        asked = memberships.ask_end(place, by=lee, kind="remove", reason=RAVI_READS, note=FOR_SAM)
        memberships.agree(asked, by=sam)
        waiting.start(_waited(_place(groups["harbour"], "Skylark"), weeks=31), by=okafor)
    with clock.at(clock.now() - dt.timedelta(hours=3)):
        onyx = _place(groups["harbour"], "Onyx")
        memberships.ask_end(onyx, by=okafor, kind="remove", reason=ONYX_READS, note=FOR_A_SECOND)
    _rae_turns_eighteen(_place(groups["harbour"], "Rain").person)


def _place(group: SupportGroup, name: str) -> Membership:
    return group.memberships.select_related("group", "person").get(pseudonym=name)


def _waited(place: Membership, *, weeks: int) -> WaitingListEntry:
    """Give somebody the wait they have had."""
    referral = Referral.objects.create(
        person=place.person,
        reference=f"MW-02{place.pk:02}",
        pathway="Worry and low mood",
        team="Northfields, young people",
        referred_on=clock.today() - dt.timedelta(weeks=weeks),
    )
    return WaitingListEntry.objects.create(
        referral=referral,
        state=WaitingListEntry.State.WAITING,
        released_at=clock.now() - dt.timedelta(weeks=weeks - 2),
        owner_role="co_ordinator",
        due_at=workdays.due(days=20),
    )


def _rae_turns_eighteen(person: Person) -> None:
    day = clock.today() + dt.timedelta(days=19)
    born_on = day.replace(year=day.year - GROWN_UP, day=min(day.day, 28))
    Person.objects.filter(pk=person.pk).update(given_name="Rae", family_name="Holt", born_on=born_on)
    proved = {"state": ContactPoint.State.PROVED, "proved_at": clock.now(), "proved_how": "code"}
    ContactPoint.for_number(RAES_NUMBER, person=person, source="example", **proved).save()
