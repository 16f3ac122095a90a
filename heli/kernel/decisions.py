"""Answers to "may this person?" that carry their reason."""

from __future__ import annotations

from dataclasses import dataclass


class AccessDenied(Exception):
    """Raised by ``Decision.require``; pages answer it like a missing object."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decision:
    """True, or false with the reason a person can read."""

    is_allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.is_allowed

    def require(self) -> None:
        """Raise ``AccessDenied`` with the reason unless allowed."""
        if not self.is_allowed:
            raise AccessDenied(self.reason)


_ALLOWED = Decision(is_allowed=True)


def allowed() -> Decision:
    return _ALLOWED


def denied(reason: str) -> Decision:
    return Decision(is_allowed=False, reason=str(reason))
