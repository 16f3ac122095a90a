"""Words for the names and values of fields, where only the names are known: both sides of a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.ui import punctuation

NAMES: Mapping[str, str] = {
    "action": gettext_noop("Action"),
    "birth_date": gettext_noop("Date of birth"),
    "code": gettext_noop("Code"),
    "deliverable": gettext_noop("Proof"),
    "due_on": gettext_noop("Due"),
    "email": gettext_noop("E-mail"),
    "end": gettext_noop("End"),
    "frequency": gettext_noop("How often"),
    "has_committee": gettext_noop("Has a committee"),
    "helpers": gettext_noop("Helps"),
    "is_active": gettext_noop("Account open"),
    "is_closed": gettext_noop("Closed"),
    "joined_on": gettext_noop("Joined on"),
    "kind": gettext_noop("Kind"),
    "left_on": gettext_noop("Left on"),
    "line": gettext_noop("Line"),
    "mobile": gettext_noop("Mobile"),
    "must_use_second_factor": gettext_noop("Second factor required of this account"),
    "name": gettext_noop("Name"),
    "owner": gettext_noop("Responsible"),
    "period": gettext_noop("Time"),
    "political_status": gettext_noop("Political status"),
    "quantity": gettext_noop("Quantity"),
    "reason": gettext_noop("Reason"),
    "source": gettext_noop("Source"),
    "staff_no": gettext_noop("Staff number"),
    "start": gettext_noop("Start"),
    "starts_on": gettext_noop("Start"),
    "state": gettext_noop("State"),
    "text": gettext_noop("Text"),
    "title": gettext_noop("Name"),
    "valid_from": gettext_noop("Valid from"),
    "valid_to": gettext_noop("Valid until"),
}


def label(name: str, labels: Mapping[str, Any]) -> str:
    """The page's own label, else the common word, else the name as it is."""
    if name in labels:
        return str(labels[name])
    return _(NAMES[name]) if name in NAMES else name.replace("_", " ")


def shown(value: Any) -> str:
    """A value as people read it; nothing is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return punctuation.listed(shown(one) for one in value) or "–"
    return str(value)
