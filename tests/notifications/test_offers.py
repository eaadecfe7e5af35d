"""An offer answered by text: whole words, from the number it went to, once; STOP and worrying words go before (U13)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client

from notifications import messages, offers, outbox
from notifications.actions import texts
from notifications.models import CallTask, ContactPoint, Delivery, Duty, InboundText, Notification, OptOut
from notifications.providers.port import Accepted
from notifications.rules import RULES
from peer import answers, clock
from peer.actions import hello_calls, invitations
from peer.actions.invitations import LINK
from peer.models import Consent, HelloCall, Invitation, Membership, Person, User
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.sweeps.invitations import bring_up_unanswered, close_late_invitations
from tests.make import make_open_group, make_person, make_user, make_wait
from tests.notifications.make import make_contact
from tests.notifications.signing import signed_post

pytestmark = pytest.mark.django_db

NOOR = "+447700900102"
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
sids = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def by_day():
    with clock.at(NOON):
        yield


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def invitation(kim) -> Invitation:
    return offer(kim)


def offer(kim: User, **contact: object) -> Invitation:
    """Offer Lantern to Noor, 15, and let it go out."""
    noor = make_person(given_name="Noor", family_name="Hadley", born_on=dt.date(2012, 6, 1))
    make_wait(person=noor)
    make_contact(**({"person": noor, "number": NOOR} | contact))
    invitation = invitations.offer(noor, by=kim, group=make_open_group())
    send()
    return invitation


def send() -> list[str]:
    """Let the network take everything that is due; give the words."""
    sent = []
    while token := outbox.claim(duties=tuple(Duty), most=10):
        begun = outbox.begin(token)
        sent += [one.delivery.body or "" for one in begun]
        outbox.settle([(one, Accepted(f"SM{next(sids)}")) for one in begun])
    return sent


def say(body: str, *, sender: str = NOOR) -> str:
    """Text us from a phone, and give our answer."""
    return texts.take_text(f"IN{next(sids)}", sender=sender, body=body)


def answers_of(invitation: Invitation) -> tuple[str, str]:
    invitation.refresh_from_db()
    return invitation.state, invitation.answered_how


def test_the_offer_opens_with_the_word_names_no_group_and_says_how_to_answer(kim) -> None:
    offer(kim)
    words = messages.template("sms", "invitation").text
    row = Delivery.objects.get()
    assert words.startswith("{your_word}: ")
    assert "reply YES, NO or ASK" in words
    assert (row.state, row.body, row.segments <= 2) == ("accepted", None, True)


def test_every_text_to_a_proved_number_opens_with_its_word_but_codes_and_pages() -> None:
    for rule in RULES:
        if "sms" in rule.words and not rule.to_unproved and rule.purpose not in {"invitation_code", "page"}:
            assert messages.template("sms", rule.words["sms"]).text.startswith("{your_word}: "), rule.purpose


@pytest.mark.parametrize("words", ["YES", " yes ", "Yes.", "Yes please!", "y", "yeah", '"yes"', "Yes, thank you"])
def test_a_yes_makes_no_account_and_a_clinician_owes_the_hello_call(invitation, words: str) -> None:
    answer = say(words)
    membership = Membership.objects.get(person=invitation.person)
    assert answers_of(invitation) == ("accepted", "text")
    assert (membership.state, membership.user) == ("accepted", None)
    assert (HelloCall.objects.get().owner_role, HelloCall.objects.get().state) == ("clinician", "due")
    assert not User.objects.filter(person=invitation.person).exists()
    assert not Consent.objects.exists()
    assert "rings you to say hello, within 5 working days" in answer
    assert InboundText.objects.get().state == "handled"


def test_after_a_yes_by_text_the_hello_call_records_the_words_and_makes_the_account(invitation) -> None:
    say("yes")
    lee = make_user(name="Dr Lee", roles=(Role.CLINICIAN,))
    said = hello_calls.Said(
        born_on=dt.date(2012, 6, 1),
        basis="competent",
        safe_ways="Text first.",
        explained="Groups.",
        understood="I can stop.",
    )
    membership = hello_calls.confirm(HelloCall.objects.get(), by=lee, said=said)
    membership.refresh_from_db()
    assert membership.user is not None
    assert membership.user.person == invitation.person
    assert set(Consent.objects.values_list("purpose", "given", "basis")) == {
        ("join", True, "competent"),
        ("limits", True, "competent"),
    }
    assert Notification.objects.filter(purpose="place_ready").exists()


@pytest.mark.parametrize("words", ["NO", "no.", "No thanks", "no, thank you", "nope"])
def test_a_no_is_thanked_and_closes_the_offer(invitation, words: str) -> None:
    assert "That is fine" in say(words)
    assert answers_of(invitation) == ("declined", "text")
    assert not Membership.objects.filter(person=invitation.person).exists()


def test_a_yes_by_text_is_taken_back_by_text_until_the_hello_call(invitation) -> None:
    say("yes")
    assert "Reply NO" in messages.template("sms", "offer_yes").text
    assert "That is fine" in say("no")
    assert Membership.objects.get(person=invitation.person).state == "left"
    assert HelloCall.objects.get().state == "ended"
    assert "Somebody will read your text" in say("no")  # once


def test_after_the_hello_call_a_no_by_text_is_read_by_a_person(invitation) -> None:
    say("yes")
    Membership.objects.filter(person=invitation.person).update(state="confirmed")
    assert "Somebody will read your text" in say("no")
    assert Membership.objects.get(person=invitation.person).state == "confirmed"


def test_ask_then_words_then_an_answer_behind_a_link(invitation, kim, client: Client) -> None:
    assert "Text us your question now" in say("Ask")
    assert answers_of(invitation)[0] == "asked"
    assert "A person answers your question" in say("do I have to talk")
    invitation.refresh_from_db()
    assert (invitation.question, invitation.owner_role) == ("do I have to talk", "co_ordinator")
    assert invitation.due_at is not None
    invitations.answer_question(invitation, by=kim, answer="No. Reading is fine.")
    (sent,) = send()
    assert sent.startswith("robin: there is an answer for you.")
    assert "Reading" not in sent
    assert "No. Reading is fine." in client.get(sent[sent.index("/i/") :].split()[0]).content.decode()


@pytest.mark.parametrize("words", ["?", "who else is there?", "Is it on a Tuesday? I have football"])
def test_a_question_right_after_the_offer_is_owed(invitation, words: str) -> None:
    say(words)
    assert answers_of(invitation)[0] == "asked"
    assert InboundText.objects.get().state == "handled"


def test_a_question_after_other_news_is_read_by_a_person(invitation) -> None:
    contact = ContactPoint.objects.get(person=invitation.person)
    told = Notification.objects.create(
        event_key="test:9:1", recipient=invitation.person, purpose="we_will_ring", duty="family", expires_at=NOON + DAY
    )
    Delivery.objects.create(
        notification=told, channel="sms", contact=contact, duty="family", priority=2, state="sent",
        not_before_at=NOON, expires_at=NOON + DAY, owner_role="co_ordinator", due_at=NOON,
    )  # fmt: skip
    assert "Somebody will read your text" in say("when will you ring?")
    assert (answers_of(invitation)[0], InboundText.objects.get().state) == ("offered", "new")


@pytest.mark.parametrize("words", ["yes I want to kill myself", "I want to die. can I come?"])
def test_worrying_words_go_to_a_clinician_before_anything_else(invitation, words: str) -> None:
    answer = say(words)
    text = InboundText.objects.get()
    assert (text.is_risk, text.owner_role, text.state) == (True, "clinician", "new")
    assert "85258" in answer
    assert answers_of(invitation)[0] == "offered"


def test_worrying_words_after_ask_go_to_a_clinician_too(invitation) -> None:
    say("ask")
    say("I want to die")
    assert InboundText.objects.filter(is_risk=True, state="new").exists()
    invitation.refresh_from_db()
    assert invitation.question == ""


def test_stop_wins_and_the_offer_stays_open_for_a_person(invitation) -> None:
    assert say("stop") == ""
    assert OptOut.objects.current().exists()
    assert answers_of(invitation)[0] == "offered"


@pytest.mark.parametrize("words", ["yes", "no", "ask", "who is this?"])
def test_from_another_number_nothing_is_answered_and_a_person_reads(invitation, words: str) -> None:
    answer = say(words, sender="+447700900777")
    assert answers_of(invitation)[0] == "offered"
    assert "Somebody will read your text" in answer
    assert InboundText.objects.get().state == "new"


@pytest.mark.parametrize("why", ["used", "expired", "shared", "in doubt", "two offers", "never went"])
def test_used_expired_and_doubtful_answer_alike(kim, why: str) -> None:
    invitation = offer(kim)
    match why:
        case "used":
            say("no")
        case "expired":
            Invitation.objects.update(expires_at=clock.now())
        case "shared":
            ContactPoint.objects.update(is_shared=True)
        case "in doubt":
            ContactPoint.objects.update(state="suspect")
        case "two offers":
            invitations.offer(invitation.person, by=kim, group=make_open_group(title="Harbour"))
            send()
        case "never went":
            Delivery.objects.update(state="cancelled")
    assert "Somebody will read your text" in say("yes")
    assert not Membership.objects.filter(person=invitation.person).exists()
    assert InboundText.objects.latest("pk").state == "new"


def test_a_text_told_twice_by_the_network_is_one_answer_in_the_same_words(invitation, client: Client) -> None:
    form = {"MessageSid": "SMx", "From": NOOR, "Body": "Yes"}
    first, again = (signed_post(client, "/webhooks/twilio/sms/", **form).content for _time in range(2))
    assert first == again
    assert b"rings you to say hello" in first
    assert Membership.objects.filter(person=invitation.person).count() == 1


def test_on_day_eight_it_is_brought_up_once_by_day_and_only_where_unanswered(invitation) -> None:
    late = NOON + 8 * DAY + dt.timedelta(hours=11)  # eleven at night
    with clock.at(NOON + 7 * DAY):
        assert bring_up_unanswered() == 0
    with clock.at(late):
        assert bring_up_unanswered() == 1
        assert send() == []
    with clock.at(late + dt.timedelta(hours=10)):
        assert bring_up_unanswered() == 0
        (sent,) = send()
        assert sent.startswith("robin: hello Noor, we still have something for you")
        say("yes")
    assert answers_of(invitation) == ("accepted", "text")


def test_a_reminder_that_was_overtaken_by_an_answer_stays_here(invitation) -> None:
    with clock.at(NOON + 8 * DAY):
        bring_up_unanswered()
        say("no")
        assert send() == []
    assert Delivery.objects.latest("pk").reason == "not needed"


@pytest.mark.parametrize("why", ["restricted", "started"])
def test_whoever_may_not_be_asked_any_more_is_not_reminded(invitation, why: str) -> None:
    if why == "restricted":
        Person.objects.filter(pk=invitation.person_id).update(restricted_at=clock.now())
    else:
        invitation.person.referrals.get().entry.delete()
    with clock.at(NOON + 8 * DAY):
        bring_up_unanswered()
        assert send() == []


def test_a_text_that_waits_for_the_day_is_asked_about_again_before_it_goes(invitation) -> None:
    night = NOON + 8 * DAY + dt.timedelta(hours=11)
    with clock.at(night):
        bring_up_unanswered()
        Person.objects.filter(pk=invitation.person_id).update(restricted_at=clock.now())
    with clock.at(night + dt.timedelta(hours=10)):
        assert send() == []
    assert Delivery.objects.latest("pk").reason == "not needed"


def test_the_links_of_the_offer_and_of_the_reminder_both_open_it_and_close_together(kim, client: Client) -> None:
    offer_words = []
    noor = make_person(given_name="Noor", born_on=dt.date(2012, 6, 1))
    make_wait(person=noor)
    make_contact(person=noor, number=NOOR)
    invitations.offer(noor, by=kim, group=make_open_group())
    offer_words += send()
    with clock.at(NOON + 8 * DAY):
        bring_up_unanswered()
        offer_words += send()
        links = [words[words.index("/i/") :].split()[0] for words in offer_words]
        assert [client.get(link).status_code for link in links] == [200, 200]
        say("no")
        pages = [client.get(link) for link in (*links, "/i/AAAAAAAAAAAAAAAAAAAAAA")]
    assert {(page.status_code, page.content) for page in pages} == {(404, pages[0].content)}


@pytest.mark.parametrize("days", [31, 90, 360])
@pytest.mark.parametrize("closed", [True, False])
def test_new_makes_a_fresh_offer_for_a_year(invitation, days: int, closed: bool) -> None:
    with clock.at(NOON + days * DAY):
        if closed:
            close_late_invitations()
        say("new")
        (sent,) = send()
        assert "this is for you until" in sent
        fresh = Invitation.objects.latest("pk")
        assert (fresh.state, fresh.pk != invitation.pk) == ("offered", True)
        say("yes")
        assert answers_of(fresh) == ("accepted", "text")


def test_new_while_the_offer_is_open_sends_the_link_once_more(invitation) -> None:
    with clock.at(NOON + 8 * DAY):
        say("NEW")
        (sent,) = send()
        for _time in range(9):
            say("new")
    assert "/i/" in sent
    assert Invitation.objects.count() == 1
    assert Delivery.objects.filter(notification__purpose="offer_again").count() <= 6


@pytest.mark.parametrize("why", ["never", "unknown", "too old", "aged out", "said no", "still fits"])
def test_new_answers_alike_whatever_there_is_and_a_person_looks_into_the_rest(kim, why: str) -> None:
    sender = NOOR
    at = NOON + 40 * DAY
    if why == "unknown":
        sender = "+447700900777"
    elif why == "never":
        make_contact(number=NOOR)
    else:
        invitation = offer(kim)
        if why == "too old":
            at = NOON + 366 * DAY
        if why == "aged out":
            Person.objects.filter(pk=invitation.person_id).update(born_on=dt.date(2005, 1, 1))
        if why == "said no":
            say("no")
    with clock.at(at):
        answer = say("new", sender=sender)
        assert answer == messages.fill("sms", "offer_new", {"read_when": texts.when(texts.read_by())})
        sent = send()
    assert bool(sent) == (why == "still fits")
    text = InboundText.objects.latest("pk")
    if why == "unknown":
        assert text.state == "new"
    elif why != "still fits":
        assert CallTask.objects.get().about == "ring_me"


def test_words_to_no_offer_are_never_an_act_of_the_link(invitation) -> None:
    assert texts.kind_of("yes please")[0] == "other"  # it depends on what went there
    assert offers.open_at("no such hash") is None


def rush(*acts: Callable[[], object]) -> int:
    """Do acts at once, and count those that were not refused."""
    done: list[int] = []
    start = threading.Barrier(len(acts))

    def run(number: int) -> None:
        start.wait()
        try:
            if acts[number]():
                done.append(number)
        except (StaleMove, IllegalMove, RuleBroken):
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return len(done)


def rivals(kim: User) -> None:
    """Let replies and a click on the link answer one offer at once."""
    with clock.at(NOON):
        invitation = offer(kim)
        mine = Invitation.objects.get(pk=invitation.pk)

    def reply(words: str) -> bool:
        with clock.at(NOON):
            return "Somebody will read" not in say(words)

    def click() -> bool:
        with clock.at(NOON):
            invitations.decline(mine, by=LINK)
        return True

    assert rush(*[lambda: reply("yes")] * 8, click) == 1
    invitation.refresh_from_db()
    yeses = Membership.objects.filter(person=invitation.person).count()
    assert (yeses, HelloCall.objects.count()) == ((1, 1) if invitation.state == "accepted" else (0, 0))
    assert InboundText.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_of_rival_replies_and_a_click_one_wins(kim) -> None:
    rivals(kim)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_rival_replies_and_a_click_on_postgresql_one_wins(kim) -> None:
    rivals(kim)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_news_at_once_on_postgresql_one_makes_an_offer(kim) -> None:
    offer(kim)

    def anew() -> bool:
        with clock.at(NOON + 31 * DAY):
            return bool(say("new"))

    assert rush(*[anew] * 6) == 6
    assert Invitation.objects.filter(state="offered").count() == 1


# ── In other languages (U16) ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def all_languages(settings) -> None:
    settings.MESSAGE_LANGUAGES = ["all"]


def sent_to(kim: User, language: str) -> tuple[Invitation, str]:
    noor = make_person(given_name="Noor", born_on=dt.date(2012, 6, 1))
    make_wait(person=noor)
    make_contact(person=noor, number=NOOR, language=language)
    invitation = invitations.offer(noor, by=kim, group=make_open_group())
    return invitation, "".join(send())


@pytest.mark.usefixtures("all_languages")
@pytest.mark.parametrize(
    ("language", "word", "state", "answer"),
    [
        ("so", "Haa", "accepted", "turjubaan"), ("so", "maya.", "declined", "Waad ku mahadsan"),
        ("pl", "Tak!", "accepted", "tlumaczem"), ("pl", "NIE", "declined", "Dziekujemy"),
        ("ar", "نعم", "accepted", "مترجم"), ("ar", "لا", "declined", "شكرا"),
        ("bn", "হ্যাঁ", "accepted", "দোভাষী"), ("bn", "না।", "declined", "ধন্যবাদ"),
        ("so", "yes", "accepted", "turjubaan"), ("pl", "no", "declined", "Dziekujemy"),
    ],
)  # fmt: skip
def test_an_offer_speaks_their_language_and_understands_it(kim, language: str, word: str, state: str, answer: str) -> None:  # fmt: skip
    invitation, sent = sent_to(kim, language)
    assert Delivery.objects.get().language == language
    assert "/i/" in sent
    assert messages.segments(sent) <= 2
    assert answer in say(word)
    assert answers_of(invitation) == (state, "text")


@pytest.mark.usefixtures("all_languages")
@pytest.mark.parametrize("words", ["CALL", "ask"])
def test_who_wants_to_talk_first_is_rung_with_an_interpreter_about_the_offer(kim, words: str) -> None:
    invitation, _sent = sent_to(kim, "so")
    assert "turjubaan" in say(words)
    task = CallTask.objects.get()
    assert (task.about, task.language, offers.of_call(task)) == ("interpreter", "so", invitation)
    say("haa")
    task.refresh_from_db()
    assert task.state == "cancelled"


@pytest.mark.parametrize(("offered", "language"), [([], "so"), (["all"], "yo"), (["pl"], "so")])
def test_without_words_in_their_language_a_person_rings_with_an_interpreter(kim, settings, offered, language) -> None:
    settings.MESSAGE_LANGUAGES = offered
    _invitation, sent = sent_to(kim, language)
    assert sent == ""
    task = CallTask.objects.get()
    assert (task.about, task.language, task.due_at is not None) == ("offer", language, True)


@pytest.mark.usefixtures("all_languages")
def test_an_answer_in_english_words_is_told_by_a_person_not_by_a_link(kim) -> None:
    invitation, _sent = sent_to(kim, "pl")
    say("Czy to daleko?")
    assert InboundText.objects.get().state == "new"  # a person reads what they mean
    answers.take_question(invitation, question="Is it far?")
    invitations.answer_question(invitation, by=kim, answer="No.")
    assert send() == []
    assert CallTask.objects.get().language == "pl"


def test_every_news_of_an_offer_goes_in_the_words_of_its_rule() -> None:
    by_text = {rule.news: rule.words["sms"] for rule in RULES if rule.news in offers.WORDS and "sms" in rule.words}
    assert by_text == offers.WORDS


def test_a_word_of_another_language_is_nothing_to_whoever_speaks_english(invitation, settings) -> None:
    settings.MESSAGE_LANGUAGES = ["all"]
    assert "Somebody will read" in say("Maya")
    assert answers_of(invitation)[0] == "offered"
