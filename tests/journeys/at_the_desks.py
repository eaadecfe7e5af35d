"""Work that no fortnight brings, laid on the desks by real acts: who opens which page, so that its boxes can be tried."""

from __future__ import annotations

from cms.actions import mends, social
from moderation import openness
from moderation.actions import claims, questions
from moderation.actions import openness as quarters
from moderation.models import QueuedPost
from notifications.actions import broadcasts, holds
from notifications.models import InboundText
from notifications.notices import NOTICES
from peer import breach, clock, gate
from peer.actions import breaches, deaths, memberships, shown_decisions
from peer.events import emit
from peer.models import (
    AftermathTask,
    AuditEvent,
    DataRequest,
    GroupProposal,
    Membership,
    Post,
    ShownDecision,
    SupportGroup,
    User,
)
from peer.news import DecidedAbout
from peer.roles import Role
from tests.cms.directory import make_service
from tests.cms.social import sent, written
from tests.cms.texts import make_mend
from tests.make import make_member, make_post
from tests.notifications.make import make_contact, make_delivery


def lay() -> list[tuple[str, str]]:
    """Lay it all, and name each page beside the one of the cast who opens it."""
    group = SupportGroup.objects.get(memberships__user__handle="asha")
    return [*_posts(group), *_people(group), *_decisions(), *_messages(), *_said_out_loud(), *_of_the_service(group)]


def _user(handle: str) -> User:
    return User.objects.select_related("person").get(handle=handle)


def _posts(group: SupportGroup) -> list[tuple[str, str]]:
    mo, asha = _user("mo"), Membership.objects.get(user__handle="asha", group=group)
    read, asked = (make_post(author=make_member(group=group)) for _ in range(2))
    for post in (read, asked):
        claims.claim(QueuedPost.objects.get(pk=post.pk), by=mo)
    question = questions.ask(asked, by=mo, words="May one name a place?")
    claims.claim(QueuedPost.objects.get(pk=read.pk), by=mo)
    risky = make_post(author=make_member(group=group), state=Post.State.HELD_RISK)
    own = make_post(author=asha, state=Post.State.RETURNED)
    return [
        ("mo", f"/queue/{read.public_id}/"),
        ("dr_lee", f"/risk/questions/{question.public_id}/"),
        ("dr_lee", f"/risk/{risky.public_id}/"),
        ("dr_lee", f"/staff/groups/{group.public_id}/phrases/"),
        ("asha", f"/my-posts/{own.public_id}/change/"),
    ]


def _people(group: SupportGroup) -> list[tuple[str, str]]:
    asha, lee = _user("asha").person, _user("dr_lee")
    gone, other = (make_member(group=group) for _ in range(2))
    deaths.record_death(gone.person, by=lee, died_on=clock.today(), known_how="Her mother rang.")
    SupportGroup.objects.filter(pk=group.pk).update(state=SupportGroup.State.OPEN)
    memberships.ask_end(other, by=lee, kind="remove", reason="You told a school.", note="Twice.")
    return [
        ("sam", f"/staff/people/{asha.public_id}/account/"),
        ("kim", f"/staff/people/{asha.public_id}/account/"),
        ("kim", f"/staff/people/{asha.public_id}/other-help/"),
        ("kim", f"/staff/people/{asha.public_id}/numbers/"),
        ("kim", f"/staff/people/{asha.public_id}/died/"),
        ("kim", f"/staff/invitations/offer/{asha.public_id}/"),
        ("sam", f"/staff/people/{gone.person.public_id}/died/mistake/"),
        ("dr_lee", "/staff/places/"),
        *(("dr_lee", task.get_absolute_url()) for task in AftermathTask.objects.filter(death__person=gone.person)[:1]),
    ]


def _decisions() -> list[tuple[str, str]]:
    asha, nell, lee = _user("asha"), _user("nell"), _user("dr_lee")
    for words in ("We said yes.", "We rang."):
        emit(DecidedAbout(person=asha.person, kind="request", words=words, role=Role.CLINICIAN, source=asha))
    first, second = ShownDecision.objects.filter(person=asha.person).order_by("-pk")[:2]
    reply = shown_decisions.reply(first, by=asha, words="It is not school.")
    kept = shown_decisions.withhold(second, by=nell, reason="Her phone is read at home.")
    gate.looked(asha.person, by=lee)
    look = AuditEvent.objects.latest("pk")
    return [
        ("dr_lee", f"/staff/replies/{reply.public_id}/"),
        ("nell", f"/staff/decisions/{first.public_id}/keep-back/"),
        ("nell", f"/staff/people/{asha.person.public_id}/looks/{look.pk}/keep-back/"),
        ("nell", f"/staff/kept-back/{kept.public_id}/"),
    ]


def _messages() -> list[tuple[str, str]]:
    kim, sam = _user("kim"), _user("sam")
    told = broadcasts.ask(gate.SERVICE, by=kim, notice=next(iter(NOTICES)))
    stuck = make_delivery(contact=make_contact(), state="ambiguous", stuck_at=clock.now())
    holds.begin(gate.SERVICE, by=sam, reason="A restore.")
    text = InboundText.objects.filter(handled_at=None).first()
    return [
        ("sam", f"/staff/tell-many/{told.public_id}/"),
        ("kim", "/staff/messages/stuck/"),
        ("kim", f"/staff/messages/stuck/{stuck.pk}/"),
        ("sam", "/staff/messages/hold/"),
        *(("kim", f"/staff/texts/{one.public_id}/") for one in [text] if one),
    ]


def _said_out_loud() -> list[tuple[str, str]]:
    mo, sam = _user("mo"), _user("sam")
    read, draft = sent(sam), written(sam)
    social.claim(read, by=mo)
    at, image = f"/staff/social/{draft.public_id}", draft.images.get()
    return [
        ("mo", f"/social/{read.public_id}/"),
        ("sam", "/staff/social/write/"),
        *(("sam", f"{at}/{page}/") for page in ("words", "card", "photo", f"pictures/{image.pk}")),
    ]


def _of_the_service(group: SupportGroup) -> list[tuple[str, str]]:
    alarm = breaches.ring(_user("kim"), by=breaches.CLOCK, kind=next(iter(breach.limits())), seen=99)
    over = openness.before(openness.first_day(clock.today()))
    quarter = quarters.fix(gate.SERVICE, by=quarters.CLOCK, starts_on=over)
    correction = make_service().corrections.create(
        words="The number is wrong.", owner_role=Role.EDITOR, due_at=clock.now()
    )
    doubted = mends.disagree(make_mend(name="Night Bus"), by=_user("mo"), words="People need that number.")
    return [
        ("sam", doubted.get_absolute_url()),
        ("sam", f"/staff/texts/service/{doubted.object_id}/"),
        ("sam", f"/staff/alarms/{alarm.public_id}/"),
        ("sam", f"/staff/openness/{quarter.slug}/"),
        ("sam", f"/staff/directory/{correction.public_id}/"),
        # opened first by one of the cast for whom the box is not there
        ("kim", "/staff/people/new/"),
        ("kim", "/staff/feedback/by-phone/"),
        *(("dr_lee", f"/groups/ideas/{idea.public_id}/") for idea in GroupProposal.objects.filter(state="proposed")),
        *(("sam", f"/staff/data-requests/{asked.public_id}/") for asked in DataRequest.objects.all()),
    ]
