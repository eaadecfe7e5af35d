"""The desk of places in groups: who is in one, who is paused or out, and what a second person must look at (H22)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import memberships
from peer.forms.memberships import EndForm, PauseForm, WhosePlaceForm, WhyForm
from peer.methods import require_http_methods, require_safe
from peer.models import Appeal, Membership, MembershipDecision, MovingOn, SupportGroup
from peer.models.groups import SupportGroupQuerySet
from peer.models.memberships import MembershipQuerySet
from peer.roles import SERVICE_WIDE, Perm, Role, rules
from peer.web import acted, only_with, who


def _groups(request: HttpRequest) -> list[SupportGroup]:
    """Give the groups in which one may pause somebody: one's own, or for a manager all."""
    user = who(request)
    rows = SupportGroup.objects.visible_to(user).order_by("title")
    if user.may_in_service(*SERVICE_WIDE & set(rules()[Perm.PAUSE_MEMBER].may)):
        return list(rows)
    return [group for group in rows.joined_by(user) if gate.can(user, Perm.PAUSE_MEMBER, group)]


@require_safe
@only_with(Perm.PAUSE_MEMBER)
def index(request: HttpRequest) -> HttpResponse:
    """List what is decided and what a second person must look at; names only to a clinician on call (row 17)."""
    mine = _groups(request)
    return _list(request, mine, WhosePlaceForm(groups=_among(request, mine)))


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.PAUSE_MEMBER)
def find(request: HttpRequest) -> HttpResponse:
    """Find a place by the name somebody has in a group: whoever may pause it but meets nobody on a list."""
    mine = _groups(request)
    form = WhosePlaceForm(request.POST if request.method == "POST" else None, groups=_among(request, mine))
    if form.is_valid():
        found = (
            _places(request, mine).filter(group=form.cleaned_data["group"]).called(form.cleaned_data["name"]).first()
        )
        if found is not None:
            return redirect("memberships-detail", found.public_id)
        form.add_error("name", _("Nobody in that group has this name. Write it just as it stands there."))
    return _list(request, mine, form)


def _among(request: HttpRequest, groups: list[SupportGroup]) -> SupportGroupQuerySet:
    return SupportGroup.objects.visible_to(who(request)).filter(pk__in=[group.pk for group in groups]).order_by("title")


def _list(request: HttpRequest, mine: list[SupportGroup], form: WhosePlaceForm) -> HttpResponse:
    decisions = MembershipDecision.objects.visible_to(who(request)).open().filter(membership__group__in=mine)
    rows = decisions.select_related("membership__group", "asked_by")
    context = {
        "asked": [row for row in rows if row.state == MembershipDecision.State.ASKED],
        "standing": [row for row in rows if row.state == MembershipDecision.State.HOLDS],
        "groups": [(group, people) for group in mine if (people := _members(request, group))],
        "form": form,
    }
    return render(request, "peer/memberships/index.html", context, status=422 if form.errors else 200)


def _members(request: HttpRequest, group: SupportGroup) -> list[Membership]:
    """Give the people of a group to a clinician on call for it; for anybody else there is no list (M6)."""
    user = who(request)
    if user.may_in_service(Role.SERVICE_MANAGER) or not gate.can(user, Perm.SEE_MEMBER_NAMES, group):
        return []
    rows = Membership.objects.visible_to(user).active().filter(group=group)
    return list(rows.exclude(person__kind="staff").order_by("pseudonym"))


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one place: what was decided about it, by whom, and what can be done."""
    membership = _place(request, public_id)
    gate.looked(membership, by=who(request))
    decisions = MembershipDecision.objects.visible_to(who(request)).filter(membership=membership)
    context = {
        "membership": membership,
        "decisions": decisions.select_related("asked_by", "agreed_by").order_by("-pk"),
        "appeals": Appeal.objects.visible_to(who(request)).filter(decision__membership=membership).order_by("-pk"),
        "moving": MovingOn.objects.visible_to(who(request)).under_way().filter(membership=membership).first(),
        "is_in": membership.state == Membership.State.ACTIVE,
        "may_end": membership.state in {Membership.State.ACTIVE, Membership.State.SUSPENDED},
        "may_reveal": gate.can(who(request), Perm.REVEAL_IDENTITY, membership),
        "may_plan": gate.can(who(request), Perm.PLAN_GOODBYE, gate.SERVICE),
    }
    return render(request, "peer/memberships/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pause somebody's place until a day."""
    membership = _place(request, public_id)
    form = PauseForm(request.POST if request.method == "POST" else None)
    act = partial(memberships.pause, membership, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Paused. They hear that there is news, and read why on their own page."))
        return redirect("memberships-detail", public_id)
    context = {"membership": membership, "form": form, "title": _("Pause %(name)s") % {"name": membership.pseudonym}}
    return render(request, "peer/memberships/pause.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask that somebody leaves this group, or every group; a second person must agree."""
    membership = _place(request, public_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    act = partial(memberships.ask_end, membership, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Asked. Nothing changes until a second person agrees."))
        return redirect("memberships-detail", public_id)
    context = {"membership": membership, "form": form}
    return render(request, "peer/memberships/end.html", context, status=422 if form.errors else 200)


VERBS: dict[str, Any] = {
    "agree": memberships.agree,
    "say-no": memberships.say_no,
    "resume": memberships.resume,
    "lift": memberships.lift,
    "keep": memberships.keep_on,
}
WITH_REASON = {"lift", "keep"}


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Agree, say no, end a pause, or look again; each asks once."""
    if verb not in VERBS:
        raise Http404
    rows = MembershipDecision.objects.visible_to(who(request)).open().filter(membership__group__in=_groups(request))
    decision = get_object_or_404(rows.select_related("membership__group", "asked_by"), public_id=public_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if verb not in WITH_REASON:
        del form.fields["reason"]
    act: Any = partial(VERBS[verb], decision, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Done. It is written down who decided what."))
        return redirect("memberships-index")
    context = {"decision": decision, "membership": decision.membership, "form": form, "verb": verb}
    return render(request, "peer/memberships/settle.html", context, status=422 if form.errors else 200)


def _places(request: HttpRequest, groups: list[SupportGroup]) -> MembershipQuerySet:
    rows = Membership.objects.visible_to(who(request)).filter(group__in=groups)
    return rows.exclude(person__kind="staff").select_related("group", "person")


def _place(request: HttpRequest, public_id: str) -> Membership:
    """Find a place in a group in which one may act; for anybody else there is no such page."""
    return get_object_or_404(_places(request, _groups(request)), public_id=public_id)
