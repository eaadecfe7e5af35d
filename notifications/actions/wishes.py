"""How somebody likes to hear from us: asked at the first conversation, changed by themselves at any time (S94)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from notifications import digests
from notifications.models import CommunicationNeed, ContactPoint, ContactPreference
from peer import clock
from peer.gate import action
from peer.models import Person, User
from peer.roles import Perm

OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody wishes: by topic the first way or `OFF`, a digest, needs, and when and how phones may ring."""

    topics: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    needs: frozenset[str] = frozenset()
    language: str = "en"
    voicemail_allowed: bool = False
    safe_from: dt.time | None = None
    safe_to: dt.time | None = None


@action(Perm.CHOOSE_OWN_WISHES)
def choose(person: Person, *, by: User, wishes: Wishes) -> Person:
    """Say how one likes to hear from us; it holds from the next message on."""
    return _keep(person, by=by, wishes=wishes)


@action(Perm.KEEP_CONTACTS)
def note(person: Person, *, by: User, wishes: Wishes) -> Person:
    """Write down what somebody wished for in a conversation."""
    return _keep(person, by=by, wishes=wishes)


def _keep(person: Person, *, by: User, wishes: Wishes) -> Person:
    for topic, way in wishes.topics.items():
        ContactPreference.objects.update_or_create(
            person=person,
            topic=topic,
            defaults={
                "channels": [way] if way not in {"", OFF} else [],
                "is_off": way == OFF,
                "asked_at": clock.now(),
                "asked_by": by,
            },
        )
    if wishes.digest:
        digests.keep(person, wishes.digest)
    person.communication_needs.exclude(kind__in=wishes.needs).delete()
    held = set(person.communication_needs.values_list("kind", flat=True))
    CommunicationNeed.objects.bulk_create(
        CommunicationNeed(person=person, kind=kind, noted_at=clock.now()) for kind in sorted(wishes.needs - held)
    )
    ContactPoint.objects.filter(person=person).update(
        language=wishes.language,
        voicemail_allowed=wishes.voicemail_allowed,
        safe_from=wishes.safe_from,
        safe_to=wishes.safe_to,
    )
    return person
