"""Sessions: a group meets at a time, in one way or several; people host it, and may say if they come (S19, U15)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from peer import clock, rhythm, run_sheet
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership, MembershipRole
from peer.models.people import User
from peer.models.talk import Thread
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless

HOSTS = (Role.PEER_FACILITATOR, Role.PEER_MODERATOR, Role.CLINICIAN)


class Way(models.TextChoices):
    """In which way a slot meets; also the channel by which somebody was there."""

    TEXT = "text", "Text room"
    ONLINE = "online", "Video"
    PHONE = "phone", "Telephone"
    IN_PERSON = "in_person", "In person"
    DROP_IN = "drop_in", "Drop in"


class SessionSeriesQuerySet(models.QuerySet["SessionSeries"]):
    """Series, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SessionSeriesQuerySet:
        """Keep those of the groups one may know of."""
        return self.filter(group__in=SupportGroup.objects.visible_to(user).values("pk"))

    def going_on(self) -> SessionSeriesQuerySet:
        """Keep those that have no end yet, of groups that are not closed."""
        rows = self.filter(ended_on=None).exclude(group__state=SupportGroup.State.CLOSED)
        return rows.select_related("group").order_by("id")


class SessionSeries(models.Model):
    """Sessions that come again: on which days, at which time of the London day, in which way."""

    class Rhythm(models.TextChoices):
        """How often."""

        WEEKLY = rhythm.Rhythm.WEEKLY, "Every week"
        MONTHLY = rhythm.Rhythm.MONTHLY, "Every month, on the same weekday"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="series")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    starts_on = models.DateField()
    at = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.TEXT)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = SessionSeriesQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "session series"
        constraints = [
            models.CheckConstraint(condition=Q(rhythm__in=["weekly", "monthly"]), name="series_rhythm"),
            models.CheckConstraint(condition=Q(minutes__gte=15, minutes__lte=240), name="series_minutes"),
        ]

    def __str__(self) -> str:
        return f"series {self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def days(self, *, since: dt.date, until: dt.date) -> list[dt.date]:
        """Give its days in a span, both ends inside."""
        return rhythm.days(self.rhythm, self.starts_on, since=since, until=until)

    def missing(self) -> list[dt.date]:
        """Give its days of the weeks ahead that have no session yet: after the last one, and still to come."""
        today = clock.today()
        last = self.sessions.aggregate(day=models.Max("series_on"))["day"]
        since = today if last is None else max(today, last + dt.timedelta(days=1))
        days = self.days(since=since, until=today + dt.timedelta(weeks=run_sheet.number("weeks_ahead")))
        return [day for day in days if self.span(day)[0] > clock.now()]

    def span(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """Give beginning and end on one of its days, in UTC."""
        start = rhythm.moment(day, self.at)
        return start, start + dt.timedelta(minutes=self.minutes)


class GroupSessionQuerySet(models.QuerySet["GroupSession"]):
    """Sessions, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> GroupSessionQuerySet:
        """Keep those of the groups one may know of: members, hosts, and staff who set groups up (matrix row 2)."""
        return self.filter(group__in=SupportGroup.objects.visible_to(user).values("pk"))

    def to_come(self) -> GroupSessionQuerySet:
        """Keep those that are not over and take place, the next first; one that waits for a host is still planned."""
        states = [SessionState.PLANNED, SessionState.TO_COVER]
        return self.filter(state__in=states, ends_at__gt=clock.now()).order_by("starts_at", "id")

    def next_of(self, groups: models.QuerySet[SupportGroup] | list[int]) -> dict[int, GroupSession]:
        """Give the next session of each of some groups, in one query."""
        found: dict[int, GroupSession] = {}
        for session in self.to_come().filter(group__in=groups).select_related("group"):
            found.setdefault(session.group_id, session)
        return found

    def with_people(self) -> GroupSessionQuerySet:
        """Read along the group, the ways to take part with how many come, and who hosts."""
        in_group = Q(attendances__membership__state=Membership.State.ACTIVE)
        coming = Count("attendances", filter=Q(attendances__state=AttendanceState.COMING) & in_group)
        slots = SessionSlot.objects.order_by("starts_at", "id").annotate(coming=coming)  # type: ignore[no-redef]
        hosts = SessionHost.objects.staying().select_related("membership").order_by("id")
        return self.select_related("group", "thread").prefetch_related(
            models.Prefetch("slots", slots),
            models.Prefetch("hosts", hosts, to_attr="hosted_by"),  # type: ignore[no-redef]
        )

    def needing(self, user: User) -> GroupSessionQuerySet:
        """Keep those that need a stand-in, or a word on how it was, of the groups in which one hosts; soonest first."""
        held = MembershipRole.objects.inside().filter(role__in=HOSTS, membership__user=user)
        late = Q(state=SessionState.HELD, due_at__lte=clock.now())
        unsaid = SessionHost.objects.here().filter(membership__user=user, debrief=None).values("session")
        lately = clock.now() - run_sheet.hours("debrief")
        mine = Q(pk__in=unsaid, state__in=[SessionState.HELD, SessionState.CLOSED], ends_at__gt=lately)
        rows = self.filter(group__in=held.values("membership__group"))
        return rows.filter(Q(state=SessionState.TO_COVER) | late | mine).order_by("due_at", "id")


class SessionState(models.TextChoices):
    """Planned, in want of a host, held, written up; or called off. Whether its room is open is computed."""

    PLANNED = "planned", "Planned"
    TO_COVER = "to_cover", "Needs a host"
    HELD = "held", "Has been"
    CLOSED = "closed", "Has been, and we said how it was"
    CANCELLED = "cancelled", "Cancelled"


class GroupSession(Stateful, Owed):
    """A meeting of a group; a row from weeks before, so that it can be moved, called off and answered by itself."""

    State = SessionState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.PLANNED: {State.TO_COVER, State.HELD, State.CANCELLED},
        State.TO_COVER: {State.PLANNED, State.CANCELLED},
        State.HELD: {State.CLOSED},
    }

    hosted_by: list[SessionHost]  # what `with_people` adds

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="sessions")
    series = models.ForeignKey(SessionSeries, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions")
    series_on = models.DateField("the day of the series it stands for", null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    was_at = models.DateTimeField("where it was before it moved", null=True, blank=True)
    times_moved = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    thread = models.OneToOneField(Thread, null=True, blank=True, on_delete=models.SET_NULL, related_name="room_of")
    asked_at = models.DateTimeField("when people were asked whether they come", null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["group", "starts_at"], name="session_of_group")]
        constraints = [
            one_of_states(SessionState, name="session_state"),
            owed_unless("closed", "cancelled", name="session_owed"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_span"),
            models.UniqueConstraint(fields=["series", "series_on"], name="session_of_series_once"),
        ]

    def __str__(self) -> str:
        return f"session {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of the session."""
        return reverse("sessions-detail", args=[self.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def is_own(self, user: User) -> bool:
        """Tell whether `user` hosts it."""
        return self.hosts.staying().filter(membership__user=user).exists()

    def is_to_come(self) -> bool:
        """Tell whether it takes place and is not over."""
        return self.state in {self.State.PLANNED, self.State.TO_COVER} and self.ends_at > clock.now()

    def is_on(self, at: dt.datetime) -> bool:
        """Tell whether its time is now."""
        return self.state == self.State.PLANNED and self.starts_at <= at < self.ends_at

    def has_been(self) -> bool:
        """Tell whether it took place."""
        return self.state in {self.State.HELD, self.State.CLOSED}


class SessionSlotQuerySet(models.QuerySet["SessionSlot"]):
    """Slots, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SessionSlotQuerySet:
        """Keep those of the sessions one may know of."""
        return self.filter(session__in=GroupSession.objects.visible_to(user).values("pk"))

    def bookable(self) -> SessionSlotQuerySet:
        """Keep those still to come that one says beforehand that one comes to, the soonest first."""
        states = [SessionState.PLANNED, SessionState.TO_COVER]
        rows = self.filter(session__state__in=states, starts_at__gt=clock.now()).exclude(way=Way.DROP_IN)
        return rows.select_related("session").order_by("starts_at", "id")


class SessionSlot(models.Model):
    """One way to take part: a time, a way, and room for so many."""

    coming: int  # what `with_people` adds

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.TEXT)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    headcount = models.PositiveSmallIntegerField("how many dropped in", null=True, blank=True)
    times_changed = models.PositiveSmallIntegerField("how often people came to meet in another way", default=0)
    link = EncryptedTextField("the address of a video meeting", null=True, blank=True)
    line = models.CharField("the network's name for the telephone meeting", max_length=24, blank=True)

    objects = SessionSlotQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_span"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gte=1), name="slot_capacity"),
            models.CheckConstraint(
                condition=Q(way__in=["text", "online", "phone", "in_person", "drop_in"]), name="slot_way"
            ),
        ]

    def __str__(self) -> str:
        return f"slot {self.pk}"

    def is_full(self) -> bool:
        """Tell whether all places are taken; one without a number never is."""
        return self.capacity is not None and self.taken() >= self.capacity

    def taken(self) -> int:
        """Count who comes."""
        return self.attendances.coming().count()

    def has_room(self) -> bool:
        """Tell whether whoever says so now comes, and waits in no line."""
        return not self.is_full() and not self.attendances.waiting().exists()

    def opens_video_to(self, user: User, at: dt.datetime) -> bool:
        """Tell whether somebody may see where the video meeting is: a place or a host's seat, and its time is now."""
        opens = self.starts_at - run_sheet.minutes("brief")
        is_now = self.session.state == SessionState.PLANNED and opens <= at < self.ends_at
        if not self.link or self.way != Way.ONLINE or not is_now:
            return False
        if self.session.group.state != SupportGroup.State.OPEN:
            return False
        booked = self.attendances.coming().filter(membership__user=user)
        return booked.exists() or self.session.is_own(user)

    def needs_booking(self) -> bool:
        """Tell whether one says beforehand that one comes; whoever drops in does not."""
        return self.way != Way.DROP_IN


class SessionHostQuerySet(models.QuerySet["SessionHost"]):
    """Who hosts."""

    def visible_to(self, user: User) -> SessionHostQuerySet:
        """Keep those of the sessions one may know of."""
        return self.filter(session__in=GroupSession.objects.visible_to(user).values("pk"))

    def staying(self) -> SessionHostQuerySet:
        """Keep those who did not drop out and are still in the group."""
        return self.filter(dropped_at=None, membership__state=Membership.State.ACTIVE)

    def silent(self) -> SessionHostQuerySet:
        """Keep who hosted, has not said in time how it was, and whom nobody was asked to talk with yet.

        Those who were there at the end; where all had gone by then, everybody who was to host.
        """
        over = clock.now() - run_sheet.hours("debrief")
        states = [SessionState.HELD, SessionState.CLOSED]
        others = SessionHost.objects.here().filter(session=OuterRef("session"))
        rows = self.staying().filter(Q(here_at__isnull=False) | ~Exists(others))
        rows = rows.filter(session__state__in=states, session__ends_at__lte=over, debrief=None, asked_after_at=None)
        return rows.select_related("session", "membership__user")

    def here(self) -> SessionHostQuerySet:
        """Keep those who are there now."""
        return self.staying().filter(here_at__isnull=False)


class SessionHost(models.Model):
    """Somebody of the group hosts one session: as what, whether they are there, whether they cannot come."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="hosts")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="hosting")
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in HOSTS])
    here_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    asked_after_at = models.DateTimeField("when somebody was asked to talk with them", null=True, blank=True)

    objects = SessionHostQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["session", "membership"], name="host_once")]

    def __str__(self) -> str:
        return f"host {self.pk}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Who comes, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> AttendanceQuerySet:
        """Keep one's own, and those of the sessions one hosts: nobody else has a list of who comes (M6)."""
        hosted = SessionHost.objects.staying().filter(membership__user=user).values("session")
        return self.filter(Q(membership__user=user) | Q(session__in=hosted))

    def coming(self) -> AttendanceQuerySet:
        """Keep who comes, and is still in the group."""
        return self.filter(state=AttendanceState.COMING, membership__state=Membership.State.ACTIVE)

    def waiting(self) -> AttendanceQuerySet:
        """Keep who waits for a place, in the order in which they asked."""
        rows = self.filter(state=AttendanceState.WAITING, membership__state=Membership.State.ACTIVE)
        return rows.order_by("said_at", "id")

    def to_tell(self) -> AttendanceQuerySet:
        """Keep whoever must hear that a session changes: they come or wait for a place, and may be written to."""
        states = [AttendanceState.COMING, AttendanceState.WAITING]
        rows = self.filter(state__in=states, membership__state=Membership.State.ACTIVE)
        return rows.filter(membership__person__deceased_at=None).select_related("membership__person", "session", "slot")


class AttendanceState(models.TextChoices):
    """What somebody said beforehand."""

    COMING = "coming", "Coming"
    WAITING = "waiting", "Waiting for a place"
    NOT_COMING = "not_coming", "Not coming"


class Attendance(Stateful):
    """One person and one session: whether they come, by which slot, and whether they were there."""

    State = AttendanceState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.COMING: {State.NOT_COMING, State.WAITING},
        State.WAITING: {State.COMING, State.NOT_COMING},
        State.NOT_COMING: {State.COMING, State.WAITING},
    }

    class Outcome(models.TextChoices):
        """Whether somebody was there: nothing that is said of a missed appointment is ever said here (U15)."""

        THERE = "there", "There"
        NOT_THERE = "not_there", "Not there"

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="attendances")
    slot = models.ForeignKey(SessionSlot, on_delete=models.CASCADE, related_name="attendances")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="attendances")
    state = models.CharField(max_length=10, choices=State.choices, default=State.COMING)
    said_at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    channel = models.CharField("how they were there", max_length=10, choices=Way.choices, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["slot", "state", "said_at"], name="attendance_in_order")]
        constraints = [
            one_of_states(AttendanceState, name="attendance_state"),
            models.UniqueConstraint(fields=["session", "membership"], name="attendance_once"),
            models.CheckConstraint(condition=Q(outcome__in=["", "there", "not_there"]), name="attendance_outcome"),
            models.CheckConstraint(condition=Q(outcome="there") | Q(channel=""), name="attendance_channel"),
        ]

    def __str__(self) -> str:
        return f"attendance {self.pk}"

    def is_own(self, user: User) -> bool:
        """Tell whether this is about `user`."""
        return self.membership.user_id == user.pk

    def before_me(self) -> int:
        """Count who waits longer for the same slot."""
        earlier = Q(said_at__lt=self.said_at) | Q(said_at=self.said_at, pk__lt=self.pk)
        return self.slot.attendances.waiting().filter(earlier).count()


