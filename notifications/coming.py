"""Coming to a session, or not, said by a number in a text or by a key in a call: the rules are those of its page.

1 is a yes, 2 asks for another time, 3 is not this time; the times that are offered then are 4, 5 and 6, so that no
number ever means two things. Whoever answers acts as themselves, through the gate.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import consequences, messages, offers, routing, rules
from notifications.models import CallTask, Delivery, InboundText, Notification, Sign, TimesOffered
from notifications.sessions import by_way, whole
from notifications.voice import COMES, Answer
from notifications.waits import wait
from peer import clock
from peer.actions import sessions
from peer.gate import NotAllowed
from peer.models import Attendance, GroupSession, Membership, Person, SessionSlot, User
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.templatetags.peer import when

YES, OTHER_TIME, NO = "1", "2", "3"
FIRST, MOST = 4, 3  # the number of the first time that is offered, and how many are
KEYS = re.compile(r"[1-6]")
WORDS = {InboundText.Kind.OFFER_YES: YES, InboundText.Kind.OFFER_NO: NO}
NOT_TAKEN = (StaleMove, IllegalMove, RuleBroken, NotAllowed)
Kind, Said = InboundText.Kind, Attendance.State


@dataclass(frozen=True)
class Question:
    """What a message asked: somebody of a group, and the time of a session that it named."""

    place: Membership
    session: GroupSession
    slot: SessionSlot | None

    @property
    def user(self) -> User:
        """Give who answers; somebody in a group always has an account."""
        return self.place.user  # type: ignore[return-value]

    def others(self) -> list[SessionSlot]:
        """Give other times with room: of this session, of its series, or else of its group."""
        rows = SessionSlot.objects.bookable().filter(session__group=self.session.group_id)
        if self.session.series_id:
            rows = rows.filter(session__series=self.session.series_id)
        taken = self.place.attendances.coming().values("slot")
        rows = rows.exclude(pk__in=taken)
        rows = rows.exclude(pk=self.slot.pk) if self.slot else rows
        free = (slot for slot in rows if slot.has_room())
        return [slot for slot, _number in zip(free, range(MOST), strict=False)]


# ── What was asked ──────────────────────────────────────────────────────────────────────────────────────────────────
def asked_at(where_hash: str, word: str) -> Notification | None:
    """Find what a number answers: the newest text there that waits for one, where that asked about coming.

    Only at a number that is one person's alone; of a shared one a person reads who meant it (U9). A yes or a no in
    words answers the very newest text alone.
    """
    if not offers.is_one_persons(where_hash):
        return None
    if not KEYS.fullmatch(word):
        told = offers.last_told(where_hash)
        return told if told is not None and told.purpose in COMES else None
    texts = Delivery.objects.filter(contact__where_hash=where_hash, channel=routing.SMS).exclude(
        state__in=offers.NOT_GONE
    )
    waiting = texts.filter(notification__purpose__in=COMES) | texts.exclude(patience=dt.timedelta())
    newest = waiting.select_related("notification__recipient").order_by("-notification_id").first()
    return newest.notification if newest is not None and newest.notification.purpose in COMES else None


def question(told: Notification) -> Question | None:
    """Read of whom and of which session a message was; nothing once they are not in the group any more."""
    kind, pk, _version = told.event_key.split(":")
    places = Membership.objects.active().filter(person=told.recipient_id, user__isnull=False).select_related("user")
    if kind == "attendance":
        said = Attendance.objects.filter(pk=pk).select_related("session", "slot").first()
        session, slot = (said.session, said.slot) if said else (None, None)
    else:
        session = GroupSession.objects.filter(pk=pk).first()
        slot = session.slots.bookable().first() if session else None
    place = places.filter(group=session.group_id).first() if session else None
    return Question(place, session, slot) if place and session else None


# ── Answering ───────────────────────────────────────────────────────────────────────────────────────────────────────
def take(word: str, where_hash: str) -> tuple[str, Notification | None]:
    """Act on a whole text that answers what we asked, and say what kind it was; empty where it answers nothing."""
    told = asked_at(where_hash, word) if KEYS.fullmatch(word) or word in WORDS else None
    if told is None:
        return "", None
    return act(told, WORDS.get(word, word)), told  # type: ignore[call-overload]


def act(told: Notification, key: str) -> str:
    """Do what a number or a key says, as the person themselves; what comes twice changes nothing."""
    asked = question(told)
    if told.recipient.deceased_at is not None or asked is None:
        return Kind.SESSION_LATE
    consequences.confirm(told, Sign.REPLY)
    try:
        return _act(told, asked, key)
    except NOT_TAKEN:
        return Kind.SESSION_LATE


def _act(told: Notification, asked: Question, key: str) -> str:
    match key:
        case "1":
            if asked.slot is None:
                return Kind.SESSION_LATE
            sessions.come(asked.session, by=asked.user, slot=asked.slot)
            return Kind.SESSION_YES
        case "3":
            sessions.not_come(asked.session, by=asked.user)
            return Kind.SESSION_NO
        case "2":
            return _offer(told, asked)
        case _:
            return _pick(told, asked, int(key) - FIRST)


def _offer(told: Notification, asked: Question) -> str:
    """Offer other times under numbers of their own; where there is none a person rings to find one."""
    others = [slot.pk for slot in asked.others()]
    TimesOffered.objects.update_or_create(told=told, defaults={"slots": others, "at": clock.now()})
    if others:
        return Kind.SESSION_TIMES
    contact = told.recipient.contact_points.reachable().phones().order_by("pk").first()
    CallTask.objects.get_or_create(
        event_key=told.event_key,
        person=told.recipient,
        about=CallTask.About.OTHER_TIME,
        defaults={
            "contact": contact,
            "language": contact.language if contact else told.recipient.language,
            "owner_role": Role.CLINICIAN if told.recipient.restricted_at else Role.CO_ORDINATOR,
            "due_at": clock.now() + wait("not_reached"),
            "created_at": clock.now(),
        },
    )
    return Kind.SESSION_RING


def _pick(told: Notification, asked: Question, number: int) -> str:
    """Come at the time that was offered, and not at the old one; while one waits in line, the old place stays."""
    offered = _offered(told)
    if number >= len(offered):
        return Kind.SESSION_TIMES if offered else _offer(told, asked)
    slot = SessionSlot.objects.select_related("session__group").get(pk=offered[number])
    said = sessions.come(slot.session, by=asked.user, slot=slot)
    if said.state == Said.COMING and slot.session_id != asked.session.pk and asked.session.is_to_come():
        sessions.not_come(asked.session, by=asked.user)
    return Kind.SESSION_PICK


def _offered(told: Notification) -> list[int]:
    """Give the times that were offered and are still there."""
    row = TimesOffered.objects.filter(told=told).first()
    known = set(SessionSlot.objects.filter(pk__in=row.slots).values_list("pk", flat=True)) if row else set()
    return [pk for pk in row.slots if pk in known] if row else []


# ── What we say to it ───────────────────────────────────────────────────────────────────────────────────────────────
def answer(kind: str, told: Notification | None) -> Answer:
    """Say how it stands now with what somebody answered, also where the same text comes once more."""
    asked = question(told) if told is not None else None
    if told is None or asked is None or kind == Kind.SESSION_LATE:
        return Answer(Kind.SESSION_LATE)
    if kind == Kind.SESSION_TIMES:
        return Answer(Kind.SESSION_TIMES, {"times": times(told)}, goes_on=True)
    if kind == Kind.SESSION_RING:
        owed = CallTask.objects.filter(event_key=told.event_key, about=CallTask.About.OTHER_TIME).first()
        return Answer(Kind.SESSION_RING, {"read_when": when(owed.due_at if owed and owed.due_at else clock.now())})
    about = Q(slot__in=_offered(told)) if kind == Kind.SESSION_PICK else Q(session=asked.session)
    said = asked.place.attendances.filter(about).select_related("slot").order_by("-said_at", "-pk").first()
    if said is None or said.state == Said.NOT_COMING:
        return Answer(Kind.SESSION_NO)
    values = {"when": whole(said.slot.starts_at)}
    if said.state == Said.WAITING:
        return Answer("session_line", values | {"before": before(said.before_me())})
    return Answer(Kind.SESSION_YES, values)


def times(told: Notification) -> str:
    """Say the times that were offered, each after its number."""
    slots = SessionSlot.objects.in_bulk(_offered(told))
    asked = question(told)
    usual = asked.slot.way if asked and asked.slot else ""
    said = [(number, slots[pk]) for number, pk in enumerate(_offered(told), FIRST)]
    return ", ".join(time(number, _when(slot, usual)) for number, slot in said)


def time(number: int, at: str) -> str:
    """Say one time after its number."""
    return _("%(number)d for %(at)s") % {"number": number, "at": at}


def _when(slot: SessionSlot, usual: str) -> str:
    """Say when, and how people meet where that differs from what was asked."""
    return whole(slot.starts_at) if slot.way == usual else f"{whole(slot.starts_at)}, {by_way(slot.way)}"


def before(count: int) -> str:
    """Say how many wait longer."""
    return ngettext("%(n)d is before you", "%(n)d are before you", count) % {"n": count} if count else _("you are next")


def press(key: str, told: Notification) -> Answer:
    """Act on a key in a call, and give what is said next."""
    return answer(act(told, key), told) if KEYS.fullmatch(key) else Answer("goodbye")


def open_for(person: Person) -> Notification | None:
    """Find the newest question about coming to somebody who has shown in a call who they are, if it still is one."""
    asked = Notification.objects.filter(recipient=person, purpose__in=COMES)
    told = asked.order_by("-pk").first()
    return told if told is not None and rules.is_still_so(told) else None


def spoken(told: Notification) -> str:
    """Say once more, in a call, what a message asked."""
    asked = question(told)
    slot = asked.slot if asked else None
    return messages.fill("call", told.purpose, {"when": whole(slot.starts_at), "way": by_way(slot.way)}) if slot else ""
