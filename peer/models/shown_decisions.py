"""Every decision about a person, shown to them, with a right of reply (S100)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REVIEW_AFTER = dt.timedelta(days=28)  # how long something stays withheld before somebody asks again whether it must

WHO: dict[str, StrPromise] = {
    Role.CLINICIAN: _("a clinician"),
    Role.CO_ORDINATOR: _("a co-ordinator, who looks after the list"),
    Role.SERVICE_MANAGER: _("the manager of the service"),
    Role.SAFEGUARDING_LEAD: _("somebody who looks after safety"),
    Role.PEER_MODERATOR: _("somebody who checks posts"),
    Role.PEER_FACILITATOR: _("somebody who leads your group"),
}
SOMEBODY = _("somebody in our team")


def who(role: str) -> str:
    """Name somebody of staff by what they do, never by a surname."""
    return str(WHO.get(role, SOMEBODY))


class ShownDecisionQuerySet(AppendOnlyQuerySet):
    """Decisions about people, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ShownDecisionQuerySet:
        """Keep one's own that nobody has withheld; for those who answer replies and for who may withhold, all."""
        if user.may_in_service(Role.CLINICIAN, Role.SAFEGUARDING_LEAD, Role.SERVICE_MANAGER):
            return self
        return self.filter(person=user.person_id, person__isnull=False).not_withheld()

    def not_withheld(self) -> ShownDecisionQuerySet:
        """Leave out what a safeguarding lead keeps back for now."""
        return self.exclude(Exists(Withholding.objects.current().filter(decision=OuterRef("pk"))))

    def of(self, user: User) -> ShownDecisionQuerySet:
        """Keep one's own, whatever else one may read at work."""
        return self.filter(person=user.person_id, person__isnull=False).not_withheld()


class ShownDecision(AppendOnly):
    """One decision about one person, in words for them; the row it came from is named, not joined."""

    class Kind(models.TextChoices):
        """What was decided about."""

        REQUEST = "request", _("Your request for help")
        PLACE = "place", _("A place in a group")
        HELLO_CALL = "hello_call", _("The call to say hello")
        POST = "post", _("Something you wrote")
        SAFETY = "safety", _("How you are")
        GROUP = "group", _("Your place in a group")
        ANSWER = "answer", _("Something you asked about your data")

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shown_decisions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = EncryptedTextField()
    decided_by_role = models.CharField(max_length=40, blank=True)
    source_kind = models.CharField(max_length=60)
    source_pk = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    objects = ShownDecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="shown_newest")]

    def __str__(self) -> str:
        return f"decision {self.public_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether this is about the viewer."""
        return user.person_id is not None and self.person_id == user.person_id

    @property
    def decided_by(self) -> str:
        """Name who decided, by what they do."""
        return who(self.decided_by_role)


class ReplyState(models.TextChoices):
    """A reply is read and answered, always."""

    SENT = "sent", _("Waiting to be read")
    ANSWERED = "answered", _("Answered")


class DecisionReplyQuerySet(models.QuerySet["DecisionReply"]):
    """Replies, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> DecisionReplyQuerySet:
        """Keep one's own; clinicians read all, managers what is not worrying (matrix row 7)."""
        if user.may_in_service(Role.CLINICIAN):
            return self
        if user.may_in_service(Role.SERVICE_MANAGER):
            return self.filter(level="")
        return self.filter(decision__person=user.person_id, decision__person__isnull=False)

    def not_withheld(self) -> DecisionReplyQuerySet:
        """Leave out what was said to a decision that a safeguarding lead keeps back for now."""
        return self.exclude(Exists(Withholding.objects.current().filter(decision=OuterRef("decision"))))

    def waiting(self) -> DecisionReplyQuerySet:
        """Keep what nobody has answered, the most pressing first."""
        return self.filter(state=ReplyState.SENT).order_by("due_at", "pk")


class DecisionReply(Stateful, Owed):
    """What somebody says back to a decision about them; somebody reads it and answers within five working days."""

    State = ReplyState

    MOVES: ClassVar[dict[str, set[str]]] = {State.SENT: {State.ANSWERED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    decision = models.ForeignKey(ShownDecision, on_delete=models.CASCADE, related_name="replies")
    words = EncryptedTextField()
    level = models.CharField(max_length=10, blank=True)
    findings = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    answer = EncryptedTextField(null=True, blank=True)
    answered_by_role = models.CharField(max_length=40, blank=True)
    said_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "decision replies"
        constraints = [
            one_of_states(ReplyState, name="reply_state"),
            owed_unless("answered", name="reply_owed"),
            models.UniqueConstraint(fields=["decision"], condition=Q(state="sent"), name="reply_one_open"),
        ]

    def __str__(self) -> str:
        return f"reply {self.public_id}"

    @property
    def answered_by(self) -> str:
        """Name who answered, by what they do."""
        return who(self.answered_by_role)


class WithholdingState(models.TextChoices):
    """Kept back for now, or shown again."""

    KEPT_BACK = "kept_back", "Kept back for now"
    SHOWN = "shown", "Shown again"


class WithholdingQuerySet(models.QuerySet["Withholding"]):
    """What is kept back, for those who keep it back; nobody else learns that there is anything."""

    def visible_to(self, user: User) -> WithholdingQuerySet:
        """Keep all for safeguarding leads, nothing for anybody else."""
        return self if user.may_in_service(Role.SAFEGUARDING_LEAD) else self.none()

    def current(self) -> WithholdingQuerySet:
        """Keep what is not shown now."""
        return self.filter(state=WithholdingState.KEPT_BACK)


class Withholding(Stateful, Owed):
    """A decision, or a look at a record, that the person is not shown for now: by whom, why, until reviewed."""

    State = WithholdingState

    MOVES: ClassVar[dict[str, set[str]]] = {State.KEPT_BACK: {State.SHOWN}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="withholdings")
    decision = models.ForeignKey(
        ShownDecision, null=True, blank=True, on_delete=models.CASCADE, related_name="withholdings"
    )
    event_pk = models.BigIntegerField(null=True, blank=True)  # of the trail, which nothing points at
    why = EncryptedTextField()
    withheld_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.KEPT_BACK)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(WithholdingState, name="withholding_state"),
            owed_unless("shown", name="withholding_reviewed"),
            models.CheckConstraint(
                condition=Q(decision__isnull=True, event_pk__isnull=False)
                | Q(decision__isnull=False, event_pk__isnull=True),
                name="withholding_of_one_thing",
            ),
            models.UniqueConstraint(fields=["decision"], condition=Q(state="kept_back"), name="withholding_once"),
            models.UniqueConstraint(fields=["event_pk"], condition=Q(state="kept_back"), name="withholding_look_once"),
        ]

    def __str__(self) -> str:
        return f"withholding {self.public_id}"
