"""What the handset pages show, drawn from the ledger: texts, calls, letters, lock screen, the call going on."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from .acts import KEYS
from .addresses import is_address
from .call import Call
from .clock import iso
from .handsets import Handset
from .ledger import Entry, Kind
from .letter import subject_and_text
from .numbers import shown

PAGES = Path(__file__).parent / "pages"
LONDON = ZoneInfo("Europe/London")
LINK = re.compile(r"(?:https?://|(?:localhost|127\.0\.0\.1):\d+/)[^\s<>\"]+[^\s<>\".,;:!?)]")
LETTERS = dict(zip("23456789", ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), strict=True))
KEY_NAMES = {"*": "star", "#": "hash"}
MOST_SHOWN = 400
ON_LOCK_SCREEN = 3
LOCK_SCREEN_CUT = 110
TEXTS = {Kind.TEXT, Kind.CARRIER, Kind.SENT}
HEARD = {Kind.SAID, Kind.PLAYED, Kind.VOICEMAIL}
ENDINGS = {
    "completed": "Phone call",
    "no-answer": "Missed call",
    "busy": "Call declined",
    "canceled": "Missed call",
    "failed": "Call that did not get through",
}
_templates = {path.stem: Template(path.read_text(encoding="utf-8")) for path in PAGES.glob("*.html")}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def draw(part: str, /, **values: object) -> Markup:
    """Fill a page part; every value is escaped unless it is Markup."""
    safe = {key: value if isinstance(value, Markup) else html.escape(str(value)) for key, value in values.items()}
    return Markup(_templates[part].substitute(safe))


def join(parts: Iterable[str]) -> Markup:
    """Put parts of HTML together."""
    return Markup("".join(parts))


def linked(text: str) -> Markup:
    """Escape a text and make its addresses links."""
    done, parts = 0, []
    for found in LINK.finditer(text):
        address = found.group()
        target = address if address.startswith("http") else "http://" + address
        parts.append(html.escape(text[done : found.start()]))
        parts.append(f'<a href="{html.escape(target)}" rel="noreferrer">{html.escape(address)}</a>')
        done = found.end()
    return join([*parts, html.escape(text[done:])])


def moment(entry: Entry) -> datetime:
    """Return when an entry happened, in London."""
    return datetime.fromisoformat(entry.at).astimezone(LONDON)


def clock(entry: Entry) -> str:
    """Write the time of an entry as a phone does."""
    return f"{moment(entry):%H:%M}"


def day(entry: Entry) -> str:
    """Write the day of an entry."""
    when = moment(entry)
    return f"{when:%A} {when.day} {when:%B}"


def hue(number: str) -> str:
    """Give each phone or mailbox one of six colours, always the same."""
    return f"hue-{(sum(map(ord, number)) if is_address(number) else int(number[-3:] or 0)) % 6}"


def initials(phone: Handset) -> str:
    """Return the letters for a face: of the name before any comma, else of the address, else the last digits."""
    name = phone.name.partition(",")[0] or (phone.number.partition("@")[0] if phone.is_mailbox else "")
    letters = [word[0].upper() for word in re.findall(r"\w+", name)]
    return "".join(letters[:2]) or phone.number[-2:]


NO_CAPTIONS = Markup("<!-- captions -->")


@dataclass(slots=True)
class Spoken:
    """A call as it is shown in a thread: its entries together."""

    entries: list[Entry] = field(default_factory=list)


def thread(entries: list[Entry], *, live: str) -> Markup:
    """Draw texts and ended calls, oldest first, with the days between them."""
    items = list(_items(entries[-MOST_SHOWN:], live=live))
    if not items:
        return Markup('<div class="thread-inner"><p class="empty">No texts or calls yet.</p></div>')
    firsts = [item.entries[0] if isinstance(item, Spoken) else item for item in items]
    new_day = [True, *(day(a) != day(b) for a, b in pairwise(firsts))]
    parts = []
    for item, first, new in zip(items, firsts, new_day, strict=True):
        if new:
            parts.append(f'<p class="day">{day(first)}</p>')
        parts.append(_call_card(item) if isinstance(item, Spoken) else _bubble(item))
    return Markup(f'<div class="thread-inner">{"".join(parts)}</div>')


def _items(entries: list[Entry], *, live: str) -> Iterator[Entry | Spoken]:
    calls: dict[str, Spoken] = {}
    for entry in entries:
        if entry.kind in TEXTS:
            yield entry
        elif entry.sid != live and entry.sid not in calls:
            calls[entry.sid] = Spoken([e for e in entries if e.sid == entry.sid])
            yield calls[entry.sid]


def _bubble(entry: Entry) -> Markup:
    mine = entry.kind is Kind.SENT
    note = '<span class="bubble-note">from the phone network</span>' if entry.kind is Kind.CARRIER else ""
    return draw(
        "bubble",
        side="mine" if mine else "theirs",
        who="You" if mine else shown(entry.service),
        note=Markup(note),
        body=linked(entry.body),
        at=entry.at,
        time=clock(entry),
    )


def _call_card(call: Spoken) -> Markup:
    first, title = call.entries[0], _call_title(call)
    lines = captions(call.entries)
    return draw(
        "call_card",
        state="missed" if title in {"Missed call", "Call declined"} else "",
        title=title,
        service=shown(first.service),
        at=first.at,
        time=clock(first),
        said=draw("said", lines=lines) if lines else "",
    )


def _call_title(call: Spoken) -> str:
    if any(entry.kind is Kind.VOICEMAIL for entry in call.entries):
        return "Voicemail"
    if call.entries[0].kind is Kind.DIALLED:
        return "You rang"
    ending = next((entry.body for entry in call.entries if entry.kind is Kind.ENDED), "")
    return ENDINGS.get(ending, "Phone call")


def inbox(entries: list[Entry]) -> Markup:
    """Draw letters, newest first, with the days between them."""
    newest = entries[: -MOST_SHOWN - 1 : -1]
    if not newest:
        return Markup('<div class="letters"><p class="empty">No letters yet.</p></div>')
    new_day = [True, *(day(a) != day(b) for a, b in pairwise(newest))]
    parts = [
        (f'<p class="day">{day(entry)}</p>' if new else "") + _letter(entry)
        for entry, new in zip(newest, new_day, strict=True)
    ]
    return Markup(f'<div class="letters">{"".join(parts)}</div>')


def _letter(entry: Entry) -> Markup:
    _, text = subject_and_text(entry.body)
    return draw(
        "letter",
        subject=subject(entry),
        name=entry.name,
        address=entry.service,
        body=linked(text),
        at=entry.at,
        time=clock(entry),
    )


def subject(entry: Entry) -> str:
    """Return what a letter is about."""
    return subject_and_text(entry.body)[0] or "No subject"


def writer(entry: Entry) -> str:
    """Name who sent something, as a phone does."""
    return entry.name or shown(entry.service)


def captions(entries: Iterable[Entry]) -> Markup:
    """Draw what is said, heard and pressed in a call."""
    return join(_caption(entry) for entry in entries if entry.kind in HEARD | {Kind.PRESSED, Kind.SPOKE})


def _caption(entry: Entry) -> str:
    words = html.escape(entry.body)
    match entry.kind:
        case Kind.PRESSED:
            return f'<li class="did">You pressed <b>{words}</b></li>'
        case Kind.SPOKE:
            return f'<li class="did">You: {words}</li>'
    if entry.body == "beep":
        return '<li class="sound">a beep</li>'
    if entry.kind is Kind.PLAYED:
        return f'<li class="sound">a recording: {html.escape(entry.body.rpartition("/")[2])}</li>'
    return f"<li>{words}</li>"


def lock_screen(entries: list[Entry], *, now: datetime, call: Call | None) -> Markup:
    """Draw what a stranger sees: the time and the newest notices, cut as a phone cuts them."""
    here = now.astimezone(LONDON)
    notices = [entry for entry in entries if entry.kind in {Kind.TEXT, Kind.CARRIER, Kind.EMAIL} or _is_missed(entry)]
    cards: list[str] = [_notice(entry) for entry in reversed(notices[-ON_LOCK_SCREEN:])]
    if call and call.status == "ringing" and not call.inbound:
        ringing = draw("notice", service=shown(call.service), at=iso(call.created), time="now", body="Incoming call")
        cards = [ringing, *cards]
    return draw(
        "lock",
        time=f"{here:%H:%M}",
        day=f"{here:%A} {here.day} {here:%B}",
        notices=join(cards) or Markup('<p class="lock-none">No notices</p>'),
    )


def _is_missed(entry: Entry) -> bool:
    return entry.kind is Kind.ENDED and entry.body in {"no-answer", "canceled"}


def _notice(entry: Entry) -> Markup:
    words = subject(entry) if entry.kind is Kind.EMAIL else " ".join(entry.body.split())
    body = "Missed call" if entry.kind is Kind.ENDED else words
    cut = body if len(body) <= LOCK_SCREEN_CUT else body[: LOCK_SCREEN_CUT - 2].rstrip() + "…"
    return draw("notice", service=writer(entry), at=entry.at, time=clock(entry), body=cut)


def call_panel(call: Call | None, *, base: str) -> Markup:
    """Draw the call going on: the ring with its doors, or the keypad; what is said goes where NO_CAPTIONS is."""
    if call is None:
        return Markup("")
    who = shown(call.service)
    if call.status == "ringing" and not call.inbound:
        return draw("ringing", who=who, base=base)
    state = "In a call" if call.status == "in-progress" else "Ringing…"
    if call.on_machine:
        state = "Leaving a message"
    keypad = (
        draw("keypad", base=base, keys=_keys()) if call.status == "in-progress" and not call.on_machine else Markup("")
    )
    return draw("talking", who=who, state=state, captions=NO_CAPTIONS, keypad=keypad, base=base)


def _keys() -> Markup:
    return join(draw("key", key=key, name=KEY_NAMES.get(key, key), letters=LETTERS.get(key, "")) for key in KEYS)


def preview(entries: list[Entry]) -> tuple[str, str]:
    """Return the newest line of a phone and its time, for the list of phones."""
    for entry in reversed(entries):
        if entry.kind in TEXTS:
            return ("You: " if entry.kind is Kind.SENT else "") + entry.body, clock(entry)
        if entry.kind is Kind.EMAIL:
            return subject(entry), clock(entry)
        if entry.kind is Kind.ENDED:
            return ENDINGS.get(entry.body, "Phone call"), clock(entry)
    return "Nothing yet", ""


def news(entries: list[Entry]) -> str:
    """Say the newest thing in words, for people who listen to the page."""
    for entry in reversed(entries):
        match entry.kind:
            case Kind.TEXT | Kind.CARRIER:
                return f"New text from {shown(entry.service)}: {entry.body}"
            case Kind.EMAIL:
                return f"New e-mail from {writer(entry)}: {subject(entry)}"
            case Kind.RING:
                return f"{shown(entry.service)} is ringing."
            case Kind.SAID | Kind.VOICEMAIL:
                return entry.body
            case Kind.ENDED:
                return "The call is over."
    return ""
