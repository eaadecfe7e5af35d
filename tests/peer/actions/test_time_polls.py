"""Times for a next session: one vote for each person and time, changed, closed, tied, chosen, and by text (S20)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from notifications.actions import texts
from notifications.models import Delivery, InboundText, Notification
from peer import clock
from peer.actions import time_polls
from peer.gate import NotAllowed
from peer.models import GroupSession, Membership, SupportGroup, TimePoll, TimeVote, User
from peer.states import RuleBroken
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_member, make_open_group, make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
FERN = "+447700900402"
TUESDAY = dt.date(2026, 11, 24)  # tests begin on Monday 16 November 2026, noon
CLOSES = dt.datetime(2026, 11, 20, 18, tzinfo=clock.LONDON)


def evening(days: int, hour: int = 19) -> dt.datetime:
    return dt.datetime.combine(TUESDAY + dt.timedelta(days=days), dt.time(hour), tzinfo=clock.LONDON)


TIMES = [evening(0), evening(1), evening(2)]


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


def user(group: SupportGroup, name: str) -> User:
    found = Membership.objects.select_related("user").get(group=group, pseudonym=name).user
    assert found
    return found


@pytest.fixture
def fern(group: SupportGroup) -> User:
    person = make_person(given_name="Asha")
    make_contact(person=person, number=FERN)
    return make_member(group=group, user=make_user(person=person), name="Fern").user


@pytest.fixture
def poll(group: SupportGroup, fern: User) -> TimePoll:
    return time_polls.offer(group, by=user(group, "Ben"), times=TIMES, way="in_person", minutes=60, closes_at=CLOSES)


def counts(poll: TimePoll) -> list[int]:
    return [option.can_count for option in TimePoll.objects.with_options().get(pk=poll.pk).options.all()]


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def page(who: User, poll: TimePoll) -> str:
    return signed_in(who).get(f"/times/{poll.public_id}/").content.decode()


def replies(body: str, *, sid: str) -> str:
    texts.take_text(sid, sender=FERN, body=body)
    return str(InboundText.objects.get(sid=sid).kind)


def test_one_person_has_one_vote_for_each_time_whatever_the_role_and_once_more_replaces_it(group, poll, fern) -> None:
    answer = {"time_1": "yes", "time_2": "no", "time_3": "no"}
    for who in (fern, user(group, "Ben"), user(group, "Dr Lee")):
        assert signed_in(who).post(f"/times/{poll.public_id}/vote/", answer).status_code == 302
    assert counts(poll) == [3, 0, 0]
    signed_in(fern).post(f"/times/{poll.public_id}/vote/", answer | {"time_1": "no", "time_3": "yes"})
    assert counts(poll) == [2, 0, 1]
    assert TimeVote.objects.count() == 9
    shown = page(fern, poll)
    assert "3 people have said so far." in shown
    assert "How many can" not in shown, "no count sways anybody while it is open"


def test_a_poll_is_told_in_words_that_give_nothing_away_and_votes_come_back_by_text(poll, fern) -> None:
    told = Delivery.objects.get(notification__purpose="times_offered", notification__recipient=fern.person)
    assert "1: Tue 24 Nov 7pm, 2: Wed 25 Nov 7pm, 3: Thu 26 Nov 7pm" in (told.body or "")
    assert "Lantern" not in (told.body or "")
    assert replies("2", sid="SM0") == "other", "it has not gone yet: whoever sends this answers something else"
    Delivery.objects.filter(pk=told.pk).update(state=Delivery.State.SENT)
    assert replies("1 3", sid="SM1") == "times"
    assert counts(poll) == [1, 0, 1]
    assert replies(" 2. ", sid="SM2") == "times"
    assert counts(poll) == [0, 1, 0], "once more replaces it"
    assert replies("0", sid="SM3") == "times"
    assert counts(poll) == [0, 0, 0]
    assert TimeVote.objects.filter(can=False).count() == 3
    for sid, body in (("SM4", "7"), ("SM5", "1 or 2 maybe"), ("SM6", "4 5 6")):
        assert replies(body, sid=sid) == "other", "somebody reads what is no vote"


def test_a_number_that_answers_something_else_or_comes_too_late_is_no_vote(poll, fern) -> None:
    last = Notification.objects.get(purpose="times_offered", recipient=fern.person)
    newer = Notification.objects.create(
        event_key="test:1:1", recipient=fern.person, purpose="request_accepted", expires_at=last.expires_at
    )
    given = Delivery.objects.get(notification=last)
    given.pk, given.notification, given.state = None, newer, Delivery.State.SENT
    given.save()
    assert replies("1", sid="SM1") == "got_it"
    assert replies("1 3", sid="SM2") == "times", "more than one number answers nothing else"
    with clock.at(CLOSES + dt.timedelta(minutes=1)):
        assert replies("1 2", sid="SM3") == "other"


def test_it_closes_when_it_says_a_person_chooses_between_equals_and_each_is_told(group, poll, fern) -> None:
    says = {1: True, 2: False, 3: True}
    time_polls.vote(poll, by=fern, says=says)
    with clock.at(CLOSES + dt.timedelta(minutes=1)):
        with pytest.raises(RuleBroken, match="closed now"):
            time_polls.vote(poll, by=fern, says=says)
        look_after_sessions()
        poll.refresh_from_db()
        assert (poll.state, poll.owner) == ("closed", user(group, "Ben"))
        assert "2 times have the same number, the most. A person decides between them." in page(fern, poll)
        assert "Plan it at this time" not in page(fern, poll)
        assert "Plan it at this time" in page(user(group, "Ben"), poll)
        third = poll.options.get(number=3)
        hosts = Membership.objects.filter(group=group, pseudonym__in=["Ben", "Dr Lee"])
        form = {"option": third.pk, "hosts": [host.pk for host in hosts]}
        assert signed_in(fern).post(f"/times/{poll.public_id}/choose/", form).status_code == 404
        signed_in(user(group, "Ben")).post(f"/times/{poll.public_id}/choose/", form)
    session = GroupSession.objects.get()
    assert session.starts_at == TIMES[2]
    told = Delivery.objects.filter(notification__purpose="time_chosen")
    assert {row.notification.recipient_id for row in told} == {fern.person_id}
    assert "the time is Thursday 26 November, 7pm" in str(told.filter(channel="sms").get().body)


def test_a_choice_that_nobody_makes_climbs_and_nobody_said_is_said(group, poll, fern) -> None:
    with clock.at(CLOSES + dt.timedelta(minutes=1)):
        look_after_sessions()
        assert "Nobody said which times suit" in page(fern, poll)
    with clock.at(CLOSES + dt.timedelta(days=3)):
        look_after_sessions()
    poll.refresh_from_db()
    assert (poll.state, poll.owner, poll.owner_role) == ("closed", None, "service_manager")


def test_only_some_offer_and_only_times_that_can_be(group, fern) -> None:
    how = {"way": "text", "minutes": 60, "closes_at": CLOSES}
    with pytest.raises(NotAllowed):
        time_polls.offer(group, by=fern, times=TIMES, **how)
    ben = user(group, "Ben")
    SupportGroup.objects.update(opens=dt.time(7), closes=dt.time(22))
    for times in (TIMES[:1], [evening(day) for day in range(7)], [evening(0), evening(1, hour=3)]):
        with pytest.raises(RuleBroken):
            time_polls.offer(group, by=ben, times=times, **how)
    assert not TimePoll.objects.exists()
