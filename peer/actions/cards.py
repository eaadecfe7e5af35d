"""Cards, own words and numbers read out: how somebody signs in who has no phone of their own (U9)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from peer import clock, grants
from peer.actions import recoveries
from peer.eligibility import YOUNGEST
from peer.gate import System, TheService, action
from peer.models import AccountRecovery, OwnFactor, Person, SignInCard, StartedSignIn, User
from peer.models.cards import CARD_LASTS, HAND_OVER, RESTS, STARTED_LASTS, TRIES, keyed_hash, long_code, plain
from peer.models.dated import public_id
from peer.roles import SERVICE_WIDE, Perm, Role
from peer.states import RuleBroken

DOOR = System("sign-in page", may=frozenset({Perm.SIGN_IN_OTHERWISE}))
SHORTEST = 3


@action(Perm.KEEP_CARDS)
def give(person: Person, *, by: User) -> SignInCard:
    """Print a card for somebody without a phone of their own; an older card ends, and own words stay."""
    _refuse(person)
    for old in SignInCard.objects.current().filter(person=person):
        old.move_to(SignInCard.State.ENDED, due_at=None, ended_at=clock.now())
    if not User.objects.filter(person=person).exists():
        User.objects.create_user(handle=public_id(), person=person, display_name=person.given_name)
    number = "".join(secrets.choice("0123456789") for _digit in range(12))
    has_words = OwnFactor.objects.filter(person=person, kind=OwnFactor.Kind.WORDS).exists()
    card = SignInCard(
        person=person,
        state=SignInCard.State.READY if has_words else SignInCard.State.MADE,
        number_hash=keyed_hash("card", number),
        made_by=by,
        owner_role=Role.CO_ORDINATOR,
        due_at=clock.now() + (CARD_LASTS if has_words else HAND_OVER),
    )
    try:
        card.save()
    except IntegrityError:  # two at once
        raise RuleBroken(_("Somebody has just made a card for this person.")) from None
    card.number = f"{number[:4]} {number[4:8]} {number[8:]}"
    return card


@action(Perm.KEEP_CARDS)
def end(card: SignInCard, *, by: User) -> SignInCard:
    """End a card: from now on it opens nothing."""
    card.move_to(SignInCard.State.ENDED, due_at=None, ended_at=clock.now())
    return card


@action(Perm.KEEP_OWN_ACCOUNT)
def give_up(user: User, *, by: User) -> User:
    """End one's own card, because it is lost or not needed any more."""
    for card in SignInCard.objects.current().filter(person=user.person_id):
        card.move_to(SignInCard.State.ENDED, due_at=None, ended_at=clock.now())
    return user


@action(Perm.KEEP_CARDS)
def start_together(person: Person, *, by: User) -> StartedSignIn:
    """Make six digits to read out to somebody one is talking with: for a card, or a way back whose day is over."""
    _refuse(person)
    has_card = SignInCard.objects.current().filter(person=person).exists()
    if not has_card and _vouched(person) is None:
        raise RuleBroken(_("Print a card for them first. Whoever has their own number signs in with that."))
    StartedSignIn.objects.good().filter(person=person).update(expires_at=clock.now())
    taken = set(StartedSignIn.objects.good().values_list("number_hash", flat=True))
    number = next(one for one in iter(_six_digits, "") if keyed_hash("started", one) not in taken)
    started = StartedSignIn.objects.create(
        person=person,
        number_hash=keyed_hash("started", number),
        started_by=by,
        started_at=clock.now(),
        expires_at=clock.now() + STARTED_LASTS,
    )
    started.number = f"{number[:3]} {number[3:]}"
    return started


@action(Perm.SIGN_IN_OTHERWISE)
def take_number(service: TheService, *, by: System, number: str) -> User | None:
    """Let in whoever types the six digits; a wrong number counts against all that are good just now."""
    good = StartedSignIn.objects.good()
    started = good.filter(number_hash=keyed_hash("started", number)).select_related("person").first()
    if started is None:
        good.update(tries=F("tries") + 1)
        return None
    if not good.filter(pk=started.pk).update(used_at=clock.now()):  # of two at once one wins
        return None
    recovery = _vouched(started.person)
    return recoveries.finish(recovery) if recovery is not None else _account(started.person)


