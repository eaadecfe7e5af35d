"""Wrong facts at once: one editor puts right or takes down what is on the website; it is looked at later (U22)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.actions import mends
from cms.forms.approvals import HandOnForm
from cms.forms.mends import KeepForm, NotRightForm, PutRightForm, TakeDownForm
from cms.models import DirectoryService, Mend
from cms.models.base import PlainLanguagePage
from cms.models.mends import askable
from cms.views.approvals import as_it_looks, changes, edit_address
from peer import gate
from peer.methods import require_http_methods, require_POST, require_safe
from peer.roles import Perm
from peer.web import acted, only_with, pressed, who


@only_with(Perm.MEND_TEXT)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what is on the website, to choose what is wrong."""
    pages = Page.objects.live().filter(depth__gt=1).order_by("path")
    services = DirectoryService.objects.published().order_by("name", "pk")
    return render(request, "mends/index.html", {"pages": pages, "services": services})


def _live(kind: str, pk: int) -> Any:
    """Find a page or service that is on the website."""
    if kind == "service":
        return get_object_or_404(DirectoryService.objects.published(), pk=pk)
    page = get_object_or_404(Page.objects.live(), pk=pk).specific if kind == "page" else None
    if not isinstance(page, PlainLanguagePage):
        raise Http404
    return page


@only_with(Perm.MEND_TEXT)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put something right now."""
    text = _live(kind, pk)
    form = PutRightForm(request.POST or None)
    act = lambda: mends.put_right(text, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("It is right on the website now. A young moderator looks at it tomorrow."))
        return redirect("mends-create", kind, pk)
    return _create_page(request, kind, text, right=form)


@only_with(Perm.MEND_TEXT)
@require_http_methods(["GET", "HEAD", "POST"])
def take_down(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take something off the website now."""
    text = _live(kind, pk)
    form = TakeDownForm(request.POST or None)
    act = lambda: mends.take_down(text, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid():
        made = acted(form, act)
        if made is not None:
            messages.success(request, _("It is off the website now. A young moderator looks at it tomorrow."))
            return redirect(made)
    return _create_page(request, kind, text, down=form)


def _create_page(
    request: HttpRequest, kind: str, text: Any, *, right: forms.Form | None = None, down: forms.Form | None = None
) -> HttpResponse:
    is_wrong = any(form is not None and form.errors for form in (right, down))
    context = {
        "kind": kind,
        "text": text,
        "href": text.get_absolute_url() if kind == "service" else text.url,
        "edit_href": edit_address(text),
        "right": right or PutRightForm(auto_id="right_%s"),
        "down": down or TakeDownForm(auto_id="down_%s"),
        "may_go": getattr(text, "may_be_taken_down", True),
    }
    return render(request, "mends/create.html", context, status=422 if is_wrong else 200)


def _mend(request: HttpRequest, public_id: str) -> Mend:
    rows = Mend.objects.visible_to(who(request)).select_related("by", "owner", "answered_by", "before", "after")
    mend: Mend = get_object_or_404(rows, public_id=public_id)
    return mend


@only_with(Perm.FOLLOW_TEXTS)
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what was changed at once, by whom and why, and take the answer."""
    return _page(request, _mend(request, public_id))


def _page(request: HttpRequest, mend: Mend, **given: forms.Form) -> HttpResponse:
    user = who(request)
    text, keeps = mend.text, gate.can(user, Perm.MEND_TEXT, gate.SERVICE)
    hands_on = gate.can(user, Perm.HAND_TEXT_ON, gate.SERVICE) and mend.is_late()
    now = mend.after.as_object() if mend.after else None
    context = {
        "mend": mend,
        "text": text,
        "href": _address(text),
        "changes": changes(now, mend.as_it_was()) if now is not None else [],
        "may_answer": mend.may_be_answered_by(user) and not mend.is_in_other_hands(user),
        "is_mine": mend.owner_id == user.pk,
        "may_settle": keeps and mend.state == Mend.State.NOT_RIGHT,
        "edit_href": edit_address(text) if keeps else "",
        "not_right": given.get("not_right") or NotRightForm(auto_id="not_right_%s"),
        "keep": given.get("keep") or KeepForm(auto_id="keep_%s"),
        "hand": given.get("hand") or (HandOnForm(people=askable(mend)) if hands_on else None),
    }
    is_wrong = any(form.errors for form in given.values())
    return render(request, "mends/detail.html", context, status=422 if is_wrong else 200)


def _address(text: Any) -> str:
    """Give where a text stands on the website, or nothing where it does not."""
    if not text.live:
        return ""
    return str(text.url if isinstance(text, Page) else text.get_absolute_url())


@only_with(Perm.FOLLOW_TEXTS)
@require_safe
def before(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the text as it was before."""
    mend = _mend(request, public_id)
    was = mend.as_it_was()
    if was is None:
        raise Http404
    return as_it_looks(request, was, back=mend.get_absolute_url())


@only_with(Perm.APPROVE_TEXT)
@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say "I am looking at this"."""
    mend = _mend(request, public_id)
    pressed(request, lambda: mends.take(mend, by=who(request)), done=_("You are looking at this now."))
    return redirect(mend)


@only_with(Perm.APPROVE_TEXT)
@require_POST
def agree(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that it is right so."""
    mend = _mend(request, public_id)
    said = pressed(request, lambda: mends.agree(mend, by=who(request)), done=_("Thank you. It stays like that."))
    return redirect("approvals-index" if said else mend)


@only_with(Perm.APPROVE_TEXT)
@require_http_methods(["GET", "HEAD", "POST"])
def disagree(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that it is not right, and why."""
    mend = _mend(request, public_id)
    form = NotRightForm(request.POST or None)
    act = lambda: mends.disagree(mend, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Thank you. Whoever changed it hears that, with your words."))
        return redirect("approvals-index")
    return _page(request, mend, not_right=form)


@only_with(Perm.MEND_TEXT)
@require_POST
def put_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put it back as it was."""
    mend = _mend(request, public_id)
    done = _("It is as it was before. Whoever said no hears that.")
    pressed(request, lambda: mends.put_back(mend, by=who(request)), done=done)
    return redirect(mend)


@only_with(Perm.MEND_TEXT)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave it as it is, and say why."""
    mend = _mend(request, public_id)
    form = KeepForm(request.POST or None)
    act = lambda: mends.keep(mend, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("It stays as it is. Whoever said no reads why."))
        return redirect("approvals-index")
    return _page(request, mend, keep=form)


@only_with(Perm.HAND_TEXT_ON)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask somebody by name about a change that nobody has answered in time."""
    mend = _mend(request, public_id)
    form = HandOnForm(request.POST or None, people=askable(mend))
    act = lambda: mends.hand_on(mend, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("They are told, and have two working days."))
        return redirect("approvals-index")
    return _page(request, mend, hand=form)
