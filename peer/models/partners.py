"""A partner sent somebody to us: a school, a youth club, another charity (U19)."""

from __future__ import annotations

from django.db import models

from peer import clock
from peer.models.people import Person, User
from peer.roles import Role


class PartnerReferralQuerySet(models.QuerySet["PartnerReferral"]):
    """Who was sent by whom, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> PartnerReferralQuerySet:
        """Keep all for those who offer groups, else one's own."""
        staff = user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR)
        return self if staff else self.filter(person__user=user)


class PartnerReferral(models.Model):
    """One partner sent one person; no list and no file behind it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="partner_referrals")
    partner = models.CharField(max_length=120)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = PartnerReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "partner"], name="partner_referral_once"),
            models.CheckConstraint(condition=~models.Q(partner=""), name="partner_named"),
        ]

    def __str__(self) -> str:
        return f"partner referral {self.pk}"
