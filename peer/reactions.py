"""What this package does when it has news itself: the end of a wait, and a place in the next group."""

from __future__ import annotations

from peer import goodbyes
from peer.events import on
from peer.models import BandMove, MovingOn, Person, TriageDecision, WaitingListEntry
from peer.news import DecisionTold, MembershipStarted, TriageDecided, WaitEnded

Cause = MovingOn.Cause


@on(WaitEnded)
def help_has_started(news: WaitEnded) -> None:
    """Let the last weeks begin where help has started; after other news only when a person has told it (U2, U12)."""
    if news.entry.state == WaitingListEntry.State.STARTED:
        goodbyes.begin_where_wait_ended(news.entry, Cause.STARTED)


@on(DecisionTold)
def they_know(news: DecisionTold) -> None:
    """Let the last weeks begin where no help of ours comes: the group stays for some weeks (U12)."""
    if news.decision.outcome in TriageDecision.WEIGHTY:
        goodbyes.begin_where_wait_ended(news.decision.referral.entry, Cause.NOT_ACCEPTED)


@on(TriageDecided)
def on_the_list_again(news: TriageDecided) -> None:
    """Let somebody stay whose request is open again after all."""
    if news.decision.outcome in TriageDecision.WEIGHTY:
        return
    rows = MovingOn.objects.under_way().filter(membership__person=news.decision.referral.person_id)
    for moving in rows.filter(cause=Cause.NOT_ACCEPTED):
        moving.move_to(MovingOn.State.CALLED_OFF, due_at=None)


@on(MembershipStarted)
def for_some_weeks(news: MembershipStarted) -> None:
    """Let a group that somebody gets after a no last for its weeks, and say so from the first day (U12)."""
    person = news.membership.person
    if (
        person.kind != Person.Kind.YOUNG_PERSON
        or WaitingListEntry.objects.open().filter(referral__person=person).exists()
    ):
        return
    last = WaitingListEntry.objects.filter(referral__person=person).order_by("-ended_at").first()
    if last is not None and last.state == WaitingListEntry.State.CLOSED:
        goodbyes.begin(news.membership, Cause.NOT_ACCEPTED)


@on(MembershipStarted)
def in_the_next_group(news: MembershipStarted) -> None:
    """End a planned move when they are in the next group: two weeks to say goodbye to the old one (M4)."""
    rows = BandMove.objects.open().filter(
        membership__person=news.membership.person_id, to_group=news.membership.group_id
    )
    for move in rows.select_related("membership"):
        move.move_to(BandMove.State.MOVED, due_at=None)
        goodbyes.begin(move.membership, Cause.NEXT_BAND)
