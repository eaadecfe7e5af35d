"""What people text us: stored, acted on at once, screened, answered, and read by somebody (N10, N11, U3)."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from notifications import (
    coming,
    consequences,
    languages,
    listened,
    messages,
    numbers,
    offers,
    replies,
    routing,
    time_polls,
)
from notifications.languages import ENGLISH
from notifications.models import CallTask, ContactPoint, InboundText, Notification, OptOut, Sign
from notifications.topics import Topic
from notifications.waits import wait
from peer import clock, doors, screening, workdays
from peer.answers import HELLO_CALL_DAYS, QUESTION_DAYS
from peer.gate import action
from peer.models import Duty as OnCall
from peer.models import Person, TimelineEntry, User
from peer.roles import Perm, Role
from peer.states import RuleBroken
from peer.templatetags.peer import when

log = logging.getLogger(__name__)

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"})  # N10
START_WORDS = frozenset({"START", "UNSTOP"})
LONGEST = 1600
Kind = InboundText.Kind
READ = {Kind.OTHER, Kind.CALL, Kind.VOICEMAIL, Kind.WRONG_NUMBER}  # what a person of staff reads or hears
OFFERS = {Kind.OFFER_YES, Kind.OFFER_NO, Kind.OFFER_ASK, Kind.OFFER_QUESTION, Kind.OFFER_NEW}
ANSWERS = {*OFFERS, Kind.OWN_YES, Kind.OWN_NO}
SESSIONS = {kind for kind in Kind if kind.startswith("session_")}
DONE = {Kind.STOP, Kind.START, Kind.GOT_IT, Kind.LISTENED, Kind.TIMES, *ANSWERS, *SESSIONS}
RINGS = {Kind.CALL, Kind.OFFER_LATE}  # a call by a person has it, where we know who it is
WHOLE = {"1": Kind.GOT_IT, "CALL": Kind.CALL, "WRONG": Kind.WRONG_NUMBER, "WRONG NUMBER": Kind.WRONG_NUMBER}


def take_text(sid: str, *, sender: str, body: str) -> str:
    """Store a text, act on STOP and its kin at once, screen and own the rest; give the answer (N10, U3)."""
    e164 = e164_of(sender)
    with transaction.atomic():
        contacts = list(ContactPoint.objects.at(e164).order_by("pk").select_for_update())
        row = InboundText.objects.filter(sid=sid).first()
        if row is None:
            row, heard = _store(sid, e164, body, contact=contacts[0] if contacts else None)
            _act_on(row, contacts, heard)
            _tell_timeline(row)
    return _answer(row)


def _tell_timeline(row: InboundText) -> None:
    """Write into the wait, for staff alone, that somebody wrote or spoke to us; the words stay where they are read."""
    person = row.person
    if person is None or row.kind not in READ:
        return
    is_young = person.kind == Person.Kind.YOUNG_PERSON
    about = [person] if is_young else [tie.young_person for tie in person.young_people.select_related("young_person")]
    words = _("%(name)s left us words by phone.") if row.kind == Kind.VOICEMAIL else _("%(name)s texted us.")
    for young_person in about:
        TimelineEntry.objects.create(
            person=young_person,
            kind=TimelineEntry.Kind.MESSAGE,
            at=clock.now(),
            words=words % {"name": person.given_name},
            for_person=is_young,
            for_adults=TimelineEntry.ForAdults.NEVER,
        )


def kind_of(body: str) -> tuple[str, str]:
    """Say what a text is to us, and of which topic: only a whole message, trimmed and case-blind, is a STOP (N10)."""
    word, topic = _without_topic(_word_of(body))
    if word in STOP_WORDS:
        return Kind.STOP, topic
    if word in START_WORDS:
        return Kind.START, topic
    return WHOLE.get(word, Kind.OTHER), ""


def _word_of(body: str) -> str:
    """Give a whole message as one word is compared: trimmed, in capitals, without its full stop."""
    return " ".join(body.strip().strip(".!\"'").upper().split())


def _without_topic(words: str) -> tuple[str, str]:
    """Cut the name of a topic from its STOP or START: "STOP NEWS" is a stop of news alone."""
    word, _, name = words.partition(" ")
    is_topic = word in {"STOP", "START"} and name.lower() in Topic.values
    return (word, name.lower()) if is_topic else (words, "")


def e164_of(sender: str) -> str:
    """Read the number that the network names, or keep the few marks that it gives instead."""
    try:
        return numbers.parse(sender).e164
    except numbers.WrongNumber:
        return sender[:16] or "withheld"


def _store(sid: str, e164: str, body: str, *, contact: ContactPoint | None) -> tuple[InboundText, doors.Heard]:
    kind, topic = kind_of(body)
    told = None
    if kind in {Kind.GOT_IT, Kind.OTHER}:
        said, told = _number(body, where_hash=numbers.hashed(e164))
        kind = said or kind
    if kind == Kind.GOT_IT and Notification.objects.awaited_at(numbers.hashed(e164)) is None:
        kind = Kind.OTHER  # nothing waits for an answer: somebody reads what they meant
    heard = doors.hear("text", body=body if kind == Kind.OTHER else "")
    is_risk = bool(heard.level)
    if kind == Kind.OTHER and not is_risk:  # worrying words are a clinician's, whatever else they say
        kind = replies.take(body, where_hash=numbers.hashed(e164), contact=contact) or kind
    done = kind in DONE or (kind in RINGS and contact is not None)
    row = InboundText.objects.create(
        sid=sid[:40],
        number=e164,
        where_hash=numbers.hashed(e164),
        body=body[:LONGEST],
        kind=kind,
        topic=topic,
        is_risk=is_risk,
        answers=told,
        contact=contact,
        person=contact.person if contact else None,
        state=InboundText.State.HANDLED if done else InboundText.State.NEW,
        received_at=clock.now(),
        handled_at=clock.now() if done else None,
        owner_role=Role.CLINICIAN if is_risk else Role.CO_ORDINATOR,
        due_at=heard.due(otherwise=_read_by(kind)),
    )
    return row, heard


def _number(body: str, *, where_hash: str) -> tuple[str, Notification | None]:
    """Act on numbers alone, by what was asked last at this number; empty where they answer nothing."""
    if listened.take(body, where_hash=where_hash):
        return Kind.LISTENED, None
    if time_polls.take(body, where_hash=where_hash):
        return Kind.TIMES, None
    return coming.take(replies.word_of(body) or _word_of(body), where_hash)


def _read_by(kind: str) -> dt.datetime:
    return clock.now() + wait("hello") if kind == Kind.HELLO else read_by()


def read_by() -> dt.datetime:
    """Say by when somebody has read, or listened to, what comes in now."""
    opening = routing.opens_at(clock.now())
    return (opening or clock.now()) + wait("inbound")


def _act_on(row: InboundText, contacts: list[ContactPoint], heard: doors.Heard) -> None:
    match row.kind:
        case Kind.STOP:
            consequences.stop(row.where_hash, channel=routing.SMS, topic=row.topic, said=(row.body or "").strip())
        case Kind.START:
            stops = OptOut.objects.current().filter(where_hash=row.where_hash, channel=routing.SMS)
            stops = stops.filter(topic=row.topic) if row.topic else stops
            stops.update(ended_at=clock.now())
        case Kind.GOT_IT:
            told = Notification.objects.awaited_at(row.where_hash)
            if told is not None:
                consequences.confirm(told, Sign.REPLY)
        case Kind.CALL | Kind.OFFER_LATE:
            ring_back(f"inboundtext:{row.pk}:1", contacts)
        case Kind.WRONG_NUMBER:
            give_up_number(contacts, because="wrong number by text")
        case _ if row.is_risk:
            _wake(heard, row)


def ring_back(key: str, contacts: list[ContactPoint]) -> None:
    """Give a person the task to ring somebody who asked for it, with an interpreter where it needs one (U16)."""
    for contact in contacts[:1]:
        if languages.needs_interpreter(contact.language):
            offer = offers.open_at(contact.where_hash)
            consequences.ask_for_interpreter(contact, key=offers.call_key(offer, key) if offer else key)
            continue
        CallTask.objects.get_or_create(
            event_key=key,
            person=contact.person,
            about=CallTask.About.RING_ME,
            defaults={
                "contact": contact,
                "language": contact.language,
                "owner_role": Role.CO_ORDINATOR,
                "due_at": read_by(),
                "created_at": clock.now(),
            },
        )


def take_voicemail(sid: str, *, number: str, words: str = "") -> None:
    """Keep what somebody said after the tone; when the network has written it down it is screened like a text (U3)."""
    e164 = e164_of(number)
    with transaction.atomic():
        contact = ContactPoint.objects.at(e164).select_related("person").order_by("pk").first()
        row, is_new = InboundText.objects.select_for_update().get_or_create(
            sid=sid[:40],
            defaults={
                "number": e164,
                "where_hash": numbers.hashed(e164),
                "kind": Kind.VOICEMAIL,
                "contact": contact,
                "person": contact.person if contact else None,
                "received_at": clock.now(),
                "owner_role": Role.CO_ORDINATOR,
                "due_at": read_by(),
            },
        )
        if words and not row.body:
            row.body = words[:LONGEST]
            heard = doors.hear("voicemail", body=words)
            if heard.level:
                row.is_risk, row.owner_role = True, Role.CLINICIAN
                row.due_at = heard.due(otherwise=clock.now())
                row.save(update_fields=["body", "is_risk", "owner_role", "due_at"])
                _wake(heard, row)
        if is_new:
            _tell_timeline(row)
        row.save(update_fields=["body", "is_risk", "owner_role", "due_at"])


def give_up_number(contacts: list[ContactPoint], *, because: str) -> None:
    """Stop using a number that is somebody else's, and cancel what is queued for it (H04, N9)."""
    for contact in contacts:
        if contact.state != ContactPoint.State.SUSPENDED:
            contact.move_to(ContactPoint.State.SUSPENDED, doubt=because)
        for channel in contact.channels():
            consequences.cancel(Q(contact=contact), channel=channel, reason=because)


