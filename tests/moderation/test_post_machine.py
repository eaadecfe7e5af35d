"""Posts under every order of acts, and of acts at the same moment: nothing shows that nobody read (safety 2a, 2h)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from unittest import mock

import pytest
from django.db.models import Q
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from moderation import sweeps
from moderation.actions import claims, decisions, freezes, reports, shifts
from moderation.models import (
    Escalation,
    ModerationClaim,
    ModerationDecision,
    OnCallShift,
    QueuedPost,
    RiskPost,
)
from peer import clock, finding, sanitise, screening
from peer.actions import data_requests, erasures, groups, memberships, moderators, talk
from peer.models import (
    DataRequest,
    Duty,
    Membership,
    MembershipDecision,
    MembershipRole,
    Post,
    SupervisorTask,
    SupportGroup,
    Thread,
    User,
)
from peer.roles import Role
from tests import machines
from tests.make import make_member, make_open_group, make_person, make_ready, make_user
from tests.moderation.trail import Trail, steps

BORN = dt.date(1999, 5, 4)
CALM = ("I slept well today.", "My cat is silly, and that helps.", "Does anybody else draw?")
TELLING = ("My number is 07700 900123.", "I go to Elm Road School, and it is loud.")
WORRYING = ("I want to die.", "I hurt myself again.")
WORDS = (*CALM, *TELLING, *WORRYING)
WAITS = (Post.State.PENDING, Post.State.HELD_RISK)
DECIDED = {"approve", "approve_risk", "restore"}
some = st.integers(0, 5)
BY_HAND = 5  # of these: a request made by hand, about what no page showed this person
BY_MEMBERS = ("start_thread", "draft_thread", "reply", "save_draft", "send", "send", "take_back", "withdraw", "report")
BY_READERS = (
    *("claim", "claim", "approve", "approve", "approve", "send_back", "decline", "not_sure", "might_know", "move_up"),
    *("take_break", "hide", "hide"),
)
BY_CLINICIANS = ("approve_risk", "send_back_risk", "decline_risk", "move_down", "restore", "remove")
OF_THE_GROUP = ("freeze", "reopen", "end_shift", "begin_shift", "end_moderator", "give_moderator")
WAYS_OUT = ("leave", "pause", "resume", "ban", "lift", "ask_erasure", "agree_erasure", "erase")
ACTS = (*BY_MEMBERS, *BY_READERS, *BY_CLINICIANS, *OF_THE_GROUP, *WAYS_OUT)
DUELS = (  # acts that must not both have their way
    *(("send", "freeze"), ("reply", "freeze"), ("approve", "freeze"), ("send", "save_draft"), ("send", "leave")),
    *(("send", "ban"), ("send", "pause"), ("reply", "ban"), ("approve", "approve"), ("approve", "send_back")),
    *(("approve", "take_back"), ("approve", "leave"), ("claim", "withdraw"), ("claim", "move_up"), ("claim", "claim")),
    *(("approve", "end_moderator"), ("approve_risk", "end_shift"), ("move_down", "approve_risk"), ("hide", "hide")),
    *(("restore", "remove"), ("report", "report"), ("report", "hide"), ("erase", "report"), ("erase", "send")),
    *(("erase", "move_up"), ("take_break", "claim"), ("reopen", "approve"), ("reply", "end_shift")),
)
names = st.sampled_from(ACTS)
paces = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), min_size=3, max_size=3)
serial = itertools.count(1)


class Acts:
    """A group with its people, and what each may try; an act is chosen first, and done as the page that showed it."""

    def begin(self) -> None:
        self.group = make_open_group(title=f"Lantern {next(serial)}")
        self.sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER, Role.CO_ORDINATOR))
        self.lead = make_user(name="Lou", roles=(Role.SAFEGUARDING_LEAD,))
        self.lee = User.objects.get(memberships__pseudonym="Dr Lee", memberships__group=self.group)
        self.may = make_member(group=self.group, role=Role.CLINICIAN, name="Dr May").user
        User.objects.filter(pk__in=[self.lee.pk, self.may.pk]).update(paged_ok_at=clock.now())
        Duty.objects.filter(group=self.group).delete()
        self.begin_shift(0, 0)()
        self.kit = User.objects.get(memberships__pseudonym="Mo", memberships__group=self.group)  # is seventeen
        grown_up = [make_user(person=make_person(given_name=name, born_on=BORN)) for name in ("Jo", "Nia")]
        for user in grown_up:
            make_member(group=self.group, user=user, role=Role.PEER_MODERATOR, name=user.person.given_name)
        make_ready(user=grown_up[1], confirmed=0)
        self.moderators = [self.kit, *grown_up]
        self.members = [make_member(group=self.group, name=name) for name in ("Asha", "Comet", "Fern")]
        Membership.objects.filter(pk__in=[one.pk for one in self.members[1:]]).update(posts_approved=5)
        self.counted = dict(Membership.objects.filter(group=self.group).values_list("pk", "posts_approved"))
        self.omar = make_member(group=make_open_group(title=f"Harbour {next(serial)}"), name="Omar").user
        self.members[0].refresh_from_db()
        for which in range(2):
            self.start_thread(which, which)()
        for who in range(3):
            self.draft_thread(who, who)()
        for user in self.moderators[:2]:
            talk.start_thread(self.group, by=user, title="From who checks posts", body=CALM[0])
        talk.start_thread(self.group, by=self.members[2].user, title="My number", body=TELLING[0])
        for title in ("Hello", "Bye"):
            shown = talk.start_thread(self.group, by=self.members[1].user, title=title, body=CALM[1])
            decisions.approve(shown, by=self.moderators[1], content_hash=shown.content_hash)
        decisions.hide(shown, by=self.moderators[1], reason="I am not sure about this")
        calmed = talk.start_thread(self.group, by=self.members[2].user, title="Low", body=WORRYING[1])
        decisions.move_down(calmed, by=self.lee, content_hash=calmed.content_hash)
        sent_up = talk.start_thread(self.group, by=self.members[0].user, title="Hm", body=CALM[2])
        decisions.move_up(sent_up, by=self.moderators[2], content_hash=sent_up.content_hash)

    # ── Who does it, and to what ────────────────────────────────────────────────────────────────────────────────────
    def member(self, who: int) -> Membership:
        return Membership.objects.select_related("user", "person", "group").get(pk=self.members[who % 3].pk)

    def reader(self, who: int) -> User:
        people = [*self.moderators, self.lee, self.kit, self.moderators[1]]
        return User.objects.get(pk=people[who % 6].pk)

    def clinician(self, who: int) -> User:
        return User.objects.get(pk=(self.may if who % 4 == 3 else self.lee).pk)

    def posts(self, *states: str) -> list[Post]:
        rows = Post.objects.filter(thread__group=self.group, state__in=states) if states else self.all()
        return list(rows.select_related("thread__group", "author__user").order_by("-pk"))

    def all(self):
        return Post.objects.filter(thread__group=self.group)

    def own(self, who: int, which: int, *states: str) -> Post | None:
        return _nth([post for post in self.posts(*states) if post.author_id == self.members[who % 3].pk], which)

    # ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def start_thread(self, who: int, which: int):
        by, body = self.member(who).user, WORDS[which % len(WORDS)]
        return lambda: talk.start_thread(self.group, by=by, title=f"About {which}", body=body)

    def draft_thread(self, who: int, which: int):
        by = self.member(who).user
        return lambda: talk.draft_thread(self.group, by=by, title="Later", body=WORDS[which % len(WORDS)])

    def reply(self, who: int, which: int):
        thread = _nth(list(Thread.objects.filter(group=self.group).select_related("group").order_by("-pk")), who)
        by = self.member(which).user
        return thread and (lambda: talk.reply(thread, by=by, body=WORDS[(who + which) % len(WORDS)]))

    def save_draft(self, who: int, which: int):
        post = self.own(who, which, *EDITABLE)
        body, title = WORDS[which % len(WORDS)], f"Other words {which}"
        return post and (lambda: talk.save_draft(post, by=post.author.user, body=body, title=title))

    def send(self, who: int, which: int):
        post = self.own(who, which, *EDITABLE)
        body, title = WORDS[(which + who) % len(WORDS)], f"Sent {which}"
        return post and (lambda: talk.send(post, by=post.author.user, body=body, title=title))

    def take_back(self, who: int, which: int):
        post = self.own(who, which, *WAITS)
        return post and (lambda: talk.take_back(post, by=post.author.user))

    def withdraw(self, who: int, which: int):
        post = self.own(who, which)
        return post and (lambda: talk.withdraw(post, by=post.author.user))

    def report(self, who: int, which: int):
        post, by = _nth(self.posts(Post.State.APPROVED), which), self.member(who).user
        worry = ("worried_about_someone", "unkind")[which % 2]
        return post and (lambda: reports.report(post, by=by, worry=worry, is_urgent=who % 2 == 0))

    # ── Readers ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def queued(self, who: int, which: int) -> tuple[User, Post | None]:
        by = self.reader(who)
        shown = QueuedPost.objects.visible_to(by).filter(thread__group=self.group)
        by_hand = QueuedPost.objects.filter(thread__group=self.group, state=Post.State.PENDING)
        post = _nth(list((by_hand if which == BY_HAND else shown).order_by("pk")), which + who)
        return by, post and Post.objects.select_related("thread__group", "author__user").get(pk=post.pk)

    def claim(self, who: int, which: int):
        by, post = self.queued(who, which)
        return post and (lambda: claims.claim(post, by=by))

    def _decide(self, act: Callable[..., object], who: int, which: int, **said: object):
        by, post = self.queued(who, which)
        return post and (lambda: act(post, by=by, content_hash=post.content_hash, **said))

    def approve(self, who: int, which: int):
        by, post = self.queued(who, which)
        if post is None:
            return None
        cleared = range(len(post.findings) if which % 3 else 0)
        return lambda: decisions.approve(post, by=by, content_hash=post.content_hash, cleared=list(cleared))

    def send_back(self, who: int, which: int):
        return self._decide(decisions.send_back, who, which, kind_words="Could you leave out the name?")

    def decline(self, who: int, which: int):
        return self._decide(decisions.decline, who, which, kind_words="Thank you for writing.", rule="safe")

    def not_sure(self, who: int, which: int):
        return self._decide(decisions.ask_another, who, which)

    def might_know(self, who: int, which: int):
        return self._decide(decisions.might_know, who, which)

    def move_up(self, who: int, which: int):
        return self._decide(decisions.move_up, who, which)

    def take_break(self, who: int, which: int):
        by = self.reader(who)

        def press() -> None:
            claims.take_break(by, by=by)
            self.has_put_down(by)

        return press

    def has_put_down(self, by: User) -> None:
        """W3: after the press nothing is in their hands."""
        assert not ModerationClaim.objects.filter(by=by, released_at=None).exists()

    def hide(self, who: int, which: int):
        post, by = _nth(self.posts(Post.State.APPROVED), which), self.reader(who)
        return post and (lambda: decisions.hide(post, by=by, reason="I am not sure about this"))

    # ── Clinicians ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _of_risk(self, act: Callable[..., object], who: int, which: int, state: str, **said: object):
        by, rows = self.clinician(who), RiskPost.objects.filter(thread__group=self.group, state=state).order_by("pk")
        if which == BY_HAND:
            by = self.reader(who)
        else:
            rows = rows.visible_to(by)
        found = _nth(list(rows), which)
        post = found and Post.objects.select_related("thread__group", "author__user").get(pk=found.pk)
        return post and (lambda: act(post, by=by, content_hash=post.content_hash, **said))

    def approve_risk(self, who: int, which: int):
        return self._of_risk(decisions.approve_risk, who, which, HELD, cleared=list(range(9)))

    def send_back_risk(self, who: int, which: int):
        return self._of_risk(decisions.send_back_risk, who, which, HELD, kind_words="Thank you for telling us.")

    def decline_risk(self, who: int, which: int):
        return self._of_risk(decisions.decline_risk, who, which, HELD, kind_words="Thank you.", rule="safe")

    def move_down(self, who: int, which: int):
        return self._of_risk(decisions.move_down, who, which, HELD)

    def restore(self, who: int, which: int):
        return self._of_risk(decisions.restore, who, which, Post.State.HIDDEN)

    def remove(self, who: int, which: int):
        return self._of_risk(decisions.remove, who, which, Post.State.HIDDEN, kind_words="Thank you.", rule="private")

    # ── The group, and who looks after it ───────────────────────────────────────────────────────────────────────────
    def freeze(self, who: int, which: int):
        by, group = self.reader(who), SupportGroup.objects.get(pk=self.group.pk)
        return lambda: freezes.freeze(group, by=by, reason="to look at what was said")

    def reopen(self, who: int, which: int):
        group = SupportGroup.objects.get(pk=self.group.pk)
        if group.state == SupportGroup.State.FROZEN:
            return lambda: freezes.let_read(group, by=self.sam, reason="we have talked")
        return lambda: freezes.reopen(group, by=self.clinician(who), reason="we have talked")

    def begin_shift(self, who: int, which: int):
        user, now = self.clinician(who), clock.now()

        def begin() -> None:
            span = {"from_at": now, "until_at": now + dt.timedelta(hours=8)}
            shift = shifts.plan(self.group, by=self.sam, user=user, **span)
            shifts.start(shift, by=user)

        return begin

    def end_shift(self, who: int, which: int):
        on = OnCallShift.objects.filter(group=self.group, state="on", started_at__lt=clock.now()).select_related(
            "group", "user"
        )
        shift = _nth(list(on), which) if which % 3 == 0 else None
        return shift and (lambda: shifts.end(shift, by=shift.user))

    def end_moderator(self, who: int, which: int):
        user = self.moderators[who % 3]
        held = MembershipRole.objects.in_group(self.group).filter(membership__user=user, role=Role.PEER_MODERATOR)
        role = held.select_related("membership__group").first()
        return role and (lambda: moderators.end(self.group, by=self.lee, role=role))

    def give_moderator(self, who: int, which: int):
        user = self.moderators[who % 3]
        name = Membership.objects.get(group=self.group, user=user).pseudonym
        held = MembershipRole.objects.in_group(self.group).filter(membership__user=user, role=Role.PEER_MODERATOR)
        return None if held.exists() else (lambda: moderators.give(self.group, by=self.lee, user=user, name=name))

    def leave(self, who: int, which: int):
        place = self.member(who)
        return (lambda: groups.leave(place, by=place.user)) if who % 3 == 2 else None

    def pause(self, who: int, which: int):
        place, until = self.member(who), clock.today() + dt.timedelta(days=3)
        return lambda: memberships.pause(place, by=self.lee, until_on=until, reason="A rest.")

    def resume(self, who: int, which: int):
        held = MembershipDecision.objects.in_force().filter(membership__group=self.group, kind="pause")
        found = _nth(list(held.select_related("membership__group")), which)
        return found and (lambda: memberships.resume(found, by=self.lee))

    def ban(self, who: int, which: int):
        place = self.member(who)

        def by_two() -> None:
            asked = memberships.ask_end(place, by=self.lee, kind="ban", reason="It was unsafe.", note="Three times.")
            memberships.agree(asked, by=self.may)

        return by_two if who % 3 == 1 else None

    def lift(self, who: int, which: int):
        held = MembershipDecision.objects.in_force().filter(membership__group=self.group, kind="ban")
        found = _nth(list(held.select_related("membership__group")), which)
        return found and (lambda: memberships.lift(found, by=self.lee, reason="We looked again."))

    def ask_erasure(self, who: int, which: int):
        place = self.member(1)
        posts = ("keep", "remove")[which % 2]
        return lambda: data_requests.ask(place.person, by=place.user, kind="deletion", posts=posts)

    def _erasure(self, state: str) -> DataRequest | None:
        asked = DataRequest.objects.filter(person=self.members[1].person_id, kind="deletion", state=state)
        return asked.select_related("person").order_by("-pk").first()

    def agree_erasure(self, who: int, which: int):
        asked = self._erasure("asked")
        return asked and (lambda: erasures.agree(asked, by=self.sam))

    def erase(self, who: int, which: int):
        asked = self._erasure("agreed")
        return asked and (lambda: self._erase(asked))

    def _erase(self, asked: DataRequest) -> None:
        erasures.carry_out(asked, by=self.lead)
        self.erased.add(asked.person_id)


HELD = Post.State.HELD_RISK
EDITABLE = (Post.State.DRAFT, Post.State.RETURNED, Post.State.APPROVED)


def _nth(rows: list, which: int):
    return rows[which % len(rows)] if rows else None


def _is_refused(act: Callable[..., object], post: Post, **said: object) -> bool:
    try:
        act(post, **said)
    except machines.REFUSED:
        return True
    return False


class Invariants(Acts):
    """What must hold after each step, whoever did what at the same moment."""

    def begin(self) -> None:
        self.trail = Trail()
        self.at: dict[int, str] = {}
        self.paused, self.out = False, set()
        self.was_risk: set[int] = set()
        self.erased: set[int] = set()
        self.looks = itertools.count()
        super().begin()

    def holds(self) -> None:
        self.look = next(self.looks)  # each time through the eyes of another of them
        group = SupportGroup.objects.get(pk=self.group.pk)
        rows = self.all().select_related("thread", "author").prefetch_related("decisions").order_by("pk")
        posts = {post.pk: post for post in rows}
        self.opening = {post.thread_id: post.pk for post in reversed(posts.values())}
        self.the_trail_tells_how_each_came_to_be_where_it_is(posts)
        for post in posts.values():
            self.p2_p5_what_was_sent_is_in_a_lane(post)
            self.p3_shown_as_somebody_read_it(post)
            self.p9_each_mark_was_looked_at(post)
            self.p11_its_writer_hears_why(post)
        self.p1_others_see_what_is_approved_and_nothing_else(group, posts)
        self.p7_counted_and_found_is_what_shows(group, posts)
        self.p12_nobody_reads_what_was_taken_back(posts)
        self.p14_a_worry_keeps_its_words()
        self.w1_a_seventeen_year_old_meets_no_risk()
        self.w4_whoever_met_a_risk_is_talked_to()

    def the_trail_tells_how_each_came_to_be_where_it_is(self, posts: dict[int, Post]) -> None:
        """X2, P4, P6, P8, P10: each act began where the one before it ended, by somebody who may, in an open group."""
        for event in self.trail.events():
            for step in steps(event):
                if step.kind == "peer.supportgroup" and step.pk == self.group.pk:
                    self.paused = step.to in {"frozen", "reading"}
                elif step.kind == "peer.post" and step.pk in posts:
                    self._is_lawful(step, posts[step.pk])
            self._note_who_is_out(event)
        for post in posts.values():
            assert post.state == self.at.get(post.pk, "draft"), "moved without a trace"

    def _is_lawful(self, step, post: Post) -> None:
        assert step.from_ == self.at.get(step.pk, "draft"), f"P8: two acts began from {step.from_}: {step}"
        self.at[step.pk] = step.to
        if step.to == "approved":
            assert step.act in DECIDED, step
            assert step.by not in (None, post.author.user_id), f"P4: by its author: {step}"
            assert step.as_role in {Role.PEER_MODERATOR, Role.CLINICIAN}, step
            assert step.by != self.kit.pk or not post.adults_only, f"W1: by somebody of seventeen: {step}"
            assert (step.by, step.as_role) not in self.out, f"P4: by somebody whose right had ended: {step}"
            assert step.act == "restore" or not self.paused, f"P10: {step}"
        if step.from_ == HELD and step.to == "pending":
            assert step.act == "move_down", f"P6: {step}"
        if step.act in BY_CLINICIANS:
            assert step.as_role == Role.CLINICIAN, f"P6: {step}"
        if step.to in WAITS and step.act in {"send", "reply", "start_thread"}:
            assert not self.paused, f"P10: sent into a paused group: {step}"
            assert ("place", post.author_id) not in self.out, f"M3: sent from outside: {step}"
        if step.to == HELD:
            self.was_risk.add(step.pk)
        elif step.act in {"send", "reply", "start_thread"}:
            self.was_risk.discard(step.pk)  # other words

    def _note_who_is_out(self, event) -> None:
        """Keep, in the order of the trail, whose right to decide and whose place had ended."""
        for step in steps(event):
            if step.kind == "peer.membership" and step.to == "active":
                self.out.discard(("place", step.pk))
            elif step.kind == "peer.membership":
                self.out.add(("place", step.pk))
        role = MembershipRole.objects.filter(membership__group=self.group, pk=event.result_id).first()
        if event.result_kind == "peer.membershiprole" and role is not None:
            key = (role.membership.user_id, Role.PEER_MODERATOR)
            (self.out.add if event.action.endswith("moderators.end") else self.out.discard)(key)

    def p1_others_see_what_is_approved_and_nothing_else(self, group: SupportGroup, posts: dict[int, Post]) -> None:
        """P1: by others, approved, in a group one is in now, not paused; from outside nothing at all."""
        shown = {post.pk for post in posts.values() if post.state == Post.State.APPROVED}
        place = self.member(self.look)
        reads = place.state == "active" and group.state != SupportGroup.State.FROZEN
        theirs = {post.pk for post in posts.values() if post.author_id == place.pk}
        seen = set(self.all().visible_to(place.user).values_list("pk", flat=True))
        assert seen - theirs == (shown - theirs if reads else set()), "P1"
        threads = list(Thread.objects.visible_to(place.user).filter(group=group))
        assert reads or not threads, "P1: of a thread"
        on_pages = {post.pk for post in self.all().filter(thread__in=threads).seen_by(place.pk)}
        assert on_pages - theirs <= shown, "P1: on the page of a thread"
        assert not self.all().visible_to(self.omar).exists(), "P1: from another group"

    def p2_p5_what_was_sent_is_in_a_lane(self, post: Post) -> None:
        """P2, P5, P9: no commit leaves a post without a lane and an owner; risk and failure are in the clinicians'."""
        if post.state in WAITS:
            assert post.owner_role, "X1"
            assert post.due_at, "X1"
            assert post.content_hash, "P2"
        if post.state == Post.State.PENDING and post.level:
            assert post.adults_only, "P2, P5: in the standard lane, and no clinician has read it"

    def p3_shown_as_somebody_read_it(self, post: Post) -> None:
        """P3: what shows is byte for byte what somebody said yes to, the title too."""
        if post.state != Post.State.APPROVED or post.author.person_id in self.erased:
            return
        title = post.thread.title if self.opening[post.thread_id] == post.pk else ""
        assert post.approved_hash == post.content_hash == sanitise.content_hash(title, post.html), "P3"
        yes = [one for one in post.decisions.all() if one.kind == "approve" and one.content_hash == post.approved_hash]
        assert yes, "P3: nobody said yes to these words"

    def p9_each_mark_was_looked_at(self, post: Post) -> None:
        """P9: whoever let it show had looked at each part that screening marked, and the row says so."""
        if post.state == Post.State.APPROVED and post.author.person_id not in self.erased:
            yes = [
                one for one in post.decisions.all() if one.kind == "approve" and one.content_hash == post.approved_hash
            ]
            assert {len(one.cleared) for one in yes} == {len(post.findings)}, "P9"

    def p11_its_writer_hears_why(self, post: Post) -> None:
        """P11: a no, a change asked for, and a post out of sight have words; a worrying one has a person's contact due."""
        said_no = {Post.State.RETURNED, Post.State.REJECTED, Post.State.HIDDEN, Post.State.REMOVED}
        if post.state in said_no and post.author.person_id not in self.erased:
            assert len(post.note_to_author.split()) > 3, "P11"
        if post.state == Post.State.REJECTED and post.pk in self.was_risk and post.level:
            assert Escalation.objects.filter(posts=post.pk).exists(), "P11: no person is due to get in touch"

    def p7_counted_and_found_is_what_shows(self, group: SupportGroup, posts: dict[int, Post]) -> None:
        """P7: what is out of sight is in no count and in no search."""
        shown = [post for post in posts.values() if post.state == Post.State.APPROVED]
        for thread in Thread.objects.filter(group=group):
            assert thread.post_count == sum(post.thread_id == thread.pk for post in shown), "P7: posts of a thread"
        assert group.thread_count == len({post.thread_id for post in shown}), "P7: threads of a group"
        for pk, count in Membership.objects.filter(pk__in=self.counted).values_list("pk", "posts_approved"):
            assert count - self.counted[pk] == sum(post.author_id == pk for post in shown), "P7: posts of a person"
        words = ("number", "school", "slept", "die")[self.look % 4]
        found = finding.find(self.members[0].user, words)
        assert {post.pk for post in found} <= {post.pk for post in shown}, "P7: by search"

    def p12_nobody_reads_what_was_taken_back(self, posts: dict[int, Post]) -> None:
        """P12: what its writer took back is in nobody's hands and in nobody's queue."""
        waiting = {post.pk for post in posts.values() if post.state == Post.State.PENDING}
        held = ModerationClaim.objects.filter(post__in=posts, released_at=None)
        back = held.exclude(post__state__in=[*WAITS]).filter(post__state__in=["draft", "withdrawn"])
        assert not back.exists(), "P12: somebody reads it still"
        read = QueuedPost.objects.visible_to(self.reader(self.look)).filter(pk__in=posts)
        assert set(read.values_list("pk", flat=True)) <= waiting, "P12"

    def p14_a_worry_keeps_its_words(self) -> None:
        """P12, P14: whatever its writer does, a worry that is in hand has the words that it rests on."""
        for escalation in Escalation.objects.unsettled().filter(group=self.group).prefetch_related("posts"):
            assert all(post.body for post in escalation.posts.all()), "P14"

    def w1_a_seventeen_year_old_meets_no_risk(self) -> None:
        """W1: by no route; nor what a clinician has read as one and sent back."""
        met = QueuedPost.objects.visible_to(self.kit).filter(thread__group=self.group)
        assert not met.filter(Q(adults_only=True) | Q(state=HELD) | ~Q(level="")).exists(), "W1"
        assert not RiskPost.objects.visible_to(self.kit).exists(), "W1"
        assert not ModerationClaim.objects.live().filter(by=self.kit, post__state=HELD).exists(), "W1: in their hands"

    def w4_whoever_met_a_risk_is_talked_to(self) -> None:
        """W4: each post that a peer sends up makes a talk due within a day."""
        sent_up = ModerationDecision.objects.filter(by__in=self.moderators, kind="move_up").values_list("by", flat=True)
        owed = SupervisorTask.objects.filter(moderator__in=self.moderators, why="check_in")
        assert sorted(sent_up) == sorted(owed.values_list("moderator", flat=True)), "W4"
        assert all(task.due_at - task.asked_at <= dt.timedelta(days=1) for task in owed if task.due_at), "W4"

    def nobody_oversteps(self, which: int) -> None:
        """P4, P6, P9, P10, W1: what no page offers is refused to a request made by hand, and changes nothing."""
        group = SupportGroup.objects.get(pk=self.group.pk)
        waiting, held = self.posts(Post.State.PENDING), self.posts(HELD)
        kit, jo, nia = (User.objects.get(pk=user.pk) for user in self.moderators)
        own = _nth([post for post in waiting if post.author.user_id == jo.pk], which)
        marked = _nth([post for post in waiting if post.findings], which)
        grown = _nth([post for post in waiting if post.adults_only], which)
        paused = None if group.state == SupportGroup.State.OPEN else _nth(waiting, which)
        for name, post, by, act, said in (
            ("P4: their own", own, jo, decisions.approve, {}),
            ("P9: nobody looked", marked, nia, decisions.approve, {"cleared": []}),
            ("W1: at seventeen", grown, kit, decisions.ask_another, {}),
            ("P10: in a pause", paused, nia, decisions.approve, {"cleared": range(9)}),
            ("P6: by a moderator", _nth(held, which), nia, decisions.move_down, {}),
        ):
            if post is not None:
                assert _is_refused(act, post, by=by, content_hash=post.content_hash, **said), name

    def p13_what_waited_too_long_is_handed_up(self) -> None:
        """P13: whatever waited too long goes to the next person up, and in the end rests with a manager."""
        for _ in range(3):
            late = self.all().filter(state=Post.State.PENDING, due_at__lte=clock.now())
            before = dict(late.values_list("pk", "owner_role"))
            sweeps.climb()
            for post in self.all().filter(pk__in=before):
                assert post.owner_role == decisions.CLIMBS.get(Role(before[post.pk]), before[post.pk]), "P13"
        assert not late.exclude(owner_role=Role.SERVICE_MANAGER).exists(), "P13"


