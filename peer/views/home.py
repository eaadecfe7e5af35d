"""The page after signing in: for each what is theirs, and nothing that is not."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peer import clock, desks, grants
from peer.events import emit
from peer.methods import require_safe
from peer.models import (
    FeedbackItem,
    GroupSession,
    ImportChange,
    Membership,
    ParentRelationship,
    Person,
    SupportGroup,
    TimelineEntry,
    User,
    WaitingListEntry,
)
from peer.news import WaitOpened
from peer.roles import Role

SHOWN = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greet, and show where the wait stands, the groups one is in and the work that waits."""
    user = cast(User, request.user)
    roles = grants.service_roles(user)
    context: dict[str, Any] = {"places": places_of(user), "roles": {str(role) for role in roles}}
    places = [place.group_id for place, _roles in context["places"]]
    context["next_sessions"] = list(GroupSession.objects.visible_to(user).next_of(places).values()) if places else []
    context["to_cover"] = list(GroupSession.objects.visible_to(user).needing(user)) if places else []
    context["administered"] = list(SupportGroup.objects.administered_by(user).order_by("title"))
    context["work"] = desks.work(user, grants.all_roles(user))
    if not roles.isdisjoint({Role.CO_ORDINATOR, Role.CLINICIAN}):
        context |= _work(user)
    elif user.person is not None:
        is_young = user.person.kind == Person.Kind.YOUNG_PERSON
        context |= own_wait(user) if is_young else _family(user)
        context["may_look"] = user.person.kind != Person.Kind.STAFF
        emit(WaitOpened(user.person))
    if Role.SERVICE_MANAGER in roles:
        context["feedback"] = FeedbackItem.objects.visible_to(user).figures()
    return render(request, "peer/home/home.html", context)


def places_of(user: User) -> list[tuple[Membership, set[str]]]:
    """List the groups one is in, with what one is there; who only administers one is not in it."""
    memberships = Membership.objects.visible_to(user).active().filter(user=user).select_related("group")
    found = [(place, {row.role for row in place.roles.all()}) for place in memberships.with_roles_now()]
    return [(place, roles) for place, roles in found if roles != {Role.GROUP_ADMINISTRATOR}]


def _work(user: User) -> dict[str, Any]:
    """Count the work of those who keep the list."""
    figures = WaitingListEntry.objects.visible_to(user).figures(clock.now())
    return figures | {"changes": ImportChange.objects.visible_to(user).waiting().count()}


def own_wait(user: User) -> dict[str, Any]:
    """Tell a young person where they are: what we know, what is next, and when they last heard from us."""
    entries = WaitingListEntry.objects.visible_to(user).select_related("referral").order_by("-pk")
    events = TimelineEntry.objects.visible_to(user).filter(person=user.person_id).order_by("-at", "-pk")
    entry = entries.first()
    return _wait(entry, list(events[:SHOWN])) | {"asked_by_others": entry.asked_by_those_seen_now() if entry else None}


def _wait(entry: WaitingListEntry | None, events: list[TimelineEntry]) -> dict[str, Any]:
    heard = next((event for event in events if event.kind in TimelineEntry.HEARD), None)
    told = next((event for event in events if event.kind == TimelineEntry.Kind.DECISION), None)
    return {
        "entry": entry,
        "events": events,
        "heard": heard,
        "told": told,
        "news_by_call": entry is not None and _waits_for_call(entry, told),
    }


def _waits_for_call(entry: WaitingListEntry, told: TimelineEntry | None) -> bool:
    """Tell whether there is news that a person gives and nobody reads here first (U2)."""
    if entry.state != WaitingListEntry.State.CLOSED:
        return False
    return told is None or (entry.ended_at is not None and told.at < entry.ended_at)


def _family(user: User) -> dict[str, Any]:
    """Tell a parent or carer what they may know of each child; from 16 there is one wording for all (U7)."""
    relations = ParentRelationship.objects.visible_to(user).select_related("young_person").order_by("pk")
    events = list(TimelineEntry.objects.visible_to(user).exclude(person=user.person_id).order_by("-at", "-pk")[:200])
    entries = {
        entry.referral.person_id: entry
        for entry in WaitingListEntry.objects.visible_to(user).select_related("referral").order_by("pk")
    }
    children = []
    for relation in relations:
        mine = [event for event in events if event.person_id == relation.young_person_id]
        child = _wait(entries.get(relation.young_person_id), mine[:SHOWN])
        children.append({"person": relation.young_person, "may_know_all": relation.may_know == "all", **child})
    return {"children": children}
