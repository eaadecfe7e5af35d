"""Those who check posts, for those who look after them: where each is, and which talks are owed by when (matrix 32)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation import checking
from moderation.actions import checking as acts
from moderation.forms.checking import ModeratorForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import SupervisorTask
from peer.roles import Perm
from peer.web import acted, only_with, or_404, who


@require_safe
@only_with(Perm.LOOK_AFTER_MODERATORS)
def index(request: HttpRequest) -> HttpResponse:
    """Show the talks that are owed, and where each moderator is."""
    talks = SupervisorTask.objects.visible_to(who(request)).open()
    context = {"talks": talks, "everybody": checking.everybody(), "first": checking.table()["first"]["shadowed"]}
    context["of"] = len(checking.practice())
    return render(request, "moderation/moderators/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.LOOK_AFTER_MODERATORS)
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down somebody's training and supervisor."""
    progress = or_404(checking.progress_of(public_id))
    held = {"trained_on": progress.row.trained_on, "supervisor": progress.row.supervisor_id}
    form = ModeratorForm(
        request.POST if request.method == "POST" else None, initial=held, supervisors=checking.supervisors()
    )
    if request.method == "POST" and form.is_valid():
        act = lambda: acts.write_down(progress.row.user, by=who(request), **form.cleaned_data)  # noqa: E731 - run when valid
        if acted(form, act) is not None:
            messages.success(request, _("Written down."))
            return redirect("moderators-index")
    context = {"progress": progress, "form": form}
    return render(request, "moderation/moderators/change.html", context, status=422 if form.errors else 200)


@require_POST
@only_with(Perm.LOOK_AFTER_MODERATORS)
def talked(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down that a talk has been."""
    task = get_object_or_404(SupervisorTask.objects.visible_to(who(request)).open(), public_id=public_id)
    acts.talked(task, by=who(request))
    messages.success(request, _("Written down. Thank you for being there."))
    return redirect("moderators-index")
