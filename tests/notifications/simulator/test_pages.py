"""The handset pages: without script over HTTP, and in a real browser."""

import re
from collections.abc import Callable
from html import unescape

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page
from twilio.rest import Client

from notifications.simulator import Simulator
from tests.journeys.browser.conftest import RULES

from .conftest import LEE, PAT, SERVICE, Service, eventually

QUESTION = (
    '<Response><Gather numDigits="1" timeout="2000" action="/ack">'
    "<Say>Press 1 if that is you.</Say></Gather></Response>"
)


def shown(simulator: Simulator, path: str) -> str:
    answer = requests.get(simulator.base_url + path, timeout=5)
    answer.raise_for_status()
    return answer.text


def form(simulator: Simulator, path: str, **values: str) -> requests.Response:
    return requests.post(simulator.base_url + path, data=values, timeout=5)


def test_the_list_names_every_phone_and_its_newest_text(simulator: Simulator, client: Client) -> None:
    simulator.ask("POST", "/handsets", {"handsets": [{"number": PAT, "name": "Pat"}]})
    client.messages.create(to=PAT, from_=SERVICE, body="Heron: there is news.")
    client.messages.create(to=LEE, from_=SERVICE, body="Nobody named this number")
    text = shown(simulator, "/")
    assert "Pat" in text
    assert "Heron: there is news." in text
    assert "07700 900102" in text
    assert "1 new" in text


def test_many_phones_can_be_found_by_name_or_number(simulator: Simulator) -> None:
    phones = [{"number": f"+4477009003{n:02}", "name": f"Person {n}"} for n in range(30)]
    simulator.ask("POST", "/handsets", {"handsets": phones})
    assert "Find a phone" in shown(simulator, "/")
    assert shown(simulator, "/?find=person+17").count('class="card ') == 1
    assert shown(simulator, "/?find=07700+900312").count('class="card ') == 1
    assert "No phone has that name or number." in shown(simulator, "/?find=nobody")


def test_the_script_is_told_when_nothing_is_new(simulator: Simulator, client: Client) -> None:
    address = f"{simulator.base_url}/handset/{PAT}/parts.json"
    seen = requests.get(address, timeout=5).json()["seen"]
    assert requests.get(address, params={"seen": seen}, timeout=5).status_code == 204
    client.messages.create(to=PAT, from_=SERVICE, body="New")
    assert "New" in requests.get(address, params={"seen": seen}, timeout=5).json()["parts"]["thread"]


def test_a_phone_shows_texts_as_written_and_what_a_stranger_sees(simulator: Simulator, client: Client) -> None:
    body = "Sign in at http://localhost:8000/s/7kq2. <b>Bold</b> & so on"
    client.messages.create(to=PAT, from_=SERVICE, body=body)
    text = shown(simulator, f"/handset/{PAT}")
    assert '<a href="http://localhost:8000/s/7kq2" rel="noreferrer">' in text
    assert "<b>Bold" not in text
    assert body in unescape(re.sub(r"</?a[^>]*>", "", text))
    assert shown(simulator, "/").count("new</span>") == 0


def test_a_long_text_is_cut_on_the_lock_screen_only(simulator: Simulator, client: Client) -> None:
    client.messages.create(to=PAT, from_=SERVICE, body="word " * 40 + "secret end")
    text = shown(simulator, f"/handset/{PAT}")
    assert text.count("secret end") == 1
    assert "…" in text


def test_a_landline_has_no_lock_screen(simulator: Simulator) -> None:
    assert "On the lock screen" in shown(simulator, f"/handset/{PAT}")
    assert "On the lock screen" not in shown(simulator, "/handset/+442079460122")
    assert "It has no screen" in shown(simulator, "/handset/+442079460122")
    parts = requests.get(f"{simulator.base_url}/handset/+442079460122/parts.json", timeout=5).json()["parts"]
    assert "lock" not in parts


def test_the_whole_call_goes_by_plain_forms(simulator: Simulator, client: Client, service: Service) -> None:
    service.scripts["/page"] = QUESTION
    service.scripts["/ack"] = "<Response><Say>Thank you.</Say></Response>"
    client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/page", timeout=6000)
    eventually(lambda: "is ringing" in shown(simulator, f"/handset/{PAT}"))
    assert 'http-equiv="refresh"' in shown(simulator, f"/handset/{PAT}")
    form(simulator, f"/handset/{PAT}/answer")
    eventually(lambda: "Press 1 if that is you." in shown(simulator, f"/handset/{PAT}"))
    form(simulator, f"/handset/{PAT}/press", key="1")
    eventually(lambda: service.values("/ack", "Digits") == ["1"])
    eventually(lambda: "What was said" in shown(simulator, f"/handset/{PAT}"))


