"""Kinds of units and posts, permissions, and the roles that posts carry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tree(models.TextChoices):
    PARTY = "party", _("Party organizations")
    ADMINISTRATIVE = "admin", _("Administrative units")


class UnitKind(models.TextChoices):
    GROUP_COMMITTEE = "group_committee", _("Group Party committee")
    PARTY_COMMITTEE = "party_committee", _("Party committee")
    GENERAL_BRANCH = "general_branch", _("General Party branch")
    BRANCH = "branch", _("Party branch")
    PARTY_GROUP = "party_group", _("Party group")
    DISCIPLINE_COMMISSION = "discipline_commission", _("Discipline inspection commission")
    COMPANY = "company", _("Company")
    SUBSIDIARY = "subsidiary", _("Subsidiary")
    DEPARTMENT = "department", _("Department")
    OFFICE = "office", _("Office")
    TEAM = "team", _("Team")


PARTY_KINDS = (
    UnitKind.GROUP_COMMITTEE,
    UnitKind.PARTY_COMMITTEE,
    UnitKind.GENERAL_BRANCH,
    UnitKind.BRANCH,
    UnitKind.PARTY_GROUP,
    UnitKind.DISCIPLINE_COMMISSION,
)


class PoliticalStatus(models.TextChoices):
    MEMBER = "member", _("Party member")
    PROBATIONARY = "probationary", _("Probationary member")
    NON_MEMBER = "non_member", _("Not a Party member")


class PostKind(models.TextChoices):
    """What a post is for. Access derives from it (``ROLE_OF_POST``), never from a person."""

    SECRETARY = "secretary", _("Secretary of the Party committee")
    DEPUTY_SECRETARY = "deputy_secretary", _("Deputy secretary")
    DISCIPLINE_SECRETARY = "discipline_secretary", _("Discipline secretary")
    TEAM_MEMBER = "team_member", _("Leadership team member")
    PARTY_HEAD = "party_head", _("Head of the Party-work department")
    PARTY_CLERK = "party_clerk", _("Clerk of the Party-work department")
    DISCIPLINE_HEAD = "discipline_head", _("Head of the discipline office")
    DISCIPLINE_CLERK = "discipline_clerk", _("Clerk of the discipline office")
    PERSONNEL_HEAD = "personnel_head", _("Head of the personnel department")
    BRANCH_SECRETARY = "branch_secretary", _("Branch secretary")
    BRANCH_MEMBER = "branch_member", _("Branch committee member")
    GROUP_LEADER = "group_leader", _("Party group leader")
    DEPARTMENT_HEAD = "department_head", _("Head of department")
    STAFF = "staff", _("Staff")


class AdministratorKind(models.TextChoices):
    """The three administrators; none can do another's work or read business content."""

    SYSTEM = "system", _("System administrator")
    SECURITY = "security", _("Security administrator")
    AUDIT = "audit", _("Audit administrator")


class Duty(models.TextChoices):
    """What an account must do before anything else opens to it."""

    PASSWORD = "password", _("choose a password of their own")
    SECOND_FACTOR = "second_factor", _("set up a second factor")


class ResetKind(models.TextChoices):
    """What of a sign-in is set anew."""

    PASSWORD = "password", _("New password")
    SECOND_FACTOR = "second_factor", _("Second factor removed")


class ResetState(models.TextChoices):
    """Where the wish to set a sign-in anew stands: nothing happens before a second person confirms it."""

    PENDING = "pending", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Refused or withdrawn")
    EXPIRED = "expired", _("Lapsed unconfirmed")


class ImportState(models.TextChoices):
    """Where a roster file stands on its way in."""

    READING = "reading", _("Being read")
    REFUSED = "refused", _("Has errors")
    CHECKED = "checked", _("Waiting for your confirmation")
    WRITING = "writing", _("Being written")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed, nothing was written")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class NameAnswer(models.TextChoices):
    """What a clerk answers where a roster names somebody else than the file under one staff number."""

    CORRECT = "correct", _("The same person: correct the name")
    LEAVE_OUT = "leave_out", _("Another person: leave this row out")


ENDED_IMPORTS = (ImportState.DONE, ImportState.WITHDRAWN)


class Scope(models.TextChoices):
    """What a personal access key may be used for; always within what its owner may do."""

    PEOPLE_READ = "people:read", _("Read units and persons")
    PLANS_READ = "plans:read", _("Read plans")
    PLANS_WRITE = "plans:write", _("Upload papers and decide")
    TASKS_READ = "tasks:read", _("Read tasks")
    CALENDAR_READ = "calendar:read", _("Subscribe to one's task calendar")
    TASKS_WRITE = "tasks:write", _("Accept tasks and hand in evidence")


