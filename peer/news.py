"""What has happened in the world, in the past tense; higher packages react by writing rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Model

    from peer.models import (
        AccountRecovery,
        Appointment,
        Attendance,
        DataRequest,
        FeedbackItem,
        GroupSession,
        HelpRequest,
        Invitation,
        JoinRequest,
        Membership,
        MembershipDecision,
        OwnSay,
        Person,
        Post,
        Restriction,
        Signpost,
        SupportGroup,
        TimePoll,
        TriageDecision,
        User,
        WaitingListEntry,
    )


@dataclass(frozen=True)
class PostPending:
    """A post waits in the standard lane."""

    post: Post


@dataclass(frozen=True)
class PostHeldForRisk:
    """A post may mean harm: it waits for a clinician, and somebody must be woken (safety E1)."""

    post: Post
    level: str


@dataclass(frozen=True)
class PostWithdrawn:
    """An author took a post back."""

    post: Post


@dataclass(frozen=True)
class InvitationOffered:
    """A person was offered a group: `secret` goes into the link, to a number that is theirs alone; else a person rings.

    A handler that finds no number at all raises `RuleBroken` with a sentence for the member of staff (U9).
    """

    invitation: Invitation
    secret: str


@dataclass(frozen=True)
class InvitationCodeAsked:
    """Somebody holds the link and asked for the code, which goes to the same number and lasts ten minutes."""

    invitation: Invitation
    code: str


@dataclass(frozen=True)
class JoinRequestAnswered:
    """Somebody asked for a place in a group, and a person has answered."""

    asked: JoinRequest


@dataclass(frozen=True)
class CohortTomorrow:
    """The day somebody waits for is tomorrow."""

    membership: Membership


@dataclass(frozen=True)
class InvitationUnanswered:
    """Eight days after an offer nobody has answered it: it is brought up once more, with a link of its own (U13)."""

    invitation: Invitation
    secret: str


@dataclass(frozen=True)
class InvitationAskedAgain:
    """Somebody asked for the link of their open offer once more."""

    invitation: Invitation
    secret: str


@dataclass(frozen=True)
class InvitationQuestionAnswered:
    """What somebody asked before they said yes or no has an answer, to be read behind the link."""

    invitation: Invitation
    secret: str


@dataclass(frozen=True)
class InvitationAnswered:
    """Somebody said yes or no to an offer: nobody needs to ask them any more."""

    invitation: Invitation


@dataclass(frozen=True)
class MembershipAccepted:
    """A person said yes to an invitation; the hello call is due."""

    membership: Membership


@dataclass(frozen=True)
class MembershipConfirmed:
    """A clinician said hello by phone; now the person chooses their name in the group."""

    membership: Membership


@dataclass(frozen=True)
class MembershipStarted:
    """A person is in the group now."""

    membership: Membership


@dataclass(frozen=True)
class RightsLost:
    """Somebody may do less in a group than a moment ago: paused, out, or without a role they had (M7)."""

    membership: Membership


@dataclass(frozen=True)
class MembershipEnded:
    """A person has left a group."""

    membership: Membership


@dataclass(frozen=True)
class GroupFrozen:
    """A group was paused."""

    group: SupportGroup


@dataclass(frozen=True)
class FamilyReleased:
    """A family left the hold: the first hello may go out, and somebody rings to prove a number (U1, U10)."""

    entry: WaitingListEntry


@dataclass(frozen=True)
class TriageDecided:
    """A request was decided, with a reason in plain words (S9)."""

    decision: TriageDecision


@dataclass(frozen=True)
class SignpostsMade:
    """Somebody was pointed to other help, once or several times at once; `signpost` is the first of them (S5)."""

    signpost: Signpost


@dataclass(frozen=True)
class WaitOpened:
    """Somebody has read, behind their own sign-in, where a wait stands: what was news to them is so no more."""

    reader: Person


@dataclass(frozen=True)
class FeedbackAnswered:
    """Somebody's words were answered, or something came of them; `version` names which answer (S50)."""

    item: FeedbackItem
    version: str


@dataclass(frozen=True)
class HelpRequestAnswered:
    """Somebody who needed a person, or worried about somebody, has an answer to read."""

    asked: HelpRequest


@dataclass(frozen=True, kw_only=True)
class WordsWorrying:
    """Words that may mean harm came through a door of doors.toml: somebody must be woken (U3, E14).

    `row` holds the words, `person` wrote them (nobody where they left no name), `group` is the one they are about.
    """

    door: str
    row: Model
    level: str
    person: Person | None
    group: SupportGroup | None


@dataclass(frozen=True)
class PersonDied:
    """Somebody has died: whatever is still to go to or about them stays here, for good (U6)."""

    person: Person


@dataclass(frozen=True)
class PersonRestricted:
    """Nothing goes by machine to or about somebody any more: asked for, or because adults disagree (U17)."""

    restriction: Restriction


@dataclass(frozen=True)
class RestrictionLifted:
    """One reason for silence is over."""

    restriction: Restriction


