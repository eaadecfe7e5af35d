"""Places in groups under every order of steps: rights follow at once, nobody reads from outside, nothing is forgotten."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from peer import clock, gate, grants
from peer.actions import appeals, groups, hello_calls, invitations, memberships, moderators, moving_on
from peer.actions.invitations import LINK
from peer.models import (
    Appeal,
    AuditEvent,
    BandMove,
    HelloCall,
    Invitation,
    Membership,
    MembershipDecision,
    ModeratorProposal,
    MovingOn,
    Person,
    Post,
    SupportGroup,
    SupportGroupUserPermission,
    User,
)
from peer.roles import Perm, Role, group_perms
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.sweeps.invitations import close_late_invitations
from peer.sweeps.places import look_after_places
from tests import machines
from tests.make import make_member, make_open_group, make_person, make_phone, make_post, make_user, make_wait

pytestmark = pytest.mark.django_db

REFUSED = (RuleBroken, IllegalMove, StaleMove, gate.NotAllowed)
OWED = (MembershipDecision, Appeal, MovingOn, BandMove, HelloCall, Invitation, ModeratorProposal)
people = st.sampled_from([0, 1])
staff = st.sampled_from(["lee", "okafor", "sam"])
NAMES = ("Fern", "Tide")


class Places(machines.Machine):
    """A group, two young people on their way in and out, three people of staff, and the clock."""

    @initialize()
    def a_group_and_two_who_wait(self) -> None:
        self.group = make_open_group()
        self.shown = make_post(author=make_member(group=self.group, name="Comet"), state="approved")
        lee = User.objects.get(memberships__pseudonym="Dr Lee")
        lee.service_roles.create(role=Role.CLINICIAN)
        okafor = make_member(group=self.group, role=Role.CLINICIAN, name="Dr Okafor").user
        okafor.service_roles.create(role=Role.CLINICIAN)
        self.staff = {"lee": lee, "okafor": okafor, "sam": make_user(roles=(Role.SERVICE_MANAGER,))}
        self.kim = make_user(roles=(Role.CO_ORDINATOR,))
        SupportGroup.objects.filter(pk=self.group.pk).update(age_to=16)  # one of the two is old enough to check posts
        self.people = [make_person(given_name=f"Person {n}", born_on=dt.date(2011 - n, 3, 5)) for n in (0, 1)]
        for person in self.people:
            make_phone(person=person)
            make_wait(person=person)
        self.all_the_way_in(0)
        assert self.place(0).state == "active"

    def place(self, who: int) -> Membership | None:
        return Membership.objects.filter(group=self.group, person=self.people[who]).select_related("group").first()

    def by_law(self, act, *args, **kwargs):
        """Do an act; a refusal changes nothing and writes nothing, a success writes one row (X2, X3)."""
        before, audited = self._states(), AuditEvent.objects.count()
        try:
            done = act(*args, **kwargs)
        except REFUSED:
            assert self._states() == before
            assert AuditEvent.objects.count() == audited
            return None
        assert AuditEvent.objects.count() > audited
        return done

    def _states(self) -> list[tuple[object, ...]]:
        tables = (Membership, *OWED, Post)
        return [row for table in tables for row in table.objects.order_by("pk").values_list("pk", "state")]

    # ── In ──────────────────────────────────────────────────────────────────────────────────────────────────────────
    @rule(who=people)
    def invite(self, who: int) -> None:
        self.by_law(invitations.offer, self.people[who], by=self.kim, group=self.group)

    @rule(who=people)
    def accept(self, who: int) -> None:
        offer = Invitation.objects.live().filter(person=self.people[who]).first()
        if offer is not None:
            codes: list[str] = []
            with suppress(*REFUSED):
                invitations.ask_code(offer, by=LINK)
                from notifications.models import Delivery

                row = Delivery.objects.filter(notification__purpose="invitation_code").order_by("-pk").first()
                codes.append((row.body or "")[:6] if row else "")
            self.by_law(invitations.accept, offer, by=LINK, code="".join(codes), parent_told=None)

    @rule(who=people)
    def say_hello(self, who: int) -> None:
        call = HelloCall.objects.filter(membership__person=self.people[who]).first()
        if call is not None:
            said = hello_calls.Said(
                born_on=self.people[who].born_on,
                basis="competent" if self.people[who].age() < 16 else "sixteen",
                safe_ways="Text.",
                explained="All of it.",
                understood="All of it.",
            )
            self.by_law(hello_calls.confirm, call, by=self.staff["lee"], said=said)

    @rule(who=people)
    def start(self, who: int) -> None:
        place = self.place(who)
        if place is not None and place.user is not None:
            self.by_law(groups.choose_name, place, by=place.user, name=NAMES[who], colour=who)
            self.by_law(groups.start, self.place(who), by=place.user, protocol=self.group.protocol())

    @rule(who=people)
    def all_the_way_in(self, who: int) -> None:
        """The machine would seldom come this far by itself."""
        self.invite(who)
        self.accept(who)
        self.say_hello(who)
        self.start(who)

    # ── Out, and back ───────────────────────────────────────────────────────────────────────────────────────────────
    @rule(who=people, by=staff, days=st.sampled_from([1, 10, 60]))
    def pause(self, who: int, by: str, days: int) -> None:
        place = self.place(who)
        if place is not None:
            until = clock.today() + dt.timedelta(days=days)
            self.by_law(memberships.pause, place, by=self.staff[by], until_on=until, reason="Kind words.")

    @rule(who=people, by=staff, kind=st.sampled_from(["remove", "ban"]))
    def ask_that_they_leave(self, who: int, by: str, kind: str) -> None:
        place = self.place(who)
        if place is not None:
            self.by_law(memberships.ask_end, place, by=self.staff[by], kind=kind, reason="Kind words.", note="What.")

    @rule(by=staff, act=st.sampled_from([memberships.agree, memberships.agree, memberships.say_no, memberships.resume]))
    def look_as_a_second(self, by: str, act) -> None:
        decision = MembershipDecision.objects.open().first()
        if decision is not None:
            self.by_law(act, decision, by=self.staff[by])

    @rule(by=staff, act=st.sampled_from([memberships.lift, memberships.keep_on]))
    def look_again(self, by: str, act) -> None:
        decision = MembershipDecision.objects.in_force().first()
        if decision is not None:
            self.by_law(act, decision, by=self.staff[by], reason="We talked.")

    @rule(who=people, words=st.sampled_from(["It was not me.", "I want to kill myself tonight"]))
    def appeal(self, who: int, words: str) -> None:
        place = self.place(who)
        decision = MembershipDecision.objects.about(place).first() if place else None
        if decision is not None:
            self.by_law(appeals.appeal, decision, by=place.user, words=words)

    @rule(by=staff, act=st.sampled_from([appeals.uphold, appeals.overturn]))
    def answer(self, by: str, act) -> None:
        appeal = Appeal.objects.open().first()
        if appeal is not None:
            done = self.by_law(act, appeal, by=self.staff[by], answer="This is why.")
            assert not (done and appeal.decision.was_taken_by(self.staff[by]))

    @rule(who=people)
    def leave(self, who: int) -> None:
        place = self.place(who)
        if place is not None and place.user is not None:
            self.by_law(groups.leave, place, by=place.user)

    @rule(who=people, own=st.booleans())
    def begin_to_move_on(self, who: int, own: bool) -> None:
        place = self.place(who)
        if place is not None and place.user is not None:
            act = moving_on.begin_own if own else moving_on.begin
            self.by_law(act, place, by=place.user if own else self.kim)

    @rule(more=st.booleans())
    def change_the_plan(self, more: bool) -> None:
        moving = MovingOn.objects.under_way().first()
        if moving is not None and more:
            self.by_law(moving_on.more_time, moving, by=self.kim, weeks=3)
        elif moving is not None:
            self.by_law(moving_on.call_off, moving, by=self.kim, reason="They stay.")

    @rule(who=people)
    def write(self, who: int) -> None:
        from peer.actions import talk

        place = self.place(who)
        if place is not None and place.user is not None:
            allowed = gate.can(place.user, Perm.WRITE_POST, self.group)
            assert allowed == (place.state == "active" and place.roles.current().exists())
            self.by_law(talk.start_thread, self.group, by=place.user, title="Hi", body="Hello.")

    @rule(who=people, by=staff)
    def make_a_moderator(self, who: int, by: str) -> None:
        place = self.place(who)
        if place is not None and place.user is not None:
            name = place.pseudonym or "X1"
            act = moderators.ask if by == "sam" else moderators.give
            done = self.by_law(act, self.group, by=self.staff[by], user=place.user, name=name)
            assert not (done and by == "okafor"), "off duty"
            assert not (done and self.people[who].age() < 16)

    @rule(by=staff, act=st.sampled_from([moderators.agree, moderators.agree, moderators.say_no]))
    def agree_to_a_moderator(self, by: str, act) -> None:
        proposal = ModeratorProposal.objects.waiting().first()
        if proposal is not None:
            done = self.by_law(act, proposal, by=self.staff[by])
            assert not (done and by == "sam"), "sam asked"

    @rule(who=people, by=staff)
    def stop_moderating(self, who: int, by: str) -> None:
        place = self.place(who)
        role = place.roles.current().filter(role=Role.PEER_MODERATOR).first() if place else None
        if role is not None:
            assert bool(self.by_law(moderators.end, self.group, by=self.staff[by], role=role)) == (by != "okafor")

    @rule(days=st.sampled_from([1, 8, 45, 200]))
    def time_goes_by(self, days: int) -> None:
        self.later(days=days)
        self.group.duties.update(until_at=clock.now() + dt.timedelta(days=400))
        close_late_invitations()
        look_after_places()
        look_after_places()

    # ── What must hold ──────────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def rights_equal_roles_and_none_is_left_outside(self) -> None:
        """M7: guardian rows are what the dated roles of those inside bring, and nothing else."""
        for place in Membership.objects.filter(person__in=getattr(self, "people", [])).exclude(user=None):
            held = SupportGroupUserPermission.objects.filter(user=place.user, content_object=place.group)
            wanted: set[str] = set()
            for role in place.roles.current().values_list("role", flat=True) if place.state == "active" else ():
                wanted |= group_perms(role)
            assert set(held.values_list("permission__codename", flat=True)) == wanted
            assert grants.rights(place.user, place.group) == wanted

    @invariant()
    def one_reads_only_while_one_is_in(self) -> None:
        """M3: what others wrote, from inside alone."""
        for place in Membership.objects.filter(person__in=getattr(self, "people", [])).exclude(user=None):
            sees = Post.objects.visible_to(place.user).filter(pk=self.shown.pk).exists()
            inside = place.state == "active" and place.roles.current().exists()
            assert sees == inside
            assert SupportGroup.objects.visible_to(place.user).exists() == inside

    @invariant()
    def whatever_is_open_has_an_owner_and_a_time(self) -> None:
        """X1."""
        for table in OWED:
            for row in table.objects.all():
                owes = row.due_at is not None and bool(row.owner_role)
                assert owes or row.is_final(), row

    @invariant()
    def a_paused_place_has_its_pause_and_an_ended_one_its_decision(self) -> None:
        for place in Membership.objects.filter(person__in=getattr(self, "people", [])):
            decision = MembershipDecision.objects.about(place).first()
            kinds = {"suspended": "pause", "removed": "remove", "banned": "ban"}
            if place.state in kinds:
                assert decision is not None
                assert decision.kind == kinds[place.state]
            elif decision is not None:
                assert place.state == "left"
                assert decision.kind == "ban"

    @invariant()
    def nobody_outside_has_a_plan_and_every_move_is_written_down(self) -> None:
        """X2."""
        for place in Membership.objects.filter(person__in=getattr(self, "people", []), state__in=Membership.OVER):
            assert not MovingOn.objects.under_way().filter(membership=place).exists()
            assert not BandMove.objects.open().filter(membership=place).exists()
            moves = [move for row in AuditEvent.objects.all() for move in row.moves or []]
            mine = [m for m in moves if m["kind"] == "peer.membership" and m["pk"] == place.pk]
            assert mine[-1]["to"] == place.state

    @invariant()
    def a_ban_lets_nobody_be_offered_anything(self) -> None:
        for person in getattr(self, "people", []):
            if MembershipDecision.objects.bans(person).exists():
                assert not Invitation.objects.live().filter(person=person).exists()

    def at_the_end(self) -> None:
        assert not self.troubles.seen, self.troubles.seen
        assert not Person.objects.filter(pk__in=[one.pk for one in self.people], deceased_at__isnull=False).exists()


def test_a_place_keeps_its_promises_whatever_happens_in_whatever_order() -> None:
    machines.run(Places, steps=9)
