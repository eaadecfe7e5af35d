"""The outbox: one winner a row, the last question under the lock, and no state without its truth (safety 2c)."""

from __future__ import annotations

import datetime as dt
import itertools
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from notifications import breaker, consequences, outbox, receipts, sweeps
from notifications.actions import texts, webhooks
from notifications.models import (
    CallTask,
    ContactPoint,
    Delivery,
    DeliveryAttempt,
    DeliveryReceipt,
    Duty,
    OptOut,
    SendingPause,
)
from notifications.providers.port import Accepted, AmbiguousFailure, NotMade, PermanentFailure, Seen, TemporaryFailure
from peer import clock
from tests.make import make_person
from tests.notifications.make import make_contact, make_delivery

ALL = tuple(Duty)
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 11, 18, 23, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


def begun(*, duties=ALL) -> list[outbox.Begun]:
    token = outbox.claim(duties=duties, most=50)
    return outbox.begin(token) if token else []


def state(row: Delivery) -> str:
    row.refresh_from_db()
    return str(row.state)


def test_the_try_is_committed_before_anything_leaves() -> None:
    row = make_delivery()
    (one,) = begun()
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.delivery, attempt.outcome, attempt.token) == (row, "open", one.attempt.token)
    assert state(row) == "sending"
    assert one.to == row.contact.where


def test_a_page_goes_before_a_code_and_a_code_before_news() -> None:
    rows = [make_delivery(duty=duty) for duty in (Duty.FAMILY, Duty.CODE, Duty.PAGE)]
    order = []
    for _ in rows:
        token = outbox.claim(duties=ALL, most=1)
        order += [one.delivery.duty for one in outbox.begin(token)]
    assert order == ["page", "code", "family"]


def test_an_accepted_text_keeps_the_network_s_id() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], Accepted("SM1"))])
    assert (state(row), row.sid, row.lease_token) == ("accepted", "SM1", "")


def test_an_accepted_code_forgets_its_words() -> None:
    row = make_delivery(duty=Duty.CODE, body="123456 is your code")
    outbox.settle([(begun()[0], Accepted("SM1"))])
    row.refresh_from_db()
    assert row.body is None


@pytest.mark.parametrize("patience", [dt.timedelta(), dt.timedelta(hours=4)])
def test_a_batch_costs_the_same_few_statements_however_long_it_is(patience: dt.timedelta) -> None:
    costs = {size: _statements(size, patience=patience) for size in (2, 12, 40)}
    assert len(set(costs.values())) == 1, costs
    assert Delivery.objects.filter(state="accepted").count() == 54


def _statements(size: int, *, patience: dt.timedelta) -> tuple[int, ...]:
    """Count what claiming, beginning and settling one batch of yeses asks of the database."""
    rows = [make_delivery(patience=patience) for _ in range(size)]
    with CaptureQueriesContext(connection) as claiming:
        token = outbox.claim(duties=ALL, most=size)
    with CaptureQueriesContext(connection) as beginning:
        going = outbox.begin(token)
    with CaptureQueriesContext(connection) as settling:
        outbox.settle([(one, Accepted(f"SM{one.delivery.pk}")) for one in going])
    assert len(going) == len(rows)
    return len(claiming), len(beginning), len(settling)


def test_one_batch_of_every_answer_leaves_each_message_where_its_own_answer_says() -> None:
    rows = [make_delivery(patience=dt.timedelta(hours=hours)) for hours in (0, 4, 4, 24, 4, 4)]
    code = make_delivery(duty=Duty.CODE, body="123456 is your code")
    going = {one.delivery.pk: one for one in begun()}
    moved = DeliveryReceipt.objects.create(attempt=going[rows[5].pk].attempt, sid="SM5", status="delivered")
    receipts.apply(moved)
    answers = [
        *(Accepted(f"SM{number}") for number in range(3)),
        AmbiguousFailure("no_answer"),
        PermanentFailure("99999"),
        Accepted("SM5"),
        Accepted("SM6"),
    ]
    outbox.settle(zip((going[row.pk] for row in [*rows, code]), answers, strict=True))
    states = ["accepted", "accepted", "accepted", "ambiguous", "failed", "delivered", "accepted"]
    assert [state(row) for row in [*rows, code]] == states
    assert [row.sid for row in [*rows, code]] == ["SM0", "SM1", "SM2", "", "", "SM5", "SM6"]
    assert [row.attempts.get().sid for row in rows] == ["SM0", "SM1", "SM2", "", "", "SM5"]
    assert (code.body, rows[1].body) == (None, "robin: there is news.")
    due = [None, NOON + dt.timedelta(hours=4), NOON + dt.timedelta(hours=4), None]
    assert [type(row.notification).objects.get(pk=row.notification_id).due_at for row in rows[:4]] == due


