"""The offer of a group to a person who waits: a secret link, once, for thirty days (safety M1)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

LASTS = dt.timedelta(days=30)  # U13
REMIND_AFTER = dt.timedelta(days=8)  # U13
RENEWED_WITHIN = dt.timedelta(days=365)
LINKS_AN_OFFER = 6
CODE_LASTS = dt.timedelta(minutes=10)
CODE_TRIES = 5
CODES_A_LINK = 6


def keyed_hash(secret: str) -> str:
    """Hash a link's secret or a code with the service's key, so that the table alone opens nothing."""
    return salted_hmac("peer.invitation", secret, algorithm="sha256").hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> InvitationQuerySet:
        """Keep all for those who offer groups, else none: a young person's door is the link (matrix row 24)."""
        return self if user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR) else self.none()

    def live(self) -> InvitationQuerySet:
        """Keep what can still be answered."""
        return self.filter(state__in=[Invitation.State.OFFERED, Invitation.State.ASKED], expires_at__gt=clock.now())

    def out_of_date(self) -> InvitationQuerySet:
        """Keep what nobody answered in time and the clock has not closed yet."""
        return self.filter(state__in=[Invitation.State.OFFERED, Invitation.State.ASKED], expires_at__lte=clock.now())

    def asked_for_by(self, user: User) -> InvitationQuerySet:
        """Keep the places this person asked for and can say yes to now, signed in."""
        rows = self.live().filter(person__user=user, person__deceased_at=None, asked_for__isnull=False)
        return rows.select_related("group", "person")

    def to_remind(self) -> InvitationQuerySet:
        """Keep the offers that nobody has said a word to for eight days, and that were not brought up again (U13)."""
        unanswered = self.live().filter(state=Invitation.State.OFFERED, question="", reminded_at=None)
        return unanswered.filter(offered_at__lte=clock.now() - REMIND_AFTER)

    def ran_out(self) -> InvitationQuerySet:
        """Keep what nobody answered in time, for as long as NEW makes a fresh offer of it (U13)."""
        late = models.Q(state__in=[Invitation.State.OFFERED, Invitation.State.ASKED], expires_at__lte=clock.now())
        over = late | models.Q(state=Invitation.State.EXPIRED)
        return self.filter(over, offered_at__gt=clock.now() - RENEWED_WITHIN)

    def of_link(self, secret: str) -> Invitation | None:
        """Find the invitation of a link; among the live ones wrong, used and out of date are all None (M1)."""
        rows = self.select_related("person", "group")
        held, later = keyed_hash(secret), InvitationLink.objects.filter(secret_hash=keyed_hash(secret))
        mine = models.Q(secret_hash=held) | models.Q(pk__in=later.values("invitation"))
        return rows.filter(mine, person__deceased_at=None).first()


class InvitationState(models.TextChoices):
    """Offered, perhaps with a question open; then answered or out of date."""

    OFFERED = "offered", "Offered"
    ASKED = "asked", "Asked a question"
    ACCEPTED = "accepted", "Said yes"
    DECLINED = "declined", "Said no"
    EXPIRED = "expired", "Not answered in time"


class Invitation(Stateful, Owed):
    """One offer of one group to one person."""

    class How(models.TextChoices):
        """By what the offer was answered: replying is never the only way (U13)."""

        LINK = "link", "By the link"
        TEXT = "text", "By text"
        KEY = "key", "By a key on the phone"
        PERSON = "person", "To a person"

    State = InvitationState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.OFFERED: {State.ACCEPTED, State.DECLINED, State.ASKED, State.EXPIRED},
        State.ASKED: {State.OFFERED, State.ACCEPTED, State.DECLINED, State.EXPIRED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="invitations")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    secret_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    question = models.TextField(blank=True)
    question_level = models.CharField(max_length=10, blank=True)
    answer = models.TextField(blank=True)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_how = models.CharField(max_length=10, choices=How.choices, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(InvitationState, name="invitation_state"),
            owed_unless("accepted", "declined", "expired", name="invitation_owed"),
            models.UniqueConstraint(
                fields=["person", "group"],
                condition=models.Q(state__in=["offered", "asked"]),
                name="invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.public_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether this is offered to `user`."""
        return user.person_id is not None and self.person_id == user.person_id

    def code_fits(self, code: str) -> bool:
        """Tell whether `code` is the one sent last, in time and within its tries."""
        if not self.code_hash or self.code_expires_at is None or self.code_expires_at <= clock.now():
            return False
        return self.code_tries <= CODE_TRIES and constant_time_compare(self.code_hash, keyed_hash(code))


class InvitationLink(models.Model):
    """One more link to the same offer: sent on day 8, with an answer, or because somebody asked (U13)."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"link {self.pk}"