def _wake(heard: doors.Heard, row: InboundText) -> None:
    """Open a ladder about worrying words; whatever fails, the words stay and head a clinician's list (N11)."""
    try:
        with transaction.atomic():
            doors.wake(heard, row, person=row.person)
    except Exception:
        log.exception("no ladder for worrying words: text %s", row.pk)


def on_call() -> list[Person]:
    """Find the people who are on duty now, for any group."""
    users = OnCall.objects.at(clock.now()).values_list("user_id", flat=True)
    return list(Person.objects.filter(user__in=list(users)).order_by("pk"))


def _answer(row: InboundText) -> str:
    """Say at once when it will be read, and what to do if that is too long; the network answers STOP itself."""
    language = row.contact.language if row.contact else ENGLISH
    match row.kind:
        case Kind.STOP | Kind.START:
            name = "stopped_topic" if row.kind == Kind.STOP else "started_topic"
            return messages.fill("sms", name, {"word": row.topic.upper()}) if row.topic else ""
        case Kind.GOT_IT:
            return messages.fill("sms", "got_it", language=language)
        case Kind.LISTENED:
            return messages.fill("sms", "listened_noted")
        case Kind.TIMES:
            return messages.fill("sms", "times_noted")
        case Kind.CALL:
            return messages.fill("sms", "will_ring", {"ring_when": when(read_by())}, language=language)
        case Kind.WRONG_NUMBER:
            return messages.fill("sms", "wrong_number", language=language)
        case Kind.HELLO:
            return messages.fill("sms", "hello_card")
        case Kind.OFFER_NEW | Kind.OFFER_LATE:  # alike, whoever it is and whatever there is
            return messages.fill("sms", "offer_new", {"read_when": when(read_by())})
        case kind if kind in SESSIONS:
            said = coming.answer(kind, row.answers)
            return messages.fill("sms", said.words, said.values, language=language)
        case kind if kind in ANSWERS:
            owed = workdays.due(days=QUESTION_DAYS)
            values = {"read_when": when(owed), "days": str(HELLO_CALL_DAYS)}
            return messages.fill("sms", str(kind), values, language=language)
    if row.is_risk and on_call():
        is_red = doors.hear("text", body=row.body or "").level is screening.Level.RED
        soon = {"read_when": when(row.due_at or row.received_at)}
        return messages.fill("sms", "text_worrying") if is_red else messages.fill("sms", "text_worrying_soon", soon)
    opening = routing.opens_at(row.received_at) or row.received_at
    name, at = ("text_worrying_later", opening) if row.is_risk else ("text_received", read_by())
    return messages.fill("sms", name, {"read_when": when(at)})


@action(Perm.READ_TEXTS)
def handle(text: InboundText, *, by: User, reason: str) -> InboundText:
    """Say that somebody has dealt with a text, and what they did."""
    if not reason.strip():
        raise RuleBroken(_("Say in a few words what you did."))
    text.move_to(InboundText.State.HANDLED, handled_at=clock.now(), owner=by)
    return text
