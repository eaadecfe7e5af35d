"""What people ask about their data, and adults about a child's: a copy, a correction, a limit … (safety 2g, 6e, C8)."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

END_OF_DAY = dt.time(17, 0)
KEPT_FOR = dt.timedelta(days=7)  # how long a copy can be fetched


def a_month_on(day: dt.date) -> dt.date:
    """Give the same day of the next month, or its last: the time the law gives us to answer."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due_in_a_month() -> dt.datetime:
    """Give the end of the working hours of the day a month from today, in UTC."""
    return dt.datetime.combine(a_month_on(clock.today()), END_OF_DAY, tzinfo=clock.LONDON).astimezone(dt.UTC)


class DataRequestState(models.TextChoices):
    """From the asking to the answer; a copy is read by a person before it is handed over."""

    ASKED = "asked", _("We have it")
    IN_REVIEW = "in_review", _("A person is reading it")
    READ = "read", _("Read, and being put together")
    READY = "ready", _("Ready for you")
    COLLECTED = "collected", _("You have fetched it")
    AGREED = "agreed", _("Agreed, a second person does it")
    DONE = "done", _("Done")
    REFUSED = "refused", _("We said no, and why")
    TAKEN_BACK = "taken_back", _("You took it back")
    GONE = "gone", _("Not fetched in time")


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Requests about data, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> DataRequestQuerySet:
        """Keep what one asked; for those who run them all (row 40) but what clinicians read: worrying words, adults."""
        mine = Q(asked_by=user.person_id, asked_by__isnull=False)
        by_themselves = Q(asked_by=F("person"))
        if user.may_in_service(Role.CLINICIAN):
            mine |= ~Q(level="") | ~by_themselves
        if user.may_in_service(Role.SERVICE_MANAGER):
            mine |= Q(level="") & by_themselves
        if user.may_in_service(Role.SAFEGUARDING_LEAD):
            mine |= Q(kind=DataRequest.Kind.DELETION, level="")
        return self.filter(mine)

    def of(self, user: User) -> DataRequestQuerySet:
        """Keep what this person asked. The young person whom an adult asks about hears of it from a person."""
        return self.filter(asked_by=user.person_id, asked_by__isnull=False)

    def own(self) -> DataRequestQuerySet:
        """Keep what people asked about themselves."""
        return self.filter(asked_by=F("person"))

    def by_adults(self) -> DataRequestQuerySet:
        """Keep what adults asked about a child."""
        return self.exclude(asked_by=F("person"))

    def open(self) -> DataRequestQuerySet:
        """Keep what waits for something from us or from them."""
        return self.exclude(state__in=DataRequest.FINAL)

    def to_do(self) -> DataRequestQuerySet:
        """Keep what waits for staff, the most pressing first."""
        return self.exclude(state__in=[*DataRequest.FINAL, DataRequest.State.READY]).order_by("due_at", "pk")


