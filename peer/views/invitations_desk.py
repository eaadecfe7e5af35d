"""The desk of invitations: staff offer a group, see what was answered, and answer questions."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import gate
from peer.actions import invitations
from peer.forms.invitations import AnswerForm, OfferForm
from peer.methods import require_http_methods, require_safe
from peer.models import Invitation, JoinRequest, Person, SupportGroup
from peer.models.groups import SupportGroupQuerySet
from peer.models.invitations import InvitationQuerySet
from peer.roles import Perm
from peer.web import acted, who

PAGE = 50


def _staff(request: HttpRequest) -> InvitationQuerySet:
    """Begin with what this person may read; whoever may read nothing gets the 404 of a page that never was."""
    if not gate.can(who(request), Perm.INVITE_PERSON, gate.SERVICE):
        raise Http404
    return Invitation.objects.visible_to(who(request)).select_related("person", "group", "offered_by")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the invitations: questions first, then what waits for an answer, then the newest answers."""
    rows = _staff(request)
    asked = rows.filter(state=Invitation.State.ASKED).order_by("due_at", "id")
    waiting = rows.live().filter(state=Invitation.State.OFFERED).order_by("due_at", "id")[:PAGE]
    answered = rows.exclude(answered_at=None).order_by("-answered_at", "-id")[:PAGE]
    to_join = JoinRequest.objects.visible_to(who(request)).waiting().select_related("person", "group")
    context = {"asked": asked, "waiting": waiting, "answered": answered, "join_requests": to_join}
    return render(request, "peer/invitations/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer a group to a person who waits."""
    _staff(request)
    person = get_object_or_404(Person.objects.visible_to(who(request)), public_id=public_id)
    form = OfferForm(request.POST or None, groups=_open_groups(request))
    if request.method == "POST" and form.is_valid():
        group = form.cleaned_data["group"]
        if acted(form, lambda: invitations.offer(person, by=who(request), group=group)):
            return redirect("invitations-index")
    context = {"person": person, "form": form}
    return render(request, "peer/invitations/offer.html", context, status=422 if form.errors else 200)


def _open_groups(request: HttpRequest) -> SupportGroupQuerySet:
    """Give the groups that can be offered: those who invite may know of each (matrix row 24)."""
    return SupportGroup.objects.visible_to(who(request)).open_to_offer()


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer a question that somebody asked before they said yes or no."""
    invitation = get_object_or_404(_staff(request).filter(state=Invitation.State.ASKED), public_id=public_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitations.answer_question(invitation, by=who(request), answer=form.cleaned_data["answer"])
        return redirect("invitations-index")
    context = {"invitation": invitation, "form": form}
    return render(request, "peer/invitations/answer.html", context, status=422 if form.errors else 200)
