"""A photo keeps its pixels and nothing else; what is no photo, or a bomb, is refused in a sentence (H12, H26, F21, G20)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from cms import photos, reencode
from cms.photos import PhotoRefused

PLACE = "51 Elm Road"
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-I", sys.argv[1]], stdin=sys.stdin.buffer, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "mb": used.ru_maxrss / 1024, "cpu": used.ru_utime + used.ru_stime}))
"""


def saved(picture: Image.Image, format_name: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_name, **options)
    return out.getvalue()


def red(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, (200, 30, 30, 120)[: len(mode)] if mode.startswith("RGB") else 1)


def told() -> Image.Exif:
    """Say where and by whom a photo was made, and that it lies on its side."""
    exif = Image.Exif()
    exif[Base.Artist] = exif[Base.ImageDescription] = PLACE
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitude: (51.0, 36.0, 0.0), GPS.GPSLatitudeRef: "N"})
    exif.get_ifd(IFD.Exif)[Base.UserComment] = PLACE.encode()
    return exif


def noted() -> PngImagePlugin.PngInfo:
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", PLACE)
    note.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{PLACE}</x:xmpmeta>")
    return note


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PLACE}</x:xmpmeta>".encode()
TELLING: dict[str, Callable[[], bytes]] = {
    "EXIF and GPS in a JPEG": lambda: saved(red(), "JPEG", exif=told()),
    "EXIF in a WebP": lambda: saved(red(), "WEBP", exif=told()),
    "XMP in a JPEG": lambda: saved(red(), "JPEG", xmp=XMP),
    "XMP in a WebP": lambda: saved(red(), "WEBP", xmp=XMP),
    "a comment in a JPEG": lambda: saved(red(), "JPEG", comment=PLACE.encode()),
    "a comment in a GIF": lambda: saved(red(), "GIF", comment=PLACE.encode()),
    "text and XMP in a PNG": lambda: saved(red(), "PNG", pnginfo=noted(), exif=told()),
    "a profile that talks": lambda: saved(red(), "PNG", icc_profile=PLACE.encode() * 20),
    "a page behind a JPEG": lambda: saved(red(), "JPEG") + b"<script>" + PLACE.encode(),
    "a page behind a GIF": lambda: saved(red(), "GIF") + b"<script>" + PLACE.encode(),
    "text behind a PNG": lambda: saved(red(mode="RGBA"), "PNG") + PLACE.encode(),
}
BROKEN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a page": lambda: b"<html><script>alert(1)</script></html>",
    "a drawing with a script": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "half a JPEG": lambda: saved(red((900, 900)), "JPEG")[:600],
    "half a PNG": lambda: saved(Image.effect_noise((300, 300), 80), "PNG")[:9000],
    "a PNG whose sums are wrong": lambda: saved(red(), "PNG").replace(b"IDAT", b"IDAX"),
    "a kind we do not take": lambda: saved(red(), "TIFF"),
    "a PNG with no size": lambda: png(0, 0, b""),
}
BOMBS: dict[str, Callable[[], bytes]] = {
    "20,000 by 20,000 in a few bytes": lambda: png(20_000, 20_000, zlib.compress(b"\0" * 1_000_000)),
    "2 billion by 2 billion": lambda: png(2**31 - 1, 2**31 - 1, b""),
    "a huge flat JPEG": lambda: saved(Image.new("L", (12_000, 9_000)), "JPEG"),
    "very many pictures in one": lambda: saved(
        Image.new("P", (1200, 1200)),
        "GIF",
        save_all=True,
        append_images=[Image.new("P", (1200, 1200), n) for n in range(60)],
    ),
    "a huge WebP": lambda: saved(Image.new("RGB", (4_000, 4_000)), "WEBP", method=0),
    "a text of a gigabyte in a PNG": lambda: png(
        1, 1, zlib.compress(b"\0\0"), text=zlib.compress(b"a" * 200_000_000, 1)
    ),
}


def png(width: int, height: int, data: bytes, text: bytes = b"") -> bytes:
    """Write a PNG by hand, whose head may promise anything."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    said = chunk(b"zTXt", b"Comment\0\0" + text) if text else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + said + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("made", TELLING.values(), ids=TELLING)
def test_nothing_but_the_pixels_comes_through(made: Callable[[], bytes]) -> None:
    new = photos.clean(io.BytesIO(made())).read()
    assert PLACE.encode() not in new
    assert PLACE.encode("utf-16-le") not in new
    with Image.open(io.BytesIO(new)) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        red_, green, _blue = picture.convert("RGB").getpixel((5, 5))
        assert (red_ > 150, green < 90) == (True, True)


def test_a_photo_that_lies_on_its_side_stands_upright() -> None:
    with Image.open(photos.clean(io.BytesIO(TELLING["EXIF and GPS in a JPEG"]()))) as picture:
        assert picture.size == (40, 60)


def test_what_is_see_through_stays_so() -> None:
    clean = photos.clean(io.BytesIO(saved(red(mode="RGBA"), "PNG")))
    with Image.open(clean) as picture:
        assert (picture.mode, picture.getpixel((1, 1))) == ("RGBA", (200, 30, 30, 120))


def test_a_photo_of_a_phone_is_made_fit_for_a_page() -> None:
    phone = saved(Image.new("RGB", (8000, 6000), (10, 90, 20)), "JPEG")
    with Image.open(photos.clean(io.BytesIO(phone))) as picture:
        assert max(picture.size) <= reencode.LONGEST_SIDE


@pytest.mark.parametrize("made", BROKEN.values(), ids=BROKEN)
def test_what_is_no_photo_is_refused_in_a_sentence(made: Callable[[], bytes]) -> None:
    with pytest.raises(PhotoRefused, match="We cannot read this as a photo"):
        photos.clean(io.BytesIO(made()))


def test_a_file_that_is_too_big_is_not_even_read(monkeypatch) -> None:
    monkeypatch.setattr(photos, "MOST_BYTES", 100)
    with pytest.raises(PhotoRefused, match="up to 15 MB"):
        photos.clean(io.BytesIO(b"x" * 101))


@pytest.mark.parametrize(
    "made", [*TELLING.values(), *BROKEN.values(), *BOMBS.values()], ids=[*TELLING, *BROKEN, *BOMBS]
)
def test_each_is_cleaned_or_refused_in_two_seconds_and_two_hundred_megabytes(made: Callable[[], bytes]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(Path(reencode.__file__))], input=made(), capture_output=True, check=True
    )
    used = json.loads(done.stdout)
    assert used["cpu"] <= reencode.CPU_SECONDS + 0.2
    assert used["mb"] <= 200


@pytest.mark.parametrize("name", ["20,000 by 20,000 in a few bytes", "2 billion by 2 billion", "a huge WebP"])
def test_a_bomb_is_called_too_large(name: str) -> None:
    with pytest.raises(PhotoRefused, match=r"too large|cannot read|too hard"):
        photos.clean(io.BytesIO(BOMBS[name]()))
