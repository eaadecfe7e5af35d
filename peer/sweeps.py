"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from peer import clock
from peer.actions import data_requests, invitations
from peer.models import DataRequest, Invitation
from peer.states import StaleMove

log = logging.getLogger(__name__)


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    done = 0
    for invitation in Invitation.objects.out_of_date().order_by("expires_at", "pk"):
        try:
            invitations.expire(invitation, by=invitations.CLOCK)
        except StaleMove:
            continue  # somebody answered, or another sweeper was quicker
        done += 1
    return done


def carry_on_copies() -> int:
    """Draw up the copies people asked for, write those that were read through, take away those whose week is over."""
    rows = DataRequest.objects.filter(kind=DataRequest.Kind.COPY)
    asked = rows.filter(state=DataRequest.State.ASKED, level="")
    done = _each(asked, data_requests.draw_up)
    done += _each(rows.filter(state=DataRequest.State.READ), data_requests.make)
    late = rows.filter(state=DataRequest.State.READY, due_at__lte=clock.now())
    done += _each(late, data_requests.let_go)
    return done + _each(rows.filter(state__in=DataRequest.FINAL).exclude(file=""), data_requests.put_away)


def _each(rows: Iterable[DataRequest], act: Callable[..., object]) -> int:
    """Do one act to each, each in a transaction of its own; one that fails never holds the others."""
    done = 0
    for row in rows:
        try:
            act(row, by=data_requests.CLOCK)
            done += 1
        except StaleMove:
            continue  # another sweeper, or the person, was quicker
        except Exception:
            log.exception("%s of %s failed; the next sweep tries again", act.__name__, row)
    return done
