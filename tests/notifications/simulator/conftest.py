"""A real simulator as a child process, and a real service that it calls back."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from notifications.simulator import Simulator, start
from tests.journeys.browser.conftest import FLAGS

PAT = "+447700900101"
LEE = "+447700900102"
SERVICE = "+442079460100"


class Service:
    """A small web service that notes every signed request and answers with scripts."""

    def __init__(self, token: str) -> None:
        self.requests: list[tuple[str, dict[str, str], bool]] = []
        self.scripts: dict[str, str | Callable[[dict[str, str]], str]] = {}
        self.status = 200
        service, validator = self, RequestValidator(token)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                form = dict(parse_qsl(raw, keep_blank_values=True))
                signed = validator.validate(service.url + self.path, form, self.headers.get("X-Twilio-Signature", ""))
                service.requests.append((self.path, form, signed))
                script = service.scripts.get(self.path.partition("?")[0], "<Response/>")
                body = (script if isinstance(script, str) else script(form)).encode()
                self.send_response(service.status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def forms(self, path: str) -> list[dict[str, str]]:
        """Return the forms that came to one path, in order."""
        return [form for at, form, _ in list(self.requests) if at.partition("?")[0] == path]

    def values(self, path: str, name: str) -> list[str]:
        """Return one field of those forms."""
        return [form.get(name, "") for form in self.forms(path)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def eventually(true: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    """Drive the machine's own Chromium, with everything off that talks to its maker."""
    return {**browser_type_launch_args, "executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    ledger = tmp_path_factory.mktemp("simulator") / "ledger.jsonl"
    with start(ledger=ledger, options=("--ring-seconds", "6000", "--service-number", SERVICE)) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator, service: Service) -> Simulator:
    running.reset()
    running.webhooks(sms=service.url + "/sms", voice=service.url + "/voice")
    return running


@pytest.fixture
def service(running: Simulator) -> Iterator[Service]:
    service = Service(running.auth_token)
    yield service
    service.close()


@pytest.fixture
def client(simulator: Simulator) -> Client:
    return client_of(simulator)


def client_of(simulator: Simulator) -> Client:
    client = Client(simulator.account_sid, simulator.auth_token)
    client.api.base_url = simulator.base_url
    return client


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a ledger file."""
    return [json.loads(line) for line in path.read_text().splitlines()]
