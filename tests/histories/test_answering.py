"""Exactly one accountable, and no work closed by whoever did a part of it, over random histories.

``HISTORIES`` says how many (``make histories``: a million of each).
"""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from itertools import pairwise

from heli.rooms.responsibilities import rules as duties
from heli.rooms.tasks import rules as tasks

HISTORIES = int(os.environ.get("HISTORIES", "20000"))
START = date(2026, 1, 1)
YEAR = 60


def test_on_every_day_exactly_one_answers_or_the_post_is_vacant() -> None:
    chance = random.Random(20260311)
    for _number in range(HISTORIES):
        tenures = _tenures(chance)
        changes = duties.successors(tenures, START, START + timedelta(days=YEAR))

        assert changes[0][0] == START
        assert all(one[1] != other[1] for one, other in pairwise(changes))
        day = START + timedelta(days=chance.randrange(YEAR))
        holder = [who for since, who in changes if since <= day][-1]
        there = sorted((each.start, each.person_id) for each in tenures if _covers(each, day))
        assert holder == (there[0][1] if there else None)


def _tenures(chance: random.Random) -> list[duties.Tenure]:
    tenures = []
    for person in range(1, chance.randrange(1, 6)):
        start = START + timedelta(days=chance.randrange(-30, YEAR))
        end = None if chance.random() < 0.2 else start + timedelta(days=chance.randrange(1, 40))
        tenures.append(duties.Tenure(person, start, end))
    return tenures


def _covers(tenure: duties.Tenure, day: date) -> bool:
    return tenure.start <= day and not (tenure.end is not None and tenure.end <= day)


def test_an_item_without_exactly_one_accountable_is_never_let_through() -> None:
    chance = random.Random(20260312)
    for number in range(HISTORIES):
        posts = tuple(chance.sample(range(9), chance.randrange(4)))
        item = duties.ItemFacts(id=number, accountable=posts, needs=chance.choice(["", "task_do"]))
        can = {post: duties.MeansFacts(frozenset({"task_do"})) for post in posts}
        faults = duties.find_faults([item], {post: [post] for post in posts}, can)

        assert any(each.is_blocking for each in faults) is (len(posts) != 1)


_ACTS = {
    "accept": (tasks.OPEN, tasks.ACCEPTED),
    "hand_in": (tasks.ACCEPTED, tasks.HANDED_IN),
    "take_back": (tasks.HANDED_IN, tasks.ACCEPTED),
    "return": (tasks.HANDED_IN, tasks.RETURNED),
    "rework": (tasks.RETURNED, tasks.HANDED_IN),
    "close": (tasks.HANDED_IN, tasks.CLOSED),
    "reopen": (tasks.CLOSED, tasks.RETURNED),
}
_WORK = ("accept", "hand_in", "take_back", "rework", "prove")


def test_nobody_closes_or_returns_what_they_had_a_hand_in() -> None:
    """Post-holders change all the time; whoever did any part, undone parts too, never reviews it.

    The task is told only what its row and its kept hands say; what really happened is written down beside it.
    """
    chance = random.Random(20260313)
    closed = 0
    for _number in range(HISTORIES):
        task, touched = _Task(), set()
        for _step in range(chance.randrange(2, 12)):
            person, act = chance.randrange(4), chance.choice([*_ACTS, "prove"])
            if not task.do(act, person):
                continue
            if act in _WORK:
                touched.add(person)
            else:
                assert person not in touched
                closed += act == "close"
    assert closed > HISTORIES // 100


class _Task:
    """A task as its row tells: who accepted and handed in last, and the hands kept of parts that were undone."""

    def __init__(self) -> None:
        self.state = tasks.OPEN
        self.accepted_by: int | None = None
        self.handed_in_by: int | None = None
        self.hands: set[int] = set()

    def do(self, act: str, person: int) -> bool:
        """Do it if the rules allow it."""
        if act == "prove":
            self.hands.add(person)
            return True
        before, after = _ACTS[act]
        if self.state != before or not tasks.can_move(self.state, after):
            return False
        if act not in _WORK and tasks.did_the_work(
            person, accepted_by=self.accepted_by, handed_in_by=self.handed_in_by, hands=self.hands
        ):
            return False
        if act == "accept":
            self.accepted_by = person
        if act in {"hand_in", "rework", "take_back"}:
            self.hands |= {self.handed_in_by} - {None} | ({person} if act == "take_back" else set())
            self.handed_in_by = None if act == "take_back" else person
        self.state = after
        return True