def test_a_try_that_was_never_made_is_asked_about_again_at_once() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], NotMade("too late"))])
    assert row.attempts.get().outcome == "not_made"
    consequences.stop(row.contact.where_hash, channel="sms", said="STOP")
    assert begun() == []
    assert state(row) == "cancelled"


def test_not_now_means_later_and_the_channel_waits_as_long_as_it_was_asked() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], TemporaryFailure("20429", retry_after=30))])
    assert state(row) == "pending"
    assert row.not_before_at == NOON + dt.timedelta(seconds=30)
    assert SendingPause.objects.get().until_at == NOON + dt.timedelta(seconds=30)
    make_delivery()
    assert begun() == []
    with clock.at(NOON + dt.timedelta(seconds=31)):
        assert len(begun()) == 2


def test_answers_are_kept_where_another_sender_ends_the_pause_that_this_one_counts(monkeypatch) -> None:
    row = make_delivery(duty=Duty.PAGE, purpose="page")
    real = breaker.wait

    def meanwhile(name):
        SendingPause.objects.all().delete()
        return real(name)

    SendingPause.objects.create(channel="sms", failures=5, until_at=NOON, reason="no answer")
    monkeypatch.setattr(breaker, "wait", meanwhile)
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    assert state(row) == "ambiguous"


def test_a_page_does_not_wait_for_a_pause_that_a_broadcast_brought() -> None:
    make_delivery()
    outbox.settle([(begun()[0], TemporaryFailure("20429", retry_after=600))])
    page = make_delivery(duty=Duty.PAGE, purpose="page")
    (one,) = begun()
    assert one.delivery == page
    outbox.settle([(one, TemporaryFailure("20429", retry_after=600))])
    with clock.at(NOON + dt.timedelta(seconds=2)):
        assert [again.delivery for again in begun()] == [page]


def test_refused_credentials_pause_the_channel_and_blame_no_number() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], TemporaryFailure("20003", retry_after=60))])
    row.contact.refresh_from_db()
    assert (state(row), row.contact.state) == ("pending", "proved")
    assert begun() == []


@pytest.mark.parametrize(
    ("code", "contact", "task"),
    [
        ("21211", "suspect", 1),
        ("30005", "suspect", 1),
        ("21614", "proved", 1),
        ("21602", "proved", 1),
        ("99999", "proved", 1),
    ],
)
def test_a_refusal_is_never_silent(code: str, contact: str, task: int) -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], PermanentFailure(code))])
    row.contact.refresh_from_db()
    assert (state(row), row.reason, row.contact.state) == ("failed", code, contact)
    assert CallTask.objects.filter(about="not_reached", person=row.notification.recipient).count() == task


def test_the_network_s_own_stop_becomes_ours() -> None:
    row, other = make_delivery(), None
    other = make_delivery(contact=row.contact, not_before_at=NOON + dt.timedelta(hours=1))
    outbox.settle([(begun()[0], PermanentFailure("21610"))])
    assert OptOut.objects.current().get().channel == "sms"
    assert state(other) == "cancelled"


def test_no_answer_is_ambiguous_and_waits_for_the_truth() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    assert state(row) == "ambiguous"
    sweeps.sweep()
    assert state(row) == "ambiguous"
    assert begun() == []


