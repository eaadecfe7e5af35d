"""What a key pressed in a call brings about, in one transaction with what is said next."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from moderation.actions import escalations
from moderation.models import Escalation
from notifications import coming, consequences, offers, own_yes, receipts, replies, sessions, speech, voice
from notifications.actions import join_in, on_phone, rings, texts
from notifications.models import (
    CallTask,
    Channel,
    ContactPoint,
    Delivery,
    DeliveryAttempt,
    Ring,
    Sign,
)
from notifications.rings import page_of
from notifications.voice import Dialled, Heard, Said
from notifications.waits import wait
from peer import clock
from peer.gate import NotAllowed
from peer.models import User
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.templatetags.peer import when

log = logging.getLogger(__name__)

OVER = ("completed", "busy", "no-answer", "failed", "canceled")


def hear(token: str, *, step: str, sid: str, digits: str = "", answered_by: str = "") -> Said | None:
    """Answer one moment of a call we made; None for a call that is over or was never made (N18)."""
    attempts = DeliveryAttempt.objects.select_related("delivery__contact", "delivery__notification__recipient")
    attempt = attempts.filter(token=token, delivery__channel=Delivery.Channel.CALL).first()
    if attempt is None or step not in voice.STEPS or not _is_live(attempt, sid):
        return None
    with transaction.atomic():
        heard = Heard(
            attempt=attempt,
            digits=digits,
            answered_by=answered_by,
            read_when=when(texts.read_by()),
            heard_news=lambda: _heard_news(attempt, sid),
            wrong_number=lambda: _wrong_number(attempt),
            ring_me=lambda: _ring_me(attempt),
            take_page=lambda: _take_page(attempt),
            pass_page=lambda: _pass_page(attempt),
            may_go_on=lambda: on_phone.begin_after_page(attempt, sid),
            put_through=lambda: _put_through(attempt, sid),
            wrong_word=lambda: _wrong_word(attempt),
            ask_for_interpreter=lambda: _ask_for_interpreter(attempt, sid),
            own=lambda name: speech.sentence(name, attempt.delivery.contact.language),
            answer=lambda key: _take_answer(attempt, key),
            come=lambda key: coming.press(key, attempt.delivery.notification),
            join_in=lambda: join_in.begin_after_word(sessions.rung(attempt.delivery.notification), sid),
        )
        return voice.STEPS[step](heard)


def _take_answer(attempt: DeliveryAttempt, key: str) -> str:
    """Take a key as the answer to what this call asked, and name what is said next."""
    told, contact = attempt.delivery.notification, attempt.delivery.contact
    if told.purpose == own_yes.PURPOSE:
        return own_yes.press(key, told, contact)
    return replies.press(key, offers.open_for(contact))


def _is_live(attempt: DeliveryAttempt, sid: str) -> bool:
    if not attempt.sid:  # the network rings before its yes has reached us
        DeliveryAttempt.objects.filter(pk=attempt.pk, sid="").update(sid=sid)
        attempt.sid = sid
    is_over = attempt.receipts.filter(status__in=OVER).exists()
    return attempt.sid == sid and not is_over and attempt.begun_at > clock.now() - wait("call_lives")


def _heard_news(attempt: DeliveryAttempt, sid: str) -> None:
    body = attempt.delivery.body
    receipts.reach(attempt.delivery, Delivery.State.DELIVERED, sid=sid)
    attempt.delivery.body = body


def _wrong_number(attempt: DeliveryAttempt) -> None:
    where_hash = attempt.delivery.contact.where_hash
    contacts = list(ContactPoint.objects.filter(where_hash=where_hash).order_by("pk").select_for_update())
    texts.give_up_number(contacts, because="wrong number by phone")
    consequences.stop(where_hash, channel=Channel.CALL, said="wrong number")


def _ring_me(attempt: DeliveryAttempt) -> None:
    delivery = attempt.delivery
    CallTask.objects.get_or_create(
        event_key=delivery.notification.event_key,
        person=delivery.notification.recipient,
        about=CallTask.About.RING_ME,
        defaults={
            "contact": delivery.contact,
            "subject": delivery.notification.subject,
            "language": delivery.contact.language,
            "owner_role": Role.CO_ORDINATOR,
            "due_at": clock.now() + wait("inbound"),
            "created_at": clock.now(),
        },
    )


def _ask_for_interpreter(attempt: DeliveryAttempt, sid: str) -> None:
    """Let a person ring with an interpreter; the machine's call ends without a sign, and is not made again (U16)."""
    consequences.interpreter_rings(attempt.delivery.notification, attempt.delivery.contact)
    receipts.reach(attempt.delivery, Delivery.State.UNDELIVERED, sid=sid, code="interpreter")


def _wrong_word(attempt: DeliveryAttempt) -> int:
    DeliveryAttempt.objects.filter(pk=attempt.pk).update(keys_wrong=F("keys_wrong") + 1)
    attempt.refresh_from_db(fields=["keys_wrong"])
    return attempt.keys_wrong


def _take_page(attempt: DeliveryAttempt) -> bool:
    """Have the escalation in hand, as the person who was rung; False where somebody else was quicker."""
    return _answer_page(attempt, lambda worry, user: escalations.acknowledge(worry, by=user, how="key"))


def _pass_page(attempt: DeliveryAttempt) -> bool:
    """Have the next person rung, as the person who was rung; False where somebody has it already (U4)."""
    return _answer_page(attempt, lambda worry, user: escalations.pass_on(worry, by=user))


def _answer_page(attempt: DeliveryAttempt, act: Callable[[Escalation, User], object]) -> bool:
    notification = attempt.delivery.notification
    user = User.objects.filter(person=notification.recipient).first()
    if user is None:
        return False
    try:
        act(page_of(notification).escalation, user)
    except (StaleMove, IllegalMove, RuleBroken, NotAllowed):
        log.warning("page %s was not answered", notification.pk)
        return False
    consequences.confirm(notification, Sign.KEY)
    receipts.reach(attempt.delivery, Delivery.State.DELIVERED)
    return True


def _put_through(attempt: DeliveryAttempt, sid: str) -> tuple[str, Dialled | None]:
    """Give the first name and the line of whoever is rung now, or nothing where the call is not wanted any more."""
    notification = attempt.delivery.notification
    ring = Ring.objects.select_related("escalation__person").get(pk=notification.event_key.split(":")[1])
    contact = rings.put_through(ring, sid=sid)
    if contact is None or ring.escalation.person is None:
        return "", None
    consequences.confirm(notification, Sign.KEY)
    receipts.reach(attempt.delivery, Delivery.State.DELIVERED)
    return ring.escalation.person.given_name, Dialled(contact.where, ring.token)
