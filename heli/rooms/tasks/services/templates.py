"""The life of a task template: drafted, submitted, approved by another person, ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.people.queries import unit_for
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, queries, rules
from heli.rooms.tasks.enums import Every, FallsOn, JoinState, TemplateState
from heli.rooms.tasks.models import TaskTemplate, TemplateJoin
from heli.rooms.tasks.services.burden import let_go

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


class _WordsRefused(Problem):
    """The template asks for something by rule refused; ``findings`` name each rule and the words."""

    sentence = ""

    def __init__(self, findings: Sequence[rules.BurdenFinding]) -> None:
        self.findings = tuple(findings)
        is_chinese = (get_language() or "").startswith("zh")
        first = self.findings[0].rule
        what = _(", ").join(each.rule.what_zh if is_chinese else each.rule.what_en for each in self.findings)
        super().__init__(
            _(self.sentence) % {"what": what, "words": self.findings[0].words},
            first.basis_zh if is_chinese else first.basis_en,
            first.remedy_zh if is_chinese else first.remedy_en,
        )


class BurdenRefused(_WordsRefused):
    """The template asks for what nobody may ask for (DESIGN, invariant 7)."""

    sentence = gettext_noop("This template asks for %(what)s (“%(words)s”), and nobody may ask for that.")


class KnownAlready(_WordsRefused):
    """The template asks for what is recorded already (DESIGN, invariant 1)."""

    sentence = gettext_noop("This template asks for %(what)s (“%(words)s”), and that is known already.")


class AskedAlready(Problem):
    """Somebody asks the same units for the same, and nobody says why both are needed."""

    status = 409


class TemplateStateRefused(Problem):
    """The template is not in a state from which the verb is possible."""

    status = 409


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """What a template says. Days belong to it on both ends; ``unit_kinds`` empty = the root unit alone."""

    title: str
    line: str
    deliverable: str
    unit_id: int
    root_id: int
    every: str
    starts_on: date
    ends_on: date
    basis: str
    owner_id: int
    minutes: int
    unit_kinds: tuple[str, ...] = ()
    post_kind: str = ""
    obligation: str = ""
    falls_on: str = FallsOn.LAST_DAY
    nth: int = 0
    month: int = 1
    shift: str = "before"
    once_on: date | None = None
    event: str = ""
    deadline: str = ""
    lead_days: int = 10


@transaction.atomic
def draft_template(*, new: TemplateDraft, by: Person, at: datetime) -> TaskTemplate:
    """Write down a template; nothing is asked of anybody before another person approves it."""
    root = _check(new, by, at.date())
    hands = sorted(_hands(root, by, at))
    template = TaskTemplate.objects.create(**_values(new), drafted_at=at, drafted_by=by, hands=hands)
    audit.record("template.drafted", subject=template, by=by, at=at, changes={"title": new.title})
    return template


def _hands(root: Unit, by: Person, at: datetime) -> frozenset[int]:
    return people.hands_of(by, Permission.TASK_ASSIGN, [root], at.date())


@transaction.atomic
def revise_template(
    *, template_id: int, new: TemplateDraft, by: Person, at: datetime, version: int | None
) -> TaskTemplate:
    """Change a draft. What is approved is ended and drafted anew, so that issued tasks keep their basis."""
    template = _locked(template_id, by, at)
    check_version(template, version, {"title": new.title, "basis": new.basis, "minutes": new.minutes})
    access.can_issue(by, template.root, at.date()).require()
    if template.state != TemplateState.DRAFT:
        raise _refused(template, _("Return it to a draft, or end it and draft a new one."))
    _check(new, by, at.date())
    values = _values(new)
    stored = {name: getattr(template, name) for name in values}
    changes = {name: [stored[name], value] for name, value in values.items() if stored[name] != value}
    for name, value in values.items():
        setattr(template, name, value)
    template.hands = sorted({*template.hands, *_hands(template.root, by, at)})
    return _saved(template, "template.revised", by, at, changes)


@transaction.atomic
def submit_template(
    *, template_id: int, by: Person, at: datetime, version: int | None, keep_reason: str = ""
) -> TaskTemplate:
    """Hand a draft to whoever approves. Where somebody asks the same already, it says why both are needed."""
    template = _to_move(template_id, by, at, version, TemplateState.SUBMITTED)
    access.can_issue(by, template.root, at.date()).require()
    _check_burden(template.title, template.deliverable, template.basis, template.event)
    template.keep_reason = keep_reason.strip()[:300]
    _require_no_open_wish(template)
    _require_keep_reason(template, by, at.date())
    template.submitted_at, template.submitted_by, template.return_reason = at, by, ""
    template.hands = sorted({*template.hands, *_hands(template.root, by, at)})
    return _saved(template, "template.submitted", by, at, {"beside": template.keep_reason})


@transaction.atomic
def approve_template(*, template_id: int, by: Person, at: datetime, version: int | None) -> TaskTemplate:
    """Put the template in force from its first day; never by anybody who had a hand in it."""
    template = _to_move(template_id, by, at, version, TemplateState.APPROVED)
    access.can_approve_template(by, template, at.date()).require()
    _check_burden(template.title, template.deliverable, template.basis, template.event)
    _require_keep_reason(template, by, at.date())
    template.approved_at, template.approved_by = at, by
    saved = _saved(template, "template.approved", by, at)
    _tell(template, [template.drafted_by_id, template.owner_id], gettext_noop("Approved: %(title)s"), at)
    return saved


@transaction.atomic
def return_template(*, template_id: int, reason: str, by: Person, at: datetime, version: int | None) -> TaskTemplate:
    """Give a submitted template back with a reason; whoever submitted it may also take it back."""
    template = _to_move(template_id, by, at, version, TemplateState.DRAFT)
    if template.submitted_by_id != by.pk:
        access.can_approve_template(by, template, at.date()).require()
    _require_reason(reason, _("The template was not returned."))
    template.return_reason, template.submitted_at, template.submitted_by = reason.strip()[:300], None, None
    saved = _saved(template, "template.returned", by, at, {"reason": template.return_reason})
    _tell(template, [template.drafted_by_id], gettext_noop("Returned: %(title)s"), at)
    return saved


@transaction.atomic
def end_template(*, template_id: int, reason: str, by: Person, at: datetime, version: int | None) -> TaskTemplate:
    """Issue nothing more from it. Tasks that are out stay as they are."""
    template = _to_move(template_id, by, at, version, TemplateState.ENDED)
    access.can_issue(by, template.root, at.date()).require()
    _require_reason(reason, _("The template was not ended."))
    template.ended_at, template.ended_by, template.end_reason = at, by, reason.strip()[:300]
    let_go([template.pk], by, at)
    return _saved(template, "template.ended", by, at, {"reason": template.end_reason})


@transaction.atomic
def drop_template(*, template_id: int, reason: str, by: Person, at: datetime, version: int | None) -> TaskTemplate:
    """Give a draft up; it stays readable to those who direct the units, and asks nothing of anybody."""
    template = _to_move(template_id, by, at, version, TemplateState.DROPPED)
    access.can_issue(by, template.root, at.date()).require()
    _require_reason(reason, _("The draft was not dropped."))
    template.ended_at, template.ended_by, template.end_reason = at, by, reason.strip()[:300]
    let_go([template.pk], by, at)
    return _saved(template, "template.dropped", by, at, {"reason": template.end_reason})


def _require_no_open_wish(template: TaskTemplate) -> None:
    if TemplateJoin.objects.filter(draft=template, state=JoinState.ASKED).exists():
        raise AskedAlready(
            _("The template was not handed on."),
            _("Its unit asked to join another one, and the answer is not there yet."),
            _("Wait for the answer, or withdraw the wish."),
        )


def _require_keep_reason(template: TaskTemplate, by: Person, on: date) -> None:
    """Refuse to ask twice without a word why (2024 rules against formalism: not asked twice)."""
    if template.keep_reason:
        return
    same, planned = queries.asked_already(by, template, on)
    if not same and planned is None:
        return
    title = same[0].template.title if same else template.title
    raise AskedAlready(
        _("The template was not handed on."),
        _("“%(title)s” asks the same units for the same in the same months.") % {"title": title},
        _("Ask to join it, or say why both are needed."),
    )


def _values(new: TemplateDraft) -> dict[str, object]:
    return {**asdict(new), "unit_kinds": list(new.unit_kinds), "title": new.title.strip(), "basis": new.basis.strip()}


def _locked(template_id: int, by: Person, at: datetime) -> TaskTemplate:
    access.template_for(by, template_id, at.date())
    rows = TaskTemplate.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("root", "unit").get(pk=template_id)


def _to_move(template_id: int, by: Person, at: datetime, version: int | None, state: TemplateState) -> TaskTemplate:
    template = _locked(template_id, by, at)
    check_version(template, version, {"state": template.state})
    if not rules.may_move_template(template.state, state):
        raise _refused(template, _("Open the template again to see where it stands."))
    template.state = state
    return template


def _saved(
    template: TaskTemplate, action: str, by: Person, at: datetime, changes: Mapping[str, object] | None = None
) -> TaskTemplate:
    template.version += 1
    template.save()
    audit.record(action, subject=template, by=by, at=at, changes={"state": template.state, **(changes or {})})
    return template


def _refused(template: TaskTemplate, remedy: str) -> TemplateStateRefused:
    return TemplateStateRefused(
        _("This step is not possible now."),
        _("The template is “%(state)s”.") % {"state": TemplateState(template.state).label},
        remedy,
    )


def _require_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise Problem(what, _("Whoever works with it needs to know why."), _("Write the reason."))


def _check(new: TemplateDraft, by: Person, on: date) -> Unit:
    """Refuse what cannot be meant, what the person may not ask, and what nobody may ask; return the root."""
    root = unit_for(by, new.root_id, on)
    access.can_issue(by, root, on).require()
    access.can_ask_for(by, new.unit_id, on).require()
    _check_burden(new.title, new.deliverable, new.basis, new.event)
    wrong = _wrong_time(new) or _wrong_duty(new, on)
    if wrong:
        raise Problem(_("The template was not saved."), *wrong)
    return root


def _check_burden(*texts: str) -> None:
    findings = rules.burden_findings(texts)
    if findings:
        raise BurdenRefused(findings)
    known = rules.known_findings(texts)
    if known:
        raise KnownAlready(known)


def _wrong_time(new: TemplateDraft) -> tuple[str, str] | None:
    if new.ends_on < new.starts_on:
        return _("It ends before it begins."), _("Choose a last day on or after the first.")
    if new.every == Every.ONCE and not (new.once_on and new.starts_on <= new.once_on <= new.ends_on):
        return _("The day on which it falls due lies outside its own time."), _("Choose a day between first and last.")
    if new.every == Every.EVENT:
        return _wrong_event(new)
    counted = {FallsOn.DAY: 31, FallsOn.WORKING_DAY: 23}
    if new.every != Every.ONCE and new.falls_on in counted and not 1 <= new.nth <= counted[FallsOn(new.falls_on)]:
        return _("The number of the day is missing or too large."), _("Give a day that a month can have.")
    return None


def _wrong_event(new: TemplateDraft) -> tuple[str, str] | None:
    if not new.event.strip():
        return _("It does not say what the time is counted from."), _("Name the event.")
    try:
        rulebook.deadline_day(new.deadline, new.starts_on)
    except ValueError:
        return (
            _("“%(text)s” is no time limit.") % {"text": new.deadline},
            _("Write P15D for days, P1M for months, 15wd for working days."),
        )
    return None


def _wrong_duty(new: TemplateDraft, on: date) -> tuple[str, str] | None:
    if new.obligation and rulebook.duty_on(new.obligation, on) is None:
        return _("The rulebook has no duty %(code)s.") % {"code": new.obligation}, _(
            "Choose a duty, or leave it empty."
        )
    return None


def _tell(template: TaskTemplate, persons: Iterable[int], title: str, at: datetime) -> None:
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=title,
        reason=gettext_noop("You drafted this task template or answer for it."),
        params={"title": template.title[:200]},
        url=f"/tasks/templates/{template.pk}/",
        at=at,
        line=template.line,
    )
