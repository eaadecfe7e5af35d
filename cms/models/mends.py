"""What was changed at once and is looked at afterwards: taken down, put right, or put out by an editor alone (U22)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms import young_moderators
from cms.models.approvals import KEEPERS, TOLD_FOR, holders
from peer import clock
from peer.models import User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

LOOKED_BY = dt.time(17)  # on the next day


class MendState(models.TextChoices):
    """From the change to what was made of the answer."""

    ASKED = "asked", _("A young moderator is asked")
    RIGHT = "right", _("It is right so")
    NOT_RIGHT = "not_right", _("It is not right")
    BACK = "back", _("It was put back")
    KEPT = "kept", _("It stays as it is, and here is why")


class MendQuerySet(models.QuerySet["Mend"]):
    """Changes made at once, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> MendQuerySet:
        """Keep all for peer moderators, who are asked, and for those who keep the pages; else nothing."""
        held = young_moderators.roles_of(user)
        return self if held & {Role.PEER_MODERATOR, *KEEPERS} else self.none()

    def to_look_at(self, user: User) -> MendQuerySet:
        """Keep what this person is asked about, the soonest due first; nobody is asked about their own."""
        if not young_moderators.is_one(user):
            return self.none()
        free = Q(owner=None) | Q(owner=user) | Q(due_at__lt=clock.now())
        return self.asked().filter(free).exclude(by=user)

    def asked(self) -> MendQuerySet:
        """Keep what a young moderator has not answered yet."""
        return self.filter(state=MendState.ASKED).order_by("due_at", "pk")

    def late(self) -> MendQuerySet:
        """Keep what nobody has answered in time: it stands on the service manager's desk."""
        return self.filter(state__in=[MendState.ASKED, MendState.NOT_RIGHT], due_at__lt=clock.now()).order_by("due_at")

    def to_settle(self, user: User) -> MendQuerySet:
        """Keep what a young moderator said no to and this person changed."""
        return self.filter(state=MendState.NOT_RIGHT, owner=user).order_by("due_at", "pk")

    def settled(self) -> MendQuerySet:
        """Keep what has come to an end lately, the newest first."""
        done = Q(state__in=[MendState.RIGHT, MendState.BACK, MendState.KEPT])
        return self.filter(done, changed_at__gt=clock.now() - TOLD_FOR).order_by("-changed_at", "-pk")


class Mend(Stateful, Owed):
    """One change at once to one text, by one person, and what a young moderator says to it afterwards."""

    State = MendState

    class What(models.TextChoices):
        """What was done."""

        TAKEN_DOWN = "taken_down", _("Taken down")
        PUT_RIGHT = "put_right", _("Put right")
        PUT_OUT = "put_out", _("Put on the website in the editor")

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ASKED: {State.RIGHT, State.NOT_RIGHT},
        State.NOT_RIGHT: {State.BACK, State.KEPT},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    text = GenericForeignKey("content_type", "object_id")
    title = models.CharField(max_length=255)
    what = models.CharField(max_length=10, choices=What.choices)
    wrong = models.CharField(max_length=500, blank=True)
    instead = models.CharField(max_length=500, blank=True)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    before = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    after = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=300, blank=True)

    objects = MendQuerySet.as_manager()

    class Meta:
        verbose_name = _("change at once")
        indexes = [models.Index(fields=["state", "due_at"], name="mend_due")]
        constraints = [
            one_of_states(MendState, name="mend_state"),
            owed_unless("right", "back", "kept", name="mend_owed"),
            models.CheckConstraint(condition=~Q(state="not_right") | ~Q(answer=""), name="mend_no_says_why"),
            models.CheckConstraint(condition=~Q(state="kept") | ~Q(outcome=""), name="mend_kept_says_why"),
        ]

    def __str__(self) -> str:
        return f"change {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("mends-detail", args=[self.public_id])

    def is_late(self) -> bool:
        """Tell whether its due time has passed."""
        return self.due_at is not None and self.is_overdue(clock.now())

    def may_be_answered_by(self, user: User) -> bool:
        """Tell whether somebody is asked: a young moderator who did not do it themselves."""
        return self.state == self.State.ASKED and user.pk != self.by_id and young_moderators.is_one(user)

    def is_in_other_hands(self, user: User) -> bool:
        """Tell whether somebody else has said that they are looking at it, and still has time."""
        return self.owner_id not in {None, user.pk} and not self.is_late()

    def is_taken_down(self) -> bool:
        """Tell whether the text was taken off the website."""
        return self.what == self.What.TAKEN_DOWN

    def as_it_was(self) -> Any:
        """Give the text as it stood before, if that is still kept."""
        return self.before.as_object() if self.before else None


def due_next_day() -> dt.datetime:
    """Give the end of the next day, whichever it is: a wrong fact does not wait for Monday."""
    day = clock.today() + dt.timedelta(days=1)
    return dt.datetime.combine(day, LOOKED_BY, tzinfo=clock.LONDON).astimezone(dt.UTC)


def askable(mend: Mend) -> models.QuerySet[User]:
    """Keep the accounts that may be asked by name: who looks at it afterwards, or who puts it right after a no."""
    if mend.state == MendState.NOT_RIGHT:
        return holders(*KEEPERS)
    return holders(Role.PEER_MODERATOR).exclude(pk=mend.by_id or 0)