def test_the_network_s_list_settles_what_was_not_answered() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    with clock.at(NOON + dt.timedelta(seconds=61)):
        ((unsure, attempt),) = sweeps.unsure()
        sweeps.resolve(unsure, attempt, [Seen("SM9", row.body, NOON)])
    assert (state(row), row.sid) == ("accepted", "SM9")


def test_a_text_of_another_try_does_not_settle_this_one() -> None:
    first, second = make_delivery(), None
    outbox.settle([(begun()[0], Accepted("SM1"))])
    second = make_delivery(contact=first.contact)
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    with clock.at(NOON + dt.timedelta(seconds=61)):
        ((unsure, attempt),) = sweeps.unsure()
        sweeps.resolve(unsure, attempt, [Seen("SM1", first.body, NOON), Seen("SM2", "other words", NOON)])
    assert state(second) == "ambiguous"


def _listed(row: Delivery, attempt: DeliveryAttempt, *copies: tuple[str, str]) -> None:
    sweeps.resolve(row, attempt, [Seen(sid, body, NOON) for sid, body in copies])


def _two_with_the_same_words() -> tuple[outbox.Begun, outbox.Begun]:
    """Begin two texts that a reader cannot tell apart, to one number."""
    first = make_delivery()
    make_delivery(contact=first.contact)
    one, other = begun()
    return one, other


def test_a_text_in_the_list_that_may_be_another_try_s_waits_for_that_one_s_answer() -> None:
    one, other = _two_with_the_same_words()
    outbox.settle([(one, AmbiguousFailure("500"))])
    with clock.at(NOON + dt.timedelta(seconds=61)):
        _listed(one.delivery, one.attempt, ("SM2", other.delivery.body))
        assert state(one.delivery) == "ambiguous"
        outbox.settle([(other, Accepted("SM2"))])
        assert (state(other.delivery), other.delivery.sid) == ("accepted", "SM2")
    with clock.at(NOON + dt.timedelta(seconds=601)):
        _listed(one.delivery, one.attempt, ("SM2", other.delivery.body))
    assert state(one.delivery) == "pending"


def test_as_many_texts_in_the_list_as_tries_settle_them_all() -> None:
    one, other = _two_with_the_same_words()
    outbox.settle([(one, AmbiguousFailure("500")), (other, AmbiguousFailure("500"))])
    with clock.at(NOON + dt.timedelta(seconds=61)):
        for try_ in (one, other):
            _listed(try_.delivery, try_.attempt, ("SM1", one.delivery.body), ("SM2", one.delivery.body))
    assert {state(one.delivery), state(other.delivery)} == {"accepted"}
    assert {one.delivery.sid, other.delivery.sid} == {"SM1", "SM2"}


def test_one_text_in_the_list_for_two_unsure_tries_is_counted_once_and_a_late_status_still_counts() -> None:
    one, other = _two_with_the_same_words()
    outbox.settle([(one, AmbiguousFailure("500")), (other, AmbiguousFailure("500"))])
    with clock.at(NOON + dt.timedelta(seconds=601)):
        for try_ in (one, other):
            _listed(try_.delivery, try_.attempt, ("SM2", one.delivery.body))
        assert (state(one.delivery), state(other.delivery)) == ("accepted", "pending")
        webhooks.take_status(other.attempt.token, sid="SM2", status="delivered")
        assert state(other.delivery) == "delivered"
        assert begun() == []


def test_a_late_yes_under_an_id_that_the_list_gave_to_another_try_settles_its_batch_all_the_same() -> None:
    one, other = _two_with_the_same_words()
    third = make_delivery()
    (alone,) = begun()
    outbox.settle([(one, AmbiguousFailure("500"))])
    with clock.at(NOON + dt.timedelta(seconds=601)):
        sweeps.sweep()
        _listed(one.delivery, one.attempt, ("SM2", one.delivery.body))
        outbox.settle([(alone, Accepted("SM3")), (other, Accepted("SM2"))])
    assert (state(third), state(other.delivery)) == ("accepted", "accepted")


def test_news_is_sent_again_only_when_the_list_has_not_shown_it_for_ten_minutes() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    with clock.at(NOON + dt.timedelta(seconds=601)):
        ((unsure, attempt),) = sweeps.unsure()
        sweeps.resolve(unsure, attempt, [])
        assert state(row) == "pending"
        assert len(begun()) == 1


