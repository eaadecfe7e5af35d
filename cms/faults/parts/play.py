"""Plays one seed of the outbox bench: starts everything, kills by plan, waits for calm, then lets the judge read."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.urls import reverse

from cms.faults.parts import judge, mortal, toys
from cms.faults.parts.families import phone
from cms.faults.parts.judge import Verdict
from cms.faults.parts.news import CLINICIANS, CODES
from cms.faults.parts.nursery import Nursery
from cms.faults.parts.plan import CLOCKS, SPEAKER, WEB, Act, Plan
from cms.faults.parts.stage import Stage, stage, until

SCALE = 10  # every wait is a tenth: slow enough that a busy machine's delays are no faults of their own
CONNECTIONS = 4  # small batches, so that there is always a next one to die in
CALM = 300.0  # seconds at most until everything has come to rest
LEASE = 60.0  # seconds, before they are scaled
WORRY = "I want to kill myself tonight"
WORRIERS = range(400, 500)
TOYS = ("claim_then_send", "send_then_save")
AGAIN_AFTER = 1.0  # seconds; then what nobody has heard is said again
PATIENCE, LONG_PATIENCE = 4.0, 40.0  # seconds until somebody texts again what a dead worker, or a slow one, has not
MORTAL = "--config python:cms.faults.parts.mortal"
LEASED = "SELECT count(*) FROM notifications_delivery WHERE state IN ('claimed', 'sending')"
RESTLESS = (
    "SELECT count(*) FROM notifications_delivery WHERE state IN ('claimed', 'sending', 'ambiguous')"
    " OR (state = 'pending' AND turn = 1)"
)
DECIDED = "SELECT count(*) FROM peer_triagedecision"
RUNG = "SELECT count(*) FROM moderation_escalationstep WHERE user_id IS NOT NULL AND fired_at IS NOT NULL"
NO_FURTHER = "UPDATE moderation_escalationstep SET state = 'cancelled' WHERE state = 'waiting' RETURNING id"
UNHEARD = (  # each of these woke nobody, and so owes at least one page
    "SELECT count(*) FROM notifications_inboundtext t WHERE is_risk AND NOT EXISTS (SELECT 1 FROM"
    " moderation_escalationwords w JOIN moderation_escalationstep s USING (escalation_id)"
    " WHERE w.door = 'text' AND w.row_pk = t.id AND s.fired_at IS NOT NULL)"
)
INBOUND = "SELECT sid FROM notifications_inboundtext"


@dataclass
class Member:
    """One process that is started again where it was killed, until its plan of deaths is done."""

    work: str
    arguments: tuple[object, ...] = ()
    plan: list[str] = field(default_factory=list)
    pid: int = 0
    dies_at: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class Played:
    """What one seed brought."""

    verdict: Verdict
    hit: tuple[str, ...]
    missed: tuple[str, ...]
    kills: int
    freezes: int
    seconds: float
    toys: dict[str, Verdict]


class Crew:
    """The clocks and the speaker, each a process that may be killed."""

    def __init__(self, nursery: Nursery, plan: Plan) -> None:
        self._nursery = nursery
        self._frozen_for = 1.5 * LEASE / SCALE
        self.members = {who: Member("django.core.management.call_command", ("clock",)) for who in CLOCKS}
        self.members[SPEAKER] = Member("cms.faults.parts.news.tell", (plan.seed, plan.stoppers))
        for who, member in self.members.items():
            member.plan = list(plan.deaths[who])
        self.hit: list[str] = []
        self.freezes = 0
        self._thaws: dict[int, float] = {}

    def supervise(self) -> None:
        """Start again whoever was killed, the next time to die at the next point of its plan; wake who is frozen."""
        keep_alive(self._nursery, self.members.values(), self.hit)
        for pid in [pid for pid, at in self._thaws.items() if time.monotonic() >= at]:
            del self._thaws[pid]
            with suppress(ProcessLookupError):  # it had been killed a moment before it was to stand still
                os.kill(pid, signal.SIGCONT)

    def freeze(self, which: int) -> None:
        """Stop one clock for longer than its lease; it wakes by itself."""
        pid = self.members[CLOCKS[which]].pid
        if pid not in self._thaws:
            os.kill(pid, signal.SIGSTOP)
            self._thaws[pid] = time.monotonic() + self._frozen_for
            self.freezes += 1

    def is_at_rest(self) -> bool:
        """Tell whether all is told, nobody is frozen, and nobody is still to die."""
        return self.members[SPEAKER].is_done and not self._thaws and not self.left()

    def left(self) -> list[str]:
        """Name the deaths that are still to come."""
        going = [member for member in self.members.values() if not member.is_done]
        return [point for member in going for point in [member.dies_at, *member.plan] if point]


def keep_alive(nursery: Nursery, members: Iterable[Member], hit: list[str]) -> None:
    """Bury the dead, note where they died, and start them again."""
    ended = nursery.ended()
    for member in members:
        how = ended.get(member.pid)
        if how == -signal.SIGKILL:
            hit.append(member.dies_at)
        elif how:
            raise RuntimeError(f"{member.work} ended with {how}; its reason is in the run's log.")
        if how is not None:
            member.pid, member.is_done = 0, how == 0
        if not member.pid and not member.is_done:
            member.dies_at = member.plan.pop(0) if member.plan else ""
            member.pid = nursery.bear(member.work, *member.arguments, crash_at=member.dies_at)


@dataclass
class Web:
    """The deaths of the web's workers; the master starts the next one."""

    plan: Path

    def hit(self) -> list[str]:
        """Name where workers have died; the last one given out still lives."""
        return [point for point in mortal.lived(self.plan).read_text().splitlines()[:-1] if point]

    def left(self) -> list[str]:
        """Name the deaths that are still to come."""
        last = mortal.lived(self.plan).read_text().splitlines()[-1]
        return [point for point in [last, *self.plan.read_text().splitlines()] if point]


