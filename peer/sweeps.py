"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Q, QuerySet

from peer import breach, clock, endings
from peer.actions import (
    birthdays,
    breaches,
    cohorts,
    competence,
    data_requests,
    invitations,
    memberships,
    moving_on,
    own_yes,
    recoveries,
    renewals,
)
from peer.competence import sixteenth
from peer.gate import System
from peer.models import (
    AccountRecovery,
    AuditEvent,
    BandMove,
    BreachAlarm,
    Cohort,
    CompetenceAssessment,
    DataRequest,
    HelloCall,
    Invitation,
    Membership,
    MembershipDecision,
    MovingOn,
    OwnSay,
    Person,
    SupportGroup,
    User,
)
from peer.models.birthdays import born_by
from peer.models.competence import sixteen_before
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove

log = logging.getLogger(__name__)
Row = TypeVar("Row")
BATCH = 100

PEOPLE = ("peer.person", "peer.membership", "peer.hellocall", "notifications.contactpoint")  # a look names somebody
DID = {
    "many_people": Q(action="looked", target_kind__in=PEOPLE),
    "many_records": Q(action="looked"),
    "many_copies": Q(action="peer.actions.data_requests.read_through"),
}
REMINDS = range(10, 18)  # hours of the day before

log = logging.getLogger(__name__)


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    late = Invitation.objects.out_of_date().order_by("expires_at", "pk")
    return _each(late, invitations.expire, by=invitations.CLOCK)


def end_pauses() -> int:
    """Let those back in whose pause is over."""
    over = MembershipDecision.objects.in_force().filter(kind="pause", due_at__lte=clock.Now())
    return _each(_in_order(over), memberships.resume, by=memberships.CLOCK)


def move_on() -> int:
    """Tell those who have a week left, and let those go whose weeks are over."""
    due = MovingOn.objects.under_way().filter(due_at__lte=clock.Now(), membership__person__deceased_at=None)
    return _each(_in_order(due), moving_on.go_on, by=moving_on.CLOCK)


def notice_birthdays() -> int:
    """Notice who grows out of their group within a month, or whose age nobody knows; and make what is due."""
    noticed = _each(growing_out(), birthdays.notice, by=birthdays.CLOCK)
    due = BandMove.objects.filter(state__in=[BandMove.State.NOTICED, BandMove.State.PLANNED], due_at__lte=clock.Now())
    return noticed + _each(_in_order(due), birthdays.make, by=birthdays.CLOCK)


def growing_out() -> QuerySet[Membership]:
    """Find the young people who grow out of their group within a month and for whom nobody plans it yet."""
    soon = clock.today() + endings.days("birthday", "before")
    groups = SupportGroup.objects.filter(audience=SupportGroup.Audience.YOUNG_PEOPLE)
    ages = groups.values_list("age_to", flat=True).distinct()
    grown = Q(person__born_on=None)
    for age in ages:
        grown |= Q(group__age_to=age, person__born_on__lte=born_by(soon, years=age + 1))
    inside = [Membership.State.ACTIVE, Membership.State.SUSPENDED]
    rows = Membership.objects.filter(
        grown,
        group__audience=SupportGroup.Audience.YOUNG_PEOPLE,
        state__in=inside,
        person__deceased_at=None,
        roles__role=Role.YOUNG_PERSON,
        roles__until_at=None,
    )
    seen_to = BandMove.objects.exclude(state=BandMove.State.CALLED_OFF).values("membership")
    leaving = MovingOn.objects.under_way().values("membership")
    rows = rows.exclude(pk__in=seen_to).exclude(pk__in=leaving)
    return rows.select_related("person", "group").order_by("pk").distinct()


def _in_order(rows: QuerySet[Row]) -> QuerySet[Row]:  # type: ignore[type-var]
    return rows.order_by("due_at", "pk")


def close_late_recoveries() -> int:
    """Close the ways back that nobody came back for in a week, and count them."""
    return _each(AccountRecovery.objects.too_late().order_by("due_at", "pk"), recoveries.lapse, by=recoveries.CLOCK)


def watch_competence() -> int:
    """Put what is to be asked again on somebody's list, and the own yes of those who soon turn 16 (C6, C7)."""
    current = CompetenceAssessment.objects.current().select_related("person")
    is_sixteen = current.filter(person__born_on__lte=sixteen_before())
    to_review = current.filter(state=CompetenceAssessment.State.HOLDS, review_on__lte=clock.today())
    done = _each(is_sixteen.order_by("pk"), competence.end_at_sixteen, by=competence.CLOCK)
    done += _each(
        to_review.exclude(pk__in=is_sixteen.values("pk")).order_by("pk"), competence.lapse, by=competence.CLOCK
    )
    done += _each(_soon_sixteen(), competence.ask_before_sixteen, by=competence.CLOCK)
    return done + _each(_now_sixteen(), own_yes.ask, by=competence.CLOCK)


def watch_for_breaches() -> int:
    """Raise an alarm for each account that has just done too much (B3), and count them."""
    return sum(_ring_for(kind) for kind in DID)


