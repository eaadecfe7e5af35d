"""A worry that somebody must answer: paged up the ladder until a person has it, never closed by time (safety 2b)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _
from encrypted_fields.fields import EncryptedTextField

from moderation.models.questions import ModeratorQuestion
from moderation.models.queue import on_call
from moderation.models.reports import RiskFlag
from peer import clock, doors
from peer.models import Membership, Person, Post, SupportGroup, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """Escalations, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> EscalationQuerySet:
        """Keep those of the groups a clinician covers now, and those a clinician owns until hand-over (E9, row 15)."""
        mine = models.Q(owner=user, owner_role=Role.CLINICIAN)
        return self.filter(models.Q(group__in=on_call(user).values("group")) | mine)

    def unsettled(self) -> EscalationQuerySet:
        """Keep what still needs somebody."""
        return self.exclude(state__in=[Escalation.State.RESOLVED, Escalation.State.CLOSED])

    def joinable(self, *, about: Membership | None, person: Person, since: dt.datetime) -> EscalationQuerySet:
        """Keep what a new worry about the same person, in the same group, belongs to (E11)."""
        return self.unsettled().filter(about=about, person=person, opened_at__gte=since).order_by("-pk")


@dataclass(frozen=True)
class EscalationClock:
    """What the board shows of an escalation: times, states, staff; to whoever may read it, whom it is about and how.

    `doors` name through which doors words came; a post has none.
    """

    public_id: str
    group: str
    about: str
    level: str
    state: str
    state_words: str
    opened_at: dt.datetime
    due_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    exhausted_at: dt.datetime | None
    owner: str
    offered_to: str
    may_open: bool
    may_take: bool
    doors: tuple[str, ...] = ()
    is_mine: bool = False
    is_offered_to_me: bool = False

    @classmethod
    def of(cls, row: Escalation, *, viewer: User, may_open: bool, may_take: bool) -> EscalationClock:
        """Take from a row what the board may show."""
        return cls(
            public_id=row.public_id,
            group=row.group.title,
            about=row.whom() if may_open else "",
            level=row.level,
            state=row.state,
            state_words=str(row.get_state_display()),
            opened_at=row.opened_at,
            due_at=row.due_at,
            acknowledged_at=row.acknowledged_at,
            exhausted_at=row.exhausted_at,
            owner=str(row.owner or ""),
            offered_to=str(row.offered_to or ""),
            may_open=may_open,
            may_take=may_take,
            doors=row.doors() if may_open else (),
            is_mine=row.is_own(viewer),
            is_offered_to_me=row.state == EscalationState.HANDED_OVER and row.offered_to_id == viewer.pk,
        )

    @property
    def waits(self) -> bool:
        """Tell whether nobody has it yet."""
        return self.state in {EscalationState.OPEN, EscalationState.PAGING, EscalationState.REOPENED}

    @property
    def may_pass(self) -> bool:
        """Tell whether the viewer may have the next person rung: nobody has it and it is theirs, or they have it."""
        in_hand = self.state in {EscalationState.ACKNOWLEDGED, EscalationState.IN_PROGRESS, EscalationState.HANDED_OVER}
        return self.may_take and (self.waits or (self.is_mine and in_hand))

    @property
    def is_for_viewer(self) -> bool:
        """Tell whether the viewer must act: nobody has it and it is theirs to take, or they have it and it is not done.

        A manager is called when nobody answered at all (E8).
        """
        theirs = self.may_open or self.may_take or self.exhausted_at is not None
        return (self.waits and theirs) or self.is_mine or self.is_offered_to_me


class EscalationState(models.TextChoices):
    """The states of safety 2b."""

    OPEN = "open", "Opened"
    PAGING = "paging", "Ringing people"
    ACKNOWLEDGED = "acknowledged", "Somebody has it"
    IN_PROGRESS = "in_progress", "Somebody is acting"
    HANDED_OVER = "handed_over", "Offered to somebody else"
    RESOLVED = "resolved", "Done, to be written up"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Opened again"


