"""The demo enterprise: an invented group with its people, rules, plans and tasks (DESIGN, section 10).

``load`` composes what each room brings; loading twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.utils import timezone

from heli.config.demo import people
from heli.config.demo.people import SignIn

# In this order: later ones build on earlier ones. Each module has ``load(at)``.
PARTS = (
    "people",
    "rulebook",
    "plans",
    "tasks",
    "templates",
    "follow_ups",
    "rectification",
    "responsibilities",
    "information",
)


def load(at: datetime | None = None) -> None:
    """Fill an empty site with the demo enterprise; its entry in the audit log marks the site as a demo."""
    moment = at or timezone.localtime()
    for part in PARTS:
        if find_spec(f"{__name__}.{part}"):
            import_module(f"{__name__}.{part}").load(moment)


def sign_ins() -> list[SignIn]:
    """Return who may sign in to the demo, in the order in which a visitor should try them."""
    return people.sign_ins()
