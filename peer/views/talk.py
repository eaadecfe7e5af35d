"""Reading and writing in a group."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import finding, posting, quiet, reading, screening
from peer.actions import felt as feeling
from peer.actions import talk
from peer.forms.talk import FindForm, ReplyForm, ThreadForm, change_form
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Post, SupportGroup, Thread
from peer.states import RuleBroken
from peer.web import acted, who

PAGE = 20

Write = Callable[..., Post]


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one thread: what is approved, and one's own words with where they are."""
    user = who(request)
    thread = get_object_or_404(reading.with_mark(Thread.objects.visible_to(user), user), public_id=public_id)
    group = get_object_or_404(SupportGroup.objects.visible_to(user).with_standing(user), pk=thread.group_id)
    posts, links = _page(thread, group, request)
    for post in posts:
        post.is_new = reading.is_new(post, thread, group.membership_id)
    if request.method == "GET":
        reading.saw(thread, group.membership_id, posts)
    context = {"thread": thread, "group": group, "posting": posting.of(group), "posts": posts, "form": ReplyForm()}
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
    groups = SupportGroup.objects.joined_by(user).with_standing(user)
    group = get_object_or_404(groups, public_id=public_id)
    form = ThreadForm(request.POST or None)
    send = partial(talk.start_thread, group, by=user)
    save = partial(talk.draft_thread, group, by=user)
    return _write(request, form, send=send, save=save, context={"group": group})


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer in a thread."""
    user = who(request)
    thread = get_object_or_404(Thread.objects.visible_to(user), public_id=public_id)
    group = get_object_or_404(SupportGroup.objects.joined_by(user).with_standing(user), pk=thread.group_id)
    thread.group = group
    form = ReplyForm(request.POST or None)
    send = partial(talk.reply, thread, by=user)
    save = partial(talk.draft_reply, thread, by=user)
    return _write(request, form, send=send, save=save, context={"group": group, "thread": thread})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's own post and send it, or keep it for later."""
    user = who(request)
    post = _own(request, public_id)
    group = get_object_or_404(SupportGroup.objects.visible_to(user).with_standing(user), pk=post.thread.group_id)
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
    context |= {"form": form, "posting": posting.of(context["group"]), "worried": worried}
    return render(request, "peer/talk/write.html", context, status=422 if form.errors else 200)


def _page(thread: Thread, group: SupportGroup, request: HttpRequest) -> tuple[list[Post], dict[str, str]]:
    """Give one page of posts, oldest first, and the links beside it (keyset, performance 7.2)."""
    rows = reading.with_felt(thread.posts.seen_by(group.membership_id), group.membership_id)
    after, before = _number(request.GET.get("after")), _number(request.GET.get("before"))
    if before is not None or "newest" in request.GET:
        rows = rows.filter(pk__lt=before) if before is not None else rows
        posts = list(rows.order_by("-id")[: PAGE + 1])
        earlier, later = len(posts) > PAGE, before is not None
        posts = posts[:PAGE][::-1]
    else:
        posts = list((rows.filter(pk__gt=after) if after is not None else rows)[: PAGE + 1])
        earlier, later = after is not None, len(posts) > PAGE
        posts = posts[:PAGE]
    links = {"here": _here(request)}
    if posts and earlier:
        links["earlier_href"] = f"?before={posts[0].pk}"
    if posts and later:
        links["later_href"] = f"?after={posts[-1].pk}"
    return posts, links


def _here(request: HttpRequest) -> str:
    """Give the place in a thread that a page shows, for whatever leads back to it."""
    places = {name: _number(request.GET.get(name)) for name in ("after", "before")}
    newest = "?newest=1" if "newest" in request.GET else ""
    return next((f"?{name}={pk}" for name, pk in places.items() if pk is not None), newest)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
