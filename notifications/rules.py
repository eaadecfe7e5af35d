"""THE TABLE: which news is told, to whom, in which words, and what the message owes; a committee can sign it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Model

from moderation.news import EscalationStepDue, ReportAnswered, TalkOwed
from notifications import audience, digests, listened, offers, own_yes, pauses, rings, sessions, time_polls, voice
from notifications.audience import Told
from notifications.models import CallTask, Duty, Notification
from notifications.news import RingAsked
from notifications.notices import NOTICES
from notifications.topics import Topic
from peer.models import TriageDecision
from peer.news import (
    AppointmentMissed,
    CohortTomorrow,
    CopyReady,
    FamilyReleased,
    FeedbackAnswered,
    HelpRequestAnswered,
    HostTold,
    InvitationAskedAgain,
    InvitationCodeAsked,
    InvitationOffered,
    InvitationQuestionAnswered,
    InvitationUnanswered,
    JoinRequestAnswered,
    ListenedAsked,
    MembershipConfirmed,
    OwnYesAsked,
    PlaceNews,
    RecoveryAsked,
    SessionAsked,
    SessionCancelled,
    SessionMoved,
    SessionOtherwise,
    SessionPlaceFree,
    SessionRings,
    SessionSoon,
    SignpostsMade,
    SomethingToRead,
    TextNews,
    TimeChosen,
    TimesOffered,
    TriageDecided,
)

Outcome = TriageDecision.Outcome


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the table; `words` names a file for each channel it may use, `rings` a call by a person beside it.

    `topic` is what people may turn off, `cascade` the row of cascade.toml by which one way follows another;
    `owes_call` says that a person rings where no way was left, `own_number` that only the person's own phone will do,
    `once_a_household` that an adult is not told the same of a brother or sister within its life. `by_day` keeps a link
    out of the night, and `still` is asked once more right before it goes (N12, N13). So is `rests`: then it waits, as
    what speaks of a place in a group does while the group is paused (P10).
    """

    news: type
    purpose: str
    audience: Callable[[Any], list[Told]]
    duty: Duty
    words: Mapping[str, str]
    lives: str
    about: Callable[[Any], Model]
    when: Callable[[Any], bool] = lambda _: True
    version: Callable[[Any], object] = lambda _: 1
    topic: str = ""
    cascade: str = ""
    owes_call: bool = False
    to_unproved: bool = False
    rings: CallTask.About | None = None
    own_number: bool = False
    once_a_household: bool = False
    by_day: bool = False
    still: Callable[[Notification], bool] = lambda _: True
    rests: Callable[[Notification], bool] = lambda _: False


def came_to(*outcomes: str) -> Callable[[TriageDecided], bool]:
    """Match decisions with one of these outcomes."""
    return lambda news: news.decision.outcome in outcomes


