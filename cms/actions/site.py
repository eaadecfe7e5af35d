"""The service's own details: a manager changes them, and it is written down who did."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cms import colours
from cms.models import ServiceDetails
from cms.service import of_the_site
from notifications import messages
from peer.gate import TheService, action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.CHANGE_DETAILS)
def change(service: TheService, *, by: User, values: Mapping[str, str]) -> ServiceDetails:
    """Change names, numbers, hours and colours; what cannot be read, or tells too much, is refused."""
    if found := messages.tells_too_much(values["name"]):
        text = _(
            "The name says “%(word)s”. It stands on screens and letters that others see. Choose one that tells less."
        )
        raise RuleBroken(text % {"word": found})
    if wrong := _wrong_colour(values["colour"], values["colour_in_the_dark"]):
        raise RuleBroken(wrong)
    details = of_the_site()
    for name, value in values.items():
        setattr(details, name, value)
    details.full_clean(exclude=["site"])
    details.save()
    return details


def _wrong_colour(light: str, dark: str) -> str:
    """Say what is wrong with the chosen colours, or nothing."""
    if light and not colours.is_readable(light, colours.LIGHT):
        text = _("Words in %(colour)s can’t be read well on our light pages. Take a darker shade of it.")
        return text % {"colour": light}
    if dark and not colours.is_readable(dark, colours.DARK):
        text = _("Words in %(colour)s can’t be read well on our dark pages. Take a lighter shade of it.")
        return text % {"colour": dark}
    if dark and not light:
        return _("Choose a colour for light pages too.")
    return ""