def test_news_is_never_sent_again_while_the_list_cannot_be_read_and_comes_to_the_board() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    with clock.at(NOON + dt.timedelta(hours=2)):
        ((unsure, attempt),) = sweeps.unsure()
        sweeps.resolve(unsure, attempt, AmbiguousFailure("no_answer"))
        sweeps.sweep()
        assert begun() == []
    assert state(row) == "ambiguous"
    assert row.stuck_at is not None


def test_a_list_that_was_read_for_an_earlier_try_does_not_send_a_later_one_again() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    with clock.at(NOON + dt.timedelta(seconds=601)):
        ((slow, attempt),) = sweeps.unsure()
        sweeps.resolve(*sweeps.unsure()[0], [])  # the other clock was quicker, and its second try is not answered
        outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
        sweeps.resolve(slow, attempt, [])
    assert state(row) == "ambiguous"


def test_a_page_that_turns_unsure_in_the_midst_of_the_sweep_is_not_given_up() -> None:
    late = make_delivery(duty=Duty.PAGE, purpose="page")
    token = begun()[0].delivery.lease_token
    seen = []

    def between(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and not seen:
            seen.append(sql)
            Delivery.objects.filter(pk=late.pk, lease_token=token).update(
                state="ambiguous", lease_token="", lease_until_at=None
            )
        return done

    with connection.execute_wrapper(between):
        sweeps.carry_on_pages()
    assert seen
    assert state(late) == "ambiguous"
    sweeps.sweep()
    assert state(late) == "pending"


def test_an_unanswered_page_goes_again_at_once() -> None:
    row = make_delivery(duty=Duty.PAGE, purpose="page")
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    sweeps.sweep()
    assert [one.delivery.pk for one in begun()] == [row.pk]


def test_an_unanswered_code_is_not_sent_again() -> None:
    row = make_delivery(duty=Duty.CODE)
    outbox.settle([(begun()[0], AmbiguousFailure("no_answer"))])
    with clock.at(NOON + dt.timedelta(seconds=61)):
        sweeps.sweep()
    assert (state(row), row.body) == ("unknown", None)


def test_a_lease_that_ran_out_cannot_write() -> None:
    row = make_delivery()
    (late,) = begun()
    with clock.at(NOON + dt.timedelta(seconds=61)):
        sweeps.sweep()
        assert state(row) == "ambiguous"
        outbox.settle([(late, PermanentFailure("21211"))])
    assert state(row) == "ambiguous"


def test_a_late_yes_settles_what_the_sweep_held_for_ambiguous() -> None:
    row = make_delivery()
    (late,) = begun()
    with clock.at(NOON + dt.timedelta(seconds=61)):
        sweeps.sweep()
        outbox.settle([(late, Accepted("SM1"))])
    assert (state(row), row.sid) == ("accepted", "SM1")


def test_a_late_yes_calls_off_the_next_try_even_where_a_worker_holds_it_already() -> None:
    row = make_delivery()
    (late,) = begun()
    with clock.at(NOON + dt.timedelta(seconds=601)):
        sweeps.sweep()
        _listed(row, late.attempt)
        token = outbox.claim(duties=ALL, most=5)
        outbox.settle([(late, Accepted("SM1"))])
        assert outbox.begin(token) == []
    assert (state(row), row.sid, row.attempts.count()) == ("accepted", "SM1", 1)


def test_a_claim_without_a_try_goes_back_when_its_worker_is_dead() -> None:
    row = make_delivery()
    outbox.claim(duties=ALL, most=5)
    with clock.at(NOON + dt.timedelta(seconds=61)):
        sweeps.sweep()
    assert state(row) == "pending"


@pytest.mark.parametrize("when", ["deceased", "stopped", "suspended", "in doubt", "unproved"])
def test_the_last_question_is_asked_under_the_lock_right_before_the_socket(when: str) -> None:
    row = make_delivery()
    token = outbox.claim(duties=ALL, most=5)
    if when == "deceased":
        type(row.notification.recipient).objects.update(deceased_at=NOON)
    elif when == "stopped":
        OptOut.objects.create(where_hash=row.contact.where_hash, channel="sms", said="STOP")
    else:
        ContactPoint.objects.update(state={"in doubt": "suspect"}.get(when, when))
    assert outbox.begin(token) == []
    assert (state(row), row.reason, row.body) == ("cancelled", when, None)
    assert CallTask.objects.exists() == (when != "deceased")


def test_news_claimed_as_the_evening_ends_waits_for_the_morning() -> None:
    row = make_delivery()
    token = outbox.claim(duties=ALL, most=5)
    with clock.at(NOON + dt.timedelta(hours=8, minutes=1)):
        outbox.begin(token)
    assert state(row) in {"pending", "claimed"}
    with clock.at(NIGHT):
        row.refresh_from_db()
        token = outbox.claim(duties=ALL, most=5)
        assert not token or outbox.begin(token) == []


def test_a_text_that_is_tried_again_and_again_is_one_text_of_the_day() -> None:
    row = make_delivery()
    for number, answer in enumerate([*[NotMade("too late")] * 3, *[AmbiguousFailure("no_answer")] * 3]):
        with clock.at(NOON + dt.timedelta(minutes=number)):
            outbox.settle([(begun()[0], answer)])
            Delivery.objects.filter(state=Delivery.State.AMBIGUOUS).update(state=Delivery.State.PENDING)
    assert (state(row), row.attempts.count()) == ("pending", 6)
    more = [make_delivery(contact=row.contact) for _ in range(4)]
    with clock.at(NOON + dt.timedelta(minutes=10)):
        assert {one.delivery.pk for one in begun()} == {row.pk, *(text.pk for text in more[:3])}
    assert state(more[3]) == "pending"


def test_the_fifth_text_of_a_day_waits_for_tomorrow() -> None:
    contact = make_contact()
    rows = [make_delivery(contact=contact) for _ in range(5)]
    assert len(begun()) == 4
    late = [row for row in rows if state(row) == "pending"]
    assert [row.not_before_at for row in late] == [dt.datetime(2026, 11, 19, 8, tzinfo=dt.UTC)]


def test_what_is_too_late_is_not_sent_and_a_person_rings() -> None:
    row = make_delivery(expires_at=NOON + dt.timedelta(minutes=1))
    with clock.at(NOON + dt.timedelta(minutes=2)):
        assert begun() == []
        sweeps.sweep()
    assert state(row) == "expired"
    assert CallTask.objects.get().about == "not_reached"


def test_a_way_that_waited_for_the_first_one_ends_with_it_and_a_person_rings_once() -> None:
    row = make_delivery(expires_at=NOON + dt.timedelta(minutes=1))
    other = make_delivery(
        contact=row.contact, channel="call", state="held", reason="next way", expires_at=row.expires_at
    )
    Delivery.objects.filter(pk=other.pk).update(notification=row.notification)
    with clock.at(NOON + dt.timedelta(minutes=2)):
        sweeps.sweep()
    assert (state(row), state(other)) == ("expired", "expired")
    assert CallTask.objects.filter(about="not_reached").count() == 1


def test_three_days_of_silence_are_unknown_and_a_person_rings_once() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], Accepted("SM1"))])
    for hours in (71, 73, 80):
        with clock.at(NOON + dt.timedelta(hours=hours)):
            sweeps.sweep()
        assert state(row) == ("accepted" if hours < 72 else "unknown")
    assert CallTask.objects.count() == 1


