"""Copies that people asked for: drawn up, written, taken away."""

from __future__ import annotations

from peer import clock
from peer.actions import data_requests
from peer.models import DataRequest
from peer.sweeps.each import each


def carry_on_copies() -> int:
    """Draw up the copies people asked for, write those that were read through, take away those whose week is over."""
    rows, by = DataRequest.objects.own().filter(kind=DataRequest.Kind.COPY), data_requests.CLOCK
    done = each(rows.filter(state=DataRequest.State.ASKED, level=""), data_requests.draw_up, by=by)
    done += each(rows.filter(state=DataRequest.State.READ), data_requests.make, by=by)
    late = rows.filter(state=DataRequest.State.READY, due_at__lte=clock.now())
    done += each(late, data_requests.let_go, by=by)
    return done + each(rows.filter(state__in=DataRequest.FINAL).exclude(file=""), data_requests.put_away, by=by)
