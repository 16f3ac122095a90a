"""Changes of the rulebook in words: where they stand, what changes, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heli.rooms.people import queries as people
from heli.rooms.rulebook import queries, records
from heli.rooms.rulebook.enums import AdjustmentState, Family
from heli.rooms.rulebook.models import Adjustment, AdjustmentEffect, AdjustmentException, as_cell
from heli.rooms.rulebook.presenters.closing import closing_changes, closing_source, closing_title
from heli.rooms.rulebook.presenters.words import field_label, is_english, shown
from heli.ui import punctuation
from heli.ui.shapes import Change as ChangeRow
from heli.ui.shapes import Tab

ADJUSTMENT_TONES = {
    AdjustmentState.DRAFT: "idle",
    AdjustmentState.PROPOSED: "wait",
    AdjustmentState.DECIDED: "run",
    AdjustmentState.IN_FORCE: "done",
    AdjustmentState.DECLINED: "late",
    AdjustmentState.WITHDRAWN: "idle",
}
_SHARES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A change as a list shows it."""

    adjustment: Adjustment
    title: str
    url: str
    tone: str
    what: str
    code: str


def adjustment_code(adjustment: Adjustment) -> str:
    """Return the code of the entry; of a closing its kind, as what it names has a code of its own."""
    return adjustment_source(adjustment)[1] if adjustment.unit_id is not None else adjustment.code


def adjustment_title(adjustment: Adjustment) -> str:
    """Return the title of the entry in the reader's language; of a closing what is closed."""
    if adjustment.is_one_act:
        return closing_title(adjustment)
    return adjustment.title_en if is_english() else adjustment.title_zh


def adjustment_rows(adjustments: Iterable[Adjustment]) -> list[AdjustmentRow]:
    """Return rows with what changes in short."""
    return [
        AdjustmentRow(
            adjustment=one,
            title=adjustment_title(one),
            url=reverse("rulebook:adjustment", args=[one.pk]),
            tone=ADJUSTMENT_TONES[AdjustmentState(one.state)],
            what=one.reason
            if one.is_one_act
            else pgettext("list of changes", "; ").join(_short(row) for row in adjustment_changes(one)),
            code=adjustment_code(one),
        )
        for one in adjustments
    ]


def _short(row: ChangeRow) -> str:
    before, after = str(row.before), str(row.after)
    if len(before) + len(after) > 60:
        return str(row.label)
    return _("%(field)s: %(before)s → %(after)s") % {"field": row.label, "before": before, "after": after}


def adjustment_changes(adjustment: Adjustment) -> list[ChangeRow]:
    """Return what changes, field by field: what held when it was drafted, and what is to hold."""
    if adjustment.is_one_act:
        return closing_changes(adjustment)
    wanted = {**adjustment.cells, **{name: as_cell(value) for name, value in adjustment.switches.items()}}
    return [
        ChangeRow(field_label(name), shown(name, as_cell(adjustment.before[name])), shown(name, value))
        for name, value in wanted.items()
    ]


def rate_words(change: records.Change) -> str:
    """Return how much more or less a year is asked, and what becomes of the difference; empty where it is no matter."""
    if change.rates is None or change.rates[0].a_year == change.rates[1].a_year:
        return ""
    numbers = {"before": change.rates[0].a_year, "after": change.rates[1].a_year}
    if change.less is not None:
        return (
            _(
                "Asked %(after)s times a year instead of %(before)s. Open tasks that go beyond it stand below as a "
                "group of their own."
            )
            % numbers
        )
    return (
        _(
            "Asked %(after)s times a year instead of %(before)s. This change opens no tasks: whoever drafts the plan "
            "is told and adds what is missing with a revision, and owners of templates change theirs."
        )
        % numbers
    )


def beyond_words(beyond: queries.Beyond) -> tuple[str, str]:
    """Return what lies beyond the reader's reach, counted if all of it may be opened, and who can decide."""
    where = _("Something follows in units that your posts do not reach; what you may not open is not counted here.")
    if beyond.units is not None:
        where = ngettext(
            "Something follows in %(count)s unit that your posts do not reach: %(names)s.",
            "Something follows in %(count)s units that your posts do not reach, among them: %(names)s.",
            beyond.units,
        ) % {"count": beyond.units, "names": punctuation.listed(beyond.names)}
    who = (
        _("%(names)s can decide: their posts reach all of it.") % {"names": punctuation.listed(beyond.deciders)}
        if beyond.deciders
        else _(
            "Nobody's posts reach all of it today. It can be decided once somebody who had no hand in it leads every "
            "topmost Party organization that it concerns."
        )
    )
    return where, who


def adjustment_tabs(counts: Mapping[str, int], state: str) -> list[Tab]:
    """Return the tabs of the list: all, and each state that occurs."""
    tabs = [Tab(_("All"), "?", sum(counts.values()), current=not state)]
    for value, label in AdjustmentState.choices:
        if counts.get(value) or value == state:
            tabs.append(Tab(label, f"?state={value}", counts.get(value, 0), current=state == value))
    return tabs


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One kind of consequence as the page shows it; ``chosen`` is what was posted before, ``decided`` what stands."""

    group: records.Group
    title: str
    effect: str
    parts: Sequence[tuple[str, int]]
    more_parts: int
    chosen: str
    reason: str
    choose: Choosing
    left_out: Sequence[AdjustmentException]
    decided: EffectRow | None


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a decider chooses between, and what the reason is asked for."""

    accept: str
    decline: str
    why: str


