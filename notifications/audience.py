"""Who is told of a piece of news: who may know, who is asked first, who must not be told (U7, U17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from moderation.news import EscalationStepDue, ReportAnswered, TalkOwed
from notifications import offers, own_yes, sessions, time_polls
from notifications.models import ContactPoint
from notifications.news import RingAsked
from notifications.offers import OfInvitation
from notifications.sessions import OfAttendance
from peer.adults import decides_alone, hear_news
from peer.models import ParentRelationship, Person
from peer.news import (
    AppointmentMissed,
    CohortTomorrow,
    CopyReady,
    FamilyReleased,
    FeedbackAnswered,
    HelpRequestAnswered,
    HostTold,
    JoinRequestAnswered,
    MembershipConfirmed,
    OwnYesAsked,
    PlaceNews,
    RecoveryAsked,
    SessionAsked,
    SignpostsMade,
    SomethingToRead,
    TextNews,
    TimeChosen,
    TimesOffered,
    TriageDecided,
)

MayKnow = ParentRelationship.MayKnow


@dataclass(frozen=True)
class Told:
    """One person who is to be told, about whom, and with which values in the words."""

    person: Person
    subject: Person | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    contact: ContactPoint | None = None  # the one number that will do, where only one will

    def is_over(self) -> bool:
        """Tell whether the person, or whom it is about, has died: nothing goes, and nobody rings (U6)."""
        return any(one is not None and one.deceased_at is not None for one in (self.person, self.subject))

    def is_restricted(self) -> bool:
        """Tell whether only a clinician may ring."""
        return any(one is not None and one.restricted_at is not None for one in (self.person, self.subject))


def family(young_person: Person, *, weighty: bool = False) -> list[Told]:
    """Tell the adults who may know; whoever decides alone is told, and adults only on their yes (U7, C5)."""
    adults = [Told(adult, young_person) for adult in adults_who_may_know(young_person, weighty=weighty)]
    if decides_alone(young_person):
        return [Told(young_person, young_person), *(adults if hear_news(young_person) else [])]
    return adults or [Told(young_person, young_person)]


def adults_who_may_know(young_person: Person, *, weighty: bool) -> list[Person]:
    """Find the living adults who may know this kind of news, in the order in which the file named them."""
    enough = {MayKnow.ALL} if weighty else {MayKnow.ROUTINE, MayKnow.ALL}
    rows = [row for row in young_person.adults.all() if row.may_know in enough and not row.must_not_be_told]
    return [row.adult for row in sorted(rows, key=lambda row: row.pk) if row.adult.deceased_at is None]


def families(young_people: Sequence[Person]) -> list[Told]:
    """Tell the families of many young people, with three statements for all of them; each person once."""
    prefetch_related_objects(
        young_people, Prefetch("adults", ParentRelationship.objects.select_related("adult")), "consents", "assessments"
    )
    told = [one for young_person in young_people for one in family(young_person)]
    return list({one.person.pk: one for one in reversed(told)}.values())[::-1]


def of_release(news: FamilyReleased) -> list[Told]:
    """Greet the family, or from 16 the young person; the words name only what the letterbox already knows."""
    young_person = news.entry.person
    return [Told(one.person, young_person, {"whose": whose(one.person, young_person)}) for one in family(young_person)]


def whose(person: Person, young_person: Person) -> str:
    """Name for whom a first hello is: the family, or from 16 the young person."""
    name = young_person.given_name
    return name if person == young_person and decides_alone(young_person) else _("%(name)s's family") % {"name": name}


def of_decision(news: TriageDecided) -> list[Told]:
    """Tell the family of a decision; weighty news reaches fewer adults."""
    decision = news.decision
    young_person = decision.referral.person
    values = {"young_person": young_person.given_name, "caller": decision.decided_by.get_short_name()}
    return [Told(one.person, young_person, values) for one in family(young_person, weighty=decision.is_weighty)]


def of_invitation(news: OfInvitation) -> list[Told]:
    """Reach the young person alone: no adult hears of a group (promise 4)."""
    return [Told(news.invitation.person, None, {"first_name": news.invitation.person.given_name})]


def of_call_offer(news: OfInvitation) -> list[Told]:
    """Ring the young person on the one number that is theirs alone (U9)."""
    person = news.invitation.person
    return [Told(person, None, {"first_name": person.given_name}, contact=offers.route(person).contact)]


def of_member(news: MembershipConfirmed | CohortTomorrow) -> list[Told]:
    """Reach the person who joins, alone."""
    return [Told(news.membership.person, None, {"first_name": news.membership.person.given_name})]


def of_own_yes(news: OwnYesAsked) -> list[Told]:
    """Ask whoever has turned 16 on the one number that is theirs alone (C7)."""
    person = news.asked.person
    return [Told(person, None, {"first_name": person.given_name}, contact=own_yes.number_of(person))]


def of_asker(news: JoinRequestAnswered) -> list[Told]:
    """Reach the person who asked for a place, alone."""
    return [Told(news.asked.person, None, {"first_name": news.asked.person.given_name})]


def of_place(news: PlaceNews) -> list[Told]:
    """Reach the person whose place it is, alone: no parent hears of it, and no group."""
    return [Told(news.membership.person)]


def of_signpost(news: SignpostsMade) -> list[Told]:
    """Reach the person who is pointed to other help, alone: what they need is theirs to tell."""
    return [Told(news.signpost.person)]


def of_digest(news: SomethingToRead) -> list[Told]:
    """Reach the person who likes to hear that there is something to read, alone."""
    return [Told(news.person, None, {"first_name": news.person.given_name})]


def of_attendance(news: OfAttendance) -> list[Told]:
    """Reach the person who comes, alone: no parent hears of a group (promise 4)."""
    person = news.attendance.membership.person
    values = {"when": sessions.when_of(news), "way": sessions.by_way(news.attendance.slot.way)}
    return [Told(person, None, {"first_name": person.given_name} | values)]


def of_asked(news: TimesOffered | TimeChosen) -> list[Told]:
    """Reach each person of the group who was asked which times suit them, alone."""
    person = news.membership.person
    return [Told(person, None, {"first_name": person.given_name} | time_polls.values_of(news))]


def of_missed(news: AppointmentMissed) -> list[Told]:
    """Tell whoever hears of this young person's wait; an adult who comes for themselves is told themselves (U7)."""
    return family(news.appointment.person)


