"""What the audit log says of responsibility lists: a sentence for each action, a name for each kind of subject."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ACTIONS = {
    "duties.list_begun": gettext_lazy("Began a responsibility list"),
    "duties.drafted_from_catalogue": gettext_lazy("Drafted a list from the catalogue"),
    "duties.items_imported": gettext_lazy("Imported items into a list"),
    "duties.item_added": gettext_lazy("Added an item to a list"),
    "duties.item_changed": gettext_lazy("Changed an item of a list"),
    "duties.item_removed": gettext_lazy("Removed an item from a list"),
    "duties.submitted": gettext_lazy("Submitted a responsibility list"),
    "duties.approved": gettext_lazy("Approved a responsibility list"),
    "duties.returned": gettext_lazy("Returned a responsibility list"),
    "duties.issued": gettext_lazy("Issued a responsibility list"),
    "duties.versions_begun": gettext_lazy("Began versions of lists after a change"),
    "duties.versions_ended": gettext_lazy("Ended lists of a closed unit"),
    "duties.version_begun": gettext_lazy("Began a version of a list"),
    "duties.version_dropped": gettext_lazy("Dropped a version of a list"),
    "duties.signed": gettext_lazy("Signed a responsibility list"),
    "duties.hand_over_opened": gettext_lazy("Opened a hand-over"),
    "duties.hand_over_taken": gettext_lazy("Gave a hand-over to whoever took the post"),
    "duties.hand_over_passed_on": gettext_lazy("Passed a hand-over on"),
    "duties.hand_over_signed": gettext_lazy("Signed a hand-over"),
    "duties.hand_over_witnessed": gettext_lazy("Witnessed a hand-over"),
    "duties.record_archived": gettext_lazy("Put a duty record on file"),
    "duties.limit_set": gettext_lazy("Set a limit of duties"),
}

KINDS = {
    "responsibilities.responsibilitylist": gettext_lazy("Responsibility list"),
    "responsibilities.listversion": gettext_lazy("Version of a list"),
    "responsibilities.item": gettext_lazy("Item of a list"),
    "responsibilities.signature": gettext_lazy("Signature"),
    "responsibilities.handover": gettext_lazy("Hand-over"),
    "responsibilities.dutyarchive": gettext_lazy("Duty record on file"),
    "responsibilities.dutylimit": gettext_lazy("Limit of duties"),
}
