"""One spelling of characters and figures, with the way back: radicals, full-width digits, spaces around figures."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

from heli.engines.alignment import wordlists

_DATA = wordlists.load("slots_characters.toml")["radicals"]
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_SUPPLEMENT = {ord(old): new for old, new in zip(_DATA["from"], _DATA["to"], strict=True)}
_RADICALS = {**_KANGXI, **_SUPPLEMENT}
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF05: "%", 0xFF0E: ".", 0x3000: " ", 0xA0: " "}
_SPACED = re.compile(r"(?<=[0-9%])\s+|(?<!\s)\s+(?=[0-9%])|(?<=[\u65e5\u6708])\s+(?=\u524d)")


def readable(text: str) -> str:
    """Return ``text`` with radicals turned into the characters they stand for; every place stays as it is."""
    return text if text.isascii() else text.translate(_RADICALS)


class Tight:
    """A text as patterns read it: digits half-width, no spaces beside figures. ``back`` leads to the source."""

    __slots__ = ("_dropped", "text")

    def __init__(self, source: str) -> None:
        narrow = source.translate(_WIDE)
        self._dropped: list[tuple[int, int]] = []
        kept, at, count = [], 0, 0
        for found in _SPACED.finditer(narrow):
            kept.append(narrow[at : found.start()])
            at = found.end()
            count += found.end() - found.start()
            self._dropped.append((found.end() - count, count))
        kept.append(narrow[at:])
        self.text = "".join(kept) if at else narrow

    def back(self, begins: int, ends: int) -> tuple[int, int]:
        """Return the range of the source text that ``text[begins:ends]`` was read from."""
        if not self._dropped:
            return begins, ends
        return self._place(begins), self._place(ends - 1) + 1 if ends > begins else self._place(begins)

    def _place(self, at: int) -> int:
        passed = bisect_right(self._dropped, (at, len(self.text) + at + 1))
        return at + self._dropped[passed - 1][1] if passed else at
