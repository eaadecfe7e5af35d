"""What the service says in public elsewhere: written by staff, released by a young person alone (S11, S12)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from cms import cards, service, share_photos, young_moderators
from cms.models import Photo, ShareImage, SocialPost, SocialStep
from moderation import checking
from peer import clock, doors, endings, workdays
from peer.events import emit
from peer.gate import System, TheService, action
from peer.models import Person, User
from peer.news import TextNews
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.KEEP_WATCH}))
READ_WITHIN, MEND_WITHIN, WRITE_WITHIN = 2, 5, 10  # working days; for the service and young people to set
MOST_PICTURES = 4
NOBODY_OWES: dict[str, Any] = {"owner": None, "owner_role": "", "due_at": None, "claimed_at": None}
NOT_RELEASED: dict[str, Any] = {"released_by": None, "released_at": None, "released_hash": "", "shown_from": None}
Kind, State = SocialStep.Kind, SocialPost.State
EDITORS = (Role.EDITOR, Role.SERVICE_MANAGER)
OPEN = (State.DRAFT, State.WAITING, State.RETURNED, State.RELEASED)


@dataclass(frozen=True)
class Said:
    """What a writer typed: the words, a shorter form of them, where they are meant for, a link of ours and a day."""

    words: str
    networks: list[str]
    short_words: str = ""
    link: str = ""
    go_out_on: dt.date | None = None


@action(Perm.WRITE_SOCIAL)
def write(service: TheService, *, by: User, said: Said) -> SocialPost:
    """Begin a post, for oneself and other writers to see."""
    post: SocialPost = SocialPost.objects.create(
        **asdict(said), written_by=by, owner=by, owner_role=_role(by), due_at=workdays.due(days=WRITE_WITHIN)
    )
    _note(post, Kind.WROTE, by=by)
    return post


@action(Perm.WRITE_SOCIAL)
def change(post: SocialPost, *, by: User, said: Said) -> SocialPost:
    """Change the words; what was released already goes back to waiting, and out of the public feed, at once."""
    held = _held(post)
    for name, value in asdict(said).items():
        setattr(held, name, value)
    held.save(update_fields=list(asdict(said)))
    return _changed(held, by=by)


@action(Perm.WRITE_SOCIAL)
def add_card(post: SocialPost, *, by: User, words: str, alt: str) -> ShareImage:
    """Draw a card with a few words; its words for people who cannot see it are part of it."""
    held = _with_room(post)
    try:
        card = cards.draw(words, signed=service.name())
    except cards.CardRefused as refused:
        raise RuleBroken(str(refused)) from refused
    image = _keep(held, kind=ShareImage.Kind.CARD, alt=alt, wide=card.wide, square=card.square, card_words=words)
    _changed(held, by=by)
    return image


@action(Perm.WRITE_SOCIAL)
def add_photo(post: SocialPost, *, by: User, photo: Photo, alt: str) -> ShareImage:
    """Cut a photo of ours to both sizes; the copies stay private until a young person said yes."""
    held = _with_room(post)
    cut = share_photos.cut(photo)
    image = _keep(held, kind=ShareImage.Kind.PHOTO, alt=alt, wide=cut.wide, square=cut.square, photo=photo)
    _changed(held, by=by)
    return image


@action(Perm.WRITE_SOCIAL)
def say_again(image: ShareImage, *, by: User, alt: str) -> ShareImage:
    """Change what a picture says to people who cannot see it."""
    held = _held(image.post)
    image.alt = _alt(alt)
    image.save(update_fields=["alt"])
    _changed(held, by=by)
    return image


@action(Perm.WRITE_SOCIAL)
def take_out(image: ShareImage, *, by: User) -> SocialPost:
    """Take a picture out."""
    held = _held(image.post)
    image.delete()
    return _changed(held, by=by)


@action(Perm.WRITE_SOCIAL)
def send(post: SocialPost, *, by: User) -> SocialPost:
    """Send it to be read by a young person who checks posts; they owe an answer by a day."""
    held = _held(post)
    _check_whole(held)
    held.move_to(State.WAITING, sent_at=clock.now(), **_to_read())
    _note(held, Kind.SENT, by=by)
    return held


@action(Perm.RELEASE_SOCIAL)
def claim(post: SocialPost, *, by: User) -> SocialPost:
    """Take it to read: for half an hour nobody else is sent to it."""
    checking.check_ready(by)
    held = _waiting(post, by=by)
    if held.is_taken() and held.owner != by:
        raise RuleBroken(_("%(name)s is reading this one.") % {"name": held.owner.display_name if held.owner else ""})
    held.owner, held.claimed_at = by, clock.now()
    held.save(update_fields=["owner", "claimed_at"])
    return held


@action(Perm.RELEASE_SOCIAL)
def put_down(post: SocialPost, *, by: User) -> SocialPost:
    """Give it back without a word, for somebody else to read."""
    held = _waiting(post, by=by)
    if held.owner_id == by.pk:
        held.owner = held.claimed_at = None
        held.save(update_fields=["owner", "claimed_at"])
    return held


@action(Perm.RELEASE_SOCIAL)
def release(post: SocialPost, *, by: User, seen: str) -> SocialPost:
    """Say yes, as a young person, to exactly the words and pictures that one has read."""
    held = _in_hand(post, by=by, seen=seen)
    _check_whole(held)
    now = clock.now()
    day = held.go_out_on
    held.move_to(
        State.RELEASED,
        released_by=by,
        released_at=now,
        released_hash=seen,
        shown_from=max(now, endings.morning_of(day)) if day else now,
        **NOBODY_OWES,
    )
    _tell(held, _note(held, Kind.RELEASED, by=by))
    return held


@action(Perm.RELEASE_SOCIAL)
def ask_for_change(post: SocialPost, *, by: User, seen: str, words: str) -> SocialPost:
    """Ask for a change, in kind words; its writers have it in hand again."""
    held = _in_hand(post, by=by, seen=seen)
    due = workdays.due(days=MEND_WITHIN)
    owed: dict[str, Any] = {
        "owner": held.written_by,
        "owner_role": _role(held.written_by),
        "due_at": due,
        "claimed_at": None,
    }
    held.move_to(State.RETURNED, **owed)
    _tell(held, _answer(held, Kind.RETURNED, by=by, words=words))
    return held


@action(Perm.RELEASE_SOCIAL)
def decline(post: SocialPost, *, by: User, seen: str, words: str) -> SocialPost:
    """Say no for good, with the reason."""
    held = _in_hand(post, by=by, seen=seen)
    held.move_to(State.DECLINED, **NOBODY_OWES)
    _tell(held, _answer(held, Kind.DECLINED, by=by, words=words))
    return held


@action(Perm.WITHDRAW_SOCIAL)
def withdraw(post: SocialPost, *, by: User, reason: str) -> SocialPost:
    """Take it back at once, by one person: it is gone from the public feed with this very act."""
    if not (by.may_in_service(*EDITORS) or young_moderators.is_one(by)):
        raise RuleBroken(_("Only an editor, or a young person who checks posts, takes this back."))
    held = _held(post)
    held.move_to(State.WITHDRAWN, **NOBODY_OWES, shown_from=None)
    _tell(held, _answer(held, Kind.WITHDREW, by=by, words=reason))
    return held


@action(Perm.KEEP_WATCH)
def climb(post: SocialPost, *, by: System) -> SocialPost:
    """Let what no young person read in time rest with the manager too, who finds one: a manager never releases it."""
    held = _held(post)
    if held not in SocialPost.objects.late():
        raise RuleBroken(_("Somebody was quicker."))
    held.owner_role, held.due_at = Role.SERVICE_MANAGER, workdays.due(days=1)
    held.save(update_fields=["owner_role", "due_at"])
    _note(held, Kind.CLIMBED, by=None)
    return held


# ── Parts of acts ───────────────────────────────────────────────────────────────────────────────────────────────────


def _held(post: SocialPost) -> SocialPost:
    held: SocialPost = (
        SocialPost.objects.select_for_update(of=("self",)).select_related("owner", "written_by").get(pk=post.pk)
    )
    return held


def _with_room(post: SocialPost) -> SocialPost:
    held = _held(post)
    if held.images.count() >= MOST_PICTURES:
        raise RuleBroken(_("Four pictures are enough. Take one out first."))
    return held


def _waiting(post: SocialPost, *, by: User) -> SocialPost:
    """Give a post that waits, to a young person who had no hand in it."""
    if not young_moderators.is_one(by):
        raise RuleBroken(_("Only a young person who checks posts says yes or no to this."))
    held = _held(post)
    if held.state != State.WAITING:
        raise RuleBroken(_("This one does not wait any more. Somebody was quicker."))
    if held.steps.filter(by=by, kind=Kind.WROTE).exists():
        raise RuleBroken(_("You wrote this, or a part of it. Somebody else says yes or no."))
    return held


def _in_hand(post: SocialPost, *, by: User, seen: str) -> SocialPost:
    held = _waiting(post, by=by)
    if held.owner_id != by.pk:
        raise RuleBroken(_("Take this one first. Then nobody else reads it at the same time."))
    if held.fingerprint() != seen:
        raise RuleBroken(_("Something in it has changed since you opened this page. Please read it again."))
    return held


def _changed(post: SocialPost, *, by: User) -> SocialPost:
    """Write down who changed it; nobody who read it before has read this, and what was released waits again."""
    if post.state not in OPEN:
        raise RuleBroken(_("This one is over. Write a new one."))
    if post.state == State.RELEASED:
        post.move_to(State.WAITING, **NOT_RELEASED, **_to_read())
    elif post.state == State.WAITING:
        post.owner = post.claimed_at = None
        post.save(update_fields=["owner", "claimed_at"])
    last = post.steps.last()
    if last is None or (last.kind, last.by_id) != (Kind.WROTE, by.pk):
        _note(post, Kind.WROTE, by=by)
    return post


def _to_read() -> dict[str, Any]:
    due = workdays.due(days=READ_WITHIN)
    return {"owner": None, "owner_role": Role.PEER_MODERATOR, "due_at": due, "claimed_at": None}


def _check_whole(post: SocialPost) -> None:
    """Let nothing go further without a picture, its words, a place to go and a length that is right there."""
    images = list(post.images.all())
    if not images:
        raise RuleBroken(_("Add a picture first: a card with a few words is enough."))
    if not all(image.alt.strip() for image in images):
        raise RuleBroken(_("Say what each picture shows, for people who cannot see it."))
    if not post.networks:
        raise RuleBroken(_("Choose where it is meant for."))
    for copy in post.copies():
        if not copy.fits:
            numbers = {"name": copy.network.name, "length": copy.length, "most": copy.network.most}
            raise RuleBroken(
                _("For %(name)s it is %(length)d long, and %(most)d is the most. Write a shorter form.") % numbers
            )


def _keep(post: SocialPost, *, kind: str, alt: str, wide: bytes, square: bytes, **more: object) -> ShareImage:
    ending = "png" if kind == ShareImage.Kind.CARD else "jpg"
    image: ShareImage = ShareImage.objects.create(
        post=post,
        kind=kind,
        alt=_alt(alt),
        digest=hashlib.sha256(wide + square).hexdigest(),
        wide=ContentFile(wide, f"wide.{ending}"),
        square=ContentFile(square, f"square.{ending}"),
        **more,
    )
    return image


def _alt(words: str) -> str:
    if len(words.split()) < 3:
        raise RuleBroken(_("Say in a few words what the picture shows, for people who cannot see it."))
    return words.strip()


def _role(user: User) -> Role:
    return next((role for role in (*EDITORS, Role.YOUNG_EDITOR) if user.may_in_service(role)), Role.EDITOR)


def _note(post: SocialPost, kind: str, *, by: User | None, words: str = "") -> SocialStep:
    step: SocialStep = SocialStep.objects.create(post=post, kind=kind, by=by, words=words)
    return step


def _answer(post: SocialPost, kind: str, *, by: User, words: str) -> SocialStep:
    """Keep somebody's words about it; worrying ones wake somebody, as through every door (U3)."""
    if not words.strip():
        raise RuleBroken(_("Write a few words, so that the others know why."))
    heard = doors.hear("social_answer", words=words)
    step = _note(post, kind, by=by, words=words.strip())
    doors.wake(heard, step, person=by.person)
    return step


def _tell(post: SocialPost, step: SocialStep) -> None:
    """Let everybody who had a hand in it hear what came of it, but whoever just acted (B2c)."""
    hands = User.objects.filter(pk__in=post.steps.values("by")).exclude(pk=step.by_id or 0)
    people = Person.objects.filter(pk__in=hands.values("person"), deceased_at=None).order_by("pk")
    for person in people:
        emit(TextNews(person, post, f"step-{step.pk}"))
