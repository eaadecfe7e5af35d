"""Public texts on their way: one whose facts wait for a clinician, one that waits for Mo, and a number put right."""

from __future__ import annotations

import datetime as dt

from wagtail.models import Locale

from cms.actions import approvals, mends
from cms.models import DirectoryService, PageCheck, StandardPage
from cms.models.pages import HomePage
from peer import clock
from peer.models import User

DRAFTS = (
    (
        "How to tell a friend",
        "You can tell one friend that you are waiting. This page has words you can use.",
        (
            "<p>Pick a quiet time. Say one thing first. You can say: I am waiting for help, and it is hard.</p>"
            "<p>You do not have to say why. A friend can just sit with you.</p>"
        ),
    ),
    (
        "If you miss your turn",
        "Things come up. If you miss a talk with us, you stay on the list. Here is what to do.",
        "<p>Ring us when you can. Nobody is cross. We find a new day with you, and you keep your place.</p>",
    ),
)


def load_texts() -> None:
    """Let Nia draft two pages, a clinician say yes to the second, and Eve put a number right."""
    nia, lee, eve = (User.objects.get(handle=handle) for handle in ("nia", "dr_lee", "eve"))
    checks = [_draft(*words, by=nia) for words in DRAFTS]
    approvals.approve(checks[1], by=lee, seen=str(checks[1].revision_id))
    service = DirectoryService.objects.published().exclude(phone="").order_by("name").first()
    if service is not None:
        new = "020 7946 0188"
        mends.put_right(service, by=eve, wrong=service.phone, instead=new, reason="They moved, and rang us to say so.")


def _draft(title: str, summary: str, body: str, *, by: User) -> PageCheck:
    page = StandardPage(title=title, plain_summary=summary, live=False, owner=by)
    page.review_on = clock.today() + dt.timedelta(days=180)
    page.body = page.body.stream_block.to_python([{"type": "prose", "value": body}])
    HomePage.objects.get(locale=Locale.get_default()).add_child(instance=page)
    page.save_revision(user=by)
    page.get_workflow().start(page, by)
    check: PageCheck = page.current_workflow_task_state
    return check
