"""Plans and their papers: begun, handed in, taken back."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel import audit, files
from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.plans.enums import DocumentState, PlanState, UnitType
from heli.rooms.plans.models import Decision, DraftItem, Finding, Plan, PlanDocument
from heli.rooms.plans.services.locking import day_of, locked_to_draft, plan_to_draft, require_state
from heli.rooms.plans.services.readings import NewPaper, Reading, read_paper
from heli.rooms.plans.services.sides import Overtaken

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


# The largest paper that is read.
MAX_MB = 50


@transaction.atomic
def begin_plan(*, unit_id: int, year: int, title: str = "", by: Person, at: datetime) -> Plan:
    """Begin the plan of a unit for a year, held against the duties of a unit of its kind.

    404 for a unit the person may not draft for. Without a title the plan is named after the year.
    """
    unit = people.unit_for(by, Permission.PLAN_DRAFT, unit_id, day_of(at))
    title = title.strip() or _("Annual plan %(year)s") % {"year": year}
    if unit.kind not in UnitType.values:
        raise Problem(
            _("%(unit)s has no plan of its own.") % {"unit": unit.name},
            _("A plan is held against the duties of a Party committee, a general branch or a branch."),
            _("Begin it for the Party organisation to which the unit belongs."),
        )
    plan, is_new = Plan.objects.get_or_create(
        unit=unit,
        year=year,
        title=title,
        defaults={"unit_type": UnitType(unit.kind), "created_by": by, "created_at": at, "changed_at": at},
    )
    if not is_new:
        raise Problem(
            _("There already is a plan of this name."),
            _("%(unit)s has “%(title)s” for %(year)s.") % {"unit": unit.name, "title": title, "year": year},
            _("Open that plan, or give this one another name."),
        )
    audit.record("plan.begun", subject=plan, by=by, at=at, changes={"unit": unit.name, "year": year})
    return plan


def require_size(name: str, size: int) -> None:
    """Refuse a file that is too large to be read, before it is."""
    if size > MAX_MB * 1024 * 1024:
        raise Problem(
            _("%(name)s is larger than %(max)s MB.") % {"name": name, "max": MAX_MB},
            _("So much text is no plan; most of it will be pictures."),
            _("Split it, or save it without pictures."),
        )


def _named(paper: NewPaper) -> str:
    return _("“%(name)s”") % {"name": paper.filename} if paper.filename else _("The pasted text")


def _require_new_refusal(plan_id: int, line: str, paper: NewPaper) -> None:
    """Refuse what could not be read before: its refusal stands among the papers."""
    papers = PlanDocument.objects.filter(plan=plan_id, line=line, sha256=paper.sha256, state=DocumentState.FAILED)
    if papers.filter(filename=paper.filename[:255]).exists():
        raise Problem(
            _("%(name)s could not be read before.") % {"name": _named(paper)},
            _("The same file stands in this line's papers, with the reason."),
            _("Mend the file, then hand it in."),
        )


def add_paper(
    *, plan_id: int, line: str, paper: NewPaper, by: Person, at: datetime, issuer: str = "", title: str = ""
) -> PlanDocument:
    """Read, split and keep one paper of a line; a paper that cannot be read is kept as a refusal with its remedy.

    Reading happens before anything is locked or written; the rows and the audit entry are one transaction. The
    original goes to the file store first, so a row never names a missing file.
    """
    require_size(paper.filename or _("The pasted text"), len(paper.data))
    year = _year_of(plan_id, by, at)
    files.require_clean(paper.data, paper.filename)
    reading = read_paper(paper, line=line, year=year)
    if reading.failure is not None:
        _require_new_refusal(plan_id, line, paper)
    elif not reading.rows:
        raise Problem(
            _("%(name)s holds no text.") % {"name": _named(paper)},
            _("There is nothing to split into items."),
            _("Hand in the paper itself."),
        )
    if reading.failure is None:
        files.store([paper.data], name=paper.filename, content_type="application/octet-stream")
    try:
        return _keep(plan_id, line, paper, reading, by, at, issuer, title)
    except IntegrityError as error:
        if "plans_document_once" not in str(error):
            raise
        raise Problem(
            _("%(name)s has already been handed in.") % {"name": _named(paper)},
            _("The same content stands in this line's papers."),
            _("Take the other one back first if it is to be read again."),
        ) from error


@transaction.atomic
def _year_of(plan_id: int, by: Person, at: datetime) -> int:
    """Return the plan's year, or refuse before anything is read."""
    plan = locked_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DRAFTING, PlanState.DECIDING)
    return plan.year


