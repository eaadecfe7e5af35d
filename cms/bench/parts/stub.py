"""A stand-in for the text provider that costs little itself: takes texts over HTTP and answers after a set latency."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from cms import servers

HERE = Path(__file__).resolve().parents[3]


class Line(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember how to answer."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what has come; a request that is whole is answered in a while."""
        self._heard += data
        head, end, rest = self._heard.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(rest) >= length:
            self._heard = rest[length:]
            asyncio.get_running_loop().call_later(self._latency, self._answer, rest[:length])

    def _answer(self, form: bytes) -> None:
        body = _taken(form)
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)  # type: ignore[attr-defined]


_count = iter(range(1, 1 << 60))


def _taken(form: bytes) -> bytes:
    """Shape the yes as the provider's Messages resource does."""
    said = {key: values[0] for key, values in parse_qs(form.decode()).items()}
    sid, account = f"SM{next(_count):032x}", "AC" + "0" * 32
    return json.dumps(
        {
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": said["Body"],
            "date_created": "Wed, 18 Nov 2026 12:00:00 +0000",
            "date_sent": None,
            "date_updated": "Wed, 18 Nov 2026 12:00:00 +0000",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": said["From"],
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "GBP",
            "sid": sid,
            "status": "queued",
            "subresource_uris": {"media": f"/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json"},
            "to": said["To"],
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
        }
    ).encode()


async def _serve(port: int, *, latency: float) -> None:
    server = await asyncio.get_running_loop().create_server(partial(Line, latency), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


@contextmanager
def stub(*, latency_ms: int) -> Iterator[str]:
    """Run the stand-in in a process of its own and give its address."""
    port = servers.free_port()
    child = subprocess.Popen([sys.executable, "-m", "cms.bench.parts.stub", str(port), str(latency_ms)], cwd=HERE)
    try:
        servers.wait_until_listens(port, child=child)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(timeout=10)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), latency=int(sys.argv[2]) / 1000))
