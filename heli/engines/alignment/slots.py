"""Read the slots of a task text: owner, time, quantity, deliverable, from labels and from the sentence itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from heli.engines.alignment import dates, owners, quantities, wordlists
from heli.engines.alignment.items import Owner, Quantity, When

_NAME = "slots_labels.toml"
_DATA = wordlists.load(_NAME)
ROLE_OF: dict[str, str] = {label.lower(): role for role, labels in _DATA["labels"].items() for label in labels}
"""What a label or column header announces: a time, an owner, a deliverable, the duty itself, a number, a note."""

_ANY_LABEL = "|".join(sorted(map(re.escape, ROLE_OF), key=len, reverse=True))
_INLINE = re.compile(_DATA["patterns"]["inline"].replace("{any_label}", _ANY_LABEL), re.IGNORECASE)
_COLON = re.compile(_DATA["patterns"]["colon"])
_AT_START = re.compile(r"\s*" + _INLINE.pattern, re.IGNORECASE)
_BRACKET = wordlists.pattern(_NAME, "patterns", "bracket")
_SEPARATOR = wordlists.pattern(_NAME, "patterns", "separator")
_TITLE = wordlists.pattern(_NAME, "patterns", "deliverable_title")
_LONGEST = 2000
_BELOW = "/"
"""What parts a heading over several columns from the names of the columns below it."""
_NAME_LENGTH = 24
"""Letters up to which a cell without a header may be the name of bodies."""
_LABEL = 3
"""Letters of a label that is trusted in running text without a bracket."""
_ENDS = frozenset(_DATA["patterns"]["ends"])
_DELIVERABLE = wordlists.pattern(_NAME, "patterns", "deliverable_verb")
_TIME_THEN = re.compile(_DATA["patterns"]["time_then"])
_ONLY_TIME = re.compile(_DATA["patterns"]["only_time"])
_MARKS = re.compile(_DATA["patterns"]["marks"])
_UNLABELLED = re.compile(_DATA["patterns"]["unlabelled_owner"])
_CLAUSE_END = re.compile(_DATA["patterns"]["clause_end"])
_LEADING = re.compile(_DATA["patterns"]["leading"])
_ASSISTING = re.compile(_DATA["patterns"]["assisting"])
_EDGES: str = _DATA["patterns"]["edges"]
_JOINT: str = _DATA["patterns"]["joint"]
_TIMES = ("start", "when", "deadline")
SLOT_ROLES = (*_TIMES, "owner", "assist", "deliverable")
_DUTY_ROLES = ("task", "measure", "category", "note", "number")
_ANY_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Slots:
    """What was read of a duty beside its text; empty fields were not said."""

    owners: tuple[Owner, ...] = ()
    when: When = field(default_factory=When)
    quantities: tuple[Quantity, ...] = ()
    deliverable: str = ""

    def over(self, above: Slots) -> Slots:
        """Return these slots with those of the heading above where nothing is said here."""
        labelled = any(owner.labelled for owner in self.owners)
        is_meant = any(owner.labelled for owner in above.owners) or not self.owners
        inherited = above.owners if is_meant and not labelled else ()
        kept = tuple(owner for owner in self.owners if owner not in inherited)
        has_time = self.when.start or self.when.end
        when = (
            self.when
            if has_time or not (above.when.start or above.when.end or above.when.period)
            else _joined(self.when, above.when)
        )
        return Slots(inherited + kept, when, self.quantities, self.deliverable or above.deliverable)


def _joined(own: When, above: When) -> When:
    """Dates from the heading above, rhythm from the duty itself where it has one."""
    return replace(above, period=own.period or above.period, words=own.words or above.words)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text taken apart by its labels: the duty that remains, and what each label said."""

    text: str
    values: tuple[tuple[str, str], ...]
    has_label: bool


def role_of(label: str) -> str:
    """Return what a label or column header announces, or an empty string for an unknown one."""
    plain = re.sub(_DATA["patterns"]["label_noise"], "", label).lower()
    if plain in ROLE_OF:
        return ROLE_OF[plain]
    below = label.rpartition(_BELOW)[2]
    if below != label:
        return role_of(below)
    endings: dict[str, list[str]] = _DATA["endings"]
    for role, words in endings.items():
        if any(plain.endswith(word) for word in words) and len(plain) <= 12:
            return role
    return ""


def role_of_words(text: str) -> str:
    """Return what the words of a cell without a header are: a time, a body that answers, or nothing known."""
    plain = text.strip()
    if is_only_time(plain):
        return "deadline"
    return "owner" if len(plain) <= _NAME_LENGTH and _UNLABELLED.fullmatch(plain) else ""


def _inside(text: str) -> list[tuple[str, str]]:
    """Read "label: value; label: value" from the inside of a bracket or a line of labels."""
    if not _COLON.search(text):
        return []
    found = list(_INLINE.finditer(text))
    values = []
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        values.append((ROLE_OF[match["label"].lower()], text[match.end() : end].strip(_EDGES)))
    return values


