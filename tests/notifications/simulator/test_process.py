"""The simulator as a process: quick to start, quick to end, at home only, and with a memory."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from notifications.simulator import start

from .conftest import LEE, PAT, SERVICE, client_of, eventually, lines

COMMAND = [sys.executable, "-m", "notifications.simulator"]
KEYS = ["--account-sid", "AC" + "1" * 32, "--auth-token", "secret"]


def answers(address: str) -> bool:
    try:
        return requests.get(address + "/healthz", timeout=1).ok
    except requests.ConnectionError:
        return False


def run(*options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=10, env=clean | environment)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_quickly_and_ends_quickly_even_with_open_requests(tmp_path: Path, how: signal.Signals) -> None:
    begun = time.monotonic()
    with start(ledger=tmp_path / "l.jsonl") as simulator:
        started = time.monotonic() - begun
        simulator.fault("sms", "accept_then_hang")
        with pytest.raises(requests.Timeout):
            requests.post(
                f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
                data={"To": PAT, "From": SERVICE, "Body": "x"},
                auth=(simulator.account_sid, simulator.auth_token),
                timeout=0.3,
            )
        begun = time.monotonic()
        simulator.process.send_signal(how)
        assert simulator.process.wait(5) == 0
        assert time.monotonic() - begun < 1.5  # the goal is one second; two busy cores are allowed some slack
    assert started < 3


def test_its_one_line_names_the_address(tmp_path: Path) -> None:
    with start(ledger=tmp_path / "l.jsonl") as simulator:
        assert simulator.base_url.startswith("http://127.0.0.1:")
        assert simulator.ask("GET", "/healthz")["status"] == "ok"


def test_it_refuses_any_address_but_this_machine_and_missing_credentials(tmp_path: Path) -> None:
    ledger = ["--ledger", str(tmp_path / "l.jsonl")]
    for host in ("0.0.0.0", "192.168.1.5", "example.org"):
        refused = run(*ledger, *KEYS, "--host", host)
        assert refused.returncode == 2
        assert "listens on the machine itself only" in refused.stderr
    assert "TWILIO_ACCOUNT_SID" in run(*ledger).stderr


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("--ledger", str(tmp_path / "l.jsonl"), *KEYS, "--port", port)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used")
    assert "Traceback" not in refused.stderr


def test_it_ends_when_its_parent_is_gone(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from notifications.simulator.process import launch, ready;"
        "p = launch(ledger=Path(sys.argv[1]), port=0, account_sid='AC1', auth_token='x');"
        "print(ready(p, account_sid='AC1', auth_token='x').base_url, flush=True); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "l.jsonl")], stdout=subprocess.PIPE, text=True, timeout=10
    )
    eventually(lambda: not answers(done.stdout.strip()))


def test_what_was_accepted_survives_a_kill_and_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with start(ledger=path) as simulator:
        client = client_of(simulator)
        sid = client.messages.create(to=PAT, from_=SERVICE, body="Before").sid
        simulator.do(LEE, "text", to=SERVICE, body="STOP")
        simulator.process.kill()
        simulator.process.wait()
    with path.open("a") as file:
        file.write('{"seq": 99, "to": "+4477')  # a line cut by the crash
    with start(ledger=path) as simulator:
        client = client_of(simulator)
        client.messages.create(to=PAT, from_=SERVICE, body="After")
        assert [entry["seq"] for entry in simulator.ledger()] == [1, 2, 3, 4]
        assert simulator.texts(PAT) == ["Before", "After"]
        assert client.messages(sid).fetch().status == "delivered"
        assert [message.body for message in client.messages.list(to=PAT)] == ["After", "Before"]
        with pytest.raises(TwilioRestException) as blocked:
            client.messages.create(to=LEE, from_=SERVICE, body="No")
        assert blocked.value.code == 21610
    assert [line["body"] for line in lines(path) if line["kind"] == "text"] == ["Before", "After"]


def test_it_stands_alone() -> None:
    script = "import sys, notifications.simulator.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("notifications.")}
    assert {name for name in ours if not name.startswith("notifications.simulator")} == set()
    assert {"django", "twilio", "peer", "moderation", "cms"}.isdisjoint(done.stdout.split())


def test_it_keeps_the_products_clock(tmp_path: Path) -> None:
    with start(ledger=tmp_path / "l.jsonl", options=("--clock-offset", "86400")) as simulator:
        client = client_of(simulator)
        first = client.messages.create(to=PAT, from_=SERVICE, body="Tomorrow").date_created
        simulator.ask("PUT", "/clock", {"offset_seconds": 2 * 86400})
        second = client.messages.create(to=PAT, from_=SERVICE, body="The day after").date_created
        assert first is not None
        assert second is not None
        assert 86390 < (second - first).total_seconds() < 86410


def test_it_reads_the_products_clock_from_the_shared_file(tmp_path: Path) -> None:
    shared = tmp_path / "clock-offset"
    with start(ledger=tmp_path / "l.jsonl", options=("--clock-file", str(shared))) as simulator:
        before = datetime.fromisoformat(simulator.ask("GET", "/healthz")["now"])
        shared.write_text("7200.0")
        after = datetime.fromisoformat(simulator.ask("GET", "/healthz")["now"])
    assert 7190 < (after - before).total_seconds() < 7210
