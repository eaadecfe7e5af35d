"""The desk of invitations: staff offer a group, see what was answered, and answer questions."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import invitations, newcomers, replies
from peer.forms.invitations import AnswerForm, OfferForm, PartnerForm, SaidForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Invitation, JoinRequest, PartnerReferral, Person, SupportGroup
from peer.models.groups import SupportGroupQuerySet
from peer.models.invitations import InvitationQuerySet
from peer.roles import Perm
from peer.web import acted, or_404, who

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
    waiting, older = _page(rows.live().filter(state=Invitation.State.OFFERED), request.GET.get("after", ""))
    answered = rows.exclude(answered_at=None).order_by("-answered_at", "-id")[:PAGE]
    to_join = JoinRequest.objects.visible_to(who(request)).waiting().select_related("person", "group")
    context = {"asked": asked, "waiting": waiting, "answered": answered, "older_href": older}
    context["newer_href"] = "?" if request.GET.get("after") else ""
    context["join_requests"] = to_join
    return render(request, "peer/invitations/index.html", context)


def _page(rows: InvitationQuerySet, cursor: str) -> tuple[list[Invitation], str]:
    """Give one page of open offers, the one that runs out first at the top, and the address of the next."""
    due, _line, key = cursor.partition("_")
    with suppress(ValueError):
        place = {"moment": dt.datetime.fromisoformat(due), "pk": int(key)}
        rows = rows.filter(Q(due_at__gt=place["moment"]) | Q(due_at=place["moment"], pk__gt=place["pk"]))
    found = list(rows.order_by("due_at", "pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    older = urlencode({"after": f"{last.due_at.isoformat()}_{last.pk}"}) if last and last.due_at else ""
    return found[:PAGE], f"?{older}" if older else ""


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer a group to a person who waits."""
    person = _person(request, public_id)
    form = OfferForm(request.POST or None, groups=_open_groups(request, person))
    if request.method == "POST" and form.is_valid():
        group = form.cleaned_data["group"]
        if acted(form, lambda: invitations.offer(person, by=who(request), group=group)):
            return redirect("invitations-index")
    return _offer_page(request, person, form=form, sent=PartnerForm())


@require_POST
def partner(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down which partner sent somebody whom we know already: some groups are for them (U19)."""
    or_404(gate.can(who(request), Perm.ADD_PERSON, gate.SERVICE) or None)
    person, sent = _person(request, public_id), PartnerForm(request.POST)
    if not sent.is_valid():
        return _offer_page(request, person, form=OfferForm(groups=_open_groups(request, person)), sent=sent)
    newcomers.note_partner(person, by=who(request), partner=sent.cleaned_data["partner"])
    messages.success(request, _("Written down. The groups for people whom partners send are open to them."))
    return redirect("invitations-offer", public_id)


def _person(request: HttpRequest, public_id: str) -> Person:
    _staff(request)
    return get_object_or_404(Person.objects.visible_to(who(request)), public_id=public_id)


def _offer_page(request: HttpRequest, person: Person, *, form: OfferForm, sent: PartnerForm) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "sent": sent,
        "partners": PartnerReferral.objects.visible_to(who(request)).filter(person=person).order_by("pk"),
    }
    wrong = form.errors or sent.errors
    return render(request, "peer/invitations/offer.html", context, status=422 if wrong else 200)


def _open_groups(request: HttpRequest, person: Person) -> SupportGroupQuerySet:
    """Give the groups of this person's world: those who invite may know of each (matrix row 24, promise 4)."""
    groups = SupportGroup.objects.visible_to(who(request)).open_to_offer()
    parents = SupportGroup.Audience.PARENTS
    is_parent = person.kind == Person.Kind.PARENT_CARER
    return groups.filter(audience=parents) if is_parent else groups.exclude(audience=parents)


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


@require_http_methods(["GET", "HEAD", "POST"])
def said(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down what somebody said about an offer to a person: replying is never the only way (U13)."""
    invitation = get_object_or_404(_staff(request).live(), public_id=public_id)
    form = SaidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = partial(replies.note, invitation, by=who(request), **form.cleaned_data)
        if acted(form, act) is not None:
            messages.success(request, _("Written down."))
            return redirect("invitations-index")
    context = {"invitation": invitation, "form": form}
    return render(request, "peer/invitations/said.html", context, status=422 if form.errors else 200)
