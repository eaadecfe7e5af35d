"""What the network tells us, written down before it is thanked; its signature is its right, not a role (N18)."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction

from notifications import consequences, intents, messages, numbers, receipts, routing
from notifications.intents import Intent
from notifications.models import CallTask, ContactPoint, DeliveryAttempt, DeliveryReceipt, Duty, InboundText, OptOut
from notifications.waits import wait
from peer import clock, screening
from peer.crash import crash_point
from peer.models import Duty as OnCall
from peer.models import Person
from peer.roles import Role
from peer.templatetags.peer import when

log = logging.getLogger(__name__)

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"})  # N10
START_WORDS = frozenset({"START", "UNSTOP"})
LONGEST = 1600
Kind = InboundText.Kind


def take_status(token: str, *, sid: str, status: str, code: str = "", answered_by: str = "") -> None:
    """Write down a status and apply it; an unknown token changes nothing and is thanked the same."""
    attempt = DeliveryAttempt.objects.filter(token=token).first()
    if attempt is None or not sid or not status:
        return
    with transaction.atomic():
        receipt, is_new = DeliveryReceipt.objects.get_or_create(
            attempt=attempt,
            sid=sid[:40],
            status=status[:20],
            defaults={"code": code[:20], "answered_by": answered_by[:30], "at": clock.now()},
        )
        crash_point("C12_callback")
    if is_new or receipt.applied_at is None:
        _apply(receipt)
    crash_point("C13_callback_committed")


def _apply(receipt: DeliveryReceipt) -> None:
    """Apply now if we can; what fails here is applied by the sweep, and the row is already safe (decision 17)."""
    try:
        with transaction.atomic():
            receipts.apply(receipt)
    except Exception:
        log.exception("receipt %s waits for the sweep", receipt.pk)


def take_text(sid: str, *, sender: str, body: str) -> str:
    """Store a text, act on STOP and its kin at once, screen and own the rest; give the answer (N10, U3)."""
    e164 = _e164(sender)
    kind = kind_of(body)
    with transaction.atomic():
        contacts = list(ContactPoint.objects.at_number(e164).order_by("pk").select_for_update())
        row = InboundText.objects.filter(sid=sid).first()
        if row is None:
            row = _store(sid, e164, body, kind=kind, contact=contacts[0] if contacts else None)
            _act_on(row, contacts)
    return _answer(row)


def kind_of(body: str) -> str:
    """Say what a text is to us: only a whole message, trimmed and case-blind, is a STOP (N10)."""
    word = body.strip().strip(".!\"'").upper()
    if word in STOP_WORDS:
        return Kind.STOP
    if word in START_WORDS:
        return Kind.START
    return {"CALL": Kind.CALL, "WRONG": Kind.WRONG_NUMBER, "WRONG NUMBER": Kind.WRONG_NUMBER}.get(word, Kind.OTHER)


def _e164(sender: str) -> str:
    try:
        return numbers.parse(sender).e164
    except numbers.WrongNumber:
        return sender[:16] or "withheld"


def _store(sid: str, e164: str, body: str, *, kind: str, contact: ContactPoint | None) -> InboundText:
    level = screening.screen(body).level if kind == Kind.OTHER else screening.Level.NONE
    is_risk = level is not screening.Level.NONE
    done = kind in {Kind.STOP, Kind.START} or (kind == Kind.CALL and contact is not None)  # a call task has it then
    return InboundText.objects.create(
        sid=sid[:40],
        number=e164,
        number_hash=numbers.hashed(e164),
        body=body[:LONGEST],
        kind=kind,
        is_risk=is_risk,
        contact=contact,
        person=contact.person if contact else None,
        state=InboundText.State.HANDLED if done else InboundText.State.NEW,
        received_at=clock.now(),
        handled_at=clock.now() if done else None,
        owner_role=Role.CLINICIAN if is_risk else Role.CO_ORDINATOR,
        due_at=clock.now() + wait("inbound_risk") if is_risk else _read_by(),
    )


def _read_by() -> dt.datetime:
    opening = routing.opens_at(clock.now())
    return (opening or clock.now()) + wait("inbound")


def _act_on(row: InboundText, contacts: list[ContactPoint]) -> None:
    match row.kind:
        case Kind.STOP:
            consequences.stop(row.number_hash, channel=routing.SMS, said=(row.body or "").strip())
        case Kind.START:
            stops = OptOut.objects.current().filter(number_hash=row.number_hash, channel=OptOut.Channel.SMS)
            stops.update(ended_at=clock.now())
        case Kind.CALL:
            ring_back(row, contacts)
        case Kind.WRONG_NUMBER:
            give_up_number(contacts, because="wrong number by text")
        case _ if row.is_risk:
            wake_somebody(row)


def ring_back(row: InboundText, contacts: list[ContactPoint]) -> None:
    """Give a person the task to ring somebody who asked for it."""
    for contact in contacts[:1]:
        CallTask.objects.get_or_create(
            event_key=f"inboundtext:{row.pk}:1",
            person=contact.person,
            about=CallTask.About.RING_ME,
            defaults={
                "contact": contact,
                "language": contact.language,
                "owner_role": Role.CO_ORDINATOR,
                "due_at": _read_by(),
                "created_at": clock.now(),
            },
        )


def give_up_number(contacts: list[ContactPoint], *, because: str) -> None:
    """Stop using a number that is somebody else's, and cancel what is queued for it (H04, N9)."""
    for contact in contacts:
        if contact.state != ContactPoint.State.SUSPENDED:
            contact.move_to(ContactPoint.State.SUSPENDED, doubt=because)
        for channel in OptOut.Channel:
            consequences.cancel(contact.number_hash, channel=channel, reason=because)


def wake_somebody(row: InboundText) -> bool:
    """Page everybody who is on call about a worrying text; False where nobody is (U3)."""
    people = on_call()
    for person in people:
        intents.queue(
            Intent(
                event_key=f"inboundtext:{row.pk}:1",
                person=person,
                purpose="page",
                duty=Duty.PAGE,
                words={"sms": "page", "call": "page"},
                lives=wait("page"),
                values={"first_name": person.given_name},
            )
        )
    return bool(people)


def on_call() -> list[Person]:
    """Find the people who are on duty now, for any group."""
    users = OnCall.objects.at(clock.now()).values_list("user_id", flat=True)
    return list(Person.objects.filter(user__in=list(users)).order_by("pk"))


def _answer(row: InboundText) -> str:
    """Say at once when it will be read, and what to do if that is too long; the network answers STOP itself."""
    values = messages.common()
    match row.kind:
        case Kind.STOP | Kind.START:
            return ""
        case Kind.CALL:
            return messages.fill("sms", "will_ring", ring_when=when(_read_by()), **values)
        case Kind.WRONG_NUMBER:
            return messages.fill("sms", "wrong_number", **values)
    if row.is_risk and on_call():
        return messages.fill("sms", "text_worrying", **values)
    opening = routing.opens_at(row.received_at) or row.received_at
    name, at = ("text_worrying_later", opening) if row.is_risk else ("text_received", _read_by())
    words = when(at)
    return messages.fill("sms", name, read_when=words, **values)
