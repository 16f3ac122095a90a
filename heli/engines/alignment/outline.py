"""What each passage of a document is: title, heading, duty, label line, or text that deploys nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from heli.engines.alignment import duties, owners, slots, wordlists
from heli.engines.alignment.items import When
from heli.engines.alignment.passages import Passage, marker

_NAME = "slots_splitting.toml"
_DATA = wordlists.load(_NAME)
_WIDTHS = _DATA["widths"]
_P = {key: wordlists.pattern(_NAME, "patterns", key) for key in _DATA["patterns"] if key not in ("open", "close")}
_LABEL_SEPARATOR = re.compile(wordlists.load("slots_labels.toml")["patterns"]["separator"])

Role = Literal["title", "heading", "duty", "labels", "left", "row"]
_LEFT = ("page_number", "document_number", "rule", "attachment", "copied", "remark", "closing", "salutation")


@dataclass(slots=True)
class Node:
    """A passage with its number kind, where its words begin, and what it is (``reason`` when it is left out).

    ``depth`` counts the number kinds in use above a numbered line.
    """

    passage: Passage
    kind: str
    body: int
    role: Role = "duty"
    reason: str = ""
    depth: int = 0

    @property
    def words(self) -> str:
        return self.passage.text[self.body :].strip()


_OPENING = 4
"""Lines in which a month alone is the date of the paper and heads nothing."""
_DAY: str = _DATA["stops"]["day"]
_LEAD_IN = "colon"
"""Kind of a short plain line that ends in a colon."""
_TIME = "time"
"""Kind of a line that begins with a time ("March: ..."), or is one."""


def _kind(passage: Passage) -> tuple[str, int]:
    name, body = marker(passage.text)
    if name:
        is_nested = passage.block.kind == "list" and passage.block.level
        return (f"{name}@{passage.block.level}" if is_nested else name), body
    if passage.block.kind == "heading":
        return f"h{passage.block.level}", body
    if passage.block.kind == "list":
        return f"list{passage.block.level}", body
    if slots.begins_with_time(passage.text.strip()):
        return _TIME, body
    return "", body


def _is_title(words: str) -> bool:
    if (
        _P["title_verb"].match(words)
        or len(words) > 60
        or slots.is_labelled_line(words)
        or slots.duty_label_end(words)
        or not _P["title"].search(words)
    ):
        return False
    return not _P["terminal"].search(words) or words[-1] in _DATA["patterns"]["close"]


def _is_column_heads(words: str) -> bool:
    parts = [part for part in _LABEL_SEPARATOR.split(words) if part.strip()]
    spaced = words.split()
    return (len(parts) >= 2 and all(slots.role_of(part) for part in parts)) or (
        len(spaced) >= 3 and all(slots.role_of(part) for part in spaced)
    )


def _is_labels(words: str, *, follows_duty: bool) -> bool:
    """Whether a line holds nothing but labelled slots of a duty above ("Owner: ...; deadline: ...")."""
    labelled = slots.take_labels(words)
    if not labelled.has_label or slots.holds_duty(words):
        return False
    return follows_duty or any(role != "deliverable" for role, _ in labelled.values)


def _left_reason(node: Node, *, guided: bool, is_opening: bool) -> str:
    """Why a passage deploys nothing, or an empty string."""
    words = node.words
    if not any(character.isalnum() for character in words):
        return "no_duty"
    if _P["formal"].search(words):
        return "formal"
    for reason in _LEFT:
        if (reason != "salutation" or not node.kind) and _P[reason].search(words):
            return reason
    if _P["appeal"].search(words) and not duties.has_slots(words):
        return "appeal"
    if _is_column_heads(words):
        return "column_heads"
    if node.kind == _TIME and _P["signature"].match(words) and (_DAY in words or is_opening):
        return "signature"
    if not node.kind and (_P["signed"].match(words) or _P["dated"].match(words)):
        return "signature"
    if not node.kind and (_P["preamble"].search(words[-80:]) and node.passage.block.kind != "list"):
        return "preamble"
    if guided or (not node.kind and _P["guidance"].search(words[:80])):
        return "guidance"
    return ""


def _attachments(nodes: list[Node]) -> None:
    """Mark the further names of a list of attachments."""
    listing = False
    for node in nodes:
        if node.role == "left" and node.reason == "attachment":
            listing = True
        elif listing and node.kind and len(node.words) <= _WIDTHS["heading"] and not _P["sentence"].search(node.words):
            node.role, node.reason = "left", "attachment"
        else:
            listing = False


def deploys_nothing(words: str) -> str:
    """Why a text that stands alone in a table deploys nothing ("remark", "appeal" ...), or an empty string."""
    if _P["appeal"].search(words) and not duties.has_slots(words):
        return "appeal"
    return next((reason for reason in _LEFT[1:] if _P[reason].search(words)), "")


def _leads(nodes: list[Node]) -> None:
    """Leave out what only leads from a heading over to its numbered parts; with a time or amount it is a duty."""
    for before, node, after in zip(nodes, nodes[1:], nodes[2:], strict=False):
        is_between = before.role == "heading" and after.role in ("duty", "heading") and after.depth > before.depth
        if not is_between or after.kind == _TIME or node.role != "duty" or node.kind:
            continue
        if not slots.take_labels(node.words).has_label and not duties.has_slots(node.words):
            node.role, node.reason = "left", "lead"


def _closing(nodes: list[Node]) -> None:
    """Mark signature and date at the end of the document."""
    for node in reversed(nodes[-4:]):
        if node.role == "row" or node.kind not in ("", _TIME):
            return
        if _P["signature"].match(node.words) or _P["signer"].match(node.words):
            node.role, node.reason = "left", "signature"
        elif node.role != "left":
            return


def _signers(nodes: list[Node]) -> None:
    """Mark who signs: the bodies named in the lines right above a date that stands alone, wherever that is."""
    for after, node in zip(reversed(nodes), reversed(nodes[:-1]), strict=False):
        is_above = after.role == "left" and after.reason == "signature"
        if is_above and node.role in ("duty", "title") and not node.kind and _P["signer_dated"].match(node.words):
            node.role, node.reason = "left", "signature"


def _leads_on(node: Node, after: Node | None, *, is_usual: bool) -> bool:
    """Whether a numbered line without parts of its own heads the plain line after it."""
    words = node.words
    if after is None or after.kind or after.role == "row" or len(words) > _WIDTHS["long_heading"]:
        return False
    if slots.is_labelled_line(after.words) and slots.holds_duty(after.words):
        return not _P["sentence"].search(words)
    inner = words.rstrip(_DATA["stops"]["full"])
    if len(inner) > (_WIDTHS["short_heading"] if inner != words else _WIDTHS["heading"]):
        return False
    if _P["sentence"].search(inner) or _is_labels(after.words, follows_duty=True) or slots.take_labels(words).has_label:
        return False
    is_short = len(after.words) < max(_WIDTHS["shortest_body"], len(inner) // 2)
    if duties.has_slots(inner) or (is_short and not is_usual):
        return False
    if after.role == "left" and after.reason not in ("guidance", "column_heads", "appeal"):
        return False
    return not _is_title(after.words) or bool(_P["sentence"].search(after.words))


def _heads(nodes: list[Node], number: int, depth_of: dict[str, int], *, is_usual: bool) -> bool:
    """Whether what follows stands under this node; ``is_usual`` where lines numbered so have headed others so far."""
    node = nodes[number]
    after = nodes[number + 1] if number + 1 < len(nodes) else None
    if after is None:
        return False
    if after.kind == _LEAD_IN:
        return False
    if after.kind and after.role != "row":
        below = depth_of.get(after.kind)
        return below is None or below > depth_of[node.kind]
    if after.role == "row":
        return len(node.words) <= _WIDTHS["heading"] and not _P["sentence"].search(node.words)
    before = nodes[number - 1] if number else None
    in_list = before is not None and before.kind == node.kind and before.role == "duty"
    return _leads_on(node, after, is_usual=is_usual) and not (in_list and not _labels_follow(after))


def _labels_follow(after: Node) -> bool:
    return slots.is_labelled_line(after.words)


def _walk(nodes: list[Node]) -> None:
    """Give every numbered line its role from the levels in use where it stands."""
    open_kinds: list[str] = []
    headed: dict[str, bool] = {}
    for number, node in enumerate(nodes):
        if node.role in ("title", "row"):
            open_kinds = [] if node.role == "title" else open_kinds
            continue
        if not node.kind or node.role == "left" or node.kind == _LEAD_IN:
            continue
        if node.kind in open_kinds:
            del open_kinds[open_kinds.index(node.kind) + 1 :]
        else:
            open_kinds.append(node.kind)
        depth_of = {kind: depth for depth, kind in enumerate(open_kinds)}
        node.depth = depth_of[node.kind]
        is_time = node.kind == _TIME and slots.is_only_time(node.words)
        is_usual = headed.get(node.kind, False)
        if (
            node.kind.startswith("h")
            or is_time
            or (node.kind != _TIME and _heads(nodes, number, depth_of, is_usual=is_usual))
        ):
            node.role = "heading"
        headed[node.kind] = headed.get(node.kind, True) and node.role == "heading"


def _titles(nodes: list[Node]) -> None:
    """Mark the title lines: before the first number, and wherever a plan of its own begins."""
    numbered = any(node.kind and not node.kind.startswith("h") for node in nodes)
    before_number = True
    for number, node in enumerate(nodes):
        styled = node.kind.startswith("h")
        before_number = before_number and (styled or not node.kind) and node.role != "row"
        if (node.kind and not styled) or node.role in ("row", "left"):
            continue
        words = node.words
        bracket = _P["bracket_title"].match(words)
        opening = number == 0 or (before_number and numbered and number < 4 and nodes[number - 1].role == "title")
        short = (
            len(words) <= _WIDTHS["heading"]
            and not _P["terminal"].search(words)
            and not slots.take_labels(words).has_label
        )
        if styled and not opening and not _is_title(words):
            continue
        if number and _P["lead_in"].match(words) and number + 1 < len(nodes):
            node.role, node.kind = "heading", _LEAD_IN
            continue
        if bracket or _is_title(words) or (opening and short and not _P["title_verb"].match(words)):
            node.role = "title" if not bracket else "heading"


def outline(passages: list[Passage]) -> list[Node]:
    """Return one node a passage, in order, each with its role."""
    nodes = []
    for passage in passages:
        kind, body = _kind(passage)
        node = Node(passage, kind, body)
        if passage.block.kind == "row":
            node.role, node.kind = "row", ""
        nodes.append(node)
    guided = False
    for number, node in enumerate(nodes):
        if node.role == "row":
            continue
        is_opening = number < _OPENING
        if node.kind and len(node.words) <= _WIDTHS["heading"]:
            guided = bool(_P["guidance_heading"].search(node.words)) and not _P["sentence"].search(node.words)
            reason = _left_reason(node, guided=False, is_opening=is_opening)
        else:
            reason = _left_reason(node, guided=guided, is_opening=is_opening)
        if reason:
            node.role, node.reason = "left", reason
    _attachments(nodes)
    _titles(nodes)
    _signers(nodes)
    _walk(nodes)
    for number, node in enumerate(nodes):
        before = nodes[number - 1].role if number else "left"
        if node.role == "duty" and number and _is_labels(node.words, follows_duty=before in ("duty", "labels")):
            node.role = "labels"
    _leads(nodes)
    _closing(nodes)
    return nodes


def heading_slots(
    words: str, year: int, month: int | None = None, *, is_title: bool = False
) -> tuple[str, slots.Slots]:
    """Read what a heading says for all that stands under it: labelled owners and times; of a title the owners only.

    A heading that names whose duties follow ("duties of the branch secretary") says who acts.
    """
    if slots.is_only_time(words):
        return words, slots.read_slots(words, year, month)[1]
    if not slots.take_labels(words).values:
        whose = None if is_title else _P["duties_of"].match(words)
        return words, slots.Slots(tuple(owners.read_post(whose["name"]))) if whose else slots.Slots()
    duty, read = slots.read_slots(words, year)
    when = When() if is_title else read.when
    return duty, slots.Slots(tuple(owner for owner in read.owners if owner.labelled), when, (), "")
