"""Signing in by a code to one's own phone: invitation only, no passwords, and a shared number is nobody's (U9)."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from notifications import numbers
from notifications.actions import codes
from notifications.models import ContactPoint
from notifications.models.contacts import Channel
from peer import grants
from peer.models import Person, SignInCard, User
from peer.written import written

SECRETS = EncryptedTextField()  # makes its keys once
TEXT, LANDLINE, CALL = "number-", "landline-", "call-"  # before a hash: what it is, and how the code should come
HASHED = re.compile(rf"(?:{TEXT}|{LANDLINE}|{CALL})[0-9a-f]{{64}}")


class PhoneField(forms.CharField):
    """A phone number as people type it; gives its keyed hash, so that no session or limiter keeps the number."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Your phone number"))
        options.setdefault("help_text", _("We send you a code. Nobody else can sign in with it."))
        options.setdefault("max_length", 80)
        options["widget"] = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        """Read a number of the United Kingdom; a plain sentence says what is wrong."""
        typed = str(super().clean(value))
        if not typed or HASHED.fullmatch(typed):  # allauth cleans what it has cleaned once more
            return typed
        try:
            number = numbers.parse(typed)
        except numbers.WrongNumber as wrong:
            raise forms.ValidationError(str(wrong)) from None
        is_mobile = number.line is numbers.Line.MOBILE
        return f"{TEXT if is_mobile else LANDLINE}{numbers.hashed(number.e164)}"


def contact_of(phone: str) -> ContactPoint | None:
    """Find the one number of one person behind a hash; shared, doubted or ended numbers are nobody's."""
    found = ContactPoint.objects.phones().filter(where_hash=phone.rpartition("-")[2]).select_related("person")
    rows = list(found.filter(person__deceased_at=None)[:2])
    usable = {ContactPoint.State.UNPROVED, ContactPoint.State.PROVED}
    if len(rows) != 1 or rows[0].is_shared or rows[0].state not in usable:
        return None
    return rows[0]


def whose(typed: str) -> Person | None:
    """Find the person behind their own number, also one they lost, or behind a card; a shared number is nobody's."""
    try:
        found = ContactPoint.objects.phones().at(numbers.parse(typed).e164).select_related("person")
        rows = list(found.filter(person__deceased_at=None)[:2])
    except numbers.WrongNumber:
        rows = []
    if len(rows) == 1 and not rows[0].is_shared:
        return rows[0].person
    card = SignInCard.objects.of_number(typed)
    return card.person if card is not None else None


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Joins allauth to our contact points and to the outbox; unknown numbers get the same page and no text."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That isn’t the code. Type the 6 numbers of our newest text, or press “Send a new code”."),
        "too_many_login_attempts": _("That was too many tries. Wait a few minutes, then ask for a new code."),
        "rate_limited": _("That was a lot at once. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: people come by invitation."""
        return False

    def get_login_stages(self) -> list[str]:
        """Ask for the code, then for the second factor where there is one; a number is proved by its code, not here."""
        return ["allauth.account.stages.LoginByCodeStage", "allauth.mfa.stages.AuthenticateStage"]

    def phone_form_field(self, **options: Any) -> PhoneField:
        """Give the field for a number."""
        return PhoneField(**options)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find the account of the person whose number it is, and theirs alone."""
        contact = contact_of(phone)
        return User.objects.filter(person=contact.person, is_active=True).first() if contact else None

    def send_verification_code_sms(self, user: User, phone: str, code: str, **options: Any) -> None:
        """Queue the code, which lives ten minutes."""
        contact = contact_of(phone)
        if contact is not None and contact.person_id == user.person_id:
            channel = Channel.CALL if phone.startswith(CALL) else Channel.SMS
            codes.send(contact, by=codes.SIGN_IN, code=code, channel=channel)

    def send_unknown_account_sms(self, phone: str, **options: Any) -> None:
        """Send nothing to strangers (trap 13)."""

    def send_account_already_exists_sms(self, phone: str, **options: Any) -> None:
        """Send nothing: nobody signs up."""

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Give the hash of the person's own number, and whether it is proved."""
        rows = ContactPoint.objects.filter(person__user=user, is_shared=False, kind=numbers.Line.MOBILE)
        own = rows.reachable().order_by("pk").first()
        return (f"{TEXT}{own.where_hash}", own.is_proved) if own else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Change nothing: numbers are changed with a person of staff."""

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Count the number as proved: a code that went there came back."""
        contact = contact_of(phone)
        if contact is not None and contact.person_id == user.person_id:
            codes.prove(contact, by=codes.SIGN_IN)


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Reads the account of a session together with its person and roles, in one query."""

    def get_user(self, user_id: int) -> User | None:
        """Find the account, unless it was closed."""
        user = next(iter(_account(pk=user_id)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        grants.learn_roles(user)
        return user


@written
def _account(*, pk: int) -> QuerySet[User]:
    return grants.with_roles(User.objects.select_related("person").filter(pk=pk))


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the secrets of code apps encrypted, names the service, and says in our words what did not do."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That didn’t work. Try again, or sign in with a code by text."),
    }

    def encrypt(self, text: str) -> str:
        """Write a secret as our encrypted fields do; the keys rotate with theirs."""
        return str(SECRETS.f.encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret back."""
        return str(SECRETS.f.decrypt(encrypted_text.encode()).decode())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the service on the passkey, for its host alone."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.SERVICE_NAME}

    def generate_authenticator_name(self, *_about: object) -> str:
        """Offer a name for a new passkey."""
        return str(_("My phone or computer"))
