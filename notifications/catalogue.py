"""Every message there is, by its purpose: the rules of the table, the answers we give, and the calls to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import audience, messages, routing
from notifications.models import Duty
from notifications.notices import NOTICES, Notice
from notifications.rules import RULES, Rule

CHANNELS = (routing.SMS, routing.CALL, routing.EMAIL, routing.LETTER)


class Section(models.TextChoices):
    """What messages are for, in the order in which they are shown."""

    NEWS = "news", _("News, and the first hello")
    MANY = "many", _("Told to many at once")
    ALONE = "alone", _("Codes and links for one person alone")
    PAGES = "pages", _("To wake somebody")
    ANSWERS = "answers", _("Answers to texts")
    CALLS = "calls", _("Calls to us")


class To(models.TextChoices):
    """Who may ever get a message."""

    FAMILY = "family", _("the family")
    ALONE = "alone", _("one person, on a phone that is theirs alone")
    STAFF = "staff", _("the person on call")
    ANYBODY = "anybody", _("whoever texts or rings")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message: its address in the preview, what it is for, its file for each channel, and who gets it."""

    purpose: str
    section: Section
    to: To
    words: Mapping[str, str] = field(default_factory=dict)
    duty: Duty = Duty.FAMILY
    title: Promise | str = ""
    topic: str = ""
    to_unproved: bool = False

    def why(self) -> str:
        """Give the sentence that stands at the head of its file."""
        channel, name = next(iter(self.words.items()))
        return messages.template(channel, name).purpose

    def is_routed(self) -> bool:
        """Tell whether it goes by the outbox; an answer goes back where the question came from."""
        return self.to is not To.ANYBODY


SECTIONS = {Duty.FAMILY: Section.NEWS, Duty.CODE: Section.ALONE, Duty.PAGE: Section.PAGES}
AUDIENCES = {
    audience.of_invitation: To.ALONE,
    audience.of_call_offer: To.ALONE,
    audience.of_member: To.ALONE,
    audience.of_own_yes: To.ALONE,
    audience.of_asker: To.ALONE,
    audience.of_place: To.ALONE,
    audience.of_copy: To.ALONE,
    audience.of_digest: To.ALONE,
    audience.of_signpost: To.ALONE,
    audience.of_attendance: To.ALONE,
    audience.of_host: To.ALONE,
    audience.of_asked: To.ALONE,
    audience.of_step: To.STAFF,
    audience.of_ring: To.STAFF,
    audience.of_talk: To.STAFF,
    audience.of_text: To.ALONE,
}


def _of_rule(rule: Rule) -> Message:
    return Message(
        purpose=rule.purpose,
        section=SECTIONS[rule.duty],
        to=AUDIENCES.get(rule.audience, To.FAMILY),
        words=rule.words,
        duty=rule.duty,
        topic=rule.topic,
        to_unproved=rule.to_unproved,
    )


def _of_notice(notice: Notice) -> Message:
    return Message(
        purpose=notice.name,
        title=notice.title,
        section=Section.MANY,
        to=To.FAMILY,
        words=dict.fromkeys(notice.channels, notice.name),
        topic=notice.topic,
    )


def _answer(name: str, title: Promise | str) -> Message:
    return Message(purpose=name, title=title, section=Section.ANSWERS, to=To.ANYBODY, words={routing.SMS: name})


OTHERS = (
    Message(
        purpose="sign_in_code",
        section=Section.ALONE,
        to=To.ALONE,
        duty=Duty.CODE,
        words={routing.SMS: "code", routing.CALL: "code"},
    ),
    Message(
        purpose="page_second",
        section=Section.PAGES,
        to=To.STAFF,
        duty=Duty.PAGE,
        words={routing.CALL: "page_second"},
    ),
    Message(
        purpose="watch",
        title=_("Urgent: the alarms may have stopped"),
        section=Section.PAGES,
        to=To.STAFF,
        duty=Duty.PAGE,
        words={routing.SMS: "watch", routing.CALL: "watch"},
    ),
    Message(
        purpose="watcher_silent",
        section=Section.PAGES,
        to=To.STAFF,
        duty=Duty.PAGE,
        words={routing.SMS: "watcher_silent", routing.EMAIL: "watcher_silent"},
    ),
    _answer("text_received", _("We have your text")),
    _answer("text_worrying", _("A worrying text, somebody on call")),
    _answer("text_worrying_soon", _("A text that a clinician reads soon")),
    _answer("text_worrying_later", _("A worrying text, nobody on call")),
    _answer("got_it", _("They have the news")),
    _answer("will_ring", _("They asked for a call")),
    _answer("wrong_number", _("Not their number")),
    _answer("offer_yes", _("They said yes to an offer")),
    _answer("offer_no", _("They said no to an offer")),
    _answer("offer_ask", _("They want to ask something")),
    _answer("offer_question", _("They asked about an offer")),
    _answer("offer_new", _("They asked for an offer again")),
    _answer("listened_noted", _("They said how listened to they felt")),
    _answer("times_noted", _("They said which times suit them")),
    _answer("own_yes", _("They said yes for themselves")),
    _answer("own_no", _("They said no for themselves")),
    _answer("session_yes", _("They come")),
    _answer("session_line", _("They wait for a place")),
    _answer("session_no", _("They do not come this time")),
    _answer("session_times", _("They asked for another time")),
    _answer("session_ring", _("No other time: a person rings")),
    _answer("session_late", _("They answered what is over")),
    _answer("hello_card", _("They texted the number on a card")),
    _answer("stopped_topic", _("They stopped one kind of text")),
    _answer("started_topic", _("They want one kind of text again")),
    Message(
        purpose="call_to_us",
        title=_("Somebody rings us"),
        section=Section.CALLS,
        to=To.ANYBODY,
        words={routing.CALL: "inbound"},
    ),
)


@cache
def every() -> dict[str, Message]:
    """Give every message by its purpose, section after section."""
    known = [*map(_of_rule, RULES), *map(_of_notice, NOTICES.values()), *OTHERS]
    order = list(Section)
    return {one.purpose: one for one in sorted(known, key=lambda one: order.index(one.section))}
