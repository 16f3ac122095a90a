import json

import pytest
from click.testing import CliRunner

from heli.config.cli import main
from heli.engines.alignment.verdicts import compare

ROWS = [
    ("按月收缴党费", "未及时收缴党费的扣1分"),
    ("制定廉政谈话工作办法", "对关键岗位人员开展廉政谈话"),
    ("收缴党费，做好台账", "签订安全生产责任书"),
    ("", "召开组织生活会"),
]


def csv_text(rows=ROWS, head="text_a,text_b", separator=","):
    cells = [separator.join(f'"{cell}"' for cell in row) for row in rows]
    return "\n".join([head, *cells, ""])


def run(tmp_path, data, *options, name="pairs.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return CliRunner().invoke(main, ["align-pairs", str(path), "--lang", "en", *options])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rows_are_judged_in_order_in_any_usual_encoding(tmp_path, encoding):
    result = run(tmp_path, csv_text().encode(encoding), "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [row["verdict"] for row in told] == ["same", "related", "different", "different"]
    assert told == [
        {"verdict": each.verdict, "score": each.score, "reason": each.reason.text("en")}
        for each in (compare(a, b) for a, b in ROWS)
    ]
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("head", "separator"), [("TEXT_A;Text_b", ";"), ("text_a\ttext_b", "\t"), (" text_a , text_b ", ",")]
)
def test_usual_spellings_of_the_head_are_read(tmp_path, head, separator):
    result = run(tmp_path, csv_text(head=head, separator=separator).encode(), "--json")

    assert [row["verdict"] for row in json.loads(result.stdout)] == ["same", "related", "different", "different"]


def test_further_columns_and_blank_lines_are_passed_over(tmp_path):
    data = 'no,text_b,text_a\n1,"做好党费收缴",按月收缴党费\n\n'

    result = run(tmp_path, data.encode(), "--json")

    assert [row["verdict"] for row in json.loads(result.stdout)] == ["same"]


def test_cell_may_hold_commas_and_lines(tmp_path):
    data = 'text_a,text_b\n"收缴党费,\n做好台账","收缴党费，做好台账"\n'

    result = run(tmp_path, data.encode(), "--json")

    assert json.loads(result.stdout)[0]["score"] == 1.0


def test_without_json_each_row_is_one_line(tmp_path):
    result = run(tmp_path, csv_text(ROWS[:2]).encode())

    lines = result.stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["1", "same"], ["2", "related"]]
    assert lines[1].endswith(compare(*ROWS[1]).reason.text("en"))


def test_head_alone_gives_an_empty_list(tmp_path):
    assert json.loads(run(tmp_path, b"text_a,text_b\n", "--json").stdout) == []


@pytest.mark.parametrize(
    ("data", "place", "remedy"),
    [
        (b"", "line 1 has no column text_a, text_b", "Let the first line name"),
        (b"a,b\n1,2\n", "line 1 has no column text_a, text_b", "Let the first line name"),
        (b"text_a,other\n1,2\n", "line 1 has no column text_b", "Let the first line name"),
        (b"text_a,text_b\nx,y\nonly one\n", "line 3 has too few columns", "double quotes"),
        (b'text_a,text_b\n"x"y,z\n', "line 2 is no proper csv", "double quotes"),
        (b'text_a,text_b\n"x,z\n', "is no proper csv", "double quotes"),
        (b"text_a,text_b\nx,y\n\xff\xff,z\n", "the encoding of line 3 is unknown", "UTF-8 or GB18030"),
        (b"PK\x03\x04rest of a workbook", "this is a workbook", "CSV UTF-8"),
        (b"\xff\xfea", "the encoding of line 1 is unknown", "UTF-8 or GB18030"),
    ],
)
def test_unusable_input_is_refused_in_one_line_with_place_and_remedy(tmp_path, data, place, remedy):
    result = run(tmp_path, data, "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "pairs.csv" in result.stderr
    assert place in result.stderr
    assert remedy in result.stderr


def test_missing_file_is_refused(tmp_path):
    result = CliRunner().invoke(main, ["align-pairs", str(tmp_path / "none.csv"), "--lang", "en"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "no such file" in result.stderr


def test_pasted_text_is_read(tmp_path):
    result = CliRunner().invoke(main, ["align-pairs", "-", "--json"], input=csv_text(ROWS[:1]))

    assert [row["verdict"] for row in json.loads(result.stdout)] == ["same"]
