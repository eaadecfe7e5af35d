"""A document keeps its pages and nothing else; what is none, or is hostile, is refused in a sentence (H12, H26, F21, B2)."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image
from PIL.ExifTags import Base
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction

from cms import documents, rewrite_pdf
from cms.documents import DocumentRefused
from cms.forms.documents import DocumentForm
from tests.make import make_user
from tests.notifications.sounds import FRAME, mp3

NOTE = "51 Elm Road, Jane"
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-I", sys.argv[1]], stdin=sys.stdin.buffer, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "mb": used.ru_maxrss / 1024, "cpu": used.ru_utime + used.ru_stime}))
"""


def blank(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page(page_size=(300, 400))
    return pdf


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def a_script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{NOTE}')"))


def named(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Author"] = NOTE
    with pdf.open_metadata() as xmp:
        xmp["dc:creator"] = [NOTE]


def opens_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = a_script()
    pdf.Root.AA = Dictionary(WC=a_script())


def names_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(a_script())])))


def a_page_with_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=a_script())


def carries_a_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["list.txt"] = NOTE.encode()


def has_notes(pdf: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=String(NOTE), Contents=String(NOTE))
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def links_to_a_script(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI=String("javascript:alert(1)//" + NOTE)),
    )
    start = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F=String(NOTE))
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(link), start])


def has_a_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(NOTE.encode()))


def was_made_with_something(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].PieceInfo = Dictionary(Maker=Dictionary(Private=String(NOTE)))


def shows_a_photo(pdf: pikepdf.Pdf) -> None:
    exif = Image.Exif()
    exif[Base.Artist] = NOTE
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(out, "JPEG", exif=exif, comment=NOTE.encode())
    photo = Stream(
        pdf,
        out.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=60,
        Height=40,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )
    photo.write(out.getvalue(), filter=Name.DCTDecode)
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(P=photo))
    pdf.pages[0].Contents = pdf.make_stream(b"q 60 0 0 40 0 0 cm /P Do Q")


TELLING: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "who made it": named,
    "a script at the start": opens_a_script,
    "a script by name": names_a_script,
    "a script of a page": a_page_with_a_script,
    "a file inside": carries_a_file,
    "notes in the margin": has_notes,
    "links that run something": links_to_a_script,
    "a form": has_a_form,
    "private data of a program": was_made_with_something,
    "a photo with a place": shows_a_photo,
}


