"""How an import stands, and what is wrong with a roster, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from heli.rooms.people.enums import ImportState, NameAnswer
from heli.rooms.people.models import RosterImport
from heli.rooms.people.rules import roster as rules
from heli.ui import punctuation
from heli.ui.shapes import Link

STATE_KINDS = {
    ImportState.READING: "run",
    ImportState.REFUSED: "late",
    ImportState.CHECKED: "wait",
    ImportState.WRITING: "run",
    ImportState.DONE: "done",
    ImportState.FAILED: "late",
    ImportState.WITHDRAWN: "idle",
}

# For each fault: what is wrong, and what mends it.
FAULTS = {
    "missing": (gettext_lazy("The cell is empty."), gettext_lazy("Fill it in.")),
    "too_long": (gettext_lazy("“%(value)s…” is too long."), gettext_lazy("Shorten it.")),
    "odd": (
        gettext_lazy("The cell holds a line break, an @ or a sign that cannot be seen."),
        gettext_lazy("Type it anew."),
    ),
    "formula": (
        gettext_lazy("“%(value)s” begins like a formula."),
        gettext_lazy("Remove the sign = + - or @ at the beginning."),
    ),
    "rounded": (
        gettext_lazy("“%(value)s” is a long number that a spreadsheet has shortened."),
        gettext_lazy("Format the column as text, type the number anew and save the file again."),
    ),
    "email": (gettext_lazy("“%(value)s” is no e-mail address."), gettext_lazy("Correct it, or leave the cell empty.")),
    "phone": (
        gettext_lazy("“%(value)s” is too short for a phone number."),
        gettext_lazy("Write the whole number, or leave the cell empty."),
    ),
    "status": (
        gettext_lazy("“%(value)s” is no political status."),
        gettext_lazy("Write Party member, probationary member or not a Party member."),
    ),
    "date": (gettext_lazy("“%(value)s” is no day."), gettext_lazy("Write it like 2011-07-01.")),
    "date_range": (
        gettext_lazy("Nobody joined on %(value)s."),
        gettext_lazy("The day lies before July 1921 or in the future; correct it."),
    ),
    "not_member": (
        gettext_lazy("“%(value)s” stands here although the person is no Party member."),
        gettext_lazy("Empty the cell, or correct the political status."),
    ),
    "member_without_unit": (
        gettext_lazy("A Party member belongs to a Party organization."),
        gettext_lazy("Write the code of the branch or group."),
    ),
    "double": (
        gettext_lazy("“%(value)s” stands in row %(other)s already."),
        gettext_lazy("Keep one of the two rows, or correct the value."),
    ),
    "taken": (
        gettext_lazy("The e-mail %(value)s belongs to somebody else."),
        gettext_lazy("Correct it here, or on that person's page."),
    ),
    "unit": (
        gettext_lazy("No unit has the code “%(value)s”."),
        gettext_lazy("Look the code up on the unit's page, or make the unit first."),
    ),
    "other_tree": (
        gettext_lazy("“%(value)s” is %(other)s, which stands in the other tree."),
        gettext_lazy("Party organizations and administrative units have columns of their own."),
    ),
    "closed": (
        gettext_lazy("%(other)s (%(value)s) is closed."),
        gettext_lazy("Write the code of the unit that followed."),
    ),
    "scope": (
        gettext_lazy("The unit with the code “%(value)s” is not one of yours."),
        gettext_lazy("Leave the row to the colleagues of that unit."),
    ),
    "person_scope": (
        gettext_lazy("The person with number %(value)s belongs, or last belonged, to a unit that is not yours."),
        gettext_lazy("Ask the colleagues above you for a transfer."),
    ),
    "later": (
        gettext_lazy("The person has a later transfer in this tree."),
        gettext_lazy("Let the roster hold from a later day, or remove the row."),
    ),
    "left_later": (
        gettext_lazy("The person with number %(value)s left on %(other)s."),
        gettext_lazy("Let the roster hold from that day or a later one, or remove the row."),
    ),
    "post_later": (
        gettext_lazy("The person holds the post “%(value)s” from a later day."),
        gettext_lazy("Empty the cell, or let the roster hold from a later day."),
    ),
    "post_scope": (
        gettext_lazy("The post “%(value)s” gives rights on a unit that is not yours."),
        gettext_lazy("Empty the cell; a colleague of that unit appoints to this post."),
    ),
    "post_full_member": (
        gettext_lazy(
            "Only a full Party member can hold the post “%(value)s”: a probationary member cannot be elected "
            "(Constitution of the Party, articles 4 and 7)."
        ),
        gettext_lazy("Empty the cell, or correct the political status."),
    ),
    "post_member": (
        gettext_lazy("Only a Party member can hold the post “%(value)s”."),
        gettext_lazy("Empty the cell, or correct the political status."),
    ),
    "oneself": (
        gettext_lazy("This row changes your own units or posts."),
        gettext_lazy("Remove it; a colleague with this right does that for you."),
    ),
    "renamed": (
        gettext_lazy("On file the number %(value)s is %(other)s."),
        gettext_lazy(
            "So many names differ that columns have probably slipped: correct the file. Should all of it be right, "
            "import it in parts of 200 such rows."
        ),
    ),
    "no_post": (
        gettext_lazy("The person's units have no post “%(value)s”."),
        gettext_lazy("Open the post on the unit's page first, or empty the cell."),
    ),
    "many_posts": (
        gettext_lazy("The person's units have several posts “%(value)s”."),
        gettext_lazy("Empty the cell and appoint on the unit's page."),
    ),
}


FAULTS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import as its page shows it."""

    kind: str
    text: str
    is_running: bool
    is_waiting: bool
    may_recheck: bool
    may_withdraw: bool
    counts: str
    what: str
    why: str
    remedy: str
    faults: list[dict[str, str]]
    more_faults: int
    has_list: bool
    sample: list[dict[str, Any]]
    open_questions: int
    questions: list[dict[str, Any]]
    examples: str


