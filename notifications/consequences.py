"""What follows when a message has come to its end: the number, the next channel, the call by a person, the timeline."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications import intents, routing
from notifications.models import ContactPoint, Delivery, Duty, OptOut
from notifications.providers.codes import Blame
from notifications.waits import CALL_TRIES, wait
from peer import clock
from peer.crash import crash_point
from peer.models import TimelineEntry
from peer.states import StaleMove

State = Delivery.State

GONE = (State.UNDELIVERED, State.FAILED, State.UNKNOWN, State.CANCELLED, State.EXPIRED)
NEXT_WAY = "next way"  # the reason of a channel that waits for the one before it to fail
AGAIN = frozenset({"busy", "no answer", "not heard"})


def failed(row: Delivery, why: Blame) -> None:
    """Act on a failure once: doubt the number or keep its stop, then try another way."""
    if why is Blame.NUMBER:
        doubt(row.contact, because=f"{row.channel} {row.reason}"[:60])
    elif why is Blame.STOPPED:
        stop(row.contact.number_hash, channel=row.channel, said="the network")
    ended(row)


def doubt(contact: ContactPoint, *, because: str) -> None:
    """Put a number in doubt: nothing but pages goes there until a person has proved it again (N9, H04)."""
    contact.refresh_from_db()
    if contact.state == ContactPoint.State.PROVED:
        try:
            contact.move_to(ContactPoint.State.SUSPECT, doubt=because)
        except StaleMove:
            return


def stop(number_hash: str, *, channel: str, said: str) -> int:
    """Keep a stop and cancel what is queued for that number and channel; give how many (N8, N10)."""
    OptOut.objects.get_or_create(
        number_hash=number_hash, channel=channel, ended_at=None, defaults={"said": said[:40], "at": clock.now()}
    )
    crash_point("C16_stop")
    return cancel(number_hash, channel=channel, reason="stopped")


def cancel(number_hash: str, *, channel: str, reason: str) -> int:
    """Cancel what is queued for a number and channel, and go on to the next way of each; give how many."""
    waiting = [State.PENDING, State.CLAIMED, State.HELD]
    queued = Delivery.objects.filter(contact__number_hash=number_hash, channel=channel, state__in=waiting)
    rows = list(queued.select_related("contact", "notification__recipient", "notification__subject"))
    gone = {"state": State.CANCELLED, "reason": reason, "body": None, "lease_token": "", "lease_until_at": None}
    queued.filter(pk__in=[row.pk for row in rows]).update(**gone, changed_at=clock.now())
    for row in rows:
        ended(row)
    return len(rows)


def ended(row: Delivery) -> None:
    """Try the next way for news that did not arrive; where none is left a person rings (N1, N7)."""
    if row.duty == Duty.CODE:
        Delivery.objects.filter(pk=row.pk).update(body=None)
    intent = row.notification
    if row.duty != Duty.FAMILY and intent.purpose != "invitation":
        return
    if any(one is not None and one.deceased_at is not None for one in (intent.recipient, intent.subject)):
        return
    others = intent.deliveries.exclude(pk=row.pk)
    if others.exclude(state__in=GONE).exclude(state=State.HELD).exists() or ring_again(row):
        return
    waiting = others.filter(state=State.HELD, reason=NEXT_WAY, expires_at__gt=clock.now())
    following = waiting.order_by("turn").first()
    if following is not None:
        now = clock.now()
        following.move_to(State.PENDING, reason="", not_before_at=now, due_at=now + wait("owed"), changed_at=now)
    else:
        intents.owe_call(intent)


def ring_again(row: Delivery) -> bool:
    """Ring once more, later the same day or in the morning, where nobody took the first call (N12)."""
    given_up = row.contact.state == ContactPoint.State.SUSPENDED
    if row.channel != Delivery.Channel.CALL or row.reason not in AGAIN or row.turn >= CALL_TRIES or given_up:
        return False
    at = clock.now() + wait("call_again")
    at = routing.opens_at(at, safe_from=row.contact.safe_from, safe_to=row.contact.safe_to) or at
    Delivery.objects.create(
        notification=row.notification,
        channel=row.channel,
        turn=row.turn + 1,
        contact=row.contact,
        duty=row.duty,
        priority=row.priority,
        body=row.body,
        not_before_at=at,
        expires_at=row.expires_at,
        changed_at=clock.now(),
        owner_role=row.owner_role,
        due_at=at + wait("owed"),
    )
    return True


def arrived(row: Delivery) -> None:
    """Note on the timeline that news reached somebody, and call off the other ways."""
    row.notification.deliveries.exclude(pk=row.pk).filter(state__in=[State.HELD, State.PENDING]).exclude(
        duty=Duty.PAGE
    ).update(state=State.CANCELLED, reason="not needed", changed_at=clock.now())
    intent = row.notification
    if row.duty != Duty.FAMILY or intent.subject is None:
        return
    to_adult = intent.recipient_id != intent.subject_id
    kind = TimelineEntry.Kind.MESSAGE if row.channel == Delivery.Channel.SMS else TimelineEntry.Kind.CALL
    words = {
        Delivery.Channel.SMS: _("A text about the request reached %(name)s."),
        Delivery.Channel.CALL: _("%(name)s heard the news about the request by phone."),
    }[Delivery.Channel(row.channel)]
    TimelineEntry.objects.create(
        person=intent.subject,
        kind=kind,
        at=clock.now(),
        words=words % {"name": intent.recipient.given_name},
        for_adults=TimelineEntry.ForAdults.ROUTINE if to_adult else TimelineEntry.ForAdults.NEVER,
    )
