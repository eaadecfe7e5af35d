"""The secret link of an invitation: hello, a code, yes, no, or a question; opening it changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from peer.actions import invitations
from peer.actions.invitations import LINK
from peer.forms.invitations import AdultYesForm, QuestionForm, YesForm, asked_words
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Invitation, Person
from peer.states import StaleMove
from peer.web import acted, pressed

Page = Callable[[HttpRequest, Invitation, str], HttpResponse]


def by_link(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Find the invitation of a link; wrong, used and out-of-date links get one and the same page (M1)."""

    @wraps(page)
    def opened(request: HttpRequest, secret: str) -> HttpResponse:
        invitation = Invitation.objects.live().of_link(secret)
        if invitation is None:
            return _closed(request)
        try:
            return page(request, invitation, secret)
        except StaleMove:  # of two clicks at once the other one won
            return _closed(request)

    return login_not_required(never_cache(opened))


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "peer/invitations/closed.html", status=404)


@by_link
@require_safe
def hello(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """Say hello: what the group is, who runs it, what happens next. Link previews read this too."""
    return render(request, "peer/invitations/hello.html", {"invitation": invitation, "secret": secret})


@by_link
@require_POST
def code(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """Send a code to the number that got the link."""
    pressed(request, lambda: invitations.ask_code(invitation, by=LINK))
    return redirect("invitations-yes", secret)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def yes(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """Take the code and the answers; with a yes the person has an account and is signed in."""
    is_parent = invitation.person.kind == Person.Kind.PARENT_CARER
    form = (AdultYesForm if is_parent else YesForm)(request.POST or None, group=invitation.group)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if not invitations.try_code(invitation, by=LINK, code=said["code"]):
            form.add_error("code", _("That code doesn’t fit. Look at the newest text, or ask for a new code."))
        else:
            answer = {"code": said["code"], **form.answers()}
            membership = acted(form, lambda: invitations.accept(invitation, by=LINK, **answer))
            if membership is not None and membership.user is not None:
                login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
                return redirect("groups-index")
    context = {"form": form, "invitation": invitation, "secret": secret, **asked_words()}
    return render(request, "peer/invitations/yes.html", context, status=422 if form.errors else 200)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def no(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """Ask once, then take the no."""
    if request.method == "POST":
        invitations.decline(invitation, by=LINK)
        return render(request, "peer/invitations/declined.html")
    return render(request, "peer/invitations/no.html", {"invitation": invitation, "secret": secret})


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """Take a question, and say honestly when it will be answered (U3)."""
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitations.ask(invitation, by=LINK, question=form.cleaned_data["question"])
        return redirect("invitations-question", secret)
    context = {"invitation": invitation, "secret": secret, "form": form}
    return render(request, "peer/invitations/question.html", context, status=422 if form.errors else 200)