class Permission(models.TextChoices):
    """What may be done; named OBJECT_VERB. A post's role grants it on a unit and all units below."""

    UNIT_VIEW = "unit_view", _("See the unit and its posts")
    PERSON_VIEW = "person_view", _("See who works in the unit")
    ROSTER_IMPORT = "roster_import", _("Import and export the roster")
    UNIT_EDIT = "unit_edit", _("Change units, posts and appointments")
    RULEBOOK_VIEW = "rulebook_view", _("Read the rulebook")
    RULEBOOK_EDIT = "rulebook_edit", _("Change the enterprise's copy of the rulebook")
    RULEBOOK_APPROVE = "rulebook_approve", _("Decide on changes of the rulebook")
    PLAN_VIEW = "plan_view", _("Read published plans")
    PLAN_DRAFT = "plan_draft", _("Upload papers, align and decide")
    PLAN_APPROVE = "plan_approve", _("Approve and publish a plan")
    DUTY_LIST_VIEW = "duty_list_view", _("Read responsibility lists in force")
    DUTY_VIEW = "duty_view", _("See what persons of the unit answer for and did")
    DUTY_DRAFT = "duty_draft", _("Draft responsibility lists")
    DUTY_APPROVE = "duty_approve", _("Approve responsibility lists")
    TASK_VIEW = "task_view", _("See the tasks of a unit")
    TASK_DO = "task_do", _("Accept tasks and hand in evidence")
    TASK_ASSIGN = "task_assign", _("Assign tasks to units")
    TASK_VERIFY = "task_verify", _("Verify, return and close tasks")
    TEMPLATE_APPROVE = "template_approve", _("Approve task templates")


class Role(models.TextChoices):
    LEADER = "leader", _("Leader")
    APPROVER = "approver", _("Approver")
    COORDINATOR = "coordinator", _("Coordinator")
    SECRETARY = "branch", _("Branch work")
    MEMBER = "member", _("Member")


_P = Permission
_EVERYONE = frozenset({_P.UNIT_VIEW, _P.RULEBOOK_VIEW, _P.PLAN_VIEW, _P.DUTY_LIST_VIEW})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: _EVERYONE,
    Role.SECRETARY: _EVERYONE | {_P.PERSON_VIEW, _P.DUTY_VIEW, _P.DUTY_DRAFT, _P.TASK_VIEW, _P.TASK_DO},
    Role.COORDINATOR: _EVERYONE
    | {
        _P.PERSON_VIEW,
        _P.ROSTER_IMPORT,
        _P.UNIT_EDIT,
        _P.RULEBOOK_EDIT,
        _P.PLAN_DRAFT,
        _P.DUTY_VIEW,
        _P.DUTY_DRAFT,
        _P.TASK_VIEW,
        _P.TASK_DO,
        _P.TASK_ASSIGN,
        _P.TASK_VERIFY,
    },
    Role.APPROVER: _EVERYONE
    | {
        _P.PERSON_VIEW,
        _P.RULEBOOK_EDIT,
        _P.RULEBOOK_APPROVE,
        _P.PLAN_DRAFT,
        _P.PLAN_APPROVE,
        _P.DUTY_VIEW,
        _P.DUTY_DRAFT,
        _P.DUTY_APPROVE,
        _P.TASK_VIEW,
        _P.TASK_DO,
        _P.TASK_ASSIGN,
        _P.TASK_VERIFY,
        _P.TEMPLATE_APPROVE,
    },
    Role.LEADER: _EVERYONE
    | {
        _P.PERSON_VIEW,
        _P.RULEBOOK_APPROVE,
        _P.PLAN_APPROVE,
        _P.DUTY_VIEW,
        _P.DUTY_APPROVE,
        _P.TASK_VIEW,
        _P.TASK_DO,
        _P.TASK_ASSIGN,
        _P.TASK_VERIFY,
        _P.TEMPLATE_APPROVE,
    },
}

ROLE_OF_POST: dict[PostKind, Role] = {
    PostKind.SECRETARY: Role.LEADER,
    PostKind.DEPUTY_SECRETARY: Role.LEADER,
    PostKind.DISCIPLINE_SECRETARY: Role.LEADER,
    PostKind.TEAM_MEMBER: Role.LEADER,
    PostKind.PARTY_HEAD: Role.APPROVER,
    PostKind.DISCIPLINE_HEAD: Role.APPROVER,
    PostKind.PERSONNEL_HEAD: Role.SECRETARY,
    PostKind.PARTY_CLERK: Role.COORDINATOR,
    PostKind.DISCIPLINE_CLERK: Role.COORDINATOR,
    PostKind.BRANCH_SECRETARY: Role.SECRETARY,
    PostKind.BRANCH_MEMBER: Role.SECRETARY,
    PostKind.GROUP_LEADER: Role.SECRETARY,
    PostKind.DEPARTMENT_HEAD: Role.SECRETARY,
    PostKind.STAFF: Role.MEMBER,
}

# Who signs in with a second factor before anything else.
SECOND_FACTOR_ROLES = frozenset({Role.LEADER, Role.APPROVER})
