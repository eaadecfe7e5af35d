"""Several web processes, each with a memory of its own: what another process changed is seen by all of them in seconds."""

from __future__ import annotations

import http.client
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from cms import servers
from cms.faults.parts.stage import environment, until

ADD = """
from tests.cms.directory import make_service
make_service(name="The Kite House")
"""
SECONDS, ASKED = 5, 12  # enough turns for each of the workers to answer some


def _get(port: int) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/directory/", headers={"Host": "site.test", "Connection": "close"})
    return connection.getresponse()


def test_a_change_by_another_process_is_seen_by_every_worker_within_five_seconds(
    own_database: str, tmp_path: Path
) -> None:
    public = {"PUBLIC_BASE_URL": "http://site.test", "ALLOWED_HOSTS": "site.test"}
    env = environment(tmp_path, own_database) | public
    with servers.gunicorn("cms.wsgi", env=env, workers=2) as server:
        answers = [_get(server.port) for _turn in range(ASKED)]
        assert {answer.status for answer in answers} == {200}
        assert all(answer.getheader("ETag") and b"Kite House" not in answer.read() for answer in answers)
        subprocess.run([sys.executable, "manage.py", "shell", "-c", ADD], cwd=settings.BASE_DIR, env=env, check=True)
        assert until(SECONDS, lambda: all(b"Kite House" in _get(server.port).read() for _turn in range(ASKED)))
