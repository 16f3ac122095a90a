"""The audit log in sentences: what this room records, and how much of an entry the audit administrator sees."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heli.kernel.models import AuditEntry
from heli.rooms.people.enums import AdministratorKind, PoliticalStatus, PostKind, ResetKind, UnitKind
from heli.rooms.people.models import LogCheck
from heli.ui import punctuation
from heli.ui.log_words import kind_words, words_of
from heli.ui.shapes import Fact

ACTIONS = {
    "unit.created": gettext_lazy("Made a unit"),
    "unit.revised": gettext_lazy("Changed a unit"),
    "unit.moved": gettext_lazy("Moved a unit"),
    "unit.closed": gettext_lazy("Closed a unit"),
    "post.opened": gettext_lazy("Opened a post"),
    "post.revised": gettext_lazy("Changed a post"),
    "post.closed": gettext_lazy("Closed a post"),
    "person.added": gettext_lazy("Added a person"),
    "person.revised": gettext_lazy("Corrected a person's data"),
    "person.transferred": gettext_lazy("Transferred a person"),
    "person.left": gettext_lazy("Recorded that a person left"),
    "person.appointed": gettext_lazy("Appointed a person"),
    "person.appointment_ended": gettext_lazy("Ended an appointment"),
    "person.stand_in_given": gettext_lazy("Named a stand-in"),
    "person.stand_in_ended": gettext_lazy("Ended a stand-in"),
    "account.created": gettext_lazy("Opened an account"),
    "account.password_set": gettext_lazy("Set a password"),
    "account.closed": gettext_lazy("Closed an account"),
    "account.opened": gettext_lazy("Opened an account again"),
    "account.unlocked": gettext_lazy("Unlocked an account"),
    "account.device_pass": gettext_lazy("Gave out a pass for a new device"),
    "account.reset_requested": gettext_lazy("Asked for a sign-in to be set anew"),
    "account.reset_confirmed": gettext_lazy("Set a sign-in anew as second person"),
    "account.reset_withdrawn": gettext_lazy("Refused that a sign-in be set anew"),
    "account.reset_expired": gettext_lazy("Let the wish for a new sign-in lapse"),
    "account.reset_on_server": gettext_lazy("Set a sign-in anew on the server"),
    "account.second_factor_forced": gettext_lazy("Changed the duty of a second factor"),
    "account.sessions_ended": gettext_lazy("Signed devices out"),
    "administrator.created": gettext_lazy("Made an administrator"),
    "token.created": gettext_lazy("Made an access key"),
    "token.revoked": gettext_lazy("Revoked an access key"),
    "roster.uploaded": gettext_lazy("Uploaded a roster"),
    "roster.rechecked": gettext_lazy("Checked a roster again"),
    "roster.answered": gettext_lazy("Answered whom rows of a roster mean"),
    "roster.confirmed": gettext_lazy("Confirmed a roster"),
    "roster.withdrawn": gettext_lazy("Withdrew a roster"),
    "roster.imported": gettext_lazy("Imported a roster"),
    "roster.exported": gettext_lazy("Exported a roster"),
    "log.check_requested": gettext_lazy("Had the chain of the log checked"),
}

KINDS = {
    "people.account": gettext_lazy("Account"),
    "people.apitoken": gettext_lazy("Access key"),
    "people.appointment": gettext_lazy("Appointment"),
    "people.logcheck": gettext_lazy("Check of the audit log"),
    "people.person": gettext_lazy("Person"),
    "people.post": gettext_lazy("Post"),
    "people.rosterimport": gettext_lazy("Roster"),
    "people.unit": gettext_lazy("Unit"),
}

# What the fields of a change are called; others are shown by their name.
FIELDS = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "code": gettext_lazy("Code"),
    "parent": gettext_lazy("Unit above"),
    "serves_id": gettext_lazy("Stands for"),
    "has_committee": gettext_lazy("Committee"),
    "from": gettext_lazy("Takes effect on"),
    "on": gettext_lazy("Day"),
    "to": gettext_lazy("Last day"),
    "reason": gettext_lazy("Reason"),
    "unit": gettext_lazy("Unit"),
    "units": gettext_lazy("Units"),
    "post": gettext_lazy("Post"),
    "title": gettext_lazy("Title"),
    "ended_posts": gettext_lazy("Ended posts"),
    "person": gettext_lazy("Person"),
    "persons": gettext_lazy("Persons"),
    "staff_no": gettext_lazy("Staff number"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "political_status": gettext_lazy("Political status"),
    "joined_party_on": gettext_lazy("Joined the Party on"),
    "scopes": gettext_lazy("What it may do"),
    "until": gettext_lazy("Valid until"),
    "created": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "rows": gettext_lazy("Rows"),
    "left_out": gettext_lazy("Left out"),
    "hash": gettext_lazy("Hash of the file"),
    "effective_on": gettext_lazy("Holds from"),
    "sessions": gettext_lazy("Devices"),
    "addresses": gettext_lazy("Addresses"),
    "forced": gettext_lazy("By order"),
    "keys": gettext_lazy("Access keys"),
    "asked_by": gettext_lazy("Asked for by"),
}

# What stands in the log as a code and on the page in words.
_CHOICES = {
    "kind": {one.value: one.label for one in (*UnitKind, *PostKind, *AdministratorKind, *ResetKind)},
    "political_status": {one.value: one.label for one in PoliticalStatus},
}

# Fields that list several values; in every other one a list is what was and what is.
_LISTS = {"addresses", "ended_posts", "persons", "scopes", "units"}

_PERSONAL = {
    "staff_no", "name", "email", "phone", "political_status", "joined_party_on", "correct", "leave_out", "reason",
}  # fmt: skip


def log_rows(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """Return the entries as the audit administrator sees them: who did what when, without business content.

    Of acts of other rooms, and of personal data, only the number of details is shown.
    """
    return [
        {
            "number": entry.number,
            "at": entry.at,
            "action": words_of(entry.action),
            "code": entry.action,
            "who": _("System") if entry.actor_kind == "system" else entry.actor_label,
            "subject": entry.subject_label
            if entry.action in ACTIONS
            else f"{kind_words(entry.subject_kind)} {entry.subject_id}",
            "changes": _changes(entry),
        }
        for entry in entries
    ]


def _changes(entry: AuditEntry) -> list[Fact]:
    """Return the details one may see, each by its name, and how many there are beside."""
    seen = {name: value for name, value in entry.changes.items() if _is_open(entry.action, name)}
    shown = [Fact(FIELDS.get(name, name), _shown(name, value)) for name, value in seen.items()]
    hidden = len(entry.changes) - len(seen)
    if hidden:
        words = ngettext("%(count)s detail is not shown", "%(count)s details are not shown", hidden)
        shown.append(Fact(words % {"count": hidden}, ""))
    return shown


def is_shown(entry: AuditEntry) -> bool:
    """Return whether the audit administrator sees the whole entry, so that an export may carry its content."""
    return entry.action in ACTIONS and all(_is_open(entry.action, name) for name in entry.changes)


def _is_open(action: str, field: str) -> bool:
    """Return whether the audit administrator sees the values of this field of this act."""
    return action in ACTIONS and not (action.startswith(("person.", "roster.")) and field in _PERSONAL)


def _shown(field: str, value: Any) -> str:
    if isinstance(value, list):
        is_change = field not in _LISTS and len(value) == 2
        parts = [_shown("" if field in _LISTS else field, part) for part in value]
        return " → ".join(parts) if is_change else punctuation.listed(parts) or "–"
    if isinstance(value, dict):
        return punctuation.clauses(f"{name}{punctuation.colon()}{_shown(name, part)}" for name, part in value.items())
    if value in (None, ""):
        return "–"
    return str(_CHOICES.get(field, {}).get(value, value)) if isinstance(value, str) else str(value)


# What the verifier found, which tells it in English alone.
_FOUND = (
    ("number ", gettext_lazy("An entry was removed, added or moved.")),
    ("does not follow", gettext_lazy("It does not follow from the entry before it.")),
    ("", gettext_lazy("Its content does not match its hash: it was changed.")),
)


def check_view(check: LogCheck, *, is_lost: bool) -> dict[str, Any]:
    """Return what the page of a check shows."""
    found = next((words for start, words in _FOUND if check.reason.startswith(start)), "") if check.reason else ""
    return {
        "is_running": check.finished_at is None and not is_lost,
        "is_lost": is_lost,
        "is_good": check.finished_at is not None and check.bad_number is None,
        "found": str(found),
        "text": _("The chain is being walked"),
    }