@action(Perm.KEEP_OWN_ACCOUNT)
def choose_words(user: User, *, by: User, words: Sequence[str]) -> OwnFactor:
    """Choose three words of one's own; with them a printed card begins to work."""
    if user.person is None:
        raise RuleBroken(_("Please ring us, and we’ll sort it out."))
    _refuse_words(words, user.person)
    factor = _keep(user.person, OwnFactor.Kind.WORDS, " ".join(words))
    for card in SignInCard.objects.filter(person=user.person, state=SignInCard.State.MADE):
        card.move_to(SignInCard.State.READY, due_at=clock.now() + CARD_LASTS)
    return factor


@action(Perm.KEEP_OWN_ACCOUNT)
def keep_code(user: User, *, by: User) -> OwnFactor:
    """Make a long code to put away for the day when phone and card are gone; the one before stops working."""
    if user.person is None:
        raise RuleBroken(_("Please ring us, and we’ll sort it out."))
    code = long_code()
    factor = _keep(user.person, OwnFactor.Kind.CODE, code)
    factor.code = code
    return factor


@action(Perm.SIGN_IN_OTHERWISE)
def count_try(factor: OwnFactor, *, by: System) -> bool:
    """Count a try, and tell whether it may be made: after five the factor rests for half an hour."""
    now = clock.now()
    rows = OwnFactor.objects.filter(pk=factor.pk)
    rows.filter(rests_until_at__lte=now).update(tries=0, rests_until_at=None)
    if not rows.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        return False
    rows.filter(tries=TRIES).update(rests_until_at=now + RESTS)
    return True


@action(Perm.SIGN_IN_OTHERWISE)
def let_in(factor: OwnFactor, *, by: System) -> User | None:
    """Give the account behind words that fitted, and forget the tries."""
    OwnFactor.objects.filter(pk=factor.pk).update(tries=0, rests_until_at=None)
    return _account(factor.person)


def _six_digits() -> str:
    return f"{secrets.randbelow(1_000_000):06}"


def _keep(person: Person, kind: str, secret: str) -> OwnFactor:
    changes = {"secret_hash": make_password(plain(kind, secret)), "tries": 0, "rests_until_at": None}
    factor, _made = OwnFactor.objects.update_or_create(
        person=person, kind=kind, defaults=changes | {"chosen_at": clock.now()}
    )
    return factor


def _account(person: Person) -> User | None:
    return User.objects.filter(person=person, is_active=True, person__deceased_at=None).first()


def _vouched(person: Person) -> AccountRecovery | None:
    return AccountRecovery.objects.ready().filter(person=person, how=AccountRecovery.How.STAFF).first()


def _refuse(person: Person) -> None:
    """Say no to cards for staff, for the dead, and for children whose age is unknown or under eleven."""
    if person.deceased_at is not None:
        raise RuleBroken(_("Nothing can be sent to this person."))
    user = User.objects.filter(person=person).first()
    duties = SERVICE_WIDE | {Role.CLINICIAN}
    if person.kind == Person.Kind.STAFF or (user is not None and not grants.all_roles(user).isdisjoint(duties)):
        raise RuleBroken(_("Staff sign in with a phone of their own and a second step."))
    age = person.age()
    if person.kind == Person.Kind.YOUNG_PERSON and (age is None or age < YOUNGEST):
        raise RuleBroken(_("Accounts for young people begin at 11, and we must know their birth date."))


def _refuse_words(words: Sequence[str], person: Person) -> None:
    kept = [plain(OwnFactor.Kind.WORDS, word) for word in words]
    if len(set(kept)) != 3 or any(len(word) < SHORTEST or " " in word for word in kept):
        raise RuleBroken(_("Choose three different words, each with 3 letters or more."))
    names = {plain(OwnFactor.Kind.WORDS, name) for name in person.full_name().split()}
    if names & set(kept):
        raise RuleBroken(_("Please don’t use your own name. Somebody could guess it."))
