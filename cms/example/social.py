"""What the service said in public lately: two that Mo said yes to, and one that waits, through the real acts."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from cms.actions import social
from peer import clock
from peer.gate import SERVICE
from peer.models import User

SAID = tomllib.loads(Path(__file__).with_name("social.toml").read_text())


def load_social() -> None:
    """Write them; Mo reads what is older."""
    today = clock.now() - dt.timedelta(minutes=20)
    for told in SAID["post"]:
        _load(told, today=today)


def _load(told: dict[str, Any], *, today: dt.datetime) -> None:
    writer, mo = (User.objects.get(handle=handle) for handle in (told["by"], "mo"))
    with clock.at(today - dt.timedelta(days=told["days"])):
        words = {name: told.get(name, "") for name in ("words", "short_words", "link")}
        post = social.write(SERVICE, by=writer, said=social.Said(**words, networks=told["networks"]))
        social.add_card(post, by=writer, words=told["card"], alt=told["alt"])
        social.send(post, by=writer)
    if told["released"]:
        with clock.at(today - dt.timedelta(days=told["days"] - 1)):
            taken = social.claim(post, by=mo)
            social.release(taken, by=mo, seen=taken.fingerprint())
