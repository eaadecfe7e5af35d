"""The simulator as a child process, with the few questions that tests and fault runs ask it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "0" * 31 + "2"
HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    base_url: str
    account_sid: str
    auth_token: str
    process: "subprocess.Popen[str]"
    smtp_url: str = ""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Make one control request and return its JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.base_url + path, data=data, method=method, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            return json.loads(response.read())

    def ledger(self, to: str = "", kind: str = "") -> list[dict[str, Any]]:
        """Return what was received, oldest first: by one handset or by all."""
        found = self.ask("GET", "/ledger.json?" + urlencode({"to": to, "kind": kind}))
        return sorted((entry for entries in found["handsets"].values() for entry in entries), key=lambda e: e["seq"])

    def texts(self, to: str = "") -> list[str]:
        """Return the bodies of the texts that arrived."""
        return [entry["body"] for entry in self.ledger(to, "text")]

    def letters(self, to: str = "") -> list[str]:
        """Return the e-mails that arrived: of each its subject, an empty line, its words."""
        return [entry["body"] for entry in self.ledger(to, "email")]

    def handset(self, number: str, **settings: object) -> None:
        """Name a phone or mailbox, or change how it behaves: name, answers, keys, says, after_ms."""
        self.ask("PUT", f"/handsets/{quote(number)}", settings)

    def fault(self, kind: str, do: str, *, to: str = "", times: int = 1, **options: object) -> None:
        """Let the next request, callback or e-mail of a kind go wrong."""
        match = {"kind": kind} | ({"to": to} if to else {})
        self.ask("POST", "/faults", [{"match": match, "times": times, "do": do, **options}])

    def do(self, number: str, what: str, **values: object) -> Any:
        """Do something with a phone: text, ring, answer, decline, voicemail, press, say or hangup."""
        return self.ask("POST", f"/handset/{quote(number)}/{what}", values)

    def webhooks(self, *, sms: str = "", voice: str = "") -> None:
        """Say where texts and calls from handsets go."""
        self.ask("PUT", "/webhooks", {name: url for name, url in (("sms", sms), ("voice", voice)) if url})

    def reset(self) -> None:
        """Begin again with an empty ledger."""
        self.ask("POST", "/reset")


@contextmanager
def start(
    *,
    ledger: Path,
    port: int = 0,
    account_sid: str = ACCOUNT_SID,
    auth_token: str = AUTH_TOKEN,
    pace: float = 0.01,
    smtp: bool = False,
    options: tuple[str, ...] = (),
) -> Iterator[Simulator]:
    """Start the simulator as a child, with a mail server if `smtp`, wait until it is ready, and end it afterwards."""
    process = launch(
        ledger=ledger,
        port=port,
        account_sid=account_sid,
        auth_token=auth_token,
        options=("--pace", str(pace), *(("--smtp-port", "0") if smtp else ()), *options),
    )
    try:
        yield ready(process, account_sid=account_sid, auth_token=auth_token)
    finally:
        stop(process)


def launch(
    *, ledger: Path, port: int, account_sid: str, auth_token: str, options: tuple[str, ...] = ()
) -> "subprocess.Popen[str]":
    """Start the process without waiting for it; it ends by itself when its parent is gone."""
    credentials = {"TWILIO_ACCOUNT_SID": account_sid, "TWILIO_AUTH_TOKEN": auth_token}
    command = [sys.executable, "-m", "notifications.simulator", "--port", str(port), "--ledger", str(ledger)]
    return subprocess.Popen(
        [*command, "--parent", str(os.getpid()), *options],
        cwd=HERE,
        env=os.environ | credentials,
        stdout=subprocess.PIPE,
        text=True,
    )


def ready(process: "subprocess.Popen[str]", *, account_sid: str, auth_token: str) -> Simulator:
    """Wait for the process's one line and read its addresses from it."""
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("simulator ready "):
        raise RuntimeError("The simulator did not start; its reason is on standard error.")
    base_url, smtp_url = (*line.split()[2:], "")[:2]
    return Simulator(base_url, account_sid, auth_token, process, smtp_url)


def stop(process: "subprocess.Popen[str]") -> None:
    """End the process, gently first."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