def test_a_reply_and_a_call_go_by_plain_forms(simulator: Simulator, service: Service) -> None:
    service.scripts["/voice"] = "<Response><Say>Hello there.</Say></Response>"
    assert form(simulator, f"/handset/{PAT}/text", to="020 7946 0100", body="CALL").url.endswith(f"/handset/{PAT}")
    eventually(lambda: service.values("/sms", "Body") == ["CALL"])
    form(simulator, f"/handset/{PAT}/ring", to=SERVICE)
    eventually(lambda: "Hello there." in shown(simulator, f"/handset/{PAT}"))


@pytest.mark.parametrize(
    ("what", "values", "sentence"),
    [
        ("text", {"to": "12", "body": "kept words"}, "Type the number as it is on the card"),
        ("text", {"to": SERVICE, "body": "  "}, "Type some words first."),
        ("answer", {"body": ""}, "This phone is not ringing any more."),
        ("press", {"key": "1"}, "That call is over."),
    ],
)
def test_what_a_phone_cannot_do_is_said_and_nothing_is_lost(
    simulator: Simulator, what: str, values: dict[str, str], sentence: str
) -> None:
    answer = form(simulator, f"/handset/{PAT}/{what}", **values)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert values.get("body", "").strip() in answer.text
    assert simulator.ledger() == []


@pytest.mark.parametrize("path", ["/handset/12", "/handset/nobody", "/assets/page.html", "/assets/..%2Fledger.py"])
def test_addresses_that_are_not_there_are_not_there(simulator: Simulator, path: str) -> None:
    assert requests.get(simulator.base_url + path, timeout=5).status_code == 404


def test_pages_forbid_foreign_content_and_foreign_callers(simulator: Simulator) -> None:
    answer = requests.get(simulator.base_url + "/", timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)
    strange = [{"Host": "evil.example"}, {"Origin": "http://evil.example"}]
    for headers in strange:
        refused = requests.post(
            f"{simulator.base_url}/handset/{PAT}/text", data={"body": "x"}, headers=headers, timeout=5
        )
        assert refused.status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_pages_is_clean_and_fits_a_small_phone(
    simulator: Simulator, client: Client, new_context: Callable[..., BrowserContext], scheme: str
) -> None:
    client.messages.create(
        to=PAT, from_=SERVICE, body="Sign in at http://localhost:8000/s/7kq2-and-a-long-address-here"
    )
    simulator.do(PAT, "text", body="CALL")
    simulator.do(PAT, "text", body="STOP")
    client.calls.create(to=LEE, from_=SERVICE, twiml=QUESTION, timeout=6000)
    for width, answered in ((1280, False), (320, False), (320, True)):
        if answered:
            simulator.do(LEE, "answer")
        context = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        tab = context.new_page()
        strangers: list[str] = []
        tab.on("request", lambda request, seen=strangers: seen.append(request.url))
        for path in ("/", f"/handset/{PAT}", f"/handset/{LEE}"):
            tab.goto(simulator.base_url + path)
            tab.wait_for_timeout(200)
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert Axe().run(tab, options=RULES).response["violations"] == []
        assert [url for url in strangers if not url.startswith(simulator.base_url)] == []


@pytest.mark.browser
def test_by_keyboard_a_person_answers_presses_one_and_writes_back(
    simulator: Simulator, client: Client, service: Service, page: Page
) -> None:
    service.scripts["/page"] = QUESTION
    service.scripts["/ack"] = "<Response><Say>Thank you.</Say></Response>"
    page.goto(f"{simulator.base_url}/handset/{PAT}")
    client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/page", timeout=6000)
    page.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Press 1 if that is you.").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "key-1"
    page.keyboard.press("1")
    eventually(lambda: service.values("/ack", "Digits") == ["1"])
    page.get_by_label("Write a text").fill("Thank you, that was kind")
    page.keyboard.press("Enter")
    page.locator(".bubble.mine", has_text="Thank you, that was kind").wait_for()
    client.messages.create(to=PAT, from_=SERVICE, body="Speak soon")
    page.locator(".bubble.theirs", has_text="Speak soon").wait_for()
    assert service.values("/sms", "Body") == ["Thank you, that was kind"]
