"""Whether somebody who checks posts may read one now: what came before the first, and how much is enough (U14, W2)."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _

from moderation.models import CheckingTurn, ModerationClaim, ModeratorQuestion, PracticeAnswer
from moderation.models.queue import is_grown_up
from peer import clock, endings, grants
from peer.models import MembershipRole, PeerModerator, Person, ServiceRole, SupportGroup, User
from peer.models.moderators import LOOK_AFTER
from peer.roles import Role
from peer.states import RuleBroken
from peer.written import written

TABLE = Path(__file__).with_name("checking.toml")
PRACTICE = Path(__file__).with_name("practice.toml")


@cache
def table() -> dict[str, dict[str, int]]:
    """Read checking.toml."""
    return tomllib.loads(TABLE.read_text())


@dataclass(frozen=True)
class PracticePost:
    """One invented post: what it says, which decisions fit, and why."""

    key: str
    name: str
    words: str
    right: tuple[str, ...]
    why: str


@cache
def practice() -> dict[str, PracticePost]:
    """Read practice.toml."""
    rows: dict[str, dict[str, Any]] = tomllib.loads(PRACTICE.read_text())["posts"]
    return {key: PracticePost(key=key, **row | {"right": tuple(row["right"])}) for key, row in rows.items()}


def left_to_practise(user: User) -> list[PracticePost]:
    """List the invented posts to which somebody has not given a fitting answer yet, in the order of the table."""
    done = set(PracticeAnswer.objects.filter(user=user, fits=True).values_list("key", flat=True))
    return [post for key, post in practice().items() if key not in done]


def is_peer(user: User) -> bool:
    """Tell whether somebody checks posts as a peer; of clinicians nothing of this is asked."""
    return Role.PEER_MODERATOR in grants.all_roles(user)


@dataclass(frozen=True)
class Progress:
    """Where somebody is on the way to their first real post, and in their first decisions."""

    row: PeerModerator
    groups: tuple[str, ...]
    practised: int
    tries: int

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is missing before the first real post."""
        return not self.lacks()

    @property
    def is_shadowed(self) -> bool:
        """Tell whether a second person still confirms what they decide."""
        return self.row.confirmed < table()["first"]["shadowed"]

    def lacks(self) -> list[str]:
        """Name in words what is missing."""
        asked = [
            (_("Be 16 or older."), self.row.is_old_enough()),
            (_("Do the training."), self.row.is_trained()),
            (_("Have a supervisor."), self.row.is_looked_after()),
            (_("Answer the practice posts."), self.row.practised_at is not None),
        ]
        return [words for words, is_there in asked if not is_there]


def everybody() -> list[Progress]:
    """Tell of each who checks posts now where they are, by name."""
    roles = MembershipRole.objects.inside().filter(role=Role.PEER_MODERATOR, membership__user__isnull=False)
    groups: dict[User, list[str]] = {}
    for role in roles.select_related("membership__user__person", "membership__group"):
        if role.membership.user is not None:
            groups.setdefault(role.membership.user, []).append(role.membership.group.title)
    begun = {row.user_id: row for row in PeerModerator.objects.filter(user__in=groups).select_related("supervisor")}
    tries: dict[int, list[tuple[str, bool]]] = {}
    for user, key, fits in PracticeAnswer.objects.filter(user__in=groups).values_list("user_id", "key", "fits"):
        tries.setdefault(user, []).append((key, fits))
    found = []
    for user, titles in groups.items():
        row = begun.get(user.pk) or PeerModerator(user=user)
        row.user = user
        said = tries.get(user.pk, [])
        found.append(Progress(row, tuple(sorted(titles)), len({key for key, fits in said if fits}), len(said)))
    return sorted(found, key=lambda one: (str(one.row.user), one.row.user.pk))


def before_first(user: User) -> list[str]:
    """Name what is left before somebody's first real post."""
    row = PeerModerator.objects.filter(user=user).select_related("supervisor", "user__person").first()
    return Progress(row or PeerModerator(user=user), (), 0, 0).lacks()