@transaction.atomic
def _keep(
    plan_id: int, line: str, paper: NewPaper, reading: Reading, by: Person, at: datetime, issuer: str, title: str
) -> PlanDocument:
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DRAFTING, PlanState.DECIDING)
    last = PlanDocument.objects.filter(plan=plan, line=line).aggregate(last=Max("position"))["last"] or 0
    document = PlanDocument.objects.create(
        plan=plan,
        line=line,
        position=last + 1,
        title=(title or _title(paper, reading))[:200],
        issuer=issuer[:120],
        filename=paper.filename[:255],
        format=reading.format,
        size=len(paper.data),
        sha256=paper.sha256,
        stored_as=paper.sha256 if reading.failure is None else "",
        state=DocumentState.READ if reading.failure is None else DocumentState.FAILED,
        failure=reading.failure or {},
        notes=list(reading.notes),
        uploaded_by=by,
        uploaded_at=at,
    )
    for row in reading.rows:
        row.plan, row.document = plan, document
    DraftItem.objects.bulk_create(reading.rows, batch_size=1000)
    if reading.failure is None:
        touch(plan, at)
    audit.record(
        "plan.paper_read" if reading.failure is None else "plan.paper_refused",
        subject=plan,
        by=by,
        at=at,
        changes={"paper": document.title, "line": line, "sha256": document.sha256, "items": reading.items},
    )
    return document


@transaction.atomic
def remove_paper(*, document_id: int, plan_id: int, version: int | None, by: Person, at: datetime) -> None:
    """Take a paper back with its rows; refused while decisions stand on them, or when the papers changed since.

    Here and below ``version`` is the plan's stamp as it was shown: it counts every change of papers and rows.
    """
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DRAFTING, PlanState.DECIDING)
    document = get_object_or_404(PlanDocument, pk=document_id, plan=plan)
    require_papers_seen(plan, version, _("Take back “%(paper)s”") % {"paper": document.title})
    rows = DraftItem.objects.filter(document=document)
    released = release_rows(list(rows.values_list("pk", flat=True)))
    title = document.title
    document.delete()
    touch(plan, at)
    audit.record("plan.paper_removed", subject=plan, by=by, at=at, changes={"paper": title, "released": released})


@transaction.atomic
def delete_plan(*, plan_id: int, version: int | None, by: Person, at: datetime) -> None:
    """Delete a plan on which nothing was decided yet; refused when its papers changed since."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DRAFTING)
    require_papers_seen(plan, version, _("Delete the plan"))
    if Decision.objects.filter(finding__plan=plan).exists():
        raise Problem(
            _("This plan cannot be deleted."),
            _("Decisions were taken on it, and decisions stay on record."),
            _("Leave it as it is; it is open only to those who draft for the unit."),
        )
    audit.record("plan.deleted", subject=plan, by=by, at=at)
    plan.delete()


def require_papers_seen(plan: Plan, seen: int | None, yours: str) -> None:
    """Raise ``Overtaken`` with both sides unless ``seen`` is the plan's stamp: nobody deletes what they did not see."""
    if seen == plan.stamp:
        return
    papers = PlanDocument.objects.filter(plan=plan).select_related("uploaded_by").order_by("-uploaded_at", "-pk")
    theirs = [f"{paper.title} ({paper.uploaded_by})" for paper in papers]
    raise Overtaken(yours={"papers": yours}, theirs={"papers": theirs or _("No paper.")}, version=plan.stamp)


def touch(plan: Plan, at: datetime) -> None:
    """Note that items changed: the board has to be aligned again."""
    plan.changed_at, plan.stamp = at, plan.stamp + 1
    plan.save(update_fields=["changed_at", "stamp"])


def release_rows(row_ids: list[int]) -> int:
    """Take open findings about these rows off the board, return how many; raise while a decision stands on one.

    A finding on which something was decided and undone stays on record. Runs under the plan's lock, in the
    transaction of a caller that writes the number to the log.
    """
    touching = Finding.objects.filter(links__item__in=row_ids)
    if touching.filter(decisions__isnull=False, decisions__undone_at__isnull=True).exists():
        raise Problem(
            _("This text cannot be changed now."),
            _("A decision on the board stands on it."),
            _("Undo that decision on the board first."),
        )
    ids = set(touching.filter(is_standing=True).values_list("pk", flat=True))
    kept = set(Decision.objects.filter(finding__in=ids).values_list("finding_id", flat=True))
    Finding.objects.filter(pk__in=kept).update(is_standing=False)
    Finding.objects.filter(pk__in=ids - kept).delete()
    return len(ids)


def _title(paper: NewPaper, reading: Reading) -> str:
    titles = [row.text for row in reading.rows if row.kind == "heading" and row.level == 0 and row.text]
    return titles[0] if titles else (PurePath(paper.filename).stem or _("Pasted text"))
