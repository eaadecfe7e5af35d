"""The outbox's three steps: claim under a lease, begin under the contact's lock, settle; no socket opens in here."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable

from notifications import breaker, consequences, intents, routing, rules, theirs
from notifications.models import ContactPoint, Delivery, DeliveryAttempt, Duty, SendingHold
from notifications.providers import vonage
from notifications.providers.codes import Blame, blame
from notifications.providers.port import (
    Accepted,
    AmbiguousFailure,
    Failure,
    NotMade,
    PermanentFailure,
)
from notifications.waits import PAGE_TRIES, TEXTS_A_DAY, wait
from peer import clock
from peer.crash import crash_point
from peer.states import StaleMove

State = Delivery.State
Outcome = DeliveryAttempt.Outcome
Network = DeliveryAttempt.Network
PERHAPS_HEARD = (Outcome.OPEN, Outcome.ACCEPTED, Outcome.UNANSWERED)
NOT_GONE = (State.PENDING, State.CLAIMED, State.SENDING, State.AMBIGUOUS)

PEOPLE = ("notification__recipient", "notification__subject")
REACHED = ("person", "where", "where_hash", "kind", "state", "preferred_channel", "is_shared", "safe_from", "safe_to")
ASKED = (  # all that is read of a message, its intent and its people before it goes; no name, no address of theirs
    *("channel", "duty", "contact", "body", "state", "reason", "patience", "expires_at", "lease_token", "tries"),
    *("notification__purpose", "notification__topic", "notification__confirmed_at"),
    *(f"{person}__{since}" for person in PEOPLE for since in ("deceased_at", "restricted_at")),
)


@dataclass(frozen=True)
class Begun:
    """One try whose row is committed: what goes to whom, and how long the network may keep trying."""

    attempt: DeliveryAttempt
    delivery: Delivery
    to: str
    valid_for: int


def claim(*, duties: Collection[Duty], most: int) -> str:
    """Lease the most urgent due rows and give the lease's token, or nothing where none is due (N5, N6)."""
    token = secrets.token_hex(16)
    with transaction.atomic():
        chosen = _choose(_duties_now(duties), most=most)
        if not chosen:
            return ""
        won = Delivery.objects.filter(pk__in=chosen, state=State.PENDING).update(
            state=State.CLAIMED, lease_token=token, lease_until_at=clock.Now() + wait("lease"), changed_at=clock.now()
        )
        crash_point("C5_claim")
    crash_point("C6_claimed")
    return token if won else ""


def _duties_now(duties: Collection[Duty]) -> Collection[Duty]:
    """Leave only pages where the senders have had their number a second."""
    return set(duties) & {Duty.PAGE} if set(duties) != {Duty.PAGE} and _is_fast_enough() else duties


def _is_fast_enough() -> bool:
    """Tell whether as much has begun in the last second as the network takes from us (a page never counts)."""
    most: int = settings.TWILIO_PER_SECOND
    if not most:
        return False
    lately = DeliveryAttempt.objects.filter(begun_at__gt=clock.now() - dt.timedelta(seconds=1))
    return lately.exclude(delivery__duty=Duty.PAGE).count() >= most


def _choose(duties: Collection[Duty], *, most: int) -> list[int]:
    """Choose and lock: nothing while a restored outbox is on hold (H27), nor by a channel that rests; pages always."""
    due = Delivery.objects.filter(
        state=State.PENDING, duty__in=duties, not_before_at__lte=clock.Now(), expires_at__gt=clock.Now()
    )
    may_go = ~Q(Exists(SendingHold.objects.current())) & ~Q(channel__in=breaker.closed_to())
    rows = due.filter(Q(duty=Duty.PAGE) | may_go).order_by("priority", "not_before_at", "id")
    found = rows.select_for_update(skip_locked=True).values_list("pk", "channel", "duty", breaker.has_just_rested())
    return breaker.only_a_probe(found[:most])


