"""Celery: hints from every thread reach our broker, and the demo's threads work off tasks and stop."""

from __future__ import annotations

import threading

import celery

from cms.celery import app, start_threads


def test_every_thread_hints_to_our_app() -> None:
    seen: list[str | None] = []
    thread = threading.Thread(target=lambda: seen.append(celery.current_app.main))
    thread.start()
    thread.join()
    assert seen == ["meanwhile"]


def test_the_threads_of_the_demo_work_off_a_task_and_stop() -> None:
    done = threading.Event()

    @app.task(name="tests.ring")
    def ring() -> None:
        done.set()

    assert app.conf.broker_url.startswith("memory://")
    stop = start_threads()
    try:
        ring.delay()
        assert done.wait(timeout=20)
    finally:
        stop()
