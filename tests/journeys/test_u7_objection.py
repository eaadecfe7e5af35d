"""U7: a parent's pages, texts, calls and staff's words are the same to the byte with and without an objection."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from django.test import Client

from notifications import outbox, sweeps, theirs
from notifications.models import CallTask, Delivery, Duty, Letter
from notifications.providers.port import Accepted
from peer import clock
from peer.actions import competence, consents, invitations, waiting
from peer.competence import Found
from peer.models import ParentRelationship, Person, SupportGroup, User, WaitingListEntry
from peer.roles import Role
from peer.sweeps.competence import watch_competence
from tests.machines import undone
from tests.make import make_group, make_member, make_person, make_user
from tests.notifications.make import make_contact
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
SIXTEEN = dt.date(2026, 12, 20)  # a month into the sixty days
NEW_EACH_TIME = re.compile(r'(csrfmiddlewaretoken|form_nonce)" value="[^"]+"|nonce="?[\w-]+"?|/my-data/ask/copy/\d+/')


@dataclass
class Family:
    child: Person
    young: User
    parent: User
    lee: User
    kim: User


def make_family(*, born_on: dt.date) -> Family:
    child = make_person(given_name="Asha", born_on=born_on)
    pat = make_person(kind="parent_carer", given_name="Pat", born_on=None)
    ParentRelationship.objects.create(young_person=child, adult=pat, may_know="all")
    for person in (child, pat):
        make_contact(person=person, number="07700 900151" if person == child else "07700 900152")
    young = make_user(name="Asha", person=child)
    return Family(
        child, young, make_user(name="Pat", person=pat),
        make_user(name="Dr Lee", roles=(Role.CLINICIAN,)), make_user(name="Kim", roles=(Role.CO_ORDINATOR,)),
    )  # fmt: skip


def seen_by(client: Client, user: User, *addresses: str) -> list[str]:
    client.force_login(user)
    return [NEW_EACH_TIME.sub("", client.get(address).content.decode()) for address in addresses]


def everything_of_the_parent(family: Family) -> list[object]:
    """Give all that a parent can see, hear or be told: pages, texts, letters, and what staff read when they ring."""
    client = Client()
    pat = family.parent.person
    rows = Delivery.objects.filter(notification__recipient=pat).order_by("pk")
    tasks = CallTask.objects.filter(person=pat).order_by("pk")
    scripts = [f"/staff/calls/{public_id}/" for public_id in tasks.values_list("public_id", flat=True)]
    told = [(row.channel, row.state, row.reason, row.body) for row in rows]
    rung = [(task.about, task.state, task.due_at, task.owner_role) for task in tasks]
    words = seen_by(client, family.kim, *scripts)
    words = [NAMES.sub("", word) for word in words]
    letters = list(Letter.objects.filter(recipient=pat).values_list("body", "state"))
    home = seen_by(client, family.parent, "/home/", "/messages/", "/groups/", "/me/yes/", "/my-data/")
    home += seen_by(client, family.kim, "/staff/calls/", f"/staff/waiting/{family.child.public_id}/")
    home = [NAMES.sub("", page) for page in home]
    return [home, told, rung, words, letters]


DAYS = (1, 2, 4, 5, 8, 10, 11, 31, 32, 33, 40, 45, 46, 60)
WAITS = (31,)  # on the eve of the birthday nothing leaves: the news of that day waits in the queue
LOOKS = (5, 11, 33, 60)
NAMES = re.compile(r"/(calls|people|waiting|places|offer|adults)/[\w-]+/")
NAMES = re.compile(r"/staff/[^\"]*|(?<=id=\")[\w-]{16,}")


def send_all() -> None:
    for _ in range(3):
        token = outbox.claim(duties=tuple(Duty), most=50)
        if token:
            outbox.settle([(one, Accepted(f"SM{one.attempt.pk}")) for one in outbox.begin(token)])


def sixty_days(family: Family, *, says_no_on: int | None, is_able: bool) -> list[object]:
    """Live through two months with news, a group, a birthday; give what the parent saw, week by week."""
    entry = make_entry(state="released", person=family.child)
    seen: list[object] = []
    for day in DAYS:
        with clock.at(START + dt.timedelta(days=day)):
            family.child.refresh_from_db()
            if day == 1 and is_able:
                how = {"explained": "Who hears what.", "understood": "I choose."}
                found = Found(decision="parent_news", outcome="can", review_on=clock.today() + dt.timedelta(9), **how)
                competence.assess(family.child, by=family.lee, found=found)
            if day == says_no_on:
                for purpose in ("parent_news", "parent_told"):
                    consents.take_back(family.child, by=family.young, purpose=purpose)
            happens(day, family, entry)
            if day not in WAITS:
                sweeps.sweep()
                watch_competence()
                theirs.watch()
                send_all()
            if day in LOOKS:
                seen.append(everything_of_the_parent(family))
    return seen


def make_group_of_any_age() -> SupportGroup:
    group = make_group(title="Lantern")
    SupportGroup.objects.filter(pk=group.pk).update(age_from=11, age_to=17)
    return SupportGroup.objects.get(pk=group.pk)


def happens(day: int, family: Family, entry: WaitingListEntry) -> None:
    entry.refresh_from_db()
    if day == 4:
        waiting.decide(entry, by=family.lee, outcome="accepted", reason="It fits.")
    if day == 8:
        invitations.offer(family.child, by=family.lee, group=make_group_of_any_age())
    if day == 10:
        make_member(group=make_group(title="Lantern"), user=family.young)
    if day == 31:  # queued the day before the birthday, and not gone yet
        waiting.decide(entry, by=family.lee, outcome="offered", reason="There is a meeting.")
    if day == 45:
        waiting.decide(entry, by=family.lee, outcome="not_accepted", reason="Another team helps better.")


def flat(part: object) -> list[str]:
    """Give everything line by line, so that a difference shows which line it is in."""
    return [line for one in part for line in str(one).splitlines()] if isinstance(part, list) else [str(part)]


CASES = [
    (15, False, 2),  # 15, nobody has asked whether they can decide it: a clinician is to talk with them
    (15, True, 2),  # 15, found able to decide just this
    (17, False, 40),
]


@pytest.mark.parametrize(("age", "is_able", "day"), CASES)
def test_over_sixty_days_and_the_sixteenth_birthday_a_parent_sees_the_same(age: int, is_able: bool, day: int) -> None:
    born_on = SIXTEEN.replace(year=2010) if age == 15 else dt.date(2026 - age, 1, 5)
    lives = []
    for says_no_on in (None, day):
        with undone(), clock.at(START):
            family = make_family(born_on=born_on)
            lives.append(sixty_days(family, says_no_on=says_no_on, is_able=is_able))
    silent, objecting = lives
    for number, (one, other) in enumerate(zip(silent, objecting, strict=True)):
        for part, (left, right) in enumerate(zip(one, other, strict=True)):
            assert flat(left) == flat(right), f"look {number}, part {part}"
    assert len(silent) == len(LOOKS)
