"""Signing in without a phone of one's own: a printed card, own words, or a number that staff read out (U9)."""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
from typing import ClassVar

from django.contrib.auth.hashers import check_password
from django.db import models
from django.utils.crypto import salted_hmac

from peer import clock
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

HAND_OVER = dt.timedelta(days=14)  # a printed card is in their hands by then, or somebody asks after it
CARD_LASTS = dt.timedelta(days=365)  # then somebody asks whether it still fits
TRIES = 5
RESTS = dt.timedelta(minutes=30)
STARTED_LASTS = dt.timedelta(minutes=10)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
STARTED_TRIES = 20  # wrong numbers, typed anywhere, while one is good


def keyed_hash(kind: str, secret: str) -> str:
    """Hash a number with the service's key, its spaces and lines left out, so that the table alone opens nothing."""
    plain = "".join(mark for mark in secret.casefold() if mark.isalnum())
    return salted_hmac(f"peer.{kind}", plain, algorithm="sha256").hexdigest()


def plain(kind: str, typed: str) -> str:
    """Bring words or a code to one form: small letters, no marks, and words in any order are the same words."""
    marks = "".join(mark if mark.isalnum() or mark.isspace() else "" for mark in unicodedata.normalize("NFKC", typed))
    return " ".join(sorted(marks.casefold().split())) if kind == OwnFactor.Kind.WORDS else marks.casefold()


def long_code() -> str:
    """Make a code too long to guess: four groups of four."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(4))


class SignInCardQuerySet(models.QuerySet["SignInCard"]):
    """Cards, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SignInCardQuerySet:
        """Keep all for those who give cards, else one's own."""
        return self if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN) else self.filter(person__user=user)

    def current(self) -> SignInCardQuerySet:
        """Keep those that nobody has ended."""
        return self.exclude(state=SignInCard.State.ENDED)

    def of_number(self, number: str) -> SignInCard | None:
        """Find the card of a number, unless it was ended or its owner has died."""
        rows = self.current().filter(number_hash=keyed_hash("card", number), person__deceased_at=None)
        return rows.select_related("person").first()


class SignInCardState(models.TextChoices):
    """Printed, then in use, then ended."""

    MADE = "made", "Printed, no words chosen yet"
    READY = "ready", "In use"
    ENDED = "ended", "Ended"


class SignInCard(Stateful, Owed):
    """A card with a number, for somebody who has no phone of their own; with their three words it signs them in."""

    State = SignInCardState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.MADE: {State.READY, State.ENDED},
        State.READY: {State.ENDED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="cards")
    state = models.CharField(max_length=8, choices=State.choices, default=State.MADE)
    number_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    number = ""  # in full once, on the page that prints it; kept nowhere

    objects = SignInCardQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(SignInCardState, name="card_state"),
            owed_unless("ended", name="card_owed"),
            models.UniqueConstraint(fields=["person"], condition=~models.Q(state="ended"), name="card_one_each"),
        ]

    def __str__(self) -> str:
        return f"card {self.public_id}"


class OwnFactor(models.Model):
    """Something that only its owner knows or keeps: three words of their own, or a long code they put away."""

    class Kind(models.TextChoices):
        """What it is."""

        WORDS = "words", "Three own words"
        CODE = "code", "A code that was kept"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="own_factors")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    secret_hash = models.CharField(max_length=255)  # a slow hash, as of passwords
    tries = models.PositiveSmallIntegerField(default=0)
    rests_until_at = models.DateTimeField(null=True, blank=True)
    chosen_at = models.DateTimeField(default=clock.now)

    code = ""  # in full once, on the page that shows it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="factor_one_each")]

    def __str__(self) -> str:
        return f"{self.kind} of person {self.person_id}"

    def fits(self, typed: str) -> bool:
        """Tell whether this is what was chosen; slow on purpose."""
        return check_password(plain(self.kind, typed), self.secret_hash)


class StartedSignInQuerySet(models.QuerySet["StartedSignIn"]):
    """Numbers that staff have just read out."""

    def visible_to(self, user: User) -> StartedSignInQuerySet:
        """Keep all for those who may start one, else none."""
        return self if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN) else self.none()

    def good(self) -> StartedSignInQuerySet:
        """Keep those that still open something."""
        return self.filter(used_at=None, expires_at__gt=clock.now(), tries__lt=STARTED_TRIES)


class StartedSignIn(models.Model):
    """Six digits, good once and for ten minutes, that somebody of staff tells a person they are talking with."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    number_hash = models.CharField(max_length=64, db_index=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    number = ""  # in full once, on the page of staff

    objects = StartedSignInQuerySet.as_manager()

    def __str__(self) -> str:
        return f"started sign-in {self.pk}"