class Escalation(Stateful, Owed):
    """One worry about one person; it has a clock until somebody has taken it, and an owner ever after.

    `about` is their place in the group, where they have one; `person` is nobody where they left no name.
    """

    State = EscalationState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.OPEN: {State.PAGING, State.ACKNOWLEDGED},
        State.PAGING: {State.ACKNOWLEDGED},
        State.ACKNOWLEDGED: {State.IN_PROGRESS, State.PAGING, State.HANDED_OVER, State.RESOLVED},
        State.IN_PROGRESS: {State.PAGING, State.HANDED_OVER, State.RESOLVED},
        State.HANDED_OVER: {State.ACKNOWLEDGED, State.PAGING, State.RESOLVED},
        State.RESOLVED: {State.CLOSED, State.REOPENED},
        State.CLOSED: {State.REOPENED},
        State.REOPENED: {State.PAGING, State.ACKNOWLEDGED},
    }

    class Outcome(models.TextChoices):
        """What came of it; closing needs one (E12)."""

        SPOKE = "spoke", "Spoke with the young person"
        FAMILY = "family", "Spoke with a parent or carer"
        EMERGENCY = "emergency", "999 or A&E"
        CRISIS_TEAM = "crisis_team", "Crisis team"
        NO_RISK = "no_risk", "No sign of harm"
        NOT_NEEDED = "not_needed", "It was not needed"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.PROTECT, related_name="escalations")
    about = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="escalations")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="escalations")
    level = models.CharField(max_length=5, choices=RiskFlag.Level.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    posts = models.ManyToManyField(Post, through="EscalationPost", related_name="escalations")
    opened_at = models.DateTimeField(default=clock.now)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by_how = models.CharField(max_length=8, blank=True)
    exhausted_at = models.DateTimeField(null=True, blank=True)
    offered_to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    told = models.CharField("who was told", max_length=300, blank=True)
    was_needed = models.BooleanField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["person", "opened_at"], name="escalation_of_person")]
        constraints = [
            one_of_states(EscalationState, name="escalation_state"),
            owed_unless("closed", name="escalation_waits_with_owner"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["resolved", "closed"]) | (~models.Q(outcome="") & ~models.Q(told="")),
                name="escalation_ends_with_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(about__isnull=True) | models.Q(person__isnull=False), name="escalation_of_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"escalation {self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def is_own(self, user: User) -> bool:
        """Tell whether `user` has it in hand, until it is handed over (E9)."""
        return self.owner_id == user.pk

    def whom(self) -> str:
        """Say whom it is about without their own name: that shows on the act sheet alone (matrix row 18)."""
        if self.person_id is None:
            return _("somebody who left no name")
        return (self.about and self.about.pseudonym) or _("somebody who has no name here yet")

    def doors(self) -> tuple[str, ...]:
        """Name the doors through which words came, each once."""
        return tuple(dict.fromkeys(doors.name_of(heard.door) for heard in self.heard.all()))

    def waited(self) -> dt.timedelta:
        """Count how long it took, or takes, until somebody had it in hand."""
        return (self.acknowledged_at or clock.now()) - self.opened_at


class EscalationPost(models.Model):
    """One post of an escalation; several by one author within ten minutes share one (E11)."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="links")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["escalation", "post"], name="escalation_post_once")]

    def __str__(self) -> str:
        return f"post of escalation {self.escalation_id}"


class EscalationWords(models.Model):
    """What somebody said through a door that is no post: which door, and in which row of it the words rest (U3)."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="heard")
    door = models.CharField(max_length=24)
    row_pk = models.BigIntegerField()
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["escalation", "door", "row_pk"], name="escalation_words_once")]

    def __str__(self) -> str:
        return f"words of escalation {self.escalation_id}"

    def door_row(self) -> models.Model | None:
        """Find the row that holds the words, if it is still there."""
        return doors.table()[self.door].row(self.row_pk)


