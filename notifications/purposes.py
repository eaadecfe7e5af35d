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
    "worry_answered": lazy("News that waits on their own page"),  # nothing may tell who worried (H23)
    "report_answered": lazy("News that waits on their own page"),
    "other_help": lazy("Other help, on their own page"),
    "digest": lazy("There is something new to read"),
    "session_ask": lazy("Would they like to come?"),
    "session_soon": lazy("A reminder of what they said yes to"),
    "session_moved": lazy("Another time for what they said yes to"),
    "session_way": lazy("Another way to meet for what they said yes to"),
    "session_off": lazy("What they said yes to does not take place"),
    "session_place": lazy("A place they waited for"),
    "session_rings": lazy("The call they asked for"),
    "listened_ask": lazy("A question: how was it for them?"),
    "times_offered": lazy("A question: which times suit them"),
    "time_chosen": lazy("The time that was chosen"),
    "appointment_missed": lazy("We missed them"),
    "host_moved": lazy("Another time for what they help with"),
    "host_otherwise": lazy("Another way to meet for what they help with"),
    "host_chosen": lazy("They are down to help"),
    "host_freed": lazy("Somebody else helps"),
    "host_off": lazy("What they help with does not take place"),
    "host_needed": lazy("Can they stand in?"),
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
    "page_second": lazy("Urgent: somebody is needed (second network)"),
    "ring_through": lazy("Putting somebody of staff through"),
    "talk_owed": lazy("A talk that is owed"),
    "text_news": lazy("News of a public text they worked on"),
    "watcher_silent": lazy("Urgent: the alarm’s own watch has stopped"),
    **{notice.name: notice.title for notice in NOTICES.values()},
}


def title_of(purpose: str) -> str:
    """Name one purpose for a list."""
    return str(PURPOSES.get(purpose, _("A message")))
