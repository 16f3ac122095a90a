"""Two short papers in our own words, with an overlap, a conflict and gaps."""

from __future__ import annotations

from heli.rooms.plans.services.readings import NewPaper

PARTY = """合众测试集团2027年党建工作要点
一、思想建设
1.召开全员警示教育大会，组织观看警示教育片。（责任部门：党群工作部；完成时限：6月底前）
2.各党支部每月开展一次主题党日。（责任部门：各党支部；完成时限：全年）
二、组织建设
3.逐级签订全面从严治党责任书。（责任部门：党群工作部；完成时限：2月底前）
4.各党支部召开组织生活会并民主评议党员。（责任部门：党群工作部；完成时限：3月31日前）
"""
INTEGRITY = """合众测试集团2027年党风廉政建设工作要点
1.召开警示教育大会，用身边案例教育干部职工。（责任部门：纪检室；完成时限：9月底前）
2.与各单位负责人签订党风廉政建设责任书。（责任部门：纪检室；完成时限：3月底前）
3.组织各党支部纪检委员业务培训，全年不少于2期。（责任部门：纪检室；完成时限：11月底前）
"""


def party_paper(name: str = "党建工作要点.txt") -> NewPaper:
    return NewPaper(name, PARTY.encode())


def integrity_paper(name: str = "党风廉政工作要点.txt") -> NewPaper:
    return NewPaper(name, INTEGRITY.encode())
