"""Whatever is decided about a person is written down for them, to read and answer (S100)."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peer.events import emit, on
from peer.models import Appeal, MembershipDecision, ShownDecision, User
from peer.news import DecidedAbout, InvitationOffered, MembershipConfirmed, PlaceNews
from peer.roles import Role

Kind, State = MembershipDecision.Kind, MembershipDecision.State
BECAME = {
    (Kind.PAUSE, State.HOLDS): _("Your place in %(group)s rests until %(day)s. %(why)s"),
    (Kind.REMOVE, State.HOLDS): _("You are not in %(group)s any more. %(why)s"),
    (Kind.REMOVE, State.OVER): _("You have your place in %(group)s again."),
    (Kind.BAN, State.HOLDS): _("You are not in any of our groups now. %(why)s"),
    (Kind.BAN, State.OVER): _("You may be in our groups again."),
}
LOOKED_AGAIN = {
    Appeal.State.UPHELD: _("We looked again at your place in %(group)s. It stays as it is. %(why)s"),
    Appeal.State.OVERTURNED: _("We looked again at your place in %(group)s. You have it back. %(why)s"),
}


@on(DecidedAbout)
def show(news: DecidedAbout) -> None:
    """Write a decision down for the person it is about, once for each row it came from and each wording."""
    kind, pk = news.source._meta.label_lower, news.source.pk
    said = ShownDecision.objects.filter(person=news.person, source_kind=kind, source_pk=pk).order_by("-pk").first()
    if said is not None and said.words == news.words:
        return
    ShownDecision.objects.create(
        person=news.person,
        kind=news.kind,
        words=news.words,
        decided_by_role=news.role,
        source_kind=kind,
        source_pk=pk,
    )


@on(InvitationOffered)
def show_offer(news: InvitationOffered) -> None:
    """Tell somebody that they were offered a place."""
    group = news.invitation.group.title
    emit(
        DecidedAbout(
            person=news.invitation.person,
            kind=ShownDecision.Kind.PLACE,
            words=gettext("We offered you a place in %(group)s. You say yes or no.") % {"group": group},
            role=Role.CLINICIAN,
            source=news.invitation,
        )
    )


@on(MembershipConfirmed)
def show_welcome(news: MembershipConfirmed) -> None:
    """Tell somebody that after the call to say hello they can come in."""
    group = news.membership.group.title
    emit(
        DecidedAbout(
            person=news.membership.person,
            kind=ShownDecision.Kind.HELLO_CALL,
            words=gettext("We rang and said hello. You can come into %(group)s.") % {"group": group},
            role=Role.CLINICIAN,
            source=news.membership,
        )
    )


@on(PlaceNews)
def show_place(news: PlaceNews) -> None:
    """Tell somebody what was decided about their place, in the words that stand on its own page."""
    about = news.about
    values = {"group": news.membership.group.title}
    by: User | None
    if isinstance(about, MembershipDecision):
        shape, by = BECAME.get((Kind(about.kind), State(about.state))), about.asked_by
        values |= {"why": about.reason, "day": date_format(about.until_on, "j F") if about.until_on else ""}
    elif isinstance(about, Appeal):
        shape, by = LOOKED_AGAIN.get(Appeal.State(about.state)), about.decided_by
        values |= {"why": about.answer}
    else:
        return
    if shape is None or by is None:
        return
    is_manager = by.may_in_service(Role.SERVICE_MANAGER)
    emit(
        DecidedAbout(
            person=news.membership.person,
            kind=ShownDecision.Kind.GROUP,
            words=shape % values,
            role=Role.SERVICE_MANAGER if is_manager else Role.CLINICIAN,
            source=about,
        )
    )