class Outside:
    """What comes from outside: people who text, a clock that stands still, a broker that forgets."""

    def __init__(self, made: Stage, crew: Crew, web: Web, plan: Plan, *, broker: str) -> None:
        self._made, self._crew, self._web, self._plan, self._broker = made, crew, web, plan, broker
        self._acts = list(plan.acts)
        self._began = self._asked = time.monotonic()
        self._worriers = itertools.cycle(WORRIERS)
        self._said: dict[str, tuple[str, float, int]] = {}

    def go_on(self) -> bool:
        """Do what is due; True once all is done and everybody was heard."""
        since = time.monotonic() - self._began
        while self._acts and self._acts[0].at <= since:
            self._do(self._acts.pop(0))
        if self._acts or time.monotonic() < self._asked + AGAIN_AFTER:
            return False
        self._asked = time.monotonic()
        left = [*self._web.left(), *self._crew.left()]
        if left and self._made.count(RESTLESS) == 0:  # whoever is still to die needs something to die of
            self._do(Act(since, "worry"))
        if any(point.startswith("C16") for point in left):
            self._text(phone(self._plan.stoppers[0]), "STOP")
        return not self._say_again() and not left

    def _do(self, act: Act) -> None:
        match act.what:
            case "text":
                self._text(phone(act.number), act.words)
            case "worry":
                self._text(phone(next(self._worriers)), WORRY)
            case "freeze":
                until(0.5, lambda: self._made.count(LEASED) > 0)
                self._crew.freeze(act.number)
            case _:
                with redis.Redis.from_url(self._broker) as server:
                    server.flushdb()

    def _text(self, number: str, words: str) -> None:
        self._said[number] = (words, time.monotonic(), len(self._web.hit()))
        self._made.network.do(number, "text", body=words)

    def _say_again(self) -> bool:
        """Let people say once more what a dead worker has not written down; True where anybody is still unheard."""
        heard = {sid for (sid,) in judge.rows(self._made.env["DATABASE_URL"], INBOUND)}
        waiting = dict(self._said)
        for entry in self._made.network.ledger(kind="sent"):
            if entry["sid"] in heard:
                waiting.pop(entry["to"], None)
        for number, (words, at, deaths) in waiting.items():
            patience = PATIENCE if len(self._web.hit()) > deaths else LONG_PATIENCE
            if time.monotonic() > at + patience:
                self._text(number, words)
        return bool(waiting)


def play(database: str, folder: Path, plan: Plan, *, broker: str) -> Played:
    """Play a plan to its end, and judge it when everything is down."""
    began = time.monotonic()
    web = Web(folder / f"web-plan-{plan.seed}")
    web.plan.write_text("\n".join(plan.deaths[WEB]))
    env = {
        "TIME_SCALE": str(SCALE),
        "TWILIO_CONNECTIONS": str(CONNECTIONS),
        "CELERY_BROKER_URL": broker,
        "GUNICORN_CMD_ARGS": MORTAL,
        mortal.PLAN: str(web.plan),
    }
    with stage(database, folder, **env) as made, closing(Nursery(made.env, made.log)) as nursery:
        _set_up(made, nursery, plan)
        crew = Crew(nursery, plan)
        outside = Outside(made, crew, web, plan, broker=broker)

        def calm() -> bool:
            crew.supervise()
            if not (outside.go_on() and crew.is_at_rest()):
                return False
            judge.rows(database, NO_FURTHER)  # nobody takes these worries in hand: without this they ring for ever
            return made.count(RESTLESS) == 0

        until(CALM, calm)
        missed = [*crew.left(), *web.left()]
        hit = [*crew.hit, *web.hit()]
        for toy in TOYS:
            _play_toy(toy, nursery, plan)
    owed = made.count(DECIDED) + made.count(RUNG) + made.count(UNHEARD) + len(CODES)
    verdict = judge.judge(judge.written_in(database), judge.heard_in(made.ledger, at="/webhooks/"), owed=owed)
    return Played(
        verdict=verdict,
        hit=tuple(hit),
        missed=tuple(missed),
        kills=len(hit),
        freezes=crew.freezes,
        seconds=round(time.monotonic() - began, 1),
        toys={toy: judge.judge(toys.messages(toy), judge.heard_in(made.ledger, at=f"/toy/{toy}-")) for toy in TOYS},
    )


def _set_up(made: Stage, nursery: Nursery, plan: Plan) -> None:
    """Let everybody be there, their phones switched on, and the network faulty."""
    _to_the_end(nursery, "cms.faults.parts.news.prepare")
    made.network.webhooks(sms=made.env["PUBLIC_BASE_URL"] + reverse("webhooks-text"))
    for number in [*plan.stoppers, *CLINICIANS]:
        made.network.handset(phone(number), answers="failed")  # a call that needs nobody, and is over at once
    made.network.ask("POST", "/faults", plan.faults)


def _play_toy(toy: str, nursery: Nursery, plan: Plan) -> None:
    """Let one naive sender send all it has, dying where the product's clocks may die."""
    _to_the_end(nursery, "cms.faults.parts.toys.prepare", toy)
    _to_the_end(nursery, f"cms.faults.parts.toys.{toy}", toy, plan=plan.toy_deaths)


def _to_the_end(nursery: Nursery, work: str, *arguments: object, plan: Sequence[str] = ()) -> None:
    member = Member(work, arguments, plan=list(plan))

    def is_done() -> bool:
        keep_alive(nursery, [member], [])
        return member.is_done

    if not until(CALM, is_done):
        raise RuntimeError(f"{work} does not come to an end.")
