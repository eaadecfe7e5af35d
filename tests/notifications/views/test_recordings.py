"""Recordings: kept, replaced and taken out by the service manager; a bad file gets a sentence and changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from notifications import sounds, speech
from notifications.languages import Played, Voiced
from notifications.models import Recording
from peer import clock
from peer.models import AuditEvent
from peer.roles import Role
from tests.make import make_user
from tests.notifications.sounds import mp3, wav

pytestmark = pytest.mark.django_db
PAGE = "/staff/recordings/so/greeting/"


@pytest.fixture(autouse=True)
def all_languages(settings) -> None:
    settings.MESSAGE_LANGUAGES = ["all"]


@pytest.fixture
def sam(client):
    user = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    client.force_login(user)
    return user


def keep(client, sound: bytes | None = None, *, page: str = PAGE, name: str = "hello.wav", **words: str):
    given = {"speaker": "Hodan", "agreed_by": "Abdi"} | words
    sound = wav() if sound is None else sound
    return client.post(page, given | {"sound": SimpleUploadedFile(name, sound)})


@pytest.mark.parametrize(("sound", "kind"), [(wav(), "audio/wav"), (mp3(), "audio/mpeg"), (mp3(tag=True), "audio/mpeg")])  # fmt: skip
def test_a_recording_is_kept_and_heard_at_an_address_that_tells_nothing(client, sam, sound, kind) -> None:
    assert keep(client, sound, name="whatever.txt").status_code == 302
    kept = Recording.objects.get()
    assert (kept.speaker, kept.agreed_by, kept.kept_by, kept.kind) == ("Hodan", "Abdi", sam, kind)
    assert kept.words == "Salaan. Fariin ayaan kuu haynaa."
    said = speech.sentence("greeting", "so")
    assert isinstance(said, Played)
    address = reverse("recordings-sound", args=[kept.token])
    assert said.address.endswith(address)
    client.logout()
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (sound, kind)
    assert "Content-Disposition" not in answer
    for part in ("so", "greeting", kept.sound, kept.public_id):
        assert part not in address.removeprefix("/sounds/").split("/")
    assert client.get("/sounds/" + "x" * 43).status_code == 404


def test_a_new_one_ends_the_one_before_when_the_calls_of_that_moment_are_over(client, sam) -> None:
    keep(client)
    first = Recording.objects.get()
    keep(client, wav(seconds=0.3), speaker="Ayaan")
    live = Recording.objects.live().get()
    assert live.speaker == "Ayaan"
    old = reverse("recordings-sound", args=[first.token])
    assert client.get(old).status_code == 200
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        assert client.get(old).status_code == 404
    page = client.get(PAGE).content.decode()
    assert "Ayaan speaks. Abdi listened and agreed." in page
    assert AuditEvent.objects.filter(action="notifications.actions.recordings.keep").count() == 2


def test_one_that_is_taken_out_is_heard_no_more(client, sam) -> None:
    keep(client, page="/staff/recordings/pl/greeting/")
    assert isinstance(speech.sentence("greeting", "pl"), Played)
    assert client.post(reverse("recordings-stop", args=[Recording.objects.get().public_id])).status_code == 302
    assert isinstance(speech.sentence("greeting", "pl"), Voiced)


def wav_of_another_kind() -> bytes:
    sound = bytearray(wav())
    sound[20:22] = b"\x55\x00"
    return bytes(sound)


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (b"", "This file is empty."),
        (b"MZ" + bytes(500), "Save it as WAV or MP3."),
        (b"<html><script>alert(1)</script>" * 20, "Save it as WAV or MP3."),
        (b"RIFF\x00\x00\x00\x00WAVE", "There is no sound in this WAV file."),
        (b"RIFF" + bytes(4) + b"AVI " + bytes(90), "Save it as WAV or MP3."),
        (wav(seconds=0), "There is no sound in this WAV file."),
        (wav_of_another_kind(), "The telephone cannot play this kind of WAV file."),
        (b"ID3\x04\x00\x00\x00\x00\x00\x05" + bytes(500), "Save it as WAV or MP3."),
        (mp3()[:150], "Save it as WAV or MP3."),
        (b"\xff\xfb", "Save it as WAV or MP3."),
        (wav(seconds=140), "This recording is too long."),
    ],
    ids=["empty", "a program", "a page", "a bare head", "a film", "no samples", "compressed", "a tag alone", "cut", "two bytes", "too long"],
)  # fmt: skip
def test_a_bad_sound_file_is_refused_with_a_sentence_and_changes_nothing(client, sam, sound, words) -> None:
    page = keep(client, sound, speaker="Hodan Warsame")
    assert page.status_code == 422
    assert words in page.content.decode()
    assert "Hodan Warsame" in page.content.decode()
    assert not Recording.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"speaker": ""}, "Say who speaks."),
        ({"agreed_by": ""}, "Say who listened and agreed."),
        ({"agreed_by": "hodan"}, "Let a second person listen"),
    ],
)
def test_who_speaks_and_who_agreed_are_two_people(client, sam, given, words) -> None:
    page = keep(client, **given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Recording.objects.exists()


@pytest.mark.parametrize("page", ["en/greeting", "yo/greeting", "tlh/greeting", "so/request_accepted", "so/nothing"])
def test_there_is_no_page_for_what_is_not_a_fixed_sentence(client, sam, page) -> None:
    assert client.get(f"/staff/recordings/{page}/").status_code == 404
    assert keep(client, page=f"/staff/recordings/{page}/").status_code == 404


def test_the_list_says_what_is_heard_what_nobody_has_checked_and_what_has_changed(client, sam, settings) -> None:
    settings.MESSAGE_LANGUAGES = ["so"]
    keep(client)
    Recording.objects.update(words="Something else.")
    page = client.get("/staff/recordings/").content.decode()
    assert page.index("Soomaali") < page.index("Polski")
    for words in ("Not yet checked by a native speaker", "The words have changed", "Not offered", "The network’s voice", 'dir="auto"'):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CO_ORDINATOR, Role.EDITOR, None])
def test_to_everybody_else_there_are_no_recordings(client, sam, role) -> None:
    keep(client)
    client.force_login(make_user(roles=(role,) if role else ()))
    for address in ("/staff/recordings/", PAGE):
        assert client.get(address).status_code == 404
    assert client.post(reverse("recordings-stop", args=[Recording.objects.get().public_id])).status_code == 404
    assert Recording.objects.live().exists()


def test_a_sound_that_the_disk_has_lost_is_a_404(client, sam) -> None:
    keep(client)
    Recording.objects.update(sound="0" * 64)
    assert client.get(reverse("recordings-sound", args=[Recording.objects.get().token])).status_code == 404


def test_the_same_sound_is_kept_once() -> None:
    assert sounds.keep(wav()) == sounds.keep(wav())
    assert sounds.read(sounds.keep(mp3())) == mp3()