def _take_brackets(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Take the brackets out that hold labels, or nothing but a time or an owner, and read them."""
    values: list[tuple[str, str]] = []
    kept: list[str] = []
    at = 0
    for found in _BRACKET.finditer(text):
        inside = found["inside"]
        if _INLINE.match(inside.lstrip()):
            read = _inside(inside)
        elif _ONLY_TIME.fullmatch(inside):
            read = [("when", inside)]
        elif clauses := _clauses(inside):
            read = clauses
        elif found.end() >= len(text.rstrip(_EDGES)) and (owner := _UNLABELLED.fullmatch(inside)):
            read = [("owner", owner["name"])]
        else:
            continue
        values += read
        kept.append(text[at : found.start()])
        at = found.end()
    kept.append(text[at:])
    return "".join(kept), values


def _clauses(inside: str) -> list[tuple[str, str]]:
    """Read a bracket whose every clause says who leads, who assists or by when; nothing where one says more."""
    values: list[tuple[str, str]] = []
    for clause in _CLAUSE_END.split(inside):
        plain = clause.strip()
        if lead := _LEADING.fullmatch(plain):
            values.append(("owner", lead["name"]))
        elif assist := _ASSISTING.fullmatch(plain):
            values.append(("assist", assist["name"] or assist["after"]))
        elif is_only_time(plain):
            values.append(("deadline", plain))
        else:
            return []
    return values


def _take_tail(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Take labelled slots off the end of a duty ("... . Owner: X; deadline: Y")."""
    if not _COLON.search(text):
        return text, []
    for found in _INLINE.finditer(text):
        label = found["label"].lower()
        before = text[: found.start()].rstrip()
        is_apart = before[-1:] in _ENDS or text[found.start() - 1 : found.start()].isspace()
        if before and is_apart and len(label) >= _LABEL and ROLE_OF[label] in SLOT_ROLES:
            return before, _inside(text[found.start() :])
    return text, []


@lru_cache(maxsize=4096)
def take_labels(text: str) -> Labelled:
    """Take labelled parts out of ``text`` ("Deadline: end of June") and return the duty that remains."""
    if not _MARKS.search(text):
        return Labelled(text.strip(), (), has_label=False)
    rest, values = _take_brackets(text)
    rest, tail = _take_tail(rest)
    values += tail
    if not _AT_START.match(rest) and not _SEPARATOR.search(rest):
        return Labelled(rest.strip(), tuple(values), bool(values))
    duty: list[str] = []
    for segment in _SEPARATOR.split(rest):
        found = _AT_START.match(segment)
        if not found:
            duty.append(segment.strip())
            continue
        role = ROLE_OF[found["label"].lower()]
        value = segment[found.end() :].strip()
        if role in _DUTY_ROLES:
            more = _inside(segment)
            duty.append(more[0][1] if len(more) > 1 else value)
            values += more[1:]
            continue
        values += _inside(segment)
    joined = _JOINT.join(part for part in duty if part)
    return Labelled(joined, tuple(values), has_label=True)


def holds_duty(text: str) -> bool:
    """Whether a line of labels also holds a duty ("Schedule: March: set up ... | Standard: ...")."""
    labelled = take_labels(text)
    if labelled.text.strip(_EDGES):
        return True
    return any(role in _TIMES and _time_and_duty(value, _ANY_YEAR, 1)[1] for role, value in labelled.values)


def is_labelled_line(text: str) -> bool:
    """Whether a line begins with a slot's label or holds parts set off by bars; such a line is one duty."""
    return bool(_SEPARATOR.search(text) or (_AT_START.match(text) and not duty_label_end(text)))


def duty_label_end(text: str) -> int:
    """Return where the words begin after a label that announces the duty itself ("Content: ..."), or 0."""
    found = _AT_START.match(text)
    return found.end() if found and ROLE_OF[found["label"].lower()] in _DUTY_ROLES else 0


def take_time(text: str) -> tuple[str, str]:
    """Take a time at the beginning of ``text`` ("March to April: ...") and return (time, rest)."""
    found = _TIME_THEN.match(text)
    if found and dates.read_when(found["time"], _ANY_YEAR, 1).words:
        return found["time"], text[found.end() :].strip()
    return "", text


def begins_with_time(text: str) -> bool:
    """Whether a line is a time, or a time and then a duty ("March: call a meeting")."""
    return is_only_time(text) or bool(take_time(text)[0])


def is_only_time(text: str) -> bool:
    """Whether a line holds nothing but a stretch of time ("April")."""
    plain = text.strip().rstrip(_EDGES)
    return bool(_ONLY_TIME.fullmatch(plain)) and bool(dates.find_mentions(plain, _ANY_YEAR, 1))


def _time_and_duty(value: str, year: int, month: int | None) -> tuple[str, str]:
    """Part the value of a time label into its time and a duty that follows it."""
    time, rest = take_time(value)
    if time:
        return time, rest
    mentions = [m for m in dates.find_mentions(value, year, month) if m.begins <= 1]
    rhythms = [r for r in dates.find_rhythms(value) if r.begins <= 1]
    ends = max([*(m.ends for m in mentions), *(r.ends for r in rhythms)], default=0)
    rest = value[ends:].strip(_EDGES)
    return (value[:ends], rest) if ends and len(rest) >= 6 else (value, "")


def read_deliverable(text: str) -> str:
    """Read what a duty is to leave behind ("issue the <Rules>"), or an empty string."""
    for pattern in (_TITLE, _DELIVERABLE):
        found = [match["what"].strip() for match in pattern.finditer(text[:_LONGEST])]
        if found:
            return found[-1]
    return ""


def read_slots(text: str, year: int, month: int | None = None) -> tuple[str, Slots]:
    """Read a whole duty text and return (the duty without labels, its slots).

    Labels win over the sentence. Quantities are read from the duty and from the deliverable; their offsets count
    in the returned duty.
    """
    labelled = take_labels(text)
    values = labelled.values
    duty = labelled.text
    said: list[tuple[str, str]] = []
    for role, value in values:
        if role in _TIMES:
            time, rest = _time_and_duty(value, year, month)
            said.append((role, time))
            duty = _JOINT.join(part for part in (duty, rest) if part)
    time, duty = take_time(duty)
    if time:
        said.append(("when", time))
    when = _labelled_when(said, year, month)
    own = dates.read_when(duty, year, month)
    deliverable = _JOINT.join(value for role, value in values if role == "deliverable")
    return duty, Slots(
        owners=_owners(values, duty),
        when=_merged(when, own),
        quantities=quantities.find_quantities(duty),
        deliverable=deliverable or read_deliverable(duty),
    )


def with_values(said: Slots, values: Sequence[tuple[str, str]], year: int, month: int | None = None) -> Slots:
    """Return ``said`` with labelled values (role, words) beside the duty: they win over what the sentence said."""
    labelled = _owners(tuple(values), "")
    times = [(role, value) for role, value in values if role in _TIMES]
    when = _merged(_labelled_when(times, year, month), said.when)
    deliverable = _JOINT.join(value for role, value in values if role == "deliverable")
    return Slots(
        tuple(dict.fromkeys((*labelled, *said.owners))), when, said.quantities, deliverable or said.deliverable
    )


def _labelled_when(said: Sequence[tuple[str, str]], year: int, month: int | None) -> When:
    """Read labelled times; under a label that says "by when" a single day is a deadline."""
    if not said:
        return When()
    begun = [value for role, value in said if role == "start"]
    ends = [(role, value) for role, value in said if role != "start"]
    if begun and ends:
        return _stretch(dates.read_when(begun[0], year, month), _labelled_when(ends, year, month))
    when = dates.read_when(_JOINT.join(value for _, value in said), year, month)
    only_deadlines = all(role == "deadline" for role, _ in said)
    if only_deadlines and when.end and when.start == when.end:
        when = replace(when, start=None, is_deadline=True)
    return when if when.words else When(words=_JOINT.join(value for _, value in said))


def _stretch(first: When, last: When) -> When:
    """The time from one column ("begins") to another ("completed by")."""
    words = dates.TILDE.join(word for word in (first.words, last.words) if word)
    if not first.start or not last.end or first.start > last.end:
        return replace(last, words=words)
    return replace(last, start=first.start, words=words, windows=(), is_deadline=False)


def _merged(labelled: When, own: When) -> When:
    """The labelled time, with the rhythm of the sentence where the label gives none."""
    if not labelled.words:
        return own
    if labelled.start or labelled.end:
        said = own.period if own.period != "event" else ""
        return replace(labelled, period=labelled.period or said, words=_with_rhythm(labelled, own))
    if not labelled.period and (own.start or own.end):
        return replace(own, period=labelled.period or own.period, words=labelled.words)
    return labelled


def _with_rhythm(labelled: When, own: When) -> str:
    """The words of a labelled time, and those of the rhythm that only the sentence says."""
    has_rhythm = own.period in dates.WITHIN_A_YEAR and not labelled.period and not (own.start or own.end)
    return f"{labelled.words}{dates.COMMA}{own.words}" if has_rhythm else labelled.words


def _owners(values: tuple[tuple[str, str], ...], duty: str) -> tuple[Owner, ...]:
    found: list[Owner] = []
    for role, value in values:
        if role == "owner":
            found += owners.read_names(value, "lead")
        elif role == "assist":
            found += owners.read_names(value, "assist")
    return tuple(dict.fromkeys(found + owners.read_subject(_after_time(duty))))


def _after_time(duty: str) -> str:
    """The words of a duty after the time it begins with ("a week before the meeting, the branch ...")."""
    start = duty[:_LONGEST]
    mentions = [m.ends for m in dates.find_mentions(start, _ANY_YEAR, 1) if m.begins == 0]
    rhythms = [r.ends for r in dates.find_rhythms(start) if r.begins == 0]
    return duty[max([*mentions, *rhythms], default=0) :].lstrip(_EDGES)
