"""With Redis dead the process remembers by itself, and each page is given."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms import caches as ours


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_silent_until", 0.0)


def dead() -> ours.RedisOrMemory:
    return ours.RedisOrMemory("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.25}})


def test_a_dead_redis_is_asked_once_and_the_process_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = dead()
    cache.set("a", 1)
    silent_until = ours._silent_until
    assert silent_until > 0
    assert cache.get("a") == 1
    assert cache.incr("a") == 2
    assert cache.add("a", 3) is False
    cache.delete("a")
    assert cache.get_many(["a", "b"]) == {}
    assert ours._silent_until == silent_until, "asked again while it rests"


@pytest.mark.django_db
def test_each_page_is_given_with_help_and_quick_exit(site_tree: None, settings: Any) -> None:
    redis = {"BACKEND": "cms.caches.RedisOrMemory", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": redis}
    answers = [Client().get("/directory/"), Client().post(reverse("account_login"), {"login": "x", "password": "y"})]
    assert ours._silent_until > 0, "nobody asked"
    for answer in answers:
        assert answer.status_code == 200
        assert b"Shout" in answer.content
        assert b"quick-exit" in answer.content
