"""The witness: order, safety on the disk, and what a checker can count."""

import asyncio
import json
from pathlib import Path

import pytest
import requests
from twilio.rest import Client

from notifications.simulator import Simulator
from notifications.simulator.clock import Clock
from notifications.simulator.ledger import Kind, Ledger, attempt_in

from .conftest import LEE, PAT, SERVICE, lines


def test_a_line_is_in_the_file_before_record_returns(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"

    async def write() -> None:
        ledger = Ledger(path, clock=Clock())
        for number in range(3):
            await ledger.record(Kind.TEXT, to=PAT, sid=f"SM{number}", service=SERVICE, body=str(number))
            assert len(lines(path)) == number + 1
        ledger.close()

    asyncio.run(write())


def test_three_hundred_at_once_are_all_written_in_order_and_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"

    async def write() -> None:
        ledger = Ledger(path, clock=Clock())
        records = (ledger.record(Kind.TEXT, to=PAT, sid=f"SM{n}", service=SERVICE) for n in range(300))
        await asyncio.gather(*records)
        ledger.close()

    asyncio.run(write())
    assert [line["seq"] for line in lines(path)] == list(range(1, 301))
    assert len({line["sid"] for line in lines(path)}) == 300


def test_it_says_what_each_handset_received_in_order(simulator: Simulator, client: Client) -> None:
    for to, body in ((PAT, "one"), (LEE, "two"), (PAT, "three")):
        client.messages.create(to=to, from_=SERVICE, body=body)
    everything = simulator.ask("GET", "/ledger.json")
    assert everything["entries"] == 3
    assert [entry["body"] for entry in everything["handsets"][PAT]] == ["one", "three"]
    assert [entry["seq"] for entry in everything["handsets"][PAT]] == [1, 3]


@pytest.mark.parametrize(
    ("query", "bodies"),
    [
        ("to=%2B447700900101", ["one"]),
        ("to=+447700900101", ["one"]),
        ("to=07700900101", ["one"]),
        ("kind=ring", []),
        ("since=1", ["two"]),
        ("to=%2B447700900199", []),
    ],
)
def test_it_can_be_narrowed(simulator: Simulator, client: Client, query: str, bodies: list[str]) -> None:
    client.messages.create(to=PAT, from_=SERVICE, body="one")
    client.messages.create(to=LEE, from_=SERVICE, body="two")
    found = requests.get(f"{simulator.base_url}/ledger.json?{query}", timeout=5).json()
    assert [entry["body"] for entries in found["handsets"].values() for entry in entries] == bodies
    assert found["entries"] == len(bodies)


@pytest.mark.parametrize(
    ("callback", "attempt"),
    [
        ("http://localhost:8000/hooks/sms/status/?attempt=9f&x=1", "9f"),
        ("http://localhost:8000/hooks/sms/status/9f/", "9f"),
        ("http://localhost:8000/hooks/sms/status/9f?sig=3", "9f"),
        ("", ""),
    ],
)
def test_the_attempts_id_is_read_from_the_callback(callback: str, attempt: str) -> None:
    assert attempt_in(callback) == attempt


def test_two_texts_of_one_attempt_are_counted_as_two(simulator: Simulator, client: Client) -> None:
    for _ in range(2):
        client.messages.create(to=PAT, from_=SERVICE, body="x", status_callback="http://127.0.0.1:9/s?attempt=a1")
    assert [entry["attempt"] for entry in simulator.ledger(PAT, "text")] == ["a1", "a1"]


def test_words_of_every_script_are_kept_as_they_were_sent(simulator: Simulator, client: Client) -> None:
    body = "Waad ku mahadsan tahay ❤ \u202eabc\u202c 'quoted' \\ \n second line"
    client.messages.create(to=PAT, from_=SERVICE, body=body)
    assert simulator.texts(PAT) == [body]
    assert json.loads(json.dumps(simulator.ledger(PAT)[0]))["body"] == body