class Posts(Invariants, machines.Machine):
    """One act after another."""

    @initialize()
    def a_group(self) -> None:
        self.begin()

    @rule(name=names, who=some, which=some)
    def act(self, name: str, who: int, which: int) -> None:
        act = getattr(self, name)(who, which)
        if act is not None:
            try:
                act()
            except machines.REFUSED:
                return

    @rule(who=some, which=some, how=st.sampled_from(["raises", "hangs"]))
    def screening_fails(self, who: int, which: int, how: str) -> None:
        """P5: screening that breaks or hangs sends the post to a clinician."""
        act = self.start_thread(who, which)
        broken = mock.patch.object(screening, "TIME_A_TEXT", -1)
        if how == "raises":
            broken = mock.patch.object(screening, "_find", side_effect=RuntimeError)
        with broken:
            try:
                post = act()
            except machines.REFUSED:
                return
        assert post.state == HELD, "P5"

    @rule(minutes=st.sampled_from([5, 11, 61, 5 * 60]))
    def time_goes_by(self, minutes: int) -> None:
        self.later(minutes=minutes)
        self.p13_what_waited_too_long_is_handed_up()
        self.nobody_oversteps(minutes)

    @invariant()
    def all_of_it_holds(self) -> None:
        if hasattr(self, "members"):
            self.holds()
            assert self.troubles.seen == []