class StepState(models.TextChoices):
    """A rung waits, then pages once, or is called off because somebody has it."""

    WAITING = "waiting", "Waiting"
    FIRED = "fired", "Paged"
    CANCELLED = "cancelled", "Not needed"


class EscalationStep(Stateful):
    """One rung of the ladder for one person: due at a time, then paged by text and call at once (E3, E4)."""

    State = StepState

    class Rung(models.TextChoices):
        """Who a rung is for."""

        FIRST = "first", "Clinician on call"
        AGAIN = "again", "Clinician on call, once more"
        SECOND = "second", "Second clinician"
        MANAGER = "manager", "Service manager"
        EVERYONE = "everyone", "Everyone, every five minutes"
        NEWS = "news", "Another post, to the person who has it"
        CHOSEN = "chosen", "Somebody the manager chose"

    MOVES: ClassVar[dict[str, set[str]]] = {State.WAITING: {State.FIRED, State.CANCELLED}}

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField(default=1)
    number = models.PositiveSmallIntegerField()
    rung = models.CharField(max_length=8, choices=Rung.choices)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="pages")
    channels = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="step_due")]
        constraints = [
            one_of_states(StepState, name="step_state"),
            models.UniqueConstraint(fields=["escalation", "round", "number", "user"], name="step_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"step {self.number} of escalation {self.escalation_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.escalation.group


class EscalationNote(AppendOnly):
    """What somebody did or heard, written once."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"note {self.pk}"


class EscalationTimerQuerySet(EscalationQuerySet):
    """The board: whose clock runs, and who may press that they have it."""

    def visible_to(self, user: User) -> EscalationTimerQuerySet:
        """Keep what one may read, what one was paged about, and for managers all (matrix rows 15 and 16)."""
        if user.may_in_service(Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD):
            return self
        readable = Escalation.objects.visible_to(user).values("pk")
        paged = EscalationStep.objects.filter(user=user, state=StepState.FIRED).values("escalation")
        return self.filter(models.Q(pk__in=readable) | models.Q(pk__in=paged))

    def late_posts(self, user: User) -> int:
        """Count the posts that climbed to the managers, without showing one (P13)."""
        if not user.may_in_service(Role.SERVICE_MANAGER):
            return 0
        return Post.objects.filter(state=Post.State.PENDING, owner_role=Role.SERVICE_MANAGER).count()

    def late_questions(self, user: User) -> int:
        """Count the questions of moderators that climbed to the managers, without a word of one (P13)."""
        if not user.may_in_service(Role.SERVICE_MANAGER):
            return 0
        open_now = ModeratorQuestion.State.OPEN
        return ModeratorQuestion.objects.filter(state=open_now, owner_role=Role.SERVICE_MANAGER).count()

    def clocks(self, user: User) -> list[EscalationClock]:
        """Give the clocks that run, without a word of any post: what is handed out is not the row."""
        readable = set(Escalation.objects.visible_to(user).values_list("pk", flat=True))
        rows = self.exclude(state=EscalationState.CLOSED).select_related("group", "about", "owner", "offered_to")
        rows = rows.prefetch_related("heard")
        fired = EscalationStep.objects.filter(user=user, state=StepState.FIRED)
        paged = set(fired.values_list("escalation_id", flat=True))
        return [
            EscalationClock.of(row, viewer=user, may_open=row.pk in readable, may_take=row.pk in readable | paged)
            for row in rows.order_by("due_at", "pk")
        ]

    def alarms(self, user: User) -> list[EscalationClock]:
        """Keep the clocks that call for this person, those that nobody has first."""
        return sorted((clock for clock in self.clocks(user) if clock.is_for_viewer), key=lambda clock: not clock.waits)


class EscalationTimer(Escalation):
    """An escalation as the board knows it: for staff who were paged or who manage, not for reading."""

    objects = EscalationTimerQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True
        default_permissions = ()
