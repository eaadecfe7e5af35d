"""A backup is restored over what was sent since: nothing but pages goes until the network was asked (H27, F19)."""

from __future__ import annotations

import datetime as dt
import json
import logging

import pytest
from django.core.management import CommandError, call_command

from notifications import restored
from notifications.actions import holds
from notifications.dispatcher import Dispatcher
from notifications.models import Delivery, DeliveryAttempt, Duty, InboundText, OptOut, SendingHold
from notifications.simulator import Simulator
from peer import clock, gate
from peer.models import AuditEvent, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_user
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db(transaction=True)

PAT, SAM, LANDLINE, LEE = "+447700900123", "+447700900124", "+441632960123", "+447700900999"
HOLD = "/staff/messages/hold/"


@pytest.fixture(autouse=True)
def by_day(settings):
    """Noon in London, for every thread of this process."""
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def mark(settings, tmp_path):
    settings.OUTBOX_MARK = str(tmp_path / "mark.json")
    return tmp_path / "mark.json"


@pytest.fixture
def robin(client) -> User:
    user = make_user(name="Robin", roles=(Role.SERVICE_MANAGER,))
    client.force_login(user)
    return user


def restore(backup: list[dict[str, object]]) -> None:
    """Put the rows back as they were when the backup was made; what came after it is gone."""
    DeliveryAttempt.objects.all().delete()
    for row in backup:
        Delivery.objects.filter(pk=row.pop("id")).update(**row)


def backed_up() -> list[dict[str, object]]:
    return list(Delivery.objects.values("id", "state", "sid", "tries", "lease_token", "reason", "body"))


def test_what_went_after_the_backup_does_not_go_twice_and_what_did_not_goes(
    site, network: Simulator, dispatcher: Dispatcher, mark, robin, client, caplog
) -> None:
    texted = make_delivery(contact=make_contact(number=PAT), body="robin: there is news.")
    called = make_delivery(contact=make_contact(number=LANDLINE), channel="call", body="There is news.")
    network.handset(LANDLINE, answers="nobody")
    backup = backed_up()
    while dispatcher.turn():
        pass
    eventually(lambda: len(network.texts(PAT)) == 1)
    eventually(lambda: not Delivery.objects.filter(state__in=["accepted", "sent"]).exists())
    restored.keep_mark()
    restore(backup)
    later = make_delivery(contact=make_contact(number=SAM), body="otter: there is news.")

    with caplog.at_level(logging.CRITICAL):
        restored.check()
    assert "older than the outbox mark" in caplog.text
    hold = SendingHold.objects.current().get()
    page = make_delivery(contact=make_contact(number=LEE), duty=Duty.PAGE, body="Meanwhile: you are needed now.")
    while dispatcher.turn():
        pass
    assert (network.texts(PAT), network.texts(SAM)) == (["robin: there is news."], [])
    assert network.texts(LEE) == [page.body]

    shown = client.get(HOLD).content.decode()
    assert "looks like a backup" in shown
    assert "News: on the list" in shown
    assert client.post(HOLD, {"reason": "It is fine."}).status_code == 422
    assert client.post(f"{HOLD}compare/").status_code == 302
    assert "Being compared since" in client.get(HOLD).content.decode()
    while SendingHold.objects.get().reconciled_at is None:
        dispatcher.compare()
    texted.refresh_from_db()
    called.refresh_from_db()
    assert (texted.state, called.state) == ("accepted", "accepted")
    assert SendingHold.objects.get().found == 2
    assert "2 messages had gone already" in client.get(HOLD).content.decode()
    assert dispatcher.turn() == 0

    empty = client.post(HOLD, {"reason": " "})
    assert (empty.status_code, "Say why." in empty.content.decode()) == (422, True)
    assert client.post(HOLD, {"reason": "Compared, and asked Kim."}).status_code == 302
    hold.refresh_from_db()
    assert (hold.ended_by, hold.ended_why) == (robin, "Compared, and asked Kim.")
    assert AuditEvent.objects.get(action="notifications.actions.holds.end").reason == "Compared, and asked Kim."
    while dispatcher.turn():
        pass
    assert network.texts(PAT) == ["robin: there is news."]
    assert network.texts(SAM) == [later.body]
    assert len([one for one in network.ledger(LANDLINE) if one["kind"] == "ringing"]) <= 1
    restored.check()
    assert not SendingHold.objects.current().exists()


def test_a_list_that_cannot_be_had_is_asked_for_again_and_nothing_goes(
    site, network, dispatcher, robin, client
) -> None:
    make_delivery(contact=make_contact(number=PAT))
    hold = holds.begin(gate.SERVICE, by=holds.OPERATOR, reason="restored")
    holds.compare(hold, by=robin)
    network.fault("list", "refuse_500")
    dispatcher.compare()
    hold.refresh_from_db()
    assert (hold.trouble, hold.reconciled_at) == ("500", None)
    assert "did not give its list (500)" in client.get(HOLD).content.decode()
    while SendingHold.objects.get().reconciled_at is None:
        dispatcher.compare()
    assert Delivery.objects.get().state == "pending"


