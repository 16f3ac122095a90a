"""Reading and judging of many texts by as many processes as there are processors.

A process of its own is told over a line what to do, in this order: texts to read, what is compared of all texts, pairs
to judge. Each answer rests on the texts alone, so that it is the same whoever gives it. A process ends when its line
is closed, also when whoever started it was killed.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

from heli.engines.alignment import features, verdicts
from heli.engines.alignment.features import Brief, Profile
from heli.engines.alignment.frames import read
from heli.engines.alignment.verdicts import Verdict

MOST = 4
"""Processes beyond which the search for candidates, which is not shared, takes most of the time."""

Pairs: TypeAlias = Sequence[tuple[int, int]]
Judged: TypeAlias = dict[tuple[int, int], Verdict]

_ROOT = Path(__file__).parents[3]


class Lost(Exception):
    """A process that shared the work could not be started or ended before it answered; it can be done without it."""


def processors() -> int:
    """How many processors this process may use, up to `MOST`."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST)


def _briefs(texts: Sequence[str]) -> list[Brief]:
    return [features.brief(read(text)) for text in texts]


def _profiles(briefs: Sequence[Brief]) -> list[Profile]:
    return [features.profile(each, verdicts.weigh) for each in briefs]


def _judged(profiles: Sequence[Profile], pairs: Pairs, at_least: float) -> Judged:
    found = ((pair, verdicts.judge(profiles[pair[0]], profiles[pair[1]], at_least)) for pair in pairs)
    return {pair: verdict for pair, verdict in found if verdict is not None}


def serve(line: Connection) -> None:
    """Do a share of the work as it is told over the line."""
    line.send(_briefs(line.recv()))
    profiles = _profiles(line.recv())
    line.send(_judged(profiles, *line.recv()))


class Crew:
    """This process and those that share its work; `lines` lead to the latter and may be none."""

    def __init__(self, lines: Sequence[Connection]) -> None:
        self._lines = lines
        self._briefs: list[Brief] = []

    def read(self, texts: Sequence[str]) -> list[Brief]:
        """Read texts; raises Lost."""
        step = len(self._lines) + 1
        self._tell([texts[at::step] for at in range(1, step)])
        shares = [_briefs(texts[::step]), *self._answers()]
        self._briefs = [shares[at % step][at // step] for at in range(len(texts))]
        self._tell([self._briefs] * len(self._lines))
        return self._briefs

    def judge(self, pairs: Pairs, at_least: float) -> Judged:
        """Judge pairs of the texts read; those that score less than `at_least` are left out. Raises Lost."""
        size = -(-len(pairs) // (len(self._lines) + 1))
        profiles = _profiles(self._briefs)
        self._tell([(pairs[size * at : size * (at + 1)], at_least) for at in range(1, len(self._lines) + 1)])
        found = _judged(profiles, pairs[:size], at_least)
        for answer in self._answers():
            found |= answer
        return found

    def _tell(self, words: Sequence[Any]) -> None:
        try:
            for line, word in zip(self._lines, words, strict=True):
                line.send(word)
        except OSError as problem:
            raise Lost from problem

    def _answers(self) -> list[Any]:
        try:
            return [line.recv() for line in self._lines]
        except (OSError, EOFError) as problem:
            raise Lost from problem


@contextmanager
def crew(processes: int) -> Iterator[Crew]:
    """This process with others beside it, `processes` in all; they end with the block. Raises Lost."""
    started: list[tuple[Connection, subprocess.Popen[bytes]]] = []
    try:
        started.extend(_start() for _ in range(processes - 1))
        yield Crew([line for line, _ in started])
    finally:
        for line, process in started:
            line.close()
            process.kill()
            process.wait()


def _start() -> tuple[Connection, subprocess.Popen[bytes]]:
    """Start a process and return the line to it; raises Lost, with nothing left open, where the system refuses."""
    try:
        here, there = Pipe()
    except OSError as problem:
        raise Lost from problem
    with there:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
            )
        except OSError as problem:
            here.close()
            raise Lost from problem
    return here, process


def main(descriptor: str) -> None:
    """Serve the line of that file descriptor until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells every process of the group; the line will close
    gc.disable()
    with Connection(int(descriptor)) as line:
        try:
            serve(line)
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main(sys.argv[1])
