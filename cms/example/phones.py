"""The phones of the cast: every number proved, as after a first call."""

from __future__ import annotations

from cms.example.cast import CAST, Player
from notifications.models import ContactPoint
from peer import clock
from peer.models import Person, User


def load_phones() -> None:
    """Give each player their number; a landline takes calls, and families have their word."""
    for player in CAST:
        user = User.objects.get(handle=player.handle)
        if user.person is not None and player.number:
            _load_phone(player, user, user.person)


def _load_phone(player: Player, user: User, person: Person) -> None:
    proved = {
        "state": ContactPoint.State.PROVED,
        "proved_at": clock.now(),
        "proved_how": "call",
        "your_word": player.word or None,
    }
    ContactPoint.for_number(player.number, person=person, source="example", **proved).save()
    if player.email:
        ContactPoint.for_email(player.email, person=person, source="example", **proved).save()
    if player.group_roles or player.service_roles:
        User.objects.filter(pk=user.pk).update(paged_ok_at=clock.now())
