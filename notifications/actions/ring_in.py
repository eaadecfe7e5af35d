"""What a key brings about in a call that somebody made to us, in one transaction with what is said next (S84, N18)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Sum

from notifications import coming, consequences, languages, numbers, offers, replies, ring_in, speech, theirs, voice
from notifications.actions import on_phone, texts
from notifications.models import ContactPoint, Delivery, Duty, InboundCall, Notification, Sign
from notifications.ring_in import Rung
from notifications.voice import Answer, Said, keypad
from notifications.waits import WRONG_WORDS_A_DAY, wait
from peer import clock
from peer.models import Invitation
from peer.templatetags.peer import when


def hear(sid: str, *, step: str, sender: str, digits: str = "") -> Said | None:
    """Answer one moment of a call to us; None for a call that is over or was never made (N18)."""
    if not sid or step not in ring_in.STEPS:
        return None
    with transaction.atomic():
        call = _begin(sid, sender) if step == "start" else InboundCall.objects.filter(sid=sid[:40]).first()
        if call is None or call.at < clock.now() - wait("call_lives"):
            return None
        contact = call.contact
        other = _other_language(call)
        language = other.language if other else languages.ENGLISH
        rung = Rung(
            digits=digits,
            language=language,
            has_word=contact is not None and bool(_words(call)) and not _is_guessing(call),
            is_proved=call.proved_at is not None,
            read_when=when(texts.read_by()),
            is_right=lambda keys: _is_right(call, keys),
            wrong_word=lambda: _wrong_word(call),
            hear_news=lambda: _hear_news(call),
            ring_me=lambda: _ring_me(call, sender),
            ask_for_interpreter=lambda: _ask_for_interpreter(call, other),
            works_here=lambda: on_phone.begin(sid, sender=texts.e164_of(sender)),
            own=lambda name: speech.sentence(name, language),
            has_offer=lambda: _offer(call) is not None,
            answer_offer=lambda key: replies.press(key, _offer(call)),
            asks=lambda: _asks(call),
            come=lambda key: _come(call, key),
        )
        return ring_in.STEPS[step](rung)


def _begin(sid: str, sender: str) -> InboundCall:
    where_hash = numbers.hashed(texts.e164_of(sender))
    contact = ContactPoint.objects.filter(where_hash=where_hash).reachable().order_by("pk").first()
    call, _is_new = InboundCall.objects.get_or_create(
        sid=sid[:40], defaults={"where_hash": where_hash, "contact": contact, "at": clock.now()}
    )
    return call


def _other_language(call: InboundCall) -> ContactPoint | None:
    """Find who at this number speaks another language: their menu comes first, English is a key away (U16)."""
    here = ContactPoint.objects.filter(where_hash=call.where_hash).reachable().exclude(language=languages.ENGLISH)
    return here.select_related("person").order_by("pk").first()


def _words(call: InboundCall) -> dict[str, ContactPoint]:
    """Give the words agreed with those who share this phone, as keys; only where a conversation proved it.

    The news that a word opens is in English: to whoever speaks another language a person tells it (U16).
    """
    known = ContactPoint.objects.filter(where_hash=call.where_hash, state=ContactPoint.State.PROVED).order_by("-pk")
    known = known.filter(language=languages.ENGLISH)
    return {keypad(one.your_word): one for one in known if one.your_word}


def _is_guessing(call: InboundCall) -> bool:
    lately = InboundCall.objects.filter(where_hash=call.where_hash, at__gt=clock.now() - dt.timedelta(days=1))
    wrong: int = lately.aggregate(wrong=Sum("keys_wrong"))["wrong"] or 0
    return wrong >= WRONG_WORDS_A_DAY


def _is_right(call: InboundCall, keys: str) -> bool:
    found = None if _is_guessing(call) else _words(call).get(keys)
    if found is None:
        return False
    InboundCall.objects.filter(pk=call.pk).update(proved_at=clock.now(), contact=found)
    call.contact = found
    call.proved_at = clock.now()
    return True


def _wrong_word(call: InboundCall) -> int:
    InboundCall.objects.filter(pk=call.pk).update(keys_wrong=F("keys_wrong") + 1)
    call.refresh_from_db(fields=["keys_wrong"])
    return call.keys_wrong


def _hear_news(call: InboundCall) -> str:
    """Give the newest news that may be spoken to this person, which they now have; empty where there is none."""
    if call.contact is None:
        return ""
    spoken = Delivery.objects.filter(
        contact__person=call.contact.person_id, channel=Delivery.Channel.CALL, duty=Duty.FAMILY, body__isnull=False
    )
    keys_of_their_own = voice.ASKS | voice.COMES | {voice.JOIN}
    spoken = spoken.exclude(notification__purpose__in=keys_of_their_own)
    newest = spoken.select_related("notification").order_by("-notification_id", "-pk").first()
    if newest is None or theirs.is_closed(newest.notification):
        return ""
    consequences.confirm(newest.notification, Sign.KEY)
    return newest.body or ""


def _offer(call: InboundCall) -> Invitation | None:
    """Find the open offer of whoever has shown in this call who they are (U13)."""
    return offers.open_for(call.contact) if call.contact is not None and call.proved_at is not None else None


def _question(call: InboundCall) -> Notification | None:
    """Find what whoever has shown in this call who they are was asked about coming."""
    proved = call.contact is not None and call.proved_at is not None
    return coming.open_for(call.contact.person) if call.contact and proved else None


def _asks(call: InboundCall) -> str:
    told = _question(call)
    return coming.spoken(told) if told else ""


def _come(call: InboundCall, key: str) -> Answer:
    told = _question(call)
    return coming.press(key, told) if told else Answer("goodbye")


def _ask_for_interpreter(call: InboundCall, contact: ContactPoint | None) -> None:
    if contact is not None:
        consequences.ask_for_interpreter(contact, key=f"inboundcall:{call.pk}:1")


def _ring_me(call: InboundCall, sender: str) -> None:
    """Give a person the call; a number that we do not know is a text to read, so that nobody is lost."""
    if call.contact is None:
        texts.take_text(call.sid, sender=sender, body="CALL")
    else:
        texts.ring_back(f"inboundcall:{call.pk}:1", [call.contact])
