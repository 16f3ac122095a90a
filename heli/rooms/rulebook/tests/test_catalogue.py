from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path

import pytest

from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.rulebook import catalogue, enums
from heli.rooms.rulebook.catalogue import CatalogueError, records
from heli.rooms.rulebook.catalogue.reading import DATA

CATALOGUE = catalogue.load()
_DOMAIN = Path(os.environ.get("SAMPLES", "/nonexistent")).parent / "domain" / "obligations.csv"
needs_facts = pytest.mark.skipif(
    not _DOMAIN.exists(), reason="SAMPLES does not point at the samples, beside which the facts of the field lie"
)


def facts() -> list[dict[str, str]]:
    with _DOMAIN.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_family_is_complete() -> None:
    codes = [one.code for one in CATALOGUE.obligations]

    assert codes == [f"A{n:02}" for n in range(1, 55)] + [f"B{n:02}" for n in range(1, 57)] + [
        f"J{n:02}" for n in range(1, 15)
    ]
    assert len(CATALOGUE.key_links) == 20


@needs_facts
def test_facts_are_those_of_the_field() -> None:
    own = [
        (one.code, one.line, one.period, str(one.count), one.confidence, one.binding) for one in CATALOGUE.obligations
    ]

    assert own == [
        (row["code"], row["line"], row["period"], row["frequency_min_count"], row["confidence"], row["binding"])
        for row in facts()
    ]


@needs_facts
def test_time_limits_are_those_of_the_field() -> None:
    for row in facts():
        found = re.search(r"deadline:\s*(P\d+[DMY]|\d+wd)( before)?(?=$|[ (+])", row["trigger"])
        if found and "before appointment" not in row["trigger"]:
            written = f"{'-' if found[2] else ''}{found[1]}"
            assert str(CATALOGUE.obligation_by_code[row["code"]].deadline) == written, row["code"]


@needs_facts
def test_notes_are_in_our_own_words() -> None:
    foreign = {row["code"]: row["note"] for row in facts()}

    for one in CATALOGUE.obligations:
        assert one.note_en != foreign[one.code]
        assert not _longest_shared(one.note_en, foreign[one.code], 60), one.code


def _longest_shared(ours: str, theirs: str, length: int) -> str:
    return next(
        (ours[at : at + length] for at in range(len(ours) - length + 1) if ours[at : at + length] in theirs), ""
    )


@needs_facts
def test_key_links_have_the_names_others_script_against() -> None:
    samples = _DOMAIN.parent.parent / "samples" / "gaps_dev.csv"
    with samples.open(encoding="utf-8-sig", newline="") as file:
        names = {row["key_link"] for row in csv.DictReader(file)}

    assert {one.name_zh for one in CATALOGUE.key_links} == names


def test_the_kinds_are_those_of_the_trees() -> None:
    kinds = {kind for subject in CATALOGUE.subjects for kind in subject.unit_kinds}
    posts = {post for subject in CATALOGUE.subjects for post in subject.post_kinds}

    assert kinds <= set(UnitKind.values)
    assert posts <= set(PostKind.values)


@pytest.mark.parametrize(
    ("choices", "accepted"),
    [
        (enums.Line, records.Line),
        (enums.Period, records.PeriodName),
        (enums.CountUnit, records.CountUnit),
        (enums.Trigger, records.Trigger),
        (enums.Confidence, records.Confidence),
        (enums.Binding, records.Binding),
        (enums.InstrumentKind, records.InstrumentKind),
    ],
)
def test_the_words_of_pages_cover_the_values_of_the_files(choices: type, accepted: object) -> None:
    assert tuple(choices.values) == accepted.__args__  # type: ignore[attr-defined]


def test_conditions_keep_their_promise() -> None:
    asked = {code: CATALOGUE.obligation_by_code[code].conditions for code in ("A02", "A03", "A29", "B42", "B43", "B44")}

    assert asked == {
        "A02": ("has_committee",), "A03": ("has_groups",), "A29": ("has_committee",),
        "B42": ("is_inspected",), "B43": ("is_inspected",), "B44": ("is_inspected",),
    }  # fmt: skip


def test_every_instrument_is_used() -> None:
    used = {source.instrument for one in CATALOGUE.obligations for source in one.sources}

    assert {one.code for one in CATALOGUE.instruments} == used


