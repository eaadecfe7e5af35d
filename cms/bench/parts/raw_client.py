"""What the network and Python allow at best: a bare asynchronous client, which keeps no account of what it sends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import aiohttp

BODY = "robin: there is news about the request you made. Sign in at localhost or ring 01632 960001. Got it? Reply 1."


def send(base: str, *, count: int, connections: int) -> float:
    """Send so many texts over so many connections and give how many a second were taken."""
    return asyncio.run(_send(base, count=count, connections=connections))


async def _send(base: str, *, count: int, connections: int) -> float:
    url = f"{base}/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"
    numbers = iter(range(count))
    async with aiohttp.ClientSession(
        headers={"Authorization": aiohttp.encode_basic_auth("AC" + "0" * 32, "token")},
        connector=aiohttp.TCPConnector(limit=connections),
    ) as session:
        began = time.perf_counter()
        await asyncio.gather(*(_work(session, url, numbers) for _ in range(connections)))
        return count / (time.perf_counter() - began)


async def _work(session: aiohttp.ClientSession, url: str, numbers: Iterator[int]) -> None:
    for number in numbers:
        form = [
            ("To", f"+447700900{number % 1000:03}"),
            ("From", "+447700900001"),
            ("Body", BODY),
            ("StatusCallback", f"http://localhost/webhooks/twilio/status/{number:032x}/"),
            ("ValidityPeriod", "14400"),
        ]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with session.post(url, data=urlencode(form), headers=headers) as response:
            answer = await response.json()
            if response.status != 201 or not answer["sid"].startswith("SM"):
                raise RuntimeError(f"The stand-in said {response.status}.")
