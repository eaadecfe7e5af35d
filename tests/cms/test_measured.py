"""Benches and fault runs: found by name, one line of JSON each, plain words for a name that is none."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from cms import bench, faults, measured


def test_the_yardstick_is_found_by_name() -> None:
    assert "hello" in measured.found(bench)


def test_every_fault_run_takes_seeds_and_every_module_says_what_it_does() -> None:
    for module in [*measured.found(bench).values(), *measured.found(faults).values()]:
        assert module.__doc__


def test_a_name_that_is_none_gets_a_plain_sentence() -> None:
    with pytest.raises(CommandError, match=r"There is no nonsense\. There are: .*hello"):
        call_command("bench", "nonsense")


def test_a_bench_ends_with_one_line_of_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cms.bench import hello

    monkeypatch.setattr(hello, "SECONDS", 0.2)
    call_command("bench", "hello")
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert told["name"] == "hello"
    assert told["requests_per_s"] > 50
    assert 0 < told["cpu_ms"] < 50


def test_the_stand_in_for_the_provider_takes_what_a_raw_client_sends() -> None:
    from cms.bench.parts import raw_client
    from cms.bench.parts.stub import stub

    with stub(latency_ms=1) as base:
        assert raw_client.send(base, count=30, connections=4) > 1


def test_a_crowd_is_told_once_and_a_page_finds_its_one(db) -> None:
    from cms.bench.parts import crowd
    from notifications.models import Delivery

    crowd.gather(7)
    assert sum(crowd.tell(5, news="here")) == 5
    assert sum(crowd.tell(5, news="here")) == 0
    crowd.page(7)
    assert sorted(Delivery.objects.values_list("duty", flat=True)) == ["family"] * 5 + ["page"]