def _choosing(group: records.Group) -> Choosing:
    if group.act == records.FORWARD:
        return Choosing(pgettext("task", "Pass on"), pgettext("task", "Withdraw"), _("Why they are withdrawn"))
    if group.act == records.MOVE:
        return Choosing(pgettext("task", "Move"), pgettext("task", "Leave"), _("Why they keep the day"))
    if group.act == records.CANCEL:
        return Choosing(pgettext("task", "Withdraw"), pgettext("task", "Keep"), _("Why they are kept"))
    return Choosing(pgettext("adjustment", "Accept"), pgettext("adjustment", "Decline"), _("Why it is declined"))


def group_rows(
    groups: Sequence[records.Group],
    exceptions: Iterable[AdjustmentException],
    effects: Iterable[AdjustmentEffect],
    posted: Mapping[str, str],
    *,
    sees_whole: bool = False,
) -> list[GroupRow]:
    """Return the groups in words, each with its largest parts of the tree (one query)."""
    decided = {row.effect.group: row for row in effect_rows(effects, (), sees_whole=sees_whole)}
    names = people.names_by_path(share.path for group in groups for share in group.shares)
    left_out: dict[str, list[AdjustmentException]] = {}
    for one in exceptions:
        left_out.setdefault(one.group, []).append(one)
    return [
        GroupRow(
            group=group,
            title=group_title(group.key),
            effect=_effect(group.key, group.act),
            parts=_parts(group, names)[:_SHARES_SHOWN],
            more_parts=max(len(group.shares) - _SHARES_SHOWN, 0),
            chosen=posted.get(f"choice:{group.key}", "" if group.is_begun else "accept"),
            reason=posted.get(f"reason:{group.key}", ""),
            choose=_choosing(group),
            left_out=left_out.get(group.key, ()),
            decided=decided.get(group.key),
        )
        for group in groups
    ]


def _parts(group: records.Group, names: Mapping[str, str]) -> list[tuple[str, int]]:
    named = [(names[share.path], share.count) for share in group.shares if share.path in names]
    return sorted(named, key=lambda part: (-part[1], part[0]))


def group_title(key: str) -> str:
    """Return what a group is called, by the room it belongs to."""
    follower = records.follower_of(key)
    return follower.title(key) if follower is not None else key


def _effect(key: str, act: str) -> str:
    follower = records.follower_of(key)
    if follower is None:
        return ""
    return follower.effect(key, act) if act else _("Shown so that you know; nothing is done with it here.")


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What was decided of a group, and what was done."""

    effect: AdjustmentEffect
    title: str
    words: str
    tone: str
    left_out: Sequence[AdjustmentException] = ()


def effect_rows(
    effects: Iterable[AdjustmentEffect], exceptions: Iterable[AdjustmentException], *, sees_whole: bool
) -> list[EffectRow]:
    """Return what was decided, in words; how many were done is a count of the whole enterprise."""
    left_out = list(exceptions)
    return [
        EffectRow(
            one, group_title(one.group), *_decided(one, sees_whole=sees_whole),
            [each for each in left_out if each.group == one.group],
        )
        for one in effects
    ]  # fmt: skip


def _decided(effect: AdjustmentEffect, *, sees_whole: bool) -> tuple[str, str]:
    if not effect.act:
        return _("stays as it was"), "idle"
    if effect.act == records.FORWARD:
        return _of_passing(effect)
    if not effect.is_accepted:
        return (_("kept"), "done") if effect.act == records.CANCEL else (_("declined"), "late")
    if effect.act == records.TELL:
        return _("told"), "done"
    if effect.applied is None:
        return _("accepted"), "run"
    return _("done: %(count)s") % {"count": effect.applied} if sees_whole else pgettext("effect", "done"), "done"


def _of_passing(effect: AdjustmentEffect) -> tuple[str, str]:
    """Return what becomes of work that would be left with nobody; it says so too before the job has done it."""
    words = (_("passes on"), _("passed on")) if effect.is_accepted else (_("to be withdrawn"), _("withdrawn"))
    return (words[0], "run") if effect.applied is None else (words[1], "done" if effect.is_accepted else "idle")


def adjustment_source(adjustment: Adjustment) -> tuple[str, str]:
    """Return the page of the entry that changes, and its kind in words."""
    if adjustment.is_one_act:
        return closing_source(adjustment)
    names = {Family.OBLIGATION: "rulebook:duty", Family.INSTRUMENT: "rulebook:instrument"}
    family = Family(adjustment.family)
    if family == Family.KEY_LINK:
        return f"{reverse('rulebook:key_links')}#{adjustment.code}", str(family.label)
    return reverse(names[family], args=[adjustment.code]), str(family.label)


def waiting_rows(waiting: queries.Waiting) -> list[dict[str, Any]]:
    """Return what waits for a person, what is to be decided first."""
    decide = [
        {
            "title": adjustment_title(one),
            "url": reverse("rulebook:adjustment", args=[one.pk]),
            "who": _("drafted by %(name)s") % {"name": one.drafted_by},
            "tone": "wait",
            "state": _("to decide"),
            "day": one.effective_on,
        }
        for one in waiting.to_decide
    ]
    note = [
        {
            "title": adjustment_title(one.adjustment),
            "url": reverse("rulebook:adjustment", args=[one.adjustment_id]),
            "who": one.unit.name,
            "tone": "soon",
            "state": _("take note"),
            "day": one.adjustment.effective_on,
        }
        for one in waiting.to_note
    ]
    return decide + note
