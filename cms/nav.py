"""What stands in the header for whom: one table, read with one query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peer import grants
from peer.models import Membership, User
from peer.roles import Perm, Role, rules

IN_SIGHT = 4  # the others stand under "More"
ON_THE_WAY = frozenset({Role.YOUNG_PERSON})  # in or out, they read on where members find their groups


@dataclass(frozen=True)
class Entry:
    """One page that some people may open: its route, its words, and the right that shows it."""

    route: str
    title: Promise | str
    perm: Perm | None = None


ENTRIES = (
    Entry("home", _("Home")),
    Entry("escalations-list", _("Act now"), Perm.ACKNOWLEDGE_ESCALATION),  # never under "More": it may be 2am
    Entry("help-requests-index", _("Worries"), Perm.ANSWER_HELP_REQUEST),
    Entry("groups-index", _("Your groups"), Perm.READ_GROUP),
    Entry("queue-list", _("Posts to read"), Perm.READ_QUEUE),
    Entry("welcomes-index", _("Who is new"), Perm.WELCOME_MEMBER),
    Entry("risk-list", _("Worrying posts"), Perm.READ_RISK_LANE),
    Entry("waiting-index", _("Waiting list"), Perm.READ_CASELOAD),
    Entry("signposts-index", _("Other help"), Perm.SIGNPOST),
    Entry("calls-index", _("Calls"), Perm.MAKE_CALL),
    Entry("texts-index", _("Texts to us"), Perm.READ_TEXTS),
    Entry("letters-index", _("Letters to post"), Perm.POST_LETTER),
    Entry("hello-calls-index", _("Hello calls"), Perm.MAKE_HELLO_CALL),
    Entry("own-say-index", _("Own say"), Perm.ASSESS_COMPETENCE),
    Entry("invitations-index", _("Invitations"), Perm.INVITE_PERSON),
    Entry("memberships-index", _("Places in groups"), Perm.PAUSE_MEMBER),
    Entry("appeals-index", _("Second looks"), Perm.DECIDE_APPEAL),
    Entry("goodbyes-index", _("Moving on"), Perm.PLAN_GOODBYE),
    Entry("birthdays-index", _("Birthdays"), Perm.PLAN_BIRTHDAY),
    Entry("aftermath-index", _("After a death"), Perm.CARE_AFTER_DEATH),
    Entry("feedback-index", _("Feedback"), Perm.READ_FEEDBACK),
    Entry("groups-desk", _("Groups"), Perm.RUN_GROUP),
    Entry("moderators-index", _("Who checks posts"), Perm.LOOK_AFTER_MODERATORS),
    Entry("shifts-mine", _("Your shifts"), Perm.RUN_SHIFT),
    Entry("rota-list", _("Rota"), Perm.READ_ROTA),
    Entry("broadcasts-index", _("Tell many"), Perm.SEND_BROADCAST),
    Entry("messages-log", _("Messages sent"), Perm.READ_NOTIFICATION_LOG),
    Entry("recordings-index", _("Languages of calls"), Perm.KEEP_RECORDINGS),
    Entry("preview-index", _("Preview messages"), Perm.PREVIEW_MESSAGE),
    Entry("directory-desk", _("Directory"), Perm.KEEP_DIRECTORY),
    Entry("approvals-index", _("Public texts"), Perm.FOLLOW_TEXTS),
    Entry("social-index", _("What we say out loud"), Perm.READ_SOCIAL),
    Entry("wagtailadmin_home", _("Edit pages"), Perm.EDIT_PAGES),
    Entry("service-details", _("About this service"), Perm.CHANGE_DETAILS),
    Entry("accounts-index", _("Accounts"), Perm.END_SESSIONS),
    Entry("breaches-index", _("Alarms"), Perm.LOOK_INTO_ALARM),
    Entry("data-requests-index", _("Asked about data"), Perm.DELETE_DATA),
    Entry("decision-replies", _("Said back to us"), Perm.ANSWER_REPLY),
    Entry("reveals-index", _("Names looked up"), Perm.CHECK_REVEAL),
    Entry("kept-back", _("Kept back"), Perm.WITHHOLD),
    Entry("messages-own", _("Messages to you")),
    Entry("my-data", _("Your data")),
    Entry("account-sessions", _("Signing in")),
)


class Shown(TypedDict):
    """What one entry shows."""

    title: Promise | str
    href: str


def roles_of(user: User) -> frozenset[Role]:
    """Read which roles somebody's header goes by, with one question."""
    held = grants.all_roles(user)
    is_on_the_way = not held and Membership.objects.visible_to(user).filter(user=user).exists()
    return ON_THE_WAY if is_on_the_way else held


@cache
def entries_for(held: frozenset[Role]) -> tuple[Shown, ...]:
    """Give the pages that these roles may open, in order; what a page then shows is the gate's to say."""
    shown = (entry for entry in ENTRIES if entry.perm is None or held & set(rules()[entry.perm].may))
    return tuple(Shown(title=entry.title, href=reverse(entry.route)) for entry in shown)


@cache
def for_visitors() -> frozenset[str]:
    """Name the addresses in the header of whoever has not signed in (`components/nav_visitors.html`)."""
    routes = ("directory-index", "search", "account_login")
    return frozenset({"/what-happens/", "/our-groups/", *map(reverse, routes)})
