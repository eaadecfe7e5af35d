"""A worry under every order of acts, and of acts at the same moment: somebody is rung until a person has it (2b)."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from moderation import links, sweeps
from moderation.actions import decisions, escalations, freezes, reports, shifts
from moderation.models import Escalation, EscalationStep, OnCallShift
from notifications import outbox
from notifications.actions import voice
from notifications.models import DeliveryAttempt, Duty, Notification
from notifications.providers.port import Accepted, PermanentFailure
from peer import clock
from peer.actions import reveals, talk
from peer.models import Duty as Cover
from peer.models import Membership, Person, Post, SupportGroup, User
from peer.roles import Role
from tests import machines
from tests.make import make_member, make_open_group, make_person, make_phone, make_user
from tests.moderation.trail import Trail, steps

UNANSWERED = {"open", "paging", "reopened"}
SINGLE = {"news", "chosen"}
TAKES = {"acknowledge", "reopen", "resolve"}
NIGHTS = (
    machines.NOON,
    dt.datetime(2026, 10, 25, 0, 20, tzinfo=dt.UTC),
    dt.datetime(2027, 3, 28, 0, 40, tzinfo=dt.UTC),
)
RED, AMBER = "I want to die.", "I hurt myself again."
SAID = {"outcome": "spoke", "told": "Her mother, with her yes", "words": "We spoke for ten minutes."}
some = st.integers(0, 5)
serial = itertools.count(1)
ACTS = (
    *("worry", "worry", "worry", "report", "sweep", "sweep", "send_pages", "press_key", "press_key", "open_link"),
    *("sign_in", "sign_in", "note", "promise", "offer", "reassign", "decide_post", "resolve", "close", "reopen"),
    *("end_shift", "begin_shift", "hand_over", "reopen_group", "reveal"),
)
DUELS = (
    *(
        ("sign_in", "sweep"),
        ("sweep", "sweep"),
        ("sign_in", "sign_in"),
        ("press_key", "open_link"),
        ("worry", "sign_in"),
    ),
    *(("worry", "resolve"), ("worry", "close"), ("worry", "worry"), ("report", "worry"), ("offer", "sweep")),
    *(("offer", "resolve"), ("reassign", "sign_in"), ("resolve", "decide_post"), ("hand_over", "sign_in")),
    *(("note", "sweep"), ("reopen", "sweep"), ("sweep", "worry"), ("end_shift", "sign_in"), ("reopen_group", "sweep")),
)
names = st.sampled_from(ACTS)
paces = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), min_size=3, max_size=3)


class Acts:
    """A group at night: who writes, who is rung, who manages."""

    def begin(self) -> None:
        self.group = make_open_group(title=f"Night {next(serial)}")
        self.sam = self._staff("Sam", roles=(Role.SERVICE_MANAGER, Role.CO_ORDINATOR))
        self.lead = self._staff("Lou", roles=(Role.SAFEGUARDING_LEAD,))
        Cover.objects.filter(group=self.group).delete()
        make_phone(person=Person.objects.get(memberships__group=self.group, memberships__pseudonym="Dr Lee"))
        for vera in Person.objects.filter(user__handle="supervisor", contact_points=None):
            make_phone(person=vera)
        self.lee, self.may = self._staff("Lee"), self._staff("May")
        for user in (self.lee, self.may):
            make_member(group=self.group, user=user, role=Role.CLINICIAN, name=f"Dr {user.display_name} {user.pk}")
        self.staff = [self.lee, self.may, self.sam, self.lead]
        self.members = [make_member(group=self.group, name=name) for name in ("Asha", "Comet")]
        self.begin_shift(0, 0)()
        post = talk.start_thread(self.group, by=self.members[1].user, title="Hello", body="I am glad of you all.")
        for mo in User.objects.filter(memberships__group=self.group, memberships__pseudonym="Mo"):
            other = make_member(group=self.group, role=Role.PEER_MODERATOR, name="Jo").user
            for by in (mo, other):
                decisions.approve(post, by=by, content_hash=post.content_hash)
        self.later(minutes=1)
        for who in range(2):  # two of them at the same time; one is in hand
            self.worry(who, 1)()
        escalations.acknowledge(self.all().earliest("pk"), by=self.lee, how="sign_in")

    def _staff(self, name: str, *, roles: tuple[Role, ...] = ()) -> User:
        person = make_person(kind=Person.Kind.STAFF, given_name=name, born_on=None)
        make_phone(person=person, number=f"+4477009{next(serial) % 100000:05}")
        user = make_user(name=name, person=person, roles=roles)
        User.objects.filter(pk=user.pk).update(paged_ok_at=clock.now())
        user.refresh_from_db()
        return user

    def all(self):
        return Escalation.objects.filter(group=self.group)

    def pick(self, which: int, *states: str) -> Escalation | None:
        rows = self.all().filter(state__in=states) if states else self.all()
        return _nth(list(rows.select_related("group", "about").order_by("-pk")), which)

    def who(self, who: int) -> User:
        return User.objects.get(pk=self.staff[who % 4].pk)

    def owned(self, which: int, *states: str) -> tuple[Escalation | None, User]:
        found = self.pick(which, *states)
        return found, (found.owner if found and found.owner and which % 3 else self.who(which))

    # ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────
    def worry(self, who: int, which: int):
        by = Membership.objects.select_related("user").get(pk=self.members[who % 2].pk).user
        return lambda: talk.start_thread(self.group, by=by, title="Tonight", body=RED if which % 3 else AMBER)

    def report(self, who: int, which: int):
        post = Post.objects.filter(thread__group=self.group, state="approved").select_related("thread__group").first()
        by = self.members[0].user
        worry = {"worry": "worried_about_someone", "is_urgent": which % 2 == 0}
        return post and (lambda: reports.report(post, by=by, **worry))

    def sweep(self, who: int, which: int):
        return sweeps.run_due_steps

    def send_pages(self, who: int, which: int):
        return lambda: _send(accepted=which % 3 != 0)

    def press_key(self, who: int, which: int):
        calls = DeliveryAttempt.objects.filter(
            delivery__channel="call", delivery__duty=Duty.PAGE, delivery__notification__recipient=self.who(who).person
        )
        attempt = calls.order_by("-pk").first()
        answered_by = ("human", "machine_start", "unknown", "human")[which % 4]
        said = {"digits": "1" if which % 4 != 1 else "", "answered_by": answered_by}
        return attempt and (lambda: self._press(attempt, **said))

    def _press(self, attempt: DeliveryAttempt, *, digits: str, answered_by: str) -> None:
        voice.hear(attempt.token, step="page", sid=attempt.sid or "CA", digits=digits, answered_by=answered_by)

    def open_link(self, who: int, which: int):
        fired = EscalationStep.objects.filter(escalation__group=self.group, state="fired", user=self.who(who))
        step = fired.order_by("-pk").first()
        if step is None:
            return None
        escalation, user = links.read(links.for_step(step).rstrip("/").rpartition("/")[2])
        return lambda: escalations.acknowledge(escalation, by=user, how="link")

    def sign_in(self, who: int, which: int):
        found, people = self.pick(which), [*self.staff, self.members[0].user, self.lee]
        by = User.objects.get(pk=people[who % 6].pk)
        return found and (lambda: escalations.acknowledge(found, by=by, how="sign_in"))

    def note(self, who: int, which: int):
        found, by = self.owned(which, "acknowledged", "in_progress", "handed_over")
        return found and (lambda: escalations.note(found, by=by, words="Rang; no answer yet."))

    def promise(self, who: int, which: int):
        found, by = self.owned(which, "acknowledged", "in_progress")
        before = clock.now() + dt.timedelta(hours=3)
        return found and (lambda: escalations.promise(found, by=by, before_at=before))

    def offer(self, who: int, which: int):
        found, by = self.owned(which, "acknowledged", "in_progress")
        return found and (lambda: escalations.offer(found, by=by, to=self.may if by == self.lee else self.lee))

    def reassign(self, who: int, which: int):
        found = self.pick(which)
        return found and (lambda: escalations.reassign(found, by=self.sam, to=(self.lee, self.may)[who % 2]))

    def decide_post(self, who: int, which: int):
        held = Post.objects.filter(thread__group=self.group, state="held_risk").select_related(
            "thread__group", "author"
        )
        post = _nth(list(held.order_by("pk")), which)
        words = {"kind_words": "Thank you for telling us."}
        return post and (lambda: decisions.send_back_risk(post, by=self.lee, content_hash=post.content_hash, **words))

    def resolve(self, who: int, which: int):
        found, by = self.owned(which, "acknowledged", "in_progress", "handed_over")
        missing = {"told": " "} if who == 5 else {}
        return found and (lambda: escalations.resolve(found, by=by, was_needed=True, **(SAID | missing)))

    def close(self, who: int, which: int):
        found, by = self.owned(which, "resolved")
        return found and (lambda: escalations.close(found, by=by))

    def reopen(self, who: int, which: int):
        found, by = self.owned(which, "resolved", "closed")
        return found and (lambda: escalations.reopen(found, by=by))

    def reveal(self, who: int, which: int):
        found, by = self.pick(which), self.who(who)
        return found and (lambda: reveals.reveal(found.about, by=by, reason="To ring her now"))

    def reopen_group(self, who: int, which: int):
        group = SupportGroup.objects.get(pk=self.group.pk)
        act = freezes.let_read if group.state == SupportGroup.State.FROZEN else freezes.reopen
        return lambda: act(group, by=(self.sam, self.lee)[who % 2], reason="Everybody is safe.")

    def begin_shift(self, who: int, which: int):
        user, now = (self.lee, self.may)[who % 2], clock.now()

        def begin() -> None:
            span = {"from_at": now, "until_at": now + dt.timedelta(hours=9)}
            shifts.start(shifts.plan(self.group, by=self.sam, user=user, **span), by=user)

        return begin

    def _on(self) -> list[OnCallShift]:
        on = OnCallShift.objects.filter(group=self.group, state="on", started_at__lt=clock.now())
        return list(on.select_related("group", "user").order_by("pk"))

    def end_shift(self, who: int, which: int):
        shift = _nth(self._on(), which)
        return shift and (lambda: shifts.end(shift, by=shift.user))

    def hand_over(self, who: int, which: int):
        on = self._on()
        return (lambda: shifts.hand_over(on[0], by=on[0].user, to=on[-1])) if on else None


def _send(*, accepted: bool) -> None:
    begun = outbox.begin(outbox.claim(duties=(Duty.PAGE,), most=20) or "none")
    answer = (lambda: Accepted(f"CA{next(serial)}")) if accepted else (lambda: PermanentFailure("30003"))
    outbox.settle([(one, answer()) for one in begun])


def _nth(rows: list, which: int):
    return rows[which % len(rows)] if rows else None


class Invariants(Acts):
    """What must hold after each step, whoever did what at the same moment."""

    def begin(self) -> None:
        self.trail = Trail()
        self.at: dict[int, str] = {}
        self.owners: dict[int, int | None] = {}
        super().begin()

    def holds(self) -> None:
        rows = {row.pk: row for row in self.all().select_related("group", "owner").prefetch_related("steps", "posts")}
        self.the_trail_is_lawful(rows)
        for row in rows.values():
            found = sorted(row.steps.all(), key=lambda step: (step.round, step.number, step.pk))
            self.e3_e10_in_order_none_before_its_time(found)
            self.e6_who_has_it_is_not_rung_past(row, found)
            self.e8_exhausted_rings_on(row, found)
            self.e11_one_author_each(row)
            self.e12_ends_with_words(row)
        self.e1_each_risk_has_its_ladder()
        self.e2_writing_needs_somebody_on_call()
        self.e4_two_channels()

    def the_trail_is_lawful(self, rows: dict[int, Escalation]) -> None:
        """X2, E5, E6, E9: each act began where the one before it ended, and only a person takes or ends a worry."""
        took: dict[int, set[int | None]] = {}
        for event in self.trail.events():
            for step in steps(event):
                if step.kind == "moderation.escalation" and step.pk in rows:
                    before = self.at.get(step.pk, "open")
                    assert step.from_ == before, f"X2: two acts began from {before}: {step}"
                    self.at[step.pk] = step.to
                    if step.to in {"acknowledged", "resolved", "closed"}:
                        assert step.by is not None, f"E5, E8: without a person: {step}"
                        assert step.as_role not in {"", Role.YOUNG_PERSON}, f"E5: {step}"
                    if step.act in TAKES:
                        took.setdefault(step.pk, set()).add(step.by)
                if step.kind == "moderation.escalationstep" and step.to == "fired":
                    self._fired(step, rows)
        for pk, row in rows.items():
            assert row.state == self.at.get(pk, "open"), "moved without a trace"
            if row.owner_id != self.owners.get(pk):
                assert row.owner_id in took.get(pk, set()), "E9: it changed hands without a yes"
            self.owners[pk] = row.owner_id

    def _fired(self, step, rows: dict[int, Escalation]) -> None:
        found = EscalationStep.objects.get(pk=step.pk)
        if found.escalation_id in rows and found.rung not in SINGLE:
            state = self.at.get(found.escalation_id, "open")
            assert state in UNANSWERED, f"E6: rung although somebody has it: {step}"

    def e3_e10_in_order_none_before_its_time(self, found: list[EscalationStep]) -> None:
        """E3, E10: in order, none skipped, none before its time by elapsed seconds, whatever the clock on the wall."""
        for step in found:
            assert step.state != "fired" or step.fired_at >= step.due_at, "E3, E10: before its time"
        ladder = [step for step in found if step.rung not in SINGLE and step.state != "cancelled"]
        for one, after in itertools.pairwise(ladder):
            assert (one.state, after.state) != ("waiting", "fired"), f"E3: {one.rung} was skipped"
        once = [(step.round, step.number, step.user_id) for step in found if step.state == "fired"]
        assert len(once) == len(set(once)), "E3: twice"

    def e6_who_has_it_is_not_rung_past(self, row: Escalation, found: list[EscalationStep]) -> None:
        """E6, E7: whoever has it stops the ladder; a rest that nobody ended has its time."""
        waits = [step for step in found if step.state == "waiting" and step.rung not in SINGLE]
        assert row.state in UNANSWERED or not waits, "E6"
        assert row.state == "closed" or row.due_at, "X1"
        if row.state in UNANSWERED:
            assert waits, "E3, E8: nobody will be rung any more"
            assert row.state != "paging" or row.due_at == min(step.due_at for step in waits), "X1"

    def e8_exhausted_rings_on(self, row: Escalation, found: list[EscalationStep]) -> None:
        """E8: when nobody answered, everyone is rung each five minutes, and nothing is written in the group."""
        everyone = [step for step in found if step.rung == "everyone" and step.round == row.round]
        if row.state in UNANSWERED and any(step.state == "fired" for step in everyone):
            assert row.exhausted_at, "E8"
            assert row.group.state == "frozen", "E8"
            waits = [step for step in everyone if step.state == "waiting"]
            newest = max(step.fired_at for step in everyone if step.state == "fired")
            assert [step.due_at - newest for step in waits] == [dt.timedelta(minutes=5)], "E8"

    def e11_one_author_each(self, row: Escalation) -> None:
        """E11: different authors never join; all texts of one are there."""
        assert {post.author_id for post in row.posts.all()} <= {row.about_id}, "E11"

    def e12_ends_with_words(self, row: Escalation) -> None:
        """E12: an end has an outcome, a note and who was told; no post of it still waits."""
        if row.state in {"resolved", "closed"}:
            assert row.outcome, "E12"
            assert row.told.strip(), "E12"
            assert row.notes.exists(), "E12"
        assert row.state != "closed" or not any(post.state == "held_risk" for post in row.posts.all()), "E12"

    def e1_each_risk_has_its_ladder(self) -> None:
        """E1: no risky post without a worry that somebody answers, or has answered."""
        held = Post.objects.filter(thread__group=self.group, state="held_risk")
        alone = held.exclude(escalations__state__in=[*UNANSWERED, "acknowledged", "in_progress", "handed_over"])
        for post in alone:
            ended = post.escalations.get().resolved_at
            assert ended, "E1"
            assert ended >= post.submitted_at, "E1, E11: it joined what was over, and nobody is rung"

    def e2_writing_needs_somebody_on_call(self) -> None:
        """E2: at each moment somebody covers the group, or nothing can be sent in it."""
        group = SupportGroup.objects.with_standing(self.members[0].user).get(pk=self.group.pk)
        covered = Cover.objects.at(clock.now()).filter(group=group).exists()
        assert (group.cover_until is not None) <= covered, "E2"

    def e4_two_channels(self) -> None:
        """E4: each person of each rung is told by text and call at once."""
        for step in EscalationStep.objects.filter(escalation__group=self.group, state="fired").exclude(user=None):
            told = Notification.objects.get(event_key=f"escalationstep:{step.pk}:1")
            assert {"sms", "call"} <= set(told.deliveries.values_list("channel", flat=True)), "E4"
            assert step.channels == ["sms", "call"], "E4"

    def nobody_ends_it_without_words(self) -> None:
        """E12: an end without who was told is refused, and so is closing while a post of it waits."""
        mine = self.all().filter(owner=self.lee).select_related("group")
        for row in mine.filter(state__in=["acknowledged", "in_progress"])[:1]:
            for missing in ({"told": " "}, {"outcome": ""}, {"words": " "}):
                with pytest.raises(machines.REFUSED):
                    escalations.resolve(row, by=self.lee, was_needed=True, **(SAID | missing))
        for row in mine.filter(state="resolved", posts__state="held_risk")[:1]:
            with pytest.raises(machines.REFUSED):
                escalations.close(row, by=self.lee)

    def swept(self) -> None:
        """E3, E7: a sweep leaves nothing that is overdue, however late it comes."""
        overdue = EscalationStep.objects.filter(escalation__group=self.group, state="waiting", due_at__lte=clock.now())
        assert not overdue.exists(), "E3"
        rests = self.all().filter(state__in=["acknowledged", "in_progress", "handed_over"], due_at__lte=clock.now())
        assert not rests.exists(), "E7"


class Worries(Invariants, machines.Machine):
    """One act after another."""

    @initialize(moment=st.sampled_from(NIGHTS))
    def a_night(self, moment: dt.datetime) -> None:
        self.go_to(moment)
        self.begin()

    @rule(name=names, who=some, which=some)
    def act(self, name: str, who: int, which: int) -> None:
        act = getattr(self, name)(who, which)
        if act is not None:
            try:
                act()
            except machines.REFUSED:
                return

    @rule(minutes=st.sampled_from([1, 3, 4, 6, 11, 16, 21, 61]), sweeps_now=st.sampled_from([True, True, False]))
    def time_goes_by(self, minutes: int, sweeps_now: bool) -> None:
        self.nobody_ends_it_without_words()
        self.later(minutes=minutes)
        if sweeps_now:
            for _ in range(3):  # a round that begins anew may be due at once
                sweeps.run_due_steps()
            self.swept()

    @invariant()
    def all_of_it_holds(self) -> None:
        if hasattr(self, "members"):
            self.holds()
            assert self.troubles.seen == []


class RivalWorries(Invariants, machines.Rivals):
    """Two or three acts at the same moment, two of them perhaps sweeps."""

    @initialize(moment=st.sampled_from(NIGHTS))
    def a_night(self, moment: dt.datetime) -> None:
        self.go_to(moment)
        self.begin()

    @rule(duels=st.lists(st.sampled_from(DUELS), min_size=3, max_size=3), who=some, which=some, paces=paces)
    def duel(self, duels: list[tuple[str, str]], who: int, which: int, paces: list[list[int]]) -> None:
        for one, other in duels:
            acts = [getattr(self, one)(who, which), getattr(self, other)(who + 1, which)]
            if all(acts):
                self.at_once(acts, paces=paces)
                self.holds()
                self.later(minutes=1)

    @rule(chosen=st.lists(st.tuples(names, some, some), min_size=2, max_size=3), paces=paces)
    def at_the_same_moment(self, chosen: list[tuple[str, int, int]], paces: list[list[int]]) -> None:
        acts = [getattr(self, name)(who, which) for name, who, which in chosen]
        self.at_once([act for act in acts if act], paces=paces)
        self.holds()

    @rule(minutes=st.sampled_from([3, 6, 16, 21, 61]), paces=paces)
    def time_goes_by(self, minutes: int, paces: list[list[int]]) -> None:
        self.later(minutes=minutes)
        for _ in range(3):
            self.at_once([sweeps.run_due_steps] * 2, paces=paces)
        self.holds()
        self.swept()


@pytest.mark.django_db
def test_no_rule_of_worries_breaks_in_any_order() -> None:
    machines.run(Worries, steps=25, runs=6)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_no_rule_of_worries_breaks_when_people_act_at_the_same_moment() -> None:
    machines.run(RivalWorries, steps=10, runs=8)
