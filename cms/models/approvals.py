"""The steps a public text goes through before it shows: facts by a clinician, then a young moderator (S7, S12)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState, WorkflowState

from cms import young_moderators
from peer import clock, workdays
from peer.models import User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed

STEPS = frozenset({Role.CLINICIAN, Role.PEER_MODERATOR})
KEEPERS = frozenset({Role.EDITOR, Role.SERVICE_MANAGER})
CHECK_WITHIN = 5  # working days until a step is looked at
CHANGE_WITHIN = 5  # working days until whoever wrote it has changed it
TOLD_FOR = dt.timedelta(days=30)


class PageCheckQuerySet(models.QuerySet["PageCheck"]):
    """Steps of public texts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> PageCheckQuerySet:
        """Keep all for those who keep the pages; for a checker their step and what they did; for a writer their own."""
        held = young_moderators.roles_of(user) & {*STEPS, *KEEPERS, Role.YOUNG_EDITOR}
        if not held:
            return self.none()
        if held & KEEPERS:
            return self
        own = Q(workflow_state__requested_by=user) | Q(workflow_state__task_states__finished_by=user)
        asked = Q(asks__in=held & STEPS, status=TaskState.STATUS_IN_PROGRESS)
        return self.filter(pk__in=self.model.objects.filter(own | asked).values("pk"))

    def waiting(self) -> PageCheckQuerySet:
        """Keep the steps that wait for a yes or a wish, the soonest due first."""
        rows = self.filter(status=TaskState.STATUS_IN_PROGRESS)
        return rows.exclude(due_at=None).order_by("due_at", "pk")

    def to_check(self, user: User) -> PageCheckQuerySet:
        """Keep what this person may look at now: asked of their role, not their own, in nobody else's hands."""
        rows = self.waiting().filter(asks__in=young_moderators.roles_of(user) & STEPS)
        free = Q(owner=None) | Q(owner=user) | Q(due_at__lt=clock.now())
        return rows.filter(free).exclude(workflow_state__requested_by=user)

    def late(self) -> PageCheckQuerySet:
        """Keep what nobody has looked at or changed in time: it stands on the service manager's desk until then."""
        return (self.waiting() | self.returned()).filter(due_at__lt=clock.now())

    def to_change(self, user: User) -> PageCheckQuerySet:
        """Keep what somebody asked this person to change; what nobody wrote any more, those who keep the pages."""
        nobodys = Q(owner=None) if young_moderators.roles_of(user) & KEEPERS else Q(pk=None)
        return self.returned().filter(Q(owner=user) | nobodys)

    def returned(self) -> PageCheckQuerySet:
        """Keep the texts that wait for a change by whoever wrote them."""
        now = Q(workflow_state__current_task_state=models.F("pk"))
        rows = self.filter(now, workflow_state__status=WorkflowState.STATUS_NEEDS_CHANGES)
        return rows.exclude(due_at=None).order_by("due_at", "pk")

    def ended(self) -> PageCheckQuerySet:
        """Keep the last step of each text that has come to an end lately, the newest first."""
        over = Q(workflow_state__status__in=[WorkflowState.STATUS_APPROVED, WorkflowState.STATUS_CANCELLED])
        last = Q(workflow_state__current_task_state=models.F("pk"))
        return self.filter(over, last, finished_at__gt=clock.now() - TOLD_FOR).order_by("-finished_at", "-pk")

    def whole(self) -> PageCheckQuerySet:
        """Read each with its text and who wrote it."""
        return self.select_related("workflow_state__requested_by", "revision", "task", "owner")


