"""How listened to people felt, shown back to their group: rolled over sessions until five have answered (S22, U15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import mean, pstdev

from peer import clock, run_sheet
from peer.figures import FEW
from peer.models import Attendance, GroupSession, ListenedTo, SupportGroup

LAST = 60  # sessions looked at: about a year


@dataclass(frozen=True)
class Figure:
    """What people said after one session, or after several that follow each other."""

    first_at: dt.datetime
    last_at: dt.datetime
    sessions: int
    answers: tuple[int, ...]
    asked: int

    @property
    def mean(self) -> float:
        """Give the mean, 0 to 10, to one decimal."""
        return round(float(mean(self.answers)), 1)

    @property
    def spread(self) -> float:
        """Give the standard deviation of all who answered, to one decimal."""
        return round(pstdev(self.answers), 1)

    @property
    def unanswered(self) -> int:
        """Count who was there and did not answer."""
        return self.asked - len(self.answers)

    @property
    def label(self) -> str:
        """Name the day, or the first and the last day."""
        first, last = (f"{at.astimezone(clock.LONDON):%-d %B}" for at in (self.first_at, self.last_at))
        return first if first == last else f"{first} – {last}"


def figures(group: SupportGroup) -> list[Figure]:
    """Give what a group may see, the newest first: only sessions about which nobody can answer any more."""
    over = clock.now() - run_sheet.hours("answers")
    states = [GroupSession.State.HELD, GroupSession.State.CLOSED]
    rows = GroupSession.objects.filter(group=group, state__in=states, ends_at__lte=over).order_by("-starts_at")[:LAST]
    sessions = list(rows)[::-1]
    said: dict[int, list[int]] = {session.pk: [] for session in sessions}
    for session, answer in ListenedTo.objects.filter(session__in=sessions).values_list("session", "said"):
        said[session].append(answer)
    there: dict[int, int] = {session.pk: 0 for session in sessions}
    outcome = Attendance.Outcome.THERE
    for pk in Attendance.objects.filter(session__in=sessions, outcome=outcome).values_list("session", flat=True):
        there[pk] += 1
    return roll([(session.starts_at, said[session.pk], there[session.pk]) for session in sessions])[::-1]


def roll(sessions: list[tuple[dt.datetime, list[int], int]]) -> list[Figure]:
    """Join sessions, the oldest first, until five have answered (pure); too few at the end are not shown yet.

    Each is when it began, the answers, and how many were there. A session counts in one figure alone, so that no two
    figures can be subtracted from each other.
    """
    found: list[Figure] = []
    held: list[tuple[dt.datetime, list[int], int]] = []
    for one in sessions:
        held.append(one)
        answers = tuple(sorted(answer for _at, said, _there in held for answer in said))
        if len(answers) >= FEW:
            found.append(Figure(held[0][0], held[-1][0], len(held), answers, sum(there for _a, _s, there in held)))
            held = []
    return found
