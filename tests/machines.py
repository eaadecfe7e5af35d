"""Machines over the real database: each run in a savepoint of its own, the clock in the machine's hand."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from django.db import connection, connections, transaction
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from peer import clock, gate
from peer.states import IllegalMove, RuleBroken, StaleMove

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
RUNS = int(os.environ.get("MACHINE_RUNS", "0"))  # the nightly run asks for thousands, each time others
FEW = 25
REFUSED = (RuleBroken, IllegalMove, StaleMove, gate.NotAllowed)  # what a page tells its person, and nothing worse
BREATH = 0.002  # seconds that a rival may hold its breath before a statement, times nought to three
JOINED = 60  # seconds after which rivals wait for each other for ever

Act = Callable[[], object]


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

    undoes = True

    def __init__(self) -> None:
        super().__init__()
        self._rules_strategy.enabled_rules_strategy = strategies.just(EveryRule())
        self._run, self._moment = ExitStack(), ExitStack()
        self.troubles = Troubles()
        if self.undoes:
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
    loggers = [logging.getLogger(name) for name in ("notifications", "moderation")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


class Rivals(Machine):
    """A machine whose acts also begin at the same moment, each in a thread with a connection of its own.

    What they write stays, so each run makes a world of its own, and checks only that.
    """

    undoes = False

    def at_once(self, acts: Sequence[Act], *, paces: Sequence[Sequence[int]]) -> list[object]:
        """Let acts begin together and run at their paces; give what each came to, a refusal as itself."""
        start, moment = threading.Barrier(len(acts)), clock.now()
        came_to: list[object] = [None] * len(acts)

        def go(number: int) -> None:
            try:
                with clock.at(moment), connection.execute_wrapper(_breathing(paces[number])):
                    start.wait(timeout=JOINED)
                    came_to[number] = acts[number]()
            except Exception as problem:
                came_to[number] = problem
            finally:
                connections.close_all()

        threads = [threading.Thread(target=go, args=(number,)) for number in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=JOINED)
        assert not any(thread.is_alive() for thread in threads), "they wait for each other"
        for one in came_to:
            if isinstance(one, Exception) and not isinstance(one, REFUSED):
                raise AssertionError(f"rivals: {came_to}") from one
        return came_to


def _breathing(pace: Sequence[int]) -> Callable[..., object]:
    """Wait before each statement as the pace says, so that rivals meet in the middle of what they do."""
    beats = itertools.cycle(pace or [0])

    def wrap(execute: Callable[..., object], *statement: object) -> object:
        time.sleep(next(beats) * BREATH)
        return execute(*statement)

    return wrap


def run(machine: type[Machine], *, steps: int = 25, runs: int = FEW) -> None:
    """Let a machine run: the same few runs in the suite, `MACHINE_RUNS` others where they are asked for."""
    chosen = settings(
        max_examples=RUNS or runs,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not RUNS,
        database=None,
        phases=list(Phase) if RUNS and machine.undoes else [Phase.generate],  # making a failure smaller takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
