"""What the audit log says of plans: a sentence for each action, a name for each kind of subject."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ACTIONS = {
    "plan.begun": gettext_lazy("Began a plan"),
    "plan.deleted": gettext_lazy("Deleted a draft of a plan"),
    "plan.paper_read": gettext_lazy("Read a paper of a plan"),
    "plan.paper_refused": gettext_lazy("Could not read a paper of a plan"),
    "plan.paper_removed": gettext_lazy("Removed a paper from a plan"),
    "plan.row_edited": gettext_lazy("Changed a row read from a paper"),
    "plan.row_reclassed": gettext_lazy("Changed what kind a row is"),
    "plan.row_split": gettext_lazy("Split a row in two"),
    "plan.row_merged": gettext_lazy("Merged rows"),
    "plan.alignment_requested": gettext_lazy("Asked for an alignment"),
    "plan.aligned": gettext_lazy("Aligned the papers of a plan"),
    "plan.decided": gettext_lazy("Decided on a finding"),
    "plan.decided_rest": gettext_lazy("Decided on all remaining findings"),
    "plan.undone": gettext_lazy("Took a decision back"),
    "plan.second_opinion": gettext_lazy("Asked a model for a second opinion"),
    "plan.concluded": gettext_lazy("Concluded the board of a plan"),
    "plan.board_reopened": gettext_lazy("Opened the board of a plan again"),
    "plan.item_edited": gettext_lazy("Changed an item of a plan"),
    "plan.item_added": gettext_lazy("Added an item to a plan"),
    "plan.item_left_out": gettext_lazy("Left an item out of a plan"),
    "plan.item_taken_back": gettext_lazy("Took an item back into a plan"),
    "plan.minutes_stated": gettext_lazy("Stated minutes of items"),
    "plan.leads_named": gettext_lazy("Named who leads and assists"),
    "plan.submitted": gettext_lazy("Submitted a plan"),
    "plan.submission_withdrawn": gettext_lazy("Took a submission back"),
    "plan.returned": gettext_lazy("Returned a plan"),
    "plan.published": gettext_lazy("Approved and published a plan"),
    "plan.revision_begun": gettext_lazy("Began a revision of a plan"),
    "plan.revision_dropped": gettext_lazy("Dropped a revision of a plan"),
    "plan.acknowledged": gettext_lazy("Acknowledged a plan"),
}

KINDS = {
    "plans.plan": gettext_lazy("Plan"),
    "plans.plandocument": gettext_lazy("Paper of a plan"),
    "plans.draftitem": gettext_lazy("Row of a paper"),
    "plans.finding": gettext_lazy("Finding"),
    "plans.decision": gettext_lazy("Decision"),
    "plans.planversion": gettext_lazy("Version of a plan"),
    "plans.planitem": gettext_lazy("Item of a plan"),
    "plans.acknowledgement": gettext_lazy("Acknowledgement"),
    "plans.secondopinion": gettext_lazy("Second opinion"),
    "plans.alignmentrun": gettext_lazy("Alignment"),
}
