"""Members of the night over real HTTP: those who write until they are told that it arrived, and one who only reads."""

from __future__ import annotations

import http.client
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from cms.faults.parts.lantern import OPENING, Lantern

PATIENCE = 60.0  # seconds in which somebody tries to send their words
AGAIN = 0.2  # seconds between two tries
READS = 0.5  # seconds between two readings
ARRIVED = ("/my-posts/", "/talk/")  # where one is led: to one's own post, the second time to its place
TOKEN = "n" * 32  # of a form: the cookie and the field are the same
MARK = re.compile(r"word(\d{3})end")


def marked(number: int) -> str:
    """Give the word by which a post is known wherever it shows."""
    return f"word{number:03}end"


def ask(site: str, path: str, *, session: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Make one request as a browser does; give the status, where it leads, and the page."""
    line = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
    try:
        if form is None:
            line.request("GET", path, headers=headers)
        else:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", path, urlencode(form | {"csrfmiddlewaretoken": TOKEN}), headers | kind)
        answer = line.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode("utf-8", "replace")
    finally:
        line.close()


def write(site: str, lantern: Lantern, *, number: int, writer: int, words: str) -> bool:
    """Send one post, again after every fault and with the same form, until told that it arrived."""
    form = {"body": f"{words} {marked(number)}", "form_nonce": secrets.token_hex(16)}
    session = lantern.writers[writer % len(lantern.writers)]
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            status, to, _page = ask(site, f"{lantern.thread}reply/", session=session, form=form)
            if status == http.client.FOUND:
                return to.startswith(ARRIVED)
        except (OSError, http.client.HTTPException):
            pass  # the worker that had it was killed
        time.sleep(AGAIN)
    return False


@dataclass
class Reader:
    """A member who looks at the group again and again, and notes every post they can see."""

    site: str
    lantern: Lantern
    seen: set[int] = field(default_factory=set)
    readings: int = 0

    def read_on(self, stop: threading.Event) -> None:
        """Read until `stop` is set; only a page that shows what is approved counts as read."""
        while not stop.wait(READS):
            for path in (self.lantern.group, self.lantern.thread):
                try:
                    _status, _to, page = ask(self.site, path, session=self.lantern.reader)
                except (OSError, http.client.HTTPException):
                    continue
                self.seen |= {int(number) for number in MARK.findall(page)}
                self.readings += path == self.lantern.thread and OPENING in page
