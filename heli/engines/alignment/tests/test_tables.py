"""Rows of plan tables into duties."""

from __future__ import annotations

from heli.engines.alignment.splitting import split
from heli.engines.alignment.tests.papers import Block, assert_nothing_lost, rows


def test_a_table_row_becomes_an_item_with_its_slots() -> None:
    blocks = rows(
        "序号 | 重点任务 | 工作措施 | 牵头部门 | 配合部门 | 完成时间",
        "1 | 警示教育 | 召开警示教育大会 | 纪委办公室 | 党群工作部 | 6月底前",
        "2 | 警示教育 | 组织参观廉政教育基地 | 纪委办公室 | 各支部 | 9月",
    )

    found = split(blocks, "integrity", 2027)

    assert [(item.text, item.headings, item.owner, item.when.end) for item in found.items] == [
        ("召开警示教育大会", ("警示教育",), "纪委办公室", "2027-06-30"),
        ("组织参观廉政教育基地", ("警示教育",), "纪委办公室", "2027-09-30"),
    ]
    assert [o.name for o in found.items[0].owners if o.role == "assist"] == ["党群工作部"]
    assert_nothing_lost(blocks, found)


def test_a_cell_with_numbered_lines_becomes_several_items() -> None:
    text = "1.召开动员会\n2.开展自查自纠\n3.形成整改报告"
    block = Block(f"作风 | {text} | 办公室", "row", cells=(("类别", "作风"), ("工作任务", text), ("责任人", "办公室")))

    found = split([block], "party", 2027)

    assert [item.text for item in found.items] == ["召开动员会", "开展自查自纠", "形成整改报告"]
    assert {item.owner for item in found.items} == {"办公室"}
    assert_nothing_lost([block], found)


def test_a_repeated_table_head_is_left_out() -> None:
    blocks = rows("任务 | 部门", "任务 | 部门", "召开推进会 | 办公室")

    found = split(blocks, "party", 2027)

    assert [left.reason for left in found.left_out] == ["column_heads"]
    assert [item.text for item in found.items] == ["召开推进会"]


def test_a_measure_carries_the_task_it_does_not_name() -> None:
    blocks = rows(
        "责任内容 | 落实举措 | 时间", "建立廉政档案 | 一人一档，动态更新 | 每季度", "警示教育 | 召开警示教育大会 | 4月"
    )

    found = split(blocks, "integrity", 2027)

    assert [item.text for item in found.items] == ["建立廉政档案：一人一档，动态更新", "召开警示教育大会"]


def test_a_row_of_totals_is_left_out() -> None:
    found = split(rows("任务 | 分值", "召开大会 | 5", "合计 | 5"), "party", 2027)

    assert [left.reason for left in found.left_out] == ["total"]


def test_points_of_a_scoring_table_are_no_amounts() -> None:
    blocks = rows("requirement | scoring_rule", "抓好阵地建设 | 缺一个扣0.5分，主题党日每月1次，每次0.1分")

    (item,) = split(blocks, "party", 2027).items

    assert [(q.low, q.unit, q.scope) for q in item.quantities] == [(1, "次", "每月")]


def test_an_amount_of_a_shared_standard_goes_to_the_duty_it_speaks_of() -> None:
    standard = "组织2场道德讲堂；组织年度人物颁奖典礼"
    blocks = rows("任务 | 考核要点", f"开展道德讲堂活动 | {standard}", f"开展年度人物评选 | {standard}")

    first, second = split(blocks, "party", 2027).items

    assert [(q.low, q.unit) for q in first.quantities] == [(2, "场")]
    assert second.quantities == ()


def test_a_scored_row_is_one_criterion() -> None:
    asked = (
        "您所在单位是否存在热衷于造势、层层加码、文山会海反弹、督查检查考核过多过频、过度留痕等各种各样的形式主义问题，"
        "是否不担当、不作为、慢作为、乱作为、假作为。请您对整体情况进行评价。"
    )
    blocks = rows("requirement | scoring_rule", f"{asked} | 很好得10分；一般得5分")

    assert len(split(blocks, "party", 2027).items) == 1


def test_cells_without_headers_are_told_by_their_words() -> None:
    found = split(rows(" |  |  | ", "1 | 开展廉政文化进车间活动 | 纪检室 | 8月底前"), "integrity", 2027)

    assert [(item.text, item.owner, item.when.end) for item in found.items] == [
        ("开展廉政文化进车间活动", "纪检室", "2027-08-31")
    ]


def test_two_rows_of_heads_say_who_leads_who_assists_and_from_when() -> None:
    blocks = rows(
        "重点任务 | 责任分工/牵头部门 | 责任分工/配合部门 | 时间安排/启动时间 | 时间安排/完成时间",
        "完成换届 | 组织部 | 各二级党委 | 3月 | 9月底",
    )

    (item,) = split(blocks, "party", 2027).items

    assert [(owner.name, owner.role) for owner in item.owners] == [("组织部", "lead"), ("各二级党委", "assist")]
    assert (item.when.start, item.when.end, item.when.words) == ("2027-03-01", "2027-09-30", "3月至9月底")


def test_a_line_with_a_colon_leads_the_numbered_lines_of_a_cell() -> None:
    text = "排查廉洁风险：\n（1）岗位自查；\n（2）部门评审"
    block = Block(text, "row", cells=(("工作内容", text),))

    found = split([block], "integrity", 2027)

    assert [item.text for item in found.items] == ["排查廉洁风险：岗位自查", "排查廉洁风险：部门评审"]
    assert_nothing_lost([block], found)


def test_a_rhythm_of_its_own_wins_over_that_of_the_row() -> None:
    blocks = rows("落实举措 | 频次", "每半年听取汇报1次；每年至少与下级负责人谈话1次 | 每半年")

    first, second = split(blocks, "party", 2027).items

    assert (first.when.period, second.when.period) == ("half", "year")
    assert second.quantities[0].bound == "min"


def test_a_blank_group_repeats_the_one_above() -> None:
    blocks = rows(
        "类别 | 重点任务 | 具体措施",
        "监督 | 廉洁风险防控 | 更新防控清单",
        " | | 开展岗位排查",
        " | 廉政档案 | 补充申报材料",
        "教育 | | 组织全员轮训",
    )

    found = split(blocks, "integrity", 2027)

    assert [item.headings for item in found.items] == [
        ("监督", "廉洁风险防控"),
        ("监督", "廉洁风险防控"),
        ("监督", "廉政档案"),
        ("教育",),
    ]
    assert_nothing_lost(blocks, found)


def test_a_group_holds_for_no_other_table() -> None:
    head = "类别 | 具体措施"
    blocks = [*rows(head, "监督 | 更新防控清单"), Block("二、其他工作"), *rows(head, " | 组织全员轮训")]

    assert [item.headings for item in split(blocks, "party", 2027).items] == [("监督",), ("其他工作",)]


def test_what_is_asked_is_the_duty_and_not_how_it_is_scored() -> None:
    found = split(
        rows("项目 | 考核内容 | 分值 | 评分标准", "教育 | 开展警示教育 | 10 | 未开展不得分"), "integrity", 2027
    )

    assert [(item.text, item.headings) for item in found.items] == [("开展警示教育", ("教育",))]