def test_the_next_way_opens_when_the_first_one_fails() -> None:
    row = make_delivery()
    call = make_delivery(contact=row.contact, channel="call", state="held", reason="next way")
    Delivery.objects.filter(pk=call.pk).update(notification=row.notification, turn=2)
    outbox.settle([(begun()[0], PermanentFailure("21614"))])
    assert state(call) == "pending"
    assert not CallTask.objects.exists()


def test_stop_cancels_what_is_queued_and_later_words_do_not_begin() -> None:
    row = make_delivery()
    token = outbox.claim(duties=ALL, most=5)
    consequences.stop(row.contact.where_hash, channel="sms", said="STOP")
    assert outbox.begin(token) == []
    assert state(row) == "cancelled"


TOLD_OF_TEXTS = ("queued", "sending", "sent", "delivered", "undelivered", "failed")
TOLD_OF_CALLS = ("initiated", "ringing", "in-progress", "completed", "no-answer", "failed")
ENDS = {"delivered", "undelivered", "failed", "completed", "no-answer"}
KEPT = ("state", "reason", "is_conflict", "sid", "body")


class Receipts:
    """Applies a status to a row as it lies in the database; what came of it the last time is known by heart."""

    def __init__(self, monkeypatch, channel: str) -> None:
        self.row = make_delivery(channel=channel)
        outbox.settle([(begun()[0], Accepted("SM1"))])
        self.attempt = self.row.attempts.get()
        self.known: dict[tuple[tuple, str], tuple] = {}
        self.followed = 0
        for name in ("arrived", "failed"):
            monkeypatch.setattr(consequences, name, self.follow)

    def follow(self, *_: object) -> None:
        self.followed += 1

    def first(self) -> tuple:
        self.row.refresh_from_db()
        return (*(getattr(self.row, name) for name in KEPT), 0)

    def after(self, before: tuple, status: str) -> tuple:
        if (before, status) not in self.known:
            Delivery.objects.filter(pk=self.row.pk).update(**dict(zip(KEPT, before, strict=False)))
            self.followed = before[-1]
            DeliveryReceipt.objects.all().delete()
            receipts.apply(DeliveryReceipt.objects.create(attempt=self.attempt, sid="SM1", status=status))
            self.row.refresh_from_db()
            self.known[before, status] = (*(getattr(self.row, name) for name in KEPT), self.followed)
        return self.known[before, status]


