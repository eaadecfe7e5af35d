"""What follows when a message has gone, arrived, failed or been answered: the number, the next way, the timeline."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import intents, routing
from notifications.intents import NEXT_WAY
from notifications.models import CallTask, ContactPoint, Delivery, Duty, Letter, Notification, OptOut, Sign
from notifications.providers.codes import Blame
from notifications.topics import Topic
from notifications.waits import CALL_TRIES, wait
from peer import clock
from peer.crash import crash_point
from peer.models import Person, TimelineEntry
from peer.roles import Role
from peer.states import StaleMove

State = Delivery.State

GONE = (State.UNDELIVERED, State.FAILED, State.UNKNOWN, State.CANCELLED, State.EXPIRED)
WAITING = (State.PENDING, State.CLAIMED, State.HELD)
AGAIN = frozenset({"busy", "no answer", "not heard", "machine"})


# ── Going and arriving ──────────────────────────────────────────────────────────────────────────────────────────────
def gone(rows: Iterable[Delivery]) -> None:
    """Start the patience of ways that have gone: after it, without a sign, the next one is tried."""
    alike: dict[dt.timedelta, list[int]] = defaultdict(list)
    for row in rows:
        alike[row.patience].append(row.notification_id)
    for patience, intents_of in alike.items():
        if patience:
            waiting = Notification.objects.unanswered().filter(pk__in=intents_of)
            waiting.update(due_at=clock.now() + patience)


def arrived(row: Delivery) -> None:
    """Note that it arrived: a call was heard to the end, which is a sign; of a text only a machine says so."""
    ContactPoint.objects.filter(pk=row.contact_id).update(heard_of_at=clock.now())
    if row.duty != Duty.FAMILY:
        return
    is_call = row.channel == Delivery.Channel.CALL
    if not is_call and not row.patience:  # nothing follows a message that waits for no sign
        _call_off(row.notification)
    if not is_call or confirm(row.notification, Sign.KEY):
        _tell_timeline(row, REACHED[Delivery.Channel(row.channel)])


def confirm(notification: Notification, sign: Sign) -> bool:
    """Take a sign that somebody has received it, once: whatever else was to go about it stays here."""
    unanswered = Notification.objects.filter(pk=notification.pk, confirmed_at=None)
    if not unanswered.update(confirmed_at=clock.now(), confirmed_how=sign, due_at=None):
        return False
    if notification.duty != Duty.PAGE:  # of pages each goes by every way, until somebody has it (E4)
        _call_off(notification)
    unprinted = Letter.objects.filter(notification=notification, state=Letter.State.TO_PRINT)
    unprinted.update(state=Letter.State.CANCELLED, due_at=None)
    nobody_rings = CallTask.objects.filter(about=CallTask.About.NOT_REACHED, state=CallTask.State.OPEN)
    nobody_rings.filter(event_key=notification.event_key, person=notification.recipient_id).update(
        state=CallTask.State.CANCELLED, due_at=None
    )
    return True


def let_rest(notification: Notification) -> None:
    """Call off the ways that are left of what is not so any more; no person takes it on."""
    _call_off(notification)
    Notification.objects.filter(pk=notification.pk).update(due_at=None)


def _call_off(notification: Notification) -> None:
    waiting = Delivery.objects.filter(notification=notification, state__in=[State.HELD, State.PENDING])
    over = {"state": State.CANCELLED, "reason": "not needed", "changed_at": clock.now()}
    waiting.filter(channel=Delivery.Channel.CALL).update(**over)  # its words stay: they may ring us to hear them
    waiting.update(**over, body=None)


REACHED = {
    Delivery.Channel.SMS: _("A text about the request reached %(name)s."),
    Delivery.Channel.EMAIL: _("An e-mail about the request reached %(name)s."),
    Delivery.Channel.CALL: _("%(name)s heard the news about the request by phone."),
}
IN_VAIN = {  # what became of an automatic call that nobody heard (S3)
    "busy": _("We rang %(name)s, and the line was busy."),
    "no answer": _("We rang %(name)s, and nobody answered."),
    "machine": _("We rang %(name)s, and a machine answered. We told it no news."),
    "not heard": _("We rang %(name)s, who did not hear the news yet."),
}


def _tell_timeline(row: Delivery, words: Promise) -> None:
    """Write into the wait what became of a message."""
    intent = row.notification
    if intent.subject is None:
        return
    to_adult = intent.recipient_id != intent.subject_id
    is_call = row.channel == Delivery.Channel.CALL
    TimelineEntry.objects.create(
        person=intent.subject,
        kind=TimelineEntry.Kind.CALL if is_call else TimelineEntry.Kind.MESSAGE,
        at=clock.now(),
        words=str(words) % {"name": intent.recipient.given_name},
        for_adults=TimelineEntry.ForAdults.ROUTINE if to_adult else TimelineEntry.ForAdults.NEVER,
    )


# ── A person rings, with an interpreter ─────────────────────────────────────────────────────────────────────────────
def ask_for_interpreter(contact: ContactPoint, *, key: str) -> CallTask:
    """Owe somebody who asked for it one call with an interpreter, and with it the news that waits for them (U16)."""
    owed = CallTask.objects.filter(person=contact.person_id, about=CallTask.About.INTERPRETER)
    waiting = owed.filter(state__in=CallTask.WAITING).order_by("due_at", "pk").first()
    if waiting is not None:
        return waiting
    news = Notification.objects.unanswered().filter(recipient=contact.person_id, topic=Topic.NEWS).order_by("-pk")
    newest = news.select_related("subject").first()
    return interpreter_rings(newest, contact) if newest else _ring_with_interpreter(contact, key=key, subject=None)


def interpreter_rings(notification: Notification, contact: ContactPoint) -> CallTask:
    """Hand news over to the person who rings with an interpreter; asking is no sign that they have it (U16)."""
    Notification.objects.unanswered().filter(pk=notification.pk).update(handed_over_at=clock.now(), due_at=None)
    key = notification.event_key
    weighty = CallTask.objects.filter(event_key=key, person=contact.person_id, about=CallTask.About.WEIGHTY_NEWS)
    owed = weighty.filter(state__in=CallTask.WAITING).first()  # somebody rings about this very news already
    return owed or _ring_with_interpreter(contact, key=key, subject=notification.subject)


def _ring_with_interpreter(contact: ContactPoint, *, key: str, subject: Person | None) -> CallTask:
    task, _is_new = CallTask.objects.get_or_create(
        event_key=key,
        person=contact.person,
        about=CallTask.About.INTERPRETER,
        defaults={
            "contact": contact,
            "subject": subject,
            "language": contact.language,
            "owner_role": Role.CLINICIAN if contact.person.restricted_at else Role.CO_ORDINATOR,
            "due_at": clock.now() + wait("interpreter"),
            "created_at": clock.now(),
        },
    )
    return task


# ── Failing, and the next way ───────────────────────────────────────────────────────────────────────────────────────
def failed(row: Delivery, why: Blame) -> None:
    """Act on a failure once: doubt the number or keep its stop, then try another way."""
    if why is Blame.NUMBER:
        doubt(row.contact, because=f"{row.channel} {row.reason}"[:60])
    elif why is Blame.STOPPED:
        stop(row.contact.where_hash, channel=row.channel, said="the network")
    if row.channel == Delivery.Channel.CALL and row.duty == Duty.FAMILY and row.reason in IN_VAIN:
        _tell_timeline(row, IN_VAIN[row.reason])
    ended(row)


def ended(row: Delivery) -> None:
    """Try the next way for news that did not arrive; where none is left a person takes it on (N1, N7)."""
    if row.duty == Duty.CODE:
        Delivery.objects.filter(pk=row.pk).update(body=None)
    after = row.notification.deliveries.filter(pk__gt=row.pk).exclude(state__in=GONE)
    if not after.exclude(state=State.HELD, reason=NEXT_WAY).exists() and not ring_again(row):
        climb(row.notification)


def climb(notification: Notification) -> None:
    """Go on to the next way, or after the last one to whoever takes it on; nothing where it was received."""
    notification.refresh_from_db(fields=["confirmed_at", "handed_over_at"])
    people = (notification.recipient, notification.subject)
    if any(one is not None and one.deceased_at is not None for one in people):
        return
    if notification.confirmed_at or notification.handed_over_at:
        return
    waiting = notification.deliveries.filter(state=State.HELD, reason=NEXT_WAY, expires_at__gt=clock.now())
    following = waiting.order_by("turn", "pk").first()
    if following is not None:
        now = clock.now()
        Notification.objects.filter(pk=notification.pk).update(due_at=None)
        following.move_to(State.PENDING, reason="", not_before_at=now, due_at=now + wait("owed"), changed_at=now)
    elif notification.then:
        intents.hand_over(notification)
    else:
        Notification.objects.filter(pk=notification.pk).update(due_at=None)


def ring_again(row: Delivery) -> bool:
    """Ring once more where nobody took the first call: sooner after "busy", later after a machine (N12)."""
    given_up = row.contact.state == ContactPoint.State.SUSPENDED
    if row.channel != Delivery.Channel.CALL or row.reason not in AGAIN or row.turn >= CALL_TRIES or given_up:
        return False
    at = clock.now() + wait(f"ring_after_{row.reason.replace(' ', '_')}")
    at = routing.opens_at(at, safe_from=row.contact.safe_from, safe_to=row.contact.safe_to) or at
    Delivery.objects.create(
        notification=row.notification,
        channel=row.channel,
        turn=row.turn + 1,
        contact=row.contact,
        duty=row.duty,
        priority=row.priority,
        body=row.body,
        language=row.language,
        not_before_at=at,
        patience=row.patience,
        expires_at=row.expires_at,
        changed_at=clock.now(),
        owner_role=row.owner_role,
        due_at=at + wait("owed"),
    )
    return True


# ── Numbers that are stopped, doubted or nobody's ───────────────────────────────────────────────────────────────────
def doubt(contact: ContactPoint, *, because: str) -> None:
    """Put a number in doubt: nothing but pages goes there until a person has proved it again (N9, H04)."""
    contact.refresh_from_db()
    if contact.state == ContactPoint.State.PROVED:
        try:
            contact.move_to(ContactPoint.State.SUSPECT, doubt=because)
        except StaleMove:
            return


def stop(where_hash: str, *, channel: str, said: str, topic: str = "") -> int:
    """Keep a stop, of everything or of one topic, and cancel what is queued there for it; give how many (N8, N10)."""
    OptOut.objects.get_or_create(
        where_hash=where_hash,
        channel=channel,
        topic=topic,
        ended_at=None,
        defaults={"said": said[:40], "at": clock.now()},
    )
    crash_point("C16_stop")
    return cancel(Q(contact__where_hash=where_hash), channel=channel, topic=topic, reason="stopped")


def cancel(whose: Q, *, channel: str, reason: str, topic: str = "") -> int:
    """Cancel what is queued at some contact points by one channel, and go on to the next way of each; give how many."""
    queued = Delivery.objects.filter(whose, channel=channel, state__in=WAITING)
    queued = queued.filter(notification__topic=topic) if topic else queued
    rows = list(queued.select_related("contact", "notification__recipient", "notification__subject"))
    gone_now = {"state": State.CANCELLED, "reason": reason, "body": None, "lease_token": "", "lease_until_at": None}
    Delivery.objects.filter(pk__in=[row.pk for row in rows], state__in=WAITING).update(
        **gone_now, changed_at=clock.now()
    )
    for row in rows:
        ended(row)
    return len(rows)


def forget(person: Person) -> int:
    """Cancel, for good, whatever is still to go to or about a person, by any way; give how much (U6)."""
    about = Q(recipient=person) | Q(subject=person)
    intents_of = Notification.objects.filter(about)
    intents_of.unanswered().update(due_at=None, then="", handed_over_at=clock.now())
    queued = Delivery.objects.filter(notification__in=intents_of, state__in=WAITING)
    count = queued.update(
        state=State.CANCELLED, reason="deceased", body=None, lease_token="", lease_until_at=None, changed_at=clock.now()
    )
    count += Letter.objects.filter(notification__in=intents_of, state__in=["to_print", "printed"]).update(
        state=Letter.State.CANCELLED, due_at=None
    )
    tasks = CallTask.objects.filter(Q(person=person) | Q(subject=person), state__in=CallTask.WAITING)
    _look_for_others(person)
    return count + tasks.update(state=CallTask.State.CANCELLED, due_at=None)


def _look_for_others(dead: Person) -> None:
    """Owe a call to each young person whose adult we were to ring: another way to reach them is looked for (N7)."""
    tasks = CallTask.objects.filter(person=dead, subject__deceased_at=None, state__in=CallTask.WAITING)
    for task in tasks.exclude(subject=dead).select_related("subject"):
        if task.subject is None:
            continue
        CallTask.objects.create(
            event_key=f"{task.event_key}+{task.pk}",
            person=task.subject,
            subject=task.subject,
            about=task.about,
            language=task.language,
            owner_role=task.owner_role,
            due_at=task.due_at,
            created_at=clock.now(),
        )
