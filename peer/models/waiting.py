"""The wait: requests for help, places on the list, decisions with their reasons, and what happened when."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from peer import clock, workdays
from peer.events import emit
from peer.models.competence import adults_are_told
from peer.models.dated import public_id
from peer.models.imports import ImportRun
from peer.models.people import ParentRelationship, Person, User
from peer.models.shown_decisions import Withholding
from peer.news import DecidedAbout, WaitEnded
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless

STAFF = (Role.CO_ORDINATOR, Role.CLINICIAN, Role.SAFEGUARDING_LEAD)

# Working days until somebody owes the family the next thing; for the service and young people to set.
RELEASE_WITHIN, DECIDE_WITHIN, SPEAK_WITHIN, MEET_WITHIN = 20, 10, 20, 20

SEEN_LATELY, FEW = 90, 5  # days that count as now; fewer people than this make no figure


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Requests for help, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ReferralQuerySet:
        """Keep one's own; for staff with a caseload all."""
        return self if user.may_in_service(*STAFF) else self.filter(person__user=user)

    def gone_from(self, run: ImportRun) -> ReferralQuerySet:
        """Keep who is on our list and was not in this file; nobody is taken off for it (U10)."""
        return self.filter(entry__in=WaitingListEntry.objects.open(), seen_in__lt=run.pk)


class Referral(models.Model):
    """One request for help for one young person, as the service's own list knows it."""

    class Stage(models.TextChoices):
        """How far the service's own list says the request has come."""

        REFERRED = "referred", "Asked for help"
        WAITING = "waiting", "Accepted and waiting"
        OFFERED = "offered", "Offered a first meeting"
        STARTED = "started", "Started"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="referrals")
    reference = models.CharField(max_length=60, unique=True)
    pathway = models.CharField(max_length=120, blank=True)
    team = models.CharField(max_length=120, blank=True)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.REFERRED)
    referred_on = models.DateField()
    row = EncryptedTextField(null=True, blank=True)
    row_hash = models.CharField(max_length=64, blank=True)
    seen_in = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="seen")
    created_at = models.DateTimeField(default=clock.now)

    objects = ReferralQuerySet.as_manager()

    def __str__(self) -> str:
        return f"request {self.reference}"

    def get_absolute_url(self) -> str:
        """Give the page of the person who waits."""
        return reverse("waiting-detail", args=[self.person.public_id])


class EntryState(models.TextChoices):
    """The wait, from the file to the first meeting."""

    ON_HOLD = "on_hold", "On hold"
    RELEASED = "released", "Waits for a decision"
    WAITING = "waiting", "Accepted, waiting"
    OFFERED = "offered", "Offered a first meeting"
    STARTED = "started", "Started"
    CLOSED = "closed", "Closed"


class WaitingListEntryQuerySet(models.QuerySet["WaitingListEntry"]):
    """Places on the list, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> WaitingListEntryQuerySet:
        """Keep one's own; for staff all; for an adult what they may know of (U7)."""
        if user.may_in_service(*STAFF):
            return self
        own = models.Q(referral__person__user=user)
        return self.filter(own if user.person_id is None else own | self._told_to(user.person_id))

    def seen_by_adult(self, adult: Person) -> WaitingListEntryQuerySet:
        """Keep what this adult sees when they sign in: the very rows that `visible_to` gives their account."""
        return self.filter(self._told_to(adult.pk))

    def _told_to(self, adult_id: int) -> models.Q:
        told = ParentRelationship.objects.who_may_know(adult_id).values("young_person")
        return adults_are_told("referral__person__") & models.Q(referral__person__in=told)

    def on_hold(self) -> WaitingListEntryQuerySet:
        """Keep the families nobody has written to yet, the longest wait first (U10)."""
        return self.open().filter(state=WaitingListEntry.State.ON_HOLD).order_by("referral__referred_on", "pk")

    def may_leave_today(self) -> int:
        """Count how many families may still leave the hold today (U10)."""
        midnight = dt.datetime.combine(clock.today(), dt.time(), tzinfo=clock.LONDON)
        a_day: int = settings.RELEASE_A_DAY
        return max(a_day - self.filter(released_at__gte=midnight).count(), 0)

    def figures(self, now: dt.datetime) -> dict[str, int]:
        """Count, in one query, who is on hold, who waits and for whom we are late."""
        waits = ~models.Q(state__in=[EntryState.ON_HOLD, *WaitingListEntry.FINAL])
        return self.filter(referral__person__deceased_at=None).aggregate(
            on_hold=models.Count("pk", filter=models.Q(state=EntryState.ON_HOLD)),
            released=models.Count("pk", filter=waits),
            late=models.Count("pk", filter=waits & models.Q(due_at__lt=now)),
        )

    def cohorts(self) -> models.QuerySet[Any, Any]:
        """Count each cohort that left the hold, the newest first."""
        left = self.filter(cohort__isnull=False).order_by().values("cohort")
        return left.annotate(families=models.Count("pk"), at=models.Min("released_at")).order_by("-cohort")

    def open(self) -> WaitingListEntryQuerySet:
        """Keep the places of living people who still wait for something from us."""
        return self.exclude(state__in=WaitingListEntry.FINAL).filter(referral__person__deceased_at=None)


