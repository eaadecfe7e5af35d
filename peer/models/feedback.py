"""What people tell the service, what it answered, and what it promised (S13, S28, S88)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peer import clock, screening
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
READERS = (Role.CLINICIAN, Role.CO_ORDINATOR)


def new_reference() -> str:
    """Make a reference that nobody can guess and everybody can copy: three blocks of four, 58 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def plain_reference(typed: str) -> str:
    """Bring a reference to the form in which it is kept, however somebody spaced it."""
    plain = "".join(letter for letter in typed.upper() if letter in LETTERS)
    return "-".join((plain[:4], plain[4:8], plain[8:]))


def days_between(start: dt.datetime, end: dt.datetime) -> int:
    """Count the days on the calendar of London from `start` to `end`."""
    return (end.astimezone(clock.LONDON).date() - start.astimezone(clock.LONDON).date()).days


class FeedbackState(models.TextChoices):
    """The life cycle of S28, in the words people see."""

    HEARD = "heard", _("We heard")
    DISCUSSED = "discussed", _("We talked about it")
    ACTED_UPON = "acted_upon", _("We did it")
    NOT_ACTED_UPON = "not_acted_upon", _("We won’t do this, and why")
    SET_ASIDE = "set_aside", _("Set aside")


class FeedbackQuerySet(models.QuerySet["FeedbackItem"]):
    """Feedback, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> FeedbackQuerySet:
        """Keep all for the service manager; for those who may read feedback, all but complaints; else nothing."""
        if user.may_in_service(Role.SERVICE_MANAGER):
            return self
        if user.may_in_service(*READERS):
            return self.filter(kind=FeedbackItem.Kind.FEEDBACK)
        return self.none()

    def published(self) -> FeedbackQuerySet:
        """Keep what two people agreed to show, without the words as they came in."""
        raw = ("works", "does_not", "would_change", "findings")
        return self.filter(published_at__isnull=False).defer(*raw)

    def with_answer(self) -> FeedbackQuerySet:
        """Read along what came of each: the first reply and end, the latest reply, and the reason for where it is."""
        replies = ServiceResponse.objects.filter(item=OuterRef("pk"))
        steps = FeedbackStep.objects.filter(item=OuterRef("pk"))
        ends = steps.filter(state__in=FeedbackItem.FINAL)
        return self.annotate(  # type: ignore[no-redef]  # they are named on the model, for those who read them
            first_reply_at=Subquery(replies.order_by("at").values("at")[:1]),
            first_end_at=Subquery(ends.order_by("at").values("at")[:1]),
            heard=Subquery(replies.order_by("-pk").values("body")[:1]),
            reason=Subquery(steps.filter(state=OuterRef("state")).order_by("-pk").values("reason")[:1]),
        )

    def with_history(self) -> FeedbackQuerySet:
        """Read along all that a page of one of them tells: every step, reply and promise."""
        return self.with_answer().prefetch_related("steps", "responses", "commitments")

    def by_reference(self, typed: str) -> FeedbackQuerySet:
        """Keep the one whose secret reference somebody typed, however they spaced it."""
        return self.filter(reference=plain_reference(typed))

    def still_open(self) -> FeedbackQuerySet:
        """Keep what has not come to an end."""
        return self.exclude(state__in=FeedbackItem.FINAL)

    def overdue(self) -> FeedbackQuerySet:
        """Keep what is still open past its due time (S23)."""
        return self.still_open().filter(due_at__lt=clock.now())

    def to_agree(self) -> FeedbackQuerySet:
        """Keep what waits for a second person before it shows."""
        return self.filter(asked_at__isnull=False, published_at__isnull=True)

    def figures(self) -> dict[str, int]:
        """Count what is open, what of it is late, and what waits for a second person."""
        return {"open": self.still_open().count(), "late": self.overdue().count(), "to_agree": self.to_agree().count()}

    def complaints(self) -> FeedbackQuerySet:
        """Keep complaints."""
        return self.filter(kind=FeedbackItem.Kind.COMPLAINT)

    def unanswered(self) -> FeedbackQuerySet:
        """Keep what is still open and has no reply yet."""
        return self.still_open().exclude(Exists(ServiceResponse.objects.filter(item=OuterRef("pk"))))


class FeedbackItem(Stateful, Owed):
    """One thing somebody said, with no name on it; whether it is public is a question apart from its state."""

    class Kind(models.TextChoices):
        """Feedback may be shown; a complaint never is (U23)."""

        FEEDBACK = "feedback", _("Feedback")
        COMPLAINT = "complaint", _("Complaint")

    class About(models.TextChoices):
        """What it is about, in words people use."""

        WAITING = "waiting", _("Waiting")
        NEWS = "news", _("Letters, texts and calls")
        MEETING = "meeting", _("Meeting people from the service")
        GROUPS = "groups", _("The groups")
        WEBSITE = "website", _("This website")
        OTHER = "other", _("Something else")

    class AgeBand(models.TextChoices):
        """Who is speaking, as far as they want to say."""

        UNDER_14 = "under_14", _("13 or under")
        TO_17 = "14_17", _("14 to 17")
        TO_25 = "18_25", _("18 to 25")
        ADULT = "adult", _("A parent, carer or other adult")

    State = FeedbackState

    FINAL: ClassVar[tuple[str, ...]] = (State.ACTED_UPON, State.NOT_ACTED_UPON, State.SET_ASIDE)
    MOVES: ClassVar[dict[str, set[str]]] = {
        State.HEARD: {State.DISCUSSED, State.SET_ASIDE},
        State.DISCUSSED: {State.ACTED_UPON, State.NOT_ACTED_UPON},
        State.NOT_ACTED_UPON: {State.DISCUSSED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    reference = models.CharField(max_length=14, unique=True, default=new_reference)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FEEDBACK)
    about = models.CharField(max_length=10, choices=About.choices, blank=True)
    age_band = models.CharField(max_length=10, choices=AgeBand.choices, blank=True)
    works = models.TextField(blank=True)
    does_not = models.TextField(blank=True)
    would_change = models.TextField(blank=True)
    may_share = models.BooleanField(default=False)
    by_phone = models.BooleanField(default=False)
    findings = models.JSONField(default=list, blank=True)
    concern = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.HEARD)
    given_at = models.DateTimeField(default=clock.now)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    said = models.TextField(blank=True)
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(  # whoever asked to hear what came of it; shown to nobody
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="feedback"
    )
    form_nonce = models.CharField(max_length=40, unique=True, null=True, blank=True)

    first_reply_at: dt.datetime | None  # these four are read `with_answer`
    first_end_at: dt.datetime | None
    heard: str | None
    reason: str | None

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-id"], condition=Q(published_at__isnull=False), name="feedback_public"),
            models.Index(fields=["state", "due_at"], name="feedback_due"),
        ]
        constraints = [
            one_of_states(FeedbackState, name="feedback_state"),
            owed_unless("acted_upon", "not_acted_upon", "set_aside", name="feedback_owed"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | (Q(kind="feedback", may_share=True) & ~Q(said="")),
                name="feedback_public_by_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"feedback {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page that the reference opens."""
        return reverse("feedback-status", args=[self.reference])

    def is_complaint(self) -> bool:
        """Tell whether this came through the complaints door."""
        return self.kind == self.Kind.COMPLAINT

    def parts(self) -> list[tuple[str, str]]:
        """List what was said under its headings, empty ones left out."""
        named = [
            (_("What works"), self.works),
            (_("What doesn’t"), self.does_not),
            (_("I would change"), self.would_change),
        ]
        if self.is_complaint():
            named = [(_("What happened"), self.does_not), (_("What would put it right"), self.would_change)]
        return [(str(heading), words) for heading, words in named if words]

    def said_hash(self) -> str:
        """Fingerprint the words to show, so that a second person agrees to exactly what they read."""
        return hashlib.sha256(self.said.encode()).hexdigest()

    def answered_at(self) -> dt.datetime | None:
        """Give the time of the first answer: a reply, or an end with its reason; read `with_answer`."""
        return min((at for at in (self.first_reply_at, self.first_end_at) if at is not None), default=None)

    def days(self) -> int:
        """Count the days until the first answer, or until today where there is none yet (S13)."""
        answered = self.answered_at()
        return days_between(self.given_at, answered or clock.now())

    def did(self) -> str:
        """Say what was done, once it was."""
        return self.reason or "" if self.state == FeedbackState.ACTED_UPON else ""

    def not_did(self) -> str:
        """Say why it was not done, where that was decided."""
        return self.reason or "" if self.state == FeedbackState.NOT_ACTED_UPON else ""

    def read_by(self) -> dt.datetime:
        """Say by when a clinician has read worrying words (E14)."""
        return self.given_at + dt.timedelta(minutes=screening.due_minutes(screening.Level(self.concern)))

    def is_late(self) -> bool:
        """Tell whether its due time has passed while it is open."""
        return self.state not in self.FINAL and self.is_overdue(clock.now())


