"""Questions of those who check posts, and the clinician's answers (S35)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation.actions import questions
from moderation.forms.questions import AnswerForm, AskForm
from moderation.models import ModerationClaim, ModeratorQuestion, QueuedPost
from moderation.views.queue import care, page_of
from peer.gate import looked
from peer.methods import require_http_methods, require_POST
from peer.web import acted, for_whom_may, who


@require_POST
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask about a post that one has in hand; what was typed stays where something was wrong."""
    post = get_object_or_404(QueuedPost.objects.visible_to(who(request)).with_group(), public_id=public_id)
    form = AskForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data["words"]
        if acted(form, lambda: questions.ask(post, by=who(request), words=words)) is not None:
            messages.success(request, _("Asked. The answer comes under “Posts to read”. You can go on meanwhile."))
            care(request, words)
            return redirect("queue-detail", public_id)
    held = ModerationClaim.objects.visible_to(who(request)).live().filter(post_id=post.pk).first()
    if held is None:
        return render(request, "moderation/queue/closed.html", {"post": post, "ask": form}, status=422)
    context = page_of(post) | {"claim": held, "ask": form, "opened": "ask", "wrong": form}
    return render(request, "moderation/queue/detail.html", context, status=422)


@require_POST
def thank(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put an answer away."""
    rows = ModeratorQuestion.objects.visible_to(who(request)).asked_by(who(request))
    questions.thank(get_object_or_404(rows, public_id=public_id, state="answered"), by=who(request))
    return redirect("queue-list")


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a question with its post to the clinician on call, and take the answer."""
    rows = ModeratorQuestion.objects.visible_to(who(request)).for_clinicians(who(request))
    question = for_whom_may(request, questions.answer, get_object_or_404(rows, public_id=public_id))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if acted(form, lambda: questions.answer(question, by=who(request), words=words)) is not None:
            messages.success(request, _("Answered. They read it in their queue."))
            return redirect("risk-list")
    looked(question.post, by=who(request), why="risk lane")
    context = {"question": question, "form": form}
    return render(request, "moderation/questions/answer.html", context, status=422 if form.errors else 200)
