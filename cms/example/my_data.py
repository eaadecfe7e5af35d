"""Asha's data as she finds it: looks that left a trace, decisions to answer, words told once, and what was asked."""

from __future__ import annotations

import datetime as dt

from peer import clock, gate
from peer.actions import data_requests, profiles, shown_decisions
from peer.events import emit
from peer.models import Consent, Person, ShownDecision, User
from peer.news import DecidedAbout
from peer.roles import Role

TOLD = {
    "helps": ("A walk, or drawing while we talk. Please don’t ask me how I am three times.", ["hello", "sessions"]),
    "know": ("I have told last summer four times now. I’d rather not start with it again.", ["hello", "handover"]),
    "talk": ("Straight, and slowly. I answer better when I can write it down.", ["hello", "sessions", "handover"]),
    "safe_ways": ("Text first. Ring after four. My mum may pick up; just say it is Meanwhile.", ["hello"]),
}
BEGUN = "Captions when there is video, and"
LOOKS = ((13, "kim", "caseload"), (9, "dr_lee", "caseload"), (6, "dr_lee", "hello call"), (2, "kim", "caseload"))


def load_my_data() -> None:
    """Let a fortnight of looks, decisions and requests have happened, by the real acts."""
    asha, tess = User.objects.get(handle="asha"), User.objects.get(handle="tess")
    person, other = _person(asha), _person(tess)
    _answers(person, by=asha)
    for days, handle, why in LOOKS:
        with clock.at(_ago(days)):
            gate.looked(person, by=User.objects.get(handle=handle), why=why)
    _tell_once(person, by=asha)
    _decisions(person, by=asha)
    with clock.at(_ago(3)):
        words = "My usual doctor is called Hollis with two l, and she moved to Mill Lane."
        data_requests.ask(person, by=asha, kind="correction", words=words)
    with clock.at(_ago(1)):
        data_requests.ask(other, by=tess, kind="copy")


def _answers(person: Person, *, by: User) -> None:
    with clock.at(_ago(40)):
        for purpose, given in (("join", True), ("limits", True), ("parent_told", False)):
            Consent.objects.say(person, Consent.Purpose(purpose), given=given, basis="own", by=by)


def _tell_once(person: Person, *, by: User) -> None:
    with clock.at(_ago(8)):
        for part, (words, places) in TOLD.items():
            profiles.save(person, by=by, part=part, words=words, places=places)
    with clock.at(_ago(1)):
        profiles.keep_draft(person, by=by, part="needs", words=BEGUN, places=[])


def _decisions(person: Person, *, by: User) -> None:
    referral = person.referrals.get()
    with clock.at(_ago(10)):
        words = "We have read your request, and two of our team talk about it next week. Nothing is missing from you."
        emit(DecidedAbout(person=person, kind="request", words=words, role=Role.CLINICIAN, source=referral))
        decision = ShownDecision.objects.get(person=person, source_kind="peer.referral")
    with clock.at(_ago(9)):
        reply = shown_decisions.reply(decision, by=by, words="Can I say when? Thursdays are bad, I have drama club.")
    with clock.at(_ago(7)):
        said = "Of course. We have written down that Thursdays are drama club, and ask you before we set a day."
        shown_decisions.answer(reply, by=User.objects.get(handle="dr_lee"), words=said)
    with clock.at(_ago(4)):
        post = person.memberships.get().posts.order_by("pk").last()
        words = "Your post named your school. Could you take that out? The rest is lovely, and it helps others."
        source = post or person
        emit(DecidedAbout(person=person, kind="post", words=words, role=Role.PEER_MODERATOR, source=source))


def _ago(days: int) -> dt.datetime:
    day = clock.today() - dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(14, 20), clock.LONDON)


def _person(user: User) -> Person:
    if user.person is None:
        raise ValueError(f"{user} is nobody")
    return user.person
