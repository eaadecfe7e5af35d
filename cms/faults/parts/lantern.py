"""A group by night: members who are signed in already, one who only reads, and those who can be woken."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from cms.example.groups import let_check
from cms.faults.parts.families import holder
from peer import clock, grants
from peer.lookalikes import fold
from peer.models import (
    Duty,
    GroupProtocol,
    Membership,
    MembershipRole,
    Person,
    Post,
    ServiceRole,
    SupportGroup,
    Thread,
    User,
)
from peer.roles import Role

MEMBERS = 30
CLINICIANS = range(300, 303)
MANAGER = 310
OPENING = "Good night, everybody. Write here whenever you like."


@dataclass(frozen=True)
class Lantern:
    """The addresses of the group and of its thread, and the session keys of those who write and of who reads."""

    group: str
    thread: str
    writers: list[str]
    reader: str

    @classmethod
    def read(cls, file: Path) -> Lantern:
        """Read what `prepare` has written down."""
        return cls(**json.loads(file.read_text()))


def prepare(file: str) -> None:
    """Let the group be there, open all night, with three clinicians on duty; write down how one gets in."""
    group = SupportGroup.objects.create(
        title="Lantern", state=SupportGroup.State.OPEN, opens=dt.time(0, 0), closes=dt.time(23, 59, 59)
    )
    protocol = GroupProtocol.objects.create(
        group=group, version=1, treated="Well.", listened="Always.", accepted="Yes.", published_at=clock.now()
    )
    members = [_member(group, f"Robin {number}", protocol=protocol) for number in range(MEMBERS + 1)]
    mo = _member(group, "Mo", role=Role.PEER_MODERATOR, protocol=protocol)
    start = clock.now() - dt.timedelta(hours=1)
    for number in CLINICIANS:
        person = holder(number, kind=Person.Kind.STAFF, name="Clinician")
        lee = _member(group, f"Dr {number}", role=Role.CLINICIAN, protocol=protocol, person=person)
        Duty.objects.create(group=group, user=_user(lee), from_at=start, until_at=start + dt.timedelta(hours=12))
    ann = User.objects.create_user("ann", person=holder(MANAGER, kind=Person.Kind.STAFF, name="Manager"))
    ServiceRole.objects.create(user=ann, role=Role.SERVICE_MANAGER)
    let_check(_user(mo), supervisor=ann)
    thread = _opened(group, by=mo)
    reader, *writers = [_sign_in(_user(member)) for member in members]
    made = Lantern(group.get_absolute_url(), thread.get_absolute_url(), writers, reader)
    Path(file).write_text(json.dumps(asdict(made)))


def _member(
    group: SupportGroup,
    name: str,
    *,
    protocol: GroupProtocol,
    role: Role = Role.YOUNG_PERSON,
    person: Person | None = None,
) -> Membership:
    person = person or Person.objects.create(
        kind=Person.Kind.YOUNG_PERSON, given_name=name, born_on=clock.today() - dt.timedelta(days=365 * 17)
    )
    user = User.objects.create_user(fold(name).replace(" ", "-"), display_name=name, person=person)
    membership = Membership.objects.create(
        group=group,
        person=person,
        user=user,
        pseudonym=name,
        skeleton=fold(name),
        state=Membership.State.ACTIVE,
        joined_at=clock.now(),
    )
    MembershipRole.objects.create(membership=membership, role=role)
    grants.sync(membership)
    protocol.acceptances.create(user=user)
    return membership


def _user(member: Membership) -> User:
    if member.user is None:
        raise LookupError(member.pk)
    return member.user


def _opened(group: SupportGroup, *, by: Membership) -> Thread:
    """Give a thread whose first post is approved, so that whoever reads it sees that one and no other."""
    thread = Thread.objects.create(group=group, title="Tonight", started_by=by, started_at=clock.now())
    digest = hashlib.sha256(OPENING.encode()).hexdigest()
    post = Post.objects.create(
        thread=thread,
        author=by,
        body=OPENING,
        html=f"<p>{OPENING}</p>",
        content_hash=digest,
        state=Post.State.PENDING,
        owner_role=Role.PEER_MODERATOR,
        due_at=clock.now(),
        submitted_at=clock.now(),
    )
    post.move_to(Post.State.APPROVED, approved_hash=digest, decided_at=clock.now(), owner_role="", due_at=None)
    return thread


def _sign_in(user: User) -> str:
    """Begin a session as signing in does, and give its key."""
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
