"""What staff bring about by keys on any phone, as themselves and under the rights of this moment (U4, N18)."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from moderation.actions import escalations
from moderation.models import Escalation, EscalationTimer
from notifications import messages, numbers, on_phone
from notifications.actions import rings, staff_pins
from notifications.models import ContactPoint, DeliveryAttempt, Ring, StaffCall, StaffPin
from notifications.on_phone import OnPhone, Worry
from notifications.rings import line_to, page_of
from notifications.voice import Dialled, Said
from notifications.waits import WRONG_WORDS_A_DAY, wait
from peer import clock, doors, gate
from peer.gate import NotAllowed, looked
from peer.models import User
from peer.roles import Perm
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.templatetags.peer import when

log = logging.getLogger(__name__)

MOST_READ = 2_500  # marks of words read out at once; the network's own limit for a sentence is near
NO_NUMBER = "withheld"
REFUSED = (StaleMove, IllegalMove, RuleBroken, NotAllowed)


def hear(sid: str, *, step: str, digits: str = "", dialled: str = "") -> Said | None:
    """Answer one moment of a call with staff; None for a call that is over or was never one (N18)."""
    if not sid or step not in on_phone.STEPS:
        return None
    with transaction.atomic():
        call = StaffCall.objects.select_for_update(of=("self",)).select_related("user").filter(sid=sid[:40]).first()
        lives = wait("ring_lasts") if step == "over" else wait("call_lives")
        if call is None or call.at < clock.now() - lives:
            return None
        return on_phone.STEPS[step](_moment(call, digits=digits, dialled=dialled))


def _moment(call: StaffCall, *, digits: str, dialled: str) -> OnPhone:
    return OnPhone(
        digits=digits,
        is_proved=call.proved_at is not None and call.user is not None and call.user.is_active,
        say_who=lambda: _say_who(call, digits),
        is_right=lambda: _is_right(call, digits),
        wrong_pin=lambda: _wrong_pin(call),
        worry=lambda: _worry(call),
        hear=lambda: _read_out(call),
        take=lambda: _does(call, lambda worry, user: escalations.acknowledge(worry, by=user, how="key")),
        pass_on=lambda: _does(call, lambda worry, user: escalations.pass_on(worry, by=user)),
        go_on=lambda: _go_on(call),
        put_through=lambda: _put_through(call),
        came_of=lambda: _came_of(call, dialled),
    )


# ── Who it is ───────────────────────────────────────────────────────────────────────────────────────────────────────
def begin(sid: str, *, sender: str) -> None:
    """Remember that somebody rang and said that they work here; nothing is believed yet."""
    where_hash = numbers.hashed(sender)
    StaffCall.objects.get_or_create(sid=sid[:40], defaults={"where_hash": where_hash, "at": clock.now()})


def begin_after_page(attempt: DeliveryAttempt, sid: str) -> bool:
    """Let whoever took a page go on in the same call, behind their PIN; False where they have none."""
    told = attempt.delivery.notification
    user = User.objects.filter(person=told.recipient).first()
    if user is None or not StaffPin.objects.usable().filter(user=user).exists():
        return False
    worry = page_of(told).escalation
    StaffCall.objects.get_or_create(sid=sid[:40], defaults={"user": user, "escalation": worry, "at": clock.now()})
    return True


def _say_who(call: StaffCall, keys: str) -> None:
    """Find the account of a code, or of a proved number that was typed; nobody is told whether there is one."""
    held = StaffPin.objects.filter(code=keys).select_related("user").first() or _at_number(keys)
    StaffCall.objects.filter(pk=call.pk).update(user=held.user if held else None)


def _at_number(keys: str) -> StaffPin | None:
    try:
        e164 = numbers.parse(keys).e164
    except numbers.WrongNumber:
        return None
    own = ContactPoint.objects.at(e164).filter(state=ContactPoint.State.PROVED)
    return StaffPin.objects.filter(user__person__in=own.values("person")).select_related("user").order_by("pk").first()


def _is_right(call: StaffCall, keys: str) -> bool:
    if call.user is None or not call.user.is_active or _is_guessing(call):
        return False
    if not staff_pins.is_right(call.user, keys):
        return False
    call.proved_at = clock.now()
    StaffCall.objects.filter(pk=call.pk).update(proved_at=call.proved_at)
    return True


def _is_guessing(call: StaffCall) -> bool:
    """Tell whether too many wrong PINs came from one number lately; those who withhold theirs are no one number."""
    if not call.where_hash or call.where_hash == numbers.hashed(NO_NUMBER):
        return False
    lately = StaffCall.objects.filter(where_hash=call.where_hash, at__gt=clock.now() - dt.timedelta(days=1))
    wrong: int = lately.aggregate(wrong=Sum("keys_wrong"))["wrong"] or 0
    return wrong >= WRONG_WORDS_A_DAY


def _wrong_pin(call: StaffCall) -> int:
    StaffCall.objects.filter(pk=call.pk).update(keys_wrong=F("keys_wrong") + 1)
    call.refresh_from_db(fields=["keys_wrong"])
    return call.keys_wrong


# ── The worries, one at a time ──────────────────────────────────────────────────────────────────────────────────────
def _waiting(user: User) -> list[str]:
    """Name what calls for this person, as the board has it: what nobody has first."""
    board = EscalationTimer.objects.visible_to(user).alarms(user)
    return [one.public_id for one in board if one.state != Escalation.State.RESOLVED]


def _user(call: StaffCall) -> User:
    if call.user is None:
        raise NotAllowed(f"call {call.pk}")
    return call.user


def _row(call: StaffCall) -> tuple[Escalation | None, int]:
    """Find the worry that this call is about, or the first that waits, and how many there are."""
    waiting = _waiting(_user(call))
    rows = Escalation.objects.select_related("group", "person", "owner")
    here = rows.filter(pk=call.escalation_id or 0, public_id__in=waiting).first()
    if here is None and waiting:
        here = rows.get(public_id=waiting[0])
        _turn_to(call, here)
    return here, len(waiting)


def _turn_to(call: StaffCall, worry: Escalation) -> None:
    call.escalation = worry
    StaffCall.objects.filter(pk=call.pk).update(escalation=worry, warned_at=None)
    call.warned_at = None


def _worry(call: StaffCall) -> Worry | None:
    if call.user is None:
        return None
    row, count = _row(call)
    if row is None:
        return None
    clocks = EscalationTimer.objects.visible_to(call.user).filter(pk=row.pk).alarms(call.user)
    board = clocks[0]
    mine = row.is_own(call.user)
    acts = mine and gate.can(call.user, Perm.ACT_ON_ESCALATION, row)
    return Worry(
        count=count,
        since=when(row.opened_at),
        state=_("You have it") if mine and not board.waits else str(row.get_state_display()),
        is_red=row.level == "red",
        may_hear=board.may_open,
        may_take=board.may_take and (board.waits or board.is_offered_to_me),
        may_ring=acts and row.person is not None,
        may_pass=board.may_pass,
    )


def _go_on(call: StaffCall) -> None:
    waiting = _waiting(_user(call))
    here = call.escalation.public_id if call.escalation else ""
    following = waiting[(waiting.index(here) + 1) % len(waiting)] if here in waiting else waiting[0]
    _turn_to(call, Escalation.objects.get(public_id=following))


def _does(call: StaffCall, act: Callable[[Escalation, User], object]) -> bool:
    """Do one act of the ladder as this person; False where somebody else was quicker or they may not."""
    row = _row(call)[0]
    if row is None or call.user is None:
        return False
    try:
        act(row, call.user)
    except REFUSED:
        log.warning("call %s changed nothing", call.pk)
        return False
    return True


def _read_out(call: StaffCall) -> tuple[str, ...]:
    """Read out what was written, with a trace on the young person's record; long words are cut, and it says so."""
    rows = Escalation.objects.visible_to(_user(call))
    row = rows.filter(pk=call.escalation_id or 0).first()
    if row is None:
        return ()
    looked(row, by=_user(call), why="read out")
    parts = [post.body for post in row.posts.order_by("pk")]
    for heard in row.heard.order_by("pk"):
        kept = heard.door_row()
        parts += doors.table()[heard.door].words(kept) if kept is not None else []
    words = " ".join(" … ".join(parts).split())
    if not words:
        return (messages.fill("call", "words_gone"),)
    if len(words) <= MOST_READ:
        return (words,)
    return (words[:MOST_READ].rsplit(" ", 1)[0], messages.fill("call", "words_more"))


