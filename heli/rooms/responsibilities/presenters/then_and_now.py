"""Two days of a unit's lists in words: each item, who answered on each day, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import pgettext

from heli.rooms.responsibilities.presenters import words
from heli.rooms.responsibilities.rules.then_and_now import Pair, Standing, what_changed


@dataclass(frozen=True, slots=True)
class PairView:
    """An item on two days. ``former`` is the earlier wording where it differs; sides are "post: holders"."""

    number: int
    text: str
    former: str
    kind: str
    then: str
    now: str
    change: str
    tone: str

    @property
    def is_changed(self) -> bool:
        return bool(self.change)


def pair_views(found: Sequence[Pair]) -> list[PairView]:
    """Return the rows of the comparison."""
    return [_view(pair) for pair in found]


def _view(pair: Pair) -> PairView:
    then, now = pair
    shown = now or then
    if shown is None:  # a pair has a side
        raise ValueError(pair)
    changes = {
        "": ("", "idle"),
        "added": (pgettext("change of a list", "Added"), "done"),
        "removed": (pgettext("change of a list", "Removed"), "late"),
        "wording": (pgettext("change of a list", "Wording"), "run"),
        "post": (pgettext("change of a list", "Another post"), "run"),
        "holder": (pgettext("change of a list", "Another holder"), "soon"),
    }
    change, tone = changes[what_changed(pair)]
    former = then.text if then is not None and now is not None and then.text != now.text else ""
    return PairView(
        shown.number, shown.text, former, words.kind_word(shown.kind), _side(then), _side(now), change, tone
    )


def _side(one: Standing | None) -> str:
    if one is None:
        return ""
    comma = pgettext("list of names", ", ")
    if one.post_id is None:
        return pgettext("who answers", "everybody")
    return f"{one.post} · {comma.join(one.holders) or pgettext('who answers', 'vacant')}"
