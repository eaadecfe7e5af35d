"""What people said lately, what was answered and promised: through the real acts, each at its own day."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from peer import clock
from peer.actions import feedback
from peer.gate import SERVICE
from peer.models import FeedbackItem, User

SAID = tomllib.loads(Path(__file__).with_name("feedback.toml").read_text())


def load_feedback() -> None:
    """Tell six weeks of feedback; Sam answers, and a second person agrees before anything is public."""
    today = clock.now() - dt.timedelta(minutes=25)
    for number, told in enumerate(SAID["item"]):
        _load(told, nonce=f"example-{number}", today=today)


def _load(told: dict[str, Any], *, nonce: str, today: dt.datetime) -> None:
    sam, second = (User.objects.get(handle=handle) for handle in ("sam", "kim"))
    words = {name: told.get(name, "") for name in ("works", "does_not", "would_change", "about", "age_band")}
    with clock.at(today - dt.timedelta(days=told["days"])):
        said = feedback.Said(**words, may_share=True)
        item = feedback.give(SERVICE, by=feedback.VISITOR, said=said, nonce=nonce, sender=nonce)
    with clock.at(today - dt.timedelta(days=max(told["days"] - 1, 0))):
        if "said" in told:
            feedback.ask_to_publish(item, by=sam, said=told["said"])
            feedback.publish(item, by=second, seen=item.said_hash())
        if "promise" in told:
            _promise(told, item, by=sam, today=today)
    if "reply" in told:
        with clock.at(today - dt.timedelta(days=told["days"] - told["answered_after"])):
            feedback.reply(item, by=sam, body=told["reply"], signed=told["signed"])
    for days, state, reason in told.get("steps", []):
        with clock.at(today - dt.timedelta(days=days)):
            feedback.move(item, by=sam, state=state, reason=reason)


def _promise(told: dict[str, Any], item: FeedbackItem, *, by: User, today: dt.datetime) -> None:
    due_on = today.date() + dt.timedelta(days=told["promise_due"])
    promise = feedback.promise(item, by=by, what=told["promise"], owner_role="Sam, who runs Northfields", due_on=due_on)
    if "kept" in told:
        with clock.at(today + dt.timedelta(days=told["promise_due"])):
            feedback.settle(promise, by=by, state=promise.State.KEPT, outcome=told["kept"])
