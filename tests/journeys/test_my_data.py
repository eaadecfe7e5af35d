"""My data, by the pages alone: S58 a copy, S59 tell it once, S69 who looked, S100 no decision about me without me."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.storage import storages
from django.test import Client

from peer import clock, copies, held
from peer.models import DataRequest, DecisionReply, HelloCall, Membership, Person, ShownDecision, User
from peer.roles import Role
from peer.sweeps.copies import carry_on_copies
from tests.make import make_group, make_member, make_person, make_phone, make_post, make_user, make_wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private(settings: object, tmp_path: object) -> None:
    """Keep the files of a test apart."""
    settings.STORAGES["private"]["OPTIONS"]["location"] = tmp_path  # type: ignore[attr-defined]
    storages._storages.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(role: Role) -> Client:
    return signed_in(make_user(roles=(role,)))


@pytest.fixture
def person() -> Person:
    person = make_person(given_name="Asha", family_name="Rahman")
    make_wait(person=person, state="released")
    make_phone(person=person, number="07700 900101")
    return person


@pytest.fixture
def asha(person: Person) -> Client:
    user = make_user(person=person)
    author = make_member(group=make_group(), user=user, name="Fern")
    make_post(author=author, body="I like the evenings here.", state="approved")
    return signed_in(user)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_s58_somebody_sees_what_is_held_and_fetches_a_copy_of_it_once(asha: Client, person: Person) -> None:
    page = text(asha, "/my-data/")
    for words in ("About you", "The help you asked for", "Your groups", "What you wrote", "How we reach you"):
        assert words in page
    assert "Rahman" in text(asha, "/my-data/you/")
    contacts = text(asha, "/my-data/contacts/")
    assert "900101" not in contacts
    assert "101" in contacts
    assert "I like the evenings here." in text(asha, "/my-data/words/")

    at = asha.post("/my-data/ask/copy/")["Location"]
    assert "You have an answer by" in text(asha, at)
    carry_on_copies()
    sam = staff(Role.SERVICE_MANAGER)
    assert "Asha Rahman" in text(sam, "/staff/data-requests/")
    request = DataRequest.objects.get()
    desk = f"/staff/data-requests/{request.public_id}/"
    assert "I like the evenings here." in text(sam, desk)
    assert "tick this" in sam.post(f"{desk}do/read/").content.decode()
    assert sam.post(f"{desk}do/read/", {"read": "on"}).status_code == 302
    carry_on_copies()

    assert "Your copy is here until" in text(asha, at)
    assert asha.get(f"{at}fetch/").status_code == 405
    answer = asha.post(f"{at}fetch/", {"kind": "both"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("my-data.json"))
        html = archive.read("my-data.html").decode()
    assert "I like the evenings here." in html
    assert "Why we have it" in html
    assert any(table["title"] == "A post" for table in told["tables"])
    assert asha.post(f"{at}fetch/", {"kind": "html"}).status_code == 302
    assert "You have got it" in text(asha, at)


def test_s58_what_is_about_somebody_else_is_left_out_on_the_desk(asha: Client, person: Person) -> None:
    asha.post("/my-data/ask/copy/")
    carry_on_copies()
    sam, request = staff(Role.SERVICE_MANAGER), DataRequest.objects.get()
    post = request.person.memberships.get().posts.get()
    address = f"/staff/data-requests/{request.public_id}/leave-out/peer.Post/{post.pk}/body/"
    assert "I like the evenings here." in text(sam, address)
    wrong = sam.post(address, {"passage": "not there", "why": "somebody_else"})
    assert (wrong.status_code, "do not stand there" in wrong.content.decode()) == (422, True)
    assert sam.post(address, {"passage": "the evenings", "why": "somebody_else"}).status_code == 302
    assert "the evenings" in text(sam, f"/staff/data-requests/{request.public_id}/")
    left = request.left_out.get()
    assert sam.post(f"/staff/data-requests/{request.public_id}/put-back/{left.pk}/").status_code == 302
    assert not request.left_out.exists()


def test_s59_told_once_it_is_there_at_the_hello_call_and_can_be_unticked(asha: Client, person: Person) -> None:
    words = {"words": "Music, and nobody asking why.", "save": "yes"}
    assert asha.post("/my-data/tell-once/helps/", words | {"places": ["hello"]}).status_code == 302
    asha.post("/my-data/tell-once/safe_ways/", {"words": "Text me first.", "places": ["hello"], "save": "yes"})
    asha.post("/my-data/tell-once/know/", {"words": "My dad is ill.", "save": "yes"})
    asha.post("/my-data/tell-once/talk/", {"words": "Half a sent", "places": ["hello"], "draft": "yes"})
    mine = text(asha, "/my-data/tell-once/")
    assert "Music, and nobody asking why." in mine
    assert "You have begun something here" in mine
    assert "Half a sent" in text(asha, "/my-data/tell-once/talk/")
    membership = Membership.objects.create(group=make_group(title="Other"), person=person)
    call = HelloCall.objects.create(membership=membership, owner_role="clinician", due_at=clock.now())
    lee = staff(Role.CLINICIAN)
    page = text(lee, f"/staff/hello-calls/{call.public_id}/")
    assert page.count("Music, and nobody asking why.") == 1
    assert page.count("Text me first.") == 1
    assert "My dad is ill." not in page
    assert "Half a sent" not in page
    asha.post("/my-data/tell-once/helps/", words)
    assert "Music" not in text(lee, f"/staff/hello-calls/{call.public_id}/")


def test_s69_every_look_of_staff_shows_with_day_role_and_reason(asha: Client, person: Person) -> None:
    assert "Nobody yet" in text(asha, "/my-data/who-looked/")
    text(staff(Role.CO_ORDINATOR), f"/staff/waiting/{person.public_id}/")
    page = text(asha, "/my-data/who-looked/")
    assert "A co-ordinator, who looks after the list" in page
    assert "Opened your page, to look after you while you wait." in page


def test_s100_a_decision_is_read_answered_back_and_kept_back_only_by_a_safeguarding_lead(
    asha: Client, person: Person
) -> None:
    lee = staff(Role.CLINICIAN)
    place = person.referrals.get().entry
    lee.post(f"/staff/waiting/places/{place.public_id}/decide/", {"outcome": "accepted", "reason": "School is hard."})
    assert "School is hard." in text(asha, "/my-data/decisions/")
    decision = ShownDecision.objects.get()
    reply = f"/my-data/decisions/{decision.public_id}/reply/"
    assert asha.post(reply, {"words": ""}).status_code == 422
    assert asha.post(reply, {"words": "It is not school. It is home."}).status_code == 302
    desk = text(lee, "/staff/replies/")
    assert "Asha Rahman" in desk
    answer = {"words": "Thank you. We talk about it on Tuesday."}
    assert lee.post(f"/staff/replies/{DecisionReply.objects.get().public_id}/", answer).status_code == 302
    assert "We talk about it on Tuesday." in text(asha, "/my-data/decisions/")

    keep = f"/staff/decisions/{decision.public_id}/keep-back/"
    assert lee.get(keep).status_code == 404
    lead = staff(Role.SAFEGUARDING_LEAD)
    assert lead.post(keep, {"reason": ""}).status_code == 422
    assert lead.post(keep, {"reason": "Her phone is read at home."}).status_code == 302
    page = text(asha, "/my-data/decisions/")
    assert "Nothing yet" in page
    for address in ("/my-data/decisions/", "/my-data/rights/", "/my-data/wait/", "/my-data/", "/home/"):
        words = text(asha, address)
        assert "School is hard." not in words, address
        assert "It is home" not in words, address
    assert "School is hard." not in json.dumps(copies.draw_up(person))
    assert asha.get(reply).status_code == 404
    row = decision.withholdings.get()
    assert "Her phone is read at home." in text(lead, f"/staff/kept-back/{row.public_id}/")
    lead.post(f"/staff/kept-back/{row.public_id}/", {"reason": "She has her own now.", "show": "yes"})
    for address in ("/my-data/decisions/", "/my-data/rights/", "/home/"):
        assert "School is hard." in text(asha, address)
    assert "School is hard." in json.dumps(copies.draw_up(person))


def test_a_decision_that_nobody_has_told_yet_is_in_no_copy(asha: Client, person: Person) -> None:
    place = person.referrals.get().entry
    said = {"outcome": "not_accepted", "reason": "Another team is better."}
    assert staff(Role.CLINICIAN).post(f"/staff/waiting/places/{place.public_id}/decide/", said).status_code == 302
    assert "Another team" not in json.dumps(copies.draw_up(person))
    assert "Another team" not in text(asha, "/my-data/wait/")


def test_worrying_words_get_help_on_the_page_at_once(asha: Client, person: Person) -> None:
    decision = ShownDecision.objects.create(person=person, kind="request", words="x", source_kind="x", source_pk=1)
    address = f"/my-data/decisions/{decision.public_id}/reply/"
    page = asha.post(address, {"words": "I want to die"}, follow=True).content.decode()
    assert "What you wrote made us stop" in page
    page = asha.post("/my-data/ask/correction/", {"words": "I want to die"}, follow=True).content.decode()
    assert "What you wrote made us stop" in page
    assert "Worrying words" in text(staff(Role.CLINICIAN), "/staff/replies/")
    assert "Asha" not in text(staff(Role.SERVICE_MANAGER), "/staff/replies/")


def test_deleting_is_asked_with_its_consequences_and_done_by_two(asha: Client, person: Person) -> None:
    page = text(asha, "/my-data/ask/deletion/")
    for words in ("What goes, for good", "What has to stay", "25th birthday", "Two people check it"):
        assert words in page
    assert asha.post("/my-data/ask/deletion/", {"posts": "keep"}).status_code == 422
    assert asha.post("/my-data/ask/deletion/", {"posts": "keep", "sure": "on"}).status_code == 302
    desk = f"/staff/data-requests/{DataRequest.objects.get().public_id}/"
    sam, lead = staff(Role.SERVICE_MANAGER), staff(Role.SAFEGUARDING_LEAD)
    assert "Delete it, for good" not in text(sam, desk)
    assert sam.post(f"{desk}do/agree/").status_code == 302
    assert "Somebody else must do it" in text(sam, desk)
    refused = sam.post(f"{desk}do/delete/")
    assert (refused.status_code, "Somebody else must do it" in refused.content.decode()) == (422, True)
    assert "Delete it, for good" in text(lead, desk)
    assert lead.post(f"{desk}do/delete/").status_code == 302
    assert asha.get("/my-data/").status_code == 302


@pytest.mark.parametrize(
    "page", ["", "who-looked/", "decisions/", "tell-once/", "ask/copy/", *(f"{part}/" for part in held.headings())]
)
def test_each_sees_only_their_own(page: str, asha: Client) -> None:
    pat = signed_in(make_user(person=make_person(kind="parent_carer", given_name="Pat", family_name="Other")))
    words = text(pat, f"/my-data/{page}")
    assert "Asha" not in words
    assert "evenings" not in words
    assert "Fern" not in words


def test_somebody_else_s_request_was_never_there(asha: Client) -> None:
    asha.post("/my-data/ask/copy/")
    request = DataRequest.objects.get()
    pat = signed_in(make_user(person=make_person(kind="parent_carer")))
    for address in ("", "fetch/", "take-back/"):
        ask = pat.post if address else pat.get
        assert ask(f"/my-data/asked/{request.public_id}/{address}").status_code == 404


def test_an_account_without_a_person_has_no_such_page() -> None:
    assert signed_in(make_user()).get("/my-data/").status_code == 404


@pytest.mark.parametrize("page", ["/my-data/nothing/", "/my-data/ask/nothing/", "/my-data/tell-once/nothing/"])
def test_what_there_is_not_is_a_404(page: str, asha: Client) -> None:
    assert asha.get(page).status_code == 404


@pytest.mark.parametrize(
    ("page", "most"),
    [("", 8), ("words/", 18), ("messages/", 10), ("who-looked/", 9), ("decisions/", 8), ("ask/deletion/", 16)],
)
def test_a_page_costs_the_same_however_much_is_held(
    page: str, most: int, asha: Client, person: Person, django_assert_max_num_queries: object
) -> None:
    author = person.memberships.get()
    for number in range(25):
        make_post(author=author, body=f"Words {number}", state="approved")
    with django_assert_max_num_queries(most):  # type: ignore[operator]
        text(asha, f"/my-data/{page}")
