"""A charity with no list and no clinician of its own: one group, opened by the real acts, without any file (U19)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cms.example.groups import let_check
from peer import clock, group_templates
from peer.actions import groups, moderators
from peer.gate import SERVICE
from peer.models import Person, ServiceRole, SupportGroup, User
from peer.roles import Role

TITLE = "Kettle on"
PEOPLE = (
    ("june", "June", "Okafor-Reid", (Role.SERVICE_MANAGER, Role.CO_ORDINATOR)),
    ("rae", "Rae", "Holt", (Role.CLINICIAN,)),
    ("ines", "Ines", "Vale", ()),
)
ANSWERED_FOR = {
    "data_controller": "Kettle, a charity in Northfields",
    "lead_professional": "Rae Holt, social worker, registration SW12345",
    "cover_partner": "Elm Road Surgery, by a written agreement",
}


def load_charity() -> SupportGroup:
    """Make the charity's people and open its group; run again, it changes nothing."""
    made = SupportGroup.objects.filter(title=TITLE).first()
    if made is not None:
        return made
    june, rae, ines = (_person(*row) for row in PEOPLE)
    group = groups.begin(SERVICE, by=june, details=_details())
    like = group_templates.every()[group.made_like]
    words = {"treated": like.treated, "listened": like.listened, "accepted": like.accepted}
    groups.publish_protocol(group, by=june, **words)
    let_check(ines, supervisor=rae)
    groups.give_role(group, by=june, user=rae, role=Role.CLINICIAN, name="Rae")
    moderators.agree(moderators.ask(group, by=june, user=ines, name="Ines"), by=rae)
    return groups.open_group(group, by=june)


def _details() -> dict[str, Any]:
    like = group_templates.every()["discharge"]
    return like.details() | ANSWERED_FOR | {"title": TITLE, "listed": True, "made_like": like.name}


def _person(handle: str, given_name: str, family_name: str, roles: tuple[Role, ...]) -> User:
    person = Person.objects.create(
        kind=Person.Kind.STAFF, given_name=given_name, family_name=family_name, born_on=dt.date(1990, 3, 14)
    )
    user = User.objects.create_user(handle=f"kettle-{handle}", display_name=given_name, person=person)
    for role in roles:
        ServiceRole.objects.create(user=user, role=role, from_at=clock.now())
    return user
