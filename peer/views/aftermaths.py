"""The desk after a death: what is owed to a group and to each person in it (U6)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import clock, gate
from peer.actions import aftermaths
from peer.forms.aftermaths import DoneForm, HandOnForm, WordsForm
from peer.methods import require_http_methods, require_safe
from peer.models import AftermathTask
from peer.models.aftermaths import AftermathTaskQuerySet
from peer.roles import Perm
from peer.web import acted, who


def _staff(request: HttpRequest) -> AftermathTaskQuerySet:
    if not gate.can(who(request), Perm.CARE_AFTER_DEATH, gate.SERVICE):
        raise Http404
    rows = AftermathTask.objects.visible_to(who(request))
    return rows.select_related("group", "about__person", "owner", "death__person")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what is owed, one's own first."""
    rows = list(_staff(request).open())
    mine = [row for row in rows if row.owner_id == who(request).pk]
    others = [row for row in rows if row.owner_id != who(request).pk]
    return render(request, "peer/aftermath/index.html", {"mine": mine, "others": others, "now": clock.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one task, with words that help, and take what was done."""
    task = get_object_or_404(_staff(request), public_id=public_id)
    is_words = task.kind == AftermathTask.Kind.WORDS
    form = (WordsForm if is_words else DoneForm)(request.POST if request.method == "POST" else None)
    act: Any = partial(aftermaths.decide_words if is_words else aftermaths.done, task, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Written down. Thank you for doing this."))
        return redirect("aftermath-index")
    return _page(request, task, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a task on to a colleague."""
    task = get_object_or_404(_staff(request).open(), public_id=public_id)
    form = HandOnForm(request.POST if request.method == "POST" else None)
    act = partial(aftermaths.hand_on, task, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Handed on."))
        return redirect("aftermath-index")
    context = {"task": task, "form": form}
    return render(request, "peer/aftermath/hand_on.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, task: AftermathTask, *, form: DoneForm) -> HttpResponse:
    context = {"task": task, "form": form, "is_open": task.state == AftermathTask.State.OPEN}
    return render(request, "peer/aftermath/detail.html", context, status=422 if form.errors else 200)
