"""Writes a sound anew: the frames of an MP3 and nothing between them, so that no tag says who made it, where or when.

The frame header is that of ISO/IEC 11172-3, 2.4.1.3 (MPEG 1) and ISO/IEC 13818-3, 2.4.1.3 (MPEG 2); MPEG 2.5 halves
the rates again. Tags (ID3, APE, Lyrics3) stand before, after or between frames, and are no frames.
"""

from __future__ import annotations

MOST_LOOKS = 250_000  # at frames and at what is none: two hours of speech, and half a second of work
FEWEST = 10  # frames, a quarter of a second: less is no sound, but bytes that look like some
RATES = (44_100, 48_000, 32_000)  # samples a second
SLOWER = {3: 1, 2: 2, 0: 4}  # by version: MPEG 1, 2 and 2.5
KBITS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}

TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN")


class NoSound(ValueError):
    """Bytes that are no MP3."""


def anew(data: bytes) -> bytes:
    """Give the frames of the sound, in order; NoSound where there are hardly any, or too much beside them."""
    out, at, count, looks = bytearray(), _after_tag(data), 0, 0
    while (at := data.find(b"\xff", at)) != -1 and looks <= MOST_LOOKS:
        looks += 1
        end = at + length(data[at : at + 4])
        if at < end <= len(data) and _ends_well(data, end):
            out += data[at:end]
            at, count = end, count + 1
        else:
            at += 1
    if count < FEWEST or looks > MOST_LOOKS:
        raise NoSound
    return bytes(out)


def length(header: bytes) -> int:
    """Give the bytes of the frame that begins with these four, or 0 where no frame of layer III does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, kbits, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in SLOWER or kbits in (0, 15) or rate == 3:
        return 0
    is_first = version == 3
    samples = 144 if is_first else 72  # of a frame, by eight
    return samples * KBITS[is_first][kbits - 1] * 1000 * SLOWER[version] // RATES[rate] + (header[2] >> 1 & 1)


def _after_tag(data: bytes) -> int:
    """Leave out a tag in front with its pictures: ID3v2 tells its size in four times seven bits."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for part in data[6:10]:
        size = size << 7 | part & 0x7F
    return 10 + size


def _ends_well(data: bytes, end: int) -> bool:
    """Tell whether a frame, a tag or nothing follows; a frame that something else follows is none."""
    return end == len(data) or length(data[end : end + 4]) > 0 or data.startswith(TAGS, end)
