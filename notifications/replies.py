"""What words and keys mean to an offer or at 16: YES, NO, ASK, NEW and HELLO, as whole messages alone (U13, C7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from django.db import IntegrityError

from notifications import languages, offers, own_yes
from notifications.languages import ENGLISH
from notifications.models import ContactPoint, InboundText
from peer.actions import renewals, replies
from peer.actions.replies import REPLY
from peer.models import Invitation
from peer.states import IllegalMove, RuleBroken, StaleMove

Kind = InboundText.Kind
How = Invitation.How
MEANS: dict[str, str] = {
    **dict.fromkeys(("YES", "Y", "YES PLEASE", "YEAH", "YEP", "YES THANKS", "YES THANK YOU"), Kind.OFFER_YES),
    **dict.fromkeys(("NO", "N", "NOPE", "NO THANKS", "NO THANK YOU"), Kind.OFFER_NO),
    **dict.fromkeys(("ASK", "QUESTION", "?", "I HAVE A QUESTION"), Kind.OFFER_ASK),
    "NEW": Kind.OFFER_NEW,
    **dict.fromkeys(("HELLO", "HI", "HEY"), Kind.HELLO),
}
NOT_TAKEN = (StaleMove, IllegalMove, RuleBroken, IntegrityError)


def word_of(body: str, language: str = ENGLISH) -> str:
    """Say what a whole message means, trimmed, in any case, with or without its full stop; also in their language."""
    words = " ".join(unicodedata.normalize("NFC", body).upper().replace(",", " ").split())
    means = MEANS | _own(language)
    return means.get(words) or means.get(words.strip(".!\"'।؟ "), "")


def _own(language: str) -> dict[str, str]:
    """Give the words for yes and no of a language that the service writes (U16)."""
    row = languages.ALL.get(languages.spoken(language))
    own = {Kind.OFFER_YES: row.yes, Kind.OFFER_NO: row.no} if row else {}
    return {unicodedata.normalize("NFC", word): str(kind) for kind, words in own.items() for word in words}


def take(body: str, *, where_hash: str, contact: ContactPoint | None) -> str:
    """Act on a text that answers what we asked and say what kind it was; empty where a person has to read it."""
    language = contact.language if contact else ENGLISH
    said = word_of(body, language)
    if said == Kind.HELLO:
        return "" if contact else said
    if said == Kind.OFFER_NEW:
        return _anew(where_hash)
    of_sixteen = own_yes.open_at(where_hash) if said in {Kind.OFFER_YES, Kind.OFFER_NO} else None
    if of_sixteen is not None:
        given = said == Kind.OFFER_YES
        return (Kind.OWN_YES if given else Kind.OWN_NO) if own_yes.take(of_sixteen, given=given) else ""
    invitation = offers.open_at(where_hash)
    if invitation is None:
        return said if said == Kind.OFFER_NO and _taken_back(where_hash) else ""
    if said == Kind.OFFER_YES:
        return said if _done(lambda: replies.yes(invitation, by=REPLY, how=How.TEXT)) else ""
    if said == Kind.OFFER_NO:
        return said if _done(lambda: replies.no(invitation, by=REPLY, how=How.TEXT)) else ""
    if languages.needs_interpreter(language):
        return Kind.CALL if said == Kind.OFFER_ASK else ""  # a person asks what they mean, in their language (U16)
    if said == Kind.OFFER_ASK:
        return said if _done(lambda: replies.wonder(invitation, by=REPLY)) else ""
    is_question = _is_question(body, invitation, where_hash)
    taken = is_question and _done(lambda: replies.wonder(invitation, by=REPLY, question=body[:1000]))
    return Kind.OFFER_QUESTION if taken else ""


def _taken_back(where_hash: str) -> bool:
    """Let a NO after a yes end it before the hello call (C3)."""
    yes = offers.said_yes_at(where_hash)
    return yes is not None and _done(lambda: replies.take_back(yes, by=REPLY))


def _is_question(body: str, invitation: Invitation, where_hash: str) -> bool:
    """Tell whether words are a question about an offer: announced by ASK, or with a mark right after the offer."""
    if invitation.state == Invitation.State.ASKED and not invitation.question:
        return bool(re.search(r"\w", body))
    return "?" in body and offers.was_last_told(invitation, where_hash)


def _anew(where_hash: str) -> str:
    """Send the link once more, or make a fresh offer; where neither may be, a person looks (U13)."""
    still = offers.open_at(where_hash)
    if still is not None:
        return Kind.OFFER_NEW if _done(lambda: renewals.send_again(still, by=REPLY)) else Kind.OFFER_LATE
    over = offers.ran_out_at(where_hash)
    if over is not None and _done(lambda: renewals.renew(over, by=REPLY)):
        return Kind.OFFER_NEW
    return Kind.OFFER_LATE


def press(key: str, invitation: Invitation | None) -> str:
    """Act on a key in a call about an offer, and name what is said next; what cannot be taken is a person's call."""
    if invitation is None:
        return "goodbye"
    if key == "1" and _done(lambda: replies.yes(invitation, by=REPLY, how=How.KEY)):
        return "offer_yes"
    if key == "2" and _done(lambda: replies.no(invitation, by=REPLY, how=How.KEY)):
        return "offer_no"
    if key in {"1", "2", "3"}:
        offers.owe_call(invitation, key="key")
        return "ring_me"
    return "goodbye"


def _done(act: Callable[[], object]) -> bool:
    """Do an act, unless somebody was quicker or something has come between: its own rows are rolled back then."""
    try:
        act()
    except NOT_TAKEN:
        return False
    return True
