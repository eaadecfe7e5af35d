"""A message as it will go, with real or invented values: made in memory, not stored, not sent, no secret in it.

Calls are walked through the very steps that a call goes through, with rows that were never saved.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import (
    audience,
    coming,
    intents,
    letters,
    messages,
    numbers,
    offers,
    reactions,
    routing,
    sessions,
    spoken,
    time_polls,
)
from notifications.actions import texts
from notifications.catalogue import Message, To
from notifications.models import CommunicationNeed, ContactPoint, Duty, Letter
from notifications.models.contacts import CARRIES, ContactKind
from notifications.spoken import Moment, answered, rung
from notifications.topics import Topic
from notifications.waits import wait
from peer import clock, readability
from peer.answers import HELLO_CALL_DAYS
from peer.models import ParentRelationship, Person, User
from peer.models.time_polls import MOST
from peer.templatetags.peer import when

CODE = "123456"  # nobody's
SECRET = "an-invented-secret-123"  # noqa: S105 - as long as the secret of an invitation, and of none
SIGNED = "an-invented-link-to-nothing-" * 3  # cut to the length of a signed link
SIGNED_LENGTH = 62
NUMBER, MAILBOX = "+447700900123", "pat@example.org"
SPOKEN_A_MINUTE, KEY_SECONDS = 150, 5  # words of a calm voice; the pause for a key
UNREADABLE = re.compile(r"\S*(?:://|@|#)\S*")  # links and marks for machines, which nobody reads word by word


# ── For whom ────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Receiver:
    """For whom a message is shown: the person, whom it is about, and where it would go (None: nowhere)."""

    person: Person
    subject: Person | None
    contact: ContactPoint
    reaches: bool = True

    @property
    def is_invented(self) -> bool:
        """Tell whether nobody in particular gets this."""
        return self.person.pk is None

    def has_need(self, kind: CommunicationNeed.Kind) -> bool:
        """Tell whether this person needs messages in a certain shape."""
        return not self.is_invented and self.person.communication_needs.filter(kind=kind).exists()


def invented(message: Message, channel: str) -> Receiver:
    """Make a family up: Pat and Asha Lark, or Sam, who is on call."""
    born = dt.date(clock.today().year - 12, 1, 1)
    asha = Person(
        kind=Person.Kind.YOUNG_PERSON,
        given_name="Asha",
        family_name="Lark",
        born_on=born,
    )
    pat = Person(
        kind=Person.Kind.PARENT_CARER, given_name="Pat", family_name="Lark", address="1 Elm Road\nAnytown\nAB1 2CD"
    )
    sam = Person(kind=Person.Kind.STAFF, given_name="Sam", family_name="Lee")
    person, subject = {To.ALONE: (asha, None), To.STAFF: (sam, None)}.get(message.to, (pat, asha))
    return Receiver(person=person, subject=subject, contact=_contact(person, channel, word="robin"))


def _contact(person: Person, channel: str, *, word: str = "") -> ContactPoint:
    """Make up a number or address of somebody."""
    is_email = channel == routing.EMAIL
    return ContactPoint(
        person=person,
        kind=ContactKind.EMAIL if is_email else ContactKind.MOBILE,
        where=MAILBOX if is_email else NUMBER,
        your_word=word or None,
        voicemail_allowed=True,
        language=person.language,
        state=ContactPoint.State.PROVED,
    )


def real(person: Person, contacts: Iterable[ContactPoint], channel: str) -> Receiver:
    """Take somebody we know, at the number or address that a message would try first."""
    able = [one for one in contacts if channel in CARRIES[ContactKind(one.kind)]]
    able.sort(key=lambda one: (not one.is_proved, one.is_shared, one.pk))
    contact = able[0] if able else _contact(person, channel)
    return Receiver(person=person, subject=_subject(person), contact=contact, reaches=bool(able))


def _subject(person: Person) -> Person | None:
    """Find the young person of whose wait somebody may hear: themselves, or the first child of an adult."""
    if person.kind == Person.Kind.YOUNG_PERSON:
        return person
    told = person.young_people.filter(must_not_be_told=False, young_person__deceased_at=None)
    told = told.exclude(may_know=ParentRelationship.MayKnow.NOTHING).select_related("young_person")
    row = told.order_by("pk").first()
    return row.young_person if row else None


# ── The values ──────────────────────────────────────────────────────────────────────────────────────────────────────
def values(message: Message, receiver: Receiver, *, by: User) -> dict[str, str]:
    """Give every value that words may ask for; codes and links are invented, whoever it is for."""
    subject = receiver.subject or receiver.person
    opening = routing.opens_at(clock.now()) or clock.now()
    read_by = when(texts.read_by())
    start, _end = reactions.ring_hours(days=1)
    given = {
        "when": sessions.whole(clock.now() + dt.timedelta(days=1)),
        "times": _times() if message.purpose == "times_offered" else spoken.times(),
        "before": coming.before(1),
        "way": sessions.by_way("phone"),
        "whose": audience.whose(receiver.person, subject),
        "young_person": subject.given_name,
        "caller": by.get_short_name(),
        "ring_when": reactions.ring_when(start) if message.is_routed() else read_by,
        "read_when": when(opening) if message.purpose == "text_worrying_later" else read_by,
        "until": reactions.day_of(clock.now() + wait("invitation")),
        "link": settings.PUBLIC_BASE_URL + _path(message),
        "code": CODE,
        "code_spoken": ", ".join(CODE),
        "host": settings.SHORT_ADDRESS,
        "word": Topic.NEWS.upper(),
        "days": str(HELLO_CALL_DAYS),
        "full_name": receiver.person.full_name(),
    }
    return intents.values_at(receiver.contact, receiver.person, given)


def _times() -> str:
    """Invent as many times as may be offered at once."""
    days = [clock.now() + dt.timedelta(days=number) for number in range(1, MOST + 1)]
    return ", ".join(f"{number}: {time_polls.brief(day)}" for number, day in enumerate(days, 1))


def _path(message: Message) -> str:
    if message.duty is Duty.PAGE:
        return reverse("escalations-link", args=[SIGNED[:SIGNED_LENGTH]])
    return reverse("invitations-hello", args=[SECRET])


# ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a message takes and costs; a figure that a channel does not have is None."""

    reading: readability.Reading
    alphabet: str = ""
    wide: tuple[str, ...] = ()
    length: int | None = None
    segments: int | None = None
    seconds: int | None = None
    pence: float | None = None