def language() -> str:
    """Return "zh" or "en": the language of the page."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def roster_crumbs(last: str) -> list[Link]:
    return [Link(_("Persons"), reverse("people:persons")), Link(_("Roster"), reverse("people:roster")), Link(last)]


def import_rows(imports: list[RosterImport]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("people:roster_import", args=[each.pk]),
            "name": each.file_name,
            "when": date_format(localtime(each.uploaded_at), "DATETIME_FORMAT"),
            "rows": each.rows,
            "kind": STATE_KINDS[ImportState(each.state)],
            "state": each.get_state_display(),
        }
        for each in imports
    ]


def import_view(roster: RosterImport) -> ImportView:
    """Return what the page of an import shows."""
    state = ImportState(roster.state)
    failure = roster.failure.get(language(), {})
    unanswered = sum(not question["answer"] for question in roster.questions)
    asks = state == ImportState.CHECKED and unanswered > 0
    return ImportView(
        kind=STATE_KINDS[state],
        text=_("Waiting for your answers") if asks else str(state.label),
        is_running=state in {ImportState.READING, ImportState.WRITING},
        is_waiting=state == ImportState.CHECKED and not asks,
        may_recheck=state in {ImportState.REFUSED, ImportState.FAILED},
        may_withdraw=state in {ImportState.REFUSED, ImportState.FAILED, ImportState.CHECKED, ImportState.READING},
        counts=_counts(roster, unanswered),
        what=failure.get("what", ""),
        why=failure.get("why", ""),
        remedy=failure.get("remedy", ""),
        faults=[_fault(fault) for fault in roster.faults[:FAULTS_SHOWN]],
        more_faults=max(0, roster.fault_count - FAULTS_SHOWN),
        has_list=bool(roster.faults),
        sample=[_sample(row) for row in roster.sample],
        open_questions=unanswered if asks else 0,
        questions=[_question(question) for question in roster.questions] if state == ImportState.CHECKED else [],
        examples=punctuation.listed(roster.examples),
    )


def _counts(roster: RosterImport, unanswered: int) -> str:
    parts = [
        _("%(created)s new, %(changed)s changed, %(unchanged)s unchanged")
        % {"created": roster.created, "changed": roster.changed, "unchanged": roster.unchanged}
    ]
    if roster.left_out:
        parts.append(ngettext("%(count)s left out", "%(count)s left out", roster.left_out) % {"count": roster.left_out})
    if unanswered:
        parts.append(
            ngettext("%(count)s to be answered", "%(count)s to be answered", unanswered) % {"count": unanswered}
        )
    return pgettext("counts", ", ").join(parts)


def _question(question: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"value": answer.value, "text": answer.label, "is_chosen": question["answer"] == answer}
        for answer in NameAnswer
    ]
    return {**question, "options": options}


def fault_rows(roster: RosterImport) -> list[dict[str, str]]:
    """Return every kept fault in words, for the list to download."""
    return [_fault(fault) for fault in roster.faults]


def _heads() -> dict[str, str]:
    return {column.key: column.heads[language()] for column in rules.columns()} | {"left_on": _("Left on")}


def _fault(fault: dict[str, Any]) -> dict[str, str]:
    what, remedy = FAULTS[fault["code"]]
    return {
        "cell": fault["cell"],
        "row": str(fault["row"]),
        "column": _heads().get(fault["column"], fault["column"]),
        "what": str(what) % fault,
        "remedy": str(remedy),
    }


def _sample(row: dict[str, Any]) -> dict[str, Any]:
    heads = _heads()
    changes = [
        {"label": heads.get(key, key), "before": old, "after": new} for key, (old, new) in row["changes"].items()
    ]
    return {"row": row["row"], "name": row["name"], "staff_no": row["staff_no"], "changes": changes}
