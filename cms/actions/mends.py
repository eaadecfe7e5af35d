"""Wrong facts, taken down or put right by one editor at once; a young moderator is asked afterwards (U22)."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.actions.unpublish import UnpublishAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page

from cms import swapping, young_moderators
from cms.models import Mend
from cms.models.mends import askable, due_next_day
from peer import doors, workdays
from peer.events import emit
from peer.gate import NotAllowed, action
from peer.models import User
from peer.news import TextNews
from peer.roles import Perm, Role
from peer.states import RuleBroken

SETTLE_WITHIN = 2  # working days
Text = Any  # a page or a service of the directory


@action(Perm.MEND_TEXT)
def take_down(text: Text, *, by: User, reason: str) -> Mend:
    """Take a page or service off the website now; a young moderator is asked tomorrow whether that is right."""
    live = _live(text)
    if not getattr(live, "may_be_taken_down", True):
        raise RuleBroken(_("This page must always be there. Put right what is wrong in it."))
    before = _as_it_is(live, by=by)
    _unpublish(live, by=by)
    return _ask(live, by=by, what=Mend.What.TAKEN_DOWN, why=reason, before=before)


@action(Perm.MEND_TEXT)
def put_right(text: Text, *, by: User, wrong: str, instead: str, reason: str) -> Mend:
    """Put other words in the place of wrong ones now, in what is on the website and in any newer draft of it."""
    live = _live(text)
    newer = live.latest_revision if live.has_unpublished_changes else None
    before = _as_it_is(live, by=by)
    if not swapping.swap(live, wrong=wrong, instead=instead):
        raise RuleBroken(_("Those words do not stand there like that. Copy them exactly as they stand on the page."))
    after = _publish(live, by=by)
    if newer is not None:
        draft = newer.as_object()
        swapping.swap(draft, wrong=wrong, instead=instead)
        draft.save_revision(user=by, log_action=True, clean=False)  # a draft need not be whole
    words = {"wrong": wrong, "instead": instead}
    return _ask(live, by=by, what=Mend.What.PUT_RIGHT, why=reason, before=before, after=after, **words)


@action(Perm.APPROVE_TEXT)
def take(mend: Mend, *, by: User) -> Mend:
    """Say "I am looking at this"."""
    now = _in_hand(mend, by=by)
    now.owner = by
    now.save(update_fields=["owner"])
    return now


@action(Perm.APPROVE_TEXT)
def agree(mend: Mend, *, by: User) -> Mend:
    """Say that it is right so; whoever changed it hears that."""
    now = _in_hand(mend, by=by)
    now.move_to(Mend.State.RIGHT, owner=by, answered_by=by, due_at=None)
    _tell(now, now.by, but=by)
    return now


@action(Perm.APPROVE_TEXT)
def disagree(mend: Mend, *, by: User, words: str) -> Mend:
    """Say that it is not right, and why; nothing changes by itself: whoever changed it decides what to do."""
    if not words.strip():
        raise RuleBroken(_("Say in a sentence what is not right."))
    now = _in_hand(mend, by=by)
    heard = doors.hear("mend_answer", words=words)
    due = workdays.due(days=SETTLE_WITHIN)
    now.move_to(
        Mend.State.NOT_RIGHT, answer=words.strip(), answered_by=by, owner=now.by, owner_role=Role.EDITOR, due_at=due
    )
    doors.wake(heard, now, person=by.person)
    _tell(now, now.by, but=by)
    return now


@action(Perm.MEND_TEXT)
def put_back(mend: Mend, *, by: User) -> Mend:
    """Put the text back as it was before, or off the website where it was not on it before."""
    now = _locked(mend)
    text = now.text
    if text is None or (now.before is None and not _was_new(now)):
        raise RuleBroken(_("How it was before is no longer kept. Put it right in the editor."))
    if not now.is_taken_down() and now.after_id != text.live_revision_id:
        raise RuleBroken(_("It has been changed again since. Put it right in the editor."))
    if now.before is None:
        _unpublish(text, by=by)
    else:
        _publish(now.before.as_object(), by=by)
    now.move_to(Mend.State.BACK, due_at=None)
    _tell(now, now.answered_by, but=by)
    return now


@action(Perm.MEND_TEXT)
def keep(mend: Mend, *, by: User, reason: str) -> Mend:
    """Leave it as it is, with a reason that the young moderator reads."""
    if not reason.strip():
        raise RuleBroken(_("Say in a sentence why it stays as it is."))
    now = _locked(mend)
    now.move_to(Mend.State.KEPT, outcome=reason.strip(), due_at=None)
    _tell(now, now.answered_by, but=by)
    return now


@action(Perm.HAND_TEXT_ON)
def hand_on(mend: Mend, *, by: User, to: User) -> Mend:
    """Ask somebody by name about a change that nobody has answered in time, and tell them."""
    now = _locked(mend)
    if not now.is_late():
        raise RuleBroken(_("It is not late: whoever is asked still has time."))
    if to not in askable(now):
        raise RuleBroken(_("Choose somebody who may look at it and did not change it."))
    now.owner, now.due_at = to, workdays.due(days=SETTLE_WITHIN)
    now.save(update_fields=["owner", "due_at"])
    if to.person is not None:
        emit(TextNews(to.person, now, f"asked-{to.pk}-{now.due_at:%Y%m%d}"))
    return now


def _live(text: Text) -> Text:
    """Hold the text as it is on the website."""
    live = type(text)._default_manager.select_for_update(of=("self",)).get(pk=text.pk)
    if not live.live:
        raise RuleBroken(_("It is not on the website any more."))
    return live


def _ask(live: Text, *, by: User, what: str, why: str, before: Any, after: Any = None, **words: str) -> Mend:
    mend: Mend = Mend.objects.create(
        content_type=ContentType.objects.get_for_model(live),
        object_id=live.pk,
        title=str(live),
        what=what,
        why=why,
        by=by,
        before=before,
        after=after,
        owner_role=Role.PEER_MODERATOR,
        due_at=due_next_day(),
        **words,
    )
    return mend


def _was_new(mend: Mend) -> bool:
    return mend.what == Mend.What.PUT_OUT


def _as_it_is(live: Text, *, by: User) -> Any:
    """Give the version that is on the website, kept now where none was."""
    return live.live_revision or live.save_revision(user=by, changed=False, clean=False)


def _publish(text: Text, *, by: User) -> Any:
    """Publish a version through Wagtail, so that all who listen hear of it; the gate has asked for the right."""
    try:
        text.full_clean()
    except ValidationError as problem:
        raise RuleBroken(" ".join(problem.messages)) from problem
    revision = text.save_revision(user=by, log_action=True)
    revision.publish(user=by, skip_permission_checks=True)
    return revision


def _unpublish(text: Text, *, by: User) -> None:
    act = UnpublishPageAction if isinstance(text, Page) else UnpublishAction
    act(text, user=by).execute(skip_permission_checks=True)


def _locked(mend: Mend) -> Mend:
    rows = Mend.objects.select_for_update(of=("self",)).select_related("owner", "by", "answered_by", "before")
    return rows.get(pk=mend.pk)


def _in_hand(mend: Mend, *, by: User) -> Mend:
    """Hold a change that this person is asked about; of two who press at once the second hears who was quicker."""
    now = _locked(mend)
    if now.state != Mend.State.ASKED:
        name = now.answered_by.get_short_name() if now.answered_by else _("Somebody")
        raise RuleBroken(_("%(name)s was quicker: this has an answer already.") % {"name": name})
    if Role.PEER_MODERATOR not in young_moderators.roles_of(by, locked=True):
        raise NotAllowed("mends")
    if now.by_id == by.pk:
        raise RuleBroken(_("You changed this, so somebody else looks at it."))
    if now.owner is not None and now.is_in_other_hands(by):
        raise RuleBroken(_("%(name)s is looking at this now.") % {"name": now.owner.get_short_name()})
    return now


def _tell(mend: Mend, user: User | None, *, but: User) -> None:
    if user is not None and user != but and user.person is not None:
        emit(TextNews(user.person, mend, str(mend.state)))