@dataclass(frozen=True)
class RecoveryAsked:
    """Somebody asked for a way back into an account: its owner hears of it, and can stop it (B5)."""

    recovery: AccountRecovery


@dataclass(frozen=True)
class ConsentChanged:
    """Somebody gave or took back a yes: what rests on it goes, or stays here, from now on (C3)."""

    person: Person
    purpose: str
    given: bool


@dataclass(frozen=True)
class AdultsNotTold:
    """From now on adults hear no news of this young person: 16, or able to decide it, and no yes (U7, C5)."""

    person: Person


@dataclass(frozen=True)
class WaitEnded:
    """Somebody's wait is over: help has started, or the request was closed."""

    entry: WaitingListEntry


@dataclass(frozen=True)
class DecisionTold:
    """A person has given weighty news by voice; before that nothing here may show it (U2)."""

    decision: TriageDecision


@dataclass(frozen=True)
class PlaceNews:
    """There is news about somebody's place in a group, for them alone; `about` and `version` say which.

    A pause or its end, a second look answered, last weeks that begin or end soon, a birthday that is near: the words
    are on their own page, the message says only that there is something (M4, M5, U12).
    """

    membership: Membership
    about: Model
    version: str


@dataclass(frozen=True)
class PersonBanned:
    """Somebody may be in no group: offers and codes that are still to go stay here (M5, N8)."""

    decision: MembershipDecision


@dataclass(frozen=True, kw_only=True)
class DecidedAbout:
    """Something was decided about a person, who reads it with a right of reply (S100): words for them, never for staff.

    `kind` is a value of `ShownDecision.Kind`, `role` what the one who decided is, `source` the row it came from.
    Weighty news of the wait is told by a person first (U2): emit it then.
    """

    person: Person
    kind: str
    words: str
    role: str
    source: Model


@dataclass(frozen=True)
class OwnYesAsked:
    """Somebody has turned 16: what rested on a parent or a finding is theirs alone to say from now (C7)."""

    asked: OwnSay


@dataclass(frozen=True)
class SomethingToRead:
    """There is something new in somebody's groups, and they like to hear it; `about` and `version` say which time."""

    person: Person
    about: Model
    version: str


@dataclass(frozen=True)
class TextNews:
    """There is news of something public that somebody wrote or judged; `about` and `version` say which news."""

    person: Person
    about: Model
    version: str


@dataclass(frozen=True)
class SessionAsked:
    """Somebody of a group has not said yet whether they come to a session."""

    session: GroupSession
    membership: Membership


@dataclass(frozen=True)
class SessionSoon:
    """Somebody said that they come, and it begins in a few hours."""

    attendance: Attendance


@dataclass(frozen=True)
class SessionMoved:
    """A session that somebody comes to has another time."""

    attendance: Attendance


@dataclass(frozen=True)
class SessionOtherwise:
    """People meet in another way at a session that somebody comes to; their place stays."""

    attendance: Attendance


@dataclass(frozen=True)
class SessionCancelled:
    """A session that somebody comes to does not take place."""

    attendance: Attendance


@dataclass(frozen=True)
class SessionPlaceFree:
    """Somebody waited for a place, and has one now."""

    attendance: Attendance


@dataclass(frozen=True)
class SessionRings:
    """Somebody comes by telephone and would rather be rung: a host is on the line now (S19)."""

    attendance: Attendance


@dataclass(frozen=True)
class ListenedAsked:
    """Somebody was there, and is asked how listened to they felt (S22)."""

    attendance: Attendance


@dataclass(frozen=True)
class TimesOffered:
    """Somebody is asked which times suit them (S20)."""

    poll: TimePoll
    membership: Membership


@dataclass(frozen=True)
class TimeChosen:
    """Somebody was asked which times suit them, and one has been chosen (S20)."""

    poll: TimePoll
    membership: Membership


@dataclass(frozen=True)
class AppointmentMissed:
    """Somebody was not at an appointment; their place stays as it is (S55)."""

    appointment: Appointment


@dataclass(frozen=True)
class HostTold:
    """Somebody who hosts, or could, must hear of a session: `what` says what changed, or that it needs them."""

    session: GroupSession
    membership: Membership
    what: str


@dataclass(frozen=True)
class ClinicianAsked:
    """Somebody in a session asks for a clinician now; nobody in the room sees it (U15)."""

    session: GroupSession
    about: Membership


@dataclass(frozen=True)
class HostSilent:
    """A host has not said in time how a session was (U15)."""

    user: User


@dataclass(frozen=True)
class HostWantsTalk:
    """A host would like somebody to talk to them after a session (W4)."""

    user: User


@dataclass(frozen=True)
class CopyReady:
    """The copy that somebody asked for can be fetched for seven days, behind sign-in (S58)."""

    request: DataRequest


@dataclass(frozen=True)
class PersonErased:
    """What we hold about somebody is about to be deleted: nothing more goes to or about them.

    A handler that knows why it must not be raises `RuleBroken` with a sentence for the member of staff.
    """

    person: Person
