"""What waits for somebody at the desks of joining: one table of desks, read with one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import (
    AftermathTask,
    Appeal,
    Appointment,
    BandMove,
    DataRequest,
    DecisionReply,
    HelloCall,
    HelpRequest,
    Invitation,
    JoinRequest,
    MembershipDecision,
    ModeratorProposal,
    OwnSay,
    Reveal,
    SessionCheckIn,
    Signpost,
    SupervisorTask,
    TimePoll,
    User,
)
from peer.roles import Perm, Role, rules


@dataclass(frozen=True)
class Desk:
    """One kind of row that somebody owes something: the page it stands on, the right to it, and how to find it."""

    route: str
    title: Promise | str
    perm: Perm
    rows: Callable[[User], QuerySet[Any]]


DESKS = [
    Desk(
        "help-requests-index",
        _("People who need an answer"),
        Perm.ANSWER_HELP_REQUEST,
        lambda user: HelpRequest.objects.visible_to(user).for_desk(user),
    ),
    Desk(
        "hello-calls-index",
        _("Hello calls"),
        Perm.MAKE_HELLO_CALL,
        lambda user: HelloCall.objects.visible_to(user).to_make(),
    ),
    Desk("own-say-index", _("Own say"), Perm.ASSESS_COMPETENCE, lambda user: OwnSay.objects.visible_to(user).waiting()),
    Desk(
        "own-say-index",
        _("Copies for adults"),
        Perm.ANSWER_COPY,
        lambda user: DataRequest.objects.visible_to(user).by_adults().to_do(),
    ),
    Desk(
        "invitations-index",
        _("People who ask to join"),
        Perm.INVITE_PERSON,
        lambda user: JoinRequest.objects.visible_to(user).waiting(),
    ),
    Desk(
        "invitations-index",
        _("Questions on an invitation"),
        Perm.INVITE_PERSON,
        lambda user: Invitation.objects.visible_to(user).filter(state=Invitation.State.ASKED),
    ),
    Desk(
        "memberships-index",
        _("Places to decide together"),
        Perm.PAUSE_MEMBER,
        lambda user: MembershipDecision.objects.visible_to(user).filter(state=MembershipDecision.State.ASKED),
    ),
    Desk(
        "groups-desk",
        _("Peer moderators to agree to"),
        Perm.SECOND_MODERATOR,
        lambda user: ModeratorProposal.objects.visible_to(user).to_second(user),
    ),
    Desk(
        "reveals-index",
        _("Names looked up"),
        Perm.CHECK_REVEAL,
        lambda user: Reveal.objects.visible_to(user).to_check().exclude(by=user),
    ),
    Desk("appeals-index", _("Second looks"), Perm.DECIDE_APPEAL, lambda user: Appeal.objects.visible_to(user).open()),
    Desk(
        "birthdays-index",
        _("Birthdays to plan"),
        Perm.PLAN_BIRTHDAY,
        lambda user: BandMove.objects.visible_to(user).filter(state__in=[BandMove.State.NOTICED, BandMove.State.LATE]),
    ),
    Desk(
        "check-ins-index",
        _("Left a session upset"),
        Perm.CHECK_IN_AFTER_SESSION,
        lambda user: SessionCheckIn.objects.visible_to(user).open(),
    ),
    Desk(
        "time-polls-index",
        _("Times to choose"),
        Perm.OFFER_TIMES,
        lambda user: TimePoll.objects.visible_to(user).owed_by(user),
    ),
    Desk(
        "appointments-index",
        _("Appointments to follow up"),
        Perm.KEEP_APPOINTMENTS,
        lambda user: Appointment.objects.visible_to(user).owed(),
    ),
    Desk(
        "aftermath-index",
        _("After a death"),
        Perm.CARE_AFTER_DEATH,
        lambda user: AftermathTask.objects.visible_to(user).open(),
    ),
    Desk(
        "data-requests-index",
        _("Asked about data"),
        Perm.DELETE_DATA,
        lambda user: DataRequest.objects.visible_to(user).own().exclude(person=user.person_id).to_do(),
    ),
    Desk(
        "moderators-index",
        _("Talks with those who check posts"),
        Perm.LOOK_AFTER_MODERATORS,
        lambda user: SupervisorTask.objects.visible_to(user).for_desk(user),
    ),
    Desk(
        "decision-replies",
        _("Said back to us"),
        Perm.ANSWER_REPLY,
        lambda user: DecisionReply.objects.visible_to(user).waiting(),
    ),
    Desk(
        "signposts-index",
        _("Did other help help?"),
        Perm.SIGNPOST,
        lambda user: Signpost.objects.visible_to(user).to_ask(),
    ),
]


@dataclass(frozen=True)
class Work:
    """What waits at one desk: how many, and until when the first of them."""

    desk: Desk
    count: int
    due_at: dt.datetime

    @property
    def href(self) -> str:
        """Give the page of the desk."""
        return reverse(self.desk.route)

    @property
    def is_late(self) -> bool:
        """Tell whether the first of them should be done by now."""
        return self.due_at < clock.now()


def work(user: User, roles: Collection[Role]) -> list[Work]:
    """Give what waits for somebody with these roles, the most pressing desk first."""
    mine = [desk for desk in DESKS if not set(roles).isdisjoint(rules()[desk.perm].may)]
    rows = [
        desk.rows(user).order_by().annotate(place=Value(place)).values_list("place", "due_at")
        for place, desk in enumerate(mine)
    ]
    if not rows:
        return []
    due: dict[int, list[dt.datetime]] = {}
    for place, due_at in rows[0].union(*rows[1:], all=True):
        due.setdefault(place, []).append(due_at)
    return sorted(
        (Work(mine[place], len(times), min(times)) for place, times in due.items()), key=lambda one: one.due_at
    )
