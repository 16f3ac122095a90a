import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment.features import TELLING, kinds
from heli.engines.alignment.frames import frequency, read, read_frame, read_frames


def kind_of(text, code):
    return {duty.kind for duty in read(text).duties if duty.concept == code}


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("召开警示教育大会", "warning_education", "learn"),
        ("参加上级警示教育大会", "warning_education", "attend"),
        ("制定廉政谈话制度", "integrity_talk", "rule"),
        ("建立廉政谈话登记台账", "integrity_talk", "record"),
        ("对廉政谈话开展情况进行检查", "integrity_talk", "check"),
        ("开展廉政谈话", "integrity_talk", "talk"),
        ("制定党员教育培训计划", "member_training", "plan"),
        ("评选优秀主题党日案例", "theme_day", "select"),
        ("总结推广党建品牌创建经验", "party_brand", "summary"),
        ("检查和指导工会工作", "union", "guide"),
        ("抽查领导干部个人有关事项报告", "personal_matters", "check"),
        ("发生信访举报并经查实的", "complaints", "outcome"),
        ("无故缺席主题党日的", "theme_day", "attend"),
        ("加强对民主生活会的指导", "democratic_life_meeting", "guide"),
        ("对中央八项规定精神执行情况的监督检查", "style_rules", "check"),
        ("对违纪违法行为及时向上级党委报告", "cases", "report"),
        ("支持和参与廉政文化建设", "integrity_culture", "build"),
        ("参与企业重大决策", "major_decision", "study"),
        ("民主评议被评为不合格党员的", "member_appraisal", "outcome"),
        ("廉洁从业警示教育活动规划", "warning_education", "plan"),
        ("就上级通报的巡察共性问题开展整改", "inspection_rectification", "rectify"),
        ("党员参加支部党员大会、支委会、党小组会", "basic_life", "attend"),
    ],
)
def test_kind_of_action_is_read(text, code, kind):
    assert kind_of(text, code) == {kind}


def test_reference_and_purpose_weigh_less_than_the_duty():
    salience = {duty.concept: duty.salience for duty in read("结合主题党日开展志愿服务，营造文明创建氛围").duties}

    assert salience["theme_day"] < salience["volunteer"]
    assert salience["civilization"] < salience["volunteer"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("个人自学：《纲要》第四章：把思想政治工作做好", "thought_work"),
        ("学习总书记在党代会上的报告", "party_congress"),
    ],
)
def test_what_is_only_read_is_no_duty(text, code):
    salience = {duty.concept: duty.salience for duty in read(text).duties}

    assert salience[code] < TELLING


def test_a_part_of_a_duty_hides_nothing_of_the_whole():
    duties = {duty.concept for duty in read("中心组全年学习12次，其中廉洁专题2次").duties}

    assert duties == {"study_group", "integrity_study_session"}


def test_by_plan_is_no_mere_reference():
    assert {duty.salience for duty in read("未按照计划组织专题学习的").duties} == {0.8}


def test_body_that_acts_weighs_less_than_a_body_acted_upon():
    acting = {duty.concept: duty.salience for duty in read("工会组织开展劳动竞赛").duties}
    led = {duty.concept: duty.salience for duty in read("指导工会依章程开展工作").duties}

    assert acting["union"] < led["union"]


def test_field_fades_beside_a_duty_of_it():
    alone = {duty.concept: duty.salience for duty in read("抓好意识形态工作").duties}
    beside = {duty.concept: duty.salience for duty in read("抓好意识形态工作，举办意识形态专题培训").duties}

    assert beside["ideology"] < alone["ideology"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每月召开一次支委会", (1, "month")),
        ("每季度不少于2次", (2, "quarter")),
        ("每半年专题研究一次", (1, "half")),
        ("全年不少于十二次", (12, "year")),
        ("每年两次", (2, "year")),
        ("按季度通报", (1, "quarter")),
        ("每两个月学习一次", (1, "two_months")),
        ("节前提醒", (1, "event")),
        ("做好党费收缴", None),
    ],
)
def test_frequency_is_read(text, expected):
    assert frequency(text) == expected


def test_frame_holds_all_parts():
    text = "党委理论学习中心组每季度集中学习1次，重点学习党员领导干部廉洁自律要求"

    frame = read_frame(text)

    assert (frame.object, frame.object_name, frame.action) == ("study_group", "理论学习中心组", "learn")
    assert (frame.subject, frame.frequency, frame.form, frame.negative) == ("committee", (1, "quarter"), "duty", False)
    assert "members" in frame.audience
    assert frame.key_terms[0] == "理论学习中心组"
    assert text[slice(*frame.span)] == "党委理论学习中心组"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("您所在支部是否按期换届", "survey"),
        ("未按期换届的扣2分", "rubric"),
        ("3月底前完成支部换届", "plan"),
        ("负责支部换届工作", "duty"),
    ],
)
def test_form_of_the_paper_is_read(text, form):
    assert read_frame(text).form == form


