"""What staff do about somebody's account: a card, a sign-in together, a way back, and every session ended (B4, U9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cms import second_factor, sessions
from cms.forms.accounts import EmailForm, NameForm, ReasonForm
from peer import gate
from peer.actions import accounts, cards, recoveries
from peer.methods import require_POST, require_safe
from peer.models import AccountRecovery, Person, SignInCard, User
from peer.roles import Perm
from peer.states import RuleBroken
from peer.web import acted, who

Act = Callable[[HttpRequest, Person], HttpResponse]
FOUND = 25
SEES = (Perm.KEEP_CARDS, Perm.END_SESSIONS)


def _may(request: HttpRequest, *perms: Perm) -> bool:
    return any(gate.can(who(request), perm, gate.SERVICE) for perm in perms)


def _person(request: HttpRequest, public_id: str, *perms: Perm) -> Person:
    """Find the person, for whoever has one of the rights; for anybody else there is no such page."""
    if not _may(request, *perms):
        raise Http404
    people = Person.objects.visible_to(who(request)).select_related("user")
    return get_object_or_404(people, public_id=public_id)


def with_right(perm: Perm) -> Callable[[Act], Callable[[HttpRequest, str], HttpResponse]]:
    """Give an act its person; what a rule refuses is said on the page that asked."""

    def decorate(act: Act) -> Callable[[HttpRequest, str], HttpResponse]:
        @wraps(act)
        def asked(request: HttpRequest, public_id: str) -> HttpResponse:
            person = _person(request, public_id, perm)
            try:
                return act(request, person)
            except RuleBroken as rule:
                messages.error(request, str(rule))
                return redirect("accounts-detail", public_id)

        return require_POST(asked)

    return decorate


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Find somebody's account by name; below, the staff with their work e-mail and second step."""
    if not _may(request, Perm.END_SESSIONS):
        raise Http404
    form = NameForm(request.GET)
    people = Person.objects.visible_to(who(request)).filter(user__isnull=False).select_related("user")
    people = people.order_by("given_name", "family_name", "pk")
    words = form.cleaned_data["q"].split() if form.is_valid() else []
    context: dict[str, Any] = {"form": form, "words": words, "found": _named(people, words)[:FOUND] if words else []}
    if _may(request, Perm.KEEP_STAFF_ACCOUNTS):
        staff = list(people.filter(kind=Person.Kind.STAFF))
        enrolled = second_factor.enrolled_among(one.user for one in staff)
        context["rows"] = [(one, one.user.pk in enrolled) for one in staff]
    return render(request, "account/desk/index.html", context)


def _named(people: QuerySet[Person], words: list[str]) -> QuerySet[Person]:
    for word in words:
        people = people.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return people


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what there is of somebody's account, and what one may do about it."""
    return _page(request, _person(request, public_id, *SEES))


def _page(request: HttpRequest, person: Person, **forms: Any) -> HttpResponse:
    user = _account(person)
    context: dict[str, Any] = {
        "person": person,
        "account": user,
        "sessions": len(sessions.open_of(user)) if user else 0,
        "card": SignInCard.objects.visible_to(who(request)).current().filter(person=person).first(),
        "recovery": AccountRecovery.objects.visible_to(who(request)).open().filter(person=person).first(),
        "may_keep_cards": _may(request, Perm.KEEP_CARDS) and person.kind != Person.Kind.STAFF,
        "may_end_sessions": _may(request, Perm.END_SESSIONS),
        "may_find": _may(request, Perm.END_SESSIONS),
        "may_write_email": _may(request, Perm.KEEP_STAFF_ACCOUNTS) and user is not None and second_factor.must(user),
        "vouch_form": ReasonForm(auto_id="vouch_%s"),
        "end_form": ReasonForm(auto_id="end_%s"),
        "email_form": EmailForm(initial={"email": user.email if user else ""}),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "account/desk/detail.html", context | forms, status=status)


def _account(person: Person) -> User | None:
    return getattr(person, "user", None)


def _account_or_404(person: Person) -> User:
    user = _account(person)
    if user is None:
        raise Http404
    return user


@with_right(Perm.KEEP_CARDS)
def give_card(request: HttpRequest, person: Person) -> HttpResponse:
    """Make a card and show it once, to print."""
    card = cards.give(person, by=who(request))
    context = {"person": person, "card": card, "short_address": settings.SHORT_ADDRESS}
    return render(request, "account/desk/card.html", context)


@with_right(Perm.KEEP_CARDS)
def end_card(request: HttpRequest, person: Person) -> HttpResponse:
    """End somebody's card."""
    card = get_object_or_404(SignInCard.objects.visible_to(who(request)).current(), person=person)
    cards.end(card, by=who(request))
    messages.success(request, _("The card opens nothing any more."))
    return redirect("accounts-detail", person.public_id)


@with_right(Perm.KEEP_CARDS)
def start_together(request: HttpRequest, person: Person) -> HttpResponse:
    """Show six digits to read out, once."""
    started = cards.start_together(person, by=who(request))
    context = {"person": person, "started": started, "short_address": settings.SHORT_ADDRESS}
    return render(request, "account/desk/together.html", context)


@with_right(Perm.START_RECOVERY)
def vouch(request: HttpRequest, person: Person) -> HttpResponse:
    """Begin a way back for somebody one knows."""
    form = ReasonForm(request.POST, auto_id="vouch_%s")
    act = partial(recoveries.vouch, person, by=who(request))
    if not form.is_valid() or acted(form, lambda: act(**form.cleaned_data)) is None:
        return _page(request, person, vouch_form=form)
    messages.success(request, _("Begun. In 24 hours you can read them a number. They can stop it until then."))
    return redirect("accounts-detail", person.public_id)


@with_right(Perm.START_RECOVERY)
def call_off(request: HttpRequest, person: Person) -> HttpResponse:
    """Stop a way back for somebody who rang."""
    recovery = get_object_or_404(AccountRecovery.objects.visible_to(who(request)).open(), person=person)
    recoveries.call_off(recovery, by=who(request))
    messages.success(request, _("Stopped. Nobody gets in that way."))
    return redirect("accounts-detail", person.public_id)


@with_right(Perm.END_SESSIONS)
def end_sessions(request: HttpRequest, person: Person) -> HttpResponse:
    """End every session of somebody."""
    user, form = _account_or_404(person), ReasonForm(request.POST, auto_id="end_%s")
    if not form.is_valid():
        return _page(request, person, end_form=form)
    accounts.end_sessions(user, by=who(request), **form.cleaned_data)
    messages.success(request, _("Signed out everywhere, at their next step."))
    return redirect("accounts-detail", person.public_id)


@with_right(Perm.KEEP_STAFF_ACCOUNTS)
def write_email(request: HttpRequest, person: Person) -> HttpResponse:
    """Write down the work e-mail of a member of staff."""
    user, form = _account_or_404(person), EmailForm(request.POST)
    if not second_factor.must(user):
        raise Http404
    act = partial(accounts.write_email, user, by=who(request))
    if not form.is_valid() or acted(form, lambda: act(**form.cleaned_data)) is None:
        return _page(request, person, email_form=form)
    messages.success(request, _("Written down."))
    return redirect("accounts-detail", person.public_id)
