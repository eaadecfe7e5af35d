"""Is it up, can it work: what an operator's monitor reads."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from cms.views import health
from notifications.models import Delivery
from peer import clock
from tests.notifications.make import make_delivery

pytestmark = pytest.mark.django_db


def test_healthz_asks_nothing_of_the_database(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_readyz_says_that_everything_is_there() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True, "database": True, "migrations": True, "broker": True, "oldest_due_seconds": 0,
    }  # fmt: skip


def test_a_missing_migration_means_not_ready() -> None:
    MigrationRecorder.Migration.objects.filter(app="peer").order_by("-id")[:1].get().delete()
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert not answer.json()["migrations"]


def test_a_broker_that_is_down_means_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import Celery

    monkeypatch.setattr(health, "app", Celery("x", broker="redis://127.0.0.1:1/0", set_as_current=False))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is True
    assert answer.json()["broker"] is False


def test_a_message_that_has_been_due_too_long_means_not_ready() -> None:
    delivery = make_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(not_before_at=clock.now() - dt.timedelta(seconds=120))
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert 120 <= answer.json()["oldest_due_seconds"] < 180
    Delivery.objects.filter(pk=delivery.pk).update(not_before_at=clock.now() - dt.timedelta(seconds=400))
    assert Client().get("/readyz").status_code == 503


def test_a_message_for_later_is_not_due() -> None:
    delivery = make_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(not_before_at=clock.now() + dt.timedelta(hours=9))
    assert Client().get("/readyz").json()["oldest_due_seconds"] == 0


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^healthz$"])
def test_only_healthz_answers_over_plain_http() -> None:
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 301


def test_the_clock_used_is_the_products() -> None:
    with clock.at(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)):
        assert health._oldest_due() == 0
