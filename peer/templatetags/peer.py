"""Template words of our own: {% may %}, {% form_nonce %}, {% when %}."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peer import clock, gate, parts, sanitise
from peer.models import Post, SupportGroup
from peer.posting import Missing, Posting
from peer.roles import Perm
from peer.web import new_nonce

register = template.Library()
MOMENTS = 4_096  # kept as words; each is said as of one day
ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z))?")


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], perm: str, target: object = gate.SERVICE) -> bool:
    """Tell whether the viewer may do an act, by the same question the gate asks."""
    user = context["request"].user
    return bool(user.is_authenticated and gate.can(user, Perm(perm), target))


@register.simple_tag
def form_nonce() -> SafeString:
    """Write the hidden field that makes a second submit of the same form count once."""
    return format_html('<input type="hidden" name="form_nonce" value="{}">', new_nonce())


@register.filter
def time_of(moment: dt.datetime) -> str:
    """Say a time of day as people do: "9pm", "4.30pm"."""
    local = localtime(moment, clock.LONDON)
    minutes = "" if local.minute == 0 else f".{local.minute:02}"
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


@register.filter
def when(moment: dt.datetime) -> str:
    """Say a time as people do: "today at 4.30pm", "Tuesday 3 March at 9am"."""
    return _when(moment, clock.today(), get_language())


@lru_cache(MOMENTS)
def _when(moment: dt.datetime, today: dt.date, _language: str | None) -> str:
    local, time = localtime(moment, clock.LONDON), time_of(moment)
    days = (local.date() - today).days
    day = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get(days) or date_format(local, "l j F")
    if abs(days) > 300:
        day = date_format(local, "j F Y")
    return _("%(day)s at %(time)s") % {"day": day, "time": time}


@register.filter
def told(value: Any) -> Any:
    """Say a value of somebody’s data as people do: a day, a time, yes or no."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, str) and ISO.fullmatch(value):
        moment = dt.datetime.fromisoformat(value)
        return when(moment) if "T" in value else date_format(moment, "j F Y")
    return value


@register.filter
def words(post: Post) -> str:
    """Give a post's words as they will look, in one line; a draft has only what was typed."""
    return sanitise.as_words(post.html) if post.html else post.body


@register.simple_tag
def my_group(group: SupportGroup, now: Posting) -> SafeString:
    """Write the card of a group that somebody is in."""
    back = None if now.is_open else now.reopens_at
    return parts.written(
        "peer/groups/_card.html",
        public_id=group.public_id,
        title=group.title,
        about=group.about,
        is_open=now.is_open,
        until=time_of(now.until_at) if now.until_at else "",
        needs_yes=now.needs_your_yes,
        is_paused=Missing.PAUSED in now.missing,
        reopens=when(back) if back else "",
        new=group.new,
    )


@register.simple_tag
def others_post(post: Post, *, may_feel: bool, here: str) -> SafeString:
    """Write a post for whoever did not write it."""
    return parts.written(
        "peer/talk/_others_post.html",
        public_id=post.public_id,
        name=post.author.pseudonym,
        colour=post.author.colour,
        role=post.author_role,
        is_new=post.is_new,
        when=when(post.submitted_at or post.created_at),
        html=post.shown,
        talks_about=post.talks_about,
        may_feel=may_feel,
        felt=post.felt,  # type: ignore[attr-defined]  # `reading.with_felt`
        here=here,
    )