def everything(data: bytes) -> bytes:
    """Give each object and each stream of a PDF, unpacked, so that nothing hides in it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        loose = saved(
            pdf,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
        )
        raw = b"".join(thing.read_raw_bytes() for thing in pdf.objects if isinstance(thing, Stream))
    return loose + raw


@pytest.mark.parametrize("what", TELLING)
def test_nothing_comes_with_the_pages(what: str) -> None:
    pdf = blank()
    TELLING[what](pdf)
    given = saved(pdf)
    found = NOTE.encode() in everything(given) or NOTE.encode("utf-16-be") in everything(given)
    assert found, "it was there before"
    data = documents.clean(io.BytesIO(given), "plan.pdf").read()
    left = everything(data)
    assert NOTE.encode() not in left
    assert NOTE.encode("utf-16-be") not in left
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFiles", b"/OpenAction", b"/AcroForm", b"/Metadata"):
        assert word not in left


def test_pages_links_language_and_a_photo_s_pixels_stay() -> None:
    pdf = blank(3)
    shows_a_photo(pdf)
    pdf.Root.Lang = String("en-GB")
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI=String("https://example.org/")),
    )
    pdf.pages[1].Annots = Array([link])
    data = documents.clean(io.BytesIO(saved(pdf)), "plan.pdf").read()
    with pikepdf.open(io.BytesIO(data)) as left:
        assert len(left.pages) == 3
        assert str(left.Root.Lang) == "en-GB"
        assert str(left.pages[1].Annots[0].A.URI) == "https://example.org/"
        photo = pikepdf.PdfImage(left.pages[0].Resources.XObject.P).as_pil_image()
        assert photo.size == (60, 40)
        assert photo.convert("RGB").getpixel((30, 20))[0] > 180
    again = documents.clean(io.BytesIO(data), "plan.pdf").read()
    assert again == data, "clean is clean"


def test_a_large_one_comes_in_within_its_limits() -> None:
    pdf = blank(60)
    for page in pdf.pages:
        page.Contents = pdf.make_stream(os.urandom(200_000))
    data = saved(pdf)
    assert len(documents.clean(io.BytesIO(data), "plan.pdf").read()) > 10_000_000
    used = measured(data)
    assert (used["code"], used["mb"] <= 200, used["cpu"] <= rewrite_pdf.CPU_SECONDS) == (0, True, True)


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────────────
def bomb() -> bytes:
    """Give a PDF whose table of objects unpacks to 300 MB."""
    big = zlib.compressobj(9)
    data = b"".join(big.compress(b"\0" * 2**20) for _n in range(300)) + big.flush()
    start = b"%PDF-1.5\n"
    head = f"1 0 obj\n<</Type/XRef/W[1 2 1]/Size 70000000/Root 2 0 R/Filter/FlateDecode/Length {len(data)}>>stream\n".encode()
    return start + head + data + b"\nendstream endobj\nstartxref\n" + str(len(start)).encode() + b"\n%%EOF"


def packed_objects() -> bytes:
    """Give a PDF whose one page lies in a stream of objects that unpacks to 300 MB."""
    big = zlib.compressobj(9)
    head = b"2 0 3 40 "
    body = b"<</Type/Catalog/Pages 3 0 R>>".ljust(40) + b"<</Type/Pages/Kids[]/Count 0>>"
    data = big.compress(head + body) + b"".join(big.compress(b" " * 2**20) for _n in range(300)) + big.flush()
    out = io.BytesIO(b"%PDF-1.5\n")
    out.seek(0, 2)
    at = out.tell()
    out.write(
        f"4 0 obj\n<</Type/ObjStm/N 2/First {len(head)}/Filter/FlateDecode/Length {len(data)}>>stream\n".encode()
        + data
        + b"\nendstream endobj\n"
    )
    table = out.tell()
    rows = b"".join(
        bytes([kind]) + where.to_bytes(4, "big") + bytes([more])
        for kind, where, more in ((0, 0, 0), (1, table, 0), (2, 4, 0), (2, 4, 1), (1, at, 0))
    )
    out.write(
        f"1 0 obj\n<</Type/XRef/W[1 4 1]/Size 5/Root 2 0 R/Length {len(rows)}>>stream\n".encode()
        + rows
        + b"\nendstream endobj\n"
    )
    out.write(b"startxref\n" + str(table).encode() + b"\n%%EOF")
    return out.getvalue()


def nested() -> bytes:
    """Give a PDF with an array ten thousand deep."""
    return saved(blank()).replace(b"/Type /Catalog", b"/Type /Catalog /Dests " + b"[" * 10_000 + b"]" * 10_000)


def locked() -> bytes:
    return saved(blank(), encryption=pikepdf.Encryption(user="secret", owner="secret"))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a page of the web": lambda: b"<html><script>alert(1)</script></html>",
    "a head alone": lambda: b"%PDF-1.7\n",
    "half a file": lambda: saved(blank())[:200],
    "no pages": lambda: saved(pikepdf.new()),
    "too many pages": lambda: saved(blank(501)),
    "a table that is a bomb": bomb,
    "objects that are a bomb": packed_objects,
    "a program": lambda: b"MZ" + bytes(500),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_document_is_refused_in_a_sentence_within_its_limits(what: str) -> None:
    data = HOSTILE[what]()
    with pytest.raises(DocumentRefused, match=r"^(We cannot read|This PDF is)"):
        documents.clean(io.BytesIO(data), "plan.pdf")
    used = measured(data)
    assert used["code"] != 0
    assert used["mb"] <= 200
    assert used["cpu"] <= rewrite_pdf.CPU_SECONDS + 0.6


def test_a_deep_file_is_refused_or_written_anew_within_its_limits() -> None:
    used = measured(nested())
    assert used["mb"] <= 200
    assert used["cpu"] <= rewrite_pdf.CPU_SECONDS + 0.6


def test_a_locked_one_is_refused_and_an_owner_s_lock_is_gone() -> None:
    with pytest.raises(DocumentRefused, match="locked with a password"):
        documents.clean(io.BytesIO(locked()), "plan.pdf")
    open_one = saved(blank(), encryption=pikepdf.Encryption(user="", owner="secret"))
    with pikepdf.open(documents.clean(io.BytesIO(open_one), "plan.pdf")) as left:
        assert not left.is_encrypted


def measured(data: bytes) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(Path(rewrite_pdf.__file__))], input=data, capture_output=True, check=True
    )
    used: dict[str, float] = json.loads(done.stdout)
    return used


@pytest.mark.parametrize("name", ["plan.docx", "plan.html", "plan.svg", "plan.exe", "plan", "plan.pdf.js"])
def test_only_the_kinds_we_allow_come_in(name: str) -> None:
    with pytest.raises(DocumentRefused, match="We take PDF, TXT, CSV and MP3"):
        documents.clean(io.BytesIO(saved(blank())), name)


def test_text_is_text_and_nothing_else() -> None:
    assert documents.clean(io.BytesIO("\ufeffHello é\n".encode()), "a.txt").read() == "Hello é\n".encode()
    for data in (b"\xff\xfe\x00", b"a\x00b", b"  ", b"caf\xe9", b"\x1b[31mred"):
        with pytest.raises(DocumentRefused, match="as text"):
            documents.clean(io.BytesIO(data), "a.csv")


def id3(words: str) -> bytes:
    """Write a tag with a name in it, and a picture's first bytes that look like a frame."""
    said = b"TPE1" + len(words).to_bytes(4, "big") + b"\0\0" + words.encode() + b"\xff\xfb\x50\xc4"
    return b"ID3\x04\0\0" + bytes((0, 0, len(said) >> 7, len(said) & 0x7F)) + said


