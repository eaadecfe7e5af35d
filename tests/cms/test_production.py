"""Production: refuses to start half-set, passes Django's own check, and answers as it should."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys

import pytest
from django.conf import settings

from cms import servers

SET = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "a-long-made-up-key-for-this-test-alone-0123456789-abcdefghij-klmnop",
    "FIELD_KEYS": "made-up-field-key",
    "NUMBER_HASH_KEY": "made-up-hash-key",
    "PUBLIC_BASE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org",
    "DATABASE_URL": "postgres://postgres@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "made-up-token",
}
NEEDED = sorted(set(SET) - {"ENVIRONMENT"})
KEPT = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}


def _manage(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=KEPT | {"MEANWHILE_NO_BOOTSTRAP": "1"} | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", NEEDED)
def test_it_refuses_to_start_and_names_what_is_missing(missing: str) -> None:
    env = {name: value for name, value in SET.items() if name != missing}
    ended = subprocess.run(
        [sys.executable, "-c", "import cms.settings"],
        cwd=settings.BASE_DIR, env=KEPT | env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode != 0
    assert missing in ended.stderr.splitlines()[-1]


def test_a_secret_may_come_from_a_file(tmp_path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    env = {name: value for name, value in SET.items() if name != "SECRET_KEY"} | {
        "SECRET_KEY_FILE": str(tmp_path / "key")
    }
    ended = subprocess.run(
        [sys.executable, "-c", "from cms import settings; print(settings.SECRET_KEY)"],
        cwd=settings.BASE_DIR, env=KEPT | env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.stdout == "from a file\n"


def test_djangos_own_check_for_deployment_is_clean() -> None:
    ended = _manage("check", "--deploy", "--fail-level", "WARNING", env=SET)
    assert ended.returncode == 0, ended.stderr


def _ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "example.org"} | headers)
    return connection.getresponse()


@pytest.mark.postgres
def test_gunicorn_serves_it_on_postgresql_and_redis(own_database: str, redis_url: str, tmp_path) -> None:
    env = SET | {
        "DATABASE_URL": own_database, "REDIS_URL": redis_url, "STATE_DIR": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"), "PROXY_SSL_HEADER": "HTTP_X_FORWARDED_PROTO",
    }  # fmt: skip
    assert _manage("migrate", "--noinput", env=env).returncode == 0
    assert _manage("collectstatic", "--noinput", env=env).returncode == 0
    with servers.gunicorn("cms.wsgi", env=env) as server:
        assert _ask(server.port, "/healthz").status == 200
        assert _ask(server.port, "/").status == 301
        assert _ask(server.port, "/").getheader("Location") == "https://example.org/"
        secure = {"X-Forwarded-Proto": "https"}
        assert _ask(server.port, "/readyz", **secure).status == 200
        form = _ask(server.port, "/feedback/", **secure)
        assert form.status == 200
        assert "max-age=31536000" in (form.getheader("Strict-Transport-Security") or "")
        assert "Secure" in (form.getheader("Set-Cookie") or "")
        assert _ask(server.port, "/demo/", **secure).status == 404