def test_a_stop_of_after_the_backup_is_read_back_and_holds(site, network, dispatcher, robin) -> None:
    pat, sam = make_contact(number=PAT), make_contact(number=SAM)
    make_delivery(contact=pat, body="robin: there is news.")
    going = make_delivery(contact=sam, body="otter: there is news.")
    for number, words in ((PAT, "STOP"), (SAM, "STOP"), (SAM, "START"), (SAM, "I want to kill myself")):
        known = InboundText.objects.count()
        network.do(number, "text", body=words)
        eventually(lambda known=known: InboundText.objects.count() == known + 1)
    InboundText.objects.all().delete()
    OptOut.objects.all().delete()
    Delivery.objects.update(state="pending", reason="", body="otter: there is news.")
    hold = holds.begin(gate.SERVICE, by=holds.OPERATOR, reason="restored")
    holds.compare(hold, by=robin)
    while SendingHold.objects.get().reconciled_at is None:
        dispatcher.compare()
    assert OptOut.objects.current().values_list("where_hash", flat=True).distinct().get() == pat.where_hash
    assert [text.is_risk for text in InboundText.objects.order_by("pk")] == [False, False, False, True]
    assert list(Delivery.objects.filter(state="pending", duty=Duty.FAMILY).exclude(pk=going.pk)) == []
    again = InboundText.objects.count()
    restored.read_back(dispatcher._pool.run(dispatcher._texts.heard(since=restored.heard_since(hold))))
    assert InboundText.objects.count() == again


def test_an_e_mail_of_before_the_restore_is_not_sent_again_and_the_next_way_follows(robin) -> None:
    row = make_delivery()
    Delivery.objects.filter(pk=row.pk).update(channel="email")
    hold = holds.begin(gate.SERVICE, by=holds.OPERATOR, reason="restored")
    holds.compare(hold, by=robin)
    assert restored.held(hold) == []
    restored.finish(hold)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("unknown", "before the restore")
    assert row.notification.recipient.call_tasks.filter(about="not_reached").exists()


def attempt(token: str = "t1") -> DeliveryAttempt:
    return DeliveryAttempt.objects.create(token=token, delivery=make_delivery(state="sent"), begun_at=clock.now())


@pytest.mark.parametrize("case", ["known", "no file", "nonsense", "half", "another database"])
def test_no_hold_where_nothing_is_lost_or_nothing_can_be_told(mark, case: str) -> None:
    attempt()
    restored.keep_mark()
    if case == "no file":
        mark.unlink()
    elif case == "nonsense":
        mark.write_text("[]x")
    elif case == "half":
        mark.write_text(json.dumps({"token": "t1"}))
    elif case == "another database":
        mark.write_text(json.dumps(json.loads(mark.read_text()) | {"database": "2020", "token": "t9"}))
    restored.check()
    assert not SendingHold.objects.exists()


def test_the_mark_stays_as_it_is_while_a_hold_lasts_and_a_second_start_holds_once(mark) -> None:
    attempt()
    restored.keep_mark()
    DeliveryAttempt.objects.all().delete()
    restored.check()
    restored.check()
    assert SendingHold.objects.count() == 1
    attempt("page of after")
    restored.keep_mark()
    assert json.loads(mark.read_text())["token"] == "t1"


def test_the_command_holds_compares_and_ends(capsys) -> None:
    with pytest.raises(CommandError, match="Say why"):
        call_command("hold")
    with pytest.raises(CommandError, match="not on hold"):
        call_command("hold", "--compare")
    call_command("hold", "--because", "restored from the backup of Tuesday")
    with pytest.raises(CommandError, match="already"):
        call_command("hold", "--because", "again")
    with pytest.raises(CommandError, match="Compare with the network first"):
        call_command("hold", "--end", "--because", "x")
    call_command("hold", "--compare")
    restored.finish(SendingHold.objects.get())
    call_command("hold", "--end", "--because", "compared")
    assert "Messages go again." in capsys.readouterr().out
    hold = SendingHold.objects.get()
    assert (hold.why, hold.ended_why, hold.ended_by) == ("restored from the backup of Tuesday", "compared", None)


@pytest.mark.parametrize("role", [None, Role.CO_ORDINATOR, Role.CLINICIAN], ids=str)
def test_for_anybody_else_there_is_no_such_page(client, role) -> None:
    holds.begin(gate.SERVICE, by=holds.OPERATOR, reason="restored")
    user = make_user(roles=(role,) if role else ())
    client.force_login(user)
    assert client.get(HOLD).status_code == 404
    assert client.post(f"{HOLD}compare/").status_code == 404
    with pytest.raises(gate.NotAllowed):
        holds.end(SendingHold.objects.get(), by=user, reason="x")


def test_without_a_hold_the_page_says_so_and_comparing_is_no_page(client, robin) -> None:
    assert "Nothing is on hold" in client.get(HOLD).content.decode()
    assert client.post(f"{HOLD}compare/").status_code == 404
    assert "Messages on hold" in client.get("/staff/messages/").content.decode()
    hold = holds.begin(gate.SERVICE, by=robin, reason="x")
    assert "only urgent pages leave" in client.get("/staff/messages/").content.decode()
    SendingHold.objects.update(ended_at=clock.now())
    with pytest.raises(RuleBroken):
        holds.compare(hold, by=robin)