def test_negative_rubric_line_names_the_same_duty():
    frame = read_frame("未按时收缴党费的，每次扣1分")

    assert (frame.object, frame.negative) == ("dues_collect", True)


def test_text_of_several_duties_has_several_frames():
    objects = [frame.object for frame in read_frames("落实三会一课，收缴党费，做好发展党员工作")]

    assert objects == ["basic_life", "dues_collect", "admission"]


def test_text_without_a_known_duty_has_one_frame_without_object():
    assert [(frame.object, frame.span) for frame in read_frames("修剪厂区草坪")] == [("", (0, 6))]


def test_empty_text_has_an_empty_span():
    assert read_frame("").span == (0, 0)


@given(st.text(st.sampled_from("党委纪支部开展制定检查廉政谈话教育学习，。；的每月一次12《》"), max_size=80))
def test_any_text_has_frames_with_known_kinds_inside_the_text(text):
    for frame in read_frames(text):
        assert frame.action in kinds()
        assert 0 <= frame.span[0] <= frame.span[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "concept", "kind"),
    [
        ("开展换届选举业务指导和培训", "election", "train"),
        ("宣传报道志愿服务先进事迹", "volunteer", "spread"),
        ("按时参加支部组织的“三会一课”", "basic_life", "attend"),
        ("定期听取党建工作情况汇报", "party_study", "study"),
        ("下发并学习贯彻《意识形态工作责任制实施细则》", "ideology_responsibility", "learn"),
    ],
)
def test_what_is_done_about_a_duty_is_told_from_the_duty(text, concept, kind):
    assert {duty.concept: duty.kind for duty in read(text).duties}.get(concept) == kind


def test_a_body_that_is_reported_to_is_no_duty():
    duties = {duty.concept: duty.salience for duty in read("按时向支部委员会、支部党员大会报告工作").duties}

    assert max(duties["branch_committee_meeting"], duties["branch_general_meeting"]) < 0.3


def test_three_parts_named_together_are_the_whole():
    named = {duty.concept for duty in read("召开党员大会、支委会、党小组会").duties}

    assert "basic_life" in named
    assert "basic_life" not in {duty.concept for duty in read("召开党员大会、支委会").duties}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("个人自学：在中国共产党第十九次全国代表大会上的报告", "party_congress"),
        ("组织党员学习《中国共产党党费收缴、使用和管理规定》", "dues_use"),
    ],
)
def test_what_is_only_read_about_is_hardly_a_duty(text, concept):
    assert {duty.concept: duty.salience for duty in read(text).duties}[concept] < 0.5


def test_a_rule_that_is_carried_out_is_a_duty():
    duties = {duty.concept: duty.salience for duty in read("学习贯彻《党费收缴、使用和管理规定》").duties}

    assert duties["dues_use"] > 0.5


def test_who_was_punished_is_an_outcome():
    kinds = {duty.concept: duty.kind for duty in read("本部门职工因作风建设问题被上级机关查处通报的").duties}

    assert kinds["work_style"] == "outcome"


def test_the_name_of_a_department_is_no_duty():
    assert {duty.concept for duty in read("党群工作部与纪委办公室不一致").duties} == {"department"}


@pytest.mark.parametrize(
    ("text", "concept", "kind"),
    [
        ("开展党员公开承诺践诺", "member_pledge", "sign"),
        ("畅通群众监督举报渠道", "report_channel", "publish"),
        ("每半年研判一次职工思想状况", "thought_state", "survey"),
        ("做好受处分人员跟踪教育回访", "sanction_care", "talk"),
    ],
)
def test_a_word_that_runs_on_into_the_name_is_no_action_on_it(text, concept, kind):
    assert {duty.concept: duty.kind for duty in read(text).duties}[concept] == kind


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("组织党员在活动室开展集中学习", "positions_ground"),
        ("对民主生活会查摆的问题建立台账", "democratic_life_meeting"),
    ],
)
def test_where_it_is_done_or_where_it_came_up_is_no_duty(text, concept):
    assert {duty.concept: duty.salience for duty in read(text).duties}[concept] < 0.5


def test_a_tendency_is_nobody_who_is_told():
    duties = {duty.concept: duty.salience for duty in read("对有不良倾向的同志及时咬耳扯袖").duties}

    assert duties["reminder_talk"] == 1.0