class SessionTick(AppendOnly):
    """A host did one step of the run sheet: which, and when (S77)."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="ticks")
    step = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["session", "step"], name="tick_once")]

    def __str__(self) -> str:
        return f"tick {self.step}"


class CheckInQuerySet(models.QuerySet["SessionCheckIn"]):
    """Check-ins, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> CheckInQuerySet:
        """Keep those of the groups one is a clinician of; no host, member or parent reads them again."""
        held = MembershipRole.objects.inside().filter(role=Role.CLINICIAN, membership__user=user)
        return self.filter(session__group__in=held.values("membership__group"))

    def open(self) -> CheckInQuerySet:
        """Keep what is still to be done, the most pressing first."""
        rows = self.filter(state=CheckInState.OPEN).order_by("due_at", "pk")
        return rows.select_related("session__group", "about", "owner", "asked_by")


class CheckInState(models.TextChoices):
    """To do, or done."""

    OPEN = "open", "To do"
    DONE = "done", "Done"


class SessionCheckIn(Stateful, Owed):
    """Somebody left a session upset: a clinician looks in on them the same day (U15)."""

    State = CheckInState

    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.DONE}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="check_ins")
    about = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
    note = EncryptedTextField(null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(CheckInState, name="check_in_state"),
            owed_unless("done", name="check_in_owed"),
            models.UniqueConstraint(fields=["session", "about"], condition=Q(state="open"), name="check_in_once"),
        ]

    def __str__(self) -> str:
        return f"check-in {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of this task."""
        return reverse("check-ins-detail", args=[self.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.session.group


class SessionDebrief(AppendOnly):
    """What a host said after a session, by presses alone (U15)."""

    class Felt(models.TextChoices):
        """How it was."""

        FINE = "fine", "Fine"
        HEAVY = "heavy", "A bit heavy"
        MUCH = "much", "Too much"

    host = models.OneToOneField(SessionHost, on_delete=models.CASCADE, related_name="debrief")
    felt = models.CharField(max_length=5, choices=Felt.choices)
    wants_talk = models.BooleanField("would like somebody to talk to them")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"debrief of host {self.host_id}"


class ListenedTo(AppendOnly):
    """How listened to one person felt in one session, 0 to 10 (S22)."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="listened")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="listened")
    said = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "listened to"
        constraints = [
            models.UniqueConstraint(fields=["session", "membership"], name="listened_once"),
            models.CheckConstraint(condition=Q(said__lte=10), name="listened_to_ten"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
