"""Documents into duties: nothing invented, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heli.engines.alignment.splitting import merge_items, split, split_item
from heli.engines.alignment.tests.papers import PARTY, Block, assert_nothing_lost, lines, rows


def test_a_plan_is_split_into_duties_under_their_headings() -> None:
    found = split(lines(PARTY), "party", 2027, "plan.txt")

    assert [item.text for item in found.items] == [
        "党委理论学习中心组每季度集中学习不少于1次",
        "召开警示教育大会，通报典型案例",
        "各党支部每月开展一次主题党日，落实“三会一课”",
        "完成6个到期支部换届，发展党员8名",
        "逐级签订全面从严治党责任书",
        "对照巡察反馈问题完成整改销号",
    ]
    assert [item.id for item in found.items] == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert found.items[3].headings[1:] == ("组织建设", "规范组织生活")
    assert [(left.reason, left.source) for left in found.left_out] == [
        ("salutation", "各党支部："),
        ("preamble", "为做好全年工作，现制定如下要点："),
        ("attachment", "附件：任务分解表"),
        ("signature", "某水务公司党委"),
        ("signature", "2027年1月8日"),
    ]
    assert_nothing_lost(lines(PARTY), found)


def test_slots_stand_in_the_items() -> None:
    item = split(lines(PARTY), "party", 2027).items[3]

    assert (item.owner, item.when.end, item.when.is_deadline) == ("组织人事部", "2027-09-30", True)
    assert [(q.low, q.unit) for q in item.quantities] == [(6, "个"), (8, "名")]


def test_a_heading_says_owner_and_time_for_what_stands_under_it() -> None:
    found = split(
        lines("一、教育（责任部门：宣传部；完成时限：5月底）\n1.举办讲座\n2.开展征文（责任部门：工会）"), "party", 2027
    )

    assert [(item.owner, item.when.end) for item in found.items] == [("宣传部", "2027-05-31"), ("工会", "2027-05-31")]


def test_label_lines_belong_to_the_duty_above() -> None:
    text = "1.开展专项检查\n责任部门：纪委办公室\n完成时限：8月底\n2.建立台账\n责任部门：审计部"

    found = split(lines(text), "integrity", 2027)

    assert [(item.text, item.owner, item.when.end) for item in found.items] == [
        ("开展专项检查", "纪委办公室", "2027-08-31"),
        ("建立台账", "审计部", None),
    ]
    assert_nothing_lost(lines(text), found)


def test_wrapped_lines_are_joined_again() -> None:
    text = (
        "1.深入开展党的创新理论学习，坚持集中学习与个人自学相结合，组织党员干部\n"
        "原原本本学、联系实际学，每季度开展一次交流研讨，切实把学习成果转化为推\n"
        "动公司改革发展的实际成效，年底前形成学习总结并在公司范围内进行通报表扬\n"
        "和推广。\n"
        "2.建立台账。"
    )

    found = split(lines(text), "party", 2027)

    assert len(found.items) == 2
    assert "组织党员干部原原本本学" in found.items[0].text
    assert_nothing_lost(lines(text), found)


def test_radicals_of_a_pdf_are_read_as_characters() -> None:
    found = split(
        [Block("\u2f00\u3001\u5ec9\u6d01\u2edb\u9669"), Block("1.6\u2f49\u5e95\u524d排查完成")], "integrity", 2027
    )

    assert [heading.text for heading in found.headings] == ["廉洁风险"]
    assert (found.items[0].when.end, found.items[0].headings) == ("2027-06-30", ("廉洁风险",))


def test_a_plan_in_one_line_is_taken_apart() -> None:
    text = (
        "某公司2027年工作要点 一、加强学习。1.每月开展主题党日活动。2.召开警示教育大会，通报典型案例。"
        "二、作风建设。1.节前发送廉洁提醒。2.开展公务用车专项检查，全年不少于2次。"
    )

    found = split(lines(text), "party", 2027)

    assert [item.text for item in found.items] == [
        "每月开展主题党日活动",
        "召开警示教育大会，通报典型案例",
        "节前发送廉洁提醒",
        "开展公务用车专项检查，全年不少于2次",
    ]
    assert [heading.text for heading in found.headings] == ["某公司2027年工作要点", "加强学习", "作风建设"]
    assert_nothing_lost(lines(text), found)


def test_duties_with_their_own_time_part_company() -> None:
    text = "1.每季度召开联席会议一次；每半年组织一次联合检查；年底前通报结果。"

    found = split(lines(text), "integrity", 2027)

    assert [item.when.period or item.when.end for item in found.items] == ["quarter", "half", "2027-12-31"]


def test_a_heading_sentence_opens_several_duties() -> None:
    text = (
        "（一）强化理论武装。坚持把学习贯彻党的创新理论作为首要政治任务，落实第一议题制度，健全学习机制，推动学习走深走实。"
        "党委理论学习中心组全年集中学习不少于12次，每次安排重点发言。每月开展一次主题党日活动，丰富学习形式。"
    )

    found = split(lines(text), "party", 2027)

    assert [heading.text for heading in found.headings] == ["强化理论武装"]
    assert len(found.items) == 3
    assert {item.headings for item in found.items} == {("强化理论武装",)}


def test_sentences_of_one_duty_stay_together() -> None:
    text = "1.保障党员的民主权利。受理党员的申诉和控告，并及时汇报。"

    assert len(split(lines(text), "party", 2027).items) == 1


def test_study_lists_stay_together() -> None:
    text = "9月份学习计划\n16日至22日集中学习：1.第一篇讲话；2.第二篇讲话；3.第三篇讲话。"

    found = split(lines(text), "party", 2027)

    assert len(found.items) == 1
    assert (found.items[0].when.start, found.items[0].when.end) == ("2027-09-16", "2027-09-22")


def test_a_rule_is_split_by_chapters_and_articles() -> None:
    text = (
        "责任制实施办法\n第一章 总则\n第一条 为压实责任，制定本办法。\n第二章 责任内容\n第二条 领导班子应当：\n"
        "（一）每半年分析一次廉政状况；\n（二）建立廉政档案。\n第三条 本办法自印发之日起施行。"
    )

    found = split(lines(text), "integrity", 2027)

    assert [item.text for item in found.items] == ["每半年分析一次廉政状况", "建立廉政档案"]
    assert [left.reason for left in found.left_out] == ["formal", "formal"]
    assert [heading.text for heading in found.headings] == ["责任制实施办法", "总则", "责任内容", "领导班子应当："]
    assert_nothing_lost(lines(text), found)


def test_a_month_alone_heads_what_follows() -> None:
    text = "支部工作安排\n1月：召开组织生活会；收缴党费\n4月\n（1）研究发展对象；\n（2）祭扫烈士墓。\n5月份 观看警示片"

    found = split(lines(text), "party", 2027)

    assert [(item.text, item.when.start) for item in found.items] == [
        ("召开组织生活会；收缴党费", "2027-01-01"),
        ("研究发展对象", "2027-04-01"),
        ("祭扫烈士墓", "2027-04-01"),
        ("观看警示片", "2027-05-01"),
    ]


def test_numbers_inside_a_line_part_its_duties_and_share_its_time() -> None:
    found = split(lines("工作安排\n3月：1.开展学雷锋志愿服务；2.召开党员大会；3.确定入党积极分子。"), "party", 2027)

    assert [(item.text, item.when.end) for item in found.items] == [
        ("开展学雷锋志愿服务", "2027-03-31"),
        ("召开党员大会", "2027-03-31"),
        ("确定入党积极分子", "2027-03-31"),
    ]


def test_a_short_line_with_its_paragraph_is_a_heading() -> None:
    text = (
        "1、以案促改。\n针对发生的案件，召开警示教育会，督促发案单位完善制度。\n"
        "2、文化建设。\n打造廉洁文化示范点2个，组织参观。"
    )

    found = split(lines(text), "integrity", 2027)

    assert [heading.text for heading in found.headings] == ["以案促改", "文化建设"]
    assert [item.headings for item in found.items] == [("以案促改",), ("文化建设",)]


def test_the_last_of_a_list_is_no_heading_of_what_comes_after() -> None:
    text = "一、重点\n1.建立台账\n2.开展检查\n3.年底前完成换届\n各单位要高度重视上述工作，按月报送进展情况。"

    found = split(lines(text), "party", 2027)

    assert [item.text for item in found.items][2] == "年底前完成换届"
    assert [heading.text for heading in found.headings] == ["重点"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("填表说明：本表由纪检室汇总", "remark"),
        ("备注：1.按时完成；2.认真记录。", "remark"),
        ("各单位要高度重视，加强组织领导，确保各项任务落到实处。", "appeal"),
    ],
)
def test_remarks_and_appeals_are_no_duties(text: str, reason: str) -> None:
    found = split(lines(f"1.建立台账\n2.开展检查\n{text}"), "party", 2027)

    assert [(left.reason, left.source) for left in found.left_out] == [(reason, text)]
    assert [left.reason for left in split(rows("说明", text), "party", 2027).left_out] == [reason]


LETTER = """关于印发2027年工作要点的通知
各基层党委、直属党总支，机关各部门：
现将2027年工作要点印发给你们，请认真贯彻执行。
特此通知。
附件：1.工作要点
2.任务分解表
中共某港口集团委员会（盖章）
某港口集团有限公司
二〇二七年二月三日
（联系人：综合室，电话：0000000）
附件1
2027年工作要点
1.签订党风廉政建设责任书。
附件2
任务分解表
"""


def test_a_letter_around_a_plan_deploys_nothing() -> None:
    blocks = [*lines(LETTER), *rows("任务 | 部门 | 时间", "收缴党费 | 党群工作部 | 每月")]

    found = split(blocks, "party", 2027)

    assert [item.text for item in found.items] == ["签订党风廉政建设责任书", "收缴党费"]
    assert [left.reason for left in found.left_out] == [
        "salutation",
        "preamble",
        "closing",
        "attachment",
        "attachment",
        "signature",
        "signature",
        "signature",
        "copied",
        "attachment",
        "attachment",
    ]
    assert_nothing_lost(blocks, found)


@pytest.mark.parametrize("date", ["2027年2月3日", "某公司党委 2027年2月3日", "某公司党委办公室  2027年2月3日"])
def test_who_signs_in_the_middle_of_a_paper_deploys_nothing(date: str) -> None:
    text = f"1.收缴党费\n某公司党支部\n{date}\n附件1\n任务表\n1.走访慰问"

    found = split(lines(text), "party", 2027)

    assert [item.text for item in found.items] == ["收缴党费", "走访慰问"]
    assert date in [left.source for left in found.left_out if left.reason == "signature"]


def test_a_duty_above_a_date_is_no_signature() -> None:
    found = split(lines("1.收缴党费\n建设党员活动中心\n2027年2月3日\n走访困难党员"), "party", 2027)

    assert "建设党员活动中心" in [item.text for item in found.items]


def test_column_names_without_their_rows_are_left_out() -> None:
    found = split(lines("1.收缴党费\n序号 重点任务 责任部门 完成时限"), "party", 2027)

    assert [left.reason for left in found.left_out] == ["column_heads"]


def test_an_appeal_with_a_time_is_a_duty() -> None:
    found = split(lines("1.建立台账\n2.开展检查\n各单位要高度重视，按月报送进展，确保任务落到实处。"), "party", 2027)

    assert [item.when.period for item in found.items] == ["", "", "month"]


def test_what_leads_over_to_the_parts_of_a_heading_is_no_duty() -> None:
    text = "一、书记的职责\n书记主持党委工作，对完成各项任务负责。\n1.召开党委会议\n二、委员的职责\n抓好分管工作。"

    found = split(lines(text), "party", 2027)

    assert [left.reason for left in found.left_out] == ["lead"]
    assert [item.text for item in found.items] == ["召开党委会议", "抓好分管工作"]


def test_a_heading_that_names_a_post_says_who_acts() -> None:
    text = "一、党支部书记的职责\n1.召开支委会\n2.上级党委书记参加指导\n二、意识形态工作责任\n1.加强阵地管理"

    first, second, third = split(lines(text), "party", 2027).items

    assert [(owner.name, owner.role) for owner in first.owners] == [("党支部书记", "subject")]
    assert second.owner == "上级党委书记"
    assert third.owners == ()


def test_a_numbered_clause_is_not_cut_by_its_length_alone() -> None:
    text = (
        "1.负责召集支部委员会和支部党员大会，结合本单位的具体情况，认真贯彻执行党的路线、方针、政策和上级的决议、指示；"
        "研究安排支部工作，将支部工作中的重大问题，及时提交支部委员会和支部党员大会讨论决定"
    )

    assert len(split(lines(text), "party", 2027).items) == 1


def test_a_time_at_the_end_of_a_line_dates_the_lines_below() -> None:
    text = "10月份学习计划\n21日至27日集中学习：第一章。 28日至11月 3日\n集中学习：第二章。\n个人自学：第三章。"

    found = split(lines(text), "party", 2027)

    assert [(item.when.start, item.when.end) for item in found.items] == [
        ("2027-10-21", "2027-10-27"),
        ("2027-10-28", "2027-11-03"),
        ("2027-10-28", "2027-11-03"),
    ]
    assert_nothing_lost(lines(text), found)


def test_lines_below_days_share_them_until_the_next_days() -> None:
    text = "9月份学习计划\n16日至22日集中学习：讲话。\n个人自学：报告。\n23日至30日集中学习：论述。\n备注：每周一次"

    found = split(lines(text), "party", 2027)

    assert [item.when.start for item in found.items] == ["2027-09-16", "2027-09-16", "2027-09-23"]


def test_labels_close_the_duties_since_the_last_labels() -> None:
    text = "1.开展检查\n2.建立台账\n成果形式：台账\n3.召开大会\n成果形式：纪要\n责任部门：办公室"

    found = split(lines(text), "party", 2027)

    assert [(item.deliverable, item.owner) for item in found.items] == [
        ("台账", None),
        ("台账", None),
        ("纪要", "办公室"),
    ]


def test_labels_on_several_lines_hold_for_all_they_close() -> None:
    text = (
        "一、监督\n（一）招投标监督\n工作措施：1.现场监督重大项目开标；2.建立供应商黑名单制度\n"
        "责任部门：监察部\n完成时限：11月30日前\n（二）公车检查\n工作措施：抽查派车单\n责任部门：办公室"
    )

    found = split(lines(text), "integrity", 2027)

    assert [(item.text, item.owner, item.when.end) for item in found.items] == [
        ("现场监督重大项目开标", "监察部", "2027-11-30"),
        ("建立供应商黑名单制度", "监察部", "2027-11-30"),
        ("抽查派车单", "办公室", None),
    ]


def test_a_heading_with_nothing_but_an_appeal_is_no_duty() -> None:
    text = "一、任务\n1.建立台账\n2.开展检查\n二、保障措施\n各级党组织要提高政治站位，推动各项任务落地见效。"

    found = split(lines(text), "party", 2027)

    assert [item.text for item in found.items] == ["建立台账", "开展检查"]
    assert [heading.text for heading in found.headings] == ["任务", "保障措施"]


def test_a_break_inside_a_paragraph_does_not_part_a_duty() -> None:
    block = Block("各党支部按时完成换届工作并在\n届满前六个月报送请示。\n1.建立台账")

    assert [item.text for item in split([block], "party", 2027).items] == [
        "各党支部按时完成换届工作并在届满前六个月报送请示",
        "建立台账",
    ]


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "一、", "（责任部门：）", "：", "｜｜", "1.", "。。。"])
def test_odd_texts_are_kept(text: str) -> None:
    blocks = lines(text)

    assert_nothing_lost(blocks, split(blocks, "party", 2027))


PIECES = st.sampled_from(
    [
        "一、",
        "（一）",
        "1.",
        "（1）",
        "①",
        "责任部门：",
        "完成时限：",
        "3月底",
        "组织开展检查",
        "建立台账",
        "。",
        "；",
        "，",
        "（",
        "）",
        "｜",
        "：",
        "每月",
        "不少于2次",
        "党委",
        "各支部",
        "附件：",
        "如下：",
        "\t",
        " ",
        "2027年",
        "工作要点",
        "《",
        "》",
        "“",
        "”",
        "A",
        "1",
    ]
)
LINES = st.lists(PIECES, min_size=1, max_size=14).map("".join)
BLOCKS = st.lists(
    st.one_of(
        st.builds(Block, LINES, st.sampled_from(["paragraph", "list", "heading"]), st.integers(0, 3)),
        st.lists(
            st.tuples(st.sampled_from(["任务", "责任部门", "时间", "", "备注"]), LINES), min_size=1, max_size=4
        ).map(lambda cells: Block(" | ".join(value for _, value in cells), "row", cells=tuple(cells))),
    ),
    max_size=10,
)


@settings(max_examples=200)
@given(BLOCKS)
def test_every_character_of_any_document_is_kept(blocks: list[Block]) -> None:
    found = split(blocks, "party", 2027)

    assert_nothing_lost(blocks, found)
    assert all(item.text for item in found.items)


@given(st.lists(st.text(max_size=60), max_size=6))
def test_every_character_of_any_text_is_kept(texts: list[str]) -> None:
    blocks = [Block(text) for text in texts]

    assert_nothing_lost(blocks, split(blocks, "integrity", 2027))


@pytest.mark.parametrize(
    "unit",
    [
        "开展检查；",
        "1.",
        "（责任部门：",
        "3月",
        "“",
        "一、",
        "每月一次，",
        "（一）。",
        "每月开展检查工作；",
        "责任部门：甲；",
    ],
)
def test_a_huge_line_loses_nothing(unit: str) -> None:
    block = Block(unit * (100_000 // len(unit)))

    found = split([block], "party", 2027)

    assert_nothing_lost([block], found)


def test_an_item_is_cut_in_two_and_joined_again() -> None:
    text = "1.召开警示教育大会，组织观看警示教育片。（责任部门：纪委办公室；完成时限：6月底）"
    (item,) = split(lines(text), "integrity", 2027).items

    first, second = split_item(item, item.source.index("组织观看"), 2027)
    joined = merge_items([first, second])

    assert (first.text, second.text) == ("召开警示教育大会", "组织观看警示教育片")
    assert first.owner == second.owner == "纪委办公室"
    assert first.when.end == second.when.end == "2027-06-30"
    assert joined.source == item.source
    assert joined.spans[0].start == item.spans[0].start
    assert [part.id for part in (first, second)] == ["I1a", "I1b"]


def test_a_cut_that_leaves_nothing_is_refused() -> None:
    (item,) = split(lines("1.召开大会"), "party", 2027).items

    with pytest.raises(ValueError, match="cannot be cut at 0"):
        split_item(item, 0, 2027)
    with pytest.raises(ValueError, match="only items of one line"):
        merge_items([])
