"""The small world of the matrix: one group and one beside it, a person for each column, and one thing of each kind."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client

from cms.actions import mends, social
from cms.models import SocialPost
from moderation.actions import claims, freezes, questions
from moderation.models import Escalation, EscalationStep, EscalationTimer, OnCallShift, Quarter, QueuedPost
from peer import clock, grants
from peer.actions import consents, data_holds, data_requests, erasures, moderators, reveals
from peer.gate import SERVICE
from peer.models import (
    Appointment,
    DataRequest,
    GroupSession,
    HelloCall,
    HelpRequest,
    Invitation,
    Membership,
    MembershipRole,
    ModeratorProposal,
    ParentRelationship,
    Person,
    Post,
    SessionCheckIn,
    SupportGroup,
    User,
    Welcome,
)
from peer.models.invitations import keyed_hash
from peer.roles import Role
from tests.cms.directory import make_service
from tests.cms.texts import make_check, make_mend
from tests.make import (
    make_duty,
    make_group,
    make_member,
    make_person,
    make_phone,
    make_post,
    make_site_tree,
    make_user,
    make_wait,
)

IN_GROUP = {
    "YP": Role.YOUNG_PERSON,
    "PM": Role.PEER_MODERATOR,
    "PF": Role.PEER_FACILITATOR,
    "CN": Role.CLINICIAN,
    "CF": Role.CLINICIAN,
    "GA": Role.GROUP_ADMINISTRATOR,
    "XM": Role.YOUNG_PERSON,
    "XP": Role.PEER_MODERATOR,
    "BN": Role.YOUNG_PERSON,
}
BESIDE = {"YO": Role.YOUNG_PERSON, "PO": Role.PEER_MODERATOR}
IN_SERVICE = {
    "CN": Role.CLINICIAN,
    "CF": Role.CLINICIAN,
    "CO": Role.CO_ORDINATOR,
    "SM": Role.SERVICE_MANAGER,
    "SL": Role.SAFEGUARDING_LEAD,
    "ED": Role.EDITOR,
}
GONE = {"XM": Membership.State.LEFT, "XP": Membership.State.LEFT, "BN": Membership.State.BANNED}
NAMES = ("YP", "YO", "PM", "PO", "PF", "CN", "CF", "PA", "CO", "SM", "SL", "GA", "ED", "XM", "XP", "BN")


class World(SimpleNamespace):
    """Everything a cell may name, and who asks."""

    people: dict[str, User]
    cookies: dict[str, str]

    def client(self, name: str) -> Client:
        """Sign somebody in afresh, as single sign-on does; AN stays a stranger."""
        client = Client()
        if name != "AN":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[name]
        return client

    def user(self, name: str) -> User | AnonymousUser:
        """Read the person afresh: nothing of another cell sticks to them."""
        return User.objects.get(pk=self.people[name].pk) if name != "AN" else AnonymousUser()


def build() -> World:
    """Make the group, its people and what the rows are about."""
    make_site_tree()
    world = World(people={})
    group = make_group(title="Quietmeadow")
    group.about, group.opens, group.closes = "Where larks are counted.", dt.time(0), dt.time(23, 59, 59)
    group.save()
    world.group, world.beside = group, make_group(title="Beside")
    world.protocol = group.protocol()
    for name in NAMES:
        world.people[name] = _person(world, name)
    make_duty(group=group, user=world.people["CN"])
    world.colleague = make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    _child(world)
    _on_the_way(world)
    _at_work(world)
    _asked_of_clinicians(world)
    _session(world)
    _own_data(world)
    _said(world)
    _texts(world)
    world.day = clock.today() + dt.timedelta(days=2)
    world.cookies = {name: _signed_in(user) for name, user in world.people.items()}
    return world


def _person(world: World, name: str) -> User:
    """Make one column: what they are in the group, beside it and in the service."""
    kind = "staff" if name in IN_SERVICE or name == "GA" else "parent_carer" if name == "PA" else "young_person"
    moderates = IN_GROUP.get(name) == Role.PEER_MODERATOR or BESIDE.get(name) == Role.PEER_MODERATOR
    born_on = dt.date(1990 if kind == "staff" else 2009 if moderates else 2011, 5, 4)
    person = make_person(kind=kind, given_name=f"Person{name.lower()}", born_on=born_on)
    user = make_user(name=f"User {name}", person=person, roles=(IN_SERVICE[name],) if name in IN_SERVICE else ())
    for group, roles in ((world.group, IN_GROUP), (world.beside, BESIDE)):
        if name in roles:
            place = make_member(group=group, user=user, role=roles[name], name=f"Here{name.lower()}")
            setattr(world, f"place_{name.lower()}", place)
    if name in GONE:
        place.roles.update(until_at=clock.now())
        place.move_to(GONE[name], ended_at=clock.now())
        grants.sync(place)
    return user


def _texts(world: World) -> None:
    """Put one text at each step of its way, and a change at once that is to be looked at."""
    world.facts = make_check(name="Larkspur Facts")
    world.facts_seen = str(world.facts.revision_id)
    world.last = make_check(name="Larkspur Last", asks=Role.PEER_MODERATOR)
    world.last_seen = str(world.last.revision_id)
    world.mend = make_mend(name="Larkspur Mended")
    world.service = make_service(name="Larkspur Live", phone="020 7946 0998")


def _child(world: World) -> None:
    """Give the young person a wait, a number, a parent who may know all, and words of their own about that parent."""
    child = world.people["YP"].person
    child.given_name, child.family_name = "Ashavera", "Quillfeather"
    child.born_on = clock.today().replace(year=clock.today().year - 14, month=5, day=4)
    child.save()
    world.child = child
    world.entry = make_wait(person=child)
    world.welcome = Welcome.objects.create(
        membership=world.place_yp, owner_role=Role.PEER_MODERATOR, due_at=clock.now() + dt.timedelta(days=1)
    )
    consents.take_back(child, by=world.people["YP"], purpose="parent_told")
    world.number = make_phone(person=child, number="07700 900811")
    ParentRelationship.objects.create(young_person=child, adult=world.people["PA"].person, may_know="all")


def _on_the_way(world: World) -> None:
    """Make somebody who waits for a hello call, somebody who holds an offer, and somebody who has none yet."""
    newcomer = make_person(given_name="Newcomerin", born_on=world.child.born_on)
    place = Membership.objects.create(group=world.group, person=newcomer, user=make_user(person=newcomer))
    world.call = HelloCall.objects.create(membership=place, owner_role=Role.CLINICIAN, due_at=clock.now())
    make_phone(person=newcomer, number="07700 900812")
    invited, world.waiter = (make_person(given_name=name, born_on=world.child.born_on) for name in ("Inva", "Wayta"))
    for number, person in enumerate((invited, world.waiter)):
        make_wait(person=person)
        make_phone(person=person, number=f"07700 90082{number}")
    world.secret = "s3cret-of-the-matrix-0123456789abcdef"
    world.invitation = Invitation.objects.create(
        person=invited,
        group=world.group,
        secret_hash=keyed_hash(world.secret),
        offered_by=world.people["CO"],
        expires_at=clock.now() + dt.timedelta(days=9),
        code_hash=keyed_hash("246810"),
        code_expires_at=clock.now() + dt.timedelta(hours=1),
        owner_role=Role.CO_ORDINATOR,
        due_at=clock.now() + dt.timedelta(days=8),
    )


def _at_work(world: World) -> None:
    """Make a worry that the clinician on call has in hand, and a shift that could begin."""
    lee = world.people["CN"]
    world.escalation = Escalation.objects.create(
        group=world.group,
        about=world.place_yp,
        person=world.place_yp.person,
        level="red",
        state=Escalation.State.IN_PROGRESS,
        owner=lee,
        owner_role=Role.CLINICIAN,
        due_at=clock.now() + dt.timedelta(hours=1),
        acknowledged_at=clock.now(),
    )
    User.objects.filter(pk=lee.pk).update(paged_ok_at=clock.now())
    now = clock.now()
    world.shift = OnCallShift.objects.create(
        group=world.group, user=lee, from_at=now, until_at=now + dt.timedelta(hours=4)
    )
    place = make_member(group=world.group, role=Role.PEER_FACILITATOR, name="Herefa")
    world.role = MembershipRole.objects.get(membership=place)
    world.moderates = MembershipRole.objects.get(membership=world.place_pm)
    candidate = make_user(person=make_person(given_name="Candidata", born_on=dt.date(2008, 5, 4)))
    world.asked = moderators.ask(world.group, by=world.colleague, user=candidate, name="Newest")


def _asked_of_clinicians(world: World) -> None:
    """Let the moderator hold one post and have asked about another, and let somebody worry about a friend."""
    mo = world.people["PM"]
    world.waits, asked_about = (make_post(author=world.place_yp) for _ in range(2))
    for post in (world.waits, asked_about):
        claims.claim(QueuedPost.objects.get(pk=post.pk), by=mo)
    world.shown = make_post(author=world.place_yp, state=Post.State.APPROVED)
    world.question = questions.ask(asked_about, by=mo, words="May one name a place?")
    world.own_phone = make_phone(person=world.people["CN"].person, number="07700 900813")
    world.timer = EscalationTimer.objects.get(pk=world.escalation.pk)
    world.worry = HelpRequest.objects.create(
        kind=HelpRequest.Kind.SOMEONE,
        words="A friend of mine is very low.",
        level="amber",
        owner_role=Role.CLINICIAN,
        due_at=clock.now() + dt.timedelta(hours=1),
    )
    world.quarter = Quarter.objects.create(starts_on=dt.date(2026, 1, 1), counts={})


def _session(world: World) -> None:
    """Plan a session of the group with two hosts, and let the young person have left it upset."""
    start = clock.now() + dt.timedelta(days=3)
    end = start + dt.timedelta(hours=1)
    owed = {"owner_role": Role.PEER_FACILITATOR, "due_at": end}
    world.session = GroupSession.objects.create(group=world.group, starts_at=start, ends_at=end, **owed)
    world.session.slots.create(starts_at=start, ends_at=end)
    for place, role in ((world.place_pf, Role.PEER_FACILITATOR), (world.place_pm, Role.PEER_MODERATOR)):
        world.session.hosts.create(membership=place, role=role)
    world.caller = world.session.callers.create(membership=world.place_yp, sid="CA0", **owed)
    world.poll = world.group.time_polls.create(
        asked_by=world.people["PF"], closes_at=start - dt.timedelta(days=1), **owed
    )
    for number in (1, 2):
        world.poll.options.create(number=number, starts_at=start + dt.timedelta(days=number))
    world.appointment = Appointment.objects.create(
        person=world.child,
        starts_at=clock.now() - dt.timedelta(hours=1),
        made_by=world.people["CO"],
        owner_role=Role.CO_ORDINATOR,
        due_at=end,
    )
    world.upset = SessionCheckIn.objects.create(
        session=world.session,
        about=world.place_yp,
        asked_by=world.people["PF"],
        owner_role=Role.CLINICIAN,
        due_at=clock.now() + dt.timedelta(hours=2),
    )


def _own_data(world: World) -> None:
    """Make a copy that is being read and a deletion that is asked for, both of one who is in no row else."""
    asks = make_user(person=make_person(given_name="Askaria"))
    world.copy = data_requests.draw_up(
        data_requests.ask(asks.person, by=asks, kind=DataRequest.Kind.COPY), by=data_requests.CLOCK
    )
    world.deletion = data_requests.ask(asks.person, by=asks, kind=DataRequest.Kind.DELETION, posts="remove")


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


# ── The states a thing can be in, each made from the first one ──────────────────────────────────────────────────────
def frozen(world: World) -> None:
    """Pause the group."""
    freezes.freeze(SupportGroup.objects.get(pk=world.group.pk), by=world.colleague, reason="Too much")


def frozen_uncovered(world: World) -> None:
    """Pause the group, and let the shift that covers it be over: whoever was on duty is off it."""
    frozen(world)
    off_duty(world)


def reading(world: World) -> None:
    """Let people read in the paused group again, by a manager."""
    frozen(world)
    freezes.let_read(SupportGroup.objects.get(pk=world.group.pk), by=world.colleague, reason="Calm")


def draft(world: World) -> None:
    """Let the group be one that has not opened yet."""
    SupportGroup.objects.filter(pk=world.group.pk).update(state=SupportGroup.State.DRAFT)


def off_duty(world: World) -> None:
    """End the shift of the clinician on duty a second ago."""
    now = clock.now()
    world.group.duties.update(from_at=now - dt.timedelta(hours=8), until_at=now - dt.timedelta(seconds=1))


def refused_change(world: World) -> None:
    """Let a young moderator say no to the change that was made at once."""
    mends.disagree(world.mend, by=world.user("PM"), words="People need that number.")


def closed(world: World) -> None:
    """Close the escalation."""
    Escalation.objects.filter(pk=world.escalation.pk).update(
        state=Escalation.State.CLOSED, due_at=None, outcome="spoke", told="Nobody else", closed_at=clock.now()
    )


def in_other_hands(world: World) -> None:
    """Let another clinician have the escalation in hand."""
    Escalation.objects.filter(pk=world.escalation.pk).update(owner=world.colleague)


def paged(world: World) -> None:
    """Let nobody have the escalation in hand, and let all who can be rung about it but the manager have been."""
    now = clock.now()
    Escalation.objects.filter(pk=world.escalation.pk).update(
        state=Escalation.State.PAGING, owner=None, acknowledged_at=None
    )
    rungs = (("CN", "first"), ("CF", "second"), ("SL", "manager"))
    for number, (name, rung) in enumerate(rungs):
        world.escalation.steps.create(
            user=world.people[name],
            rung=rung,
            number=number,
            state=EscalationStep.State.FIRED,
            due_at=now,
            fired_at=now,
        )


def worried_by_cn(world: World) -> None:
    """Let the clinician on duty be who worries."""
    HelpRequest.objects.filter(pk=world.worry.pk).update(person=world.people["CN"].person)


def from_sixteen(world: World) -> None:
    """Let the young person be 16: from now on they hear first."""
    born_on = clock.today().replace(year=clock.today().year - 16, month=5, day=4)
    Person.objects.filter(pk=world.child.pk).update(born_on=born_on)


def used(world: World) -> None:
    """Let the offer be declined already."""
    Invitation.objects.get(pk=world.invitation.pk).move_to(
        Invitation.State.DECLINED, answered_at=clock.now(), owner=None, owner_role="", due_at=None
    )


def out_of_date(world: World) -> None:
    """Let the offer have run out a second ago."""
    Invitation.objects.filter(pk=world.invitation.pk).update(expires_at=clock.now() - dt.timedelta(seconds=1))


def offered(world: World) -> None:
    """Let somebody have an open offer of this group already."""
    Invitation.objects.filter(pk=world.invitation.pk).update(person=world.waiter)


def asked_by_sm(world: World) -> None:
    """Let the very manager of this world be who asked for the peer moderator."""
    ModeratorProposal.objects.filter(pk=world.asked.pk).update(asked_by=world.people["SM"])


def just_proved(world: World) -> None:
    """Let everybody have shown their second step a moment ago."""
    for key in world.cookies.values():
        session = SessionStore(key)
        records = [record | {"at": (clock.now() - clock.offset()).timestamp()} for record in session[RECORDS]]
        session[RECORDS] = records
        session.save()


def revealed(world: World) -> None:
    """Let those who may have looked up who the young person is, a moment ago."""
    for name in ("CN", "CF", "SM"):
        reveals.reveal(world.place_yp, by=world.people[name], reason="To ring them tonight")


def off_duty_revealed(world: World) -> None:
    """Let them have looked it up, and the shift be over."""
    revealed(world)
    off_duty(world)


def running(world: World) -> None:
    """Let the shift have begun."""
    OnCallShift.objects.get(pk=world.shift.pk).move_to(OnCallShift.State.ON, started_at=clock.now())


def agreed(world: World) -> None:
    """Let a colleague have agreed to the deletion."""
    erasures.agree(DataRequest.objects.get(pk=world.deletion.pk), by=world.colleague)


def agreed_by_sm(world: World) -> None:
    """Let the very manager of this world have agreed to the deletion."""
    erasures.agree(DataRequest.objects.get(pk=world.deletion.pk), by=world.people["SM"])


def held(world: World) -> None:
    """Keep the data of the one who asked for a deletion."""
    data_holds.hold(world.deletion.person, by=world.people["SL"], reason="Asked by a court")


def _said(world: World) -> None:
    """Let a colleague have written what waits for a young person’s yes."""
    said = social.Said(words="Larks were counted today.", networks=["instagram"])
    post = social.write(SERVICE, by=world.colleague, said=said)
    social.add_card(post, by=world.colleague, words="Larks were counted.", alt="A card about larks.")
    world.social = social.send(post, by=world.colleague)
    world.social_seen = world.social.fingerprint()


def read_by_po(world: World) -> None:
    """Let the moderator beside have it in hand."""
    social.claim(SocialPost.objects.get(pk=world.social.pk), by=world.people["PO"])


def said(world: World) -> None:
    """Let that moderator have said yes."""
    read_by_po(world)
    social.release(SocialPost.objects.get(pk=world.social.pk), by=world.people["PO"], seen=world.social_seen)


def written_by_pm(world: World) -> None:
    """Let the moderator of the group have had a hand in it."""
    world.social.steps.create(by=world.people["PM"], kind="wrote")


# ── What stands in the database ─────────────────────────────────────────────────────────────────────────────────────
def everything() -> dict[str, int]:
    """Give a mark of each table's rows: two that are equal say that nothing was written in between (safety 3a)."""
    tables = {
        model._meta.db_table
        for label in ("peer", "moderation", "notifications", "cms")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if not model._meta.proxy
    }
    marks = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            marks[table] = hash(frozenset(cursor.fetchall()))
    return marks
