"""Groups cannot open unsafely, and nobody comes in without a name and a yes (S1, S45)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils.html import escape

from peer import clock, gate, group_templates, joining, posting
from peer.actions import groups, moderators, talk
from peer.models import HelloCall, Membership, MembershipRole, Person, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_member, make_open_group, make_person, make_ready, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    """Make a service manager."""
    return make_user(roles=(Role.SERVICE_MANAGER,))


def staff(name: str) -> User:
    """Make an account of somebody who works here."""
    person = make_person(kind=Person.Kind.STAFF, given_name=name, born_on=dt.date(1990, 5, 4))
    return make_user(name=name, person=person)


def moderating(group: SupportGroup, user: User, *, by: User, name: str) -> MembershipRole:
    """Make somebody a peer moderator, as two managers do."""
    return moderators.agree(
        moderators.ask(group, by=by, user=user, name=name), by=make_user(roles=(Role.SERVICE_MANAGER,))
    )


def confirmed(group: SupportGroup) -> Membership:
    """Make a membership after its hello call."""
    person = make_person(given_name="Noor", family_name="Hadley")
    return Membership.objects.create(
        group=group, person=person, user=make_user(person=person), state=Membership.State.CONFIRMED
    )


def test_a_group_opens_only_with_moderator_clinician_and_protocol(sam: User) -> None:
    group = groups.begin(gate.SERVICE, by=sam, details={"title": "Harbour", "age_from": 16, "age_to": 17})
    mo = staff("Mo")
    for step in range(4):
        with pytest.raises(RuleBroken):
            groups.open_group(group, by=sam)
        match step:
            case 0:
                moderating(group, mo, by=sam, name="Mo")
            case 1:
                make_ready(user=mo, confirmed=0)
            case 2:
                groups.give_role(group, by=sam, user=staff("Dr Lee"), role=Role.CLINICIAN, name="Dr Lee")
            case 3:
                groups.publish_protocol(group, by=sam, treated="Kindly", listened="Fully", accepted="As mine")
    assert groups.open_group(group, by=sam).state == "open"


def test_a_protocol_without_one_of_its_headings_is_not_published(sam: User) -> None:
    group = make_group()
    with pytest.raises(RuleBroken):
        groups.publish_protocol(group, by=sam, treated="Kindly", listened=" ", accepted="As mine")
    assert group.protocols.count() == 1


def test_an_ended_role_takes_the_right_away(sam: User) -> None:
    group = make_open_group()
    mo = staff("Zara")
    given = moderating(group, mo, by=sam, name="Zara")
    assert SupportGroup.objects.visible_to(mo).exists()
    groups.end_role(group, by=sam, role=given)
    assert not SupportGroup.objects.visible_to(mo).exists()


def test_nobody_gives_a_role_to_themselves_or_one_that_is_not_given(sam: User) -> None:
    group = make_open_group()
    with pytest.raises(RuleBroken):
        groups.give_role(group, by=sam, user=sam, role=Role.CLINICIAN, name="Sam")
    with pytest.raises(RuleBroken):
        groups.give_role(group, by=sam, user=staff("X"), role=Role.YOUNG_PERSON, name="X")
    with pytest.raises(gate.NotAllowed):
        groups.give_role(group, by=staff("Y"), user=staff("Z"), role=Role.CLINICIAN, name="Z")


def test_name_then_yes_then_in(sam: User) -> None:
    group = make_open_group()
    membership = confirmed(group)
    protocol = group.protocol()
    assert protocol
    assert membership.user
    with pytest.raises(RuleBroken):
        groups.start(membership, by=membership.user, protocol=protocol)
    groups.choose_name(membership, by=membership.user, name="Tide", colour=3)
    groups.start(membership, by=membership.user, protocol=protocol)
    assert SupportGroup.objects.visible_to(membership.user).get() == group
    assert gate.can(membership.user, gate.Perm.WRITE_POST, group)


@pytest.mark.parametrize("name", ["Noor", "M0", "Dr Lee", "Ben ", "b3n", "x"])
def test_taken_real_and_staff_like_names_are_refused(name: str) -> None:
    membership = confirmed(make_open_group())
    with pytest.raises(RuleBroken):
        groups.choose_name(membership, by=membership.user, name=name, colour=0)
    membership.refresh_from_db()
    assert membership.pseudonym == ""


def test_a_new_version_is_asked_again_and_an_old_one_is_not_accepted(sam: User) -> None:
    group = make_open_group()
    asha = make_member(group=group).user
    old = group.protocol()
    new = groups.publish_protocol(group, by=sam, treated="a", listened="b", accepted="c")
    with pytest.raises(RuleBroken):
        groups.accept_protocol(old, by=asha)
    assert not SupportGroup.objects.with_standing(asha).get(pk=group.pk).protocol_accepted
    groups.accept_protocol(new, by=asha)
    groups.accept_protocol(new, by=asha)
    assert SupportGroup.objects.with_standing(asha).get(pk=group.pk).protocol_accepted


def test_ages_stay_while_people_are_in(sam: User) -> None:
    group = make_open_group()
    with pytest.raises(RuleBroken):
        groups.change(group, by=sam, details={"age_from": 11, "age_to": 13})
    assert groups.change(group, by=sam, details={"hello": "Hi from Ben"}).hello == "Hi from Ben"
    assert clock.now()


def test_leaving_ends_every_right_at_once_and_takes_back_what_waits() -> None:
    group = make_open_group()
    member = make_member(group=group)
    assert member.user
    post = talk.start_thread(group, by=member.user, title="Hi", body="hello")
    groups.leave(member, by=member.user)
    post.refresh_from_db()
    assert (member.state, post.state) == ("left", "withdrawn")
    assert not SupportGroup.objects.visible_to(member.user).exists()
    assert not gate.can(member.user, gate.Perm.WRITE_POST, group)
    assert Membership.objects.left(member.user).get() == member


def test_changing_ones_mind_before_the_hello_call_ends_the_call() -> None:
    person = make_person()
    membership = Membership.objects.create(group=make_open_group(), person=person, user=make_user(person=person))
    call = HelloCall.objects.create(membership=membership, owner_role=Role.CLINICIAN, due_at=clock.now())
    groups.leave(membership, by=membership.user)
    call.refresh_from_db()
    assert (call.state, call.due_at) == ("ended", None)


def test_who_looks_after_a_group_hands_over_first_and_nobody_else_ends_my_place() -> None:
    group = make_open_group()
    mo = Membership.objects.get(group=group, pseudonym="Mo")
    with pytest.raises(RuleBroken):
        groups.leave(mo, by=mo.user)
    with pytest.raises(gate.NotAllowed):
        groups.leave(make_member(group=group), by=mo.user)


# ── A clinician helps and never hosts alone (S90) ───────────────────────────────────────────────────────────────────
def test_a_clinician_who_also_checks_posts_does_not_open_a_group(sam: User) -> None:
    group = make_group(state="draft")
    lee = staff("Dr Lee")
    groups.give_role(group, by=sam, user=lee, role=Role.CLINICIAN, name="Dr Lee")
    with pytest.raises(RuleBroken, match="two people"):
        moderators.ask(group, by=sam, user=lee, name="Dr Lee")
    make_ready(user=lee)
    Membership.objects.get(user=lee).roles.create(role=Role.PEER_MODERATOR)  # as an old file might have left it
    with pytest.raises(RuleBroken, match="no clinician"):
        groups.open_group(group, by=sam)


def test_a_clinician_of_the_service_is_no_peer_in_any_group(sam: User) -> None:
    lee = staff("Dr Lee")
    lee.service_roles.create(role=Role.CLINICIAN)
    with pytest.raises(RuleBroken, match="two people"):
        moderators.ask(make_group(), by=sam, user=lee, name="Jin")


def test_a_peer_who_checks_posts_does_not_become_the_clinician(sam: User) -> None:
    group, mo = make_group(), staff("Mo")
    moderating(group, mo, by=sam, name="Mo")
    with pytest.raises(RuleBroken, match="two people"):
        groups.give_role(group, by=sam, user=mo, role=Role.CLINICIAN, name="Mo")


def closed_because(group: SupportGroup, user: User | None) -> tuple[str, ...]:
    assert user
    return posting.of(SupportGroup.objects.with_standing(user).get(pk=group.pk)).missing


@pytest.mark.parametrize(("name", "missing"), [("Mo", "moderator"), ("Dr Lee", "clinician")])
def test_a_role_that_ends_by_day_makes_the_group_read_only_at_once(sam: User, name: str, missing: str) -> None:
    group = make_open_group()
    asha = make_member(group=group).user
    assert closed_because(group, asha) == ()
    held = Membership.objects.get(group=group, pseudonym=name).roles.get()
    groups.end_role(group, by=sam, role=held)
    assert closed_because(group, asha) == (missing,)
    with pytest.raises(RuleBroken, match="Writing is closed"):
        talk.start_thread(group, by=asha, title="Hi", body="hello")


@pytest.mark.parametrize("name", ["Mo", "Dr Lee"])
def test_a_role_with_an_end_says_until_when_one_can_write(name: str) -> None:
    group = make_open_group()
    asha = make_member(group=group).user
    ends = clock.now() + dt.timedelta(hours=2)
    Membership.objects.get(group=group, pseudonym=name).roles.update(until_at=ends)
    assert posting.of(SupportGroup.objects.with_standing(asha).get(pk=group.pk)).until_at == ends
    with clock.at(ends):
        assert closed_because(group, asha) != ()


def test_a_clinician_who_has_not_said_yes_to_the_new_words_cannot_post(sam: User) -> None:
    group = make_open_group()
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    new = groups.publish_protocol(group, by=sam, treated="a", listened="b", accepted="c")
    with pytest.raises(RuleBroken, match="read how we treat each other first"):
        talk.start_thread(group, by=lee, title="Hello", body="I am here until nine.")
    groups.accept_protocol(new, by=lee)
    assert talk.start_thread(group, by=lee, title="Hello", body="I am here until nine.").author_role == "clinician"


def test_a_clinicians_post_carries_a_badge_outside_the_name() -> None:
    group = make_open_group()
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    post = talk.start_thread(group, by=lee, title="Hello", body="I am here until nine.")
    post.move_to("approved", approved_hash=post.content_hash, decided_at=clock.now(), due_at=None)
    client = Client()
    client.force_login(make_member(group=group).user)
    html = " ".join(client.get(post.thread.get_absolute_url()).content.decode().split())
    assert '<span class="post-name">Dr Lee</span> <span class="post-role">clinician</span>' in html


# ── Worlds, templates, and who answers for a group (U19) ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", list(group_templates.every()))
def test_a_template_fills_in_a_group_and_its_words_as_defaults_that_can_be_changed(sam: User, name: str) -> None:
    like = group_templates.every()[name]
    client = Client()
    client.force_login(sam)
    html = client.get(f"/staff/groups/new/?like={name}").content.decode()
    assert escape(like.title) in html
    form = {key: str(value) for key, value in like.details().items()} | {"title": "Our own name"}
    answer = client.post(f"/staff/groups/new/?like={name}", form)
    group = SupportGroup.objects.get()
    assert (group.title, group.about, group.audience, group.eligibility) == (
        "Our own name", like.about, like.audience, like.eligibility,
    )  # fmt: skip
    assert answer["Location"].endswith("/protocol/")
    assert escape(like.accepted.strip().splitlines()[0]) in client.get(answer["Location"]).content.decode()


def test_a_group_outside_the_list_opens_only_when_somebody_answers_for_it(sam: User) -> None:
    group = make_open_group()
    SupportGroup.objects.filter(pk=group.pk).update(state="draft", eligibility="asked")
    group.refresh_from_db()
    with pytest.raises(RuleBroken, match="Who answers"):
        groups.open_group(group, by=sam)
    named = {"data_controller": "Kettle", "lead_professional": "Rae Holt, SW123", "cover_partner": "Elm Road Surgery"}
    groups.change(group, by=sam, details=named)
    assert groups.open_group(group, by=sam).state == "open"


def test_whom_a_group_is_for_stays_while_people_are_in_it(sam: User) -> None:
    group = make_open_group()
    with pytest.raises(RuleBroken):
        groups.change(group, by=sam, details={"audience": "mixed"})


def test_in_a_mixed_group_each_is_what_they_are_and_nobody_sees_other_groups() -> None:
    mixed = make_open_group(title="Together")
    SupportGroup.objects.filter(pk=mixed.pk).update(audience="mixed")
    asha = make_member(group=make_open_group(title="Lantern"), name="Fern")
    inside = [make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat"), asha.person]
    for person, name in zip(inside, ("Rain", "Tide"), strict=True):
        user = asha.user if person == asha.person else make_user(person=person)
        joining.bring_in(
            Membership.objects.create(
                group=mixed, person=person, user=user, state="confirmed", pseudonym=name, skeleton=name
            )
        )
    roles = dict(Membership.objects.filter(group=mixed).values_list("pseudonym", "roles__role"))
    assert (roles["Rain"], roles["Tide"]) == ("parent_carer", "young_person")
    pat = Client()
    pat.force_login(User.objects.get(person__given_name="Pat"))
    for address in ("/groups/", mixed.get_absolute_url()):
        html = pat.get(address).content.decode()
        assert "Lantern" not in html
        assert "Fern" not in html
