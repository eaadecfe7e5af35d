"""Appointments: what nobody wrote down or followed up in time goes to the service manager (S55)."""

from __future__ import annotations

from peer import clock
from peer.actions import appointments
from peer.models import Appointment
from peer.roles import Role
from peer.sweeps.each import each


def look_after_appointments() -> int:
    """Call off those of somebody who died; let what is overdue climb, once, to stay there until it is done."""
    planned = Appointment.objects.filter(state=Appointment.State.PLANNED, person__deceased_at__isnull=False)
    gone = each(planned.select_related("person").order_by("pk"), appointments.cancel, by=appointments.CLOCK)
    late = Appointment.objects.owed().filter(due_at__lte=clock.now()).exclude(owner_role=Role.SERVICE_MANAGER)
    return gone + each(late, appointments.climb, by=appointments.CLOCK)
