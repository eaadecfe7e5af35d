"""500 people who wait: a list that came in twelve days ago, families rung since, and the families of the cast."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from cms import importing
from cms.example.cast import PLAYERS, Player
from cms.sample.waiting_list import FILE
from cms.waiting_list.file import open_file
from notifications.actions import calls
from notifications.models import CallTask, Delivery, Notification
from peer import clock, families
from peer.actions import waiting
from peer.families import Family, Way
from peer.gate import SERVICE
from peer.models import ParentRelationship, Referral, TimelineEntry, TriageDecision, User, WaitingListEntry

COHORT = 12
WORDS = "bluebell kettle anchor marble lantern pebble saffron willow harvest compass ribbon orchard".split()  # noqa: SIM905
ACCEPTED = (
    "You told us that school mornings are the hardest. We think our team can help with that. "
    "You are on the list for a first meeting, which most people have after about four months."
)
OTHER_HELP = (
    "What you told us about is something the sleep and worry team does better than we do. We would like to talk "
    "with you about them, so that you do not have to start again on your own."
)


def load_waiting_list() -> None:
    """Bring the sample file in through the real door, then let a fortnight of cohorts and calls happen."""
    with clock.at(_days_ago(12)), FILE.open("rb") as source:
        file = open_file(source, today=clock.today())
        importing.load(FILE.name, source, file, by=importing.IMPORTER, told=lambda _bad: None)
    kim, lee = User.objects.get(handle="kim"), User.objects.get(handle="dr_lee")
    for days in (9, 8, 7, 6, 5):
        with clock.at(_days_ago(days)):
            waiting.release_cohort(SERVICE, by=kim, size=COHORT)
        with clock.at(_days_ago(days - 1)):
            _ring(kim)
    with clock.at(_days_ago(2)):
        _decide(lee)
    _all_arrived()


def _all_arrived() -> None:
    """Let every message so far have arrived days ago: the demo's phones ring only for what happens now."""
    now = clock.now()
    came = F("not_before_at") + dt.timedelta(seconds=8)
    Delivery.objects.filter(state=Delivery.State.PENDING).update(state=Delivery.State.DELIVERED, changed_at=came)
    Delivery.objects.filter(state=Delivery.State.HELD).update(
        state=Delivery.State.CANCELLED, reason="confirmed", changed_at=came
    )
    Notification.objects.update(confirmed_at=now)


def _days_ago(days: int) -> dt.datetime:
    day = clock.today() - dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(10, 15), clock.LONDON)


def _ring(kim: User) -> None:
    for number, task in enumerate(CallTask.objects.filter(state=CallTask.State.OPEN).order_by("pk")):
        if number % 9 == 8:
            calls.no_answer(task, by=kim, note="Rang out.")
        else:
            calls.spoke(task, by=kim, your_word=WORDS[number % len(WORDS)])


def _decide(lee: User) -> None:
    entries = WaitingListEntry.objects.filter(state=WaitingListEntry.State.RELEASED).order_by("pk")
    for number, entry in enumerate(entries[:14]):
        weighty = number % 5 == 4
        outcome = TriageDecision.Outcome.SIGNPOSTED if weighty else TriageDecision.Outcome.ACCEPTED
        waiting.decide(entry, by=lee, outcome=outcome, reason=OTHER_HELP if weighty else ACCEPTED)


def load_families() -> None:
    """Put the cast on the list: Asha and her parent Pat, Noor and her mother Lena, Omar on his own."""
    _wait_for("asha", adult="pat", reference="MW-0101", pathway="Worry and low mood", weeks=19)
    _wait_for("noor", adult="lena", reference="MW-0102", pathway="Worry and low mood", weeks=11)
    _wait_for("omar", adult="", reference="MW-0104", pathway="Autism and ADHD assessment", weeks=30)
    _wait_for("ivo", adult="rosa", reference="MW-0105", pathway="Worry and low mood", weeks=7)
    _wait_for("tess", adult="", reference="MW-0103", pathway="Eating worries", weeks=23)


def _wait_for(handle: str, *, adult: str, reference: str, pathway: str, weeks: int) -> None:
    player, young = PLAYERS[handle], User.objects.get(handle=handle).person
    if young is None:
        raise ValueError(f"{handle} is nobody")
    asked_at = _days_ago(weeks * 7)
    row = families.as_json(_family(player, reference=reference, pathway=pathway, referred_on=asked_at.date()))
    referral = Referral.objects.create(
        person=young,
        reference=reference,
        pathway=pathway,
        team="Northfields, young people",
        referred_on=asked_at.date(),
        row=row,
        row_hash=families.fingerprint(row),
    )
    WaitingListEntry.objects.create(
        referral=referral,
        state=WaitingListEntry.State.RELEASED,
        released_at=_days_ago(14),
        cohort=1,
        owner_role="clinician",
        due_at=clock.now() + dt.timedelta(days=3),
    )
    levels = TimelineEntry.ForAdults
    told = [
        (asked_at, TimelineEntry.Kind.ARRIVED, "Your usual doctor (GP) asked us to help."),
        (_days_ago(14), TimelineEntry.Kind.CALL, "We spoke on the phone."),
    ]
    for at, kind, words in told:
        TimelineEntry.objects.create(
            person=young, referral=referral, kind=kind, at=at, words=words, for_adults=levels.ROUTINE
        )
    if adult:
        grown = User.objects.get(handle=adult).person
        if grown is None:
            raise ValueError(f"{adult} is nobody")
        ParentRelationship.objects.create(
            young_person=young, adult=grown, may_know=ParentRelationship.MayKnow.ALL, has_parental_responsibility=True
        )


def _family(player: Player, *, reference: str, pathway: str, referred_on: dt.date) -> Family:
    return Family(
        reference=reference,
        given_name=player.given_name,
        family_name=player.family_name,
        born_on=player.born_on,
        referred_on=referred_on,
        pathway=pathway,
        way=Way(number=player.number),
    )
