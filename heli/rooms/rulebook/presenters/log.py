"""What the audit log says of the rulebook: a sentence for each action, a name for each kind of subject."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ACTIONS = {
    "rulebook.installed": gettext_lazy("Installed the rulebook"),
    "rulebook.update_accepted": gettext_lazy("Went through an edition of the catalogue"),
    "rulebook.instrument_changed": gettext_lazy("Changed an instrument"),
    "rulebook.obligation_changed": gettext_lazy("Changed an obligation"),
    "rulebook.key_link_changed": gettext_lazy("Changed a key link"),
    "rulebook.circumstance_declared": gettext_lazy("Declared a circumstance"),
    "rulebook.circumstance_ended": gettext_lazy("Ended a circumstance"),
    "adjustment.drafted": gettext_lazy("Drafted an adjustment"),
    "adjustment.moved": gettext_lazy("Moved the day of an adjustment"),
    "adjustment.proposed": gettext_lazy("Proposed an adjustment"),
    "adjustment.decided": gettext_lazy("Decided on an adjustment"),
    "adjustment.declined": gettext_lazy("Declined an adjustment"),
    "adjustment.returned": gettext_lazy("Returned an adjustment"),
    "adjustment.left_out": gettext_lazy("Left something out of an adjustment"),
    "adjustment.taken_back_in": gettext_lazy("Took something back into an adjustment"),
    "adjustment.withdrawn": gettext_lazy("Withdrew an adjustment"),
    "adjustment.taken_back": gettext_lazy("Took a decided adjustment back"),
    "adjustment.acknowledged": gettext_lazy("Acknowledged an adjustment"),
    "adjustment.told": gettext_lazy("Told those whom an adjustment touches"),
    "adjustment.in_force": gettext_lazy("Put an adjustment into force"),
    "review.requested": gettext_lazy("Asked for a half-yearly review"),
    "review.prepared": gettext_lazy("Drew up a half-yearly review"),
    "review.answered": gettext_lazy("Answered a proposal of a half-yearly review"),
    "rulebook.calendar_entered": gettext_lazy("Entered days of the working calendar"),
}

KINDS = {
    "rulebook.adjustment": gettext_lazy("Adjustment"),
    "rulebook.change": gettext_lazy("Adjustment"),
    "rulebook.adjustmentnotice": gettext_lazy("Request to take note of an adjustment"),
    "rulebook.review": gettext_lazy("Half-yearly review"),
    "rulebook.reviewproposal": gettext_lazy("Proposal of a half-yearly review"),
    "rulebook.edition": gettext_lazy("Edition of the rulebook"),
    "rulebook.instrument": gettext_lazy("Instrument"),
    "rulebook.obligation": gettext_lazy("Obligation"),
    "rulebook.keylink": gettext_lazy("Key link"),
    "rulebook.circumstance": gettext_lazy("Circumstance"),
    "rulebook.calendar": gettext_lazy("Working calendar"),
}
