"""Reports under every order of acts, and at the same moment: each is answered once, and wakes whom it must (H23, E1)."""

from __future__ import annotations

import itertools
from contextlib import suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from moderation.actions import decisions, reports
from moderation.models import Escalation, PostReport, RiskFlag
from moderation.models.reports import for_moderators
from peer import gate
from peer.models import Person, Post, User
from peer.roles import Role
from tests import machines
from tests.make import make_member, make_open_group, make_person, make_phone, make_post, make_user
from tests.moderation.trail import Trail, steps

WORRIES = ("worried_about_someone", "unkind", "private", "other")
WORDS = ("", "It is about me.", "I want to die.", "I hurt myself again.")
serial = itertools.count(1)
some = st.integers(0, 5)
ACTS = ("report", "report", "report", "answer", "answer", "hide", "restore")
DUELS = (("report", "report"), ("answer", "answer"), ("report", "hide"), ("answer", "hide"), ("report", "answer"))
paces = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), min_size=3, max_size=3)


class Acts:
    """A group in which two posts are shown; members, a moderator, and who is on call."""

    def begin(self) -> None:
        self.trail, self.at = Trail(), {}
        self.group = make_open_group(title=f"Rowan {next(serial)}")
        self.mo = User.objects.get(memberships__pseudonym="Mo", memberships__group=self.group)
        self.lee = User.objects.get(memberships__pseudonym="Dr Lee", memberships__group=self.group)
        make_phone(person=self.lee.person)
        self.members = [make_member(group=self.group, name=name) for name in ("Asha", "Comet", "Fern")]
        for author in self.members[:2]:
            make_post(author=author, state=Post.State.APPROVED)
        staff = make_person(kind=Person.Kind.STAFF, given_name="Sam", born_on=None)
        self.sam = make_user(name="Sam", person=staff, roles=(Role.SERVICE_MANAGER,))
        self.omar = make_member(group=make_open_group(title=f"Quay {next(serial)}"), name="Omar").user

    def all(self):
        return PostReport.objects.filter(post__thread__group=self.group)

    def report(self, who: int, which: int):
        people = [*(one.user for one in self.members), self.mo, self.lee, self.omar]
        by = User.objects.get(pk=people[who].pk)
        shown = Post.objects.filter(thread__group=self.group).select_related("thread__group", "author__user")
        post = list(shown.order_by("pk"))[which % 2]
        said = {"worry": WORRIES[which % 4], "is_urgent": which == 4, "words": WORDS[(who + which) % 4]}
        return lambda: reports.report(post, by=by, **said)

    def answer(self, who: int, which: int):
        rows = list(self.all().select_related("post__thread__group", "by").order_by("-pk"))
        report = rows[which % len(rows)] if rows else None
        by = (self.mo, self.lee, self.sam)[who % 3]
        words = "" if who == 5 else "Thank you. Somebody has looked."
        return report and (lambda: reports.answer(report, by=by, words=words))

    def hide(self, who: int, which: int):
        post = Post.objects.filter(thread__group=self.group, state="approved").select_related("thread__group").first()
        return post and (lambda: decisions.hide(post, by=(self.mo, self.lee)[who % 2], reason="reported"))

    def restore(self, who: int, which: int):
        post = Post.objects.filter(thread__group=self.group, state="hidden").select_related("thread__group").first()
        return post and (lambda: decisions.restore(post, by=self.lee, content_hash=post.content_hash))

    def holds(self) -> None:
        rows = {row.pk: row for row in self.all().select_related("post__author", "by")}
        self.x2_each_is_answered_once(rows)
        for row in rows.values():
            assert row.state == "decided" or (row.owner_role and row.due_at), "X1"
            assert (row.state == "decided") == bool(row.answer_words) == bool(row.decided_at), "no answer"
            self.e1_a_worry_about_somebody_wakes(row)
        self.h23_nobody_but_clinicians_learns_who_said_so(rows)

    def x2_each_is_answered_once(self, rows: dict[int, PostReport]) -> None:
        """X2, P8: two who answer at once do not both; one person has one open report of a post at a time."""
        for event in self.trail.events():
            for step in steps(event):
                if step.kind == "moderation.postreport" and step.pk in rows:
                    assert step.from_ == self.at.get(step.pk, "open"), f"P8: answered twice: {step}"
                    self.at[step.pk] = step.to
        going = [(row.post_id, row.by_id) for row in rows.values() if row.state != "decided"]
        assert len(going) == len(set(going)), "twice at a time"

    def e1_a_worry_about_somebody_wakes(self, row: PostReport) -> None:
        """E1, E11: red or amber, the worry, its flag and its first step are in the commit of the report."""
        if row.is_urgent or row.reason == "worried_about_someone":
            assert RiskFlag.objects.filter(post=row.post_id, by=row.by_id).exists(), "E1"
            found = Escalation.objects.filter(posts=row.post_id, about=row.post.author_id)
            assert found.exists(), "E1"
            assert found.filter(steps__isnull=False).exists(), "E1: nobody will be rung"
            assert row.owner_role == Role.CLINICIAN

    def h23_nobody_but_clinicians_learns_who_said_so(self, rows: dict[int, PostReport]) -> None:
        """H23: a moderator learns which post and why, never who; a member their own alone."""
        for user in (self.mo, *(one.user for one in self.members), self.omar):
            seen = PostReport.objects.visible_to(user).filter(pk__in=rows)
            theirs = {pk for pk, row in rows.items() if row.by_id == user.pk}
            peers = (
                {pk for pk, row in rows.items() if row.owner_role == Role.PEER_MODERATOR} if user == self.mo else set()
            )
            assert set(seen.values_list("pk", flat=True)) == theirs | peers, "H23"
        for told in for_moderators(self.mo):
            assert not hasattr(told, "by"), "H23"