def of_host(news: HostTold | SessionAsked) -> list[Told]:
    """Reach whoever hosts, could, or is asked whether they come, alone."""
    person = news.membership.person
    return [Told(person, None, {"first_name": person.given_name, "when": sessions.when_of(news)})]


def of_copy(news: CopyReady) -> list[Told]:
    """Tell whoever asked for a copy of their data, alone."""
    return [Told(news.request.person, None, {"first_name": news.request.person.given_name})]


def of_answer(news: FeedbackAnswered) -> list[Told]:
    """Tell whoever asked to hear what came of their words (S50)."""
    return [Told(news.item.person)] if news.item.person else []


def of_help_request(news: HelpRequestAnswered) -> list[Told]:
    """Tell whoever asked, where they were signed in, that there is something to read; no word of it (N14)."""
    return [Told(news.asked.person)] if news.asked.person else []


def of_report(news: ReportAnswered) -> list[Told]:
    """Tell whoever worried about a post that there is something to read; no word of it (H23)."""
    return [Told(news.report.by.person)] if news.report.by.person else []


def of_step(news: EscalationStepDue) -> list[Told]:
    """Wake the person whose rung it is."""
    user = news.step.user
    person = user.person if user else None
    return [Told(person, None, {"first_name": person.given_name})] if person else []


def of_talk(news: TalkOwed) -> list[Told]:
    """Tell the supervisor who owes the talk, alone."""
    person = news.task.owner.person if news.task.owner else None
    return [Told(person)] if person else []


def of_text(news: TextNews) -> list[Told]:
    """Tell the person who wrote a public text or looked at it, alone."""
    return [Told(news.person, None, {"first_name": news.person.given_name})]


def of_ring(news: RingAsked) -> list[Told]:
    """Ring the clinician who asked to be put through, on the phone they named."""
    person = news.ring.by.person
    return [Told(person, None, {"first_name": person.given_name}, contact=news.ring.own_contact)] if person else []


def of_recovery(news: RecoveryAsked) -> list[Told]:
    """Warn the owner of the account, and nobody else in the family."""
    return [Told(news.recovery.person, None, {"first_name": news.recovery.person.given_name})]