RULES: tuple[Rule, ...] = (
    Rule(  # U1: content-free, to a number nobody has proved; a person rings and proves it
        news=FamilyReleased,
        about=lambda news: news.entry,
        purpose="first_hello",
        audience=audience.of_release,
        duty=Duty.FAMILY,
        words={"sms": "first_hello"},
        lives="first_hello",
        to_unproved=True,
        rings=CallTask.About.FIRST_HELLO,
        once_a_household=True,
    ),
    Rule(  # S50: good news by the family's own channel
        news=TriageDecided,
        about=lambda news: news.decision,
        when=came_to(Outcome.ACCEPTED),
        purpose="request_accepted",
        audience=audience.of_decision,
        duty=Duty.FAMILY,
        words={"sms": "news", "call": "request_accepted", "email": "news", "letter": "news"},
        lives="family",
        topic=Topic.NEWS,
        cascade="news",
    ),
    Rule(
        news=TriageDecided,
        about=lambda news: news.decision,
        when=came_to(Outcome.OFFERED),
        purpose="request_offered",
        audience=audience.of_decision,
        duty=Duty.FAMILY,
        words={"sms": "news", "call": "request_offered", "email": "news", "letter": "news"},
        lives="family",
        topic=Topic.NEWS,
        cascade="news",
    ),
    Rule(  # U2: weighty news is a call by a person; the message only says when
        news=TriageDecided,
        about=lambda news: news.decision,
        when=came_to(*TriageDecision.WEIGHTY),
        purpose="we_will_ring",
        audience=audience.of_decision,
        duty=Duty.FAMILY,
        words={"sms": "we_will_ring", "call": "we_will_ring"},
        lives="family",
        rings=CallTask.About.WEIGHTY_NEWS,
    ),
    Rule(  # U9, M1: to a number that is the young person's alone
        news=InvitationOffered,
        about=lambda news: news.invitation,
        when=offers.goes_by_text,
        purpose="invitation",
        audience=audience.of_invitation,
        duty=Duty.CODE,
        words={"sms": "invitation"},
        lives="invitation",
        owes_call=True,
        own_number=True,
        still=offers.is_open,
        rests=pauses.of_offer,
    ),
    Rule(  # U13: an automatic call, by day, to a proved number of one's own; the word comes before the offer
        news=InvitationOffered,
        about=lambda news: news.invitation,
        when=offers.goes_by_call,
        purpose=offers.BY_CALL,
        audience=audience.of_call_offer,
        duty=Duty.FAMILY,
        words={"call": "offer"},
        lives="invitation",
        owes_call=True,
        own_number=True,
        still=offers.is_open,
        rests=pauses.of_offer,
    ),
    Rule(  # U13: once, on day 8
        news=InvitationUnanswered,
        about=lambda news: news.invitation,
        version=lambda _: "reminder",
        when=offers.goes_by_text,
        purpose="offer_reminder",
        audience=audience.of_invitation,
        duty=Duty.CODE,
        words={"sms": "offer_reminder"},
        lives="offer_reminder",
        by_day=True,
        still=offers.is_open,
        rests=pauses.of_offer,
    ),
    Rule(  # U3: content behind the link
        news=InvitationQuestionAnswered,
        about=lambda news: news.invitation,
        version=lambda _: secrets.token_hex(8),
        when=offers.goes_by_text,
        purpose="offer_answer",
        audience=audience.of_invitation,
        duty=Duty.CODE,
        words={"sms": "offer_answer"},
        lives="invitation",
        owes_call=True,
        by_day=True,
        still=offers.is_open,
    ),
    Rule(  # U13: they texted NEW
        news=InvitationAskedAgain,
        about=lambda news: news.invitation,
        version=lambda _: secrets.token_hex(8),
        when=offers.goes_by_text,
        purpose="offer_again",
        audience=audience.of_invitation,
        duty=Duty.CODE,
        words={"sms": "invitation"},
        lives="invitation",
        owes_call=True,
        still=offers.is_open,
        rests=pauses.of_offer,
    ),
    Rule(  # U8: after the hello call the last step is theirs; to the young person's own number alone
        news=MembershipConfirmed,
        about=lambda news: news.membership,
        purpose="place_ready",
        audience=audience.of_member,
        duty=Duty.CODE,
        words={"sms": "place_ready"},
        lives="invitation",
        owes_call=True,
        rests=pauses.of_place,
    ),
    Rule(  # C7: at 16, to a proved number of their own; where no machine may ask, the clinician who owes the talk rings
        news=OwnYesAsked,
        about=lambda news: news.asked,
        when=own_yes.goes_out,
        purpose=own_yes.PURPOSE,
        audience=audience.of_own_yes,
        duty=Duty.FAMILY,
        words={"sms": "own_say", "call": "own_say"},
        lives="family",
        still=own_yes.is_open,
    ),
    Rule(  # U11: the day before, by the clock in the middle of the day
        news=CohortTomorrow,
        about=lambda news: news.membership,
        version=lambda news: f"cohort-{news.membership.cohort_id}",
        purpose="tomorrow",
        audience=audience.of_member,
        duty=Duty.CODE,
        words={"sms": "tomorrow"},
        lives="code_of_a_day",
        rests=pauses.of_place,
    ),
    Rule(  # S1: what came of asking for a place; to the person's own number alone
        news=JoinRequestAnswered,
        about=lambda news: news.asked,
        purpose="place_answer",
        audience=audience.of_asker,
        duty=Duty.CODE,
        words={"sms": "place_answer"},
        lives="invitation",
        owes_call=True,
    ),
    Rule(  # M4, M5, U12: their own page has the words; a stranger who reads the text learns nothing
        news=PlaceNews,
        about=lambda news: news.about,
        version=lambda news: news.version,
        purpose="look_in",
        audience=audience.of_place,
        duty=Duty.FAMILY,
        words={"sms": "look_in", "call": "look_in"},
        lives="family",
        owes_call=True,
    ),
    Rule(  # S5: other help that could be good, on their own page alone; the message only says that there is something
        news=SignpostsMade,
        about=lambda news: news.signpost,
        purpose="other_help",
        audience=audience.of_signpost,
        duty=Duty.FAMILY,
        words={"sms": "look_in", "call": "look_in"},
        lives="family",
        owes_call=True,
    ),
    Rule(  # S58: to whoever asked, alone; says nothing of what it is
        news=CopyReady,
        about=lambda news: news.request,
        purpose="copy_ready",
        audience=audience.of_copy,
        duty=Duty.FAMILY,
        words={"sms": "copy_ready", "email": "copy_ready"},
        lives="family",
    ),
    Rule(  # the person's own wish, by their own channel; says that there is something, never what or where
        news=SomethingToRead,
        about=lambda news: news.about,
        version=lambda news: news.version,
        purpose="digest",
        audience=audience.of_digest,
        duty=Duty.FAMILY,
        words={"sms": "digest", "email": "digest"},
        lives="digest",
        topic=Topic.GROUP,
        still=digests.is_wanted,
    ),
    Rule(  # S19: whoever has not answered is asked once, and answers by a number or a key
        news=SessionAsked,
        about=lambda news: news.session,
        version=sessions.version,
        purpose="session_ask",
        audience=audience.of_host,
        duty=Duty.FAMILY,
        words={"sms": "session_ask", "call": "session_ask"},
        lives="session_ask",
        topic=Topic.GROUP,
        still=sessions.is_unanswered,
    ),
    Rule(  # S20: in a few hours, by one's own way; gone once it has begun
        news=SessionSoon,
        about=lambda news: news.attendance,
        version=sessions.version,
        purpose="session_soon",
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"sms": "session_soon", "call": "session_soon"},
        lives="session_soon",
        topic=Topic.GROUP,
        still=sessions.is_to_come,
    ),
    Rule(  # U15: everybody who comes is told; where no way is left a person rings
        news=SessionMoved,
        about=lambda news: news.attendance,
        version=sessions.version,
        purpose="session_moved",
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"sms": "session_moved", "call": "session_moved"},
        lives="family",
        owes_call=True,
        still=sessions.is_still_then,
    ),
    Rule(  # S54: the same hour in another way; everybody keeps their place, and says no by one number or key
        news=SessionOtherwise,
        about=lambda news: news.attendance,
        version=sessions.version,
        purpose="session_way",
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"sms": "session_way", "call": "session_way"},
        lives="family",
        owes_call=True,
        still=sessions.is_still_that_way,
    ),
    Rule(
        news=SessionCancelled,
        about=lambda news: news.attendance,
        version=sessions.version,
        purpose="session_off",
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"sms": "session_off", "call": "session_off"},
        lives="family",
        owes_call=True,
        still=sessions.is_not_past,
    ),
    Rule(  # B11: the next in the line
        news=SessionPlaceFree,
        about=lambda news: news.attendance,
        version=sessions.version,
        purpose="session_place",
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"sms": "session_place", "call": "session_place"},
        lives="family",
        still=sessions.is_to_come,
    ),
    Rule(  # S19: rung once a host is on the line; the word first, then they wait to be let in
        news=SessionRings,
        about=lambda news: news.attendance,
        version=sessions.version,
        purpose=voice.JOIN,
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"call": "session_rings"},
        lives="session_rings",
        still=sessions.is_awaited,
    ),
    Rule(  # S22: whoever was there, once, and only while they may still say it; a number alone comes back
        news=ListenedAsked,
        about=lambda news: news.attendance,
        version=lambda _news: "listened",
        purpose=listened.PURPOSE,
        audience=audience.of_attendance,
        duty=Duty.FAMILY,
        words={"sms": "listened_ask"},
        lives="family",
        topic=Topic.GROUP,
        still=listened.is_asked,
    ),
    Rule(  # S20: everybody in the group, by their own way; the numbers of the times come back by text
        news=TimesOffered,
        about=lambda news: news.poll,
        version=lambda news: news.membership.pk,
        purpose=time_polls.PURPOSE,
        audience=audience.of_asked,
        duty=Duty.FAMILY,
        words={"sms": "times_offered"},
        lives="family",
        topic=Topic.GROUP,
        still=time_polls.is_open,
    ),
    Rule(  # S20: whoever was asked, whatever they said
        news=TimeChosen,
        about=lambda news: news.poll,
        version=lambda news: f"{news.membership.pk}-chosen",
        purpose="time_chosen",
        audience=audience.of_asked,
        duty=Duty.FAMILY,
        words={"sms": "time_chosen", "call": "time_chosen"},
        lives="family",
        topic=Topic.GROUP,
        still=time_polls.is_ahead,
    ),
    Rule(  # S55: no blame, nothing of a reason, and nobody leaves the list; a person follows it up
        news=AppointmentMissed,
        about=lambda news: news.appointment,
        purpose="appointment_missed",
        audience=audience.of_missed,
        duty=Duty.FAMILY,
        words={"sms": "appointment_missed"},
        lives="family",
        topic=Topic.NEWS,
    ),
    *(
        Rule(  # U15: whoever hosts, or could
            news=HostTold,
            about=lambda news: news.session,
            version=sessions.version,
            when=sessions.about_hosts(what),
            purpose=f"host_{what}",
            audience=audience.of_host,
            duty=Duty.FAMILY,
            words={"sms": f"host_{what}"},
            lives="family",
            still=sessions.is_needed if what == "needed" else sessions.always,
        )
        for what in ("moved", "otherwise", "off", "needed", "chosen", "freed")
    ),
    Rule(
        news=InvitationCodeAsked,
        about=lambda news: news.invitation,
        version=lambda _: secrets.token_hex(8),  # each code is news of its own: asking again sends again
        purpose="invitation_code",
        audience=audience.of_invitation,
        duty=Duty.CODE,
        words={"sms": "code", "call": "code"},
        lives="code",
        own_number=True,
    ),
    Rule(  # B5: whoever holds their own phone hears of it a day before it is done; shared numbers are not told
        news=RecoveryAsked,
        about=lambda news: news.recovery,
        purpose="recovery_asked",
        audience=audience.of_recovery,
        duty=Duty.CODE,
        words={"sms": "recovery_asked"},
        lives="recovery",
    ),
    Rule(  # S50: everybody who asked hears what came of what they said
        news=FeedbackAnswered,
        about=lambda news: news.item,
        version=lambda news: news.version,
        when=lambda news: news.item.person_id is not None,
        purpose="answer",
        audience=audience.of_answer,
        duty=Duty.FAMILY,
        words={"sms": "answer", "call": "answer", "email": "answer", "letter": "answer"},
        lives="family",
        topic=Topic.VOICE,
        cascade="answer",
    ),
    Rule(  # W4: whose talk it is, and no word about whom
        news=TalkOwed,
        about=lambda news: news.task,
        when=lambda news: news.task.owner is not None and news.task.owner.person is not None,
        purpose="talk_owed",
        audience=audience.of_talk,
        duty=Duty.FAMILY,
        words={"sms": "talk_owed", "email": "talk_owed"},
        lives="family",
    ),
    Rule(  # whoever wrote a text or looked at it hears of its end; says neither which text nor what
        news=TextNews,
        about=lambda news: news.about,
        version=lambda news: news.version,
        purpose="text_news",
        audience=audience.of_text,
        duty=Duty.FAMILY,
        words={"sms": "text_news", "email": "text_news"},
        lives="family",
    ),
    Rule(  # U4: the clinician who asked to be put through is rung first, on the phone they named
        news=RingAsked,
        about=lambda news: news.ring,
        purpose=rings.PURPOSE,
        audience=audience.of_ring,
        duty=Duty.PAGE,
        words={"call": "ring_through"},
        lives="ring",
        still=rings.still_asked,
    ),
    Rule(  # B4: whoever needed somebody, or worried, hears back; a stranger who reads the text learns nothing
        news=HelpRequestAnswered,
        about=lambda news: news.asked,
        purpose="worry_answered",
        audience=audience.of_help_request,
        duty=Duty.FAMILY,
        words={"sms": "look_in", "call": "look_in"},
        lives="family",
    ),
    Rule(
        news=ReportAnswered,
        about=lambda news: news.report,
        purpose="report_answered",
        audience=audience.of_report,
        duty=Duty.FAMILY,
        words={"sms": "look_in", "call": "look_in"},
        lives="family",
    ),
    Rule(  # E4: text and call at once
        news=EscalationStepDue,
        about=lambda news: news.step,
        purpose="page",
        audience=audience.of_step,
        duty=Duty.PAGE,
        words={"sms": "page_link", "call": "page", "email": "page_link"},
        lives="page",
    ),
)


