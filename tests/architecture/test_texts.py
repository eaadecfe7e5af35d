"""Words: what young people can see speaks as they do (the list at the end of the first month's walk)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.code import ROOT

# Not on their pages, and what is said instead.
BANNED = {
    "support group": "your group",
    "protocol": "how we treat each other",
    "pseudonym": "your name here",
    "peer moderator": "Mo, who checks posts",
    "clinician on call": "Dr Lee (until 9)",
    "held": "waiting to be read",
    "returned": "could you change one thing?",
    "declined": "we can't share this, and why",
    "frozen": "paused",
    "banned": "not in the group for now",
    "a person has looked at this": "Dr Lee read this and will ring you before 6",
    "still here": "You're on the list. Here's what we know",
    "score": "plain words",
    "was not brought": "not there",
    "competence": "plain words",
    "escalation": "plain words",
    "triage": "plain words",
    "pathway": "plain words",
    "signposted": "plain words",
    "caseload": "plain words",
    "safeguarding lead": "plain words",
    "patient": "person",
    "tier": "plain words",
}
# Templates that only staff or moderators reach; every other one is a page of young people until it stands here.
STAFF = (
    "account/desk/", "calls/", "cms/style/", "cms/demo/", "cms/import/", "cms/waiting_list/", "moderation/", "notifications/", "wagtailadmin/",
    "peer/hello_calls/", "peer/waiting/", "peer/feedback/detail.html", "peer/feedback/index.html",
    "peer/feedback/log.html", "peer/groups/desk.html", "peer/groups/run_sheet.html", "peer/groups/meeting_place.html", "peer/groups/form.html", "peer/groups/_held.html", "peer/groups/set_up.html",
    "peer/home/_administered.html", "peer/home/_desks.html", "peer/home/_waiting_work.html", "peer/home/_work.html",
    "peer/invitations/answer.html", "peer/invitations/index.html",
    "peer/invitations/offer.html", "peer/invitations/_route.html", "peer/invitations/said.html", "peer/people/",
    "peer/cohorts/detail.html", "peer/cohorts/plan.html",
    "peer/group_reports/", "peer/groups/new.html", "peer/join_requests/answer.html",
    "peer/appeals/", "peer/goodbyes/", "peer/birthdays/",
    "peer/aftermath/", "peer/memberships/index.html", "peer/memberships/detail.html", "peer/memberships/pause.html",
    "peer/memberships/end.html", "peer/memberships/settle.html", "peer/memberships/_asked.html",
    "peer/memberships/_standing.html",
    "peer/data_requests/_deletion.html", "peer/data_requests/_reading.html",
    "peer/data_requests/detail.html", "peer/data_requests/hold.html", "peer/data_requests/index.html",
    "peer/data_requests/leave_out.html", "peer/shown_decisions/answer.html", "peer/shown_decisions/kept_back.html",
    "peer/shown_decisions/of_person.html", "peer/shown_decisions/replies.html", "peer/shown_decisions/review.html",
    "peer/shown_decisions/withhold.html",
)  # fmt: skip
# Python that speaks to young people: the sentences of rules, forms and screening.
SPOKEN = (
    "peer/consents.py",
    "notifications/sight.py",
    "peer/names.py",
    "peer/actions/talk.py",
    "peer/forms/talk.py",
    "peer/forms/invitations.py",
    "peer/web.py",
    "peer/forms/loneliness.py",
    "peer/actions/loneliness.py",
    "peer/actions/welcomes.py",
    "peer/forms/moving_on.py",
    "peer/actions/moving_on.py",
    "peer/actions/profiles.py",
    "peer/forms/profiles.py",
    "peer/forms/data_requests.py",
    "peer/forms/shown_decisions.py",
    "peer/showing.py",
    "peer/models/shown_decisions.py",
    "peer/models/data_requests.py",
    "peer/models/profiles.py",
)

PAGES = [
    page
    for page in sorted((ROOT / "templates").rglob("*.html"))
    if not str(page.relative_to(ROOT / "templates")).startswith(STAFF)
]
TEXTS = sorted((ROOT / "templates" / "notifications").rglob("*.txt"))


def seen(template: str) -> str:
    """Give the words of a template that somebody reads: no comments, no tags, no addresses."""
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", " ", template, flags=re.DOTALL)
    text = re.sub(r"{%\s*translate\s+(\"[^\"]*\"|'[^']*').*?%}", r" \1 ", text)
    text = re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", text)


def wrong_words(text: str) -> list[str]:
    """Find banned words, whole ones only."""
    flat = " ".join(text.lower().replace("’", "'").split())
    return [f"{word} → {say}" for word, say in BANNED.items() if re.search(rf"\b{re.escape(word)}s?\b", flat)]


def strings(file: Path) -> list[str]:
    """Give what a module says: the arguments of its translation calls."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    said = [
        call.args[0]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"_", "lazy"} and call.args
    ]
    return [str(one.value) for one in said if isinstance(one, ast.Constant)]


@pytest.mark.parametrize("template", PAGES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_a_page_of_young_people_speaks_as_they_do(template: Path) -> None:
    assert wrong_words(seen(template.read_text())) == []


@pytest.mark.parametrize("file", SPOKEN)
def test_what_is_said_back_to_them_does_too(file: str) -> None:
    said = strings(ROOT / file)
    assert said
    assert wrong_words(" ".join(said)) == []


def test_the_words_of_their_yes_do_too() -> None:
    assert wrong_words((ROOT / "peer" / "consent.toml").read_text().split("[join]")[1]) == []


def test_every_text_names_its_purpose() -> None:
    assert [str(text.relative_to(ROOT)) for text in TEXTS if not text.read_text().startswith("purpose: ")] == []


def test_the_lint_sees_what_it_should() -> None:
    assert wrong_words(seen('{# patient #}<p class="tier">{% translate "Your Caseload" %}</p>')) == [
        "caseload → plain words"
    ]
    assert wrong_words(seen("{% blocktranslate %}The patient’s {{ score }}{% endblocktranslate %}")) == [
        "patient → person"
    ]
