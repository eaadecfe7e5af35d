"""A pause ends by itself, nobody is put out by one person alone, and a ban reaches every door (M5, M7, H22)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connections, transaction

from notifications.actions import contacts
from notifications.models import Delivery
from peer import clock, endings, gate, grants
from peer.actions import groups, invitations, join_requests, memberships, replies, talk
from peer.families import Way
from peer.models import (
    AuditEvent,
    Invitation,
    Membership,
    MembershipDecision,
    MembershipRole,
    ParentRelationship,
    Person,
    Post,
    SupportGroup,
    User,
)
from peer.roles import Perm, Role
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.sweeps.places import end_pauses
from tests.make import make_group, make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = pytest.mark.django_db

KIND = "You wrote where somebody goes to school, twice. That can hurt them."


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    person = make_person()
    make_phone(person=person)
    return make_member(group=group, user=make_user(person=person), name="Fern")


@pytest.fixture
def lee(group: SupportGroup) -> User:
    return User.objects.get(memberships__pseudonym="Dr Lee")


@pytest.fixture
def sam() -> User:
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


def in_days(days: int) -> dt.date:
    return clock.today() + dt.timedelta(days=days)


def paused(asha: Membership, by: User, days: int = 7) -> MembershipDecision:
    return memberships.pause(asha, by=by, until_on=in_days(days), reason=KIND)


def ended(asha: Membership, by: User, second: User, kind: str = "remove") -> MembershipDecision:
    asked = memberships.ask_end(asha, by=by, kind=kind, reason=KIND, note="Third time this week.")
    return memberships.agree(asked, by=second)


def rights(membership: Membership) -> frozenset[str]:
    return grants.rights(membership.user, membership.group)


def test_a_pause_takes_every_right_at_once_and_keeps_what_waits_for_the_writer(group, asha, lee) -> None:
    post = talk.start_thread(group, by=asha.user, title="Hi", body="hello")
    decision = paused(asha, lee)
    post.refresh_from_db()
    assert (asha.state, post.state) == ("suspended", "draft")
    assert rights(asha) == frozenset()
    assert not gate.can(asha.user, Perm.READ_GROUP, group)
    assert (decision.owner, decision.due_at.astimezone(clock.LONDON).date()) == (lee, in_days(7))


def test_a_pause_ends_by_itself_on_its_day_and_not_before(group, asha, lee) -> None:
    paused(asha, lee)
    with clock.at(clock.now() + dt.timedelta(days=6, hours=11)):
        assert end_pauses() == 0
    with clock.at(clock.now() + dt.timedelta(days=7)):
        assert end_pauses() == 1
        assert end_pauses() == 0
        asha.refresh_from_db()
        assert asha.state == "active"
        assert gate.can(asha.user, Perm.WRITE_POST, group)


@pytest.mark.parametrize(("begins", "night"), [("2026-10-24", "2026-10-25"), ("2027-03-27", "2027-03-28")])
def test_a_pause_ends_at_london_s_midnight_when_the_clocks_change(asha, lee, begins: str, night: str) -> None:
    MembershipRole.objects.update(from_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    back = dt.date.fromisoformat(night) + dt.timedelta(days=1)
    with clock.at(dt.datetime.fromisoformat(f"{begins}T12:00+00:00")):
        after = memberships.pause(asha, by=lee, until_on=back, reason=KIND).due_at
    local = after.astimezone(clock.LONDON)
    assert (local.hour, local.minute, local.date()) == (0, 0, back)


def test_staff_may_end_a_pause_earlier(group, asha, lee) -> None:
    memberships.resume(paused(asha, lee), by=lee)
    asha.refresh_from_db()
    assert asha.state == "active"
    assert gate.can(asha.user, Perm.WRITE_POST, group)


@pytest.mark.parametrize("days", [0, -1, 43])
def test_a_pause_has_a_near_end(asha, lee, days: int) -> None:
    with pytest.raises(RuleBroken, match="42 days"):
        paused(asha, lee, days)


def test_a_pause_or_an_end_without_kind_words_is_refused(asha, lee) -> None:
    with pytest.raises(RuleBroken):
        memberships.pause(asha, by=lee, until_on=in_days(3), reason="  ")
    with pytest.raises(RuleBroken):
        memberships.ask_end(asha, by=lee, kind="remove", reason="", note="x")
    with pytest.raises(RuleBroken):
        memberships.ask_end(asha, by=lee, kind="remove", reason=KIND, note=" ")
    assert not MembershipDecision.objects.exists()


@pytest.mark.parametrize("name", ["Mo", "Ben"])
def test_peers_pause_nobody(group, asha, name: str) -> None:
    peer = User.objects.get(memberships__pseudonym=name)
    with pytest.raises(gate.NotAllowed):
        paused(asha, peer)
    with pytest.raises(gate.NotAllowed):
        memberships.ask_end(asha, by=peer, kind="remove", reason=KIND, note="x")


def test_a_removal_needs_a_second_person_and_changes_nothing_before(group, asha, lee, sam) -> None:
    asked = memberships.ask_end(asha, by=lee, kind="remove", reason=KIND, note="What happened.")
    asha.refresh_from_db()
    assert (asha.state, Delivery.objects.count()) == ("active", 0)
    with pytest.raises(RuleBroken, match="second person"):
        memberships.agree(asked, by=lee)
    memberships.agree(asked, by=sam)
    asha.refresh_from_db()
    assert asha.state == "removed"
    assert rights(asha) == frozenset()
    assert not asha.roles.current().exists()


def test_the_database_knows_that_it_takes_two(asha, lee, sam) -> None:
    decision = ended(asha, lee, sam)
    for changes in ({"agreed_by": lee}, {"agreed_by": None}, {"reason": ""}, {"due_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MembershipDecision.objects.filter(pk=decision.pk).update(**changes)


def test_the_second_person_may_say_no_and_the_person_never_hears_of_it(asha, lee, sam) -> None:
    asked = memberships.ask_end(asha, by=lee, kind="ban", reason=KIND, note="What happened.")
    memberships.say_no(asked, by=sam)
    asha.refresh_from_db()
    assert (asha.state, Delivery.objects.count()) == ("active", 0)
    assert not MembershipDecision.objects.visible_to(asha.user).exists()
    with pytest.raises(IllegalMove):
        memberships.agree(asked, by=make_user(roles=(Role.SERVICE_MANAGER,)))


def test_what_waits_to_be_read_goes_with_a_removal_and_worrying_words_stay_with_the_clinician(asha, lee, sam) -> None:
    waits = talk.start_thread(asha.group, by=asha.user, title="Hi", body="hello")
    held = talk.start_thread(asha.group, by=asha.user, title="Hm", body="I want to kill myself tonight")
    ended(asha, lee, sam)
    assert [Post.objects.get(pk=post.pk).state for post in (waits, held)] == ["withdrawn", "held_risk"]


def test_a_ban_reaches_every_group_every_offer_and_the_number_under_another_name(asha, lee, sam) -> None:
    """M5: account, number and offers; the refusal says nothing of why."""
    person, kim = asha.person, make_user(roles=(Role.CO_ORDINATOR,))
    make_wait(person=person)
    other = make_member(group=make_group(title="Harbour"), user=asha.user, name="Fern")
    third = make_group(title="Beacon")
    offer = invitations.offer(person, by=kim, group=third)
    ended(asha, lee, sam, kind="ban")
    for row in (asha, other, offer):
        row.refresh_from_db()
    assert (asha.state, other.state, offer.state) == ("banned", "banned", "expired")
    assert set(Delivery.objects.filter(notification__purpose="invitation").values_list("state", flat=True)) == {
        "cancelled"
    }
    with pytest.raises(RuleBroken) as neutral:
        invitations.offer(person, by=kim, group=make_group(title="Meadow"))
    again = make_person(given_name="Someone", family_name="Else")
    make_wait(person=again)
    make_phone(person=again, number=person.contact_points.get().national)
    with pytest.raises(RuleBroken) as by_number:
        invitations.offer(again, by=kim, group=third)
    assert str(neutral.value) == str(by_number.value)
    assert not any(word in str(neutral.value).lower() for word in ("ban", "number", "removed"))


def newcomer(number: str, *, by: User) -> Person:
    """Write down somebody under another name, as staff do, who says that the number is theirs alone."""
    person = make_person(given_name="Someone", family_name="Else")
    make_wait(person=person)
    contacts.add(person, by=by, ways=[(person, Way(number=number))], source="told us themselves")
    return person


def test_a_number_of_somebody_banned_opens_no_group_whichever_way_its_new_owner_comes(asha, lee, sam) -> None:
    """M5: offered, asked for or already said yes to; each time in the words of any other reason."""
    kim, group = make_user(roles=(Role.CO_ORDINATOR,)), make_group(title="Beacon")
    SupportGroup.objects.filter(pk=group.pk).update(listed=True)
    number = make_phone(person=asha.person).national
    early = make_person(given_name="Early", family_name="Bird")
    make_wait(person=early)
    make_phone(person=early)
    offer = invitations.offer(early, by=kim, group=group)
    ended(asha, lee, sam, kind="ban")
    again = newcomer(number, by=kim)
    assert again.contact_points.get().is_shared  # anything that two hold is; a family's phone is so too
    with pytest.raises(RuleBroken) as offered:
        invitations.offer(again, by=kim, group=group)
    user = make_user(person=again)
    asked = join_requests.ask(again, by=user, group=group)  # whoever asks learns nothing
    with pytest.raises(RuleBroken) as given:
        join_requests.accept(asked, by=kim)
    assert str(offered.value) == str(given.value) == endings.why_nobody_offers()
    assert not Invitation.objects.filter(person=again).exists()
    contacts.add(early, by=kim, ways=[(early, Way(number=number))], source="told us themselves")
    with pytest.raises(RuleBroken, match="Something has changed since we sent this"):
        replies.yes(offer, by=replies.REPLY, how="text")
    assert not Membership.objects.filter(person=early).exists()


def test_a_shared_family_phone_keeps_no_sister_out(asha, lee, sam) -> None:
    phone = asha.person.contact_points.get()
    ended(asha, lee, sam, kind="ban")
    sister, mum = make_person(given_name="Uma"), make_person(kind="parent_carer")
    for child in (sister, asha.person):
        ParentRelationship.objects.create(young_person=child, adult=mum)
    make_wait(person=sister)
    make_phone(person=sister)
    make_phone(person=sister, number=phone.national, is_shared=True)
    assert invitations.offer(sister, by=make_user(roles=(Role.CO_ORDINATOR,)), group=asha.group).state == "offered"


def test_an_offer_made_before_a_ban_opens_nothing_after_it(asha, lee, sam) -> None:
    kim = make_user(roles=(Role.CO_ORDINATOR,))
    make_wait(person=asha.person)
    offer = invitations.offer(asha.person, by=kim, group=make_group(title="Beacon"))
    ended(asha, lee, sam, kind="ban")
    assert not Invitation.objects.live().filter(pk=offer.pk).exists()


def test_lifting_a_removal_gives_the_place_back_with_its_rights(asha, lee, sam) -> None:
    memberships.lift(ended(asha, lee, sam), by=sam, reason="We talked, and it is settled.")
    asha.refresh_from_db()
    assert (asha.state, asha.ended_at) == ("active", None)
    assert gate.can(asha.user, Perm.WRITE_POST, asha.group)


def test_a_removal_is_looked_at_again_by_its_day(asha, lee, sam) -> None:
    decision = ended(asha, lee, sam)
    assert (decision.due_at - clock.now()).days in {179, 180}
    with clock.at(clock.now() + dt.timedelta(days=179)):
        memberships.keep_on(decision, by=sam, reason="Nothing has changed.")
    assert decision.is_overdue(clock.now() + dt.timedelta(days=181)) is False
    with pytest.raises(RuleBroken):
        memberships.lift(paused(make_member(group=asha.group), lee), by=sam, reason="x")


def test_staff_and_oneself_are_no_members_to_pause(group, asha, lee, sam) -> None:
    ben = Membership.objects.get(pseudonym="Ben")
    ben.person.kind = "staff"
    ben.person.save()
    with pytest.raises(RuleBroken, match="works here"):
        paused(ben, lee)
    with pytest.raises(RuleBroken, match="your own place"):
        paused(Membership.objects.get(pseudonym="Dr Lee"), lee)


def test_a_pause_gives_way_to_a_removal_and_the_clock_then_lets_nobody_in(asha, lee, sam) -> None:
    pause = paused(asha, lee)
    ended(asha, lee, sam)
    pause.refresh_from_db()
    assert pause.state == "over"
    with clock.at(clock.now() + dt.timedelta(days=30)):
        assert end_pauses() == 0
    asha.refresh_from_db()
    assert asha.state == "removed"


def test_they_hear_that_there_is_news_and_no_word_of_what(asha, lee, sam) -> None:
    paused(asha, lee)
    row = Delivery.objects.get(channel="sms")
    assert "there is something new for you" in row.body
    assert not any(word in row.body.lower() for word in ("pause", "group", "lantern", "school"))
    assert row.notification.recipient == asha.person


@pytest.mark.parametrize("way", ["pause", "remove", "ban"])
def test_nobody_who_is_paused_or_out_lets_themselves_in(asha, lee, sam, way: str) -> None:
    """M5: the last step into a group is for those a clinician has just said hello to."""
    paused(asha, lee) if way == "pause" else ended(asha, lee, sam, kind=way)
    before = Membership.objects.get(pk=asha.pk).state
    with pytest.raises(RuleBroken):
        groups.start(Membership.objects.get(pk=asha.pk), by=asha.user, protocol=asha.group.protocol())
    asha.refresh_from_db()
    assert asha.state == before != "active"


def one_of_many_sweeps_lets_somebody_back() -> None:
    """Let eight clocks find the same pause over at the same moment."""
    group = make_open_group()
    asha = make_member(group=group, name="Fern")
    pause = paused(asha, User.objects.get(memberships__pseudonym="Dr Lee"), days=1)
    MembershipDecision.objects.filter(pk=pause.pk).update(due_at=clock.now() - dt.timedelta(minutes=1))
    start, done = threading.Barrier(8), []

    def rival() -> None:
        try:
            start.wait(timeout=20)
            done.append(end_pauses())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=rival) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    asha.refresh_from_db()
    assert (sum(done), asha.state) == (1, "active")
    assert AuditEvent.objects.filter(action="peer.actions.memberships.resume").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_eight_clocks_one_lets_somebody_back() -> None:
    one_of_many_sweeps_lets_somebody_back()


def one_second_person_of_two() -> None:
    """Let one colleague agree and another say no at the same moment."""
    group = make_open_group()
    asha = make_member(group=group, name="Fern")
    asked = memberships.ask_end(
        asha, by=User.objects.get(memberships__pseudonym="Dr Lee"), kind="remove", reason=KIND, note="What happened."
    )
    managers = [make_user(roles=(Role.SERVICE_MANAGER,)) for _ in range(2)]
    start, won = threading.Barrier(2), []

    def rival(act, by: User) -> None:
        try:
            start.wait(timeout=20)
            act(MembershipDecision.objects.get(pk=asked.pk), by=by)
            won.append(act.__name__)
        except (StaleMove, IllegalMove):
            pass
        finally:
            connections.close_all()

    acts = zip((memberships.agree, memberships.say_no), managers, strict=True)
    threads = [threading.Thread(target=rival, args=pair) for pair in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    asha.refresh_from_db()
    assert len(won) == 1
    assert asha.state == ("removed" if won == ["agree"] else "active")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_second_persons_one_decides() -> None:
    one_second_person_of_two()
