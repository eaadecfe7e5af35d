"""What this package does when a lower one has news: applies the table, inside the transaction that made the news."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from moderation import links
from moderation.news import EscalationAcknowledged, EscalationStepDue
from notifications import arrivals, consequences, intents, offers, routing, theirs
from notifications.audience import Told
from notifications.intents import Intent
from notifications.models import CallTask, ContactPoint, Delivery, Duty, Letter, Notification, Sign
from notifications.offers import Way
from notifications.rules import RULES, Rule
from notifications.topics import Topic
from notifications.waits import wait
from peer import clock, endings, workdays
from peer.events import on
from peer.models import Consent, Person, Restriction
from peer.news import (
    AdultsNotTold,
    ConsentChanged,
    InvitationAnswered,
    InvitationAskedAgain,
    InvitationCodeAsked,
    InvitationOffered,
    InvitationQuestionAnswered,
    InvitationUnanswered,
    JoinRequestAnswered,
    MembershipAccepted,
    PersonBanned,
    PersonDied,
    PersonErased,
    PersonRestricted,
    RestrictionLifted,
    WaitOpened,
)
from peer.roles import Role
from peer.states import RuleBroken

log = logging.getLogger(__name__)

RINGS_FROM, RINGS_UNTIL = dt.time(15), dt.time(17)  # when a promised call is made, on the next working day
FIRST_HELLO_DAYS = 5
WITH_LINK = (InvitationOffered, InvitationUnanswered, InvitationQuestionAnswered, InvitationAskedAgain)
DECIDE_WITHIN = 1  # working days until a clinician has decided where adults disagree


def event_key(thing: Model, version: object = 1) -> str:
    """Name a piece of news: what it is about, which row, which version of it (decision 18)."""
    return f"{thing._meta.model_name}:{thing.pk}:{version}"


def tell(news: Any) -> None:
    """Queue what the table says about a piece of news."""
    for rule in (rule for rule in RULES if rule.news is type(news) and rule.when(news)):
        _apply(rule, news)


for _kind in {rule.news for rule in RULES}:
    on(_kind)(tell)


def _apply(rule: Rule, news: Any) -> None:
    key = event_key(rule.about(news), rule.version(news))
    told = rule.audience(news)
    if not told:
        log.critical("nobody to tell of %s", key)
    for one in told:
        if one.is_over() or (rule.once_a_household and _has_heard(rule, one)):
            continue
        values = dict(one.values) | _values_of(news)
        if rule.rings:
            values |= _ring(rule.rings, one, key=key, news=news)
        if rule.to_unproved and arrivals.asked_to_be_rung(one.person):
            continue  # they texted us first, and a person rings (U13)
        notification = intents.queue(
            Intent(
                event_key=key,
                person=one.person,
                subject=one.subject,
                purpose=rule.purpose,
                duty=rule.duty,
                words=rule.words,
                values=values,
                lives=wait(rule.lives),
                topic=rule.topic,
                cascade=rule.cascade,
                to_unproved=rule.to_unproved,
                owes_call=rule.owes_call,
                contact=one.contact,
            )
        )
        if notification is not None and not notification.deliveries.exists():
            _unreachable(rule, key)


def _has_heard(rule: Rule, one: Told) -> bool:
    """Tell whether this adult was told the same of a brother or sister a while ago: one text, one call (U10)."""
    lately = clock.now() - wait(rule.lives)
    told = Notification.objects.filter(recipient=one.person, purpose=rule.purpose, created_at__gt=lately)
    return told.exists() or (arrivals.asked_to_be_rung(one.person) and _is_rung(rule, one.person))


def _is_rung(rule: Rule, person: Person) -> bool:
    return CallTask.objects.filter(person=person, about=rule.rings).waiting().exists()


def _unreachable(rule: Rule, key: str) -> None:
    """Say it loudly where nothing can go: to the member of staff, or, for a page, to whoever reads the logs."""
    if rule.own_number:
        raise RuleBroken(_("There is no mobile number that is theirs alone. Add one, or ring them."))
    if rule.duty == Duty.PAGE:
        log.critical("no phone rings for %s: the person whose rung it is has no number", key)


def _values_of(news: Any) -> dict[str, str]:
    if isinstance(news, WITH_LINK):
        link = settings.PUBLIC_BASE_URL + reverse("invitations-hello", args=[news.secret])
        return {"link": link, "until": day_of(news.invitation.expires_at)}
    if isinstance(news, EscalationStepDue):
        return {"link": links.for_step(news.step)}
    if isinstance(news, InvitationCodeAsked):
        return {"code": news.code, "code_spoken": ", ".join(news.code), "host": settings.SHORT_ADDRESS}
    return {}


def _ring(about: CallTask.About, one: Told, *, key: str, news: Any) -> dict[str, str]:
    """Give a person the call beside the message, and the words that say when it comes."""
    is_hello = about is CallTask.About.FIRST_HELLO
    waits = is_hello and not arrivals.asked_to_be_rung(one.person)
    start, end = ring_hours(days=FIRST_HELLO_DAYS if waits else 1)
    contact = one.person.contact_points.reachable().order_by("pk").first()
    CallTask.objects.get_or_create(
        event_key=key,
        person=one.person,
        about=about,
        defaults={
            "contact": contact,
            "subject": one.subject,
            "language": contact.language if contact else one.person.language,
            "owner": None if is_hello else news.decision.decided_by,
            "owner_role": Role.CLINICIAN if one.is_restricted() else Role.CO_ORDINATOR,
            "ring_from_at": None if is_hello else start,
            "due_at": end,
            "created_at": clock.now(),
        },
    )
    numbers = f"{start.astimezone(clock.LONDON):%d/%m} {RINGS_FROM:%H:%M}-{RINGS_UNTIL:%H:%M}"  # in every language
    return {"ring_when": ring_when(start), "ring_numbers": numbers}


def ring_hours(*, days: int) -> tuple[dt.datetime, dt.datetime]:
    """Give the hours in which a promised call is made, so many working days from now."""
    day = workdays.after(clock.today(), days=days)
    start = dt.datetime.combine(day, RINGS_FROM, clock.LONDON).astimezone(dt.UTC)
    return start, dt.datetime.combine(day, RINGS_UNTIL, clock.LONDON).astimezone(dt.UTC)


def ring_when(start: dt.datetime) -> str:
    """Say when a promised call comes."""
    return _("%(day)s between 3 and 5") % {"day": day_of(start)}


def day_of(moment: dt.datetime) -> str:
    """Name a day as messages do: "Wednesday 30 September"."""
    local = moment.astimezone(clock.LONDON)
    return f"{local:%A} {local.day} {local:%B}"


def ring_about_offer(news: Any) -> None:
    """Let a person ring where no machine may bring an offer, or bring it up again (U9, U13)."""
    way = offers.route_of(news).way
    first = isinstance(news, InvitationOffered)
    if first and way is Way.NOWHERE:
        raise RuleBroken(_("We know no phone number of theirs. Add one first."))
    if way is not Way.TEXT and not (first and way is Way.CALL):
        offers.owe_call(news.invitation, key=type(news).__name__.removeprefix("Invitation").lower())


for _kind in WITH_LINK:
    on(_kind)(ring_about_offer)


@on(InvitationAnswered)
def stop_asking(news: InvitationAnswered) -> None:
    """Call off what is still to go about an offer, and the calls about it: an answer shows that they have it."""
    about = {"event_key__startswith": f"invitation:{news.invitation.pk}:"}
    for told in Notification.objects.filter(recipient=news.invitation.person_id, confirmed_at=None, **about):
        consequences.confirm(told, Sign.REPLY)
    asking = CallTask.objects.filter(person=news.invitation.person_id, **about)
    asking.filter(state=CallTask.State.OPEN).update(state=CallTask.State.CANCELLED, due_at=None)


@on(WaitOpened)
def take_sign(news: WaitOpened) -> None:
    """Count news of the wait as received: they have read the page that holds it (U2)."""
    unread = Notification.objects.filter(recipient=news.reader, topic=Topic.NEWS, confirmed_at=None)
    for notification in unread:
        consequences.confirm(notification, Sign.OPENED)


@on(EscalationAcknowledged)
def call_off(news: EscalationAcknowledged) -> None:
    """Call off the pages that have not gone: somebody has it (E6)."""
    keys = [event_key(step) for step in news.escalation.steps.all()]
    waiting = Delivery.objects.filter(
        notification__in=Notification.objects.filter(event_key__in=keys), state=Delivery.State.PENDING
    )
    waiting.update(state=Delivery.State.CANCELLED, reason="acknowledged", changed_at=clock.now(), body=None)


@on(PersonDied)
def forget(news: PersonDied) -> None:
    """Cancel whatever is still to go to or about somebody who has died (U6)."""
    consequences.forget(news.person)


@on(PersonBanned)
def no_more_offers(news: PersonBanned) -> None:
    """Cancel the links and codes into groups that have not gone yet (M5, N8)."""
    into_groups = Notification.objects.filter(
        recipient=news.decision.membership.person, purpose__in=["invitation", "invitation_code", "place_ready"]
    )
    waiting = Delivery.objects.filter(notification__in=into_groups, state__in=consequences.WAITING)
    waiting.update(state=Delivery.State.CANCELLED, reason="banned", changed_at=clock.now(), body=None)


@on(InvitationOffered)
def not_to_a_barred_number(news: InvitationOffered) -> None:
    """Offer no group at a number of somebody who may be in none, under whatever name; the words say nothing (M5)."""
    if ContactPoint.objects.barred_for(news.invitation.person).exists():
        raise RuleBroken(endings.why_nobody_offers())


@on(JoinRequestAnswered)
def no_place_at_a_barred_number(news: JoinRequestAnswered) -> None:
    """Give no place that somebody asked for there either (M5)."""
    if news.asked.invitation and ContactPoint.objects.barred_for(news.asked.person).exists():
        raise RuleBroken(endings.why_nobody_offers())


@on(MembershipAccepted)
def no_yes_at_a_barred_number(news: MembershipAccepted) -> None:
    """Take no yes of somebody whose number came in after the offer: a person finds out (M5)."""
    if ContactPoint.objects.barred_for(news.membership.person).exists():
        raise RuleBroken(endings.why_no_yes())


@on(PersonErased)
def forget_erased(news: PersonErased) -> None:
    """Cancel whatever is still to go to or about somebody whose data is being deleted."""
    consequences.forget(news.person)


@on(PersonRestricted)
def silence(news: PersonRestricted) -> None:
    """Let a clinician ring about each letter that nobody has printed; where adults disagree, owe a decision (U17)."""
    person = news.restriction.person
    about = Notification.objects.filter(Q(recipient=person) | Q(subject=person))
    letters = Letter.objects.filter(notification__in=about, state=Letter.State.TO_PRINT)
    for letter in letters.select_related("notification__recipient", "notification__subject"):
        letter.move_to(Letter.State.CANCELLED, due_at=None)
        intents.owe_call(letter.notification)
    if news.restriction.cause == Restriction.Cause.DISAGREE:
        CallTask.objects.create(
            event_key=event_key(news.restriction),
            person=person,
            subject=person,
            about=CallTask.About.SAFEGUARDING,
            language=person.language,
            owner_role=Role.CLINICIAN,
            due_at=workdays.due(days=DECIDE_WITHIN),
            created_at=clock.now(),
        )


@on(RestrictionLifted)
def settle(news: RestrictionLifted) -> None:
    """Take the decision off the list: it has been made, or is not needed any more."""
    tasks = CallTask.objects.filter(event_key=event_key(news.restriction), state__in=CallTask.WAITING)
    tasks.update(state=CallTask.State.DONE, due_at=None, done_at=clock.now())


@on(ConsentChanged)
def follow_consent(news: ConsentChanged) -> None:
    """Let the texts rest that somebody does not want any more; other ways go on (C3, N8)."""
    if news.purpose != Consent.Purpose.TEXTS or news.given:
        return
    mine = ContactPoint.objects.filter(person=news.person)
    _lock(mine)
    whose = Q(contact__in=mine, duty=Duty.FAMILY)
    consequences.cancel(whose, channel=routing.SMS, reason="no consent")


@on(AdultsNotTold)
def leave_to_them(news: AdultsNotTold) -> None:
    """Let rest whatever adults were still to hear of a young person who decides; they are rung instead (C5, U7)."""
    _lock(ContactPoint.objects.filter(person__young_people__young_person=news.person))
    theirs.close(news.person)


def _lock(contacts: QuerySet[ContactPoint]) -> None:
    """Take the locks that a sender takes, in its order: what has not begun by now never begins (N8)."""
    list(contacts.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
