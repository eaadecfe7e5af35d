"""Which way an offer goes, and which offer a number may answer: only one that went there, to one person (U9, U13)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from notifications import intents, languages, messages, routing
from notifications.models import CallTask, CommunicationNeed, ContactPoint, Delivery, Duty, Notification
from notifications.waits import wait
from peer import clock
from peer.models import Invitation, Person
from peer.models.invitations import InvitationQuerySet
from peer.news import InvitationAskedAgain, InvitationOffered, InvitationQuestionAnswered, InvitationUnanswered
from peer.roles import Role

BY_TEXT = ("invitation", "offer_reminder", "offer_answer", "offer_again")
BY_CALL = "offer_call"
WORDS: dict[type, str] = {  # the text of each news of an offer
    InvitationOffered: "invitation",
    InvitationUnanswered: "offer_reminder",
    InvitationQuestionAnswered: "offer_answer",
    InvitationAskedAgain: "invitation",
}
NOT_GONE = (
    Delivery.State.PENDING,
    Delivery.State.HELD,
    Delivery.State.CLAIMED,
    Delivery.State.CANCELLED,
    Delivery.State.EXPIRED,
    Delivery.State.FAILED,
)
IN_DOUBT = (ContactPoint.State.SUSPECT, ContactPoint.State.SUSPENDED)


class OfInvitation(Protocol):
    """Any news of an offer."""

    @property
    def invitation(self) -> Invitation:
        """Name the offer."""


class Way(StrEnum):
    """How an offer reaches somebody."""

    TEXT = "text"
    CALL = "call"
    PERSON = "person"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Route:
    """The way, and the number of the person it takes."""

    way: Way
    contact: ContactPoint | None = None


def route(person: Person, words: str = "invitation") -> Route:
    """Choose the way of an offer: by text or an automatic call to a number of one's own, else a person rings (U9).

    Who speaks a language in which the service has no such words is rung by a person, with an interpreter (U16).
    """
    known = list(person.contact_points.reachable().phones().order_by("pk"))
    known.sort(key=lambda one: not one.is_proved)
    if not known:
        return Route(Way.NOWHERE)
    if not speaks(known[0].language, words):
        return Route(Way.PERSON, known[0])
    texts, calls = _first(known, routing.SMS, Duty.CODE), _first(known, routing.CALL, Duty.FAMILY)
    likes_calls = calls is not None and calls.preferred_channel == ContactPoint.Liked.CALL
    needs = set(CommunicationNeed.objects.filter(person=person).values_list("kind", flat=True))
    calls = None if CommunicationNeed.Kind.IN_WRITING in needs else calls
    texts = None if CommunicationNeed.Kind.BY_VOICE in needs else texts
    if calls is not None and (texts is None or likes_calls):
        return Route(Way.CALL, calls)
    return Route(Way.TEXT, texts) if texts is not None else Route(Way.PERSON, known[0])


def speaks(language: str, words: str) -> bool:
    """Tell whether a machine can say it in their language: English by default, else only in words written for it."""
    if not languages.needs_interpreter(language):
        return True
    return language in languages.offered() and messages.is_written(routing.SMS, words, language)


def route_of(news: OfInvitation) -> Route:
    """Choose the way of one piece of news of an offer."""
    return route(news.invitation.person, WORDS[type(news)])


def _first(known: list[ContactPoint], channel: str, duty: Duty) -> ContactPoint | None:
    """Find the first number of their own that may carry an offer this way."""
    ways = {reach.pk: reach for reach in intents.reaches(known)}
    able = (one for one in known if not one.is_shared and not routing.why_not(ways[one.pk], channel, duty=duty))
    return next(able, None)


def goes_by_text(news: OfInvitation) -> bool:
    """Tell whether news of an offer goes by text."""
    return route_of(news).way is Way.TEXT


def goes_by_call(news: OfInvitation) -> bool:
    """Tell whether an automatic call brings an offer."""
    return route_of(news).way is Way.CALL


def is_open(told: Notification) -> bool:
    """Tell, right before it goes, whether the offer is still there to be answered and may go by machine (N13)."""
    still = Invitation.objects.live().filter(person__restricted_at=None, pk=_key(told.event_key))
    return still.exists()


def _key(event_key: str) -> int:
    """Read which offer a message was about."""
    return int(event_key.split(":")[1])


def of_call(task: CallTask) -> Invitation | None:
    """Find the open offer that a call is about."""
    if not task.event_key.startswith("invitation:"):
        return None
    return Invitation.objects.live().filter(pk=_key(task.event_key)).select_related("group").first()


def _gone_to(where_hash: str) -> InvitationQuerySet:
    """Find the offers that went to a number which is one person's alone, and not in doubt."""
    holders = ContactPoint.objects.filter(where_hash=where_hash)
    if holders.filter(is_shared=True).exists() or holders.values("person").distinct().count() != 1:
        return Invitation.objects.none()
    told = Delivery.objects.filter(
        contact__in=holders.exclude(state__in=IN_DOUBT), notification__purpose__in=(*BY_TEXT, BY_CALL)
    ).exclude(state__in=NOT_GONE)
    keys = {_key(key) for key in told.values_list("notification__event_key", flat=True)}
    mine = Invitation.objects.filter(pk__in=keys, person__in=holders.values("person"), person__deceased_at=None)
    return mine.select_related("person", "group", "offered_by").order_by("-pk")