def topics_in_use() -> list[Topic]:
    """Give the topics that something is ever told about, so that nobody is offered a switch that does nothing."""
    used = {rule.topic for rule in RULES} | {notice.topic for notice in NOTICES.values()}
    return [topic for topic in Topic if topic in used]


def goes_to_unproved(purpose: str) -> bool:
    """Tell whether the words of a purpose are so empty that they may go to a number nobody has proved (N9, U1)."""
    return any(rule.purpose == purpose and rule.to_unproved for rule in RULES)


@cache
def by_purpose() -> dict[str, Rule]:
    """Find a line of the table by what its messages are for."""
    return {rule.purpose: rule for rule in RULES}


def keeps_hours(purpose: str) -> bool:
    """Tell whether a code or link waits for the day all the same: nobody has just asked for it (N12)."""
    rule = by_purpose().get(purpose)
    return rule is not None and rule.by_day


def rests(told: Notification) -> bool:
    """Tell, right before it goes, whether it has to wait for something that a person must end (P10)."""
    rule = by_purpose().get(told.purpose)
    return rule is not None and rule.rests(told)


def is_still_so(told: Notification) -> bool:
    """Tell, right before it goes, whether what a message is about is still so (N13)."""
    rule = by_purpose().get(told.purpose)
    return rule is None or rule.still(told)
