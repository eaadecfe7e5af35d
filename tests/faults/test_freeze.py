"""One press stops a group everywhere within five seconds, with real processes on PostgreSQL (P10, G27, H13)."""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path

import pytest

from cms.faults.parts.browsers import ask
from cms.faults.parts.lantern import OPENING, Lantern
from cms.faults.parts.stage import Stage, another_web, stage, until

pytestmark = pytest.mark.postgres

SOON = 5.0
PAUSED = "This group is paused for now"
IN_SHELL = """
from moderation.actions import freezes
from moderation.paging import CLOCK
from notifications.models import ContactPoint
from peer import clock
from peer.events import emit
from peer.models import AuditEvent, Membership, Person, SupportGroup
from peer.news import CohortTomorrow
group = SupportGroup.objects.get()
"""
PRESS = IN_SHELL + "freezes.freeze(group, by=CLOCK, reason='enough'); print(AuditEvent.objects.latest('pk').pk)"
TELL = (
    IN_SHELL
    + """
for number, place in enumerate(group.memberships.filter(roles__role='young_person').order_by('pk')[:10]):
    phone = ContactPoint.for_number(f'07700 9004{number:02}', person=place.person, source='test')
    phone.state, phone.proved_at = 'proved', clock.now()
    phone.save()
    emit(CohortTomorrow(place))
"""
)
BACK = (
    IN_SHELL + "SupportGroup.objects.update(state='open'); from notifications.models import Delivery; "
    "Delivery.objects.filter(state='pending').update(not_before_at=clock.now())"
)


class Writers:
    """Members who go on sending, each to another web process, whatever they are told."""

    def __init__(self, sites: list[str], lantern: Lantern) -> None:
        self.sent, self.stop = 0, threading.Event()
        self.threads = [
            threading.Thread(target=self.write_on, args=(sites[number % len(sites)], lantern, session), daemon=True)
            for number, session in enumerate(lantern.writers[:4])
        ]
        for thread in self.threads:
            thread.start()

    def write_on(self, site: str, lantern: Lantern, session: str) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            form = {"body": f"A calm word, number {number}.", "form_nonce": f"{session[:8]}{number:024}"}
            try:
                status, _to, _page = ask(site, f"{lantern.thread}reply/", session=session, form=form)
                self.sent += status == http.client.FOUND
            except (OSError, http.client.HTTPException):
                continue

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(timeout=30)


def sees(site: str, lantern: Lantern, words: str) -> bool:
    return words in " ".join(ask(site, lantern.group, session=lantern.reader)[2].split())


def test_g27_p10_posting_reading_and_messages_of_a_group_stop_within_five_seconds(
    own_database: str, tmp_path: Path
) -> None:

    with stage(own_database, tmp_path) as made, another_web(made) as second:
        file = tmp_path / "lantern.json"
        made.manage("shell", "-c", f"from cms.faults.parts.lantern import prepare; prepare({str(file)!r})")
        lantern = Lantern.read(file)
        sites = [made.env["PUBLIC_BASE_URL"], second]
        for site in sites:  # whatever a process keeps of the group, it has it by now
            assert until(20, lambda site=site: OPENING in ask(site, lantern.thread, session=lantern.reader)[2])
        writers = Writers(sites, lantern)
        assert until(30, lambda: writers.sent >= 4)
        told = threading.Thread(target=made.manage, args=("shell", "-c", TELL))
        told.start()  # ten people are about to hear of tomorrow
        told.join()
        pressed = int(made.manage("shell", "-c", PRESS).strip().rpartition("\n")[2])
        began = time.monotonic()
        assert all(until(SOON, lambda site=site: sees(site, lantern, PAUSED)) for site in sites)
        assert time.monotonic() - began < SOON
        assert OPENING not in ask(second, lantern.thread, session=lantern.reader)[2]
        made.start_clock()
        time.sleep(SOON)  # they go on writing, and the senders run
        writers.end()
        assert late_posts(made, pressed) == 0, "sent into a paused group"
        assert made.network.texts() == [], "a message of a paused group went"
        assert made.count("SELECT count(*) FROM notifications_delivery WHERE state = 'pending'") >= 10
        made.manage("shell", "-c", BACK)
        assert until(90, lambda: gone(made) == 10), "and once it is back they go"


def late_posts(made: Stage, pressed: int) -> int:
    """Count what was sent behind the press, in the order in which acts held the group."""
    sent = "action IN ('peer.actions.talk.reply', 'peer.actions.talk.send')"
    return made.count(f"SELECT count(*) FROM peer_auditevent WHERE {sent} AND id > {pressed}")


def gone(made: Stage) -> int:
    """Count of what was about to be told the messages that the network took; what else is new goes as well."""
    told = "notifications_notification AS n ON n.id = notification_id WHERE n.purpose = 'tomorrow'"
    went = "state IN ('accepted', 'sent', 'delivered')"
    return made.count(f"SELECT count(*) FROM notifications_delivery JOIN {told} AND {went}")
