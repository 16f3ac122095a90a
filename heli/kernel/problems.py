"""What cannot be done, why, and what would make it possible."""

from __future__ import annotations


class Problem(Exception):
    """A refusal meant for people. ``status`` is the HTTP status a page answers with."""

    status = 422

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        self.what, self.why, self.remedy = str(what), str(why), str(remedy)
        super().__init__(" ".join(part for part in (self.what, self.why, self.remedy) if part))
