"""The desk of what we say in public: written by staff, read on a phone by a young person, posted by hand (S11, S12)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cms import packs, young_moderators
from cms.actions import social
from cms.forms.social import AltForm, AnswerForm, CardForm, PhotoForm, ReleaseForm, WithdrawForm, WordsForm
from cms.models import ShareImage, SocialPost
from peer import gate, readability
from peer.methods import require_http_methods, require_POST, require_safe
from peer.roles import Perm
from peer.web import acted, for_whom_may, only_with, who

SHOWN = 30
State = SocialPost.State


@only_with(Perm.READ_SOCIAL)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits for whoever looks, and what became of the others."""
    user = who(request)
    posts = SocialPost.objects.visible_to(user)
    reads = young_moderators.is_one(user)
    context = {
        "reads": reads,
        "writes": gate.can(user, Perm.WRITE_SOCIAL, gate.SERVICE),
        "to_read": posts.waiting().not_by(user).whole()[:SHOWN] if reads else [],
        "own_waiting": posts.waiting().whole()[:SHOWN],
        "to_mend": posts.to_mend().exclude(state=State.WAITING).whole()[:SHOWN],
        "released": posts.filter(state=State.RELEASED).order_by("-released_at").whole()[:SHOWN],
        "over": posts.filter(state__in=[State.DECLINED, State.WITHDRAWN]).order_by("-pk").whole()[:SHOWN],
    }
    return render(request, "social/desk/index.html", context)


@only_with(Perm.READ_SOCIAL)
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one of them, with what whoever looks may do."""
    return _shown(request, _post(request, public_id))


def _post(request: HttpRequest, public_id: str) -> SocialPost:
    post: SocialPost = get_object_or_404(SocialPost.objects.visible_to(who(request)).whole(), public_id=public_id)
    return post


def _shown(request: HttpRequest, post: SocialPost, wrong: forms.Form | None = None, what: str = "") -> HttpResponse:
    user = who(request)
    seen = {"seen": post.fingerprint()}
    decides = post.state == State.WAITING and young_moderators.is_one(user)
    context = {
        "post": post,
        "aim": readability.AIM,
        "writes": gate.can(user, Perm.WRITE_SOCIAL, gate.SERVICE),
        "open": post.state in social.OPEN,
        "decides": decides and post in SocialPost.objects.visible_to(user).waiting().not_by(user),
        "has_it": post.owner_id == user.pk and post.is_taken(),
        "by_another": post.is_taken() and post.owner_id != user.pk,
        "release": ReleaseForm(initial=seen),
        "answers": {
            name: wrong if name == what and wrong else AnswerForm(initial=seen, auto_id=f"{name}-%s")
            for name in ("return", "decline")
        },
        "withdraws": post.state in social.OPEN and gate.can(user, Perm.WITHDRAW_SOCIAL, gate.SERVICE),
        "withdraw": wrong if what == "withdraw" and wrong else WithdrawForm(auto_id="withdraw-%s"),
        "wrong": wrong,
        "is_out_of_sight": post.state == State.RELEASED
        and not SocialPost.objects.visible_to(user).released().filter(pk=post.pk).exists(),
        "steps": post.steps.select_related("by"),
    }
    return render(request, "social/desk/detail.html", context, status=422 if wrong else 200)


# ── What a moderator does, and who takes it back ────────────────────────────────────────────────────────────────────
FORMS: dict[str, type[forms.Form]] = {
    "claim": forms.Form,
    "put-down": forms.Form,
    "release": ReleaseForm,
    "return": AnswerForm,
    "decline": AnswerForm,
    "withdraw": WithdrawForm,
}
ACTS: dict[str, Callable[..., SocialPost]] = {
    "claim": social.claim,
    "put-down": social.put_down,
    "release": social.release,
    "return": social.ask_for_change,
    "decline": social.decline,
    "withdraw": social.withdraw,
}


@only_with(Perm.READ_SOCIAL)
@require_POST
def act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Take it to read, say yes, ask for a change, say no, or take it back."""
    if what not in ACTS:
        raise Http404
    post = for_whom_may(request, ACTS[what], _post(request, public_id))
    form = FORMS[what](request.POST, auto_id=f"{what}-%s")
    if not form.is_valid() or acted(form, lambda: _do(request, post, what, form)) is None:
        return _shown(request, _post(request, public_id), form, what)
    messages.success(request, _done()[what])
    return redirect(post if what in ("claim", "withdraw") else "social-index")


