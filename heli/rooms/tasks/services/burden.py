"""Acts of the burden guard: limits on minutes, and asking together instead of twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people.enums import UnitKind
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import JoinState, TemplateState
from heli.rooms.tasks.models import MonthlyLimit, TaskTemplate, TemplateJoin

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


class JoinRefused(Problem):
    """A unit cannot ask together with another, or no longer."""

    status = 409


@transaction.atomic
def set_limit(
    *, root_id: int, unit_kind: str, minutes: int | None, starts_on: date, reason: str, by: Person, at: datetime
) -> MonthlyLimit:
    """Set how many minutes a month units of one kind may be asked for from a month on; None lifts the limit.

    The guard then names, before anything is issued, the units whose month would run over. A month gets one figure;
    months that are over keep theirs.
    """
    root = access.limit_root_for(by, root_id, at.date())
    access.can_set_limit(by, root, at.date()).require()
    if unit_kind not in UnitKind.values:
        raise Problem(_("Nothing was set."), _("There is no such kind of unit."), _("Choose a kind of the list."))
    if not reason.strip():
        raise Problem(_("Nothing was set."), _("Those who ask need to know why."), _("Write the reason."))
    first = starts_on.replace(day=1)
    if first < at.date().replace(day=1):
        raise Problem(
            _("Nothing was set."),
            _("That month is over, and what held then stays as it was."),
            _("Choose this month or a later one."),
        )
    limit, is_new = MonthlyLimit.objects.get_or_create(
        root=root,
        unit_kind=unit_kind,
        starts_on=first,
        defaults={"minutes": minutes, "reason": reason.strip()[:300], "set_at": at, "set_by": by},
    )
    if not is_new:
        raise Problem(
            _("Nothing was set."),
            _("For that kind and month a figure stands already: %(minutes)s.")
            % {"minutes": _("no limit") if limit.minutes is None else limit.minutes},
            _("Choose a later month."),
        )
    changes = {"kind": unit_kind, "minutes": minutes, "from": first, "reason": limit.reason}
    audit.record("burden.limit_set", subject=root, by=by, at=at, changes=changes)
    return limit


@transaction.atomic
def ask_to_join(*, template_id: int, draft_id: int, reason: str, by: Person, at: datetime) -> TemplateJoin:
    """Ask that another template's tasks be asked in the name of the draft's unit too; the draft waits meanwhile."""
    today = at.date()
    template = access.template_for(by, template_id, today)
    draft = _draft(draft_id, by, at)
    access.can_ask_for(by, draft.unit_id, today).require()
    if template.state not in {TemplateState.SUBMITTED, TemplateState.APPROVED} or template.pk == draft.pk:
        raise JoinRefused(
            _("Nothing was asked."), _("That template does not ask anything now."), _("Look at the list of templates.")
        )
    if template.unit_id == draft.unit_id:
        raise JoinRefused(
            _("Nothing was asked."),
            _("It is your own unit that asks there already."),
            _("Drop this draft, or say why both are needed."),
        )
    if not reason.strip():
        raise Problem(_("Nothing was asked."), _("Whoever answers needs to know why."), _("Write the reason."))
    standing = TemplateJoin.objects.filter(template=template, unit=draft.unit)
    if standing.filter(state__in=[JoinState.ASKED, JoinState.ACCEPTED]).exists():
        raise JoinRefused(
            _("Nothing was asked."),
            _("Your unit asked for it already, or asks there together."),
            _("Look at the template to see where it stands."),
        )
    join = TemplateJoin.objects.create(
        template=template, unit=draft.unit, draft=draft, reason=reason.strip()[:300], asked_at=at, asked_by=by
    )
    audit.record(
        "template.join_asked", subject=template, by=by, at=at, changes={"unit": draft.unit_id, "reason": join.reason}
    )
    _tell(join, [template.owner_id], gettext_noop("%(unit)s would ask together with you: %(title)s"), at)
    return join


def _draft(draft_id: int, by: Person, at: datetime) -> TaskTemplate:
    draft = access.template_for(by, draft_id, at.date())
    access.can_issue(by, draft.root, at.date()).require()
    draft = TaskTemplate.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=draft_id)
    if draft.state != TemplateState.DRAFT:
        raise JoinRefused(
            _("This step is not possible now."),
            _("The template is “%(state)s”.") % {"state": TemplateState(draft.state).label},
            _("Open the template again to see where it stands."),
        )
    return draft


@transaction.atomic
def answer_join(*, join_id: int, accept: bool, answer: str, by: Person, at: datetime) -> TemplateJoin:
    """Let the unit ask together, or decline with a reason; never by whoever asked for it.

    Accepted, the draft it came from is dropped, and what is issued from then on names both units.
    """
    seen = access.join_for(by, join_id, at.date())
    # Every row is locked before the log is, templates before wishes and by number: two acts never wait crosswise.
    ids = [pk for pk in (seen.template_id, seen.draft_id) if pk is not None]
    rows = TaskTemplate.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    locked = {row.pk: row for row in rows}
    template, draft = locked[seen.template_id], locked.get(seen.draft_id or 0)
    join = _locked_join(join_id, by, at)
    access.can_answer_join(by, join, at.date()).require()
    if not accept and not answer.strip():
        raise Problem(_("Nothing was answered."), _("Whoever asked needs to know why."), _("Write the reason."))
    if accept:
        _require_asking(template, draft)
    join.state = JoinState.ACCEPTED if accept else JoinState.DECLINED
    join.answered_at, join.answered_by, join.answer = at, by, answer.strip()[:300]
    join.save()
    template.hands = sorted({*template.hands, by.pk, join.asked_by_id})
    template.version += 1
    template.save()
    audit.record(
        "template.joined" if accept else "template.join_declined",
        subject=template,
        by=by,
        at=at,
        changes={"unit": join.unit_id, "reason": join.answer},
    )
    if accept and draft is not None:
        _drop_joined(draft, join, by, at)
    title = gettext_noop("You ask together now: %(title)s") if accept else gettext_noop("Not together: %(title)s")
    _tell(join, {join.asked_by_id, *((draft.owner_id, draft.drafted_by_id) if draft else ())}, title, at)
    return join


@transaction.atomic
def withdraw_join(*, join_id: int, by: Person, at: datetime) -> TemplateJoin:
    """Take one's own unanswered wish back."""
    join = _locked_join(join_id, by, at)
    if join.asked_by_id != by.pk:
        raise JoinRefused(_("Nothing was withdrawn."), _("Somebody else asked for it."), _("Ask them to withdraw it."))
    join.state, join.answered_at, join.answered_by = JoinState.WITHDRAWN, at, by
    join.save()
    audit.record("template.join_withdrawn", subject=join.template, by=by, at=at, changes={"unit": join.unit_id})
    return join