def begin(token: str) -> list[Begun]:
    """Ask again whether each leased message may go, and commit its try while holding the lock that STOP takes (N8)."""
    with transaction.atomic():
        leased = Delivery.objects.filter(lease_token=token, state=State.CLAIMED, lease_until_at__gt=clock.Now())
        contacts = _lock_contacts(leased)
        asked = leased.select_related(*PEOPLE).only(*ASKED)
        rows = list(asked.order_by("pk").select_for_update(of=("self",)))
        for row in rows:
            row.contact = contacts[row.contact_id]
        topics = {row.notification.topic for row in rows}
        reaches = {(one.pk, topic): one for topic in topics for one in intents.reaches(contacts.values(), topic)}
        today = _texts_today(token)
        closed = theirs.about_others(row.notification for row in rows if row.duty == Duty.FAMILY)  # C5
        may_go = [row for row in rows if not _is_not_theirs(row, closed)]
        going = [row for row in may_go if _may_begin(row, reaches[row.contact_id, row.notification.topic], today=today)]
        begun = _write_attempts(going, token)
        crash_point("C6_begin")
    crash_point("C7_begun")
    return begun


def _lock_contacts(leased: QuerySet[Delivery]) -> dict[int, ContactPoint]:
    """Take the locks that STOP takes, always in one order; from here to the commit no STOP comes between (N8)."""
    theirs = ContactPoint.objects.filter(pk__in=leased.values("contact_id")).only(*REACHED)
    return {one.pk: one for one in theirs.order_by("pk").select_for_update()}


def _may_begin(row: Delivery, reach: routing.Reach, *, today: Counter[int]) -> bool:
    """Settle here what must not go, or not now; True is left for what may."""
    now = clock.now()
    reason = _why_never(row, reach, now=now)
    if reason:
        _leave(row, State.CANCELLED, reason=reason, body=None)
        go_on(row)
        return False
    later = _when_later(row, reach, now=now, texts=today[row.contact_id])
    if later is not None:
        _leave(row, State.PENDING, reason="waits", not_before_at=later, due_at=later + wait("owed"))
        return False
    today[row.contact_id] += row.channel == routing.SMS
    return True


def go_on(row: Delivery) -> None:
    """Try the next way for what did not go; what is not so any more rests for good, and nobody rings about it (N13)."""
    told = row.notification
    if intents.is_restricted(told) or rules.is_still_so(told):
        consequences.ended(row)
    else:
        consequences.let_rest(told)


def _is_not_theirs(row: Delivery, closed: Collection[int]) -> bool:
    """Settle here news that an adult may not hear any more: the young person is rung, no other way is tried (U7)."""
    intent = row.notification
    if row.duty != Duty.FAMILY or intent.subject_id not in closed or intent.subject_id == intent.recipient_id:
        return False
    _leave(row, State.CANCELLED, reason=theirs.NOT_THEIRS, body=None)
    theirs.take_over(intent)
    return True


def _why_never(row: Delivery, reach: routing.Reach, *, now: dt.datetime) -> str:
    intent = row.notification
    people = (intent.recipient, intent.subject)
    if any(person is not None and person.deceased_at is not None for person in people):
        return "deceased"  # U6
    if row.duty == Duty.FAMILY and any(person is not None and person.restricted_at is not None for person in people):
        return "restricted"
    if row.expires_at <= now:
        return "too late"
    if row.duty == Duty.FAMILY and intent.confirmed_at:
        return "not needed"
    if not rules.is_still_so(intent):
        return "not needed"
    to_unproved = rules.goes_to_unproved(intent.purpose)
    return routing.why_not(reach, row.channel, duty=Duty(row.duty), to_unproved=to_unproved)


def _when_later(row: Delivery, reach: routing.Reach, *, now: dt.datetime, texts: int) -> dt.datetime | None:
    """Give the later moment of news at night or beyond the day's number of texts (N12, N20), or of a pause (P10)."""
    if rules.rests(row.notification):
        return now + wait("pause")
    if not _keeps_hours(row):
        return None
    if row.channel == routing.SMS and texts >= TEXTS_A_DAY:
        now = routing.tomorrow(now)
    opening = routing.opens_at(now, safe_from=reach.safe_from, safe_to=reach.safe_to)
    if opening is None:
        return now + dt.timedelta(days=1)
    return opening if opening > clock.now() else None


def _keeps_hours(row: Delivery) -> bool:
    """Tell whether a message waits for the day: news does, and a link that nobody has just asked for (N12)."""
    return row.duty == Duty.FAMILY or rules.keeps_hours(row.notification.purpose)


def _texts_today(token: str) -> Counter[int]:
    """Count the texts that may have reached each contact today; however often one was tried, it is one (N20)."""
    leased = Delivery.objects.filter(lease_token=token)
    tries = DeliveryAttempt.objects.filter(
        delivery__contact__in=leased.values("contact_id"),
        delivery__duty=Duty.FAMILY,
        delivery__channel=routing.SMS,
        begun_at__gte=routing.midnight(clock.now()),
        outcome__in=PERHAPS_HEARD,
    ).exclude(delivery__lease_token=token)
    return Counter(contact for contact, _text in tries.values_list("delivery__contact_id", "delivery_id").distinct())


