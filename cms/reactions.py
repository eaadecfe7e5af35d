"""What this package does when Wagtail has news: all who acted hear the end; what an editor put out is looked at."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import ModelLogEntry, PageLogEntry, WorkflowState
from wagtail.signals import workflow_approved, workflow_cancelled, workflow_rejected

from cms.models import DirectoryService, Mend
from cms.models.base import PlainLanguagePage
from cms.models.mends import due_next_day
from peer import clock
from peer.events import emit
from peer.models import Person, User
from peer.news import TextNews
from peer.roles import Role
from peer.states import open_moves

CHANGES = {"wagtail.publish": Mend.What.PUT_OUT, "wagtail.unpublish": Mend.What.TAKEN_DOWN}


@receiver(workflow_approved, sender=WorkflowState)
@receiver(workflow_rejected, sender=WorkflowState)
@receiver(workflow_cancelled, sender=WorkflowState)
def tell_everyone(instance: WorkflowState, user: User | None, **_: Any) -> None:
    """Tell whoever wrote a text and whoever looked at any step of it, but not who has just acted (Wagtail's 10196)."""
    acted = set(instance.task_states.exclude(finished_by=None).values_list("finished_by", flat=True))
    people = User.objects.filter(pk__in=acted | {instance.requested_by_id}).exclude(pk=user.pk if user else 0)
    for person in Person.objects.filter(user__in=people).order_by("pk"):
        emit(TextNews(person, instance.current_task_state, str(instance.status)))


@receiver(post_save, sender=PageLogEntry)
@receiver(post_save, sender=ModelLogEntry)
def have_looked_at(instance: PageLogEntry | ModelLogEntry, created: bool, **_: Any) -> None:
    """Ask a young moderator about what an editor changed in Wagtail's own pages, outside the steps (U22).

    Our own acts write their row themselves; what nobody did, such as a page whose time is over, is no one's to answer.
    """
    if not created or instance.action not in CHANGES or instance.user_id is None or open_moves.get() is not None:
        return
    text = instance.content_type.get_object_for_this_type(pk=_key(instance))
    if not isinstance(text, PlainLanguagePage | DirectoryService):
        return
    facts = {"title": str(text), "after": instance.revision, "changed_at": clock.now(), "due_at": due_next_day()}
    same = {"content_type": instance.content_type, "object_id": text.pk, "by_id": instance.user_id, "owner": None}
    same |= {"what": CHANGES[instance.action], "state": Mend.State.ASKED, "why": ""}
    first = {"before": _before(instance), "owner_role": Role.PEER_MODERATOR}
    Mend.objects.update_or_create(**same, defaults=facts, create_defaults=facts | first)


def _key(entry: PageLogEntry | ModelLogEntry) -> Any:
    return entry.page_id if isinstance(entry, PageLogEntry) else entry.object_id


def _before(entry: PageLogEntry | ModelLogEntry) -> Any:
    """Find the version that was on the website until now."""
    of_text = {"page_id": entry.page_id} if isinstance(entry, PageLogEntry) else {"object_id": entry.object_id}
    rows = type(entry).objects.filter(content_type=entry.content_type, pk__lt=entry.pk, **of_text)
    last = rows.filter(action__in=CHANGES).order_by("-pk").select_related("revision").first()
    return last.revision if last and last.action == "wagtail.publish" else None
