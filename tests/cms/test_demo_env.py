"""The demo settles what it may touch before settings are read, and says no in one plain sentence."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from cms import demo_env, servers


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let each test change the environment and leave it as it was."""
    for name, value in {"STATE_DIR": str(tmp_path), "ENVIRONMENT": "test", "TWILIO_BASE_URL": ""}.items():
        monkeypatch.setenv(name, value)
    for name in (*demo_env.NEVER, "PUBLIC_BASE_URL", "SIMULATOR_URL"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
        monkeypatch.delenv(name)


@pytest.mark.parametrize("address", ["https://api.twilio.com", "http://10.0.0.7:4010", "https://localhost.example"])
def test_it_refuses_a_real_provider(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("TWILIO_BASE_URL", address)
    with pytest.raises(SystemExit, match="points to a real provider"):
        demo_env.prepare([])


def test_it_refuses_to_run_as_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(SystemExit, match="ENVIRONMENT says production"):
        demo_env.prepare([])


def test_it_forgets_real_databases_brokers_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://real")
    monkeypatch.setenv("REDIS_URL", "redis://real")
    monkeypatch.setenv("SECRET_KEY_FILE", "/real")
    port = servers.free_port()
    demo_env.prepare(["--port", str(port)])
    assert not {"DATABASE_URL", "REDIS_URL", "SECRET_KEY_FILE"} & set(os.environ)
    assert os.environ["ENVIRONMENT"] == "demo"
    assert os.environ["PUBLIC_BASE_URL"] == f"http://localhost:{port}"
    assert os.environ["TWILIO_BASE_URL"] == f"http://127.0.0.1:{port + 1}"


def test_a_port_in_use_is_named_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Port {port} cannot be used .*--port 8000"):
            demo_env.prepare(["--port", str(port)])


@pytest.mark.parametrize("port", ["0", "65535", "-1"])
def test_a_port_that_is_none_is_a_plain_sentence(port: str) -> None:
    with pytest.raises(SystemExit, match="Choose a port from 1 to 65533"):
        demo_env.prepare([f"--port={port}"])


def test_a_second_demo_from_the_same_folder_is_refused(tmp_path: Path) -> None:
    demo_env.refuse_second(tmp_path)
    with pytest.raises(SystemExit, match="already running from this folder"):
        demo_env.refuse_second(tmp_path)