def _leave(row: Delivery, state: str, **changes: object) -> None:
    row.move_to(
        state,
        holding={"lease_token": row.lease_token},
        lease_token="",
        lease_until_at=None,
        changed_at=clock.now(),
        **changes,
    )


def _write_attempts(rows: list[Delivery], token: str) -> list[Begun]:
    now = clock.now()
    held = Delivery.objects.filter(lease_token=token, state=State.CLAIMED)  # what may not go has let go of its lease
    if rows and held.update(state=State.SENDING, tries=F("tries") + 1, changed_at=now) != len(rows):
        raise StaleMove(f"not all of lease {token} was asked whether it may go")
    networks = _networks(rows)
    attempts = [
        DeliveryAttempt(
            token=secrets.token_hex(16), delivery=row, begun_at=now, network=networks.get(row.pk, Network.FIRST)
        )
        for row in rows
    ]
    DeliveryAttempt.objects.bulk_create(attempts)
    for row in rows:
        row.state, row.tries = State.SENDING, row.tries + 1
    return [
        Begun(attempt, row, to=row.contact.where, valid_for=_valid_for(row, now=now))
        for attempt, row in zip(attempts, rows, strict=True)
    ]


def _may_take_the_second(row: Delivery) -> bool:
    """Tell whether a message is a page that a second network would carry, where there is one (F12)."""
    is_page = row.duty == Duty.PAGE and row.notification.purpose in vonage.PURPOSES
    return is_page and row.channel in vonage.CHANNELS and vonage.is_set_up()


def _networks(rows: Iterable[Delivery]) -> dict[int, str]:
    """Give the network of the next try of pages: another one than the last; the second begins where the first rests."""
    pages = [row for row in rows if _may_take_the_second(row)]
    if not pages:
        return {}
    resting = set(breaker.closed_to().values_list("channel", flat=True))
    tries = DeliveryAttempt.objects.filter(delivery__in=[row.pk for row in pages]).order_by("pk")
    last = dict(tries.values_list("delivery_id", "network"))
    begins: dict[int, str] = {row.pk: Network.SECOND if row.channel in resting else Network.FIRST for row in pages}
    other = {Network.FIRST: Network.SECOND, Network.SECOND: Network.FIRST}
    return begins | {key: other[Network(network)] for key, network in last.items()}


def _valid_for(row: Delivery, *, now: dt.datetime) -> int:
    """Give the seconds the network may keep trying: never into the night with news, never past the message's end."""
    left = row.expires_at - now
    return int((min(left, routing.closes_in(now)) if _keeps_hours(row) else left).total_seconds())


def settle(answers: Iterable[tuple[Begun, Accepted | Failure]]) -> None:
    """Write down what the network said; a row that a receipt or a sweep has moved meanwhile stays as it is.

    Every yes of a batch is written by the same few statements, however many there are; a failure has its own.
    """
    known = list(answers)
    crash_point("C9_answer_save")
    with transaction.atomic():
        yes = [(begun, answer.sid) for begun, answer in known if isinstance(answer, Accepted)]
        given_away = _given_away(yes)
        _note_yes({begun.attempt: sid for begun, sid in yes if sid not in given_away})
        for begun, sid in yes:
            if sid in given_away:
                _note_late_yes(begun, sid)
        for begun, answer in known:
            if isinstance(answer, Failure):
                _note_failure(begun, answer)
        first = [(begun, answer) for begun, answer in known if begun.attempt.network == Network.FIRST]
        breaker.learn((begun.delivery.channel, answer) for begun, answer in first)
        crash_point("C10_save_commit")
    crash_point("C11_committed")


def _given_away(yes: Iterable[tuple[Begun, str]]) -> set[str]:
    """Name the ids of late yeses that meanwhile the network's list has settled another try with."""
    over = clock.now() - wait("lease")
    late = [sid for begun, sid in yes if begun.attempt.begun_at < over]
    return set(Delivery.objects.filter(sid__in=late).values_list("sid", flat=True)) if late else set()


