"""What a manager can change about the whole site."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting

from cms import colours

COLOUR = RegexValidator(r"\A#[0-9a-f]{6}\Z", _("A colour is a # and six letters or numbers, such as #57297f."))


class ServiceDetails(BaseSiteSetting):
    """Who runs the service, when a person answers, and its colours; crisis numbers are not here (decision 29)."""

    name = models.CharField(_("name of the service"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    hours = models.CharField(_("when a person answers"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    run_by = models.CharField(_("run by"), max_length=120, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True, validators=[COLOUR])
    colour_in_the_dark = models.CharField(_("colour in the dark"), max_length=7, blank=True, validators=[COLOUR])

    class Meta:
        verbose_name = _("service details")

    def __str__(self) -> str:
        return self.name or "service details"

    def sheet(self) -> str:
        """Write the stylesheet of the chosen colours; empty where none is chosen."""
        if not self.colour:
            return ""
        return colours.sheet(self.colour, self.colour_in_the_dark or colours.for_the_dark(self.colour))
