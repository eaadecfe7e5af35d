"""What each message is about, in a few words for a list: never its own words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.notices import NOTICES

PURPOSES = {
    "first_hello": lazy("First hello"),
    "request_accepted": lazy("News: on the list"),
    "request_offered": lazy("News: a first meeting"),
    "we_will_ring": lazy("When we will ring"),
    "invitation": lazy("A link for them alone"),
    "place_ready": lazy("The last step after the hello call"),
    "place_answer": lazy("What came of asking for a place"),
    "tomorrow": lazy("The day before people start together"),
    "look_in": lazy("News that waits on their own page"),
    "digest": lazy("There is something new to read"),
    "copy_ready": lazy("Something they asked for is ready"),
    "offer_call": lazy("An offer for them alone, by phone"),
    "own_say": lazy("At 16: a question to them alone"),
    "offer_reminder": lazy("An offer, once more"),
    "offer_answer": lazy("An answer about an offer"),
    "offer_again": lazy("The link once more"),
    "invitation_code": lazy("A code for the link"),
    "sign_in_code": lazy("A code to sign in"),
    "recovery_asked": lazy("A warning: somebody asked for a way in"),
    "answer": lazy("An answer to what they told us"),
    "page": lazy("Urgent: somebody is needed"),
    "watcher_silent": lazy("Urgent: the alarm’s own watch has stopped"),
    **{notice.name: notice.title for notice in NOTICES.values()},
}


def title_of(purpose: str) -> str:
    """Name one purpose for a list."""
    return str(PURPOSES.get(purpose, _("A message")))
