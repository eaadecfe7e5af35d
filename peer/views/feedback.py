"""The doors of feedback: anybody says what they think, keeps a reference and sees the answer, without an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from peer import gate
from peer.actions import feedback
from peer.forms.feedback import ComplainForm, FindForm, GiveForm
from peer.methods import require_http_methods, require_safe
from peer.models import FeedbackItem, Person
from peer.web import acted, once, sender


def _take_in(request: HttpRequest, form: forms.Form, *, kind: str) -> FeedbackItem | None:
    """Hear a valid form once, or put the reason on the form."""
    given = dict(form.cleaned_data)
    person = _person(request) if given.pop("tell_me", False) else None

    def act(nonce: str) -> FeedbackItem:
        return feedback.give(
            gate.SERVICE,
            by=feedback.VISITOR,
            said=feedback.Said(**given),
            kind=kind,
            nonce=nonce,
            sender=sender(request, door="feedback"),
            person=person,
        )

    return acted(form, lambda: once(request, act, made=lambda nonce: FeedbackItem.objects.get(form_nonce=nonce)))


def _person(request: HttpRequest) -> Person | None:
    """Give who is signed in, where that is a person we can tell things."""
    return getattr(request.user, "person", None)


def _door(request: HttpRequest, form_class: Callable[..., forms.Form], *, kind: str, page: str) -> HttpResponse:
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        item = _take_in(request, form, kind=kind)
        if item is not None:
            return redirect(item)
    return render(request, page, {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Ask what works, what doesn't and what you would change, without an account (S13, S97, S126)."""
    form_class = partial(GiveForm, is_known=_person(request) is not None)
    return _door(request, form_class, kind=FeedbackItem.Kind.FEEDBACK, page="peer/feedback/give.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """Open the door for complaints, which nobody publishes (U23)."""
    return _door(request, ComplainForm, kind=FeedbackItem.Kind.COMPLAINT, page="peer/feedback/complain.html")


@login_not_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead from a reference somebody kept to its page."""
    form = FindForm(request.GET or None)
    if request.GET and form.is_valid():
        item = FeedbackItem.objects.by_reference(form.cleaned_data["reference"]).first()
        if item is not None:
            return redirect(item)
        form.add_error("reference", _("We can’t find that one. Please check each letter and number."))
    return render(request, "peer/feedback/find.html", {"form": form}, status=404 if form.errors else 200)


@login_not_required
@never_cache
@require_safe
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """Show whoever holds the reference what was heard, answered and promised."""
    item = FeedbackItem.objects.by_reference(reference).with_history().first()
    if item is None:
        raise Http404
    return render(request, "peer/feedback/status.html", {"item": item})


@login_not_required
@require_safe
def said(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one published thing: what was said, answered, promised and done (S93)."""
    items = FeedbackItem.objects.published().with_history()
    return render(request, "peer/feedback/said.html", {"item": get_object_or_404(items, public_id=public_id)})
