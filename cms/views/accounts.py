"""What people see and keep of their own account: second step, sessions, own words, a code to keep, a lost card."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cms import second_factor, sessions
from cms.forms.accounts import OwnWordsForm, PinForm
from notifications.actions import staff_pins
from notifications.models import StaffPin
from peer import gate
from peer.actions import accounts, cards, recoveries
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import SignInCard
from peer.roles import Perm
from peer.web import acted, or_404, who


@require_safe
def second_step(request: HttpRequest) -> HttpResponse:
    """Say why staff need a second step, and how to set one up; whoever has one, or needs none, goes on."""
    if second_factor.has_shown(request, who(request)) or not second_factor.must(who(request)):
        return redirect("mfa_index")
    return render(request, "account/second_step.html")


@login_not_required
@require_safe
def not_signed_in(request: HttpRequest) -> HttpResponse:
    """Say that single sign-on came to nothing, and what other ways there are."""
    return render(request, "account/not_signed_in.html")


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """List where one is signed in, and the ways into one's account."""
    user = who(request)
    context = {
        "sessions": sessions.open_of(user, here=request.session.session_key or ""),
        "card": SignInCard.objects.visible_to(user).current().filter(person=user.person_id).first(),
        "may_keep": user.person_id is not None and not second_factor.must(user),
    }
    return render(request, "account/signed_in.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one's session on another device."""
    key = sessions.key_of(who(request), pk)
    if not key:
        raise Http404
    accounts.end_session(who(request), by=who(request), key=key)
    messages.success(request, _("Signed out there."))
    return redirect("account-sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    user = who(request)
    accounts.end_own_sessions(user, by=user)
    update_session_auth_hash(request, user)
    sessions.go_on(request)
    messages.success(request, _("Signed out everywhere else."))
    return redirect("account-sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def own_words(request: HttpRequest) -> HttpResponse:
    """Let somebody choose three words of their own."""
    user = who(request)
    if user.person_id is None or second_factor.must(user):
        raise Http404
    form = OwnWordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = acted(form, lambda: cards.choose_words(user, by=user, words=form.words()))
        if chosen is not None:
            messages.success(request, _("Those are your words now. Tell them to nobody, not even to us."))
            return redirect("account-sessions")
    return render(request, "account/own_words.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Let whoever runs shifts choose a PIN for any phone, behind a second step just shown (U4, B2)."""
    user = who(request)
    or_404(gate.has_role_for(user, Perm.ACKNOWLEDGE_ESCALATION) or None)
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not second_factor.is_fresh(request, user):
            return second_factor.ask_again(request, user)
        if acted(form, lambda: staff_pins.choose(user, by=user, pin=form.cleaned_data["pin"])) is not None:
            messages.success(
                request, _("That is your PIN now. Tell it to nobody, and do not write it beside the code.")
            )
            return redirect("account-pin")
    context = {"form": form, "held": StaffPin.objects.visible_to(user).first()}
    return render(request, "account/pin.html", context, status=422 if form.errors else 200)


@require_POST
def keep_code(request: HttpRequest) -> HttpResponse:
    """Show a code to put away, once."""
    user = who(request)
    if user.person_id is None or second_factor.must(user):
        raise Http404
    return render(request, "account/kept_code.html", {"code": cards.keep_code(user, by=user).code})


@require_POST
def card_lost(request: HttpRequest) -> HttpResponse:
    """End one's own card."""
    cards.give_up(who(request), by=who(request))
    messages.success(request, _("Your card opens nothing any more. Ring us for a new one."))
    return redirect("account-sessions")


@require_POST
def stop_way_back(request: HttpRequest) -> HttpResponse:
    """Stop whoever asked for a way into one's account."""
    recoveries.stop(who(request), by=who(request))
    messages.success(request, _("Stopped. Nobody gets in that way. If this was not you, ring us."))
    return redirect("account-sessions")
