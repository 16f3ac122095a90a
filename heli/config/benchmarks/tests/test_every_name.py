"""Every benchmark of a site runs on a tiny one; its pages check themselves that they show what they measure."""

from __future__ import annotations

import pytest
from django.utils import timezone

from heli.config import generator
from heli.config.benchmarks import measuring, pages, records, roster, runner, site
from heli.rooms.people.models import Unit
from heli.rooms.tasks.models import Citation, Evidence, Task


@pytest.fixture
def tiny_site(db, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(measuring, "TIMES", 2)
    monkeypatch.setattr(measuring, "WARM", 1)
    monkeypatch.setattr(roster, "ROWS", 12)
    monkeypatch.setattr(site, "PAPER_ITEMS", 4)
    site._plan.cache_clear()
    generator.generate(units=400, persons=800, years=1, at=timezone.localtime(), on_step=lambda _step: None)
    records.prepare(small=600, large=3000, in_all=8000)
    yield
    site._plan.cache_clear()


@pytest.mark.slow(60)
def test_each_benchmark_runs_and_stands_beside_its_floor(tiny_site, subtests):
    of_a_site = [module for module in runner.modules() if getattr(module, "NEEDS_SITE", False)]
    assert {records, roster, site} <= set(of_a_site)
    for name, measure in [pair for module in of_a_site for pair in module.MEASURES.items()]:
        with subtests.test(name):
            figure = measure()
            assert set(figure) == {"value", "unit", "reference", "ratio"}
            assert figure["value"] > 0
            assert figure["reference"] > 0


@pytest.mark.slow
def test_tiny_site_is_topped_up_once_and_records_what_a_real_one_does(tiny_site):
    records.prepare(small=600, large=3000, in_all=8000)
    before = Evidence.objects.count(), Citation.objects.count()
    records.create()

    undone = Task.objects.undone()
    committee = Unit.objects.filter(kind="party_committee", code__startswith="G-P").order_by("code")[0]
    assert undone.filter(unit__path__startswith=committee.path).count() == 600
    assert undone.count() == 3000
    assert Task.objects.count() == 8000
    assert (Evidence.objects.count() - before[0], Citation.objects.count() - before[1]) == (6, 3)
    client = pages.client_of(pages.holder(pages.unit("G-P", "group_committee"), "secretary"))
    with pytest.raises(pages.PageFailed, match="does not show"):
        pages.get(client, "/organization/", "no such unit")()
