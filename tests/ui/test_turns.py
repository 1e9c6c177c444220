"""Long work of many visitors: a few at a time, first come first served, and nobody blocks it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.turns import Turns


def until(reached):
    """Wait for what other threads are about to do."""
    end = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.005)


def nothing():
    return None


@pytest.mark.parametrize("places", [1, 2, 3])
def test_no_more_are_at_work_than_there_are_places(places):
    turns, at_work, most = Turns(places), [], []

    def work(number):
        with turns.one(nothing):
            at_work.append(number)
            most.append(len(at_work))
            time.sleep(0.01)
            at_work.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert max(most) == places and len(most) == 24


def test_those_who_came_first_are_served_first():
    turns, asked, served = Turns(1), [], []

    def work(number):
        with turns.one(nothing):
            served.append(number)

    with ThreadPoolExecutor(6) as pool, turns.one(nothing):
        for number in range(6):
            asked.append(pool.submit(work, number))
            until(lambda: len(turns) == len(asked))
    assert served == list(range(6))


def test_who_gives_up_while_waiting_leaves_the_place_to_others():
    turns = Turns(1)

    def gone():
        raise InterruptedError

    def give_up():
        with turns.one(gone):
            raise AssertionError("this turn never came")

    def wait():
        with turns.one(nothing):
            return "served"

    with ThreadPoolExecutor(2) as pool:
        with turns.one(nothing):
            first, second = pool.submit(give_up), pool.submit(wait)
            with pytest.raises(InterruptedError):
                first.result(10)
        assert second.result(10) == "served"


def test_work_that_fails_leaves_its_place():
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns.one(nothing):
        raise ZeroDivisionError
    with turns.one(nothing):
        assert len(turns) == 0
