"""What a person does with a letter: print it, post it, or find that it is not needed (U2, U17)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.models import Letter
from peer import clock
from peer.gate import action
from peer.models import TimelineEntry, User
from peer.roles import Perm


@action(Perm.POST_LETTER)
def printed(letter: Letter, *, by: User) -> Letter:
    """Say that a letter is on paper now, and still to be posted."""
    letter.move_to(Letter.State.PRINTED, printed_at=clock.now(), owner=by)
    return letter


@action(Perm.POST_LETTER)
def print_again(letter: Letter, *, by: User) -> Letter:
    """Put a letter back among those to print: the paper is lost or spoilt."""
    letter.move_to(Letter.State.TO_PRINT, printed_at=None, owner=None)
    return letter


@action(Perm.POST_LETTER)
def posted(letter: Letter, *, by: User) -> Letter:
    """Say that a letter is in the post; the wait tells of it."""
    letter.move_to(Letter.State.POSTED, posted_at=clock.now(), posted_by=by, due_at=None)
    subject = letter.notification.subject
    if subject is not None:
        to_adult = letter.recipient_id != subject.pk
        levels = TimelineEntry.ForAdults
        TimelineEntry.objects.create(
            person=subject,
            kind=TimelineEntry.Kind.MESSAGE,
            at=clock.now(),
            words=_("We posted a letter to %(name)s.") % {"name": letter.recipient.given_name},
            for_adults=levels.ROUTINE if to_adult else levels.NEVER,
        )
    return letter


@action(Perm.POST_LETTER)
def not_needed(letter: Letter, *, by: User) -> Letter:
    """Leave a letter out: they have heard in another way."""
    letter.move_to(Letter.State.CANCELLED, due_at=None)
    return letter
