"""Its pages: keyset paging, stored HTML, one question whether somebody is a member.

A reply is what performance 6 (G4) says of it: membership, cleaned HTML, a counter, an outgoing row, a row of the trail.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

import nh3
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import linebreaks

from cms.bench.parts.floor.models import Group, Member, Outgoing, Post, Thread, Trail

PAGE = 20


class ReplyForm(forms.Form):
    """A box to write in."""

    body = forms.CharField(widget=forms.Textarea, max_length=4_000)


class FindForm(forms.Form):
    """A box for words to look for."""

    words = forms.CharField(max_length=80)


def _mine(request: HttpRequest) -> list[int]:
    places = Member.objects.filter(user=request.user.pk, state="active")
    return list(places.values_list("group_id", flat=True))


@login_required
def groups(request: HttpRequest) -> HttpResponse:
    """List my groups."""
    mine = Group.objects.filter(members__user=request.user.pk, members__state="active").order_by("title")
    return render(request, "groups.html", {"groups": mine})


@login_required
def group(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the threads of a group."""
    mine = Group.objects.filter(members__user=request.user.pk, members__state="active")
    found = get_object_or_404(mine, public_id=public_id)
    rows = (
        Thread.objects.filter(group=found, post_count__gt=0)
        .select_related("started_by")
        .order_by("-last_post_at", "-id")
    )
    if "before" in request.GET:
        at, _, pk = request.GET["before"].partition("-")
        place = dt.datetime.fromtimestamp(float(at), dt.UTC)
        rows = rows.filter(last_post_at__lte=place).exclude(last_post_at=place, pk__gte=int(pk))
    threads = list(rows[: PAGE + 1])
    context = {"group": found, "threads": threads[:PAGE], "last": threads[PAGE - 1] if len(threads) > PAGE else None}
    return render(request, "group.html", context)


def _thread(request: HttpRequest, public_id: str) -> tuple[Thread, Member]:
    thread = get_object_or_404(Thread.objects.select_related("group"), public_id=public_id)
    return thread, get_object_or_404(Member, group=thread.group, user=request.user.pk, state="active")


@login_required
def thread(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one page of a thread."""
    found, _member = _thread(request, public_id)
    rows = Post.objects.filter(thread=found, state="approved").select_related("author").order_by("id")
    if "after" in request.GET:
        rows = rows.filter(pk__gt=int(request.GET["after"]))
    posts = list(rows[: PAGE + 1])
    context = {"thread": found, "posts": posts[:PAGE], "more": len(posts) > PAGE, "form": ReplyForm()}
    return render(request, "thread.html", context)


@login_required
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep a reply to be read, cleaned and counted, with what tells somebody of it and a line of the trail."""
    form = ReplyForm(request.POST)
    found, member = _thread(request, public_id)
    if not form.is_valid():
        return render(request, "thread.html", {"thread": found, "posts": [], "form": form}, status=422)
    body, now = form.cleaned_data["body"], dt.datetime.now(dt.UTC)  # noqa: TID251 - the floor knows no other clock
    html = nh3.clean(linebreaks(body, autoescape=True))
    with transaction.atomic():  # noqa: TID251 - the floor has no gate
        post = Post.objects.create(
            public_id=secrets.token_urlsafe(12),
            thread=found,
            author=member,
            body=body,
            html=html,
            content_hash=hashlib.sha256(html.encode()).hexdigest(),
            state="pending",
            due_at=now + dt.timedelta(hours=4),
            created_at=now,
            submitted_at=now,
        )
        Thread.objects.filter(pk=found.pk).update(post_count=F("post_count") + 1)
        Outgoing.objects.create(post=post, due_at=now)
        Trail.objects.create(post=post, at=now)
    return redirect("thread", public_id)


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits in my groups, the oldest first."""
    rows = Post.objects.filter(state="pending", thread__group_id__in=_mine(request))
    posts = list(rows.select_related("thread__group", "author").order_by("id")[: PAGE + 1])
    return render(request, "queue.html", {"posts": posts[:PAGE], "more": len(posts) > PAGE})


@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Look for words in my groups."""
    form = FindForm(request.POST or None)
    posts: list[Post] = []
    if form.is_valid():
        rows = Post.objects.filter(state="approved", thread__group_id__in=_mine(request))
        words = SearchQuery(form.cleaned_data["words"], config="english", search_type="websearch")
        rows = rows.annotate(vector=SearchVector("html", config="english")).filter(vector=words)
        posts = list(rows.select_related("thread__group", "author").order_by("-id")[: PAGE + 1])
    return render(request, "find.html", {"form": form, "posts": posts[:PAGE]})
