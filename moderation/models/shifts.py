"""Who is on call for a group and when; a shift that is on writes the `peer.Duty` row that the gate reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import QuerySet

from moderation import cover
from peer import clock
from peer.models import Duty, MembershipRole, SupportGroup, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Stateful, one_of_states

EARLY = dt.timedelta(minutes=30)
AHEAD = dt.timedelta(days=7)


@dataclass(frozen=True)
class GroupWeek:
    """A group's next seven days: who is on the rota, and where nobody is."""

    group: SupportGroup
    shifts: list[OnCallShift]
    gaps: list[tuple[dt.datetime, dt.datetime]]


class OnCallShiftQuerySet(models.QuerySet["OnCallShift"]):
    """Shifts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> OnCallShiftQuerySet:
        """Keep one's own and those of the groups one is a clinician of; for those who plan the rota all (row 27)."""
        if user.may_in_service(Role.CO_ORDINATOR, Role.SERVICE_MANAGER):
            return self
        held = MembershipRole.objects.inside().filter(role=Role.CLINICIAN, membership__user=user)
        return self.filter(models.Q(user=user) | models.Q(group__in=held.values("membership__group")))

    def administered_by(self, user: User) -> OnCallShiftQuerySet:
        """Keep the shifts of the groups that one administers: to read, and to change none of them."""
        return self.filter(group__in=SupportGroup.objects.administered_by(user))

    def with_people(self) -> OnCallShiftQuerySet:
        """Read group and clinician along."""
        return self.select_related("group", "user")

    def own(self, user: User) -> list[OnCallShift]:
        """List one's own shifts, on or to come, the next first."""
        rows = self.filter(user=user).cover().filter(until_at__gt=clock.now(), from_at__lt=clock.now() + AHEAD)
        return list(rows.with_people().order_by("from_at"))

    def groups(self) -> QuerySet[SupportGroup]:
        """Keep the groups that need cover."""
        return SupportGroup.objects.exclude(state=SupportGroup.State.CLOSED).order_by("title")

    def clinicians(self) -> QuerySet[User]:
        """Keep everybody who is a clinician of some group now."""
        held = MembershipRole.objects.current().filter(role=Role.CLINICIAN, membership__state="active")
        return User.objects.filter(pk__in=held.values("membership__user")).order_by("display_name")

    def clinicians_of(self, group: SupportGroup) -> QuerySet[User]:
        """Keep the clinicians of one group."""
        held = MembershipRole.objects.current().filter(role=Role.CLINICIAN, membership__state="active")
        return self.clinicians().filter(pk__in=held.filter(membership__group=group).values("membership__user"))

    def week(self, *, groups: Iterable[SupportGroup] | None = None) -> list[GroupWeek]:
        """Give each group's shifts and gaps for the seven days ahead."""
        start = clock.now()
        end = start + AHEAD
        rows = self.cover().between(start, end).with_people().order_by("from_at")
        weeks = []
        for group in self.groups() if groups is None else groups:
            shifts = [shift for shift in rows if shift.group_id == group.pk]
            spans = [(shift.from_at, shift.until_at) for shift in shifts]
            weeks.append(GroupWeek(group, shifts, cover.gaps(spans, start=start, end=end)))
        return weeks

    def cover(self) -> OnCallShiftQuerySet:
        """Keep the shifts that cover or are planned to."""
        return self.filter(state__in=[OnCallShift.State.PLANNED, OnCallShift.State.ON])

    def between(self, start: dt.datetime, end: dt.datetime) -> OnCallShiftQuerySet:
        """Keep the shifts that touch a span of time."""
        return self.filter(from_at__lt=end, until_at__gt=start)


class ShiftState(models.TextChoices):
    """A shift that nobody starts covers nothing: posting stays closed (safety E2)."""

    PLANNED = "planned", "Planned"
    ON = "on", "On call now"
    HANDED_OVER = "handed_over", "Handed over"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    MISSED = "missed", "Nobody came"


class OnCallShift(Stateful):
    """One clinician covers one group for a span: in the rota first, then really there."""

    State = ShiftState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.PLANNED: {State.ON, State.CANCELLED, State.MISSED},
        State.ON: {State.HANDED_OVER, State.DONE},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    duty = models.OneToOneField(Duty, null=True, blank=True, on_delete=models.SET_NULL, related_name="shift")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OnCallShiftQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["group", "until_at"], name="shift_of_group")]
        constraints = [
            one_of_states(ShiftState, name="shift_state"),
            models.CheckConstraint(condition=models.Q(until_at__gt=models.F("from_at")), name="shift_span"),
            models.CheckConstraint(
                condition=~models.Q(state="on") | models.Q(started_at__isnull=False), name="shift_on_was_started"
            ),
        ]

    def __str__(self) -> str:
        return f"shift {self.pk}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def is_own(self, user: User) -> bool:
        """Tell whether this is the shift of `user`."""
        return self.user_id == user.pk

    def following(self) -> OnCallShiftQuerySet:
        """Keep the other shifts that are on for the same group: to them one can hand over."""
        return OnCallShift.objects.filter(group=self.group_id, state=self.State.ON).exclude(pk=self.pk).with_people()

    def next_cover(self) -> OnCallShift | None:
        """Find who comes after, or is there beside."""
        rows = OnCallShift.objects.cover().filter(group=self.group_id, until_at__gt=self.until_at)
        return rows.exclude(pk=self.pk).with_people().order_by("from_at").first()

    def may_start(self) -> bool:
        """Tell whether it is time to start."""
        return self.state == self.State.PLANNED and self.from_at - EARLY <= clock.now() < self.until_at

    def length(self) -> dt.timedelta:
        """Count the hours really worked: a night of the clock change has 11 or 13 (safety 2f)."""
        return self.until_at.astimezone(dt.UTC) - self.from_at.astimezone(dt.UTC)
