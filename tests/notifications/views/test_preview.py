"""The preview: every message for an invented family and for a real one, the right figures, no row, no secret."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core import signing
from django.urls import reverse

from moderation import links
from notifications import catalogue, messages, preview, routing
from notifications.catalogue import CHANNELS
from notifications.models import CommunicationNeed, ContactPoint
from notifications.purposes import PURPOSES
from notifications.rules import RULES
from peer import clock
from peer.models import AuditEvent, ParentRelationship, Person
from peer.roles import Role
from tests.make import make_person, make_user, make_wait
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db

FILES = Path(configured.BASE_DIR) / "templates" / "notifications" / "en"
WAYS = [(one.purpose, channel) for one in catalogue.every().values() for channel in one.words]


@pytest.fixture
def kim(client):
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


@pytest.fixture
def pat():
    """Pat, whose child Asha waits, with a number and a word."""
    asha = make_person(given_name="Zaynab")
    make_wait(person=asha)
    pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Patience", family_name="Lark", born_on=None)
    ParentRelationship.objects.create(young_person=asha, adult=pat, may_know="all", lives_with=True)
    make_contact(person=pat, your_word="marmalade")
    return pat


def look(client, purpose: str, **asked: str):
    return client.get(reverse("preview-detail", args=[purpose]), asked)


def page(client, purpose: str, **asked: str) -> str:
    answer = look(client, purpose, **asked)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def rows() -> dict[str, int]:
    """Count every table but the sessions'."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.app_label in {"peer", "moderation", "notifications"}}  # fmt: skip


def test_every_message_is_listed_by_what_it_is_for_with_its_own_sentence(client, kim) -> None:
    shown = html.unescape(client.get(reverse("preview-index")).content.decode())
    for message in catalogue.every().values():
        assert message.why() in shown
        assert reverse("preview-detail", args=[message.purpose]) in shown


def test_every_rule_has_a_preview_of_its_own_and_a_name() -> None:
    purposes = [rule.purpose for rule in RULES]
    assert len(set(purposes)) == len(purposes)
    assert set(purposes) <= set(catalogue.every())
    assert [one.purpose for one in catalogue.every().values() if not one.title and one.purpose not in PURPOSES] == []


@pytest.mark.parametrize(("purpose", "channel"), WAYS)
def test_every_message_previews_for_an_invented_family_and_writes_no_row(client, kim, purpose, channel) -> None:
    before = rows()
    shown = page(client, purpose, channel=channel)
    assert "Figures" in shown
    assert "{" not in shown.split('id="main"')[1].split("</main>")[0]
    assert rows() == before


def test_between_them_the_previews_show_every_file(client, kim, monkeypatch) -> None:
    read, template = set(), messages.template

    def noting(channel, name, language="en", *, easy=False):
        read.add(f"{channel}/{name}")
        return template(channel, name, language, easy=easy)

    monkeypatch.setattr(messages, "template", noting)
    for purpose, channel in WAYS:
        page(client, purpose, channel=channel)
        page(client, purpose, channel=channel, language="so")  # not offered: the English key for an interpreter
    assert {str(file.relative_to(FILES).with_suffix("")) for file in FILES.glob("*/*.txt")} - read == set()


def test_the_figures_are_those_that_go_with_the_text(client, kim, settings) -> None:
    settings.TEXT_PENCE = 4.5
    message = catalogue.every()["request_accepted"]
    shown = preview.show(message, preview.invented(message, routing.SMS), routing.SMS, "en", by=kim)
    assert shown.text.startswith("robin: there is news")
    assert shown.measure.segments == messages.segments(shown.text)
    assert shown.measure.length == messages.length(shown.text)
    words = page(client, "request_accepted", channel="sms")
    assert f"{messages.segments(shown.text)} of at most 2" in words
    assert f"{messages.length(shown.text)} characters" in words
    assert "4.5p" in words
    assert words.count("robin: there is news") == 2  # locked, and opened


def test_a_real_person_s_preview_has_their_word_their_name_and_their_child(client, kim, pat) -> None:
    before = rows()
    words = page(client, "request_accepted", channel="sms", whom=pat.public_id)
    assert "marmalade: there is news" in words
    assert "Patience Lark" in words
    call = page(client, "request_accepted", channel="call", whom=pat.public_id)
    assert "a message for Patience." in call
    assert "Zaynab is on the list" in call
    for field in ("your_word", "where"):
        assert getattr(pat.contact_points.get(), field) not in call  # no word to read out, no whole number
    after = rows()
    assert after.pop("peer.AuditEvent") == before.pop("peer.AuditEvent") + 2  # who looked, and nothing else
    assert set(AuditEvent.objects.filter(action="looked").values_list("target_id", flat=True)) == {pat.pk}
    assert after == before