class DataRequest(Stateful, Owed):
    """One thing somebody asks about their data, or an adult about a child's; the law's month runs from that day."""

    State = DataRequestState

    class Kind(models.TextChoices):
        """The rights that have states (UK GDPR 15 to 18, 21)."""

        COPY = "copy", _("A copy of what you hold about me")
        CORRECTION = "correction", _("Something is wrong")
        RESTRICTION = "restriction", _("Stop using something for now")
        OBJECTION = "objection", _("I don’t agree with how you use something")
        DELETION = "deletion", _("Delete what you hold about me")

    class Posts(models.TextChoices):
        """What happens to somebody's posts when they go (P14)."""

        KEEP = "keep", _("Leave them, without any name")
        REMOVE = "remove", _("Take them all away")

    class Outcome(models.TextChoices):
        """What a clinician decided about a copy for an adult."""

        ALL = "all", "They may have it"
        PART = "part", "They may have a part of it"
        NONE = "none", "They may not have it"

    FINAL: ClassVar[tuple[str, ...]] = (
        State.COLLECTED,
        State.DONE,
        State.REFUSED,
        State.TAKEN_BACK,
        State.GONE,
    )
    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ASKED: {State.IN_REVIEW, State.AGREED, State.DONE, State.REFUSED, State.TAKEN_BACK},
        State.IN_REVIEW: {State.READ, State.REFUSED, State.TAKEN_BACK},
        State.READ: {State.READY, State.TAKEN_BACK},
        State.READY: {State.COLLECTED, State.GONE},
        State.AGREED: {State.DONE, State.REFUSED, State.TAKEN_BACK},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_requests")
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_asked")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    words = EncryptedTextField(null=True, blank=True)
    level = models.CharField(max_length=10, blank=True)
    posts = models.CharField(max_length=6, choices=Posts.choices, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    draft = EncryptedTextField(null=True, blank=True)  # what a copy would hold, until it is handed over
    read_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = EncryptedTextField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    note = EncryptedTextField(null=True, blank=True)  # why an adult may or may not have it; staff alone read it
    file = models.CharField(max_length=60, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at", "id"], name="data_request_due")]
        constraints = [
            one_of_states(DataRequestState, name="data_request_state"),
            owed_unless("collected", "done", "refused", "taken_back", "gone", name="data_request_owed"),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(answer__isnull=False), name="data_request_refused_why"
            ),
            models.CheckConstraint(
                condition=~Q(kind="deletion") | ~Q(state="done") | Q(second__isnull=False, read_by__isnull=False),
                name="data_request_by_two",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("read_by")), name="data_request_second_person"
            ),
            models.CheckConstraint(condition=~Q(kind="deletion") | ~Q(posts=""), name="data_request_posts"),
            models.CheckConstraint(
                condition=Q(asked_by=F("person")) | Q(kind="copy", file="", draft__isnull=True),
                name="data_request_adult_waits",
            ),
            models.CheckConstraint(
                condition=~Q(kind="copy", state="done") | Q(read_by__isnull=False) & ~Q(outcome=""),
                name="data_request_by_a_person",
            ),
            models.UniqueConstraint(
                fields=["person", "asked_by", "kind"],
                condition=Q(kind__in=["copy", "deletion"])
                & ~Q(state__in=["collected", "done", "refused", "taken_back", "gone"]),
                name="data_request_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.public_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether `user` asked this."""
        return user.person_id is not None and self.asked_by_id == user.person_id

    def is_by_an_adult(self) -> bool:
        """Tell whether somebody else than the person themselves asked."""
        return self.asked_by_id != self.person_id

    def what(self) -> str:
        """Say what was asked."""
        if self.is_by_an_adult():
            return _("A copy of what you hold about %(name)s") % {"name": self.person.given_name}
        return str(self.get_kind_display())

    def may_take_back(self) -> bool:
        """Tell whether the person can still change their mind."""
        return self.State.TAKEN_BACK in self.MOVES.get(self.state, set())

    @property
    def until_at(self) -> dt.datetime | None:
        """Give when a copy that is ready goes away."""
        return self.ready_at and self.ready_at + KEPT_FOR


class LeftOut(models.Model):
    """One row, field or passage that is not in a copy, because it speaks of somebody else or would do harm; and why."""

    class Why(models.TextChoices):
        """The reasons there may be; the copy names them."""

        SOMEBODY_ELSE = "somebody_else", _("It is about somebody else")
        HARM = "harm", _("A clinician thinks it would do harm to read it")
        CONFIDENCE = "confidence", _("Somebody told us in confidence")

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="left_out")
    table = models.CharField(max_length=60)
    row = models.BigIntegerField()
    field = models.CharField(max_length=60, blank=True)  # blank: the whole row
    passage = EncryptedTextField(null=True, blank=True)  # blank: the whole field
    why = models.CharField(max_length=15, choices=Why.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "left out"
        indexes = [models.Index(fields=["request", "table", "row"], name="left_out_of_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


class HoldState(models.TextChoices):
    """Held until somebody lifts it."""

    HELD = "held", "Held"
    LIFTED = "lifted", "Lifted"


class DataHoldQuerySet(models.QuerySet["DataHold"]):
    """Holds, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> DataHoldQuerySet:
        """Keep all for those who may set one, nothing for anybody else."""
        holders = (Role.CLINICIAN, Role.SAFEGUARDING_LEAD, Role.SERVICE_MANAGER)
        return self if user.may_in_service(*holders) else self.none()

    def current(self) -> DataHoldQuerySet:
        """Keep those that nobody has lifted."""
        return self.filter(state=HoldState.HELD)


class DataHold(Stateful, Owed):
    """What we hold about somebody must stay for now, whoever asks; reviewed by its due time (matrix row 41)."""

    State = HoldState

    MOVES: ClassVar[dict[str, set[str]]] = {State.HELD: {State.LIFTED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="data_holds")
    why = EncryptedTextField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = DataHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(HoldState, name="data_hold_state"),
            owed_unless("lifted", name="data_hold_reviewed"),
            models.UniqueConstraint(fields=["person"], condition=Q(state="held"), name="data_hold_once"),
        ]

    def __str__(self) -> str:
        return f"hold {self.public_id}"
