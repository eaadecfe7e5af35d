"""A photo's file is shown by one view that asks at each request; withdrawn, it is gone in five seconds (B2)."""

from __future__ import annotations

import io
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import Collection, CollectionViewRestriction

from cms import editors
from cms.models import Photo
from cms.photos import PhotoRefused
from peer.roles import Role
from tests.cms.test_photos import BROKEN, PLACE, TELLING, red, saved
from tests.make import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, site_tree: None) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()  # the framework remembers sizes of photos, by keys that come again in the next test


def make_photo(**fields: object) -> Photo:
    given = SimpleUploadedFile("Pat in Elm Road.jpg", TELLING["EXIF and GPS in a JPEG"]())
    return Photo.objects.create(title="A red wall", description="A red wall.", file=given, **fields)


def closed(kind: str = CollectionViewRestriction.LOGIN) -> Collection:
    collection = Collection.get_first_root_node().add_child(instance=Collection(name="Members"))
    CollectionViewRestriction.objects.create(collection=collection, restriction_type=kind)
    return collection


def test_whichever_way_it_comes_a_photo_is_written_anew_under_a_name_that_tells_nothing() -> None:
    photo = make_photo()
    assert re.fullmatch(r"photos/[0-9a-f]{32}\.jpg", photo.file.name)
    with photo.file.open("rb") as file:
        assert PLACE.encode() not in file.read()
    assert (photo.width, photo.height) == (40, 60)
    with pytest.raises(ValueError, match="has no address"):
        _ = photo.file.url


def test_what_is_no_photo_makes_no_row() -> None:
    with pytest.raises((PhotoRefused, OSError)):
        Photo.objects.create(title="x", file=SimpleUploadedFile("x.png", BROKEN["half a PNG"]()))
    assert not Photo.objects.exists()


def test_anybody_sees_a_photo_of_the_public_face_and_asks_again_after_five_seconds(client: Client) -> None:
    address = make_photo().get_rendition("width-20|format-webp").url
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=5"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content[:4] == b"RIFF"
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_photo_of_a_closed_collection_does_not_exist_for_others(client: Client) -> None:
    photo = make_photo(collection=closed())
    address = photo.get_rendition("width-20").url
    hidden, nothing = client.get(address), client.get(address.replace(address[-20:-4], "0" * 16))
    assert (hidden.status_code, hidden.content) == (404, nothing.content)
    client.force_login(make_user(roles=(Role.YOUNG_PERSON,)))
    inside = client.get(address)
    assert (inside.status_code, inside["Cache-Control"]) == (200, "private, no-store")


def test_an_editor_sees_what_only_a_group_may(client: Client) -> None:
    address = make_photo(collection=closed(CollectionViewRestriction.GROUPS)).get_rendition("width-20").url
    member, editor = make_user(roles=(Role.YOUNG_PERSON,)), make_user(roles=(Role.EDITOR,))
    client.force_login(member)
    assert client.get(address).status_code == 404
    client.force_login(editor)
    editors.sync(editor)
    assert client.get(address).status_code == 200


def test_a_photo_that_is_withdrawn_is_gone_at_the_next_request(client: Client) -> None:
    photo = make_photo()
    address = photo.get_rendition("width-20").url
    tag = client.get(address)["ETag"]
    photo.collection = closed()
    photo.save()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 404


def test_a_photo_that_is_deleted_leaves_no_file(client: Client, tmp_path, django_capture_on_commit_callbacks) -> None:
    photo = make_photo()
    address = photo.get_rendition("width-20").url
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 2
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert client.get(address).status_code == 404
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_no_way_leads_out_of_the_folder(client: Client) -> None:
    for name in ("../photos/x.jpg", "..%2f..%2fetc%2fpasswd", "%00", "x" * 3000):
        assert client.get(f"/photos/{name}").status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"<html>", "cannot read this as a photo"), (saved(red(), "TIFF"), "cannot read this as a photo")],
    ids=["a page", "a kind we do not take"],
)
def test_an_editor_hears_why_a_file_is_refused_and_keeps_what_was_typed(client: Client, data: bytes, says: str) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    typed = {"title": "A bench", "description": "A bench.", "tags": "", "file": SimpleUploadedFile("x.jpg", data)}
    answer = client.post("/admin/images/add/", typed)
    assert says in answer.content.decode()
    assert 'value="A bench"' in answer.content.decode()
    assert not Photo.objects.exists()


def test_an_editor_adds_a_photo_with_its_words(client: Client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    typed = {"title": "A bench", "description": "", "tags": ""}
    file = io.BytesIO(TELLING["EXIF and GPS in a JPEG"]())
    file.name = "bench.jpg"
    answer = client.post("/admin/images/add/", typed | {"file": file})
    assert "Please answer this one" in answer.content.decode()
    file.seek(0)
    client.post("/admin/images/add/", typed | {"description": "Three people on a bench.", "file": file})
    photo = Photo.objects.get()
    assert photo.description == "Three people on a bench."
    with photo.file.open("rb") as kept:
        assert PLACE.encode() not in kept.read()
