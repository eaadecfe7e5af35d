"""Invented values that the style page fills its components with."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SAMPLES: dict[str, Any] = {
    "tokens": ["paper", "surface", "sunk", "ink", "soft", "accent", "lamp", "danger", "calm-back", "good-back"],
    "tones": ["calm", "good", "wait", "warn", "urgent", "plain"],
    "colours": range(12),
    "names": ["Bramble", "Otter", "Juno", "Wren", "Moss", "Pixel", "Sol", "Fern", "Kit", "Echo", "Plum", "Ash"],
    "crumbs": [{"title": _("Start"), "url": "/"}, {"title": _("What happens when"), "url": "/style/"}],
    "facts": [
        {"key": _("Your name here"), "value": "Bramble", "href": "/style/"},
        {"key": _("Best way to reach you"), "value": _("A text, after 4pm"), "href": "/style/"},
        {"key": _("Who to ring"), "value": _("Dr Lee, until 9")},
    ],
    "events": [
        {"when": _("Next"), "title": _("Kim rings you, between 3 and 5"), "ahead": True},
        {
            "when": _("Tuesday at 4.30pm"),
            "title": _("We said yes"),
            "text": _("You’re on the list. Here’s what we know."),
        },
        {"when": _("3 March at 9am"), "title": _("Your doctor asked us to help")},
    ],
    "tabs": [
        {"title": _("Waiting"), "href": "/style/", "current": True, "count": 3},
        {"title": _("Handled"), "href": "/style/"},
    ],
    "heads": [_("Month"), _("Asked"), _("Seen"), _("Middle wait")],
    "rows": [[_("September"), 41, 36, _("19 weeks")], [_("October"), 38, 44, _("17 weeks")]],
    "bars": [
        {"label": _("By text"), "value": 212, "share": 85},
        {"label": _("By phone call"), "value": 97, "share": 39},
        {"label": _("By letter"), "value": 12, "share": 5},
    ],
    "post_words": _("I got to the bus stop and back. That’s it, that’s the post."),
}