@pytest.mark.parametrize(("purpose", "channel"), WAYS)
def test_every_message_previews_for_a_real_person_too(client, kim, pat, purpose, channel) -> None:
    assert "Figures" in page(client, purpose, channel=channel, whom=pat.public_id)


def test_people_are_found_by_name_and_by_their_child_s_reference(client, kim, pat) -> None:
    child = pat.young_people.get().young_person
    reference = child.referrals.get().reference
    assert "Patience Lark" in page(client, "request_accepted", q="patie lark")
    found = page(client, "request_accepted", q=reference)
    assert pat.public_id in found
    assert child.public_id in found
    assert f"Parent or carer · Zaynab · {reference}" in found
    assert "Nobody found" in page(client, "request_accepted", q="nobody of that name")


def test_a_manager_sees_invented_families_alone(client, pat) -> None:
    client.force_login(make_user(roles=(Role.SERVICE_MANAGER,)))
    words = page(client, "request_accepted", q="Patience")
    assert "Patience" not in words
    assert 'name="q"' not in words
    assert look(client, "request_accepted", whom=pat.public_id).status_code == 404


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.EDITOR, None])
def test_to_everybody_else_there_is_no_preview(client, role) -> None:
    client.force_login(make_user(roles=(role,) if role else ()))
    assert client.get(reverse("preview-index")).status_code == 404
    assert look(client, "request_accepted").status_code == 404


def test_what_there_is_not_is_a_404(client, kim, pat) -> None:
    assert look(client, "no_such_purpose").status_code == 404
    assert look(client, "request_accepted", channel="pigeon").status_code == 404
    assert look(client, "request_accepted", whom="nobody").status_code == 404
    Person.objects.filter(pk=pat.pk).update(deceased_at=clock.now())
    assert look(client, "request_accepted", whom=pat.public_id).status_code == 404
    assert "Nobody found" in page(client, "request_accepted", q="Patience")


@pytest.mark.parametrize("asked", [{"q": "x" * 101}, {"language": "klingon"}])
def test_what_is_typed_wrongly_gets_a_sentence_and_stays(client, kim, asked) -> None:
    answer = look(client, "request_accepted", **asked)
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "That is too long" in words or "Choose a language from the list" in words
    assert "q" not in asked or asked["q"] in words
    assert "there is news about the request" in words


def test_a_way_without_words_gets_a_sentence(client, kim) -> None:
    words = page(client, "we_will_ring", channel="letter")
    assert "This message never goes this way. It goes by: Text, Phone call." in words


def test_words_that_nobody_wrote_in_a_language_go_out_in_english_and_say_so(client, kim, pat) -> None:
    assert "Nobody has written these words in Somali yet" in page(client, "answer", language="so")
    assert "Nobody has written" not in page(client, "request_accepted", language="en")
    ContactPoint.objects.update(language="so")
    assert "in Somali yet" in page(client, "answer", whom=pat.public_id)


def test_no_preview_holds_a_secret_that_works(client, kim, pat) -> None:
    for purpose, channel in WAYS:
        words = page(client, purpose, channel=channel)
        for piece in words.split():
            if "/i/" in piece or preview.SIGNED[:20] in piece:
                assert "invented" in piece
    assert "123456" in page(client, "sign_in_code")
    with pytest.raises(signing.BadSignature):
        links.read(preview.SIGNED[: preview.SIGNED_LENGTH])
    assert client.get(reverse("invitations-hello", args=[preview.SECRET])).status_code in {302, 404, 200, 410}


def test_an_invented_link_is_as_long_as_a_real_one() -> None:
    real = signing.dumps([4321, 321], salt=links.SALT, compress=True)
    assert abs(len(real) - preview.SIGNED_LENGTH) <= 4