@pytest.mark.parametrize(("channel", "statuses"), [("sms", TOLD_OF_TEXTS), ("call", TOLD_OF_CALLS)])
def test_every_order_of_up_to_six_receipts_and_every_repeat_ends_the_same(monkeypatch, channel, statuses) -> None:
    told = Receipts(monkeypatch, channel)
    start = told.first()
    ends: dict[frozenset[str], set[tuple]] = {}
    for size in range(1, 7):
        for order in itertools.product(statuses, repeat=size):
            here = start
            for status in order:
                here = told.after(here, status)
            state, _reason, is_conflict, *_, followed = here
            ends.setdefault(frozenset(order), set()).add((state, is_conflict))
            assert followed == bool(ENDS & set(order)), f"{order}: an end has one consequence"
    assert all(len(one) == 1 for one in ends.values()), {key: one for key, one in ends.items() if len(one) > 1}
    assert len(ends) == 2 ** len(statuses) - 1


@pytest.mark.parametrize("order", [("failed", "delivered"), ("delivered", "failed"), ("delivered", "undelivered")])
def test_of_two_ends_that_contradict_each_other_the_kinder_is_believed_and_it_is_shown(order: tuple[str, str]) -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], Accepted("SM1"))])
    for status in order:
        receipts.apply(DeliveryReceipt.objects.create(attempt=row.attempts.get(), sid="SM1", status=status))
    assert (state(row), row.is_conflict) == ("delivered", True)


@pytest.mark.parametrize("order", [("completed", "failed"), ("failed", "completed")])
def test_a_call_that_is_told_to_have_ended_in_two_ways_is_shown_whichever_came_first(order: tuple[str, str]) -> None:
    row = make_delivery(channel="call")
    outbox.settle([(begun()[0], Accepted("CA1"))])
    for status in order:
        receipts.apply(DeliveryReceipt.objects.create(attempt=row.attempts.get(), sid="CA1", status=status))
    assert (state(row), row.is_conflict) == ("undelivered", True)


def test_a_call_that_was_heard_and_then_ended_is_no_contradiction() -> None:
    row = make_delivery(channel="call")
    outbox.settle([(begun()[0], Accepted("CA1"))])
    receipts.reach(row, "delivered", sid="CA1")
    receipts.apply(DeliveryReceipt.objects.create(attempt=row.attempts.get(), sid="CA1", status="completed"))
    assert (state(row), row.is_conflict) == ("delivered", False)


