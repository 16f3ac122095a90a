import csv
import re

import pytest

from heli.engines.alignment import lexicon
from heli.engines.alignment.features import kinds
from heli.engines.alignment.lexicon import Actors, Concept, Lexicon
from heli.engines.alignment.meanings import Rules, windows
from heli.engines.alignment.wording import DATA, normal

NOBODY = Actors(frozenset(), re.compile("$."))


def concept(code, parents=(), area="organization", kind="hold"):
    return Concept(code, code, code, area, tuple(parents), kind, 1.0, False)


def book(patterns, concepts=None, near=None):
    codes = concepts or [concept(code) for code in dict.fromkeys(code for code, _ in patterns)]
    return Lexicon(codes, patterns, near or {}, NOBODY, Rules({}, {}))


def found(text):
    return {mention.concept for mention in lexicon.load().mentions(normal(text).text)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("各支部落实三会一课制度", "basic_life"),
        ("党委理论学习中心组每季度学习", "study_group"),
        ("会前先学第一议题", "first_topic"),
        ("按月收缴党费", "dues_collect"),
        ("党员自觉交纳党费", "dues_pay"),
        ("公示党费使用情况", "dues_use"),
        ("到期支部做好换届", "election"),
        ("工会换届选举", "union_election"),
        ("严格发展党员程序", "admission"),
        ("对新任干部开展任前廉政谈话", "appointment_talk"),
        ("召开警示教育大会", "warning_education"),
        ("层层签订党风廉政建设责任书", "responsibility_letter"),
        ("签订意识形态工作责任书", "ideology_letter"),
        ("签订安全生产责任书", "safety_duty"),
        ("落实意识形态工作责任制", "ideology_responsibility"),
        ("受理信访举报", "complaints"),
        ("做好客户投诉处理", "customer_complaints"),
        ("抓好巡察反馈问题整改", "inspection_rectification"),
        ("支持工会、共青团开展工作", "mass_organizations"),
        ("贯彻民主集中制", "democratic_centralism"),
        ("党委前置研究讨论重大事项", "pre_study"),
        ("印发年度党建工作要点", "party_plan"),
        ("建立领导人员廉洁档案", "integrity_files"),
        ("开展党员志愿服务", "volunteer"),
        ("创建文明单位", "civilization"),
        ("做好宣传报道", "publicity"),
    ],
)
def test_duty_of_the_field_is_known(text, code):
    assert code in found(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("对新提任的中层人员，由纪检负责人进行履新前谈话", "appointment_talk"),
        ("党委会每半年分析一次反腐形势，研究廉洁问题", "strict_study"),
        ("凡拟任人选须由纪检部门出具鉴定", "integrity_opinion"),
        ("组织旁听庭审、观看反腐专题片", "warning_education"),
        ("设立举报电话和信箱", "report_channel"),
        ("春节前重申纪律要求", "festival_reminder"),
    ],
)
def test_duty_without_its_name_is_understood(text, code):
    assert code in found(text)


def test_longer_wording_hides_the_shorter():
    mentions = book([("talk", "谈话"), ("integrity", "廉政谈话")]).mentions("开展廉政谈话")

    assert [mention.concept for mention in mentions] == ["integrity"]


def test_gap_ends_with_the_sentence():
    pattern = [("letter", "签订…责任书")]

    assert book(pattern).mentions("签订党建责任书")[0].pieces == ((0, 2), (4, 7))
    assert book(pattern).mentions("签订协议。完善责任书") == ()


def test_child_wins_over_its_parent_in_the_same_words():
    concepts = [concept("letter"), concept("ideology_letter", parents=["letter"])]
    patterns = [("letter", "签订…责任书"), ("ideology_letter", "意识形态…责任书")]

    mentions = book(patterns, concepts).mentions("签订意识形态工作责任书")

    assert [mention.concept for mention in mentions] == ["ideology_letter"]


def test_matter_outside_the_field_wins_a_shared_word():
    concepts = [concept("complaints"), concept("customers", area=lexicon.OTHER_AREA)]
    patterns = [("complaints", "受理投诉"), ("customers", "投诉客户")]

    mentions = book(patterns, concepts).mentions("受理投诉客户")

    assert [mention.concept for mention in mentions] == ["customers"]


def test_nearness_follows_the_tree_and_the_table():
    concepts = [
        concept("talk"), concept("reminder", ["talk"]), concept("appointment", ["talk"]), concept("note", ["reminder"]),
        concept("far"),
    ]  # fmt: skip
    shelf = book([], concepts, {("far", "talk"): 0.9, ("talk", "far"): 0.9})

    pairs = ["talk talk", "talk reminder", "reminder talk", "reminder appointment", "talk note", "far talk", "far note"]
    nearness = {pair: shelf.nearness(*pair.split()) for pair in pairs}

    assert nearness == {
        "talk talk": 1.0,
        "talk reminder": 0.62,
        "reminder talk": 0.62,
        "reminder appointment": 0.34,
        "talk note": 0.4,
        "far talk": 0.9,
        "far note": 0.0,
    }


def test_nearness_is_the_same_both_ways():
    shelf = lexicon.load()
    codes = list(shelf.concepts)

    assert [(a, b) for a in codes for b in codes if shelf.nearness(a, b) != shelf.nearness(b, a)] == []


@pytest.mark.parametrize(
    ("patterns", "concepts", "near"),
    [
        ([("one", "党")], [concept("one")], {}),
        ([], [concept("one", ["nobody"])], {}),
        ([], [concept("one")], {("one", "nobody"): 0.5}),
    ],
)
def test_broken_data_is_refused(patterns, concepts, near):
    with pytest.raises(ValueError, match="lexicon"):
        book(patterns, concepts, near)


def test_every_concept_has_names_and_a_known_kind():
    for each in lexicon.load().concepts.values():
        assert each.name_zh, each.code
        assert each.name_en, each.code
        assert not each.kind or each.kind in kinds(), each.code


def test_every_row_of_the_lexicon_has_a_wording():
    for path in DATA.glob("lexicon_*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert [row["code"] for row in csv.DictReader(file) if not row["patterns"]] == []


def test_rule_needs_its_words_close_together_and_none_that_bars():
    rules = Rules({"talk": "谈话", "new": "新任|提拔", "pay": "薪酬"}, {"appointment": ["new talk -pay"]})

    def concepts_of(text):
        return [code for code, _ in rules.found(rules.words(text), 0, len(text))]

    assert concepts_of("对新任干部谈话") == ["appointment"]
    assert concepts_of("谈话提拔对象") == ["appointment"]
    assert concepts_of("对新任干部谈薪酬并谈话") == []
    assert concepts_of("新任干部到岗之后的第一个完整季度结束以后谈话") == []


def test_rule_of_an_unknown_class_is_refused():
    with pytest.raises(KeyError):
        Rules({"talk": "谈话"}, {"appointment": ["new talk"]})


def test_windows_are_clauses_and_short_neighbors_of_one_sentence():
    assert [text_of(span) for span in windows(TEXT)] == ["开会", "研究", "开会,研究", "整改"]


TEXT = "开会,研究。整改"


def text_of(span):
    return TEXT[span[0] : span[1]]
