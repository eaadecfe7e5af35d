"""Asking about one's own data: a copy is read by a person, fetched once and gone; everything else is answered in a month."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.storage import storages
from pytest_django import DjangoAssertNumQueries

from notifications.models import CallTask
from peer import clock, copies, held
from peer.actions import data_requests
from peer.gate import NotAllowed
from peer.models import DataRequest, Person, ShownDecision, User
from peer.models.data_requests import a_month_on
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from peer.sweeps.copies import carry_on_copies
from tests.make import make_group, make_member, make_person, make_phone, make_post, make_user, make_wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private(settings: object, tmp_path: object) -> None:
    """Keep the files of a test apart."""
    settings.STORAGES["private"]["OPTIONS"]["location"] = tmp_path  # type: ignore[attr-defined]
    storages._storages.clear()


@pytest.fixture
def asha() -> User:
    person = make_person()
    make_wait(person=person)
    make_phone(person=person)
    return make_user(person=person)


@pytest.fixture
def sam() -> User:
    return make_user(roles=(Role.SERVICE_MANAGER,))


def person_of(user: User) -> Person:
    assert user.person
    return user.person


def asked(user: User, kind: str = "copy", **more: str) -> DataRequest:
    return data_requests.ask(person_of(user), by=user, kind=kind, **more)


def drawn_up(user: User) -> DataRequest:
    request = asked(user)
    carry_on_copies()
    request.refresh_from_db()
    return request


def ready(user: User, sam: User) -> DataRequest:
    request = drawn_up(user)
    data_requests.read_through(request, by=sam)
    carry_on_copies()
    request.refresh_from_db()
    return request


def test_nobody_asks_for_somebody_else(asha: User, sam: User) -> None:
    for by in (sam, make_user(person=make_person(kind="parent_carer"))):
        with pytest.raises(NotAllowed):
            data_requests.ask(person_of(asha), by=by, kind="copy")


def test_a_copy_is_drawn_up_read_by_a_person_written_and_fetched_once(asha: User, sam: User) -> None:
    request = ready(asha, sam)
    assert request.state == DataRequest.State.READY
    assert request.draft is None
    files = data_requests.hand_over(request, by=asha)
    assert "Feeling low" in files["html"].decode()
    told = json.loads(files["json"])
    assert {table["title"] for table in told["tables"]} >= {"You", "A request for help", "A number or address"}
    with pytest.raises(IllegalMove):
        data_requests.hand_over(request, by=asha)


def test_after_it_is_fetched_no_file_stays(asha: User, sam: User, tmp_path: object) -> None:
    request = ready(asha, sam)
    assert len(list((tmp_path / "copies").iterdir())) == 2  # type: ignore[operator]
    data_requests.hand_over(request, by=asha)
    carry_on_copies()
    assert list((tmp_path / "copies").iterdir()) == []  # type: ignore[operator]


def test_after_seven_days_it_is_gone(asha: User, sam: User, tmp_path: object) -> None:
    request = ready(asha, sam)
    with clock.at(clock.now() + dt.timedelta(days=7, minutes=1)):
        with pytest.raises(RuleBroken, match="The week is over"):
            data_requests.hand_over(request, by=asha)
        carry_on_copies()
    request.refresh_from_db()
    assert request.state == DataRequest.State.GONE
    assert list((tmp_path / "copies").iterdir()) == []  # type: ignore[operator]


def test_what_is_left_out_is_not_in_the_copy_and_the_copy_says_why(asha: User, sam: User) -> None:
    note = "Her brother Tom is ill too. She likes mornings."
    task = CallTask.objects.create(
        event_key="x", person=person_of(asha), about="check_in", owner_role="clinician", due_at=clock.now(), note=note
    )
    request = drawn_up(asha)
    where = {"table": "notifications.CallTask", "row": task.pk, "field": "note"}
    with pytest.raises(RuleBroken, match="do not stand there"):
        data_requests.leave_out(request, by=sam, **where, passage="Her sister", why="somebody_else")
    data_requests.leave_out(request, by=sam, **where, passage="Her brother Tom is ill too.", why="somebody_else")
    data_requests.read_through(request, by=sam)
    carry_on_copies()
    request.refresh_from_db()
    files = data_requests.hand_over(request, by=asha)
    for file in files.values():
        words = file.decode()
        assert "Tom" not in words
        assert "She likes mornings." in words
        assert "It is about somebody else" in words


def test_nobody_reads_through_their_own_copy() -> None:
    sam = make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    request = drawn_up(sam)
    with pytest.raises(RuleBroken, match="Ask a colleague"):
        data_requests.read_through(request, by=sam)


def test_a_copy_holds_nothing_of_anybody_else(asha: User) -> None:
    group = make_group()
    make_member(group=group, user=asha)
    other = make_member(group=group, name="Otherwise")
    make_post(author=other, body="What the other one wrote", state="approved")
    words = json.dumps(copies.draw_up(person_of(asha)))
    assert "Otherwise" not in words
    assert "What the other one wrote" not in words


def test_a_copy_costs_the_same_however_much_there_is(
    asha: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    group = make_group()
    author = make_member(group=group, user=asha)
    for number in range(30):
        make_post(author=author, body=f"Words {number}", state="approved")
    with django_assert_max_num_queries(len(held.tables()) + 8):
        assert len(copies.draw_up(person_of(asha))["tables"]) > 5


def test_one_copy_at_a_time(asha: User) -> None:
    asked(asha)
    with pytest.raises(RuleBroken, match="already"):
        asked(asha)


@pytest.mark.parametrize(
    ("day", "due"), [((2026, 1, 31), (2026, 2, 28)), ((2026, 12, 5), (2027, 1, 5)), ((2028, 1, 30), (2028, 2, 29))]
)
def test_the_law_gives_a_month(day: tuple[int, int, int], due: tuple[int, int, int]) -> None:
    assert a_month_on(dt.date(*day)) == dt.date(*due)


def test_a_correction_is_answered_and_the_answer_can_be_replied_to(asha: User, sam: User) -> None:
    request = asked(asha, "correction", words="My name has two s.")
    data_requests.settle(request, by=sam, answer="We have put it right.")
    shown = ShownDecision.objects.get(person=person_of(asha))
    assert "We have put it right." in shown.words


def test_a_no_needs_a_reason(asha: User, sam: User) -> None:
    request = asked(asha, "objection", words="Stop it.")
    with pytest.raises(RuleBroken):
        data_requests.refuse(request, by=sam, reason=" ")
    data_requests.refuse(request, by=sam, reason="The law asks us to keep it.")
    assert request.state == DataRequest.State.REFUSED


def test_worrying_words_go_to_a_clinician_within_minutes_and_to_nobody_else(asha: User, sam: User) -> None:
    request = asked(asha, "correction", words="Delete me, I want to die")
    assert request.owner_role == Role.CLINICIAN
    assert request.due_at is not None
    assert request.due_at <= clock.now() + dt.timedelta(minutes=10)
    lee = make_user(roles=(Role.CLINICIAN,))
    assert DataRequest.objects.visible_to(lee).get() == request
    assert not DataRequest.objects.visible_to(sam).exists()
    data_requests.pass_on(request, by=lee)
    assert DataRequest.objects.visible_to(sam).get() == request


def test_one_can_change_one_s_mind(asha: User) -> None:
    request = asked(asha)
    data_requests.take_back(request, by=asha)
    assert asked(asha).state == DataRequest.State.ASKED
