"""My groups, one group's page, and the last steps into a group."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import clock, eligibility, first_weeks, page_rows, posting, quiet
from peer.actions import groups
from peer.forms.groups import NameForm, YesForm
from peer.methods import require_http_methods, require_safe
from peer.models import (
    Appeal,
    BandMove,
    Membership,
    MovingOn,
    Post,
    SupportGroup,
    Thread,
)
from peer.models.groups import FOREVER, STAFF
from peer.models.memberships import NOBODY
from peer.views import memberships
from peer.web import acted, number, who


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List my groups, and the way into those I have said yes to."""
    user = who(request)
    mine = page_rows.my_groups(user=user.pk)
    # Each of them says whether there is anything else; without one, ask.
    others = page_rows.not_inside(user=user.pk) if not mine or mine[0].has_others else []
    joining = [one for one in others if one.is_joining()]
    now = clock.now()
    context = {"cards": [(group, posting.of(group, at=now)) for group in mine], "joining": joining}
    context["outside"] = [one for one in others if one not in joining and one.joined_at is not None]
    if user.person is not None:
        context["asked"] = page_rows.asked(user=user.pk) if not mine or mine[0].has_wishes else []
        context["could_join"] = eligibility.cards_for(user.person) if not mine or mine[0].has_listed else []
    return render(request, "peer/groups/index.html", context)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one group: who is here, whether one can write, what people talk about."""
    user = who(request)
    found = page_rows.group_page(user=user.pk, public_id=public_id, is_staff=user.may_in_service(*STAFF))
    if not found:
        return memberships.outside(request, public_id)
    group = found[0]
    threads, older = _threads(request, group)
    now = posting.of(group)
    context = {
        "first_weeks": first_weeks.of(group),
        "group": group,
        "posting": now,
        "people": page_rows.people(group=group.pk),
        "threads": threads,
        "older_href": older,
        "session": quiet.next_session(group),
    }
    if group.has_unfinished:  # each of these says on its own page how long such posts wait
        context["mine"] = Post.objects.visible_to(user).filter(author=group.membership_id).unfinished()
    elif group.membership_id is not None and not now.is_open:
        context["usual"] = quiet.in_words(quiet.usual_wait(group))
    if group.membership_id is not None:
        context |= _changes(request, group)
    return render(request, "peer/groups/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def protocol(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read how we treat each other, and say yes to it."""
    user = who(request)
    group = get_object_or_404(SupportGroup.objects.visible_to(user).with_standing(user), public_id=public_id)
    current = group.protocol()
    form = YesForm(request.POST or None)
    if request.method == "POST" and current is not None and form.is_valid():
        asked = get_object_or_404(group.protocols, version=form.cleaned_data["version"])
        if acted(form, lambda: groups.accept_protocol(asked, by=user)):
            return redirect(group)
    context = {"group": group, "protocol": current, "form": form}
    return render(request, "peer/groups/protocol.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose one's name and colour in a group."""
    membership = _joining(request, public_id)
    form = NameForm(request.POST or None, initial={"name": membership.pseudonym, "colour": membership.colour})
    act = partial(groups.choose_name, membership, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        return redirect("groups-start", membership.public_id)
    context = {"membership": membership, "form": form}
    return render(request, "peer/groups/name.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read how we treat each other, say yes, and be in."""
    membership = _joining(request, public_id)
    group = membership.group
    form = YesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = get_object_or_404(group.protocols, version=form.cleaned_data["version"])
        if acted(form, lambda: groups.start(membership, by=who(request), protocol=asked)):
            return redirect(group if membership.is_current() else "groups-index")
    context = {"membership": membership, "group": group, "protocol": group.protocol(), "form": form}
    return render(request, "peer/groups/start.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once, then let somebody go."""
    user = who(request)
    rows = Membership.objects.visible_to(user).to_leave(user)
    membership = get_object_or_404(rows, group__public_id=public_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        left = acted(form, lambda: groups.leave(membership, by=user))
        if left is not None:
            return redirect("groups-index")
    context = {"membership": membership, "group": membership.group, "form": form}
    return render(request, "peer/groups/leave.html", context, status=422 if form.errors else 200)


def _changes(request: HttpRequest, group: Any) -> dict[str, Any]:
    """Give what changes for somebody here: their last weeks, a birthday near, a place given back."""
    user, place = who(request), group.membership_id
    found: dict[str, Any] = {}
    if group.is_moving:
        found["moving"] = MovingOn.objects.visible_to(user).under_way().filter(membership=place).first()
    if group.has_birthday:
        moves = BandMove.objects.visible_to(user).open().filter(membership=place).exclude(birthday_on=None)
        found["birthday"] = moves.select_related("membership__group").first()
    if group.was_given_back:
        found["given_back"] = Appeal.objects.visible_to(user).given_back(place).first()
    return found


def _joining(request: HttpRequest, public_id: str) -> Membership:
    """Find one's own membership after the hello call and before the first step in."""
    user = who(request)
    rows = Membership.objects.visible_to(user).joining(user).filter(state=Membership.State.CONFIRMED)
    return get_object_or_404(rows, public_id=public_id)


def _threads(request: HttpRequest, group: SupportGroup) -> tuple[list[Thread], str]:
    """Give one page of threads, newest words first, and the address of the next."""
    at, pk = _place(request.GET.get("before", "")) or (FOREVER, 0)
    user, place = who(request).pk, group.membership_id or NOBODY
    threads = page_rows.threads(user=user, group=group.pk, place=place, at=at, pk=pk)
    if len(threads) <= page_rows.PAGE:
        return threads, ""
    last = threads[page_rows.PAGE - 1]
    return threads[: page_rows.PAGE], f"?before={last.last_post_at.timestamp():.6f}-{last.pk}"


def _place(text: str) -> tuple[dt.datetime, int] | None:
    """Read a place in the list; what is no place begins at the top."""
    at, _, key = text.partition("-")
    pk = number(key)
    try:
        return None if pk is None else (dt.datetime.fromtimestamp(float(at), dt.UTC), pk)
    except (ValueError, OverflowError, OSError):
        return None