NOTHING = Measure(reading=readability.read(""))


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One message by one channel, as the handset, the mailbox or the envelope shows it."""

    channel: str
    text: str
    language: str
    measure: Measure = NOTHING
    subject: str = ""
    main: Sequence[Moment] = ()
    asides: Sequence[Moment] = ()
    letter: Letter | None = None
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()


def show(message: Message, receiver: Receiver, channel: str, language: str, *, by: User) -> Preview:
    """Make the preview; `messages.MissingWords` where the message does not go by this channel."""
    if channel not in message.words:
        raise messages.MissingWords(channel)
    name = message.words[channel]
    given = values(message, receiver, by=by)
    easy = receiver.has_need(CommunicationNeed.Kind.EASY_WORDS)
    filled = messages.filled(channel, name, given, language=language, easy=easy)
    template = messages.template(channel, name, language, easy=easy)
    shown = Preview(
        channel=channel,
        text=filled.text,
        language=language,
        warnings=_warnings(channel, filled, given, asked=messages.blanks(template.text)),
        notes=() if receiver.is_invented else would_go(message, receiver, channel),
    )
    if channel == routing.CALL:
        return _call(shown, message, receiver)
    if channel == routing.LETTER:
        return _letter(shown, receiver)
    return _email(shown) if channel == routing.EMAIL else _text(shown)


def _text(shown: Preview) -> Preview:
    text = shown.text
    is_basic, segments = messages.is_basic(text), messages.segments(text)
    measure = Measure(
        reading=readability.read(UNREADABLE.sub("", text)),
        alphabet="basic" if is_basic else "wide",
        wide=tuple(dict.fromkeys(mark for mark in text if not messages.is_basic(mark))),
        length=messages.length(text),
        segments=segments,
        pence=segments * settings.TEXT_PENCE,
    )
    return replace(shown, measure=measure)


def _email(shown: Preview) -> Preview:
    subject, _line, body = shown.text.partition("\n")
    measure = Measure(reading=readability.read(UNREADABLE.sub("", body)), pence=0)
    return replace(shown, subject=subject.strip(), text=body.strip(), measure=measure)


def _letter(shown: Preview, receiver: Receiver) -> Preview:
    address = letters.address_of(receiver.person, about=receiver.subject)
    paper = Letter(
        recipient=receiver.person,
        address=f"{receiver.person.full_name()}\n{address}".strip(),
        body=shown.text,
        language=shown.language,
        is_large_print=receiver.has_need(CommunicationNeed.Kind.LARGE_PRINT),
    )
    return replace(shown, letter=paper, measure=Measure(reading=readability.read(shown.text)))


def _call(shown: Preview, message: Message, receiver: Receiver) -> Preview:
    """Walk through the call; somebody who rings us hears the newest news."""
    language, read_when = shown.language, when(texts.read_by())
    if message.is_routed():
        person, contact = receiver.person, receiver.contact
        walked = answered(person, contact, message, shown.text, language, read_when=read_when)
    else:
        news = messages.fill(routing.CALL, "request_accepted", _news(receiver), language=language)
        walked = rung(news, language, read_when=read_when)
    main, asides = walked
    reading = readability.read("\n".join(sentence for moment in main for sentence in moment.sentences))
    seconds = round(reading.words * 60 / SPOKEN_A_MINUTE) + KEY_SECONDS * len(main)
    pence = math.ceil(seconds / 60) * settings.CALL_PENCE if message.is_routed() else None
    return replace(shown, main=main, asides=asides, measure=Measure(reading=reading, seconds=seconds, pence=pence))


def _news(receiver: Receiver) -> dict[str, str]:
    return {"young_person": (receiver.subject or receiver.person).given_name}


# ── What somebody should know before it goes ────────────────────────────────────────────────────────────────────────
def _warnings(channel: str, filled: messages.Filled, given: dict[str, str], *, asked: set[str]) -> list[str]:
    """Say which values were replaced, cut or made plain, which word would be refused, and what is too long."""
    found = [_tamed(given[name], filled.values[name]) for name in sorted(asked - messages.OURS) if name in given]
    word = messages.tells_too_much(filled.text)
    if word:
        found.append(_("“%(word)s” tells a stranger too much. These words may not go out.") % {"word": word})
    if channel == routing.SMS and messages.segments(filled.text) > messages.MOST_SEGMENTS:
        found.append(_("This is longer than a text may be. Shorten the words in its file."))
    return [one for one in found if one]


def _tamed(given: str, shown: str) -> str:
    if given == shown:
        return ""
    if messages.tells_too_much(given):
        word = messages.tells_too_much(given)
        return _("A value has the word “%(word)s” in it. “%(shown)s” goes out in its place.") % {
            "word": word,
            "shown": shown,
        }
    return _("A value does not fit as it is: “%(shown)s” goes out in place of “%(given)s”.") % {
        "given": given,
        "shown": shown,
    }


def would_go(message: Message, receiver: Receiver, channel: str) -> list[str]:
    """Say what keeps this message from somebody by this way, and for whom it is not meant."""
    notes = [_not_for(message, receiver.person)]
    if message.duty is Duty.FAMILY and message.is_routed():
        if any(one is not None and one.restricted_at for one in (receiver.person, receiver.subject)):
            notes.append(_("Nothing goes by machine to or about them. A person rings."))
        if receiver.subject is None:
            notes.append(_("We know of no young person whose news they may hear, so this would not go to them."))
    notes.append(_no_way(message, receiver, channel))
    return [one for one in notes if one]


OF_OFFERS = {*offers.BY_TEXT, offers.BY_CALL}


def _not_for(message: Message, person: Person) -> str:
    is_staff, is_young = person.kind == Person.Kind.STAFF, person.kind == Person.Kind.YOUNG_PERSON
    if message.to is To.STAFF and not is_staff:
        return _("This only ever goes to the person on call.")
    if message.to is To.ALONE and message.purpose in OF_OFFERS and not is_young:
        return _("This only ever goes to the young person, on a phone that is theirs alone.")
    return _("This only ever goes to families.") if message.to is To.FAMILY and is_staff else ""


def _no_way(message: Message, receiver: Receiver, channel: str) -> str:
    if channel == routing.LETTER:
        known = letters.address_of(receiver.person, about=receiver.subject)
        return "" if known else _("We know no address that a letter to them may go to.")
    if not message.is_routed():
        return ""
    if not receiver.reaches:
        return {
            routing.SMS: _("We know no number of theirs that takes texts."),
            routing.CALL: _("We know no phone number of theirs."),
            routing.EMAIL: _("We know no e-mail address of theirs."),
        }[channel]
    (reach,) = intents.reaches([receiver.contact], message.topic)
    why = routing.why_not(reach, channel, duty=message.duty, to_unproved=message.to_unproved)
    return _because(why)


def _because(why: str) -> str:
    return {
        "": "",
        "stopped": _("They stopped these messages, so it would not go this way."),
        "suspended": _("This number or address is not used any more, so it would not go there."),
        "shared": _("They share this phone, so it would not go there."),
        "in doubt": _("This number or address is in doubt, so it would not go there until it is proved again."),
        "unproved": _("Nobody has proved this number or address yet, so it would not go there."),
        "not this way": _("The service sends nothing this way now."),
    }.get(why, _("It would not go this way."))


def where(receiver: Receiver) -> str:
    """Name where it would go, as staff see it: masked."""
    return receiver.contact.masked if receiver.reaches else ""


def sender(channel: str) -> str:
    """Name who it comes from, as a handset or a mailbox shows it."""
    return str(settings.EMAIL_FROM) if channel == routing.EMAIL else numbers.national(settings.TWILIO_FROM)