class RivalPosts(Invariants, machines.Rivals):
    """Two or three acts at the same moment."""

    @initialize()
    def a_group(self) -> None:
        self.begin()

    @rule(
        chosen=st.lists(st.tuples(names, some, some), min_size=2, max_size=3),
        paces=paces,
    )
    def at_the_same_moment(self, chosen: list[tuple[str, int, int]], paces: list[list[int]]) -> None:
        acts = [getattr(self, name)(who, which) for name, who, which in chosen]
        self.at_once([act for act in acts if act], paces=paces)
        self.holds()

    @rule(duels=st.lists(st.sampled_from(DUELS), min_size=3, max_size=3), who=some, which=some, paces=paces)
    def duel(self, duels: list[tuple[str, str]], who: int, which: int, paces: list[list[int]]) -> None:
        for one, other in duels:
            acts = [getattr(self, one)(who, which), getattr(self, other)(who, which)]
            if all(acts):
                self.at_once(acts, paces=paces)
                self.holds()

    @rule(minutes=st.sampled_from([5, 11, 61]))
    def time_goes_by(self, minutes: int) -> None:
        self.later(minutes=minutes)
        self.at_once([sweeps.climb, sweeps.climb], paces=[[0], [1]])
        self.holds()


@pytest.mark.django_db
def test_no_rule_of_posts_breaks_in_any_order() -> None:
    machines.run(Posts, steps=25, runs=6)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_no_rule_of_posts_breaks_when_people_act_at_the_same_moment() -> None:
    machines.run(RivalPosts, steps=12, runs=8)
