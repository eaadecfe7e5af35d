"""E-mail over real SMTP: what is taken, what is refused, what goes wrong on demand, what is remembered."""

import asyncio
import re
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
import requests
from aiosmtpd.smtp import Envelope, Session
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from notifications.simulator import Simulator, start
from notifications.simulator.ledger import Entry, Kind
from notifications.simulator.mail import Connection, Post
from notifications.simulator.network import Network
from notifications.simulator.settings import Settings
from tests.journeys.browser.conftest import RULES

from .conftest import PAT, SERVICE, client_of, eventually, lines
from .test_pages import shown
from .test_process import KEYS, run

JO = "jo@example.org"
SAM = "sam@family.example"
NEWS = "news@example.com"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Run one network with a mail server for this module."""
    ledger = tmp_path_factory.mktemp("mail") / "ledger.jsonl"
    with start(ledger=ledger, smtp=True, options=("--service-number", SERVICE)) as simulator:
        yield simulator


@contextmanager
def caller(simulator: Simulator) -> Iterator[smtplib.SMTP]:
    """Speak to the mail server and hang up afterwards, whatever is left of the connection."""
    address = urlsplit(simulator.smtp_url)
    smtp = smtplib.SMTP(str(address.hostname), address.port or 0, local_hostname="localhost", timeout=10)
    try:
        yield smtp
    finally:
        smtp.close()


def letter(
    text: str = "Hello Jo,\n\nthere is news.\n", *, to: str = JO, subject: str = "News", **more: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Heron <{NEWS}>", to, subject
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def send(simulator: Simulator, message: EmailMessage | bytes, *, to: str = JO) -> None:
    with caller(simulator) as smtp:
        content = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
        smtp.sendmail(NEWS, [to], content)


def code(simulator: Simulator, to: str) -> int:
    """Say what RCPT is answered with."""
    with caller(simulator) as smtp:
        smtp.ehlo()
        smtp.mail(NEWS)
        return smtp.rcpt(to)[0]


def test_a_letter_is_on_the_disk_when_the_server_says_yes(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with start(ledger=path, smtp=True) as simulator:
        send(simulator, letter(Message_ID="<one@meanwhile.example>", X_Attempt="a1"), to="Jo@Example.org")
        entry = lines(path)[0]
    assert {name: entry[name] for name in entry if name not in {"seq", "at"}} == {
        "to": JO,
        "kind": "email",
        "sid": "one@meanwhile.example",
        "service": NEWS,
        "body": "News\n\nHello Jo,\n\nthere is news.",
        "attempt": "a1",
        "callback": "",
        "name": "Heron",
    }


def test_without_the_option_there_is_no_mail_server(tmp_path: Path) -> None:
    with start(ledger=tmp_path / "l.jsonl") as simulator:
        assert simulator.smtp_url == ""
        assert simulator.base_url.startswith("http://127.0.0.1:")


def test_its_one_line_names_both_addresses(simulator: Simulator) -> None:
    assert simulator.smtp_url.startswith("smtp://127.0.0.1:")
    assert simulator.ask("GET", "/healthz")["status"] == "ok"


def test_what_a_letter_does_not_say_is_taken_from_the_envelope_or_invented(simulator: Simulator) -> None:
    send(simulator, b"\r\nOnly words\r\n")
    entry = simulator.ledger(JO)[0]
    assert (entry["service"], entry["body"], entry["attempt"], entry["name"]) == (NEWS, "\n\nOnly words", "", "")
    assert "@" in entry["sid"]


def test_the_plain_part_of_a_letter_in_two_forms_is_kept_in_every_script(simulator: Simulator) -> None:
    message = letter("Waad ku mahadsan tahay ❤ 'quoted' \\\n.\nlast line", subject="Warar cusub — ✉")
    message.add_alternative("<p>Not this</p>", subtype="html")
    send(simulator, message)
    assert simulator.letters(JO) == ["Warar cusub — ✉\n\nWaad ku mahadsan tahay ❤ 'quoted' \\\n.\nlast line"]


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: \xff\xfe raw\r\nContent-Type: text/plain; charset=nobody-knows\r\n\r\n\xff\xc3\xa9\r\n",
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800\r\n",
        b"From: \r\nMessage-ID: <x>y\r\nContent-Type: multipart/mixed\r\n\r\nno parts\r\n",
        b"From: @@,;<>\r\nSubject: =?utf-8?b?w?=\r\n\r\nx\r\n",
    ],
)
def test_odd_letters_are_kept_and_the_network_goes_on(simulator: Simulator, content: bytes) -> None:
    send(simulator, content)
    send(simulator, letter())
    assert len(simulator.letters(JO)) == 2
    assert "News" in requests.get(f"{simulator.base_url}/handset/{JO}", timeout=5).text


def test_a_letter_whose_headers_nobody_can_read_is_refused(simulator: Simulator) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(simulator, b"Message-ID: <\r\n\r\nx\r\n")
    assert refused.value.smtp_code == 554
    assert simulator.ledger() == []


def test_a_second_letter_with_the_same_id_is_a_second_entry(simulator: Simulator) -> None:
    for _ in range(2):
        send(simulator, letter(Message_ID="<same@meanwhile.example>"))
    assert [entry["sid"] for entry in simulator.ledger(JO, "email")] == ["same@meanwhile.example"] * 2


def test_one_letter_goes_to_one_address(simulator: Simulator) -> None:
    with caller(simulator) as smtp:
        refused = smtp.sendmail(NEWS, [JO, SAM], letter().as_bytes(policy=SMTP))
    assert {to: answer[0] for to, answer in refused.items()} == {SAM: 452}
    assert [entry["to"] for entry in simulator.ledger()] == [JO]


@pytest.mark.parametrize("to", [JO, "O'Brien+list@Example.NET", "a@deep.er.test", SAM, "root@localhost"])
def test_invented_addresses_are_taken(simulator: Simulator, to: str) -> None:
    assert code(simulator, to) == 250


@pytest.mark.parametrize(
    "to",
    [
        "jo@gmail.com",
        "jo@example.org.uk",
        "jo@notexample.org",
        "jo@test",
        "jo@example.co",
        "jo@[127.0.0.1]",
        "jo",
        '"a b"@example.org',
        "jo/../x@example.org",
    ],
)
def test_addresses_that_may_be_somebodys_are_refused(simulator: Simulator, to: str) -> None:
    assert code(simulator, to) == 550
    assert simulator.ledger() == []


def test_injected_headers_stay_words(simulator: Simulator) -> None:
    hidden = "=?utf-8?q?Hi=0D=0AX-Attempt:_forged=0D=0A=0D=0A<script>alert(1)</script>?="
    content = f"From: {NEWS}\r\nSubject: {hidden}\r\nX-Attempt: a1\r\n\r\n<b>Bold</b>\r\nX-Attempt: a2\r\n"
    send(simulator, content.encode())
    entry = simulator.ledger(JO)[0]
    assert entry["attempt"] == "a1"
    assert entry["body"].startswith("Hi X-Attempt: forged <script>alert(1)</script>\n\n<b>Bold</b>")
    text = requests.get(f"{simulator.base_url}/handset/{JO}", timeout=5).text
    assert "<script>alert" not in text
    assert "<b>Bold" not in text


def test_a_letter_over_one_megabyte_is_refused_said_or_unsaid(simulator: Simulator) -> None:
    large = letter("word " * 15 + "\n").as_bytes(policy=SMTP) + b"word word word word\r\n" * 60_000
    with caller(simulator) as smtp, pytest.raises(smtplib.SMTPSenderRefused) as said:
        smtp.sendmail(NEWS, [JO], large)
    assert said.value.smtp_code == 552
    with caller(simulator) as smtp:
        smtp.helo()
        smtp.mail(NEWS)
        smtp.rcpt(JO)
        assert smtp.data(large)[0] == 552
    assert simulator.ledger() == []
    send(simulator, letter())


@pytest.mark.parametrize(("do", "answer"), [("refuse_now", 451), ("refuse", 550)])
def test_an_address_can_be_refused_for_now_or_for_good(simulator: Simulator, do: str, answer: int) -> None:
    simulator.fault("email", do, to="Jo@example.org", times=2)
    assert [code(simulator, to) for to in (SAM, JO, JO, JO)] == [250, answer, answer, 250]
    assert simulator.ledger() == []


def test_a_busy_server_says_so_and_hangs_up(simulator: Simulator) -> None:
    simulator.fault("email", "busy")
    with caller(simulator) as smtp:
        smtp.ehlo()
        assert smtp.mail(NEWS)[0] == 421
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.noop()
    send(simulator, letter())
    assert len(simulator.letters(JO)) == 1


@pytest.mark.parametrize(("do", "arrived"), [("accept_then_reset", 1), ("reset", 0)])
def test_a_cut_connection_gives_no_answer(simulator: Simulator, do: str, arrived: int) -> None:
    simulator.fault("email", do, to=JO)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(simulator, letter())
    assert len(simulator.letters(JO)) == arrived
    send(simulator, letter())
    assert len(simulator.letters(JO)) == arrived + 1


def test_an_answer_can_be_late_while_others_are_served(simulator: Simulator) -> None:
    simulator.fault("email", "slow_ms", to=JO, ms=3000)
    late = threading.Thread(target=send, args=(simulator, letter()))
    late.start()
    eventually(lambda: simulator.letters(JO))
    send(simulator, letter(to=SAM), to=SAM)
    assert late.is_alive()
    late.join(10)
    assert not late.is_alive()


def test_a_caller_who_gives_up_waiting_has_sent_it_all_the_same(simulator: Simulator) -> None:
    simulator.fault("email", "slow_ms", ms=60_000)
    with caller(simulator) as smtp:
        smtp.ehlo()
        smtp.sock.settimeout(0.5)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.sendmail(NEWS, [JO], letter().as_bytes(policy=SMTP))
    assert len(simulator.letters(JO)) == 1


def test_a_caller_who_hangs_up_during_the_writing_breaks_neither_it_nor_the_next(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"

    async def write() -> None:
        network = Network(Settings(account_sid="AC1", auth_token="x", ledger=path))
        network.ledger._write = partial(_slowly, network.ledger._write)  # type: ignore[method-assign]
        envelope = Envelope()
        envelope.rcpt_tos, envelope.original_content = [JO], letter().as_bytes(policy=SMTP)
        caller = asyncio.create_task(Post(network).handle_DATA(cast(Connection, None), Session(None), envelope))
        await asyncio.sleep(0.1)
        caller.cancel()
        await network.ledger.record(Kind.TEXT, to=PAT, sid="SM1", service=SERVICE)
        await network.close()

    asyncio.run(write())
    assert [line["seq"] for line in lines(path)] == [1, 2]


def _slowly(write: Callable[[Iterable[Entry]], None], batch: Iterable[Entry]) -> None:
    batch = list(batch)
    time.sleep(0.5 if batch[0].seq == 1 else 0)
    write(batch)


def test_a_letter_that_was_not_ended_is_none(simulator: Simulator) -> None:
    with caller(simulator) as smtp:
        smtp.ehlo()
        smtp.mail(NEWS)
        smtp.rcpt(JO)
        smtp.putcmd("data")
        smtp.getreply()
        smtp.send(b"Subject: half\r\n\r\nHal")
    send(simulator, letter())
    assert simulator.letters(JO) == ["News\n\nHello Jo,\n\nthere is news."]


@pytest.mark.parametrize(
    "rule",
    [
        {"match": {"kind": "email"}, "do": "refuse_500"},
        {"match": {"kind": "sms"}, "do": "busy"},
        {"match": {"kind": "email", "to": JO}, "do": "busy"},
    ],
)
def test_a_rule_that_no_mail_server_could_follow_is_refused_in_a_sentence(simulator: Simulator, rule: object) -> None:
    answer = requests.post(simulator.base_url + "/faults", json=[rule], timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert simulator.ask("GET", "/faults") == {"faults": []}


def test_letters_and_mailboxes_survive_a_kill_a_cut_line_and_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with start(ledger=path, smtp=True) as simulator:
        send(simulator, letter())
        simulator.process.kill()
        simulator.process.wait()
    before = [{name: value for name, value in line.items() if name != "name"} for line in lines(path)]
    with path.open("a") as file:
        file.write('{"seq": 99, "to": "jo@exa')  # a line cut by the crash
    with start(ledger=path, smtp=True) as simulator:
        assert [phone["number"] for phone in simulator.ask("GET", "/handsets.json")["handsets"]] == [JO]
        assert {name: value for name, value in simulator.ledger(JO)[0].items() if name != "name"} == before[0]
        send(simulator, letter(subject="After"))
        client_of(simulator).messages.create(to=PAT, messaging_service_sid="MG" + "0" * 32, body="Hello")
        assert [entry["seq"] for entry in simulator.ledger()] == [1, 2, 3]
        assert simulator.ledger(PAT)[0]["service"] == ""  # the address that wrote the letters is no number to text from
    assert [line["kind"] for line in lines(path)] == ["email", "email", "text"]


def test_a_mailbox_is_named_and_asked_for_however_its_address_is_written(simulator: Simulator) -> None:
    simulator.handset("Jo+News@Example.org", name="Jo Ray")
    simulator.ask("POST", "/handsets", [{"number": SAM, "name": "Sam"}, {"number": PAT, "name": "Pat"}])
    phones = simulator.ask("GET", "/handsets.json")["handsets"]
    assert [(phone["number"], phone["name"]) for phone in phones] == [
        ("jo+news@example.org", "Jo Ray"),
        (SAM, "Sam"),
        (PAT, "Pat"),
    ]
    send(simulator, letter(), to="jo+news@example.org")
    assert simulator.letters("Jo+News@example.org") == ["News\n\nHello Jo,\n\nthere is news."]
    found = requests.get(f"{simulator.base_url}/ledger.json?to=jo+news@example.org&kind=email", timeout=5).json()
    assert found["entries"] == 1
    refused = requests.put(f"{simulator.base_url}/handsets/jo@gmail.com", json={"name": "Jo"}, timeout=5)
    assert refused.status_code == 400
    assert refused.json()["error"].endswith("an address like pat@example.org.")


def test_its_port_is_this_machines_only_and_said_when_taken(tmp_path: Path) -> None:
    options = ["--ledger", str(tmp_path / "l.jsonl"), *KEYS, "--port", "0"]
    refused = run(*options, "--smtp-port", "0", "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "listens on the machine itself only" in refused.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run(*options, "--smtp-port", port)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used")


def test_a_mailbox_is_a_phone_in_the_list_with_its_newest_subject_and_how_many_are_new(simulator: Simulator) -> None:
    simulator.handset(JO, name="Jo Ray")
    for subject in ("First", "Second"):
        send(simulator, letter(subject=subject))
    text = shown(simulator, "/?find=JO@example")
    assert [word in text for word in ("Jo Ray", JO, "Second", "2 new", "there is news")] == [True] * 4 + [False]
    shown(simulator, f"/handset/{JO}")
    assert "new</span>" not in shown(simulator, "/")


def test_a_mailbox_shows_letters_newest_first_with_live_links_and_nothing_to_write_or_ring(
    simulator: Simulator,
) -> None:
    send(simulator, letter("Old words", subject="Old"))
    send(simulator, letter("Sign in:\nhttp://localhost:8000/s/7kq2\n<b>Bold</b> & so on", subject="<i>New</i> & news"))
    text = shown(simulator, f"/handset/{JO}")
    assert '<a href="http://localhost:8000/s/7kq2" rel="noreferrer">' in text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; so on" in text
    subjects = re.findall(r'<h2 class="letter-subject">(.*?)</h2>', text)
    assert subjects == ["&lt;i&gt;New&lt;/i&gt; &amp; news", "Old"]
    assert [word in text for word in ("<form", "<textarea", 'id="call"')] == [False] * 3


def test_the_lock_screen_of_a_mailbox_tells_sender_and_subject_only(simulator: Simulator) -> None:
    send(simulator, letter("Only for Jo"))
    lock = shown(simulator, f"/handset/{JO}").partition('id="lock"')[2]
    assert [word in lock for word in ("Heron", "News", NEWS, "Only for Jo")] == [True, True, False, False]


@pytest.mark.parametrize("what", ["text", "ring", "answer"])
def test_a_mailbox_neither_writes_nor_rings(simulator: Simulator, what: str) -> None:
    address = f"{simulator.base_url}/handset/{JO}/{what}"
    refused = requests.post(address, json={"to": SERVICE, "body": "Hello"}, timeout=5)
    assert (refused.status_code, refused.json()["error"][-1]) == (409, ".")
    assert requests.post(address, data={"to": SERVICE, "body": "Hello"}, timeout=5).status_code == 404
    assert simulator.ledger() == []


@pytest.mark.parametrize("address", ["jo@gmail.com", "jo@", "@example.org"])
def test_an_address_that_may_be_somebodys_has_no_page(simulator: Simulator, address: str) -> None:
    assert requests.get(f"{simulator.base_url}/handset/{address}", timeout=5).status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_mailboxes_are_clean_and_fit_a_small_phone(
    simulator: Simulator, new_context: Callable[..., BrowserContext], scheme: str
) -> None:
    long = "a-very-long-name.of-somebody@a-long-domain-name.somewhere-else.example"
    send(
        simulator,
        letter("See http://localhost:8000/s/7kq2-and-a-long-address-here-that-does-not-end", subject="x" * 60),
    )
    for width in (1280, 320):
        tab = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
        for path in ("/", f"/handset/{JO}", f"/handset/{long}"):
            tab.goto(simulator.base_url + path)
            tab.wait_for_timeout(200)
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert Axe().run(tab, options=RULES).response["violations"] == []


@pytest.mark.browser
def test_a_letter_arrives_while_somebody_looks(simulator: Simulator, page: Page) -> None:
    page.goto(f"{simulator.base_url}/handset/{JO}")
    page.get_by_text("No letters yet.").wait_for()
    send(simulator, letter())
    page.get_by_role("heading", name="News").wait_for()
    assert page.locator("#news").inner_text() == "New e-mail from Heron: News"
