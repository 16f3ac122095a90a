"""Key links: what a paper deploys, in whatever words, and what only comes near."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment.key_links import find_key_links, key_links, links_of

SNIPPETS = Path(__file__).parent / "data" / "key_link_snippets.txt"
SAMPLES = os.environ.get("SAMPLES", "")
TWENTY = [
    "三会一课",
    "组织生活会",
    "民主评议党员",
    "理论学习中心组",
    "党课",
    "主题党日",
    "党员发展",
    "换届",
    "党费",
    "述职评议",
    "全面从严治党专题研究(半年)",
    "廉政谈话",
    "警示教育",
    "廉洁风险排查",
    "节前提醒/八项规定检查",
    "选人用人廉政审查",
    "巡察整改",
    "责任书/责任清单",
    "廉政档案",
    "联席会议/协调机制",
]


def _snippets() -> list[tuple[str, bool, str]]:
    found, link = [], ""
    for line in SNIPPETS.read_text("utf-8").splitlines():
        if line.startswith("["):
            link = line[1:-1]
        elif line[:2] in ("+ ", "- "):
            found.append((link, line[0] == "+", line[2:]))
    return found


def test_the_twenty_come_first_and_by_their_names() -> None:
    assert [link.name for link in key_links() if link.is_core] == TWENTY
    assert [hit.key_link for hit in find_key_links([])][:20] == TWENTY


def test_each_link_has_thirty_snippets_near_enough() -> None:
    counts = Counter(link for link, _, _ in _snippets())

    assert set(counts) == set(TWENTY)
    assert min(counts.values()) >= 28


@pytest.mark.parametrize(("link", "present", "text"), _snippets())
def test_a_snippet_is_read_rightly(link: str, present: bool, text: str) -> None:
    assert (link in links_of(text)) is present


def test_the_evidence_is_the_clause_as_written() -> None:
    hits = {hit.key_link: hit for hit in find_key_links(["加强学习；每月开展一次“主题党日”。其他工作"])}

    assert hits["主题党日"].present
    assert hits["主题党日"].evidence == "每月开展一次“主题党日”"
    assert (hits["党费"].present, hits["党费"].evidence) == (False, "")


def test_a_duty_that_is_ended_is_not_deployed() -> None:
    assert "主题党日" not in links_of("不再开展主题党日活动")


def test_a_rule_that_is_only_studied_is_not_deployed() -> None:
    assert "廉政谈话" not in links_of("组织学习《关于廉政谈话工作的规定》")
    assert "廉政谈话" in links_of("落实《关于廉政谈话工作的规定》，开展任前廉政谈话")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    hits = find_key_links([text])

    assert all(hit.evidence in text for hit in hits)


@pytest.mark.skipif(not SAMPLES, reason="set SAMPLES to the folder of real papers")
def test_real_papers_reach_the_goal() -> None:
    rows = list(csv.DictReader((Path(SAMPLES) / "gaps_dev.csv").read_text("utf-8-sig").splitlines()))
    right = wrong = missed = 0
    for file in sorted({row["file"] for row in rows}):
        text = (Path(SAMPLES) / file).read_text("utf-8-sig")
        found = {hit.key_link for hit in find_key_links(text.splitlines()) if hit.present}
        wanted = {row["key_link"] for row in rows if row["file"] == file and row["present"] == "1"}
        right += len(found & wanted)
        wrong += len(found & set(TWENTY) - wanted)
        missed += len(wanted - found)

    assert 2 * right / (2 * right + wrong + missed) >= 0.85
