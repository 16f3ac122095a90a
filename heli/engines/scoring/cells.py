"""Words in the cells of a sheet, and values of a JSON file, as the figures and names they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from heli.engines.scoring.columns import plain_header
from heli.engines.scoring.problems import Problem, Refused, sentences

_NUMBER = re.compile(r"[-+−－＋]?\d{1,12}(?:\.\d{1,9})?")
_SIGNS = str.maketrans("−－＋", "--+")
_LONGEST_NUMBER = 30


def words(table: str) -> dict[str, Any]:
    """Return a table of the data file."""
    found: dict[str, Any] = sentences("standard_files.toml")[table]
    return found


@cache
def names(table: str) -> dict[str, str]:
    """Return what each known word of a table stands for."""
    return {word.lower(): name for name, listed in words(table).items() for word in listed}


def by_name(table: str, cells: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the cells of a row under the names of a table; blank and unknown ones are left out."""
    known = names(table)
    found: dict[str, str] = {}
    for header, value in cells:
        name = known.get(plain_header(header))
        if name and value.strip():
            found.setdefault(name, value.strip())
    return found


def number(text: str, place: Any, column: str) -> Decimal:
    """Read a number as people write it, a percent sign or the word for points after it. Raises ``Refused``."""
    plain = text.strip().rstrip("%％分").strip().replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise Refused("cell_number", place, column=column, value=text[:_LONGEST_NUMBER])
    return Decimal(plain.translate(_SIGNS))


def whole(text: str, place: Any, column: str) -> int:
    """Read a whole number. Raises ``Refused``."""
    value = number(text, place, column)
    if value != value.to_integral_value():
        raise Refused("cell_number", place, column=column, value=text[:_LONGEST_NUMBER])
    return int(value)


def word(table: str, text: str, place: Any, column: str) -> str:
    """Return what a word of a table stands for. Raises ``Refused`` naming the words that are known."""
    found = names(table).get(text.strip().lower())
    if found is None:
        known = "、".join(listed[0] for listed in words(table).values())
        raise Refused("cell_word", place, column=column, value=text[:_LONGEST_NUMBER], known=known)
    return found


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a cell that holds several."""
    return tuple(part.strip() for part in re.split(words("words")["split"], text) if part.strip())


# JSON


def load(data: bytes) -> Any:
    """Return what a JSON file holds, its numbers exact. Raises ``Refused`` naming the line."""
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as error:
        raise Refused("json_broken", f"{error.lineno}:{error.colno}", detail=error.msg) from error
    except _Twice as error:
        raise Refused("json_broken", None, detail=f"{error} ×2") from error
    except (UnicodeDecodeError, RecursionError, InvalidOperation, _NoNumber) as error:
        raise Refused("json_broken", None, detail=type(error).__name__) from error


class _NoNumber(ValueError):
    pass


class _Twice(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names one thing twice: which of the two is meant is nobody's guess."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice(next(name for n, (name, _value) in enumerate(pairs) if name in dict(pairs[:n])))
    return found


def _whole(text: str) -> Decimal:
    return Decimal(text)


def _no_number(text: str) -> Any:
    raise _NoNumber(text)


class Node:
    """A value of a JSON file with its place, read strictly: an unknown or odd entry is refused, never passed over."""

    def __init__(self, value: Any, place: str) -> None:
        self.value, self.place = value, place

    def of(self, known: Sequence[str]) -> Node:
        """Return itself where it is an object with no other entries than these."""
        if not isinstance(self.value, Mapping):
            raise Refused("json_kind", self.place, kind=Problem.words("json_object"))
        for name in self.value:
            if name not in known:
                raise Refused("json_unknown", self.place, name=str(name)[:_LONGEST_NUMBER], known=", ".join(known))
        return self

    def items(self, name: str) -> list[Node]:
        """Return the entries of a list, none where it is missing."""
        value = self.value.get(name, [])
        if not isinstance(value, list):
            raise Refused("json_kind", self._at(name), kind=Problem.words("json_list"))
        return [Node(each, f"{self._at(name)}[{at}]") for at, each in enumerate(value)]

    def text(self, name: str, default: str = "") -> str:
        value = self.value.get(name, default)
        if isinstance(value, Decimal):
            return f"{value:f}"
        if not isinstance(value, str):
            raise Refused("json_kind", self._at(name), kind=Problem.words("json_text"))
        return value.strip()

    def number(self, name: str) -> Decimal | None:
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return number(value, self._at(name), name)
        if not isinstance(value, Decimal) or not value.is_finite() or abs(value.adjusted()) > 12:
            raise Refused("json_kind", self._at(name), kind=Problem.words("json_number"))
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.number(name)
        if value is None:
            return default
        if value != value.to_integral_value():
            raise Refused("json_kind", self._at(name), kind=Problem.words("json_whole"))
        return int(value)

    def truth(self, name: str) -> bool | None:
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise Refused("json_kind", self._at(name), kind=Problem.words("json_truth"))
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.items(name)
        if not all(isinstance(each.value, str) for each in found):
            raise Refused("json_kind", self._at(name), kind=Problem.words("json_texts"))
        return tuple(each.value.strip() for each in found)

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name
