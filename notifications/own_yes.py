"""The question at 16: to which number it goes, and which text or key answers it (C7)."""

from __future__ import annotations

from notifications import offers
from notifications.models import CallTask, ContactPoint, Notification
from notifications.waits import wait
from peer import clock
from peer.actions import own_yes
from peer.actions.own_yes import REPLY
from peer.models import OwnSay, Person
from peer.models.own_say import OwnSayQuerySet
from peer.news import OwnYesAsked
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove

PURPOSE = "own_say"
NOT_TAKEN = (StaleMove, IllegalMove, RuleBroken)


def number_of(person: Person) -> ContactPoint | None:
    """Find the first proved number that is theirs alone, and in whose language the question is written (U9, U16)."""
    known = person.contact_points.reachable().phones().filter(is_shared=False).order_by("pk")
    return next((one for one in known if one.is_proved and offers.speaks(one.language, PURPOSE)), None)


def goes_out(news: OwnYesAsked) -> bool:
    """Tell whether a machine may ask; where it may not, the clinician who owes the talk rings."""
    return number_of(news.asked.person) is not None


def is_open(told: Notification) -> bool:
    """Tell, right before it goes, whether the question still waits for its answer (N13)."""
    return _open().filter(person=told.recipient_id, answer="").exists()


def _open() -> OwnSayQuerySet:
    return OwnSay.objects.waiting().filter(about=OwnSay.About.OWN_YES)


def open_at(where_hash: str) -> Person | None:
    """Find who was asked at a number that is theirs alone and not in doubt, where the newest text there asked it."""
    told = offers.last_told(where_hash)
    if told is None or told.purpose != PURPOSE or not offers.is_one_persons(where_hash):
        return None
    person = told.recipient
    return person if person.deceased_at is None and _open().filter(person=person).exists() else None


def take(person: Person, *, given: bool) -> bool:
    """Take a yes or a no that came by text or key; False where a person has to look."""
    try:
        own_yes.say(person, by=REPLY, given=given)
    except NOT_TAKEN:
        return False
    return True


def press(key: str, told: Notification, contact: ContactPoint) -> str:
    """Act on a key in the call that asks, and name what is said next; who wants to talk first is rung."""
    if key in {"1", "2"} and take(told.recipient, given=key == "1"):
        return "own_yes" if key == "1" else "own_no"
    if key in {"1", "2", "3"}:
        _owe_call(told, contact)
        return "ring_me"
    return "goodbye"


def _owe_call(told: Notification, contact: ContactPoint) -> None:
    CallTask.objects.get_or_create(
        event_key=told.event_key,
        person=told.recipient,
        about=CallTask.About.RING_ME,
        defaults={
            "contact": contact,
            "subject": told.recipient,
            "language": contact.language,
            "owner_role": Role.CLINICIAN,
            "due_at": clock.now() + wait("not_reached"),
            "created_at": clock.now(),
        },
    )