def test_one_end_has_one_consequence_however_often_it_is_told() -> None:
    row = make_delivery()
    outbox.settle([(begun()[0], Accepted("SM1"))])
    for status in ("undelivered", "failed", "undelivered", "sent"):
        receipt = DeliveryReceipt(attempt=row.attempts.get(), sid="SM1", status=status, code="30003")
        DeliveryReceipt.objects.bulk_create([receipt], ignore_conflicts=True)
        for one in DeliveryReceipt.objects.filter(applied_at=None):
            receipts.apply(one)
    assert CallTask.objects.count() == 1
    assert state(row) == "undelivered"


def test_a_receipt_before_the_answer_settles_the_try_and_the_answer_changes_nothing() -> None:
    row = make_delivery()
    (one,) = begun()
    receipts.apply(DeliveryReceipt.objects.create(attempt=one.attempt, sid="SM1", status="delivered"))
    outbox.settle([(one, AmbiguousFailure("no_answer"))])
    assert (state(row), row.sid) == ("delivered", "SM1")


def test_delivered_news_is_on_the_timeline_once() -> None:
    child = make_person()
    row = make_delivery()
    type(row.notification).objects.update(subject=child)
    outbox.settle([(begun()[0], Accepted("SM1"))])
    for status in ("delivered", "sent", "delivered"):
        receipt, _ = DeliveryReceipt.objects.get_or_create(attempt=row.attempts.get(), sid="SM1", status=status)
        receipts.apply(receipt)
    assert child.timeline.count() == 1
    assert row.contact.where[-3:] not in child.timeline.get().words


def _rivals(count: int) -> list[str]:
    won, gate = [], threading.Barrier(count)

    def work() -> None:
        try:
            gate.wait()
            token = outbox.claim(duties=ALL, most=5)
            if token and outbox.begin(token):
                won.append(token)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


@pytest.mark.django_db(transaction=True)
def test_of_twenty_rival_dispatchers_one_wins_a_row() -> None:
    row = make_delivery(
        duty=Duty.CODE,
        not_before_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
    )
    assert len(_rivals(20)) == 1
    assert row.attempts.count() == 1
    assert connection.vendor in {"sqlite", "postgresql"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_rival_dispatchers_one_wins_a_row_on_postgresql() -> None:
    test_of_twenty_rival_dispatchers_one_wins_a_row()


def _stop_against_begin(rounds: int) -> set[tuple[str, int]]:
    """Let a STOP and a sender meet, again and again; give how each message ended and how often it began."""
    return {_meet(number) for number in range(rounds)}


def _meet(number: int) -> tuple[str, int]:
    contact = make_contact(number=f"07700 9007{number:02}")
    row = make_delivery(
        contact=contact, duty=Duty.CODE, not_before_at=LONG_AGO, expires_at=FAR_AHEAD, purpose="sign_in_code"
    )
    gate, begun_by_then = threading.Barrier(2), []

    def stop() -> None:
        gate.wait()
        texts.take_text(f"SM{number}", sender=contact.where, body="STOP")
        begun_by_then.append(DeliveryAttempt.objects.filter(delivery=row).count())
        connections.close_all()

    def send() -> None:
        gate.wait()
        token = outbox.claim(duties=ALL, most=5)
        if token:
            outbox.begin(token)
        connections.close_all()

    threads = [threading.Thread(target=work) for work in (stop, send)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert row.attempts.count() == begun_by_then[0], "a try began after the STOP was committed (N8)"
    return state(row), row.attempts.count()


LONG_AGO, FAR_AHEAD = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
def test_after_a_stop_nothing_begins_whoever_was_first() -> None:
    assert _stop_against_begin(10) <= {("cancelled", 0), ("sending", 1)}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_after_a_stop_nothing_begins_on_postgresql() -> None:
    assert _stop_against_begin(25) <= {("cancelled", 0), ("sending", 1)}
