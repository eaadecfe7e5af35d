"""What a manager can change about the whole site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="site")
class ServiceDetails(BaseSiteSetting):
    """Who runs the service and when a person answers; crisis numbers are not here (decision 29)."""

    name = models.CharField(_("name of the service"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    hours = models.CharField(_("when a person answers"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    run_by = models.CharField(_("run by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("service details")

    def __str__(self) -> str:
        return self.name or "service details"
