"""What people decide about posts: nothing shows that somebody did not approve, byte for byte (safety 2a)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import F
from django.utils.translation import gettext as _

from moderation import checking, notes, talks
from moderation import kind_words as words_for
from moderation.models import ModerationClaim, ModerationDecision, RiskFlag
from moderation.models.queue import is_grown_up
from moderation.news import DecisionMade
from peer import clock, doors, posting
from peer.events import emit
from peer.gate import System, action
from peer.models import PeerModerator, Post, SupervisorTask, SupportGroup, User
from peer.news import PostHeldForRisk
from peer.roles import Perm, Role
from peer.states import RuleBroken, StaleMove

Kind = ModerationDecision.Kind
CLIMBS = {Role.PEER_MODERATOR: Role.CLINICIAN, Role.CLINICIAN: Role.SERVICE_MANAGER}
KEYS = (Kind.APPROVE, Kind.FIRST_KEY)
ONCE_EACH = (Kind.FIRST_KEY, Kind.WOULD_RETURN, Kind.WOULD_REJECT)
OF_A_BEGINNER: dict[str, str] = {Kind.RETURN: Kind.WOULD_RETURN, Kind.REJECT: Kind.WOULD_REJECT}
TO_CHANGE_IT = dt.timedelta(days=30)
FOR_A_CLINICIAN = dt.timedelta(minutes=45)
NEXT_READER = dt.timedelta(hours=1)


@action(Perm.DECIDE_POST)
def approve(
    post: Post,
    *,
    by: User,
    content_hash: str,
    cleared: Collection[int] = (),
    content_note: str = "",
    kind_words: str = "",
) -> ModerationDecision:
    """Say yes to exactly these words; a first post, or a beginner's yes, needs a second person's too (P3, P9, U14)."""
    taken = _taken(post, by=by, content_hash=content_hash)
    words = _noted(taken, content_note, kind_words=kind_words)
    return _yes(taken, by=by, cleared=cleared, kind_words=words)


@action(Perm.DECIDE_POST)
def send_back(post: Post, *, by: User, content_hash: str, kind_words: str, rule: str = "") -> ModerationDecision:
    """Ask the author for a change, in kind words; what they wrote is kept (P11)."""
    return _no(Kind.RETURN, _taken(post, by=by, content_hash=content_hash), by=by, kind_words=kind_words, rule=rule)


@action(Perm.DECIDE_POST)
def decline(post: Post, *, by: User, content_hash: str, kind_words: str, rule: str) -> ModerationDecision:
    """Say that a post cannot be shared: why, by which rule, and how to have it read again (P11)."""
    return _no(Kind.REJECT, _taken(post, by=by, content_hash=content_hash), by=by, kind_words=kind_words, rule=rule)


@action(Perm.DECIDE_POST)
def ask_another(post: Post, *, by: User, content_hash: str, reason: str = "") -> ModerationDecision:
    """Not sure: leave it to a second person; after two, to the clinician on call."""
    return _pass_on(Kind.NOT_SURE, _taken(post, by=by, content_hash=content_hash), by=by, reason=reason)


@action(Perm.DECIDE_POST)
def might_know(post: Post, *, by: User, content_hash: str) -> ModerationDecision:
    """Hand a post on, because the moderator might know who wrote it (U14)."""
    return _pass_on(Kind.MIGHT_KNOW, _taken(post, by=by, content_hash=content_hash), by=by, reason="")


@action(Perm.MOVE_TO_RISK_LANE)
def move_up(post: Post, *, by: User, content_hash: str, level: str = "red", reason: str = "") -> ModerationDecision:
    """Send a post to the clinician on call: anyone may move up, only a clinician down (P6)."""
    taken = _taken(post, by=by, content_hash=content_hash)
    due_at = clock.now() + FOR_A_CLINICIAN
    taken.move_to(Post.State.HELD_RISK, adults_only=True, level=level, owner_role=Role.CLINICIAN, due_at=due_at)
    decision = _write(Kind.MOVE_UP, taken, by=by, reason=reason)
    RiskFlag.objects.create(post=taken, by=by, level=level, at=clock.now())
    if checking.is_peer(by):
        talks.owe(by, why=SupervisorTask.Why.CHECK_IN)
    emit(PostHeldForRisk(taken, level))
    return decision


@action(Perm.DECIDE_RISK_POST)
def approve_risk(
    post: Post,
    *,
    by: User,
    content_hash: str,
    cleared: Collection[int] = (),
    content_note: str = "",
    kind_words: str = "",
) -> ModerationDecision:
    """A clinician says yes to a post of the risk lane."""
    taken = _taken(post, by=by, content_hash=content_hash, state=Post.State.HELD_RISK)
    words = _noted(taken, content_note, kind_words=kind_words)
    return _yes(taken, by=by, cleared=cleared, kind_words=words, keys_needed=1)


@action(Perm.DECIDE_RISK_POST)
def send_back_risk(post: Post, *, by: User, content_hash: str, kind_words: str, rule: str = "") -> ModerationDecision:
    """A clinician asks the author for a change."""
    taken = _taken(post, by=by, content_hash=content_hash, state=Post.State.HELD_RISK)
    return _no(Kind.RETURN, taken, by=by, kind_words=kind_words, rule=rule)


@action(Perm.DECIDE_RISK_POST)
def decline_risk(post: Post, *, by: User, content_hash: str, kind_words: str, rule: str) -> ModerationDecision:
    """A clinician says that a post cannot be shared; its escalation keeps the contact with the person due (P11)."""
    taken = _taken(post, by=by, content_hash=content_hash, state=Post.State.HELD_RISK)
    return _no(Kind.REJECT, taken, by=by, kind_words=kind_words, rule=rule)


@action(Perm.MOVE_TO_STANDARD_LANE)
def move_down(post: Post, *, by: User, content_hash: str, reason: str = "") -> ModerationDecision:
    """A clinician sends a post back to the standard lane, for readers of 18 and over (P6, U5)."""
    taken = _taken(post, by=by, content_hash=content_hash, state=Post.State.HELD_RISK)
    taken.move_to(
        Post.State.PENDING, adults_only=True, owner_role=Role.PEER_MODERATOR, due_at=clock.now() + NEXT_READER
    )
    return _write(Kind.MOVE_DOWN, taken, by=by, reason=reason)


@action(Perm.KEEP_WATCH)
def climb(post: Post, *, by: System) -> Post:
    """Let a post that waited too long rest with the next person up; whoever may read it still may (P13)."""
    held = _locked(post)
    if held.state != Post.State.PENDING or held.due_at is None or held.due_at > clock.now():
        raise StaleMove("decided meanwhile")
    held.owner_role = CLIMBS[Role(held.owner_role)]
    held.due_at = posting.due_after(held.thread.group, 1, at=clock.now())
    held.save(update_fields=["owner_role", "due_at"])
    return held


@action(Perm.HIDE_POST)
def hide(post: Post, *, by: User, reason: str) -> ModerationDecision:
    """Take a shown post out of sight at once; a clinician restores or removes it (H13)."""
    held = _locked(post)
    note = words_for.for_author(Kind.HIDE, words=_("We took this out of sight while somebody reads it again."), rule="")
    due_at = clock.now() + FOR_A_CLINICIAN
    held.move_to(Post.State.HIDDEN, owner_role=Role.CLINICIAN, due_at=due_at, note_to_author=note)
    return _tell(_write(Kind.HIDE, held, by=by, reason=reason))


@action(Perm.REMOVE_POST)
def restore(post: Post, *, by: User, content_hash: str) -> ModerationDecision:
    """Show a hidden post again, as it was approved."""
    held = _taken(post, by=by, content_hash=content_hash, state=Post.State.HIDDEN)
    held.move_to(Post.State.APPROVED, owner_role="", due_at=None, note_to_author="")
    return _tell(_write(Kind.RESTORE, held, by=by))


@action(Perm.REMOVE_POST)
def remove(post: Post, *, by: User, content_hash: str, kind_words: str, rule: str) -> ModerationDecision:
    """Remove a hidden post for good: why, by which rule, and how to have it read again."""
    held = _taken(post, by=by, content_hash=content_hash, state=Post.State.HIDDEN)
    note = words_for.for_author(Kind.REMOVE, words=kind_words, rule=rule)
    held.move_to(Post.State.REMOVED, owner_role="", due_at=None, note_to_author=note)
    return _tell(_write(Kind.REMOVE, held, by=by, rule=rule, kind_words=kind_words))


def _yes(
    post: Post, *, by: User, cleared: Collection[int], kind_words: str, keys_needed: int | None = None
) -> ModerationDecision:
    group = SupportGroup.objects.select_for_update(of=("self",)).get(pk=post.thread.group_id)
    if group.state != SupportGroup.State.OPEN:
        raise RuleBroken(_("This group is paused, so nothing new is shown in it."))  # P10
    if set(range(len(post.findings))) - set(cleared):
        raise RuleBroken(_("Look at each marked part, and tick that you did."))  # P9
    found = [finding for number, finding in enumerate(post.findings) if number in cleared]
    turned = list(post.decisions.filter(kind__in=KEYS, content_hash=post.content_hash).exclude(by=by).order_by("pk"))
    is_beginner = checking.is_beginner(by, group)
    by_beginners = is_beginner and all(key.shadowed for key in turned)
    if by_beginners or len(turned) + 1 < (keys_needed or post.keys_needed):
        _leave_to_next(post)
        return _write(Kind.FIRST_KEY, post, by=by, cleared=found, kind_words=kind_words, shadowed=is_beginner)
    post.move_to(
        Post.State.APPROVED,
        approved_hash=post.content_hash,
        decided_at=clock.now(),
        note_to_author=_said_by_all([*(key.kind_words for key in turned), kind_words]),
        owner=None,
        owner_role="",
        due_at=None,
    )
    made = _write(Kind.APPROVE, post, by=by, cleared=found, kind_words=kind_words, shadowed=is_beginner)
    _confirm(made, said=KEYS)
    return _tell(made)


def _noted(post: Post, note: str, *, kind_words: str) -> str:
    """Put a note on a post where a reader asks for one, and add to the words for its writer that it is there (B5)."""
    return _said_by_all([kind_words, notes.write_on(post, note)])


def _said_by_all(kind_words: list[str]) -> str:
    """Give the author the kind words of everybody who said yes, in their order, the same words once."""
    said = dict.fromkeys(words.strip() for words in kind_words)
    return "\n\n".join(words for words in said if words)


def _no(kind: str, post: Post, *, by: User, kind_words: str, rule: str) -> ModerationDecision:
    if not kind_words.strip():
        raise RuleBroken(_("Write a few kind words, so that they know why."))
    if kind == Kind.REJECT and not rule:
        raise RuleBroken(_("Say which rule it is about."))
    if checking.is_beginner(by, post.thread.group):
        _leave_to_next(post)
        return _write(OF_A_BEGINNER[kind], post, by=by, kind_words=kind_words, rule=rule, shadowed=True)
    now = clock.now()
    returned = kind == Kind.RETURN
    post.move_to(
        Post.State.RETURNED if returned else Post.State.REJECTED,
        note_to_author=words_for.for_author(kind, words=kind_words, rule=rule),
        decided_at=now,
        owner=post.author.user if returned else None,
        owner_role=Role.YOUNG_PERSON if returned else "",
        due_at=now + TO_CHANGE_IT if returned else None,
    )
    made = _write(kind, post, by=by, kind_words=kind_words, rule=rule)
    _confirm(made, said=[OF_A_BEGINNER[kind]])
    return _tell(made)


def _leave_to_next(post: Post) -> None:
    post.owner, post.due_at = None, max(post.due_at or clock.now(), clock.now() + NEXT_READER)
    post.save(update_fields=["owner", "due_at"])


def _confirm(made: ModerationDecision, *, said: Collection[str]) -> None:
    """Count one more confirmed decision for each beginner who said the same of the same words (U14)."""
    same = made.post.decisions.filter(kind__in=said, content_hash=made.content_hash, shadowed=True)
    PeerModerator.objects.filter(user__in=same.values("by")).update(confirmed=F("confirmed") + 1)


def _pass_on(kind: str, post: Post, *, by: User, reason: str) -> ModerationDecision:
    doubts = post.decisions.filter(kind=Kind.NOT_SURE, content_hash=post.content_hash).exclude(by=by).count()
    if kind == Kind.NOT_SURE and doubts:
        post.owner_role = Role.CLINICIAN
    post.due_at = min(post.due_at or clock.now() + NEXT_READER, clock.now() + NEXT_READER)
    post.save(update_fields=["owner_role", "due_at"])
    return _write(kind, post, by=by, reason=reason)


def _locked(post: Post) -> Post:
    """Read a post afresh and hold it, with what a decision needs (P4, P8)."""
    held = Post.objects.select_for_update(of=("self",)).select_related("thread__group", "author__user")
    return held.get(pk=post.pk)


def _taken(post: Post, *, by: User, content_hash: str, state: str = Post.State.PENDING) -> Post:
    """Hold a waiting post that is still what the person read, is not their own, and nobody else has in hand."""
    held = _locked(post)
    if held.state != state or held.content_hash != content_hash:
        raise StaleMove("decided or changed by somebody else")  # P3, P8
    if held.is_own(by):
        raise RuleBroken(_("Nobody decides about their own post."))  # P4
    if state == Post.State.PENDING:
        checking.check_ready(by)
        if held.decisions.filter(by=by, content_hash=content_hash, kind__in=ONCE_EACH).exists():
            raise StaleMove("they said so already, in another window")
    if held.adults_only and state == Post.State.PENDING and not is_grown_up(by):
        raise RuleBroken(_("This one is for another moderator."))  # W1
    rival = ModerationClaim.objects.live().filter(post=held).exclude(by=by).select_related("by").first()
    if rival:
        raise RuleBroken(_("%(name)s is reading this one.") % {"name": rival.by.display_name})
    return held


def _write(
    kind: str,
    post: Post,
    *,
    by: User,
    reason: str = "",
    kind_words: str = "",
    rule: str = "",
    cleared: Collection[object] = (),
    shadowed: bool = False,
) -> ModerationDecision:
    now = clock.now()
    ModerationClaim.objects.filter(post=post, released_at__isnull=True).update(released_at=now)
    heard = doors.hear("kind_words", kind_words=kind_words)
    decision: ModerationDecision = ModerationDecision.objects.create(
        post=post,
        by=by,
        kind=kind,
        content_hash=post.content_hash,
        reason=reason,
        kind_words=kind_words,
        rule=rule,
        cleared=list(cleared),
        shadowed=shadowed,
        at=now,
    )
    doors.wake(heard, decision, person=by.person, group=post.thread.group)
    return decision


def _tell(decision: ModerationDecision) -> ModerationDecision:
    """The author always hears what came of it (P11)."""
    emit(DecisionMade(decision))
    return decision
