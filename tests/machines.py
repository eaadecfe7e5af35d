"""Machines over the real database: each run in a savepoint of its own, the clock in the machine's hand."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.db import transaction
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from peer import clock

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
RUNS = int(os.environ.get("MACHINE_RUNS", "0"))  # the nightly run asks for thousands, each time others
FEW = 25


class Undo(Exception):
    """Ends a savepoint, so that the next run begins where this one began."""


@contextmanager
def undone() -> Iterator[None]:
    with suppress(Undo), transaction.atomic():
        yield
        raise Undo


class Troubles(logging.Handler):
    """Keeps what the product only logged: a fault that it lives on with is a fault all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(f"{record.getMessage()}: {record.exc_info[1]!r}")


class EveryRule:
    """Says yes to every rule: Hypothesis leaves out most of them in most runs, which pays only in thousands of runs."""

    def is_enabled(self, _name: str) -> bool:
        return True


class Machine(RuleBasedStateMachine):
    """One run: rules move rows and the clock, and at its end everything is as it was."""

    def __init__(self) -> None:
        super().__init__()
        self._rules_strategy.enabled_rules_strategy = strategies.just(EveryRule())
        self._run, self._moment = ExitStack(), ExitStack()
        self.troubles = Troubles()
        self._run.enter_context(undone())
        self._run.enter_context(_heard_by(self.troubles))
        self.go_to(NOON)

    def go_to(self, moment: dt.datetime) -> None:
        self._moment.close()
        self._moment.enter_context(clock.at(moment))

    def later(self, **span: float) -> None:
        self.go_to(clock.now() + dt.timedelta(**span))

    def at_the_end(self) -> None:
        """What must hold when nothing more happens but time."""

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # a run that failed already has said why
                self.at_the_end()
        finally:
            self._moment.close()
            self._run.close()


@contextmanager
def _heard_by(handler: logging.Handler) -> Iterator[None]:
    logger = logging.getLogger("notifications")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def run(machine: Callable[[], Machine], *, steps: int = 25) -> None:
    """Let a machine run: the same few runs in the suite, `MACHINE_RUNS` others where they are asked for."""
    chosen = settings(
        max_examples=RUNS or FEW,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not RUNS,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
