"""Letters to print and post: the list, one page of paper for each, and what a person did with them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import paper as sheets
from notifications.actions import letters
from notifications.forms.letters import AGAIN, NOT_NEEDED, POSTED, PRINTED, LettersForm
from notifications.models import Letter
from notifications.models.letters import LetterQuerySet
from peer import clock, gate
from peer.methods import require_http_methods, require_safe
from peer.models import User
from peer.roles import Perm
from peer.states import IllegalMove, StaleMove

PAGE = 50
ACTS = {
    PRINTED: letters.printed,
    POSTED: letters.posted,
    AGAIN: letters.print_again,
    NOT_NEEDED: letters.not_needed,
}


def _letters(request: HttpRequest) -> LetterQuerySet:
    """Begin with the letters this person may see; whoever may see none gets the 404 of a page that never was."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.POST_LETTER, gate.SERVICE):
        raise Http404
    return Letter.objects.visible_to(user).select_related("recipient", "notification__subject")


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List what waits to be printed or posted, and take in what was done with some of it."""
    waiting = list(_letters(request).waiting()[: PAGE + 1])
    shown = waiting[:PAGE]
    form = LettersForm(
        request.POST if request.method == "POST" else None, shown=[(one.public_id, _title(one)) for one in shown]
    )
    if request.method == "POST" and form.is_valid():
        chosen = [one for one in shown if one.public_id in form.cleaned_data["letters"]]
        _do(request, chosen, form.cleaned_data["done"])
        return redirect("letters-index")
    to_print = sum(one.state == Letter.State.TO_PRINT for one in shown)
    context = {"form": form, "letters": shown, "to_print": to_print, "more": len(waiting) > PAGE, "now": clock.now()}
    return render(request, "notifications/letters/index.html", context, status=422 if form.errors else 200)


def _title(letter: Letter) -> str:
    size = _(", large print") if letter.is_large_print else ""
    return f"{letter.recipient.full_name()}{size}: {letter.get_state_display()}"


def _do(request: HttpRequest, chosen: list[Letter], done: str) -> None:
    """Do one thing with each; what somebody else has moved meanwhile stays as they left it."""
    user, count = cast(User, request.user), 0
    with gate.after_first():
        for letter in chosen:
            try:
                ACTS[done](letter, by=user)
            except (IllegalMove, StaleMove):
                continue
            count += 1
    if count:
        words = ngettext("Saved for %(count)d letter.", "Saved for %(count)d letters.", count)
        messages.success(request, words % {"count": count})
    if count < len(chosen):
        messages.warning(request, _("Some were not changed: a letter is printed before it is posted."))


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """Show every letter that is to be printed, each on a page of its own; who looked is written down."""
    context = {"letters": _to_print(request), "today": clock.today(), "has_pdf": sheets.is_there()}
    return render(request, "notifications/letters/paper.html", context)


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """Give the same letters as one PDF, where it can be made here."""
    rows = _to_print(request)
    if not rows or not sheets.is_there():
        raise Http404
    headers = {"Content-Disposition": 'inline; filename="letters.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(sheets.pdf(rows), content_type="application/pdf", headers=headers)


def _to_print(request: HttpRequest) -> list[Letter]:
    rows = list(_letters(request).waiting().filter(state=Letter.State.TO_PRINT)[:PAGE])
    for one in rows:
        gate.looked(one, by=cast(User, request.user), why="printing")
    return rows
