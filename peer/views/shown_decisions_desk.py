"""The desk of replies to decisions, and what a safeguarding lead keeps back (S100)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate, looks
from peer.actions import shown_decisions
from peer.forms.people import ReasonForm
from peer.forms.shown_decisions import AnswerReplyForm
from peer.methods import require_http_methods, require_safe
from peer.models import DataRequest, DecisionReply, Person, ShownDecision, Withholding
from peer.roles import Perm
from peer.web import acted, or_404, who

SHOWN = 50


def _right(request: HttpRequest, perm: Perm) -> None:
    if not gate.can(who(request), perm, gate.SERVICE):
        raise Http404


@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """List what people said back to decisions, and requests with worrying words, the most pressing first."""
    _right(request, Perm.ANSWER_REPLY)
    rows = DecisionReply.objects.visible_to(who(request)).waiting().select_related("decision__person")
    worrying = DataRequest.objects.visible_to(who(request)).to_do().exclude(level="").select_related("person")
    context = {"replies": rows[:SHOWN], "worrying": worrying[:SHOWN]}
    return render(request, "peer/shown_decisions/replies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read what somebody said back, and answer."""
    _right(request, Perm.ANSWER_REPLY)
    rows = DecisionReply.objects.visible_to(who(request)).select_related("decision__person")
    reply = get_object_or_404(rows, public_id=public_id)
    form = AnswerReplyForm(request.POST if request.method == "POST" else None)
    act = partial(shown_decisions.answer, reply, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Answered. They read it beside the decision."))
        return redirect("decision-replies")
    if request.method != "POST":
        gate.looked(reply.decision.person, by=who(request), why="what was decided")
    context = {"reply": reply, "form": form}
    return render(request, "peer/shown_decisions/answer.html", context, status=422 if form.errors else 200)


# ── Kept back ───────────────────────────────────────────────────────────────────────────────────────────────────────
@require_safe
def kept_back(request: HttpRequest) -> HttpResponse:
    """List what is kept back from people, the next to review first."""
    _right(request, Perm.WITHHOLD)
    rows = Withholding.objects.visible_to(who(request)).current().select_related("person", "decision", "withheld_by")
    return render(request, "peer/shown_decisions/kept_back.html", {"rows": rows.order_by("due_at", "pk")})


@require_safe
def of_person(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a safeguarding lead what one person can read about decisions and looks, and what is kept back."""
    _right(request, Perm.WITHHOLD)
    person = get_object_or_404(Person.objects.visible_to(who(request)), public_id=public_id)
    gate.looked(person, by=who(request), why="what was decided")
    seen, _more = looks.of(person)
    context = {
        "person": person,
        "decisions": ShownDecision.objects.visible_to(who(request)).filter(person=person).order_by("-pk")[:SHOWN],
        "kept": Withholding.objects.visible_to(who(request)).current().filter(person=person).order_by("due_at"),
        "looks": seen,
    }
    return render(request, "peer/shown_decisions/of_person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withhold(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep one decision back, with a reason."""
    _right(request, Perm.WITHHOLD)
    rows = ShownDecision.objects.visible_to(who(request)).select_related("person")
    decision = get_object_or_404(rows, public_id=public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = partial(shown_decisions.withhold, decision, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Kept back. You are asked again in four weeks whether it still must be."))
        return redirect("people-decisions", decision.person.public_id)
    context = {"person": decision.person, "decision": decision, "form": form}
    return render(request, "peer/shown_decisions/withhold.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withhold_look(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Keep one look back, with a reason."""
    _right(request, Perm.WITHHOLD)
    person = get_object_or_404(Person.objects.visible_to(who(request)), public_id=public_id)
    event = or_404(looks.events(person).filter(pk=pk).first())
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = partial(shown_decisions.withhold_look, event, by=who(request), person=person)
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Kept back. You are asked again in four weeks whether it still must be."))
        return redirect("people-decisions", public_id)
    context = {"person": person, "look": looks.in_words([event])[0], "form": form}
    return render(request, "peer/shown_decisions/withhold.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Review what is kept back: show it from now on, or keep it for another time, each with a reason."""
    _right(request, Perm.WITHHOLD)
    rows = Withholding.objects.visible_to(who(request)).current().select_related("person", "decision")
    row = get_object_or_404(rows, public_id=public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    does = shown_decisions.show_again if "show" in request.POST else shown_decisions.keep_longer
    act = partial(does, row, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Written down."))
        return redirect("people-decisions", row.person.public_id)
    context = {"row": row, "person": row.person, "form": form}
    return render(request, "peer/shown_decisions/review.html", context, status=422 if form.errors else 200)
