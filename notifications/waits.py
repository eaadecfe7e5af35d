"""How long things may take: defaults for the Clinical Safety Officer, one table; benches divide them (decision 2)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

SECONDS = {
    "lease": 60,  # nobody else may touch a claimed row sooner (N5)
    "answer": 10,  # the provider's answer; must be well below the lease
    "moment": 5,  # between a try's beginning and its socket; later it is asked again whether it may go (N8)
    "pause": 120,  # what speaks of a place in a paused group looks again after so long whether it is back (P10)
    "callback": 60,  # an unanswered try waits so long for its callback before the provider's list is asked
    "list": 600,  # … and so long for the list, before a person decides
    "no_receipt": 72 * 3600,  # then nobody knows whether it arrived (N7)
    "code": 600,  # a code's life
    "code_of_a_day": 9 * 3600,  # a reminder of tomorrow: not past tonight (N13)
    "session_ask": 86400,  # whether somebody comes, asked days before; then it is no use any more
    "session_soon": 10000,  # a reminder some hours before; never after the start (N13)
    "session_rings": 15 * 60,  # a call at the start to whoever would rather be rung
    "digest": 20 * 3600,  # that there is something to read; tomorrow it would be said anew
    "ring": 120,  # until the clinician has picked up their own phone
    "ring_lasts": 2 * 3600,  # the longest talk; then somebody forgot to hang up, or the network to tell us
    "page": 3600,  # a page's life: by then the ladder has paged others many times
    "family": 7 * 86400,  # news that could not go for a week is a call for a person
    "first_hello": 30 * 86400,
    "invitation": 7 * 86400,
    "recovery": 86400,  # as long as somebody may stop it
    "offer_reminder": 2 * 86400,
    "hello": 14 * 86400,  # until somebody looks for whoever texted the number on a card and came with no list
    "ring_after_busy": 10 * 60,  # between two automatic calls about the same news
    "ring_after_no_answer": 90 * 60,
    "ring_after_not_heard": 45 * 60,  # somebody picked up, and hung up before the news
    "ring_after_machine": 3 * 3600,
    "call_lives": 15 * 60,  # a key press later than this is refused (N18)
    "owed": 4 * 3600,  # when somebody looks after a message that has not gone
    "page_owed": 60,
    "not_reached": 24 * 3600,
    "interpreter": 24 * 3600,  # until somebody rings with an interpreter
    "letter": 2 * 86400,  # until it is in the post
    "inbound": 4 * 3600,
    "retry": 5,  # first pause after "not now"; doubles each time
    "retry_most": 600,
    "proof_lasts": 180 * 86400,  # then a number must be proved again (N9)
    "nothing_heard": 60 * 86400,  # … or so long after a message that nothing was heard of (H04)
    "breaker": 30,  # first rest of a channel where nobody answers; doubles (F12)
    "stopped": 60,  # pause of a channel whose credentials are refused (F13)
}

TEXTS_A_DAY = 4  # non-urgent texts to one person (N20)
CODES_A_DAY = 10
WRONG_WORDS_A_DAY = 6  # in calls from one number; then a person rings
CALL_TRIES = 2
PAGE_TRIES = 6


def wait(name: str) -> dt.timedelta:
    """Give one wait of the table, scaled for benches."""
    return scaled(dt.timedelta(seconds=SECONDS[name]))


def scaled(span: dt.timedelta) -> dt.timedelta:
    """Divide a span by the scale of this run (decision 2)."""
    scale: int = settings.TIME_SCALE
    return span / scale