@pytest.mark.parametrize(
    "given",
    [
        FRAME * 12,
        id3(NOTE) + FRAME * 12,
        FRAME * 12 + b"TAG" + NOTE.encode().ljust(125, b"\0"),
        FRAME * 12 + b"APETAGEX" + NOTE.encode() + b"TAG" + bytes(125),
        FRAME * 6 + id3(NOTE) + FRAME * 6,
        FRAME * 12 + FRAME[:99],
    ],
    ids=["bare", "in front", "at the end", "two at the end", "between", "cut short"],
)
def test_of_a_sound_its_frames_alone_are_left(given: bytes) -> None:
    assert documents.clean(io.BytesIO(given), "read.mp3").read() == FRAME * 12


def test_slower_sounds_have_shorter_frames() -> None:
    slow = b"\xff\xf3\x40\xc4" + bytes(72 * 32_000 // 22_050 - 4)  # MPEG 2, 32 kbit/s
    slowest = b"\xff\xe3\x40\xc4" + bytes(72 * 32_000 // 11_025 - 4)  # MPEG 2.5
    for frame in (slow, slowest):
        assert documents.clean(io.BytesIO(frame * 10 + b"TAG" + bytes(125)), "read.MP3").read() == frame * 10


@pytest.mark.parametrize("given", [b"", b"MZ" * 900, FRAME * 3, id3(NOTE), b"\xff" * documents.MOST_BYTES])
def test_what_is_no_sound_is_refused(given: bytes) -> None:
    with pytest.raises(DocumentRefused, match="as a sound"):
        documents.clean(io.BytesIO(given), "read.mp3")


def test_what_is_too_big_is_refused_unread() -> None:
    with pytest.raises(DocumentRefused, match="too big"):
        documents.clean(io.BytesIO(bytes(documents.MOST_BYTES + 1)), "a.pdf")


# ── Into the library, and out of it ─────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def kept(name: str = "plan.pdf", *, collection: Collection | None = None) -> Document:
    pdf = blank()
    named(pdf)
    collection = collection or Collection.get_first_root_node()
    document = Document(title="Plan", file=ContentFile(saved(pdf), name), collection=collection)
    document.save()
    document.get_file_hash()
    document.save()
    return document


@pytest.mark.django_db
def test_whichever_way_it_comes_it_is_written_anew() -> None:
    with kept().file.open("rb") as file:
        assert NOTE.encode() not in everything(file.read())
    with pytest.raises(DocumentRefused):
        Document(title="Bad", file=ContentFile(b"<html>", "bad.pdf")).save()
    assert Document.objects.count() == 1


@pytest.mark.django_db
def test_the_editor_s_form_says_what_is_wrong() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from wagtail.documents.forms import get_document_form

    form_class = get_document_form(Document)
    assert issubclass(form_class, DocumentForm)
    for data, says in ((b"<html>", "We cannot read this as a PDF"), (locked(), "locked with a password")):
        form = form_class({"title": "Plan"}, {"file": SimpleUploadedFile("plan.pdf", data)})
        assert says in str(form.errors["file"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "status", "told", "length"),
    [
        ("bytes=0-1", 206, "bytes 0-1/2080", 2),
        ("bytes=2000-", 206, "bytes 2000-2079/2080", 80),
        ("bytes=-80", 206, "bytes 2000-2079/2080", 80),
        ("bytes=0-99999", 206, "bytes 0-2079/2080", 2080),
        ("bytes=2080-", 416, "bytes */2080", 0),
        ("bytes=9-1", 416, "bytes */2080", 0),
        ("bytes=0-1,5-6", 200, None, 2080),
        ("lines=0-1", 200, None, 2080),
    ],
)
def test_of_a_sound_a_player_may_ask_for_a_part(
    client: Client, asked: str, status: int, told: str | None, length: int
) -> None:
    document = Document(title="Read aloud", file=ContentFile(mp3(), "read.mp3"))
    document.save()
    document.get_file_hash()
    document.save()
    answer = client.get(document.url, headers={"Range": asked})
    assert (answer.status_code, answer.get("Content-Range"), len(answer.content)) == (status, told, length)
    if status == 206:
        assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("audio/mpeg", "bytes")
        assert client.get(document.url, headers={"Range": asked, "If-Range": '"old"'}).status_code == 200


@pytest.mark.django_db
def test_it_is_served_safely_and_gone_when_it_is_withdrawn(client: Client) -> None:
    document = kept()
    answer = client.get(document.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "public, max-age=5"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(document.url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(document.url.replace("plan", "other")).status_code == 404
    document.delete()
    assert client.get(answer.request["PATH_INFO"]).status_code == 404


@pytest.mark.django_db
def test_in_a_private_collection_it_was_never_there_for_others(client: Client) -> None:
    """B2: also not by an address that was right before (Wagtail 3880)."""
    document = kept()
    assert client.get(document.url).status_code == 200
    closed = Collection.get_first_root_node().add_child(name="For members")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    document.collection = closed
    document.save()
    assert client.get(document.url).status_code == 404
    never = client.get("/documents/999999/plan.pdf")
    assert client.get(document.url).content.split(b"csrf")[0] == never.content.split(b"csrf")[0]
    member = Client()
    member.force_login(make_user())
    answer = member.get(document.url)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    below = closed.add_child(name="Below")
    Document.objects.filter(pk=document.pk).update(collection=below)
    assert client.get(document.url).status_code == 404
