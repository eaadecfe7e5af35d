"""Reads one PDF from standard input and writes it anew: its pages, and nothing else that came with them.

A process of its own, which may use little memory and little time, because the bytes come from anybody (H26, F21).
It ends with 0 and the new PDF, or with one of the numbers below.
"""

import io
import resource
import sys
from typing import Any

CPU_SECONDS = 2
MEMORY = 200 * 2**20  # bytes of addresses
NO_PDF, TOO_MUCH, LOCKED = 3, 5, 6
MOST_PAGES = 500
OF_THE_FILE = (
    "/Pages",
    "/Type",
    "/Lang",
    "/MarkInfo",
    "/StructTreeRoot",
    "/Outlines",
    "/PageLabels",
    "/Names",
    "/Dests",
)
NEVER = frozenset({  # scripts and what starts them, files inside, forms, notes about who made it and with what
    "/JS", "/JavaScript", "/AA", "/OpenAction", "/Next", "/PA", "/EmbeddedFiles", "/EF", "/AF", "/AcroForm", "/XFA",
    "/RichMediaContent", "/RichMediaSettings", "/Renditions", "/Metadata", "/PieceInfo", "/LastModified", "/Thumb",
    "/Collection", "/Perms", "/DSS", "/SpiderInfo", "/OPI", "/Measure",
})  # fmt: skip
LINKS = (b"https://", b"http://", b"mailto:", b"tel:")


def main() -> int:
    """Open, take out, and write."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    import pikepdf  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as given:
            sys.stdout.buffer.write(_anew(given))
    except pikepdf.PasswordError:
        return LOCKED
    except (MemoryError, _TooMuch):
        return TOO_MUCH
    except Exception as problem:  # noqa: BLE001 - whatever a broken file makes a reader say, it is no PDF
        return TOO_MUCH if "bad_alloc" in str(problem) else NO_PDF
    return 0


class _TooMuch(Exception):
    pass


def _anew(pdf: Any) -> bytes:
    if not 0 < len(pdf.pages) <= MOST_PAGES:
        raise _TooMuch
    root, trailer = pdf.Root, pdf.trailer
    for key in set(root.keys()) - set(OF_THE_FILE):
        del root[key]
    for key in set(trailer.keys()) & {"/Info", "/ID"}:
        del trailer[key]
    for thing in pdf.objects:
        _strip(thing)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _strip(thing: Any) -> None:
    """Take out of one object, and of all that lies in it, what no reader of the pages needs."""
    from pikepdf import Array, Dictionary, Stream  # noqa: PLC0415

    if isinstance(thing, Dictionary | Stream):
        for key in list(thing.keys()):
            if key in NEVER or (key in {"/A", "/Annots"} and not _is_wanted(thing, key)):
                del thing[key]
            elif _lies_inside(thing[key]):
                _strip(thing[key])
        if isinstance(thing, Stream) and thing.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            _strip_photo(thing)
    elif isinstance(thing, Array):
        for one in thing:
            if _lies_inside(one):
                _strip(one)


def _lies_inside(thing: Any) -> bool:
    """Tell whether a thing is part of the one around it; those with a number of their own are all gone through."""
    return hasattr(thing, "is_indirect") and not thing.is_indirect


def _is_wanted(thing: Any, key: str) -> bool:
    """Keep links that lead to a page or an address; of notes on a page keep those links alone."""
    if key == "/A":
        action = thing["/A"]
        kind = action.get("/S") if hasattr(action, "get") else None
        return kind == "/GoTo" or (kind == "/URI" and bytes(action.get("/URI", b"")).lower().startswith(LINKS))
    notes = thing["/Annots"]
    kept = [note for note in notes if hasattr(note, "get") and note.get("/Subtype") == "/Link"]
    for place in reversed(range(len(notes))):
        del notes[place]
    notes.extend(kept)
    return bool(kept)


def _strip_photo(stream: Any) -> None:
    """Leave the segments of a JPEG that make its picture, and none that say where and by whom it was taken."""
    data = stream.read_raw_bytes()
    out, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        is_note = marker == 0xFE or (0xE1 <= marker <= 0xEF and marker not in (0xE2, 0xEE))
        out += b"" if is_note else data[at:end]
        at = end
    from pikepdf import Name  # noqa: PLC0415

    stream.write(bytes(out + data[at:]), filter=Name("/DCTDecode"), decode_parms=stream.get("/DecodeParms"))


if __name__ == "__main__":
    sys.exit(main())
