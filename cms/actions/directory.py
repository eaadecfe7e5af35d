"""The directory: anybody says what is wrong, somebody answers, and services come in from a file as drafts (S5, S6)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cms.models import DirectoryCorrection, DirectoryService
from cms.open_referral import bringing
from cms.open_referral.bringing import Outcome
from cms.open_referral.file import Read
from peer import doors, knocks, workdays
from peer.gate import System, TheService, action
from peer.models import User
from peer.roles import Perm, Role
from peer.states import RuleBroken

VISITOR = System("visitor", may=frozenset({Perm.GIVE_FEEDBACK}))
IMPORTER = System("open referral file", may=frozenset({Perm.KEEP_DIRECTORY}))
ANSWER_DAYS = 5  # working days


@action(Perm.GIVE_FEEDBACK)
def tell(service: DirectoryService, *, by: System, words: str, nonce: str, sender: str) -> DirectoryCorrection:
    """Take in what somebody says is wrong, once; whoever keeps the directory owes an answer, to worry a clinician."""
    first = DirectoryCorrection.objects.filter(form_nonce=nonce).first() if nonce else None
    if first is not None:
        return first
    knocks.slow_down(sender)
    heard = doors.hear("directory", words=words)
    told: DirectoryCorrection = DirectoryCorrection.objects.create(
        service=service,
        words=words.strip(),
        level=heard.level,
        form_nonce=nonce or None,
        owner_role=Role.CLINICIAN if heard.level else Role.EDITOR,
        due_at=heard.due(otherwise=workdays.due(days=ANSWER_DAYS)),
    )
    doors.wake(heard, told, person=None)
    return told


@action(Perm.KEEP_DIRECTORY)
def answer(told: DirectoryCorrection, *, by: User, state: str, words: str) -> DirectoryCorrection:
    """Say what came of it; whoever kept the address of the page reads it there."""
    if told.level and not by.may_in_service(Role.CLINICIAN):
        raise RuleBroken(_("A clinician reads and answers this one."))
    if not words.strip():
        raise RuleBroken(_("Write in a sentence what you did, or why it is right as it stands."))
    told.move_to(state, answer=words.strip(), due_at=None, owner=by)
    return told


@action(Perm.KEEP_DIRECTORY)
def bring_in(service: TheService, *, by: User | System, read: Read) -> Outcome:
    """Bring the services of a file in as drafts that an editor publishes; what a person changed since is kept."""
    return bringing.bring(read)