def _note_late_yes(begun: Begun, sid: str) -> None:
    """Note a yes whose id another try has been given by the network's list: the row keeps none of its own."""
    attempt = DeliveryAttempt.objects.filter(pk=begun.attempt.pk)
    attempt.update(outcome=Outcome.ACCEPTED, answered_at=clock.now(), sid=sid)
    accepted([begun.delivery], sid="")


def _note_yes(sids: Mapping[DeliveryAttempt, str]) -> None:
    if not sids:
        return
    table = DeliveryAttempt._meta.db_table
    pairs = [value for attempt, sid in sids.items() for value in (attempt.pk, sid)]
    at = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:  # by hand: the framework's CASE costs more than sending the message does
        cursor.execute(
            f"UPDATE {table} SET outcome = %s, answered_at = %s, sid = said.column2"  # noqa: S608 - no value is in it
            f" FROM (VALUES {', '.join(['(%s, %s)'] * len(sids))}) AS said WHERE {table}.id = said.column1",
            [Outcome.ACCEPTED.value, at, *pairs],
        )
    own = DeliveryAttempt.objects.filter(delivery=OuterRef("pk"), outcome=Outcome.ACCEPTED).order_by("-pk")
    accepted([attempt.delivery for attempt in sids], sid=Subquery(own.values("sid")[:1]))


def accepted(rows: Collection[Delivery], *, sid: str | Combinable) -> bool:
    """Note the network's yes where nothing later is known yet; a texted code's words are not needed any more."""
    going = Delivery.objects.filter(pk__in=[row.pk for row in rows], state__in=NOT_GONE)
    taken = set(going.order_by("pk").select_for_update().values_list("pk", flat=True))
    said_it_all = Q(duty=Duty.CODE) & ~Q(channel=routing.CALL)
    Delivery.objects.filter(pk__in=taken).update(
        state=State.ACCEPTED,
        sid=sid,
        body=Case(When(said_it_all, then=Value(None)), default=F("body")),
        reason="",
        lease_token="",
        lease_until_at=None,
        stuck_at=None,
        changed_at=clock.now(),
    )
    consequences.gone(row for row in rows if row.pk in taken)
    return bool(taken)


def _note_failure(begun: Begun, answer: Failure) -> None:
    row, now, code = begun.delivery, clock.now(), answer.code
    DeliveryAttempt.objects.filter(pk=begun.attempt.pk).update(outcome=_outcome(answer), answered_at=now, code=code)
    if isinstance(answer, PermanentFailure) and _is_for_the_other(begun, code):
        _free(row, State.PENDING, reason=code, not_before_at=now)
    elif isinstance(answer, PermanentFailure):
        if _free(row, State.FAILED, reason=code):
            consequences.failed(row, blame(code))
    elif isinstance(answer, AmbiguousFailure):
        _free(row, State.AMBIGUOUS, reason=code)
    else:
        _free(row, State.PENDING, reason=code, not_before_at=now + _pause(row, answer))


def _is_for_the_other(begun: Begun, code: str) -> bool:
    """Tell whether a page was refused for our account's sake: the other network may take it."""
    row = begun.delivery
    may = _may_take_the_second(row) and row.tries < PAGE_TRIES
    return may and blame(code) in {Blame.OURS, Blame.ACCOUNT, Blame.UNKNOWN}


def _outcome(answer: Failure) -> str:
    kinds = {PermanentFailure: Outcome.REFUSED, AmbiguousFailure: Outcome.UNANSWERED, NotMade: Outcome.NOT_MADE}
    return kinds.get(type(answer), Outcome.LATER)


def _free(row: Delivery, state: str, **changes: object) -> bool:
    """Move a row whose lease we still hold, and let the lease go (N5)."""
    ours = Delivery.objects.filter(pk=row.pk, state=State.SENDING, lease_token=row.lease_token)
    done = ours.update(state=state, lease_token="", lease_until_at=None, changed_at=clock.now(), **changes)
    row.state = state if done else row.state
    return bool(done)


def _pause(row: Delivery, answer: Failure) -> dt.timedelta:
    """Give how long to wait after "not now": as long as the network asked, else twice as long each time."""
    if isinstance(answer, NotMade):
        return dt.timedelta()  # nobody was asked: it is asked about again at once
    if row.duty == Duty.PAGE and row.tries < PAGE_TRIES:
        return wait("retry") / 5
    if answer.retry_after is not None:
        return dt.timedelta(seconds=answer.retry_after)
    doubled: dt.timedelta = wait("retry") * 2 ** min(max(0, row.tries - 1), 20)
    return min(doubled, wait("retry_most"))