class Reports(Acts, machines.Machine):
    """One act after another."""

    @initialize()
    def a_group(self) -> None:
        self.begin()

    @rule(name=st.sampled_from(ACTS), who=some, which=some)
    def act(self, name: str, who: int, which: int) -> None:
        act = getattr(self, name)(who, which)
        if act is not None:
            with suppress(*machines.REFUSED):
                act()

    @rule(who=some)
    def from_outside(self, who: int) -> None:
        """Whoever is not in the group has no way to a post of it."""
        post = Post.objects.filter(thread__group=self.group).select_related("thread__group").first()
        with pytest.raises(gate.NotAllowed):
            reports.report(post, by=self.omar, worry="unkind", is_urgent=False)

    @rule(minutes=st.sampled_from([5, 50]))
    def time_goes_by(self, minutes: int) -> None:
        self.later(minutes=minutes)

    @invariant()
    def all_of_it_holds(self) -> None:
        if hasattr(self, "members"):
            self.holds()
            assert self.troubles.seen == []


class RivalReports(Acts, machines.Rivals):
    """Two acts at the same moment."""

    @initialize()
    def a_group(self) -> None:
        self.begin()

    @rule(duels=st.lists(st.sampled_from(DUELS), min_size=3, max_size=3), who=some, other=some, which=some, paces=paces)
    def duel(self, duels, who: int, other: int, which: int, paces) -> None:
        for first, second in duels:
            acts = [getattr(self, first)(who, which), getattr(self, second)(other, which)]
            if all(acts):
                self.at_once(acts, paces=paces)
                self.holds()

    @rule(who=some, which=some, paces=paces)
    def two_presses_of_one_person(self, who: int, which: int, paces) -> None:
        self.at_once([self.report(who, which), self.report(who, which)], paces=paces)
        self.holds()


@pytest.mark.django_db
def test_reports_are_answered_once_and_e1_holds_in_every_order() -> None:
    machines.run(Reports, steps=20, runs=5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_reports_are_answered_once_and_e1_holds_at_the_same_moment() -> None:
    machines.run(RivalReports, steps=8, runs=6)