def _do(request: HttpRequest, post: SocialPost, what: str, form: forms.Form) -> SocialPost:
    given = dict(form.cleaned_data)
    if what == "withdraw":
        given = {"reason": given["words"]}
    return ACTS[what](post, by=who(request), **given)


def _done() -> dict[str, str]:
    return {
        "claim": _("It is yours for half an hour."),
        "put-down": _("Somebody else will read it."),
        "release": _("Thank you. It may go out now, with your yes."),
        "return": _("Thank you. They change it, and it comes back to be read."),
        "decline": _("Thank you. It does not go out, and they know why."),
        "withdraw": _("Taken back. Nobody finds it here any more."),
    }


def _did(request: HttpRequest, form: forms.Form, act: Callable[[], object]) -> bool:
    """Act by a form that was sent and is right; else the page shows it again, with what is wrong."""
    return request.method == "POST" and form.is_valid() and acted(form, act) is not None


# ── What writers do ─────────────────────────────────────────────────────────────────────────────────────────────────
@only_with(Perm.WRITE_SOCIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Begin a post."""
    form = WordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        post = acted(form, lambda: social.write(gate.SERVICE, by=who(request), said=social.Said(**form.cleaned_data)))
        if post is not None:
            return redirect(post)
    return render(request, "social/desk/write.html", {"form": form}, status=422 if form.errors else 200)


@only_with(Perm.WRITE_SOCIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the words; what was released waits again."""
    post = _open_post(request, public_id)
    now = {name: getattr(post, name) for name in ("words", "short_words", "networks", "link", "go_out_on")}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=now)
    if _did(request, form, lambda: social.change(post, by=who(request), said=social.Said(**form.cleaned_data))):
        return redirect(post)
    return render(request, "social/desk/write.html", {"form": form, "post": post}, status=422 if form.errors else 200)


@only_with(Perm.WRITE_SOCIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have a card drawn."""
    post = _open_post(request, public_id)
    form = CardForm(request.POST if request.method == "POST" else None)
    if _did(request, form, lambda: social.add_card(post, by=who(request), **form.cleaned_data)):
        return redirect(post)
    context = {"form": form, "post": post, "title": _("Add a card")}
    return render(request, "social/desk/picture.html", context, status=422 if form.errors else 200)


@only_with(Perm.WRITE_SOCIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a photo of ours."""
    post = _open_post(request, public_id)
    form = PhotoForm(request.POST if request.method == "POST" else None)
    if _did(request, form, lambda: social.add_photo(post, by=who(request), **form.cleaned_data)):
        return redirect(post)
    context = {"form": form, "post": post, "title": _("Add a photo")}
    return render(request, "social/desk/picture.html", context, status=422 if form.errors else 200)


@only_with(Perm.WRITE_SOCIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Change what a picture says to whoever cannot see it."""
    post = _open_post(request, public_id)
    image = get_object_or_404(ShareImage.objects.visible_to(who(request)), post=post, pk=pk)
    form = AltForm(request.POST if request.method == "POST" else None, initial={"alt": image.alt})
    if _did(request, form, lambda: social.say_again(image, by=who(request), **form.cleaned_data)):
        return redirect(post)
    context = {"form": form, "post": post, "image": image, "title": _("What the picture shows")}
    return render(request, "social/desk/picture.html", context, status=422 if form.errors else 200)


@only_with(Perm.WRITE_SOCIAL)
@require_POST
def take_out(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Take a picture out."""
    post = _open_post(request, public_id)
    image = get_object_or_404(ShareImage.objects.visible_to(who(request)), post=post, pk=pk)
    social.take_out(image, by=who(request))
    messages.success(request, _("The picture is out."))
    return redirect(post)


@only_with(Perm.WRITE_SOCIAL)
@require_POST
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send it to be read by a young person."""
    post = _open_post(request, public_id)
    form = forms.Form(request.POST)
    if not form.is_valid() or acted(form, lambda: social.send(post, by=who(request))) is None:
        return _shown(request, _post(request, public_id), form, "send")
    messages.success(request, _("Sent. A young person reads it, and you hear what comes of it."))
    return redirect(post)


@only_with(Perm.WRITE_SOCIAL)
@require_safe
def pack(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give words, pictures and what they show as one file, to post by hand; only of what was released."""
    posts = SocialPost.objects.visible_to(who(request)).released().whole()
    post = get_object_or_404(posts, public_id=public_id)
    if not post.is_as_released():
        raise Http404
    response = HttpResponse(packs.pack(post), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{packs.name_of(post)}"'
    return response


def _open_post(request: HttpRequest, public_id: str) -> SocialPost:
    post = _post(request, public_id)
    if post.state not in social.OPEN:
        raise Http404
    return post
