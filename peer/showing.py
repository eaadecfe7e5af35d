"""Whatever is decided about a person is written down for them, to read and answer (S100)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer.events import emit, on
from peer.models import ShownDecision
from peer.news import DecidedAbout, InvitationOffered, MembershipConfirmed
from peer.roles import Role


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
            words=_("We offered you a place in %(group)s. You say yes or no.") % {"group": group},
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
            words=_("We rang and said hello. You can come into %(group)s.") % {"group": group},
            role=Role.CLINICIAN,
            source=news.membership,
        )
    )