class PageCheck(Owed, TaskState):
    """One step of one text: whom it asks, who has it in hand, and until when; Wagtail keeps the rest."""

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    asks = models.CharField(max_length=40, choices=[(role.value, role.value) for role in sorted(STEPS)])

    objects = PageCheckQuerySet.as_manager()
    finished_at: dt.datetime | None  # Wagtail's

    class Meta:
        verbose_name = _("step of a text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was_open = self.finished_at is None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the product's own time of the end, where Wagtail takes the machine's (decision 1)."""
        if self._was_open and self.finished_at is not None:
            self.finished_at, self._was_open = clock.now(), False
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("approvals-detail", args=[self.public_id])

    @property
    def text(self) -> Any:
        """Give the page or service as it would look."""
        return self.revision.as_object()

    @property
    def title(self) -> str:
        """Name the text."""
        return str(self.revision.object_str)

    @property
    def writer(self) -> User | None:
        """Name who asked for it to go out."""
        user: User | None = self.workflow_state.requested_by
        return user

    def is_waiting(self) -> bool:
        """Tell whether it still waits for somebody."""
        return bool(self.status == self.STATUS_IN_PROGRESS)

    def is_returned(self) -> bool:
        """Tell whether it waits for a change by whoever wrote it."""
        of_all = self.workflow_state
        return bool(of_all.status == of_all.STATUS_NEEDS_CHANGES and of_all.current_task_state_id == self.pk)

    def is_late(self) -> bool:
        """Tell whether its due time has passed while it waits for somebody."""
        return (self.is_waiting() or self.is_returned()) and self.is_overdue(clock.now())

    def asks_facts(self) -> bool:
        """Tell whether it is the step at which a clinician looks at the facts."""
        return self.asks == Role.CLINICIAN

    def may_be_checked_by(self, user: User) -> bool:
        """Tell whether somebody may answer it now: asked of their role, and not what they wrote."""
        is_own = user.pk == self.workflow_state.requested_by_id
        return self.is_waiting() and not is_own and self.asks in young_moderators.roles_of(user)

    def is_in_other_hands(self, user: User) -> bool:
        """Tell whether somebody else has said that they are looking at it, and still has time."""
        return self.owner_id not in {None, user.pk} and not self.is_late()

    def steps(self) -> list[PageCheck]:
        """List what has happened to this text, the first step first."""
        rows = type(self).objects.filter(workflow_state=self.workflow_state_id).order_by("started_at", "pk")
        return list(rows.select_related("task", "finished_by"))


class CheckTask(Task):
    """A step that people take on the site itself, without the editor's pages (Wagtail's roadmap/49)."""

    asks: ClassVar[Role]
    task_state_class = PageCheck

    class Meta:
        abstract = True

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> PageCheck:
        """Begin, with the role that owes it and a due time (promise 3)."""
        check: PageCheck = super().start(workflow_state, user=user)
        check.asks = check.owner_role = self.asks
        check.due_at, check.started_at = workdays.due(days=CHECK_WITHIN), clock.now()
        check.save()
        return check

    def locked_for_user(self, obj: Any, user: User) -> bool:  # noqa: ARG002 - Wagtail asks so
        """Let nobody change a text while it is looked at: what is approved is what was read (P3)."""
        return True


class FactCheck(CheckTask):
    """A clinician checks that what a text says is so."""

    asks = Role.CLINICIAN

    class Meta:
        verbose_name = _("check of the facts")


class YoungModeratorCheck(CheckTask):
    """A young moderator says whether a text may go out in young people's name."""

    asks = Role.PEER_MODERATOR

    class Meta:
        verbose_name = _("yes of a young moderator")


def askable(check: PageCheck) -> models.QuerySet[User]:
    """Keep the accounts that may be asked for a step by name: of its role, and not who wrote it."""
    roles = [check.asks] if check.is_waiting() else [Role.EDITOR, Role.YOUNG_EDITOR]
    rows = holders(*roles)
    return rows.exclude(pk=check.workflow_state.requested_by_id) if check.is_waiting() else rows


def holders(*roles: str) -> models.QuerySet[User]:
    """Keep the accounts that hold one of these roles now, in the service or in any group."""
    return User.objects.filter(young_moderators.holders(*roles), is_active=True).order_by("display_name", "pk")
