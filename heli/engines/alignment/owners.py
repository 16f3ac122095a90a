"""Who answers for a duty: labelled departments, "led by", and the body or person a sentence begins with."""

from __future__ import annotations

import re
from typing import Literal

from heli.engines.alignment import wordlists
from heli.engines.alignment.items import Owner

_NAME = "slots_owners.toml"
_SUBJECT = wordlists.pattern(_NAME, "patterns", "subject")
_POST = wordlists.pattern(_NAME, "patterns", "post")
_LED = wordlists.pattern(_NAME, "patterns", "led")
_LEADS = wordlists.pattern(_NAME, "patterns", "leads")
_ASSISTED = wordlists.pattern(_NAME, "patterns", "assisted")
_BY: str = wordlists.load(_NAME)["patterns"]["by"]
_WITH = wordlists.pattern(_NAME, "patterns", "with_others")
_SEPARATOR = wordlists.pattern(_NAME, "patterns", "separator")
_NO_SUBJECT = wordlists.pattern(_NAME, "patterns", "no_subject")
_LONGEST = 40
"""Characters a name may have; what is longer is a sentence, not a name."""


def read_names(value: str, role: Literal["lead", "assist"]) -> list[Owner]:
    """Read the names in a labelled value ("discipline office, all departments"), in order, each once."""
    names = [name.strip() for name in _SEPARATOR.split(value)]
    return [Owner(name, role) for name in dict.fromkeys(names) if 0 < len(name) <= _LONGEST]


def read_subject(text: str) -> list[Owner]:
    """Read who acts from the sentence itself: "led by X", "X leads", or the body it begins with."""
    found = _LED.search(text[:400]) or _LEADS.search(text[:60])
    if found and not _NO_SUBJECT.match(found["name"]):
        owners = [Owner(owner.name, "lead", labelled=False) for owner in read_names(found["name"], "lead")]
        assisted = _ASSISTED.search(text[found.end() : found.end() + 60]) or _ASSISTED.match(text[:60])
        more = read_names(assisted["name"], "assist") if assisted else []
        return owners + more
    subject = _SUBJECT.match(text[:80])
    name = _acting(subject["name"]) if subject else ""
    if not name or _NO_SUBJECT.match(name):
        return []
    return [Owner(name, "subject", labelled=False)]


def read_post(name: str) -> list[Owner]:
    """Read the body or person that a heading names ("branch secretary"); nothing where the name is none."""
    if not _POST.fullmatch(name) or _NO_SUBJECT.match(name):
        return []
    return [Owner(name, "subject", labelled=False)]


def _acting(words: str) -> str:
    """Who acts in the words before the verb: after "by", and before "together with"."""
    return _WITH.split(words.rsplit(_BY, 1)[-1])[0]


_TELLING = 3
"""Letters from which the end of a name tells which body it is."""


def same_owner(a: str, b: str) -> bool:
    """Whether two names mean one body as far as the words tell: equal, a short form of the other, or its office."""
    short, long = sorted((_plain(a), _plain(b)), key=len)
    return bool(short) and (long.startswith(short) or (long.endswith(short) and len(short) >= _TELLING))


def _plain(name: str) -> str:
    return re.sub(r"[（(].*?[）)]|\s", "", name)
