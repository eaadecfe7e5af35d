"""The steps of a public text: taken, said yes to, sent back with kind words, stopped, handed to somebody by name."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from cms import young_moderators
from cms.models import PageCheck
from cms.models.approvals import CHANGE_WITHIN, KEEPERS, askable
from peer import doors, workdays
from peer.events import emit
from peer.gate import NotAllowed, action
from peer.models import User
from peer.news import TextNews
from peer.roles import Perm, Role
from peer.states import RuleBroken

HANDED_WITHIN = 2  # working days


@action(Perm.APPROVE_TEXT)
def take(check: PageCheck, *, by: User) -> PageCheck:
    """Say "I am looking at this", so that nobody else reads it at the same time."""
    now = _in_hand(check, by=by)
    now.owner = by
    now.save(update_fields=["owner"])
    return now


@action(Perm.APPROVE_TEXT)
def put_down(check: PageCheck, *, by: User) -> PageCheck:
    """Put a text down again, no reason asked; its due time stays."""
    now = _in_hand(check, by=by)
    now.owner = None
    now.save(update_fields=["owner"])
    return now


@action(Perm.APPROVE_TEXT)
def approve(check: PageCheck, *, by: User, seen: str) -> PageCheck:
    """Say yes to exactly the version that was read; after the last yes it is on the website."""
    now = _in_hand(check, by=by, seen=seen)
    _check_whole(now)
    now.owner, now.due_at = by, None
    now.approve(user=by)
    return now


@action(Perm.APPROVE_TEXT)
def ask_change(check: PageCheck, *, by: User, seen: str, words: str) -> PageCheck:
    """Ask for a change in kind words; whoever wrote it has it on their desk, and all who looked at it hear of it."""
    if not words.strip():
        raise RuleBroken(_("Say in a sentence what would make it better."))
    now = _in_hand(check, by=by, seen=seen)
    heard = doors.hear("text_wish", words=words)
    now.owner, now.owner_role = now.writer, Role.YOUNG_EDITOR if now.writer else Role.EDITOR
    now.due_at = workdays.due(days=CHANGE_WITHIN)
    now.reject(user=by, comment=words.strip())
    doors.wake(heard, now, person=by.person)
    return now


@action(Perm.EDIT_PAGES)
def stop(check: PageCheck, *, by: User) -> PageCheck:
    """Take a text off its way, so that it is a draft again; young editors their own, those who keep the pages any."""
    if check.workflow_state.requested_by_id != by.pk and not by.may_in_service(*KEEPERS):
        raise NotAllowed("approvals.stop")
    now = _locked(check)
    now.due_at = None
    now.save(update_fields=["due_at"])
    try:
        now.workflow_state.cancel(user=by)
    except PermissionDenied as over:
        raise RuleBroken(_("It has come to its end already.")) from over
    return check


@action(Perm.HAND_TEXT_ON)
def hand_on(check: PageCheck, *, by: User, to: User) -> PageCheck:
    """Ask somebody by name to look at what nobody looked at in time, and tell them."""
    now = _locked(check)
    if not PageCheck.objects.late().filter(pk=now.pk).exists():
        raise RuleBroken(_("It is not late: it may still be looked at by whoever likes to."))
    if to not in askable(now):
        raise RuleBroken(_("Choose somebody who may look at it and did not write it."))
    now.owner, now.due_at = to, workdays.due(days=HANDED_WITHIN)
    now.save(update_fields=["owner", "due_at"])
    if to.person is not None:
        emit(TextNews(to.person, now, f"asked-{to.pk}-{now.due_at:%Y%m%d}"))
    return now


def _locked(check: PageCheck) -> PageCheck:
    return PageCheck.objects.select_for_update(of=("self",)).whole().get(pk=check.pk)


def _in_hand(check: PageCheck, *, by: User, seen: str | None = None) -> PageCheck:
    """Hold a step that this person may answer now; of two who press at once the second hears who was quicker."""
    now = _locked(check)
    if not now.is_waiting():
        name = now.finished_by.get_short_name() if now.finished_by else _("Somebody")
        raise RuleBroken(_("%(name)s was quicker: this has an answer already.") % {"name": name})
    if now.asks not in young_moderators.roles_of(by, locked=True):
        raise NotAllowed("approvals")
    if by.pk in {now.workflow_state.requested_by_id, now.revision.user_id}:
        raise RuleBroken(_("You wrote this, so somebody else looks at it."))
    if now.owner is not None and now.is_in_other_hands(by):
        raise RuleBroken(_("%(name)s is looking at this now.") % {"name": now.owner.get_short_name()})
    if seen is not None and seen != str(now.revision_id):
        raise RuleBroken(_("The text has changed since you opened this page. Please read it once more."))
    return now


def _check_whole(check: PageCheck) -> None:
    """Let nothing out without a plain summary and a day by which it is checked again (S7)."""
    text = check.text
    try:
        text.full_clean()
    except ValidationError as problem:
        fields = {field.name: str(getattr(field, "verbose_name", field.name)) for field in text._meta.get_fields()}
        parts = ", ".join(fields.get(name, name) for name in problem.message_dict)
        raise RuleBroken(
            _("This cannot go out yet: something is missing or wrong in “%(parts)s”. Please ask for a change.")
            % {"parts": parts}
        ) from problem
