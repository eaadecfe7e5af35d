"""The wait: cohorts that leave the hold, decisions with plain reasons, and the first meeting."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from peer import clock
from peer.events import emit
from peer.gate import System, TheService, action
from peer.models import TimelineEntry, TriageDecision, User, WaitingListEntry
from peer.news import FamilyReleased, TriageDecided
from peer.roles import Perm
from peer.states import RuleBroken

NEXT_STATE = {
    TriageDecision.Outcome.ACCEPTED: WaitingListEntry.State.WAITING,
    TriageDecision.Outcome.OFFERED: WaitingListEntry.State.OFFERED,
    TriageDecision.Outcome.SIGNPOSTED: WaitingListEntry.State.CLOSED,
    TriageDecision.Outcome.NOT_ACCEPTED: WaitingListEntry.State.CLOSED,
}


@action(Perm.RELEASE_COHORT)
def release_cohort(service: TheService, *, by: User | System, size: int) -> int:
    """Let the families who wait longest leave the hold, never more a day than the service can ring (U10)."""
    left = WaitingListEntry.objects.may_leave_today()
    if size > left:
        raise RuleBroken(
            _("You can release %(left)d more families today, so that each can be rung. Please choose a smaller number.")
            % {"left": left}
        )
    entries = list(WaitingListEntry.objects.on_hold().select_related("referral__person")[:size])
    if not entries:
        raise RuleBroken(_("Nobody is on hold."))
    cohort = (WaitingListEntry.objects.aggregate(last=Max("cohort"))["last"] or 0) + 1
    for entry in entries:
        _release(entry, cohort=cohort)
    return len(entries)


def _release(entry: WaitingListEntry, *, cohort: int) -> None:
    entry.go_on(WaitingListEntry.State.RELEASED, cohort=cohort, released_at=clock.now())
    entry.follow_list()
    TimelineEntry.objects.create(
        person=entry.person,
        referral=entry.referral,
        kind=TimelineEntry.Kind.RELEASED,
        words=_("Released in cohort %(cohort)d.") % {"cohort": cohort},
        for_person=False,
    )
    emit(FamilyReleased(entry))


@action(Perm.DECIDE_TRIAGE)
def decide(entry: WaitingListEntry, *, by: User, outcome: str, reason: str, next_step: str = "") -> TriageDecision:
    """Say what comes of a request and why, in plain words; weighty news waits until a person has rung (S9, U2)."""
    if entry.state == WaitingListEntry.State.ON_HOLD:
        raise RuleBroken(_("Release this family first, so that they have heard from us before news comes."))
    if entry.person.deceased_at is not None:
        raise RuleBroken(_("This person has died. Nothing is sent to anybody."))
    decision = TriageDecision.objects.create(
        referral=entry.referral, outcome=outcome, reason_plain=reason, next_step=next_step, decided_by=by
    )
    entry.go_on(NEXT_STATE[TriageDecision.Outcome(outcome)])
    decision.write_down(told=not decision.is_weighty)
    emit(TriageDecided(decision))
    return decision


@action(Perm.DECIDE_TRIAGE)
def start(entry: WaitingListEntry, *, by: User) -> WaitingListEntry:
    """Write down that the first meeting has happened: the wait is over."""
    entry.go_on(WaitingListEntry.State.STARTED)
    TimelineEntry.objects.create(
        person=entry.person,
        referral=entry.referral,
        kind=TimelineEntry.Kind.CHANGE,
        words=_("Help has started."),
        for_adults=TimelineEntry.ForAdults.ROUTINE,
    )
    return entry
