"""Times that the papers leave open: nothing becomes a plan before a person has said them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heli.kernel.problems import Problem
from heli.rooms.plans.models import DraftItem, Plan


def require_times(plan: Plan) -> None:
    """Refuse to draft the one plan while an item says a time that no day or rhythm stands for."""
    rows = list(DraftItem.objects.filter(plan=plan).open_times().in_order()[:3])
    if not rows:
        return
    count = DraftItem.objects.filter(plan=plan).open_times().count()
    raise Problem(
        _("The one plan cannot be drafted yet."),
        ngettext(
            "%(count)s item has no time that could be read.", "%(count)s items have no time that could be read.", count
        )
        % {"count": count}
        + " "
        + _("; ").join(_("“%(text)s”: %(words)s") % {"text": row.text[:24], "words": row.when_words} for row in rows),
        _("Fill it in on the page of the split, then align again; decisions on what did not change are kept."),
    )
