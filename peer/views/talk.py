"""Reading and writing in a group."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import finding, page_rows, posting, quiet, reading, rooms, screening
from peer.actions import felt as feeling
from peer.actions import talk
from peer.forms.talk import FindForm, ReplyForm, ThreadForm, change_form
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import GroupSession, Post, SupportGroup, Thread
from peer.models.memberships import NOBODY
from peer.states import RuleBroken
from peer.web import acted, first_or_404, number, who

NEWEST = 2**63 - 1  # no post has a key behind it

Write = Callable[..., Post]


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one thread: what is approved, and one's own words with where they are."""
    user = who(request)
    thread = first_or_404(page_rows.thread(user=user.pk, public_id=public_id))
    group = first_or_404(posting.read(user=user.pk, group=thread.group_id))
    posts, links = _page(thread, group, request)
    for post in posts:
        post.is_new = reading.is_new(post, thread, group.membership_id)
    if request.method == "GET":
        reading.saw(thread, group.membership_id, posts)
    now = posting.of(group)
    context = {"thread": thread, "group": group, "posting": now, "posts": posts, "form": ReplyForm()}
    context["may_feel"] = group.membership_id is not None
    if thread.is_room:
        session = GroupSession.objects.visible_to(user).with_people().filter(thread=thread).first()
        context |= {"session": session, "room": session and rooms.of(session, now)}
    return render(request, "peer/talk/detail.html", context | links)


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Look for words in one's groups; they come as a form, so that they stand in no address and no log."""
    form = FindForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "worried": screening.screen(form.data.get("words", "")).level}
    if form.is_valid():
        found = finding.find(who(request), form.cleaned_data["words"], before=form.cleaned_data["before"])
        posts = found[: finding.PAGE]
        context |= {"looked": True, "posts": posts, "older": posts[-1].pk if len(found) > finding.PAGE else None}
    return render(request, "peer/talk/find.html", context, status=422 if form.errors else 200)


@require_POST
def felt(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say with one press that one has felt this too, or take it back, and stay on the page."""
    user = who(request)
    others = Post.objects.visible_to(user).approved().exclude(author__user=user).select_related("thread__group")
    post = get_object_or_404(others, public_id=public_id)
    act = feeling.take_back if "take_back" in request.POST else feeling.say
    with suppress(RuleBroken):  # gone a moment ago: the page shows it no more
        act(post, by=user)
    return redirect(f"{post.thread.get_absolute_url()}{_here(request)}#post-{post.public_id}")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin a new subject in a group."""
    user = who(request)
    group = get_object_or_404(SupportGroup.objects.joined_by(user), public_id=public_id)
    form = ThreadForm(request.POST or None)
    send = partial(talk.start_thread, group, by=user)
    save = partial(talk.draft_thread, group, by=user)
    return _write(request, form, send=send, save=save, context={"group": group})


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer in a thread."""
    user = who(request)
    thread = first_or_404(page_rows.thread(user=user.pk, public_id=public_id))
    form = ReplyForm(request.POST or None)
    send = partial(talk.reply, thread, by=user)
    save = partial(talk.draft_reply, thread, by=user)
    return _write(request, form, send=send, save=save, context={"group": thread.group, "thread": thread})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's own post and send it, or keep it for later."""
    user = who(request)
    post = _own(request, public_id)
    group = get_object_or_404(SupportGroup.objects.visible_to(user), pk=post.thread.group_id)
    form = change_form(
        request.POST or None,
        initial={"title": post.thread.title, "body": post.body, "content_note": post.content_note},
        with_title=post.may_retitle(),
    )
    send = partial(talk.send, post, by=user)
    save = partial(talk.save_draft, post, by=user)
    context = {"group": group, "thread": None if post.opens_thread() else post.thread, "post": post}
    return _write(request, form, send=send, save=save, context=context)


@require_safe
def own(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one's own post: where it is now, when it will be read, what can be done with it."""
    post = _own(request, public_id)
    user = who(request)
    group = SupportGroup.objects.visible_to(user).with_standing(user).filter(pk=post.thread.group_id).first()
    found = screening.screen(post.body).level if post.state == Post.State.DRAFT else post.level
    context = {"post": post, "group": group, "posting": group and posting.of(group), "worried": found}
    if group is not None and post.state == Post.State.PENDING:
        context["usual"] = quiet.in_words(quiet.usual_wait(group))
    return render(request, "peer/talk/own.html", context)


@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a waiting post back to change it."""
    post = talk.take_back(_own(request, public_id), by=who(request))
    return redirect("talk-change", post.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once, then take a post away for good."""
    post = _own(request, public_id)
    if request.method == "POST":
        talk.withdraw(post, by=who(request))
        return redirect("talk-own", post.public_id)
    return render(request, "peer/talk/withdraw.html", {"post": post})


def _own(request: HttpRequest, public_id: str) -> Post:
    user = who(request)
    rows = Post.objects.visible_to(user).filter(author__user=user).select_related("thread__group", "author")
    rows = reading.with_felt(rows, None)
    return get_object_or_404(rows, public_id=public_id)


def _write(
    request: HttpRequest, form: forms.Form, *, send: Write, save: Write, context: dict[str, Any]
) -> HttpResponse:
    """Show the box; send or keep what is in it; where a rule says no, give every word back."""
    if request.method == "POST" and form.is_valid():
        act = save if "keep" in request.POST else send
        post = acted(form, lambda: act(**form.cleaned_data))
        if post is not None:
            return redirect("talk-own", post.public_id)
    worried = screening.screen(form.data.get("body", "")).level if form.errors else ""
    group = first_or_404(posting.read(user=who(request).pk, group=context["group"].pk))
    context |= {"form": form, "group": group, "posting": posting.of(group), "worried": worried}
    return render(request, "peer/talk/write.html", context, status=422 if form.errors else 200)


def _page(thread: Thread, group: SupportGroup, request: HttpRequest) -> tuple[list[Post], dict[str, str]]:
    """Give one page of posts, oldest first, and the links beside it (keyset, performance 7.2)."""
    here = {"thread": thread.pk, "place": group.membership_id or NOBODY}
    after, before = number(request.GET.get("after")), number(request.GET.get("before"))
    if before is not None or "newest" in request.GET:
        posts = page_rows.posts_before(**here, before=NEWEST if before is None else before)
        earlier, later = len(posts) > page_rows.PAGE, before is not None
        posts = posts[: page_rows.PAGE][::-1]
    else:
        posts = page_rows.posts_after(**here, after=after or 0)
        earlier, later = after is not None, len(posts) > page_rows.PAGE
        posts = posts[: page_rows.PAGE]
    links = {"here": _here(request)}
    if posts and earlier:
        links["earlier_href"] = f"?before={posts[0].pk}"
    if posts and later:
        links["later_href"] = f"?after={posts[-1].pk}"
    return posts, links


def _here(request: HttpRequest) -> str:
    """Give the place in a thread that a page shows, for whatever leads back to it."""
    places = {name: number(request.GET.get(name)) for name in ("after", "before")}
    newest = "?newest=1" if "newest" in request.GET else ""
    return next((f"?{name}={pk}" for name, pk in places.items() if pk is not None), newest)
