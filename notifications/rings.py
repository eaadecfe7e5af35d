"""Which number of somebody the service may ring for a clinician, and what they wished about it (U4, promise 2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from moderation.models import EscalationStep
from notifications import routing, voice
from notifications.models import Channel, ContactPoint, Notification, OptOut, Ring
from notifications.receipts import MACHINES
from peer import clock
from peer.models import Person, User

PURPOSE = voice.RING


@dataclass(frozen=True)
class Line:
    """The number that would be rung; without one, `why` says in a sentence why not.

    `wishes` is a sentence where somebody asked for other hours: only a second, deliberate press rings then.
    """

    contact: ContactPoint | None = None
    why: str = ""
    wishes: str = ""


def line_to(person: Person | None) -> Line:
    """Choose a proved number that is theirs alone, and at which they have not asked us to stop ringing."""
    if person is None or person.deceased_at is not None:
        return Line(why=_("There is nobody to ring."))
    phones = list(person.contact_points.reachable().phones().order_by("pk"))
    if not phones:
        return Line(why=_("We know no number of theirs."))
    stopped = set(
        OptOut.objects.current()
        .filter(where_hash__in=[one.where_hash for one in phones], channel=Channel.CALL, topic="")
        .values_list("where_hash", flat=True)
    )
    wanted = [one for one in phones if one.where_hash not in stopped]
    if not wanted:
        return Line(why=_("They asked us not to ring them."))
    proved = [one for one in wanted if one.is_proved]
    if not proved:
        return Line(why=_("Nobody has proved yet that the number is theirs."))
    own = [one for one in proved if not one.is_shared]
    if not own:
        return Line(why=_("The only phone we know is shared. Ring it yourself, and ask for them by first name."))
    now = clock.now()
    for one in own:
        if routing.suits(now, safe_from=one.safe_from, safe_to=one.safe_to):
            return Line(one)
    return Line(own[0], wishes=_("They asked us to ring %(hours)s only.") % {"hours": _hours(own[0])})


def _hours(contact: ContactPoint) -> str:
    start, end = contact.safe_from, contact.safe_to
    if start and end:
        return _("between %(start)s and %(end)s") % {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    if start:
        return _("after %(start)s") % {"start": f"{start:%H:%M}"}
    return _("before %(end)s") % {"end": f"{end:%H:%M}"}


def numbers_of(user: User) -> list[ContactPoint]:
    """List the proved numbers on which somebody of staff can be rung first."""
    if user.person is None:
        return []
    phones = user.person.contact_points.filter(state=ContactPoint.State.PROVED).phones()
    return list(phones.order_by("-kind", "pk"))  # mobiles first


def still_asked(told: Notification) -> bool:
    """Tell, right before the clinician is rung, whether the call is still wanted (N13)."""
    return Ring.objects.filter(pk=told.event_key.split(":")[1], state=Ring.State.ASKED).exists()


def is_machine(token: str) -> bool | None:
    """Tell whether a machine took the call; None where the network has not said yet, or nobody is being rung."""
    by = Ring.objects.filter(token=token, state=Ring.State.RINGING).values_list("answered_by", flat=True).first()
    return by.startswith(MACHINES) if by else None


def is_live(token: str) -> bool:
    """Tell whether somebody is being rung under this token."""
    return Ring.objects.filter(token=token, state=Ring.State.RINGING).exists()


def page_of(told: Notification) -> EscalationStep:
    """Find the step that a page is about."""
    return EscalationStep.objects.select_related("escalation__group").get(pk=told.event_key.split(":")[1])