class WaitingListEntry(Stateful, Owed):
    """A place on the list; silence never ends it (U10)."""

    State = EntryState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ON_HOLD: {State.RELEASED, State.STARTED, State.CLOSED},
        State.RELEASED: {State.WAITING, State.OFFERED, State.STARTED, State.CLOSED},
        State.WAITING: {State.OFFERED, State.STARTED, State.CLOSED},
        State.OFFERED: {State.WAITING, State.STARTED, State.CLOSED},
    }
    FINAL: ClassVar[tuple[str, ...]] = (State.STARTED, State.CLOSED)
    OWES: ClassVar[dict[str, tuple[Role, int]]] = {
        State.ON_HOLD: (Role.CO_ORDINATOR, RELEASE_WITHIN),
        State.RELEASED: (Role.CLINICIAN, DECIDE_WITHIN),
        State.WAITING: (Role.CO_ORDINATOR, SPEAK_WITHIN),
        State.OFFERED: (Role.CLINICIAN, MEET_WITHIN),
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="entry")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ON_HOLD)
    cohort = models.PositiveIntegerField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitingListEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "waiting list entries"
        indexes = [models.Index(fields=["state", "due_at", "id"], name="entry_due")]
        constraints = [
            one_of_states(EntryState, name="entry_state"),
            owed_unless(EntryState.STARTED, EntryState.CLOSED, name="entry_owed"),
            models.CheckConstraint(
                condition=models.Q(state__in=["on_hold", "started", "closed"]) | models.Q(released_at__isnull=False),
                name="entry_released_once",
            ),
        ]

    def __str__(self) -> str:
        return f"place {self.public_id}"

    @property
    def person(self) -> Person:
        """Name the young person who waits."""
        return self.referral.person

    def go_on(self, state: str, **changes: Any) -> None:
        """Move to the next state, with its owner and its due time, or with its end."""
        if state in self.FINAL:
            self.move_to(state, due_at=None, ended_at=clock.now(), **changes)
            emit(WaitEnded(self))
        else:
            role, days = self.OWES[state]
            self.move_to(state, owner_role=role, due_at=workdays.due(days=days), **changes)

    def follow_list(self) -> None:
        """Go where the service's own list says the request is already, where there is a way."""
        state = {"waiting": EntryState.WAITING, "offered": EntryState.OFFERED, "started": EntryState.STARTED}.get(
            self.referral.stage
        )
        held = self.state == EntryState.ON_HOLD and state != EntryState.STARTED
        if state and not held and state in self.MOVES.get(self.state, set()):
            self.go_on(state)

    def asked_by_those_seen_now(self) -> dt.date | None:
        """Give the day the middle one of those who start now, on the same way, asked; None where few did (U10)."""
        if self.is_final():
            return None
        lately = clock.now() - dt.timedelta(days=SEEN_LATELY)
        seen = Referral.objects.filter(
            entry__state=EntryState.STARTED, entry__ended_at__gte=lately, pathway=self.referral.pathway
        )
        days = sorted(seen.values_list("referred_on", flat=True))
        return days[len(days) // 2] if len(days) >= FEW else None

    def get_absolute_url(self) -> str:
        """Give the page of the person who waits."""
        return self.referral.get_absolute_url()


class TriageDecisionQuerySet(AppendOnlyQuerySet):
    """Decisions, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> TriageDecisionQuerySet:
        """Keep all for staff with a caseload; families read the timeline, which waits for the call (U2)."""
        return self if user.may_in_service(*STAFF) else self.none()

    def told(self) -> TriageDecisionQuerySet:
        """Keep what its person has been told, and nobody keeps back (U2, S100)."""
        said = TimelineEntry.objects.filter(
            kind=TimelineEntry.Kind.DECISION,
            for_person=True,
            referral=models.OuterRef("referral"),
            at__gte=models.OuterRef("decided_at"),
        )
        return self.filter(models.Exists(said)).exclude(models.Exists(_kept_back(models.OuterRef("referral"))))


def _kept_back(referral: models.OuterRef) -> models.QuerySet[Withholding]:
    """Find whether a decision about a request is kept from its person: then none of that request shows."""
    decisions = TriageDecision.objects.filter(referral=models.OuterRef(referral)).values("pk")
    kept = Withholding.objects.current().filter(decision__source_kind="peer.triagedecision")
    return kept.filter(decision__source_pk__in=decisions)


class TriageDecision(AppendOnly):
    """What was decided about a request, with a reason in plain words (S9)."""

    class Outcome(models.TextChoices):
        """What can come of a request."""

        ACCEPTED = "accepted", "Accepted: on the list for help"
        OFFERED = "offered", "Offered a first meeting"
        SIGNPOSTED = "signposted", "Pointed to other help"
        NOT_ACCEPTED = "not_accepted", "Not accepted"

    WEIGHTY: ClassVar[tuple[str, ...]] = (Outcome.SIGNPOSTED, Outcome.NOT_ACCEPTED)

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    reason_plain = models.TextField()
    next_step = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)

    objects = TriageDecisionQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reason_plain=""), name="decision_has_reason")]

    def __str__(self) -> str:
        return f"decision {self.public_id}"

    @property
    def is_weighty(self) -> bool:
        """Tell whether only a person may bring this news, by voice (U2)."""
        return self.outcome in self.WEIGHTY

    def write_down(self, *, told: bool) -> TimelineEntry:
        """Put the decision on the timeline: for staff only, until the family has been told (U2)."""
        words = " ".join(part for part in (f"{self.get_outcome_display()}.", self.reason_plain, self.next_step) if part)
        level = TimelineEntry.ForAdults.ALL if self.is_weighty else TimelineEntry.ForAdults.ROUTINE
        if told:
            emit(self._as_news(words))
        return TimelineEntry.objects.create(
            person=self.referral.person,
            referral=self.referral,
            kind=TimelineEntry.Kind.DECISION,
            words=words,
            for_person=told,
            for_adults=level if told else TimelineEntry.ForAdults.NEVER,
        )

    def _as_news(self, words: str) -> DecidedAbout:
        return DecidedAbout(person=self.referral.person, kind="request", words=words, role=Role.CLINICIAN, source=self)


class TimelineEntryQuerySet(AppendOnlyQuerySet):
    """What happened, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> TimelineEntryQuerySet:
        """Keep all for staff, one's own, and for a parent what they may know of a child under 16 (U7)."""
        if user.may_in_service(*STAFF):
            return self
        own = models.Q(person__user=user, for_person=True) & ~self._withheld()
        return self.filter(own) if user.person_id is None else self.filter(own | self._told_to(user.person_id))

    def not_withheld(self) -> TimelineEntryQuerySet:
        """Leave out decisions that a safeguarding lead keeps from their person for now (S100)."""
        return self.exclude(self._withheld())

    @staticmethod
    def _withheld() -> models.Q:
        is_decision = models.Q(kind=TimelineEntry.Kind.DECISION)
        return is_decision & models.Q(models.Exists(_kept_back(models.OuterRef("referral"))))

    def seen_by_adult(self, adult: Person) -> TimelineEntryQuerySet:
        """Keep what this adult reads when they sign in: the very rows that `visible_to` gives their account."""
        return self.filter(self._told_to(adult.pk))

    def _told_to(self, adult_id: int) -> models.Q:
        knows = ParentRelationship.MayKnow
        told = ParentRelationship.objects.who_may_know(adult_id)
        children = Person.objects.filter(adults_are_told())
        routine = children.filter(adults__in=told.filter(may_know__in=[knows.ROUTINE, knows.ALL]))
        everything = children.filter(adults__in=told.filter(may_know=knows.ALL))
        return models.Q(for_adults=TimelineEntry.ForAdults.ROUTINE, person__in=routine) | models.Q(
            for_adults=TimelineEntry.ForAdults.ALL, person__in=everything
        )


class TimelineEntry(AppendOnly):
    """One thing that happened in somebody's wait, and who may read of it."""

    class Kind(models.TextChoices):
        """What sort of thing happened."""

        ARRIVED = "arrived", "Request"
        RELEASED = "released", "First contact"
        DECISION = "decision", "Decision"
        MESSAGE = "message", "Message"
        CALL = "call", "Call"
        CHANGE = "change", "Change"
        NOTE = "note", "Note"

    HEARD: ClassVar[tuple[str, ...]] = (Kind.MESSAGE, Kind.CALL)

    class ForAdults(models.TextChoices):
        """What an adult must be allowed to know to read this; nothing about groups ever is theirs (promise 4)."""

        NEVER = "never", "Not for parents and carers"
        ROUTINE = "routine", "Routine news"
        ALL = "all", "All news"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="timeline")
    referral = models.ForeignKey(Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="timeline")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(default=clock.now)
    words = models.TextField()
    for_person = models.BooleanField(default=True)
    for_adults = models.CharField(max_length=10, choices=ForAdults.choices, default=ForAdults.NEVER)

    objects = TimelineEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-at", "-id"], name="timeline_newest")]
        constraints = [models.CheckConstraint(condition=~models.Q(words=""), name="timeline_has_words")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
