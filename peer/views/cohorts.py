"""People who start together, as staff plan them: a day, and what to do when too few are there (U11)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import gate
from peer.actions import cohorts
from peer.forms.cohorts import DayForm, MergeForm, PlanForm
from peer.methods import require_http_methods, require_POST
from peer.models import Cohort, SupportGroup
from peer.models.cohorts import CohortQuerySet
from peer.roles import Perm
from peer.states import RuleBroken
from peer.web import acted, who


def _staff(request: HttpRequest) -> CohortQuerySet:
    """Begin with every cohort for those who set groups up; for anybody else there is no such page."""
    if not gate.can(who(request), Perm.RUN_GROUP, gate.SERVICE):
        raise Http404
    return Cohort.objects.visible_to(who(request)).select_related("group")


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Plan a day on which people start together."""
    _staff(request)
    group = get_object_or_404(SupportGroup.objects.visible_to(who(request)), public_id=public_id)
    form = PlanForm(request.POST or None)
    act = lambda: cohorts.plan(group, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect("groups-set-up", group.public_id)
    return render(request, "peer/cohorts/plan.html", {"form": form, "group": group}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one start, and move it to another day."""
    cohort = get_object_or_404(_staff(request), public_id=public_id)
    form = DayForm(request.POST or None)
    act = lambda: cohorts.move(cohort, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect(cohort)
    return _page(request, cohort, day=form, merge=None)


@require_POST
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let these people start with another day's."""
    cohort = get_object_or_404(_staff(request), public_id=public_id)
    form = MergeForm(request.POST, others=_others(request, cohort))
    if form.is_valid():
        other = acted(form, lambda: cohorts.merge(cohort, by=who(request), into=form.cleaned_data["into"]))
        if other is not None:
            return redirect(other)
    return _page(request, cohort, day=None, merge=form)


@require_POST
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let them start now."""
    cohort = get_object_or_404(_staff(request), public_id=public_id)
    try:
        cohorts.begin(cohort, by=who(request))
    except RuleBroken as rule:
        messages.error(request, str(rule))
        return redirect(cohort)
    return redirect("groups-set-up", cohort.group.public_id)


def _others(request: HttpRequest, cohort: Cohort) -> CohortQuerySet:
    return _staff(request).gathering().filter(group=cohort.group_id).exclude(pk=cohort.pk).order_by("starts_on")


def _page(request: HttpRequest, cohort: Cohort, *, day: forms.Form | None, merge: forms.Form | None) -> HttpResponse:
    others = _others(request, cohort)
    context = {
        "cohort": cohort,
        "group": cohort.group,
        "day": day or DayForm(),
        "merge": merge or (MergeForm(others=others) if others else None),
        "is_open": cohort.state in {Cohort.State.GATHERING, Cohort.State.TO_DECIDE},
    }
    wrong = bool((day and day.errors) or (merge and merge.errors))
    return render(request, "peer/cohorts/detail.html", context, status=422 if wrong else 200)
