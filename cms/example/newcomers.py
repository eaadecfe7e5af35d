"""People in their first weeks: Jude asks to join, Skye waits for the day, Tess has had her hello, Indigo has not."""

from __future__ import annotations

import datetime as dt

from notifications.models import ContactPoint
from peer import clock
from peer.actions import cohorts, groups, join_requests
from peer.models import Cohort, LonelinessAnswer, Membership, Person, SupportGroup, User, Welcome
from peer.models.loneliness import Moment
from peer.roles import Role

NOTE = "I draw a lot. Is it fine if I only read at first?"
WAIT_TOO = {  # their names in the group, and their own
    "Kestrel": ("Imani", "Colby"),
    "Bramble": ("Rhys", "Ansell"),
    "Thistle": ("Zofia", "Brandt"),
    "Puffin": ("Kofi", "Delaney"),
    "Cobalt": ("Elsie", "Marwood"),
}
SAID = (5, 4, 4, 5, 3, 4, 2, 5, 4, 1, 4, 3, 5, 2, 2)  # how often people felt lonely when they came in …
SAID_LATER = (4, 4, 3, 2, 3, 2, 2, 4, 3, 1)  # … and six weeks on


def load_newcomers(made: dict[str, SupportGroup]) -> None:
    """Let each of them be where they are, by the real acts where there are any."""
    lee = User.objects.get(handle="dr_lee")
    _ask_as_jude(made["lantern"])
    tuesday = clock.today() + dt.timedelta(days=(1 - clock.today().weekday() - 1) % 7 + 1)
    cohort = cohorts.plan(made["harbour"], by=lee, starts_on=tuesday, largest=8)
    _wait_as("skye", cohort, name="Saffron")
    for name in WAIT_TOO:
        _wait_as(f"harbour-{name.lower()}", cohort, name=name)
    _greet(Membership.objects.get(pseudonym="Tide"), days=3, card="glad")
    _greet(Membership.objects.get(pseudonym="Indigo"), days=1, card="")
    _say_how_it_feels(made["lantern"])


def _ask_as_jude(lantern: SupportGroup) -> None:
    with clock.at(clock.now() - dt.timedelta(hours=5)):
        born_on = clock.today() - dt.timedelta(days=15 * 366)
        jude = Person.objects.create(
            kind=Person.Kind.YOUNG_PERSON, given_name="Jude", family_name="Farrow", born_on=born_on
        )
        proved = {"state": ContactPoint.State.PROVED, "proved_at": clock.now(), "proved_how": "code"}
        ContactPoint.for_number("+447700900109", person=jude, source="example", **proved).save()
        user = User.objects.create_user(handle="jude", display_name="Jude", person=jude)
        _on_the_list(jude)
        join_requests.ask(jude, by=user, group=lantern, note=NOTE)


def _on_the_list(person: Person) -> None:
    from peer.models import Referral, WaitingListEntry  # noqa: PLC0415 - as the list of the service would bring them

    asked_on = clock.today() - dt.timedelta(weeks=9)
    referral = Referral.objects.create(
        person=person, reference="MW-0109", pathway="Worry", referred_on=asked_on, row="{}"
    )
    WaitingListEntry.objects.create(
        referral=referral,
        state=WaitingListEntry.State.RELEASED,
        released_at=clock.now(),
        owner_role=Role.CLINICIAN,
        due_at=clock.now() + dt.timedelta(days=6),
    )


def _wait_as(handle: str, cohort: Cohort, *, name: str) -> None:
    """Let somebody have a name and a yes, and wait for the day with the others."""
    with clock.at(clock.now() - dt.timedelta(days=2)):
        user = User.objects.filter(handle=handle).first() or _young(handle, name)
        if user.person is None:
            raise ValueError(f"{handle} is nobody")
        membership = Membership.objects.create(
            group=cohort.group, person=user.person, user=user, state=Membership.State.CONFIRMED, cohort=cohort
        )
        groups.choose_name(membership, by=user, name=name, colour=sum(map(ord, name)) % 12)
        protocol = cohort.group.protocol()
        if protocol is not None:
            groups.start(membership, by=user, protocol=protocol)


def _young(handle: str, name: str) -> User:
    born_on = clock.today() - dt.timedelta(days=16 * 366 + 180)
    given_name, family_name = WAIT_TOO[name]
    person = Person.objects.create(
        kind=Person.Kind.YOUNG_PERSON, given_name=given_name, family_name=family_name, born_on=born_on
    )
    return User.objects.create_user(handle=handle, display_name=name, person=person)


def _greet(newcomer: Membership, *, days: int, card: str) -> None:
    """Let somebody have come in so many days ago, with or without Ben's card."""
    now = clock.now()
    came = now - dt.timedelta(days=days)
    Membership.objects.filter(pk=newcomer.pk).update(joined_at=came)
    ben = Membership.objects.get(group=newcomer.group, pseudonym="Ben")
    Welcome.objects.create(
        membership=newcomer,
        greeter=ben,
        owner=ben.user,
        owner_role=Role.PEER_FACILITATOR,
        state=Welcome.State.DONE if card else Welcome.State.DUE,
        card=card,
        done_at=now - dt.timedelta(days=1) if card else None,
        due_at=None if card else came + dt.timedelta(days=2),
    )


def _say_how_it_feels(group: SupportGroup) -> None:
    members = list(Membership.objects.active().filter(group=group, roles__role=Role.YOUNG_PERSON).order_by("pk"))
    for moment, said in ((Moment.JOINING, SAID), (Moment.SIX_WEEKS, SAID_LATER)):
        LonelinessAnswer.objects.bulk_create(
            LonelinessAnswer(membership=member, moment=moment, often=often, at=clock.now())
            for member, often in zip(members, said, strict=False)
        )
