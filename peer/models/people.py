"""People, with or without an account, who they are to each other, and service-wide roles."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from peer import clock
from peer.models.dated import DatedQuerySet, public_id
from peer.roles import Role


def age_on(day: dt.date, *, born_on: dt.date) -> int:
    """Count whole years; someone born on 29 February turns a year older on 1 March (safety 2f)."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


class PersonQuerySet(models.QuerySet["Person"]):
    """People, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> PersonQuerySet:
        """Keep oneself, and for staff with a caseload and whoever answers for it everybody."""
        if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN, Role.SAFEGUARDING_LEAD, Role.SERVICE_MANAGER):
            return self
        return self.filter(user=user)


class Person(models.Model):
    """Somebody the service knows; most have no account and get everything by text and phone."""

    class Kind(models.TextChoices):
        """Which of the worlds a person belongs to."""

        YOUNG_PERSON = "young_person", "Young person"
        PARENT_CARER = "parent_carer", "Parent or carer"
        STAFF = "staff", "Staff"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, blank=True)
    born_on = models.DateField(null=True, blank=True)
    address = EncryptedTextField(null=True, blank=True)
    doctor = models.CharField("usual doctor (GP)", max_length=200, blank=True)
    nhs_number = EncryptedCharField(max_length=20, null=True, blank=True)
    language = models.CharField(max_length=12, default="en")
    location_hidden = models.BooleanField(default=False)
    restricted_at = models.DateTimeField(null=True, blank=True)  # nothing goes by machine to or about them
    deceased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = PersonQuerySet.as_manager()

    def __str__(self) -> str:
        return f"person {self.public_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether this is the viewer (for the gate)."""
        return user.person_id == self.pk

    def full_name(self) -> str:
        """Give the name that staff see."""
        return f"{self.given_name} {self.family_name}".strip()

    def age(self) -> int | None:
        """Count the years today, or None where the birth date is unknown (unknown is not eligible, U9)."""
        return None if self.born_on is None else age_on(clock.today(), born_on=self.born_on)


class ParentRelationshipQuerySet(models.QuerySet["ParentRelationship"]):
    """Who is whose adult, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> ParentRelationshipQuerySet:
        """Keep the children of whom this adult may know something; nobody is shown that they must not be told."""
        return self.none() if user.person_id is None else self.who_may_know(user.person_id)

    def who_may_know(self, adult_id: int) -> ParentRelationshipQuerySet:
        """Keep the children of whom one adult may know something."""
        mine = self.filter(adult=adult_id, must_not_be_told=False)
        return mine.exclude(may_know=ParentRelationship.MayKnow.NOTHING)


class ParentRelationship(models.Model):
    """What an adult is to a young person, and what that adult may know."""

    class MayKnow(models.TextChoices):
        """How far the news of the wait may go to this adult."""

        NOTHING = "nothing", "Nothing"
        ROUTINE = "routine", "Routine news of the wait"
        ALL = "all", "All news of the wait"

    class Says(models.TextChoices):
        """What this adult says about our being in touch about the young person (U17)."""

        AGREES = "agrees", "Agrees"
        OBJECTS = "objects", "Objects"

    young_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="adults")
    adult = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="young_people")
    kind = models.CharField(max_length=40, default="parent")
    may_know = models.CharField(max_length=10, choices=MayKnow.choices, default=MayKnow.ROUTINE)
    has_parental_responsibility = models.BooleanField(null=True)
    must_not_be_told = models.BooleanField(default=False)
    lives_with = models.BooleanField(null=True)
    says = models.CharField(max_length=10, choices=Says.choices, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)

    objects = ParentRelationshipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["young_person", "adult"], name="relationship_once")]

    def __str__(self) -> str:
        return f"relationship {self.pk}"

    def is_own(self, user: User) -> bool:
        """Tell whether `user` is the adult (for the gate)."""
        return user.person_id is not None and self.adult_id == user.person_id


class UserManager(BaseUserManager["User"]):
    """Makes accounts; none has a password (decision 9)."""

    def create_user(self, handle: str, **fields: Any) -> User:
        """Make an account that can only sign in by code, passkey or a one-press demo door."""
        user = self.model(handle=handle, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, handle: str, **fields: Any) -> User:
        """Make the account of an operator."""
        return self.create_user(handle, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: a way to sign in, joined to at most one person."""

    held_in_service: str | None  # what `grants.with_roles` adds
    held_in_groups: str | None

    handle = models.CharField(max_length=60, unique=True, default=public_id)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="user")
    display_name = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    paged_ok_at = models.DateTimeField(null=True, blank=True)  # when a number that pages reach was last proved (B15)
    pin_ok_at = models.DateTimeField(null=True, blank=True)  # when they chose a PIN that opens something (U4)
    recovery_asked_at = models.DateTimeField(null=True, blank=True)  # somebody asked for a way in: shown on each page
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name or f"account {self.pk}"

    def get_full_name(self) -> str:
        """Give the display name (Wagtail's admin asks for it)."""
        return self.display_name or self.handle

    def get_short_name(self) -> str:
        """Give the display name."""
        return self.get_full_name()

    def is_own(self, user: User) -> bool:
        """Tell whether this is the account of `user`."""
        return self.pk == user.pk

    def end_sessions(self) -> None:
        """End every session at its next request: Django asks each for a hash of the password, a new one from now on."""
        self.set_unusable_password()
        self.save(update_fields=["password"])

    def may_in_service(self, *roles: Role) -> bool:
        """Tell whether this account holds one of these service-wide roles now."""
        from peer import grants  # noqa: PLC0415 - grants reads these very models

        return not grants.service_roles(self).isdisjoint(roles)


class ServiceRole(models.Model):
    """A dated, service-wide role of an account: co-ordinator, service manager, editor …"""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="service_roles")
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in Role])
    from_at = models.DateTimeField(default=clock.now)
    until_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet["ServiceRole"].as_manager()

    def __str__(self) -> str:
        return f"{self.role} of account {self.user_id}"
