"""Pure rules of the two trees and of names: which kind stands where, paths, Pinyin initials."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from heli.rooms.people.enums import PARTY_KINDS, Tree, UnitKind

_INITIALS_FILE = Path(__file__).parents[1] / "data" / "initials.txt"
_STEP = 12

# How long a wish to set a sign-in anew waits for its second person; how long the password opens that came of it; how
# long whoever confirmed one half of a sign-in cannot confirm the other.
RESET_WAITS = timedelta(hours=24)
ONE_TIME_OPENS = timedelta(hours=72)
HALVES_APART = timedelta(days=7)
# How long a pass makes new devices known to an account, at least; at most twice as long.
DEVICE_PASS = timedelta(minutes=30)
# Without the signs that are mistaken for others when read aloud or written down.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"

K = UnitKind
ALLOWED_CHILDREN: dict[UnitKind, frozenset[UnitKind]] = {
    K.GROUP_COMMITTEE: frozenset({K.PARTY_COMMITTEE, K.GENERAL_BRANCH, K.BRANCH, K.DISCIPLINE_COMMISSION}),
    K.PARTY_COMMITTEE: frozenset({K.PARTY_COMMITTEE, K.GENERAL_BRANCH, K.BRANCH, K.DISCIPLINE_COMMISSION}),
    K.GENERAL_BRANCH: frozenset({K.BRANCH}),
    K.BRANCH: frozenset({K.PARTY_GROUP}),
    K.PARTY_GROUP: frozenset(),
    K.DISCIPLINE_COMMISSION: frozenset(),
    K.COMPANY: frozenset({K.COMPANY, K.SUBSIDIARY, K.DEPARTMENT, K.OFFICE, K.TEAM}),
    K.SUBSIDIARY: frozenset({K.SUBSIDIARY, K.DEPARTMENT, K.OFFICE, K.TEAM}),
    K.DEPARTMENT: frozenset({K.DEPARTMENT, K.OFFICE, K.TEAM}),
    K.OFFICE: frozenset({K.OFFICE, K.TEAM}),
    K.TEAM: frozenset({K.TEAM}),
}


def tree_of(kind: UnitKind) -> Tree:
    """Return the tree in which units of this kind stand."""
    return Tree.PARTY if kind in PARTY_KINDS else Tree.ADMINISTRATIVE


def may_stand_under(kind: UnitKind, parent: UnitKind | None) -> bool:
    """Return whether a unit of ``kind`` may stand directly under one of ``parent``; None is the top."""
    if parent is None:
        return kind not in {K.PARTY_GROUP, K.DISCIPLINE_COMMISSION}
    return kind in ALLOWED_CHILDREN[parent]


def child_path(parent_path: str, unit_id: int) -> str:
    """Return the materialized path of a unit: its ancestors' ids and its own, twelve digits and a dot each."""
    return f"{parent_path}{unit_id:0{_STEP}d}."


def ids_in(path: str) -> list[int]:
    """Return the ids along a path, topmost first, the unit's own last."""
    return [int(part) for part in path.split(".") if part]


def is_below(path: str, ancestor: str) -> bool:
    """Return whether ``path`` is ``ancestor`` or lies under it."""
    return path.startswith(ancestor)


@lru_cache(maxsize=1)
def _readings() -> tuple[dict[int, str], dict[str, str]]:
    letters: dict[int, str] = {}
    surnames: dict[str, str] = {}
    for line in _INITIALS_FILE.read_text(encoding="utf-8").splitlines():
        head, _, rest = line.partition(" ")
        if head == "surname":
            surnames = {pair[0]: pair[1] for pair in rest.split()}
        elif len(head) == 1 and head.isalpha():
            letters.update({ord(character): head for character in rest})
    return letters, surnames


def initials(text: str, *, is_person: bool = False) -> str:
    """Return the Pinyin initials of ``text`` in small letters; letters and digits stay, all else is dropped.

    ``is_person`` reads the first character as a surname, which sometimes sounds different.
    """
    letters, surnames = _readings()
    found = [letters.get(ord(character), character.lower()) for character in text]
    if is_person and text[:1] in surnames:
        found[0] = surnames[text[0]]
    return "".join(part for part in found if part.isascii() and part.isalnum())


def is_plain(text: str) -> bool:
    """Return whether the text holds no line break, control sign, or sign that turns the direction of writing."""
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cs"} for character in text)


def digest_of(key: str) -> str:
    """Return what is stored of an access key: its SHA-256 in hex. The key has 256 random bits, so no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def one_time_half(number: int) -> str:
    """Return half of a one-time password, 39 bits: two groups of four signs, made from a large random number."""
    signs = []
    for _place in range(8):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return f"{''.join(signs[:4])}-{''.join(signs[4:])}"


def full_title(unit: str, title: str) -> str:
    """Return a title with its unit, what both say once: 党群工作部 and 党群工作部主管 are 党群工作部主管."""
    shared = next((n for n in range(min(len(unit), len(title)), 1, -1) if unit.endswith(title[:n])), 0)
    return f"{unit}{title[shared:]}" if shared or not title.isascii() else f"{unit} · {title}"