def progress_of(public_id: str) -> Progress | None:
    """Find one of them by the public id of the person."""
    people = ((one, one.row.user.person) for one in everybody())
    return next((one for one, person in people if person and person.public_id == public_id), None)


def supervisors() -> QuerySet[User]:
    """Keep everybody who may look after those who check posts."""
    held = ServiceRole.objects.current().filter(role__in=LOOK_AFTER)
    staff = User.objects.filter(pk__in=held.values("user"), is_active=True, person__kind=Person.Kind.STAFF)
    return staff.order_by("display_name", "pk")


def check_ready(user: User) -> None:
    """Refuse a real post to a peer who has not done all that comes before the first one (U14)."""
    if is_peer(user) and not PeerModerator.objects.ready().filter(user=user).exists():
        raise RuleBroken(_("A few things come before your first real post. See what is left under “Posts to read”."))


def is_beginner(user: User, group: SupportGroup) -> bool:
    """Tell whether somebody's decision here counts only once a second person says the same; a clinician's does."""
    if MembershipRole.objects.in_group(group).filter(membership__user=user, role=Role.CLINICIAN).exists():
        return False
    begun = PeerModerator.objects.filter(user=user).first()
    return begun is None or begun.confirmed < table()["first"]["shadowed"]


def is_over(turn: CheckingTurn, *, at: dt.datetime) -> bool:
    """Tell whether somebody's turn is over: ended, or nothing was read for a while."""
    last = ModerationClaim.objects.filter(by=turn.user_id).order_by("-pk").first()
    return turn.ended_at is not None or (last is not None and at - last.expires_at > _minutes("turn", "over_after"))


def last_turn(user: User) -> CheckingTurn | None:
    """Find somebody's last turn, over or not, with whether something they asked in one is not answered and read."""
    return next(iter(_last_turn(user=user.pk)), None)


@written
def _last_turn(*, user: int) -> QuerySet[CheckingTurn]:
    me = User(pk=user)
    waiting = ModeratorQuestion.objects.visible_to(me).asked_by(me)
    return CheckingTurn.objects.visible_to(me).annotate(has_asked=Exists(waiting)).last_first()[:1]


def why_rest(user: User, *, turn: CheckingTurn | None, at: dt.datetime) -> str:
    """Say in kind words why no more posts come now, or nothing (W2, H21)."""
    if _is_night_for(user, at):
        return _("It’s late. Posts wait until seven in the morning, and a clinician is there. Sleep well.")
    reads = _reads_since(user, endings.morning_of(clock.today()))
    if _is_full(reads, "day"):
        return _("That’s enough for today. You read a lot, and others go on. Do something nice now.")
    if turn is not None and _is_full([read for read in reads if read.at >= turn.started_at], "turn"):
        over_at = (turn.ended_at or at) + _minutes("turn", "rest")
        if at < over_at:
            return _("That was a good turn. Have a rest before the next one.")
    return ""


@dataclass(frozen=True)
class _Read:
    """One post that somebody had open, from when and for how long."""

    post: int
    at: dt.datetime
    length: dt.timedelta


def _reads_since(user: User, start: dt.datetime) -> list[_Read]:
    now = clock.now()
    return [
        _Read(post, begun, min(released or now, ends) - begun)
        for post, begun, ends, released in _claims(user=user.pk, since=start)
    ]


@written
def _claims(*, user: int, since: dt.datetime) -> QuerySet[ModerationClaim, tuple[Any, ...]]:
    rows = ModerationClaim.objects.visible_to(User(pk=user)).filter(claimed_at__gte=since)
    return rows.values_list("post_id", "claimed_at", "expires_at", "released_at")


def _is_full(reads: list[_Read], of: str) -> bool:
    most = table()[of]
    spent = sum((read.length for read in reads), dt.timedelta())
    return len({read.post for read in reads}) >= most["posts"] or spent >= _minutes(of, "minutes")


def _minutes(heading: str, name: str) -> dt.timedelta:
    return dt.timedelta(minutes=table()[heading][name])


def _is_night_for(user: User, at: dt.datetime) -> bool:
    night = table()["night"]
    return not is_grown_up(user) and not night["until"] <= at.astimezone(clock.LONDON).hour < night["from"]
