"""DESIGN, invariant 7: what nobody may ask for is refused with the rule behind it; ordinary work is not."""

from __future__ import annotations

import pytest

from heli.rooms.rulebook import catalogue
from heli.rooms.tasks import rules

REFUSED = [
    ("全年召开会议次数不少于12次", "meetings"),
    ("每单位组织座谈会不少于3场", "meetings"),
    ("统计活动场次", "meetings"),
    ("至少召开5次会议", "meetings"),
    ("number of meetings held", "meetings"),
    ("At least four meetings on safety", "meetings"),
    ("上报现场照片3张", "photos"),
    ("截图不少于两张", "photos"),
    ("活动照片 5 张", "photos"),
    ("照 片 数 量", "photos"),
    ("at least 3 photos of the event", "photos"),
    ("心得体会不少于2000字", "pages"),
    ("学习笔记10页以上", "pages"),
    ("信息稿件每月不少于两篇", "pages"),
    ("a report of at least 10 pages", "pages"),
    ("每日打卡", "sign_ins"),
    ("统计签到率", "sign_ins"),
    ("群接龙回复", "sign_ins"),
    ("daily check-in", "sign_ins"),
    ("人均学习时长", "study_minutes"),
    ("在线学习不少于30分钟", "study_minutes"),
    ("积分排名", "study_minutes"),
    ("at least 30 minutes of reading", "study_minutes"),
    ("转发量和点赞数", "clicks"),
    ("全员转发公众号文章", "clicks"),
    ("number of clicks", "clicks"),
    ("必须现场拍照", "compulsory_photo"),
    ("须上传照片", "compulsory_photo"),
    ("拍照留痕", "compulsory_photo"),
    ("Each visit must include a photo", "compulsory_photo"),
    ("定位签到", "compulsory_position"),
    ("须上报位置", "compulsory_position"),
    ("location check on arrival", "compulsory_position"),
]

LEFT_ALONE = [
    "每月召开1次支部委员会会议，研究支部重点工作",
    "支部党员大会每季度召开1次",
    "每季度至少召开1次支部党员大会",
    "组织党课，书记每年至少讲1次党课",
    "会议记录、学习体会",
    "开展主题党日活动",
    "形成调研报告，提出整改措施",
    "全年集中学习培训时间一般不少于32学时",
    "排查廉洁风险点，更新防控措施",
    "签订党风廉政建设责任书",
    "党员信息核对",
    "节前廉洁提醒谈话",
    "Hold the monthly branch committee meeting and record its decisions",
    "Minutes of the meeting",
    "Risk list with measures",
    "A signed responsibility letter",
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_nobody_may_ask_for_is_refused_with_its_rule(text: str, code: str) -> None:
    found = rules.burden_findings([text])

    assert code in [each.rule.code for each in found]
    assert all(each.words and each.rule.basis_zh and each.rule.basis_en and each.rule.remedy_en for each in found)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_work_is_left_alone(text: str) -> None:
    assert rules.burden_findings([text]) == []


def test_every_rule_is_tried_in_both_languages() -> None:
    tried: dict[str, set[bool]] = {}
    for text, code in REFUSED:
        tried.setdefault(code, set()).add(text.isascii())

    assert set(tried) == {rule.code for rule in rules.burden_rules()}
    assert all(languages == {True, False} for languages in tried.values())


def test_the_words_that_break_a_rule_may_stand_in_any_of_the_texts() -> None:
    found = rules.burden_findings(["开展走访", "走访记录，照片3张"])

    assert [(each.rule.code, each.words) for each in found] == [("photos", "照片3张")]


def test_no_duty_that_ships_is_refused() -> None:
    """The guard keeps burdens out, not the rules of the field."""
    texts = [
        text
        for duty in catalogue.load().obligations
        for text in (duty.title_zh, duty.title_en, *duty.evidence_zh, *duty.evidence_en)
    ]

    assert [(each.rule.code, each.words) for text in texts for each in rules.burden_findings([text])] == []
