import resource
import subprocess
import sys
from multiprocessing import Pipe
from threading import Thread

import pytest

from heli.engines.alignment import shares
from heli.engines.alignment.verdicts import compare

TEXTS = ["收缴党费", "党费按月收缴", "机房巡检", "召开组织生活会"]

STARTS_A_CREW = """
import time
from heli.engines.alignment import shares
started = shares._start()
print("started", flush=True)
time.sleep(60)
"""


def test_a_share_is_read_and_judged_as_it_is_told():
    here, there = Pipe()
    worker = Thread(target=shares.serve, args=(there,))
    worker.start()

    here.send(TEXTS[1:])
    read = here.recv()
    here.send([*shares._briefs(TEXTS[:1]), *read])
    here.send(([(0, 1), (0, 2)], 0.5))

    assert here.recv() == {(0, 1): compare(TEXTS[0], TEXTS[1])}
    worker.join()


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_crew_reads_in_order_and_judges_every_pair(processes):
    pairs = [(0, 1), (0, 2), (3, 3)]

    with shares.crew(processes) as crew:
        briefs = crew.read(TEXTS)
        judged = crew.judge(pairs, 0.0)

    assert [brief.source for brief in briefs] == TEXTS
    assert judged == {(i, j): compare(TEXTS[i], TEXTS[j]) for i, j in pairs}


def test_a_crew_larger_than_its_work_still_does_it():
    with shares.crew(3) as crew:
        assert [brief.source for brief in crew.read(TEXTS[:1])] == TEXTS[:1]
        assert crew.judge([], 0.5) == {}


def test_a_process_that_ends_too_early_is_lost():
    line, process = shares._start()
    process.kill()
    process.wait()

    with pytest.raises(shares.Lost):
        shares.Crew([line]).read(TEXTS)


def test_a_process_that_cannot_be_started_is_lost_and_leaves_no_line(monkeypatch):
    made = []

    def pipe():
        made.extend(Pipe())
        return made[-2:]

    monkeypatch.setattr(shares, "Pipe", pipe)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(shares.Lost), shares.crew(3):
        pass

    assert [line.closed for line in made] == [True, True]


def test_a_line_that_cannot_be_opened_is_lost():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        with pytest.raises(shares.Lost), shares.crew(2):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_process_ends_with_its_line():
    line, process = shares._start()

    line.close()

    assert process.wait(timeout=30) == 0


def test_nothing_is_left_when_who_started_it_is_killed():
    starter = subprocess.Popen([sys.executable, "-c", STARTS_A_CREW], stdout=subprocess.PIPE)
    starter.stdout.readline()

    starter.kill()

    starter.communicate(timeout=30)  # the output ends when the last process that could write to it has ended


def test_at_most_four_processors_are_used():
    assert 1 <= shares.processors() <= shares.MOST
