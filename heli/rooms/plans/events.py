"""Facts of plans that other rooms may listen to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanAligned:
    plan_id: int
    findings: int


@dataclass(frozen=True, slots=True)
class PlanSubmitted:
    plan_id: int
    version_id: int


@dataclass(frozen=True, slots=True)
class PlanPublished:
    plan_id: int
    version_id: int
    number: int
