"""Reads one picture from standard input and writes it anew: its pixels, and nothing that came with them.

A process of its own, which may use little memory and little time, because the bytes come from anybody (H26, F21).
It ends with 0 and the new picture, or with one of the numbers below.
"""

import io
import resource
import sys
from typing import Any

CPU_SECONDS = 2
MEMORY = 512 * 2**20  # bytes of addresses, of which the interpreter and its libraries map most and touch little
NO_PICTURE, TOO_LARGE, TOO_MUCH = 3, 4, 5
LONGEST_SIDE = 2560
MOST_PIXELS = {"JPEG": 12_500_000, "PNG": 12_500_000, "GIF": 12_500_000, "WEBP": 8_500_000}  # decoded in 200 MB


def main() -> int:
    """Decode, turn upright, bring to a size for pages, and encode."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from PIL import Image, ImageFile  # noqa: PLC0415 - under the limits from its first line on

    Image.MAX_IMAGE_PIXELS = None  # we count them ourselves
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    data = sys.stdin.buffer.read()
    try:
        with Image.open(io.BytesIO(data), formats=list(MOST_PIXELS)) as given:
            sys.stdout.buffer.write(_anew(given))
    except _TooLarge:
        return TOO_LARGE
    except MemoryError:
        return TOO_MUCH
    except Exception:  # noqa: BLE001 - whatever a broken file makes a decoder say, it is no picture
        return NO_PICTURE
    return 0


class _TooLarge(Exception):
    pass


def _anew(given: Any) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415

    smaller = max(given.size) // LONGEST_SIDE or 1
    given.draft("RGB", (given.width // smaller, given.height // smaller))  # a photo of a phone, at a half or a quarter
    if given.width * given.height > MOST_PIXELS[given.format]:
        raise _TooLarge
    mode = "RGBA" if given.has_transparency_data else "RGB"
    picture = given if given.mode == mode else given.convert(mode)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    picture = ImageOps.exif_transpose(picture)
    clean = Image.frombytes(mode, picture.size, picture.tobytes())  # the pixels alone
    out = io.BytesIO()
    if mode == "RGBA":
        clean.save(out, "PNG", compress_level=3)
    else:
        clean.save(out, "JPEG", quality=88)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
