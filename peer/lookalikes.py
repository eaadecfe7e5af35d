"""Letters that look like other letters, folded to the plain ones (pure; safety H25)."""

from __future__ import annotations

import unicodedata

# Written as "plain: look-alikes"; lower case, after NFKC. Only characters that NFKC and dropping accents leave alone.
_ROWS = """
a: аαɑӕ∂ᴀ
b: ьвβʙƅɓ
c: сϲᴄƈ
d: ԁɗđðᴅ
e: еєεҽɛəᴇ℮
f: ғƒꜰ
g: ɡġցɢ
h: һнћħɦհʜ
i: іıιɩӏ|!1lіᴉɪ
j: јʝյᴊ
k: кκқҟᴋ
m: мᴍʍɱ
n: пηոɴŋ
o: оοσօ0øөסᴏ
p: рρþƿᴘ
q: ԛգɋ
r: гᴦʀɾ
s: ѕʂ5$ꜱ
t: тτţŧᴛ
u: υսцʋᴜ
v: νѵᴠ
w: ѡԝшωɯᴡ
x: хχ×
y: уүγʏỿ
z: ᴢʐƶ2
ae: æ
oe: œ
ss: ß
e: 3
a: 4@
t: 7+
b: 8
g: 9
"""
PLAIN = {
    look: plain.strip()
    for row in _ROWS.strip().splitlines()
    for plain, _, looks in [row.partition(":")]
    for look in looks.strip()
}
_PAIRS = (("rn", "m"), ("vv", "w"))


def fold(text: str) -> str:
    """Give the skeleton of a text: how it looks, in plain small letters, without accents, spaces or marks."""
    letters = "".join(char for char in flatten(text) if char.isalnum())
    for pair, single in _PAIRS:
        letters = letters.replace(pair, single)
    return letters


def flatten(text: str) -> str:
    """Fold each letter to the plain small one it looks like; spaces and marks stay where they are."""
    return "".join(_plain(char) for char in unicodedata.normalize("NFKD", text).casefold())


def _plain(char: str) -> str:
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}:
        return ""
    return PLAIN.get(char, char)