def _ring_for(kind: str) -> int:
    limit = breach.limits()[kind]
    begins = clock.now() - limit.window
    rows = AuditEvent.objects.filter(DID[kind], at__gt=begins, by_id__isnull=False)
    did = rows.values_list("by_id", "target_kind", "target_id", "at")
    settled = BreachAlarm.objects.filter(kind=kind, settled_at__gt=begins)
    asked = dict(settled.order_by("settled_at").values_list("about", "settled_at"))
    fresh = [(by, (what, pk)) for by, what, pk, at in did if by not in asked or at > asked[by]]
    over = breach.passed(limit, fresh)
    open_now = BreachAlarm.objects.waiting().filter(kind=kind).values("about")
    accounts = list(User.objects.filter(pk__in=over).exclude(pk__in=open_now).order_by("pk"))
    for account in accounts:
        breaches.ring(account, by=breaches.CLOCK, kind=kind, seen=over[account.pk])
    return len(accounts)


def _now_sixteen() -> QuerySet[Person]:
    """Find the members who turned 16 in the last sixty days, whose yes rests on less, and who were not asked (C7)."""
    inside = Membership.objects.exclude(state__in=Membership.OVER)
    on_less = inside.filter(hello_call__basis__in=[HelloCall.Basis.COMPETENT, HelloCall.Basis.PARENT])
    asked = OwnSay.objects.filter(about=OwnSay.About.OWN_YES).values("person")
    people = Person.objects.filter(pk__in=on_less.values("person"), kind=Person.Kind.YOUNG_PERSON, deceased_at=None)
    turned = sixteen_before()
    people = people.filter(born_on__lte=turned, born_on__gt=turned - competence.BEFORE_SIXTEEN)
    return people.exclude(pk__in=asked).order_by("born_on", "pk")


def _soon_sixteen() -> QuerySet[Person]:
    """Find the members who turn 16 within sixty days, or just did, and whose yes rests on more than their age (C7)."""
    last = sixteen_before() + competence.BEFORE_SIXTEEN + dt.timedelta(days=1)
    inside = Membership.objects.exclude(state__in=Membership.OVER)
    younger = inside.exclude(hello_call__basis=HelloCall.Basis.SIXTEEN).filter(person__born_on__lte=last)
    asked = OwnSay.objects.filter(about=OwnSay.About.SIXTEEN).values("person")
    people = Person.objects.filter(pk__in=younger.values("person"), kind=Person.Kind.YOUNG_PERSON, deceased_at=None)
    near = [person.pk for person in people.exclude(pk__in=asked) if _is_near(person)]
    return Person.objects.filter(pk__in=near).order_by("born_on", "pk")


def _is_near(person: Person) -> bool:
    """Tell whether somebody turns 16 within sixty days, or did so within the last sixty."""
    if person.born_on is None:
        return False
    return abs(sixteenth(person.born_on) - clock.today()) <= competence.BEFORE_SIXTEEN


def start_cohorts() -> int:
    """Start the cohorts whose hour has come, remind those of tomorrow, and count what was done (U11)."""
    due = [cohort for cohort in Cohort.objects.due().select_related("group") if cohort.starts_at() <= clock.now()]
    done = _each(due, cohorts.begin, by=cohorts.CLOCK)
    if clock.now().astimezone(clock.LONDON).hour in REMINDS:
        tomorrow = clock.today() + dt.timedelta(days=1)
        done += _each(
            Cohort.objects.gathering().filter(starts_on=tomorrow, reminded_at=None), cohorts.remind, by=cohorts.CLOCK
        )
    return done


def look_after_places() -> int:
    """Do what has become due about places in groups: pauses, last weeks, birthdays."""
    return end_pauses() + move_on() + notice_birthdays()


def carry_on_copies() -> int:
    """Draw up the copies people asked for, write those that were read through, take away those whose week is over."""
    rows, by = DataRequest.objects.filter(kind=DataRequest.Kind.COPY), data_requests.CLOCK
    done = _each(rows.filter(state=DataRequest.State.ASKED, level=""), data_requests.draw_up, by=by)
    done += _each(rows.filter(state=DataRequest.State.READ), data_requests.make, by=by)
    late = rows.filter(state=DataRequest.State.READY, due_at__lte=clock.now())
    done += _each(late, data_requests.let_go, by=by)
    return done + _each(rows.filter(state__in=DataRequest.FINAL).exclude(file=""), data_requests.put_away, by=by)


def bring_up_unanswered() -> int:
    """Bring each offer up once more that nobody has said a word to for eight days, and count them (U13)."""
    late = Invitation.objects.to_remind().select_related("person", "group").order_by("offered_at", "pk")
    return len([renewals.remind(invitation, by=invitations.CLOCK) for invitation in late[:BATCH]])


def look_after_invitations() -> int:
    """Close what is over and bring up what waits."""
    return close_late_invitations() + bring_up_unanswered()


def _each(rows: Iterable[Row], act: Callable[..., object], *, by: System) -> int:
    """Do one act to each row, each in its own transaction; one that fails never stops the next."""
    done = 0
    for row in list(rows):
        try:
            act(row, by=by)
            done += 1
        except (StaleMove, IllegalMove, RuleBroken):
            continue  # another sweeper, or a person, was quicker
        except Exception:
            log.exception("%s of %s failed; it stays due", getattr(act, "__name__", act), row)
    return done
