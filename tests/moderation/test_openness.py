"""Figures of each quarter for everybody: counted from rows once, hidden where small, never to be subtracted (S33)."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moderation import openness, sweeps
from moderation.actions import decisions, reports
from moderation.actions import openness as quarters
from moderation.models import Quarter
from peer import clock, figures, gate
from peer.actions import talk
from peer.models import User
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from tests.make import make_member, make_open_group, make_user

pytestmark = pytest.mark.django_db

SUMMER = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
AUTUMN = dt.datetime(2026, 10, 2, 3, tzinfo=dt.UTC)
ON = dt.date(2026, 7, 1)


def a_summer(*, shown: int, changed: int = 0, waits: int = 0, reported: int = 0) -> None:
    """Let members write, and people answer: each a minute later than the one before."""
    with clock.at(SUMMER):
        group = make_open_group()
        author = make_member(group=group, name="Asha")
        author.posts_approved = 5
        author.save()
        others = [make_member(group=group, name=f"Robin {n}").user for n in range(reported)]
        mo = User.objects.get(memberships__pseudonym="Mo", memberships__group=group)
    for number in range(shown + changed + waits):
        with clock.at(SUMMER):
            post = talk.start_thread(group, by=author.user, title="Hello", body=f"A calm day, number {number}.")
        with clock.at(SUMMER + dt.timedelta(minutes=number + 1)):
            if number < shown:
                decisions.approve(post, by=mo, content_hash=post.content_hash)
            elif number < shown + changed:
                decisions.send_back(post, by=mo, content_hash=post.content_hash, kind_words="Could you say more?")
    for by in others:
        with clock.at(SUMMER + dt.timedelta(hours=2)):
            told = reports.report(post, by=by, worry="unkind", is_urgent=False)
        with clock.at(SUMMER + dt.timedelta(hours=3)):
            reports.answer(told, by=mo, words="Thank you. We looked.")


def swept() -> list[Quarter]:
    with clock.at(AUTUMN):
        sweeps.count_quarters()
    return list(Quarter.objects.order_by("starts_on", "version"))


def shown_of(quarter: Quarter) -> dict[str, openness.Shown]:
    return {one.part.key: one for one in openness.shown(quarter)}


def test_a_quarter_is_counted_from_its_rows_once_it_is_over() -> None:
    a_summer(shown=10, changed=6, waits=7, reported=5)
    [quarter] = swept()
    assert (quarter.starts_on, quarter.version, quarter.by) == (ON, 1, None)
    assert quarter.counts["posts"] == {
        "shown": 10, "change": 6, "declined": 0, "other": 7, "timed": 16, "median": 8, "nine_in_ten": 15,
    }  # fmt: skip
    assert quarter.counts["reports"] == {"answered": 5, "other": 0, "timed": 5, "median": 60, "nine_in_ten": 60}


def test_nothing_is_counted_while_a_quarter_runs_nor_twice() -> None:
    a_summer(shown=1)
    with clock.at(SUMMER + dt.timedelta(days=91, hours=10)):  # the last evening
        assert sweeps.count_quarters() == 0
        with pytest.raises(RuleBroken):
            quarters.fix(gate.SERVICE, by=quarters.CLOCK, starts_on=ON)
    assert len(swept()) == 1
    assert len(swept()) == 1


def test_a_quarter_begins_at_midnight_in_london() -> None:
    with clock.at(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)):  # half past midnight there
        group = make_open_group()
        talk.start_thread(group, by=make_member(group=group).user, title="Hello", body="It is late.")
    assert [quarter.starts_on for quarter in swept()] == [ON]


def test_a_service_that_nobody_has_written_in_counts_nothing() -> None:
    assert swept() == []


def test_quarters_that_were_missed_are_counted_too() -> None:
    a_summer(shown=1)
    with clock.at(AUTUMN + dt.timedelta(days=200)):
        assert sweeps.count_quarters() == 3
    assert Quarter.objects.count() == 3


def test_what_was_decided_later_is_open_in_the_figures_of_its_own_quarter() -> None:
    with clock.at(SUMMER):
        group = make_open_group()
        post = talk.start_thread(group, by=make_member(group=group).user, title="Hello", body="A calm day.")
        mo = User.objects.get(memberships__pseudonym="Mo", memberships__group=group)
    with clock.at(AUTUMN - dt.timedelta(days=1)):
        decisions.send_back(post, by=mo, content_hash=post.content_hash, kind_words="Could you say more?")
    [quarter] = swept()
    assert (quarter.counts["posts"]["change"], quarter.counts["posts"]["other"]) == (0, 1)


def test_small_figures_are_hidden_and_their_times_too() -> None:
    a_summer(shown=20, changed=6, waits=3, reported=4)
    [quarter] = swept()
    shown = shown_of(quarter)
    assert shown["reports"].total is None
    assert shown["reports"].median is None
    posts = shown["posts"]
    assert [line.count for line in posts.lines] == [20, None, None, None]
    assert (posts.total, posts.median, posts.nine_in_ten) == (29, 13, 24)


def test_a_time_is_not_said_where_it_would_tell_how_many_there_were() -> None:
    a_summer(shown=7, waits=1, reported=0)
    [quarter] = swept()
    posts = shown_of(quarter)["posts"]
    assert ([line.count for line in posts.lines], posts.total) == ([None] * 4, 8)
    assert posts.median is None


def test_nine_in_ten_is_not_said_of_so_few_that_it_is_one_person() -> None:
    assert openness._shown(
        openness.PARTS[1], {"answered": 6, "other": 5, "timed": 6, "median": 3, "nine_in_ten": 9}
    ) == (
        openness.Shown(
            part=openness.PARTS[1],
            lines=(
                openness.Line("answered", openness.PARTS[1].ends["answered"], 6, 100),
                openness.Line("other", openness.PARTS[1].ends["other"], 5, 83),
            ),
            total=11,
            median=3,
            nine_in_ten=None,
        )
    )


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_no_hidden_figure_can_be_worked_out_from_those_that_show(numbers: list[int]) -> None:
    shown, total = figures.protect_row(numbers)
    assert all(figure is None or figure >= 5 for figure in [*shown, total])
    hidden = [true for true, figure in zip(numbers, shown, strict=True) if figure is None]
    if total is None:
        assert len(hidden) == len(numbers)
    elif hidden:  # each could be another number, the rest giving way
        assert len(hidden) > 1
        assert sum(hidden) >= 5


def test_a_counted_quarter_is_never_rewritten() -> None:
    a_summer(shown=6)
    [quarter] = swept()
    with pytest.raises(IllegalMove):
        Quarter.objects.update(counts={})
    with pytest.raises(IllegalMove):
        quarter.save()


def test_a_correction_is_a_named_persons_with_a_note_and_a_row_of_its_own() -> None:
    a_summer(shown=6)
    [quarter] = swept()
    with clock.at(SUMMER):
        sam = make_user(name="Sam Okoro", roles=(Role.SERVICE_MANAGER,))
    with clock.at(AUTUMN), pytest.raises(RuleBroken, match="just the same"):
        quarters.correct(quarter, by=sam, note="I only want to see.")
    a_summer(shown=6)  # rows that were not there
    with clock.at(AUTUMN):
        with pytest.raises(RuleBroken, match="few words"):
            quarters.correct(quarter, by=sam, note=" oops ")
        with pytest.raises(gate.NotAllowed):
            quarters.correct(quarter, by=make_user(roles=(Role.CO_ORDINATOR,)), note="Posts were missing here.")
        again = quarters.correct(quarter, by=sam, note="Posts of one group were missing.")
        with pytest.raises(RuleBroken, match="just corrected"):
            quarters.correct(quarter, by=sam, note="Posts of one group were missing.")
    assert (again.version, again.counts["posts"]["shown"], quarter.counts["posts"]["shown"]) == (2, 12, 6)
    page = Client().get("/openness/").content.decode()
    assert "Posts of one group were missing." in page
    assert "Sam Okoro" in page


def test_anybody_reads_the_page_and_before_the_first_quarter_it_says_when(client: Client) -> None:
    with clock.at(AUTUMN):
        empty = client.get("/openness/").content.decode()
    assert "No figures yet" in empty
    assert "1 January 2027" in empty
    assert "How we count" in empty
    a_summer(shown=10, changed=6, reported=2)
    swept()
    page = client.get("/openness/")
    words = page.content.decode()
    assert "1 July 2026 to 30 September 2026" in words
    assert "half came within 8 minutes" in words
    assert "not shown" in words
    assert page.status_code == 200
    assert "/openness/" in client.get("/openness/").content.decode()  # in the footer of each page


def test_the_file_says_what_the_page_says(client: Client) -> None:
    a_summer(shown=10, changed=6, reported=2)
    swept()
    got = client.get("/openness/figures.csv")
    rows = list(csv.DictReader(got.content.decode().splitlines()))
    assert got["Content-Type"].startswith("text/csv")
    told = {(row["part"], row["what"]): row["figure"] for row in rows}
    assert told["posts", "all"] == "16"
    assert told["posts", "shown"] == "10"
    assert told["posts", "change"] == "hidden"  # with the two noughts, whose sum it would tell
    assert told["posts", "median_minutes"] == "8"
    assert {figure for (part, _what), figure in told.items() if part == "reports"} == {"hidden"}


def test_a_manager_corrects_on_a_page_and_keeps_what_was_typed(client: Client) -> None:
    a_summer(shown=6)
    swept()
    client.force_login(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    wrong = client.post("/staff/openness/2026-q3/", {"note": "oops"})
    assert wrong.status_code == 422
    assert "oops" in wrong.content.decode()
    assert Quarter.objects.count() == 1
    assert client.get("/staff/openness/2026-q2/").status_code == 404
    client.force_login(make_user(roles=(Role.CO_ORDINATOR,)))
    assert client.get("/staff/openness/2026-q3/").status_code == 404


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, ""), (1, "1 minute"), (59, "59 minutes"), (89, "1 hour"), (60 * 47, "47 hours"), (60 * 72, "3 days")],
)
def test_a_length_of_time_is_said_as_people_do(minutes: int | None, words: str) -> None:
    from moderation.views.openness import length

    assert length(minutes) == words
