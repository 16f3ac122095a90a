"""The ledger of minutes, limits, and asking together."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, presenters, queries, rules, services
from heli.rooms.tasks.forms import BurdenFilter, LimitForm
from heli.rooms.tasks.views.asking import chosen_unit, rail
from heli.rooms.tasks.views.downloads import xlsx
from heli.ui.sent import whole_number

PAGE_SIZE = 20


@require_safe
@needs(Permission.TASK_VIEW)
def burden(request: PersonRequest) -> HttpResponse:
    """Show how many minutes are asked of a unit, month by month and by whom; and of the units below it."""
    return _burden_page(request)


def _burden_page(request: PersonRequest, form: LimitForm | None = None, unit_id: int | None = None) -> HttpResponse:
    today, values = request.now.date(), BurdenFilter(request.GET).values(request.now.date())
    units = queries.overseen_units(request.person, today)
    unit = chosen_unit(request, unit_id or values["unit"]) or presenters.first_party_unit(units)
    month = rules.Month(values["year"], values["month"])
    ledger = queries.unit_ledger(request.person, unit, month.year, today)
    asks = ledger.in_month(month)
    readable = access.visible_templates(request.person, today).filter(
        pk__in=[ask.template_id for ask in asks if ask.template_id]
    )
    below = queries.load_below(request.person, unit, month, today, over=bool(values["over"]))
    context = {
        "unit": unit,
        "has_below": queries.has_units_below(request.person, unit, today),
        "units": units if unit in units else [unit, *units],
        "values": values,
        "years": range(today.year - 2, today.year + 2),
        "month": month,
        "month_title": _("What %(month)s asks") % {"month": presenters.month_name(month)},
        "own_title": _("%(unit)s itself, month by month") % {"unit": unit.name},
        "below_title": _("Units in and below, %(month)s") % {"month": presenters.month_name(month)},
        "below_tabs": presenters.below_tabs(unit, month, over=bool(values["over"])),
        "export_url": f"{reverse('tasks:export_burden')}?unit={unit.pk}&year={month.year}",
        "months": presenters.month_rows(ledger, month),
        "asks": presenters.ask_rows(asks, set(readable.values_list("pk", flat=True))),
        "askers": presenters.asker_rows(ledger),
        "page": Paginator(below, PAGE_SIZE).get_page(request.GET.get("page")),
        "limits": presenters.limit_rows(queries.limit_rows(unit)),
        "can_set": access.can_set_limit(request.person, unit, today),
        "form": form or LimitForm(initial={"starts_on": today.replace(day=1)}),
        **rail(request),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "tasks/burden.html", context, status=status)


@require_safe
@needs(Permission.TASK_VIEW)
def burden_total(request: PersonRequest) -> HttpResponse:
    """The fragment of the ledger that adds up a unit and all units below it: counted after the page is there."""
    today, values = request.now.date(), BurdenFilter(request.GET).values(request.now.date())
    unit = chosen_unit(request, values["unit"])
    if unit is None:
        raise Http404
    months = presenters.total_rows(queries.totals_below(request.person, unit, values["year"], today))
    return render(request, "tasks/burden_total.html", {"unit": unit, "year": values["year"], "months": months})


@require_safe
@needs(Permission.TASK_VIEW)
def burden_asked(request: PersonRequest) -> HttpResponse:
    """The fragment of the ledger that says what a unit asks of others: counted after the page is there."""
    today, values = request.now.date(), BurdenFilter(request.GET).values(request.now.date())
    unit = chosen_unit(request, values["unit"])
    if unit is None:
        raise Http404
    others = presenters.others_rows(queries.asks_of_others(request.person, unit, values["year"], today))
    return render(request, "tasks/burden_asked.html", {"others": others})


@require_safe
@needs(Permission.TASK_VIEW)
def export_burden(request: PersonRequest) -> HttpResponse:
    """Hand out the year of one unit as a workbook."""
    today, values = request.now.date(), BurdenFilter(request.GET).values(request.now.date())
    units = queries.overseen_units(request.person, today)
    unit = chosen_unit(request, values["unit"]) or presenters.first_party_unit(units)
    ledger = queries.unit_ledger(request.person, unit, values["year"], today)
    return xlsx(presenters.burden_workbook(unit, ledger), f"{unit.name} {values['year']}.xlsx")


@require_POST
@person_required
def set_limit(request: PersonRequest, pk: int) -> HttpResponse:
    """Set how many minutes a month the units below may be asked for."""
    form = LimitForm(request.POST)
    if not form.is_valid():
        return _burden_page(request, form, pk)
    services.set_limit(root_id=pk, by=request.person, at=request.now, **form.cleaned_data)
    messages.success(request, _("Set. Whoever drafts a template sees the units whose month would run over."))
    return redirect(f"{reverse('tasks:burden')}?unit={pk}")


@require_POST
@person_required
def ask_to_join(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask that another template be asked in one's own unit's name too, instead of one's draft."""
    services.ask_to_join(
        template_id=whole_number(request.POST.get("template", "")) or 0,
        draft_id=pk,
        reason=request.POST.get("reason", ""),
        by=request.person,
        at=request.now,
    )
    messages.success(request, _("Asked. Its owner answers; your draft waits until then."))
    return redirect("tasks:template", pk)


@require_POST
@person_required
def answer_join(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept or decline that another unit asks together."""
    join = services.answer_join(
        join_id=pk,
        accept=request.POST.get("answer") == "accept",
        answer=request.POST.get("reason", ""),
        by=request.person,
        at=request.now,
    )
    messages.success(request, _("Answered."))
    return redirect("tasks:template", join.template_id)


@require_POST
@person_required
def withdraw_join(request: PersonRequest, pk: int) -> HttpResponse:
    join = services.withdraw_join(join_id=pk, by=request.person, at=request.now)
    messages.success(request, _("Withdrawn."))
    return redirect("tasks:template", join.template_id)
