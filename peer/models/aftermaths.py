"""After a death: who tells the group, who looks in on each person in it, and what becomes of the words (U6)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.deaths import Death
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class AftermathTaskQuerySet(models.QuerySet["AftermathTask"]):
    """What is to be done after a death, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> AftermathTaskQuerySet:
        """Keep all for clinicians, managers and safeguarding leads; nothing for anybody else, no parent ever."""
        staff = (Role.CLINICIAN, Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD)
        return self if user.may_in_service(*staff) else self.none()

    def open(self) -> AftermathTaskQuerySet:
        """Keep what is still to be done, the most pressing first."""
        return self.filter(state=AftermathTask.State.OPEN).order_by("due_at", "pk")

    def untold(self, group: SupportGroup) -> AftermathTaskQuerySet:
        """Keep the telling of a group that nobody has done yet: until then it stays paused."""
        return self.open().filter(group=group, kind=AftermathTask.Kind.TELL_GROUP)


class AftermathTaskState(models.TextChoices):
    """To do, done, or not needed because the death was written down by mistake."""

    OPEN = "open", "To do"
    DONE = "done", "Done"
    NOT_NEEDED = "not_needed", "Not needed"


class AftermathTask(Stateful, Owed):
    """One thing that one person does after a death in a group."""

    State = AftermathTaskState

    class Kind(models.TextChoices):
        """What it is."""

        TELL_GROUP = "tell_group", "Tell the group"
        CHECK_IN = "check_in", "Look in on"
        WORDS = "words", "What becomes of their words"

    class Words(models.TextChoices):
        """What family and clinician wish for the words of the person who died."""

        KEEP = "keep", "They stay as they are"
        HIDE = "hide", "They are taken out of sight"

    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.DONE, State.NOT_NEEDED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    death = models.ForeignKey(Death, on_delete=models.PROTECT, related_name="aftermath")
    group = models.ForeignKey(SupportGroup, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    about = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    note = EncryptedTextField(null=True, blank=True)
    words = models.CharField(max_length=4, choices=Words.choices, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now)

    objects = AftermathTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(AftermathTaskState, name="aftermath_state"),
            owed_unless("done", "not_needed", name="aftermath_owed"),
            models.UniqueConstraint(fields=["death", "group", "kind", "about"], name="aftermath_once"),
            models.CheckConstraint(
                condition=~Q(state="done", kind="words") | ~Q(words=""), name="aftermath_words_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"task after a death {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of this task."""
        return reverse("aftermath-detail", args=[self.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group it happens in."""
        return self.group
