"""The desk of groups: set one up, give it its people and its protocol, and open it when nothing is missing (S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import clock, gate, group_templates
from peer.actions import groups, moderators
from peer.forms.groups import GroupForm, ProtocolForm, RoleForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Cohort, MembershipRole, ModeratorProposal, SupportGroup
from peer.models.groups import GIVEN, SupportGroupQuerySet
from peer.roles import Perm, Role
from peer.web import acted, for_whom_may, or_404, pressed, who


def _staff(request: HttpRequest) -> SupportGroupQuerySet:
    """Begin with every group for those who set groups up; for anybody else there is no such page."""
    if not gate.can(who(request), Perm.RUN_GROUP, gate.SERVICE):
        raise Http404
    return SupportGroup.objects.visible_to(who(request))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List all groups with what each still lacks."""
    rows = [(group, group.lacks()) for group in _staff(request).order_by("state", "title")]
    asked = ModeratorProposal.objects.visible_to(who(request)).waiting().select_related("group", "asked_by")
    return render(request, "peer/groups/desk.html", {"rows": rows, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a group."""
    _staff(request)
    like = group_templates.every().get(request.GET.get("like", ""))
    form = GroupForm(request.POST or None, initial=like.details() if like else {})
    if request.method == "POST" and form.is_valid():
        details = form.cleaned_data | {"made_like": like.name if like else ""}
        group = acted(form, lambda: groups.begin(gate.SERVICE, by=who(request), details=details))
        if group is not None:
            return redirect("groups-write-protocol" if like else "groups-set-up", group.public_id)
    context = {"form": form, "like": like, "templates": group_templates.every().values()}
    return render(request, "peer/groups/new.html", context, status=422 if form.errors else 200)


@require_safe
def set_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one group's people, protocol and hours, and what is missing before it may open."""
    group = get_object_or_404(_staff(request), public_id=public_id)
    manages = gate.can(who(request), Perm.GIVE_ROLE, group)
    context = {
        "group": group,
        "lacks": group.lacks(),
        "roles": group.given_roles().order_by("role", "id"),
        "protocol": group.protocol(),
        "cohorts": Cohort.objects.visible_to(who(request)).waiting().filter(group=group),
        "members": group.memberships.active().count(),
        "asked": ModeratorProposal.objects.visible_to(who(request)).waiting().filter(group=group),
        "may_give": manages or gate.can(who(request), Perm.GIVE_MODERATOR, group),
        "may_end": manages,
        "may_end_moderator": gate.can(who(request), Perm.END_MODERATOR, group),
        "may_second": gate.can(who(request), Perm.SECOND_MODERATOR, group),
    }
    return render(request, "peer/groups/set_up.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what a group says of itself, and its hours."""
    group = get_object_or_404(_staff(request), public_id=public_id)
    form = GroupForm(request.POST or None, initial={name: getattr(group, name) for name in GroupForm.base_fields})
    act = lambda: groups.change(group, by=who(request), details=form.cleaned_data)  # noqa: E731 - run when the form is valid
    return _act(request, form, act, group=group, title=_("Change this group"), button=_("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a new version of how we treat each other."""
    group = get_object_or_404(_staff(request), public_id=public_id)
    last = group.protocol() or group_templates.every().get(group.made_like)
    initial = {name: getattr(last, name) for name in ProtocolForm.base_fields} if last else {}
    form = ProtocolForm(request.POST or None, initial=initial)
    act = lambda: groups.publish_protocol(group, by=who(request), **form.cleaned_data)  # noqa: E731
    title = _("How we treat each other")
    return _act(request, form, act, group=group, title=title, button=_("Publish: everybody is asked again"))


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give somebody a dated role in a group; a manager asks for a peer moderator, a clinician on duty makes one."""
    group = get_object_or_404(_staff(request), public_id=public_id)
    user = who(request)
    manages, is_on_duty = gate.can(user, Perm.GIVE_ROLE, group), gate.can(user, Perm.GIVE_MODERATOR, group)
    or_404(manages or is_on_duty or None)
    form = RoleForm(request.POST or None, roles=GIVEN if manages else [Role.PEER_MODERATOR])

    def act() -> MembershipRole | ModeratorProposal:
        said = dict(form.cleaned_data)
        until_on = said.pop("until_on")
        said["until_at"] = until_on and dt.datetime.combine(until_on, dt.time(0), clock.LONDON)
        if said["role"] != Role.PEER_MODERATOR:
            return groups.give_role(group, by=user, **said)
        del said["role"]
        return (moderators.give if is_on_duty else moderators.ask)(group, by=user, **said)

    return _act(request, form, act, group=group, title=_("Give a role"), button=_("Give this role"))


SECOND: dict[str, Any] = {"agree": moderators.agree, "say-no": moderators.say_no}


@require_POST
def second(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Agree, or say no, as the second person."""
    if verb not in SECOND:
        raise Http404
    rows = ModeratorProposal.objects.visible_to(who(request)).waiting().select_related("group", "user__person")
    proposal = for_whom_may(request, SECOND[verb], get_object_or_404(rows, public_id=public_id))
    pressed(request, lambda: SECOND[verb](proposal, by=who(request)))
    return redirect("groups-set-up", proposal.group.public_id)


@require_POST
def end_role(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """End a role now."""
    group = get_object_or_404(_staff(request), public_id=public_id)
    held = group.given_roles().filter(pk=pk).first()
    act = moderators.end if held and held.role == Role.PEER_MODERATOR else groups.end_role
    for_whom_may(request, act, group)
    act(group, by=who(request), role=or_404(held))
    return redirect("groups-set-up", group.public_id)


@require_POST
def open_now(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a group, or say what is missing."""
    group = get_object_or_404(_staff(request), public_id=public_id)
    pressed(request, lambda: groups.open_group(group, by=who(request)))
    return redirect("groups-set-up", group.public_id)


def _act(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    group: SupportGroup,
    title: str,
    button: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and acted(form, act):
        return redirect("groups-set-up", group.public_id)
    return _page(request, form, title=title, button=button, group=group)


def _page(request: HttpRequest, form: forms.Form, *, title: str, button: str, group: SupportGroup) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "group": group}
    return render(request, "peer/groups/form.html", context, status=422 if form.errors else 200)
