"""The ten things to try, in an order that tells the whole story."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from cms.example.cast import PLAYERS, Player


@dataclass(frozen=True)
class Thing:
    """One thing to try: who to be, what to do, and what it shows."""

    title: str
    be: str
    go: str  # the name of a route, or nothing where it begins on their phone
    steps: str
    shows: str
    then: tuple[str, str] = ("", "")  # who to be afterwards, and the name of a route

    @property
    def player(self) -> Player:
        """Give the one of the cast to be."""
        return PLAYERS[self.be]

    @property
    def address(self) -> str:
        """Give the address to go to, or nothing where the thing begins on the phone."""
        return reverse(self.go) if self.go else ""

    @property
    def next_player(self) -> Player | None:
        """Give whom to be afterwards, if that is somebody else."""
        return PLAYERS.get(self.then[0])

    @property
    def next_address(self) -> str:
        """Give where to go then."""
        return reverse(self.then[1])


THINGS = (
    Thing(
        "News instead of a letter", "kim", "waiting-index",
        "Be Kim. Find Asha in the list of people who wait, say yes with a plain reason, then look at Pat’s phone.",
        "The text says nothing a stranger could use. It is sent by the clock, never by the page you pressed.",
    ),
    Thing(
        "News that rings", "kim", "waiting-index",
        "Record good news for Noor. Her mother Lena has a landline: answer, press 1, type Marmalade: 627625233#.",
        "The call says whose message it is only after a key, and the news only after the family’s word.",
    ),
    Thing(
        "Bad news is a person", "kim", "waiting-index",
        "Record “not accepted” for somebody. No text tells it: a call for a person to make appears under Calls.",
        "Weighty news is never a text and never a machine.",
    ),
    Thing(
        "A list comes in", "kim", "imports-index",
        "Load cms/sample/waiting_list.csv once more: it has faults on purpose. Read the report, release some.",
        "Good rows in, bad rows out with the reason, no row twice, nothing sent until you release them.",
    ),
    Thing(
        "Noor joins", "noor", "",
        "Open Noor’s phone: reply YES, or follow the link and type the code. Then be Dr Lee and note the hello call.",
        "Nobody is in a group before a person has spoken with them.",
        then=("dr_lee", "hello-calls-index"),
    ),
    Thing(
        "Asha writes", "asha", "groups-index",
        "Be Asha and write a post in Lantern. It waits, and says until when.",
        "No one sees a word before a person has read it.",
    ),
    Thing(
        "Mo reads it", "mo", "queue-list",
        "Be Mo on a narrow window. Open a post, approve it or ask for a change with kind words.",
        "Young people check what is put out in their name; first posts need two of them.",
    ),
    Thing(
        "A worrying post", "asha", "groups-index",
        "Be Asha and write “I want to die”. Dr Lee’s phone gets a text and a call at once. Press 1, or let it ring. "
        "If it rings for 15 minutes, Lantern is paused: be Dr Lee, press “I have it”, then open the group again.",
        "Somebody awake is reached, and if nobody answers, the next person is. No clock ends a pause; a person does.",
    ),
    Thing(
        "What you may not see does not exist", "asha", "groups-index",
        "Copy the address of a Lantern page, then be Tess, Pat or Omar and open it.",
        "The page says the same as for an address that never was.",
    ),
    Thing(
        "You said, we heard, we did", "sam", "feedback-index",
        "Sign out and give feedback. Be Sam: reply, and ask to publish. Be Dr Lee: agree. Look at the public page.",
        "The service answers in public, and the days it has taken are counted in public.",
    ),
)  # fmt: skip
