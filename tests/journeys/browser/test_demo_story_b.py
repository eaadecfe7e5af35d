"""Story B against the running demo: a text, a hello call, first words, two keys, and somebody awake for the worst."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from cms.example.cast import PLAYERS
from tests.journeys.browser.conftest import Watch
from tests.journeys.browser.demo import Demo
from tests.journeys.browser.walk import Phone, Walk

pytestmark = pytest.mark.browser
NARROW: ViewportSize = {"width": 360, "height": 780}


def say_yes(walk: Walk, phone: Phone) -> None:
    """Follow the link in the text, type the code, and say yes."""
    link = re.search(r"http\S+/i/\S+", phone.text("/i/"))
    assert link
    walk.open(link[0])
    walk.press("Yes, text me a code")
    code = re.search(r"\b\d{6}\b", phone.text("code. It works for 10 minutes"))
    assert code
    walk.type("The code from our text", code[0])
    walk.tick("Yes, I want to join")
    walk.tick("Yes, I understand what is private")
    walk.choose("Yes, you may tell them", "No, please don’t")
    walk.press("Yes, I’m in")


def say_hello(walk: Walk, person: str, *, born: str) -> None:
    """Write down the hello call, as Dr Lee."""
    walk.press(f"{person}, for Lantern")
    walk.choose("Yes: confirm", "Yes: confirm")
    walk.tab_to("Birth date")
    walk.page.locator(":focus").fill(born)  # a date is typed in the order of each machine's own country
    walk.type("What does the yes rest on?", "U")
    walk.type("Under 16, deciding for themselves", "A group is not treatment. You can stop.")
    walk.type("What they said back", "It is to talk. I can leave.")
    walk.tick("I read out what is private")
    walk.tick("I asked whether there is anybody")
    walk.type("Safe ways to reach them", "Text first. Never before four.")
    walk.press("Write it down")


def settle_in(walk: Walk, name: str) -> None:
    """Choose a name for the group, and say yes to how they treat each other."""
    walk.press("Choose your name")
    walk.type("Your name here", name)
    walk.press("That’s my name here")
    walk.sees("How I am listened to")
    walk.tick("Yes, I’ll treat people here like this")
    walk.press("That’s fine for me")


def write(walk: Walk, title: str, words: str) -> None:
    """Write the first post of a new subject."""
    walk.open("/groups/")
    walk.press("Lantern")
    walk.press("Write something")
    walk.type("What is it about?", title)
    walk.type("What would you like to say?", words)
    walk.press("Send", looks=False)


def share(walk: Walk, name: str) -> None:
    """Open what somebody wrote, and say yes to it."""
    walk.press(f"Read it the post by {name}")
    walk.press("Yes, share it")


def test_from_a_text_to_words_that_two_people_read(
    demo: Demo, page: Page, context: BrowserContext, watch: Watch
) -> None:
    walk = Walk(page, demo)
    noor = Phone(context.new_page(), demo, PLAYERS["noor"].number)
    say_yes(walk, noor)
    walk.sees("next, a call from Dr Lee to say hello")

    walk.be("dr_lee", "/staff/hello-calls/")
    say_hello(walk, "Noor Hadley", born=PLAYERS["noor"].born_on.isoformat())
    walk.be("noor", "/groups/")
    settle_in(walk, "Robinia")
    walk.sees("Dr Lee")
    write(walk, "Hello from me", "I am new, and I like the gnomes.")
    walk.look()
    walk.sees("Two people read your first posts")

    page.set_viewport_size(NARROW)
    walk.be("mo", "/queue/")
    share(walk, "Robinia")
    walk.be("asha", "/groups/")
    walk.press("Lantern")
    walk.sees_nothing_of("Hello from me")
    walk.be("zara", "/queue/")
    share(walk, "Robinia")
    walk.be("asha", "/groups/")
    walk.press("Lantern")
    walk.press("Hello from me")
    walk.sees("I like the gnomes")

    here, never = page.url, re.sub(r"[^/]+/$", "AbCdEfGhIjKlMnOp/", page.url)
    for handle in ("pat", "omar", "tess"):
        walk.be(handle)
        told = [told_of(page, address) for address in (here, never)]
        assert told[0] == told[1], handle
        assert told[0][0] == 404
    assert walk.wrong == {}
    assert watch.outside == []
    assert [words for words in watch.complaints if "404" not in words] == []


def told_of(page: Page, address: str) -> tuple[int, str]:
    """Give what a stranger could compare of an address: its status and its bytes."""
    answer = page.goto(address)
    assert answer
    return answer.status, re.sub(r'name="(csrfmiddlewaretoken|form_nonce)" value="[^"]+"', "", answer.text())


def test_who_says_the_worst_reaches_somebody_awake(
    demo: Demo, page: Page, context: BrowserContext, watch: Watch
) -> None:
    walk = Walk(page, demo)
    lee = Phone(context.new_page(), demo, PLAYERS["dr_lee"].number)
    lee.open()
    walk.be("asha", "/groups/")
    write(walk, "Tonight", "I want to die")
    own = page.url
    walk.sees("Dr Lee is being told now")
    walk.sees("116 123")
    lee.answer()
    lee.hears("Press 1")
    lee.key("1")
    lee.hears("It is yours now")
    assert "die" not in " ".join(lee.heard("text", "said"))
    lee.text("you are needed now")
    walk.open(own)
    walk.sees("Dr Lee knows now")
    walk.be("dr_lee", "/escalations/")
    walk.press("Fern · Lantern")
    walk.sees("I want to die")
    assert walk.wrong == {}
    assert watch.outside == []
    assert watch.complaints == []


def test_the_same_steps_without_scripts(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    walk = Walk(page, demo, looks=False)
    omar = Phone(context.new_page(), demo, PLAYERS["omar"].number)
    walk.be("dr_lee", "/staff/waiting/?q=Omar")
    page.get_by_role("link", name="Omar Vance").click()
    page.get_by_role("link", name="Offer a group").click()
    page.get_by_label("Lantern").check()
    page.get_by_role("button", name="Offer this group").click()

    link = re.search(r"http\S+/i/\S+", omar.text("/i/"))
    assert link
    walk.open(link[0])
    page.get_by_role("button", name="Yes, text me a code").click()
    code = re.search(r"\b\d{6}\b", omar.text("code. It works for 10 minutes"))
    assert code
    page.get_by_label("The code from our text").fill(code[0])
    for words in ("Yes, I want to join", "Yes, I understand what is private", "No, please don’t"):
        page.get_by_label(words).check()
    page.get_by_role("button", name="Yes, I’m in").click()

    walk.be("dr_lee", "/staff/hello-calls/")
    page.get_by_role("link", name="Omar Vance, for Lantern").click()
    page.get_by_label("Yes: confirm").check()
    page.get_by_label("Birth date").fill(PLAYERS["omar"].born_on.isoformat())
    page.get_by_label("What does the yes rest on?").select_option("competent")
    page.get_by_label("what you explained").fill("A group is not treatment.")
    page.get_by_label("What they said back").fill("I can leave when I like.")
    for words in ("I read out what is private", "I asked whether there is anybody"):
        page.get_by_label(words).check()
    page.get_by_label("Safe ways to reach them").fill("By text.")
    page.get_by_role("button", name="Write it down").click()

    walk.be("omar", "/groups/")
    page.get_by_role("link", name="Choose your name").click()
    page.get_by_label("Your name here").fill("Kestrel")
    page.get_by_role("button", name="That’s my name here").click()
    page.get_by_label("Yes, I’ll treat people here like this").check()
    page.get_by_role("button", name="That’s fine for me").click()
    page.get_by_role("link", name="Write something").click()
    page.get_by_label("What is it about?").fill("Buses")
    page.get_by_label("What would you like to say?").fill("I know every bus.")
    page.get_by_role("button", name="Send", exact=True).click()
    walk.sees("Sent. It is waiting to be read")
    for reader in ("mo", "zara"):
        walk.be(reader, "/queue/")
        page.get_by_role("button", name="the post by Kestrel").click()
        page.get_by_role("button", name="Yes, share it").click()
    walk.be("asha", "/groups/")
    page.get_by_role("link", name="Lantern").click()
    page.get_by_role("link", name="Buses").click()
    walk.sees("I know every bus.")
    context.close()
