"""Where a group meets in person, written by whoever plans its sessions (S63)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer.gate import action
from peer.models import MeetingPlace, SupportGroup, User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.PLAN_SESSION)
def describe(
    group: SupportGroup, *, by: User, where: str, getting_there: str, access: str, from_afar: str
) -> MeetingPlace:
    """Say where it is, how one gets there and in, and how somebody takes part who cannot; whole, or not at all."""
    said = {"where": where, "getting_there": getting_there, "access": access, "from_afar": from_afar}
    said = {name: words.strip() for name, words in said.items()}
    if not all(said.values()):
        raise RuleBroken(_("Fill in all four: people need each of them to decide whether they can come."))
    place, _is_new = MeetingPlace.objects.update_or_create(group=group, defaults=said)
    return place
