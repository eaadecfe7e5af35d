"""The gate: where a transaction begins, permission is asked and one audit row is written."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from django.db import models, transaction

from peer import clock, grants
from peer.roles import SERVICE_WIDE, Perm, Reach, Scope, rules
from peer.states import Move, open_moves

if TYPE_CHECKING:
    from peer.models import AuditEvent, SupportGroup, User

log = logging.getLogger(__name__)

Target = TypeVar("Target")
Rest = ParamSpec("Rest")
Result = TypeVar("Result")


@dataclass(frozen=True)
class System:
    """An actor that is no person: a task, a webhook or a command, with the rights it names."""

    name: str
    may: frozenset[Perm] = frozenset()


class TheService:
    """The target of acts that concern the whole installation (one service per installation, decision 10)."""

    pk = 0


SERVICE = TheService()


class NotAllowed(Exception):
    """The person has no right to this act now; nothing was changed."""


class AlreadyDone(Exception):
    """The same form came twice; `first` is the audit row of the first time (decision 25)."""

    def __init__(self, first: AuditEvent) -> None:
        self.first = first
        super().__init__(first.action)


@dataclass(frozen=True)
class Request:
    """What an audit row keeps of the web request behind an act."""

    request_id: str = ""
    nonce: str = ""


request: ContextVar[Request | None] = ContextVar("request", default=None)


def can(by: User | System, perm: Perm, target: object) -> bool:
    """Tell whether `by` may do `perm` to `target` at this moment."""
    return standing(by, perm, target) is not None


def has_role_for(by: User, perm: Perm) -> bool:
    """Tell whether some role of this person, in any group or in the service, ever brings `perm`: who may open its page.

    What the page then shows is asked row by row; a clinician off duty opens the queue and finds it empty.
    """
    return by.is_active and not grants.all_roles(by).isdisjoint(rules()[perm].may)


def standing(by: User | System, perm: Perm, target: object, *, locked: bool = False) -> str | None:
    """Name what gives `by` the right ("system", "own", or a role), or None: the four reasons of architecture 4.

    With `locked` the right, the dated role and the duty are read afresh and held until the transaction ends, so that
    one that ends meanwhile cannot be used (safety P4, M7).
    """
    if isinstance(by, System):
        return "system" if perm in by.may else None
    if not by.is_active or by.pk is None:
        return None
    rule = rules()[perm]
    if rule.scope is Scope.OWN:
        return "own" if _is_own(target, by) else None
    group = group_of(target) if rule.scope is Scope.GROUP else None
    if rule.scope is Scope.GROUP and group is None:
        return None
    if rule.scope is Scope.ANYWHERE:
        held = grants.anywhere(by, locked=locked)
    else:
        held = grants.roles(by, group, perm=perm, locked=locked)
    if group is not None and SERVICE_WIDE & set(rule.may):
        held |= grants.roles(by, None, perm=perm, locked=locked) & SERVICE_WIDE
    for role in sorted(held & set(rule.may)):
        if _reaches(rule.may[role], target, by, group, locked=locked):
            return str(role)
    return None


def group_of(target: object) -> SupportGroup | None:
    """Find the group a thing belongs to: itself, or its `support_group`."""
    from peer.models import SupportGroup  # noqa: PLC0415 - models import the gate's exceptions

    if isinstance(target, SupportGroup):
        return target
    return getattr(target, "support_group", None)


def _is_own(target: object, by: User) -> bool:
    is_own: Callable[[User], bool] | None = getattr(target, "is_own", None)
    return bool(is_own and is_own(by))


def _reaches(reach: Reach, target: object, by: User, group: SupportGroup | None, *, locked: bool) -> bool:
    if reach is Reach.OWN:
        return _is_own(target, by)
    if reach is Reach.DUTY_OR_OWN and _is_own(target, by):
        return True
    if reach in {Reach.DUTY, Reach.DUTY_OR_OWN}:
        return group is not None and grants.on_duty(by, group, locked=locked)
    return True


def action(
    perm: Perm,
) -> Callable[[Callable[Concatenate[Target, Rest], Result]], Callable[Concatenate[Target, Rest], Result]]:
    """Make a function an act: one transaction, the right of this moment, one audit row with all its moves."""

    def decorate(act: Callable[Concatenate[Target, Rest], Result]) -> Callable[Concatenate[Target, Rest], Result]:
        @functools.wraps(act)
        def gated(target: Target, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
            by: User | System = kwargs["by"]  # type: ignore[assignment]
            name = f"{act.__module__}.{act.__name__}"
            nonce = _nonce(by)
            try:
                with transaction.atomic():
                    role = standing(by, perm, target, locked=True)
                    if role is None:
                        log.warning("refused %s", name)
                        raise NotAllowed(name)
                    moves: list[Move] = []
                    token = open_moves.set(moves)
                    try:
                        result = act(target, *args, **kwargs)
                    finally:
                        open_moves.reset(token)
                    _write_down(name, target, by=by, role=role, moves=moves, nonce=nonce, result=result, kwargs=kwargs)
                    return result
            except Exception:
                # Whatever stood in the way, the audit row of the same form among it: was it that form, a moment ago?
                _first_time([name], by, nonce)
                raise

        gated.perm = perm  # type: ignore[attr-defined]
        return gated

    return decorate


@contextmanager
def after_first() -> Iterator[None]:
    """Let one form stand behind many acts: the first has carried its nonce, those in here carry none."""
    asked = request.get()
    token = request.set(Request(request_id=asked.request_id if asked else ""))
    try:
        yield
    finally:
        request.reset(token)


def _nonce(by: User | System) -> str:
    """Give the form's nonce to the outermost act of a person (decision 25)."""
    asked = request.get()
    is_outermost = open_moves.get() is None and not isinstance(by, System)
    return asked.nonce if asked is not None and is_outermost else ""