def test_both_languages_say_something_of_their_own() -> None:
    for one in CATALOGUE.obligations:
        assert re.search(r"[\u4e00-\u9fff]", one.title_zh + one.note_zh), one.code
        assert not re.search(r"[\u4e00-\u9fff]", one.title_en + one.note_en + "".join(one.evidence_en)), one.code


def test_an_obligation_reads_back_from_its_cells() -> None:
    for one in CATALOGUE.obligations:
        cells = CATALOGUE.written["obligation"][one.code]
        again = catalogue.obligation_from(cells, instruments=CATALOGUE.instruments, key_links=CATALOGUE.key_links)
        assert again == one


FAULTS = [
    ("obligations", "A01,支部党员大会,", "A01,,", "2:title_zh: must not be empty"),
    ("obligations", ",times,quarter,calendar,", ",times,weekly,calendar,", "2:period: 'weekly' is not one of month,"),
    ("obligations", "branch-2018@11", "branch-1918@11", "2:sources: 'branch-1918' is not an instrument"),
    ("obligations", "A02,", "A01,", "3:code: 'A01' stands here twice"),
    ("obligations", ",P15D,", ",15 days,", "14:deadline: '15 days' is no time limit; write P15D, P1M, P2Y or 15wd"),
    ("obligations", "branch,,1,times", "branches,,1,times", "2:subjects: 'branches' is not known"),
    ("obligations", ",has_committee,", ",has_canteen,", "3:conditions: 'has_canteen' is not known"),
    ("obligations", ",10-12,", ",10-13,", "8:windows: '10-13' is no window of months; write 1-3 or 11-1"),
    (
        "obligations",
        "quarter,calendar,,",
        "quarter,calendar,1-3,",
        "2:windows: only a yearly calendar duty has windows",
    ),
    ("obligations", "quarter,calendar,", "quarter,event,", "2:trigger: 'event' does not go with the period 'quarter'"),
    ("obligations", "notice;attendance sheet;", "notice;", "2:evidence_en: has 3 entries beside 4 in evidence_zh"),
    ("obligations", "branch-2018@11", "branch-2018@", "2:sources: 'branch-2018@' ends before its article"),
    ("obligations", ",1,times,quarter", ",none,times,quarter", "2:count: 'none' is no whole number above zero"),
    ("obligations", "calendar,,,,,,0,会议通知", "calendar,,,,,,no,会议通知", "2:proposed: 'no' is neither 0 nor 1"),
    ("obligations", "calendar,,,,,,0,会议通知", "calendar,,,例会,,,0,会议通知", "2:event_en: an event stands in both"),
    (
        "obligations",
        "民主生活会召开,the democratic-life meeting was held",
        ",",
        "14:event_zh: an event duty names its event",
    ),
    ("obligations", "term,calendar,,60,", "term,calendar,,,", "18:term_months: a duty of a term names its length"),
    ("instruments", ",2019-12-30,", ",late 2019,", "4:issued_on: 'late 2019' is no date; write 2018, 2018-07"),
    ("key_links", "A01;A02", "A01;X99", "2:obligations: 'X99' is not known"),
    ("key_links", "A01;A02", "A01;A01", "2:obligations: names the same thing twice"),
    ("holidays", "2024-01-01,off", "2024-13-01,off", "2:day:"),
    ("instruments", "code,title_zh", "code,name_zh", "1:code,name_zh"),
    ("subjects", "committee,党委,", "committee,党委,,", "2:code: has 7 cells, not 6"),
]


@pytest.mark.parametrize(("file", "before", "after", "complaint"), FAULTS)
def test_a_fault_is_named_by_file_row_and_column(
    tmp_path: Path, file: str, before: str, after: str, complaint: str
) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    text = (folder / f"{file}.csv").read_text(encoding="utf-8")
    assert before in text
    (folder / f"{file}.csv").write_text(text.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(CatalogueError) as raised:
        catalogue.read(folder)

    assert str(raised.value).startswith(f"{file}.csv:{complaint}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    (folder / "subjects.csv").unlink()

    with pytest.raises(CatalogueError, match=r"subjects\.csv:1:: cannot be read"):
        catalogue.read(folder)


def test_a_malformed_heading_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))

    for heading in ("version = 1", 'version = ""\nreleased_on = 2026-11-24\nnote = {zh = "", en = ""}'):
        (folder / "catalogue.toml").write_text(heading, encoding="utf-8")
        with pytest.raises(CatalogueError, match=r"catalogue\.toml:1:version: cannot be read"):
            catalogue.read(folder)
