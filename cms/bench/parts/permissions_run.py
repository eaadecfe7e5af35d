"""The child of `bench permissions`: rights against plain membership queries, in turn, and the pages' SQL."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peer.models import User

ROWS = 25
Work = Callable[[], object]


def main(*, groups: int, people: int, pairs: int, rounds: int) -> dict[str, object]:
    """Fill the database, then measure for people with 5, 50 and 500 groups."""
    from cms.bench.parts import members  # noqa: PLC0415 - settings come first
    from peer.models import SupportGroupUserPermission  # noqa: PLC0415

    users = members.gather(groups=groups, people=people, pairs=pairs)
    kinds = ("my_groups", "one_group", f"list_of_{ROWS}")
    ratios: dict[str, dict[str, float]] = {kind: {} for kind in kinds}
    sql: dict[str, dict[str, int]] = {}
    for user, count in zip(users, (members.FEW, members.SOME, members.MANY), strict=True):
        for kind, (ours, plain) in _pairs(user).items():
            ratios[kind][str(count)] = _ratio(ours, plain, rounds=rounds)
            _say(f"{kind}, {count} groups: {ratios[kind][str(count)]} times a plain membership query")
        for page, statements in _pages(user).items():
            sql.setdefault(page, {})[str(count)] = statements
    return {
        "vs_membership": ratios,
        "sql": sql,
        "scans": _scans(users),
        "rows": SupportGroupUserPermission.objects.count(),
    }


def _pairs(user: User) -> dict[str, tuple[Work, Work]]:
    """Give, by what is asked, how we ask and how one plain, indexed membership query would."""
    from peer import grants  # noqa: PLC0415
    from peer.models import Membership, SupportGroup  # noqa: PLC0415

    mine = Membership.objects.filter(user=user, state=Membership.State.ACTIVE)
    some = list(SupportGroup.objects.filter(memberships__in=mine).order_by("pk")[:ROWS])

    def rights_of_a_list() -> None:
        with _request():
            grants.learn(user, some)
            for group in some:
                grants.rights(user, group)

    def right_of_one() -> None:
        with _request():
            grants.rights(user, some[0])

    return {
        "my_groups": (
            lambda: list(SupportGroup.objects.joined_by(user)),
            lambda: [one.group for one in mine.select_related("group")],
        ),
        "one_group": (
            right_of_one,
            lambda: mine.filter(group=some[0]).exists(),
        ),
        f"list_of_{ROWS}": (
            rights_of_a_list,
            lambda: set(mine.filter(group__in=some).values_list("group", flat=True)),
        ),
    }


@contextmanager
def _request() -> Iterator[None]:
    """Keep rights as one request does, and forget them at its end."""
    from peer import grants  # noqa: PLC0415

    token = grants.kept.set({})
    try:
        yield
    finally:
        grants.kept.reset(token)


def _ratio(ours: Work, plain: Work, *, rounds: int) -> float:
    """Run both in turn and compare the medians of their CPU time and waiting, warm."""
    took: dict[Work, list[float]] = {ours: [], plain: []}
    for number in range(rounds + 5):
        for work, times in took.items():
            began = time.perf_counter()
            work()
            if number >= 5:
                times.append(time.perf_counter() - began)
    return round(statistics.median(took[ours]) / statistics.median(took[plain]), 2)


def _scans(users: list[User]) -> int:
    """Count the plans of "my groups" that read every group of the site."""
    from peer.models import SupportGroup  # noqa: PLC0415

    plans = [SupportGroup.objects.joined_by(user).explain() for user in users]
    return sum(f"Seq Scan on {SupportGroup._meta.db_table}" in plan for plan in plans)


def _pages(user: User) -> dict[str, int]:
    """Count the statements of whole pages, those of session and account included."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from peer.models import SupportGroup  # noqa: PLC0415

    group = SupportGroup.objects.joined_by(user).order_by("pk")[0]
    client, counts = Client(headers={"host": "localhost"}), dict[str, int]()
    client.force_login(user)
    for page, address in {"my_groups": reverse("groups-index"), "one_group": group.get_absolute_url()}.items():
        client.get(address)
        with CaptureQueriesContext(connection) as said:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}.")
        counts[page] = len(said)
    return counts


def _say(words: str) -> None:
    sys.stderr.write(f"  {words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(main(**json.loads(sys.argv[1]))) + "\n")
