"""A clinician's list of hello calls, and one form for each (U8)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import consents, gate
from peer.actions import hello_calls
from peer.forms.hello_calls import ALSO, HelloForm
from peer.forms.invitations import KeepApartForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import HelloCall, KeptApart, Membership, Person, ProfileNote, User
from peer.models.consent import wording
from peer.models.hello_calls import HelloCallQuerySet
from peer.roles import Perm
from peer.web import acted, who

HEARD = ("born_on", "basis", "safe_ways", "helps", "explained", "understood", "also")
FILLED_IN = (ProfileNote.Part.SAFE_WAYS, ProfileNote.Part.HELPS)  # these stand in the form itself


def _mine(request: HttpRequest) -> HelloCallQuerySet:
    """Begin with the calls a clinician may see; for anybody else there is no such page."""
    if not gate.can(who(request), Perm.MAKE_HELLO_CALL, gate.SERVICE):
        raise Http404
    return HelloCall.objects.visible_to(who(request)).select_related("membership__person", "membership__group")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the calls that are owed, soonest due first."""
    return render(request, "peer/hello_calls/index.html", {"calls": _mine(request).to_make()})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one call and take what came of it."""
    call = get_object_or_404(_mine(request), public_id=public_id)
    person = call.membership.person
    told = ProfileNote.objects.none().shown_at(ProfileNote.Place.HELLO, person)
    also = _not_asked_yet(call.membership)
    form = HelloForm(request.POST or None, initial=_first(call, told), also=[one.purpose for one in also])
    settle = partial(_settle, call, by=who(request))
    do = lambda: settle(said=form.cleaned_data | {"also": form.answers()})  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, do) is not None:
        messages.success(request, _("Written down. Thank you for ringing."))
        return redirect("hello-calls-index")
    if request.method != "POST":
        gate.looked(call, by=who(request))
    is_open = call.state in {HelloCall.State.DUE, HelloCall.State.NOT_NOW}
    context = {
        "numbers": _numbers(person, by=who(request)) if is_open else [],
        "call": call,
        "person": person,
        "told": [note for note in told if note.part not in FILLED_IN],
        "form": form,
        "limits": wording("limits"),
        "join": wording("join"),
        "also": also,
        "is_open": is_open,
        "apart": KeptApart.objects.visible_to(who(request)).of(person).select_related("one", "other"),
        "stands_between": KeptApart.objects.visible_to(who(request)).stands_between(person, call.membership.group),
    }
    return render(request, "peer/hello_calls/detail.html", context, status=422 if form.errors else 200)


@require_POST
def taken_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Note that somebody else has taken over."""
    hello_calls.taken_over(get_object_or_404(_mine(request), public_id=public_id), by=who(request))
    return redirect("hello-calls-index")


@require_http_methods(["GET", "HEAD", "POST"])
def keep_apart(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say whom this person must not meet in a group."""
    call = get_object_or_404(_mine(request), public_id=public_id)
    person = call.membership.person
    people = Person.objects.visible_to(who(request)).filter(kind=person.kind).exclude(pk=person.pk)
    form = KeepApartForm(request.POST or None, people=people.order_by("given_name", "family_name", "pk"))
    act = partial(hello_calls.keep_apart, person, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        return redirect(call)
    context = {"call": call, "person": person, "form": form}
    return render(request, "peer/hello_calls/keep_apart.html", context, status=422 if form.errors else 200)


def _not_asked_yet(membership: Membership) -> list[consents.Asked]:
    """List the questions that a yes without a page has left open; whoever came by the link has answered them (C1)."""
    if membership.user_id is not None:
        return []
    asked = consents.of(membership.person)
    return [one for one in asked if one.purpose in ALSO and one.answer is consents.Answer.NOT_ASKED]


def _first(call: HelloCall, told: list[ProfileNote]) -> dict[str, str]:
    """Fill in what they have told once and let be read here, so that nobody has to say it again (S59)."""
    words = {note.part: note.words or "" for note in told}
    safe_ways = call.safe_ways or words.get(ProfileNote.Part.SAFE_WAYS, "")
    return {"safe_ways": safe_ways, "helps": call.helps or words.get(ProfileNote.Part.HELPS, "")}


def _numbers(person: Person, *, by: User) -> list[Any]:
    """Give their own numbers to ring, proved ones first; each look leaves a trace."""
    found = sorted(person.contact_points.reachable().phones(), key=lambda number: (not number.is_proved, number.pk))
    for number in found:
        gate.looked(number, by=by, why="hello call")
    return found


def _settle(call: HelloCall, *, by: User, said: dict[str, Any]) -> Membership | HelloCall:
    match said["outcome"]:
        case "confirm":
            heard = {name: said[name] for name in HEARD}
            return hello_calls.confirm(call, by=by, said=hello_calls.Said(**heard))
        case "not_now" if call.state == HelloCall.State.NOT_NOW:
            return hello_calls.ring_again(call, by=by)
        case "not_now":
            return hello_calls.not_now(call, by=by, safe_ways=said["safe_ways"])
        case _:
            return hello_calls.unsuitable(call, by=by, handover=said["handover"])
