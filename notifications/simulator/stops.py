"""STOP and START: the block list that the network itself keeps, besides handing the words on."""

from .ledger import Entry, Kind

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = "You have successfully been re-subscribed to messages from this number. Reply STOP to unsubscribe."


class Stops:
    """Pairs of a number of the service and a handset between which no text may go."""

    def __init__(self) -> None:
        self._blocked: set[tuple[str, str]] = set()

    def __contains__(self, pair: tuple[str, str]) -> bool:
        return pair in self._blocked

    def heed(self, *, service: str, handset: str, body: str) -> str:
        """Keep the list by what a person wrote, and give the network's own answer, if any."""
        word, pair = body.strip().upper(), (service, handset)
        if word in STOP_WORDS:
            self._blocked.add(pair)
            return STOPPED
        if word in START_WORDS and pair in self._blocked:
            self._blocked.discard(pair)
            return STARTED
        return ""

    def remember(self, entry: Entry) -> None:
        """Heed again what the ledger of an earlier run tells."""
        if entry.kind is Kind.SENT:
            self.heed(service=entry.service, handset=entry.to, body=entry.body)
