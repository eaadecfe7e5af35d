"""Calls to make: the list, one call with its number and its words, and what came of it (U1, U2)."""

from __future__ import annotations

import datetime as dt
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications import numbers
from notifications.actions import calls
from notifications.forms.calls import CallForm
from notifications.models import CallTask
from notifications.models.calls import CallTaskQuerySet
from peer import clock, gate
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import TriageDecision, User
from peer.roles import Perm

PAGE = 25
RELATED = ("person", "subject", "contact", "owner")


def _tasks(request: HttpRequest) -> CallTaskQuerySet:
    """Begin with the calls this person may make; whoever makes none gets the 404 of a page that never was."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.MAKE_CALL, gate.SERVICE):
        raise Http404
    return CallTask.objects.visible_to(user).select_related(*RELATED)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the calls to make, the most pressing first."""
    about = request.GET.get("about", "")
    tasks = _tasks(request).waiting()
    if about in CallTask.About.values:
        tasks = tasks.filter(about=about)
    found = list(_after(tasks, request.GET.get("after", ""))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    older = (
        f"?{urlencode({'about': about, 'after': f'{last.due_at.isoformat()}_{last.pk}'})}"
        if last and last.due_at
        else ""
    )
    kinds = set(_tasks(request).waiting().order_by().values_list("about", flat=True).distinct())
    tabs = [{"title": _("All"), "href": "?", "current": not about}]
    tabs += [
        {"title": label, "href": f"?about={value}", "current": about == value}
        for value, label in CallTask.About.choices
        if value in kinds
    ]
    context = {
        "tasks": found[:PAGE],
        "older_href": older,
        "newer_href": f"?about={about}" if request.GET.get("after") else "",
        "tabs": tabs,
        "now": clock.now(),
    }
    return render(request, "calls/index.html", context)


def _after(tasks: CallTaskQuerySet, cursor: str) -> CallTaskQuerySet:
    due, _dot, key = cursor.partition("_")
    try:
        moment, pk = dt.datetime.fromisoformat(due), int(key)
    except ValueError:
        return tasks
    return tasks.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the number, which leaves a trace, and the words to say; take in what came of the call."""
    task = get_object_or_404(_tasks(request), public_id=public_id)
    user = cast(User, request.user)
    is_open = task.state in CallTask.WAITING
    is_call = is_open and not task.is_decision()
    form = CallForm(request.POST if request.method == "POST" else None, task=task) if is_call else None
    if form is not None and request.method == "POST" and form.is_valid():
        _settle(task, form, by=user)
        messages.success(request, _("Saved. Thank you for ringing."))
        return redirect("calls-index")
    if task.contact is not None and is_open:
        gate.looked(task.contact, by=user, why="call task")
    context = {
        "task": task,
        "form": form,
        "number": numbers.national(task.contact.where) if task.contact and is_open else "",
        "decision": _decision(task, user) if is_open else None,
        "restricted": is_open and any(one and one.restricted_at for one in (task.person, task.subject)),
        "adults": task.person.adults.select_related("adult").order_by("pk") if is_open and task.is_decision() else [],
        "now": clock.now(),
    }
    return render(request, "calls/detail.html", context, status=422 if form is not None and form.errors else 200)


def _settle(task: CallTask, form: CallForm, *, by: User) -> None:
    given, outcomes = form.cleaned_data, CallTask.Outcome
    note = given["note"]
    if given["outcome"] == outcomes.ANSWERED:
        calls.spoke(task, by=by, your_word=given["your_word"], wishes=form.wishes(), note=note)
    elif given["outcome"] == outcomes.WRONG_NUMBER:
        calls.wrong_number(task, by=by, note=note)
    elif given["outcome"] == outcomes.REFUSED:
        calls.refused(task, by=by, note=note)
    else:
        calls.no_answer(task, by=by, left_word=given["outcome"] == outcomes.LEFT_WORD, note=note)


def _decision(task: CallTask, user: User) -> TriageDecision | None:
    """Find the news that this call is to give."""
    pk = task.brings()
    return TriageDecision.objects.visible_to(user).filter(pk=pk).first() if pk else None


@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that one is ringing now."""
    task = get_object_or_404(_tasks(request), public_id=public_id)
    calls.take(task, by=cast(User, request.user))
    return redirect("calls-detail", public_id=public_id)


@require_POST
def hand_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the call back to the list."""
    task = get_object_or_404(_tasks(request), public_id=public_id)
    calls.hand_back(task, by=cast(User, request.user))
    return redirect("calls-index")
