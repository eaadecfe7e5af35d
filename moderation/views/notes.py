"""Putting a note on a post that people read already (B5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation.actions import notes
from moderation.forms.notes import NoteForm
from peer.methods import require_http_methods
from peer.models import Post
from peer.web import acted, for_whom_may, who


@require_http_methods(["GET", "HEAD", "POST"])
def put(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a shown post of somebody else to whoever checks posts there, and take the note."""
    shown = Post.objects.visible_to(who(request)).approved().exclude(author__user=who(request))
    post = get_object_or_404(shown.select_related("thread__group", "author"), public_id=public_id)
    for_whom_may(request, notes.put, post)
    form = NoteForm(request.POST or None, initial={"note": post.content_note})
    if request.method == "POST" and form.is_valid() and _put(request, post, form):
        messages.success(
            request, _("The note is on it. People choose now if they open it, and its writer can read so.")
        )
        return redirect(post)
    context = {"form": form, "post": post}
    return render(request, "moderation/notes/put.html", context, status=422 if form.errors else 200)


def _put(request: HttpRequest, post: Post, form: NoteForm) -> Post | None:
    return acted(form, lambda: notes.put(post, by=who(request), note=form.cleaned_data["note"]))