def _locked_join(join_id: int, by: Person, at: datetime) -> TemplateJoin:
    access.join_for(by, join_id, at.date())
    rows = TemplateJoin.objects.select_for_update(no_key=True, of=("self",))
    join = rows.select_related("template__root", "template__unit", "unit", "draft").get(pk=join_id)
    if join.state != JoinState.ASKED:
        raise JoinRefused(
            _("This step is not possible now."),
            _("It is “%(state)s”.") % {"state": JoinState(join.state).label},
            _("Open the template again to see where it stands."),
        )
    return join


def _require_asking(template: TaskTemplate, draft: TaskTemplate | None) -> None:
    """Refuse to ask together where one side no longer stands as it did when it was asked."""
    if template.state not in {TemplateState.SUBMITTED, TemplateState.APPROVED}:
        raise JoinRefused(
            _("Nothing was answered."),
            _("The template is “%(state)s” and asks nothing any more.")
            % {"state": TemplateState(template.state).label},
            _("Decline, so that the other unit goes on with its own draft."),
        )
    if draft is not None and draft.state != TemplateState.DRAFT:
        raise JoinRefused(
            _("Nothing was answered."),
            _("The draft of the other unit is “%(state)s” by now.") % {"state": TemplateState(draft.state).label},
            _("Decline; it stands on its own."),
        )


def _drop_joined(draft: TaskTemplate, join: TemplateJoin, by: Person, at: datetime) -> None:
    draft.state, draft.ended_at, draft.ended_by = TemplateState.DROPPED, at, by
    draft.end_reason = join.template.title[:300]
    draft.version += 1
    draft.save()
    audit.record("template.dropped", subject=draft, by=by, at=at, changes={"joined": join.template_id})


def let_go(template_ids: Collection[int], by: Person, at: datetime) -> None:
    """End the unanswered wishes from or to templates that ask nothing any more; their drafts are free again.

    The templates are locked by the caller. Whoever asked is told.
    """
    open_ones = TemplateJoin.objects.select_for_update(no_key=True, of=("self",)).select_related("template", "unit")
    about = Q(template__in=template_ids) | Q(draft__in=template_ids)
    for join in open_ones.filter(about, state=JoinState.ASKED).order_by("pk"):
        join.state, join.answered_at, join.answered_by = JoinState.WITHDRAWN, at, by
        join.save()
        audit.record("template.join_withdrawn", subject=join.template, by=by, at=at, changes={"unit": join.unit_id})
        if join.asked_by_id != by.pk:
            _tell(join, [join.asked_by_id], gettext_noop("Not together: %(title)s"), at)


def _tell(join: TemplateJoin, persons: Iterable[int], title: str, at: datetime) -> None:
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=title,
        reason=gettext_noop("You drafted this task template or answer for it."),
        params={"title": join.template.title[:200], "unit": join.unit.name},
        url=f"/tasks/templates/{join.template_id}/",
        at=at,
        line=join.template.line,
    )
