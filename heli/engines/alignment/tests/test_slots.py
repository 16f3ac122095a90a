"""Owner, quantity, deliverable and labels of a duty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment.owners import read_names, read_subject, same_owner
from heli.engines.alignment.quantities import find_quantities, read_number
from heli.engines.alignment.slots import read_slots, role_of, take_labels


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("集中学习不少于12次", (12, 12, "次", "min", "")),
        ("举办2期培训班", (2, 2, "期", "exact", "")),
        ("覆盖率100%", (100, 100, "%", "exact", "覆盖率")),
        ("发展党员8名", (8, 8, "名", "exact", "")),
        ("人均32学时", (32, 32, "学时", "exact", "人均")),
        ("每人不少于2次", (2, 2, "次", "min", "每人")),
        ("安排专题学习两次", (2, 2, "次", "exact", "")),
        ("每月召开一至两次党小组会", (1, 2, "次", "exact", "每月")),
        ("文件压减不超过30份", (30, 30, "份", "max", "")),
        ("党员80%以上参加", (80, 80, "%", "min", "")),
        ("提拔人员谈话全覆盖", (100, 100, "%", "exact", "")),
        ("全年不少于十二次", (12, 12, "次", "min", "全年")),
        ("至少举办一次培训班", (1, 1, "次", "min", "")),
        ("上半年召开一次", (1, 1, "次", "exact", "")),
        ("全年学习计划和研究文章1500字", (1500, 1500, "字", "exact", "")),
        ("满意度不低于85%", (85, 85, "%", "min", "满意度")),
    ],
)
def test_an_amount_has_number_unit_bound_and_scope(text: str, found: tuple[float, float, str, str, str]) -> None:
    (quantity,) = find_quantities(text)

    assert (quantity.low, quantity.high, quantity.unit, quantity.bound, quantity.scope) == found


@pytest.mark.parametrize(
    "text",
    [
        "第二次党代会",
        "做到两个维护",
        "任职后15日内",
        "三个月内完成",
        "落实一岗双责",
        "党的二十大",
        "村“三堂课”",
        "会前两天",
        "2 组织新任干部廉政考试",
        "4 部门联合检查",
        "每月固定一天开展主题党日",
        "在现有的185项行政权力清单中公布第一批",
        "连续2次被评为不达标",
        "违纪违法每有1人，扣分",
        "满意度低于85%的",
        "机关党员志愿服务一条街",
        "执行《中央八项规定》",
    ],
)
def test_ordinals_slogans_and_spans_of_time_are_no_amounts(text: str) -> None:
    assert find_quantities(text) == ()


def test_the_amount_of_a_part_keeps_its_scope() -> None:
    whole, part = find_quantities("全年学习不少于12次，其中廉洁专题不少于2次")

    assert (whole.scope, part.scope) == ("全年", "其中廉洁专题")


DIGITS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


@given(st.integers(1, 99))
def test_a_chinese_number_survives_writing_and_reading(number: int) -> None:
    assert read_number(_chinese(number)) == number


@given(st.integers(0, 9999), st.sampled_from(["次", "期", "名", "学时"]))
def test_an_amount_survives_writing_and_reading(number: int, unit: str) -> None:
    (quantity,) = find_quantities(f"开展活动，不少于{number}{unit}")

    assert (quantity.low, quantity.unit, quantity.bound) == (number, unit, "min")


def test_who_acts_is_read_after_the_time() -> None:
    assert [o.name for o in read_slots("会前一周，党总支向党员征求意见", 2027)[1].owners] == ["党总支"]
    assert [o.name for o in read_slots("每季度各支部召开党员大会", 2027)[1].owners] == ["各支部"]


def test_a_rhythm_of_the_sentence_stands_beside_the_labelled_time() -> None:
    when = read_slots("按季度召开党员大会、按月召开支委会（完成时限：全年）", 2027)[1].when

    assert (when.period, when.words) == ("quarter", "全年，按季度，按月")


@pytest.mark.parametrize(
    ("text", "lead", "assist"),
    [
        ("整顿软弱涣散党组织（组织部牵头，工程部、安全部配合，11月底前完成）", ["组织部"], ["工程部", "安全部"]),
        ("每月组织一次集中学习（党小组长负责）", ["党小组长"], []),
        ("开展专项检查（审计部牵头）", ["审计部"], []),
        ("会同纪委做好考察工作，由组织部牵头", ["组织部"], ["纪委"]),
        ("推进共建（含外包单位）", [], []),
    ],
)
def test_who_leads_and_who_assists(text: str, lead: list[str], assist: list[str]) -> None:
    found = read_slots(text, 2027)[1].owners

    assert [owner.name for owner in found if owner.role == "lead"] == lead
    assert [owner.name for owner in found if owner.role == "assist"] == assist


def test_what_a_duty_is_about_is_no_rhythm_beside_its_deadline() -> None:
    when = read_slots("完成6个任期届满支部的换届选举（完成时限：9月底前）", 2027)[1].when

    assert (when.end, when.period, when.words) == ("2027-09-30", "", "9月底前")


def test_a_verb_is_no_owner() -> None:
    assert read_slots("征集和制定学院年度宣传计划", 2027)[1].owners == ()


@given(st.text(max_size=120))
def test_no_text_breaks_the_readers(text: str) -> None:
    duty, said = read_slots(text, 2027)

    assert isinstance(duty, str)
    for quantity in find_quantities(text):
        assert text[quantity.start : quantity.end] == quantity.text
    assert all(owner.name for owner in said.owners)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("各支部按季度召开党员大会", "各支部"),
        ("党委书记、班子成员每人讲党课", "党委书记、班子成员"),
        ("党委每半年专题研究一次", "党委"),
        ("党群部门（宣信）加强阵地管理", "党群部门（宣信）"),
        ("班子成员深入联系点调研", "班子成员"),
        ("党委书记同班子成员开展廉洁谈话", "党委书记"),
        ("干部任职前由纪委开展谈话", "纪委"),
        ("宣传部组织学习", "宣传部"),
        ("监督检查室开展检查", "监督检查室"),
    ],
)
def test_the_subject_of_the_sentence_is_an_owner(text: str, name: str) -> None:
    assert [(owner.name, owner.role) for owner in read_subject(text)] == [(name, "subject")]


@pytest.mark.parametrize(
    "text",
    [
        "组织年度组织生活会",
        "加强党支部建设",
        "对新任职干部开展谈话",
        "未完成学习任务的部门",
        "党费按月收缴",
        "上传领导干部活动情况",
        "接收预备党员须经大会讨论",
        "宣传党的政策",
        "监督各部门落实整改",
        "请您对所在单位开展评价",
    ],
)
def test_an_object_is_no_owner(text: str) -> None:
    assert read_subject(text) == []


def test_led_by_names_lead_and_assistants() -> None:
    found = [(owner.name, owner.role) for owner in read_subject("由纪委办公室牵头，会同党群工作部开展检查")]

    assert found == [("纪委办公室", "lead"), ("党群工作部", "assist")]


def test_names_are_parted_and_compared() -> None:
    assert [owner.name for owner in read_names("纪委办公室、审计部；财务部", "lead")] == [
        "纪委办公室",
        "审计部",
        "财务部",
    ]
    assert same_owner("党群工作部", "集团党群工作部")
    assert not same_owner("党群工作部", "纪委办公室")


def test_labels_in_a_bracket_become_slots() -> None:
    duty, said = read_slots(
        "建立廉政档案。（责任部门：纪委办公室；配合部门：人事部；完成时限：4月30日；成果形式：档案目录）", 2027
    )

    assert duty == "建立廉政档案。"
    assert [(owner.name, owner.role) for owner in said.owners] == [("纪委办公室", "lead"), ("人事部", "assist")]
    assert (said.when.start, said.when.end, said.when.is_deadline) == (None, "2027-04-30", True)
    assert said.deliverable == "档案目录"


def test_a_schedule_line_becomes_time_duty_and_standard() -> None:
    duty, said = read_slots("时序进度：3-4月：制定学习方案｜考核要点：印发方案，举办2期培训", 2027)

    assert (duty, said.when.start, said.when.end) == ("制定学习方案", "2027-03-01", "2027-04-30")
    assert said.deliverable == "印发方案，举办2期培训"


def test_a_bracket_with_only_departments_names_the_owner() -> None:
    duty, said = read_slots("开展廉洁教育月活动（纪委办公室、党群工作部）", 2027)

    assert (duty, [owner.name for owner in said.owners]) == ("开展廉洁教育月活动", ["纪委办公室", "党群工作部"])


def test_other_brackets_stay() -> None:
    assert take_labels("组织后备干部（青年干部）培训").text == "组织后备干部（青年干部）培训"


@pytest.mark.parametrize(
    ("duty", "deliverable"),
    [("修订并印发《谈话办法》", "《谈话办法》"), ("开展调研，形成调研报告", "调研报告"), ("组织学习", "")],
)
def test_the_deliverable_is_read_from_the_duty(duty: str, deliverable: str) -> None:
    assert read_slots(duty, 2027)[1].deliverable == deliverable


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("责任部门（单位）", "owner"),
        ("完成时限", "deadline"),
        ("工 作 任 务", "task"),
        ("落实措施", "measure"),
        ("序号", "number"),
        ("党建工作牵头部门", "owner"),
        ("颜色", ""),
    ],
)
def test_a_column_header_has_a_role(header: str, role: str) -> None:
    assert role_of(header) == role