def open_at(where_hash: str) -> Invitation | None:
    """Find the one open offer that a number may answer; of two at once a person finds out which is meant."""
    found = list(_gone_to(where_hash).live()[:2])
    return found[0] if len(found) == 1 else None


def ran_out_at(where_hash: str) -> Invitation | None:
    """Find the newest offer to a number that nobody answered in time."""
    return _gone_to(where_hash).ran_out().first()


def said_yes_at(where_hash: str) -> Invitation | None:
    """Find the offer to which somebody said yes, where the newest text to their number was about it."""
    yes = _gone_to(where_hash).filter(state=Invitation.State.ACCEPTED).first()
    return yes if yes is not None and was_last_told(yes, where_hash) else None


def is_one_persons(where_hash: str) -> bool:
    """Tell whether a number is one person's alone and not in doubt; of others a person reads who meant it (U9)."""
    holders = ContactPoint.objects.filter(where_hash=where_hash).exclude(state__in=IN_DOUBT)
    return list(holders.values_list("is_shared", flat=True)) == [False]


def last_told(where_hash: str) -> Notification | None:
    """Find what the newest text to a number was about."""
    texts = Delivery.objects.filter(contact__where_hash=where_hash, channel=routing.SMS).exclude(state__in=NOT_GONE)
    newest = texts.select_related("notification__recipient").order_by("-notification_id").first()
    return newest.notification if newest else None


def was_last_told(invitation: Invitation, where_hash: str) -> bool:
    """Tell whether the newest text to a number was about this offer, so that words from there answer it."""
    told = last_told(where_hash)
    return told is not None and told.purpose in BY_TEXT and _key(told.event_key) == invitation.pk


def open_for(contact: ContactPoint) -> Invitation | None:
    """Find the one open offer of somebody who has shown in a call who they are."""
    found = list(Invitation.objects.live().filter(person=contact.person_id).select_related("person", "group")[:2])
    return found[0] if len(found) == 1 else None


def call_key(invitation: Invitation, asked: str) -> str:
    """Name a call that somebody asked for instead of answering, so that who rings finds the offer beside it."""
    return f"invitation:{invitation.pk}:{asked.replace(':', '-')}"


def owe_call(invitation: Invitation, *, key: str) -> CallTask:
    """Let a person ring about an offer, by name alone; one such call at a time."""
    person = invitation.person
    waiting = CallTask.objects.filter(person=person, about=CallTask.About.OFFER).waiting()
    held = waiting.filter(event_key__startswith=f"invitation:{invitation.pk}:").first()
    if held is not None:
        return held
    contact = route(person).contact
    task, _is_new = CallTask.objects.get_or_create(
        event_key=f"invitation:{invitation.pk}:{key}",
        person=person,
        about=CallTask.About.OFFER,
        defaults={
            "contact": contact,
            "language": contact.language if contact else person.language,
            "owner_role": Role.CLINICIAN if person.restricted_at else Role.CO_ORDINATOR,
            "due_at": clock.now() + wait("not_reached"),
            "created_at": clock.now(),
        },
    )
    return task
