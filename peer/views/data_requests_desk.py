"""The desk of requests about data: read copies through, decide, answer, delete, hold (C8, rows 40, 41)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import copies, erasing, gate
from peer.actions import data_holds, data_requests, erasures
from peer.forms.data_requests import AnswerForm, DecideForm, LeaveOutForm, ReadForm, RefuseForm
from peer.forms.people import ReasonForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import DataHold, DataRequest, Person
from peer.models.data_requests import DataRequestQuerySet
from peer.roles import Perm, Role
from peer.web import acted, for_whom_may, who

State, Kind = DataRequest.State, DataRequest.Kind
DESK = (Perm.RUN_DATA_REQUEST, Perm.DELETE_DATA, Perm.ANSWER_REPLY, Perm.ANSWER_COPY)
OLD_ENOUGH = 12  # from here somebody is taken to be able to say who reads about them (H09)


def _desk(request: HttpRequest) -> DataRequestQuerySet:
    """Begin with what this person may see at work; for anybody else there is no such page."""
    if not any(gate.can(who(request), perm, gate.SERVICE) for perm in DESK):
        raise Http404
    seen, me = DataRequest.objects.visible_to(who(request)), who(request).person_id
    return seen.exclude(person=me).exclude(asked_by=me).select_related("person", "asked_by")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what people asked, the most pressing first."""
    return render(request, "peer/data_requests/index.html", {"requests": _desk(request).to_do()[:100]})


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one request, and a copy with everything that is in it."""
    return _page(request, get_object_or_404(_desk(request), public_id=public_id))


def _page(request: HttpRequest, asked: DataRequest, *, wrong: dict[str, forms.Form] | None = None) -> HttpResponse:
    wrong = wrong or {}
    is_own_copy = asked.kind == Kind.COPY and not asked.is_by_an_adult()
    if not wrong:
        gate.looked(asked, by=who(request), why="copy" if is_own_copy else "")
    held = DataHold.objects.visible_to(who(request)).current().filter(person=asked.person).first()
    context: dict[str, Any] = {
        "asked": asked,
        "held": held,
        "verbs": _verbs(request, asked),
        "read": wrong.get("read") or ReadForm(auto_id="read_%s"),
        "settle": wrong.get("settle") or AnswerForm(auto_id="settle_%s"),
        "refuse": wrong.get("refuse") or RefuseForm(auto_id="refuse_%s"),
        "decide": wrong.get("decide") or DecideForm(auto_id="decide_%s"),
        "wrong": wrong.get("press"),
    }
    if asked.is_by_an_adult():
        age = asked.person.age()
        context["warn"] = age is None or age >= OLD_ENOUGH
    if asked.kind == Kind.COPY and asked.state == State.IN_REVIEW:
        context |= {"copy": copies.read(asked), "left": asked.left_out.order_by("pk")}
    if asked.kind == Kind.DELETION:
        context |= {"stays": erasing.stays(asked.person), "has_record": erasing.has_record(asked.person)}
        context["agreed_by_me"] = asked.read_by_id == who(request).pk
    return render(request, "peer/data_requests/detail.html", context, status=422 if wrong else 200)


def _verbs(request: HttpRequest, asked: DataRequest) -> set[str]:
    """Name what this person can do with it now."""
    may = {perm for perm in DESK if gate.can(who(request), perm, gate.SERVICE)}
    if asked.is_by_an_adult():
        return {"decide"} if Perm.ANSWER_COPY in may and asked.state == State.ASKED else set()
    found = set()
    if Perm.RUN_DATA_REQUEST in may and State.REFUSED in asked.MOVES.get(asked.state, set()):
        found.add("refuse")
    if Perm.RUN_DATA_REQUEST in may and asked.kind not in {Kind.COPY, Kind.DELETION} and asked.state == State.ASKED:
        found.add("settle")
    if Perm.RUN_DATA_REQUEST in may and asked.state == State.IN_REVIEW:
        found.add("read")
    if asked.kind == Kind.DELETION and asked.state == State.ASKED and Perm.RUN_DATA_REQUEST in may:
        found.add("agree")
    if asked.kind == Kind.DELETION and asked.state == State.AGREED and Perm.DELETE_DATA in may:
        found.add("delete")
    if asked.level:
        return {"pass-on"} if who(request).may_in_service(Role.CLINICIAN) else set()
    return found


FORMS: dict[str, type[forms.Form]] = {
    "read": ReadForm,
    "settle": AnswerForm,
    "refuse": RefuseForm,
    "decide": DecideForm,
}
DOES: dict[str, Callable[..., DataRequest]] = {
    "read": data_requests.read_through,
    "settle": data_requests.settle,
    "refuse": data_requests.refuse,
    "decide": data_requests.decide,
    "agree": erasures.agree,
    "delete": erasures.carry_out,
    "pass-on": data_requests.pass_on,
}


@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Do one of the acts, or show its form again with what was typed."""
    if verb not in DOES:
        raise Http404
    asked = for_whom_may(request, DOES[verb], get_object_or_404(_desk(request), public_id=public_id))
    form = FORMS.get(verb, forms.Form)(request.POST, auto_id=f"{verb}_%s")
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "read"}
        if acted(form, lambda: DOES[verb](asked, by=who(request), **given)) is not None:
            messages.success(request, _("Done."))
            return redirect("data-requests-index")
    return _page(request, asked, wrong={verb if verb in FORMS else "press": form})


@require_http_methods(["GET", "HEAD", "POST"])
def leave_out(request: HttpRequest, public_id: str, table: str, row: int, field: str = "") -> HttpResponse:
    """Leave something out of a copy: a passage, a whole answer or a whole row."""
    asked = get_object_or_404(_desk(request), public_id=public_id)
    words = copies.words_of(copies.read(asked), table=table, row=row, field=field)
    if words is None or "read" not in _verbs(request, asked):
        raise Http404
    form = LeaveOutForm(request.POST if request.method == "POST" else None)
    where = partial(data_requests.leave_out, asked, by=who(request), table=table, row=row, field=field)
    if request.method == "POST" and form.is_valid() and acted(form, lambda: where(**form.cleaned_data)) is not None:
        messages.success(request, _("Left out."))
        return redirect("data-requests-detail", public_id)
    context = {"asked": asked, "words": words, "form": form}
    return render(request, "peer/data_requests/leave_out.html", context, status=422 if form.errors else 200)


@require_POST
def put_back(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Put back what was left out by mistake."""
    asked = get_object_or_404(_desk(request), public_id=public_id)
    left = get_object_or_404(asked.left_out, pk=pk)
    data_requests.put_back(asked, by=who(request), left=left)
    messages.success(request, _("Put back."))
    return redirect("data-requests-detail", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep everything about a person from being deleted, or lift that, each with a reason."""
    if not gate.can(who(request), Perm.HOLD_DATA, gate.SERVICE):
        raise Http404
    person = get_object_or_404(Person.objects.visible_to(who(request)), public_id=public_id)
    held = DataHold.objects.visible_to(who(request)).current().filter(person=person).select_related("set_by").first()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    does = partial(data_holds.lift, held) if held else partial(data_holds.hold, person)
    do = lambda: does(by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, do) is not None:
        messages.success(request, _("Lifted.") if held else _("Held."))
        return redirect("people-hold", public_id)
    context = {"person": person, "held": held, "form": form}
    return render(request, "peer/data_requests/hold.html", context, status=422 if form.errors else 200)