class FeedbackStep(AppendOnly):
    """One dated change of state, with the reason people are given."""

    item = models.ForeignKey(FeedbackItem, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=16, choices=FeedbackItem.State.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["acted_upon", "not_acted_upon", "set_aside"]) | ~Q(reason=""),
                name="step_end_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} on {self.at:%Y-%m-%d}"


class ServiceResponse(AppendOnly):
    """The service's reply, signed with a role; public as soon as the feedback is."""

    item = models.ForeignKey(FeedbackItem, on_delete=models.CASCADE, related_name="responses")
    body = models.TextField()
    signed = models.CharField(max_length=80)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"response {self.pk}"


class CommitmentState(models.TextChoices):
    """Kept, or dropped with a reason."""

    PROMISED = "promised", _("Promised")
    KEPT = "kept", _("Done")
    DROPPED = "dropped", _("We could not do this")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Promises, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> CommitmentQuerySet:
        """Keep the promises on feedback that this person may read."""
        return self.filter(item__in=FeedbackItem.objects.visible_to(user))

    def late(self) -> CommitmentQuerySet:
        """Keep public promises whose day has passed and that are not settled, the latest first (S88)."""
        late = self.filter(state=CommitmentState.PROMISED, due_on__lt=clock.today())
        return late.filter(item__published_at__isnull=False).order_by("due_on", "id")


class Commitment(Stateful):
    """A promise with an owner and a day; lateness is public (S88)."""

    State = CommitmentState

    MOVES: ClassVar[dict[str, set[str]]] = {State.PROMISED: {State.KEPT, State.DROPPED}}

    item = models.ForeignKey(FeedbackItem, on_delete=models.CASCADE, related_name="commitments")
    what = models.CharField(max_length=300)
    owner_role = models.CharField(max_length=80)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROMISED)
    outcome = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            one_of_states(CommitmentState, name="commitment_state"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(outcome=""), name="commitment_drop_has_reason"),
            models.CheckConstraint(condition=~Q(owner_role=""), name="commitment_has_owner"),
        ]

    def __str__(self) -> str:
        return self.what

    def days_late(self) -> int:
        """Count the days past the promised day; nought when kept, dropped or not due yet."""
        if self.state != self.State.PROMISED:
            return 0
        return max((clock.today() - self.due_on).days, 0)


class FeedbackKnock(models.Model):
    """One use of the open door, so that a flood can be slowed; joined to nothing that was said."""

    sender = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["sender", "at"], name="knock_recent")]

    def __str__(self) -> str:
        return f"knock {self.pk}"