# ── Putting them through ────────────────────────────────────────────────────────────────────────────────────────────
def _put_through(call: StaffCall) -> tuple[tuple[str, ...], Dialled | None]:
    """Give the line to dial, or the sentences that say why nobody is rung.

    Where the young person wished other hours the first press says so, and only a second one rings (promise 2).
    """
    row = _row(call)[0]
    if row is None or row.person is None or call.user is None:
        return (), None
    try:
        ring = rings.ask_by_phone(row, by=call.user, call=call, beyond=call.warned_at is not None)
    except REFUSED as refused:
        wishes = line_to(row.person).wishes
        if wishes:
            StaffCall.objects.filter(pk=call.pk).update(warned_at=clock.now())
        again = (messages.fill("call", "ring_again"),) if wishes else ()
        return (str(refused), *again), None
    if ring.contact is None:
        return (), None
    words = messages.fill("call", "ringing_them", {"young_person": row.person.given_name})
    return (words,), Dialled(ring.contact.where, ring.token)


def _came_of(call: StaffCall, status: str) -> str:
    """End the try that this call was joined to, and name what came of it."""
    ring = call.rings.order_by("-pk").first()
    ended = rings.over(ring.token, status=status) if ring else None
    return ended.outcome if ended else Ring.Outcome.FAILED