def test_a_value_that_tells_too_much_or_is_too_long_is_named(client, kim, pat) -> None:
    contact = pat.contact_points.get()
    ContactPoint.objects.filter(pk=contact.pk).update(your_word="my therapist")
    words = page(client, "request_accepted", whom=pat.public_id)
    assert "A value has the word “therap” in it. “Meanwhile” goes out in its place." in words
    contact.your_word = "marmalade sandwiches under a very long umbrella"[:40]
    contact.save()
    Person.objects.filter(pk=pat.pk).update(given_name="A" * 60)
    assert f"“{'A' * 40}” goes out in place of “{'A' * 60}”" in page(client, "invitation", whom=pat.public_id)


def test_a_wide_mark_is_named_and_costs_more(client, kim, pat) -> None:
    ContactPoint.objects.update(your_word="Łódź")
    words = page(client, "request_accepted", whom=pat.public_id, channel="sms")
    assert "Wide, for: Ł ó ź." in words
    assert "2 of at most 2" in words
    assert "8p" in words


def test_words_that_tell_too_much_are_named_whoever_wrote_them(client, kim, settings) -> None:
    settings.SERVICE_PHONE = "ring the clinic"  # no file may say so, and no start of the site allows the name
    assert "“clinic” tells a stranger too much" in page(client, "request_accepted")


NO_WAY = [
    ({"state": "unproved", "proved_at": None}, "Nobody has proved this number"),
    ({"state": "suspect"}, "is in doubt"),
    ({"kind": "landline"}, "no number of theirs that takes texts"),
]


@pytest.mark.parametrize(("change", "sentence"), NO_WAY)
def test_what_keeps_it_from_somebody_is_said(client, kim, pat, change, sentence) -> None:
    ContactPoint.objects.update(**change)
    assert sentence in page(client, "request_accepted", channel="sms", whom=pat.public_id)


def test_a_restricted_record_and_an_adult_who_is_told_nothing_are_said(client, kim, pat) -> None:
    Person.objects.filter(pk=pat.pk).update(restricted_at=clock.now())
    ParentRelationship.objects.update(must_not_be_told=True)
    words = page(client, "request_accepted", channel="sms", whom=pat.public_id)
    assert "Nothing goes by machine" in words
    assert "no young person whose news they may hear" in words
    assert "Zaynab" not in words


def test_a_letter_looks_as_it_will_on_paper(client, kim, pat) -> None:
    words = page(client, "request_accepted", channel="letter", whom=pat.public_id)
    assert "We know no address" in words
    pat.address = "1 Elm Road\nAnytown"
    pat.save()
    CommunicationNeed.objects.create(person=pat, kind=CommunicationNeed.Kind.LARGE_PRINT)
    words = page(client, "request_accepted", channel="letter", whom=pat.public_id)
    assert "We know no address" not in words
    assert "Patience Lark<br>1 Elm Road<br>Anytown" in words
    assert "letter-large" in words
    assert "Dear Patience Lark" in words


def test_an_email_shows_its_subject_and_its_sender(client, kim) -> None:
    words = page(client, "request_accepted", channel="email")
    assert ">robin: there is news</h2>" in words
    assert configured.EMAIL_FROM in words
    assert "Hello Pat" in words


def test_a_call_is_heard_moment_by_moment_with_its_keys(client, kim) -> None:
    words = page(client, "request_accepted", channel="call")
    spoken = [
        "Press 1 if that is you.",
        "the word you agreed with us",
        "They have said yes",
        "Press 1 to hear it again",
    ]
    assert [words.index(one) for one in spoken] == sorted(words.index(one) for one in spoken)
    assert "They press 2: it is the wrong number" in words
    assert "A machine takes the call" in words
    assert "3p" in words
    ring_in = page(client, "call_to_us")
    assert "Press 1 to hear your news" in ring_in
    assert "There is no new message for you" in ring_in
    assert "Nothing to us: they ring" in ring_in


def test_a_voicemail_says_nothing_where_that_was_not_allowed(client, kim, pat) -> None:
    assert "ends without a word" in page(client, "request_accepted", channel="call", whom=pat.public_id)
    ContactPoint.objects.update(voicemail_allowed=True)
    assert "ends without a word" not in page(client, "request_accepted", channel="call", whom=pat.public_id)


def test_the_young_person_of_the_invented_family_is_always_a_child() -> None:
    message = catalogue.every()["request_accepted"]
    asha = preview.invented(message, routing.SMS).subject
    assert asha.age() in {11, 12}
    assert set(message.words) == set(CHANNELS)


def test_the_log_links_to_it_for_those_who_may(client, kim) -> None:
    assert reverse("preview-index") in client.get(reverse("messages-log")).content.decode()
