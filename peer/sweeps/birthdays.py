"""Young people who grow out of their group, or whose age nobody knows."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from peer import clock, endings
from peer.actions import birthdays
from peer.models import BandMove, Membership, MovingOn, SupportGroup
from peer.models.birthdays import born_by
from peer.roles import Role
from peer.sweeps.each import each, in_order


def notice_birthdays() -> int:
    """Notice who grows out of their group within a month, or whose age nobody knows; and make what is due."""
    noticed = each(growing_out(), birthdays.notice, by=birthdays.CLOCK)
    due = BandMove.objects.filter(state__in=[BandMove.State.NOTICED, BandMove.State.PLANNED], due_at__lte=clock.Now())
    return noticed + each(in_order(due), birthdays.make, by=birthdays.CLOCK)


def growing_out() -> QuerySet[Membership]:
    """Find the young people who grow out of their group within a month and for whom nobody plans it yet."""
    soon = clock.today() + endings.days("birthday", "before")
    groups = SupportGroup.objects.filter(audience=SupportGroup.Audience.YOUNG_PEOPLE)
    ages = groups.values_list("age_to", flat=True).distinct()
    grown = Q(person__born_on=None)
    for age in ages:
        grown |= Q(group__age_to=age, person__born_on__lte=born_by(soon, years=age + 1))
    inside = [Membership.State.ACTIVE, Membership.State.SUSPENDED]
    rows = Membership.objects.filter(
        grown,
        group__audience=SupportGroup.Audience.YOUNG_PEOPLE,
        state__in=inside,
        person__deceased_at=None,
        roles__role=Role.YOUNG_PERSON,
        roles__until_at=None,
    )
    seen_to = BandMove.objects.exclude(state=BandMove.State.CALLED_OFF).values("membership")
    leaving = MovingOn.objects.under_way().values("membership")
    rows = rows.exclude(pk__in=seen_to).exclude(pk__in=leaving)
    return rows.select_related("person", "group").order_by("pk").distinct()
