"""The real telephone network of the simulator, beside the real site, for tests of this package."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from notifications.dispatcher import Dispatcher
from notifications.models import Duty
from notifications.simulator import Simulator, start

SERVICE, SECOND = "+447700900001", "+447700900002"


@pytest.fixture(scope="module")
def network_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for the tests of a module."""
    folder = tmp_path_factory.mktemp("network")
    (folder / "second.pem").write_text(second_keys()[1])
    options = ("--ring-seconds", "6000", "--service-number", SERVICE, "--second-key", str(folder / "second.pem"))
    with start(ledger=folder / "ledger.jsonl", smtp=True, options=options) as simulator:
        yield simulator


@cache
def second_keys() -> tuple[str, str]:
    """Make the private and the public key of an application of the second network."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode(), public.decode()


@pytest.fixture
def second(network: Simulator, settings) -> Simulator:
    """The same phones behind a second network too."""
    settings.VONAGE_BASE_URL = network.base_url
    settings.VONAGE_API_KEY = settings.VONAGE_APPLICATION_ID = network.account_sid
    settings.VONAGE_API_SECRET = network.auth_token
    settings.VONAGE_PRIVATE_KEY = second_keys()[0]
    settings.VONAGE_FROM = SECOND
    return network


@pytest.fixture
def network(network_process: Simulator, settings) -> Iterator[Simulator]:
    """The network, empty, with the settings that reach it; it falls silent before the rows it tells of are gone."""
    network_process.reset()
    settings.TWILIO_BASE_URL = network_process.base_url
    settings.TWILIO_ACCOUNT_SID = network_process.account_sid
    settings.TWILIO_AUTH_TOKEN = network_process.auth_token
    settings.TWILIO_FROM = SERVICE
    settings.EMAIL_URL = network_process.smtp_url
    settings.EMAIL_HOST, settings.EMAIL_PORT = network_process.smtp_url.removeprefix("smtp://").split(":")
    yield network_process
    network_process.reset()


@pytest.fixture
def site(live_server, network: Simulator, settings) -> str:
    """The site on a port of its own, to which the network calls back."""
    settings.PUBLIC_BASE_URL = live_server.url
    network.webhooks(sms=f"{live_server.url}/webhooks/twilio/sms/", voice=f"{live_server.url}/webhooks/twilio/voice/")
    return str(live_server.url)


@pytest.fixture
def dispatcher(network: Simulator) -> Iterator[Dispatcher]:
    """A sender of everything, over real HTTP."""
    made = Dispatcher(duties=tuple(Duty), connections=5)
    yield made
    made.close()


def eventually(true: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.03)