def _first_time(names: list[str], by: User | System, nonce: str) -> None:
    """Raise `AlreadyDone` where one of these acts by this person already carried this nonce."""
    from peer.models import AuditEvent  # noqa: PLC0415

    carried = AuditEvent.objects.filter(by_id=getattr(by, "pk", None), action__in=names, nonce=nonce)
    first = carried.first() if nonce else None
    if first is not None:
        raise AlreadyDone(first)


def sent_before(by: User, *acts: Callable[..., object]) -> None:
    """Raise `AlreadyDone` where this very form came before, by whichever of these acts (decision 25).

    For addresses whose row is gone from sight once the act has been.
    """
    _first_time([f"{act.__module__}.{act.__name__}" for act in acts], by, _nonce(by))


def _write_down(
    name: str,
    target: object,
    *,
    by: User | System,
    role: str,
    moves: list[Move],
    nonce: str,
    result: object,
    kwargs: dict[str, object],
) -> None:
    from peer.models import AuditEvent  # noqa: PLC0415

    asked = request.get()
    made = result if isinstance(result, models.Model) else None
    AuditEvent.objects.create(
        at=clock.now(),
        action=name,
        by_id=None if isinstance(by, System) else by.pk,
        by_name=by.name if isinstance(by, System) else "",
        as_role=role,
        target_kind=_kind(target),
        target_id=getattr(target, "pk", None),
        result_kind=_kind(made) if made else "",
        result_id=made.pk if made else None,
        moves=moves,
        reason=str(kwargs.get("reason", "") or "")[:500],
        request_id=asked.request_id if asked else "",
        nonce=nonce,
    )


def _kind(thing: object) -> str:
    return thing._meta.label_lower if isinstance(thing, models.Model) else type(thing).__name__.lower()


def looked(record: models.Model, *, by: User, why: str = "") -> None:
    """Leave a trace that a person of staff looked at a record (decision 22)."""
    from peer.models import AuditEvent  # noqa: PLC0415

    asked = request.get()
    AuditEvent.objects.create(
        at=clock.now(),
        action="looked",
        by_id=by.pk,
        as_role="looked",
        target_kind=_kind(record),
        target_id=record.pk,
        reason=why[:500],
        request_id=asked.request_id if asked else "",
    )
