"""What every room's API shares: refusals in words, their status codes, and plain types for input."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

# Text without NUL, which PostgreSQL cannot hold; short, because it is looked up and not stored.
Text = Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")]
LongText = Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Field(ge=1, le=200)]


class Refusal(Schema):
    """What was not done, why, and what would make it possible; ``fields`` names wrong input.

    Where somebody else saved first, ``yours`` and ``theirs`` say both sides in words; ``version`` is what is stored.
    """

    what: str
    why: str = ""
    remedy: str = ""
    fields: list[dict[str, Any]] = Field(default_factory=list)
    yours: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    version: int | None = None


# Every operation answers these beside its own: ``response={200: PlanOut, **ERRORS}``.
ERRORS: dict[int, type[Refusal]] = dict.fromkeys((400, 401, 403, 404, 409, 422), Refusal)
