"""Pairs wait for mates of their shape, in bounded number, and are worked on side by side."""

import threading

import pytest
import torch

from mist_core.inference import batching


def pairs(rows):
    return ((place, torch.zeros(n, 1), torch.zeros(n, 1)) for place, n in enumerate(rows))


def test_pairs_of_one_shape_stand_together():
    found = {stack.places: stack.x.shape for stack in batching.batches(pairs([10, 12, 10]))}
    assert found == {(0, 2): (2, 10, 1), (1,): (1, 12, 1)}


def test_pairs_are_not_hoarded(monkeypatch):
    monkeypatch.setattr(batching, "WAITING_NUMBERS", 100)
    stacks = list(batching.batches(pairs(range(20, 50))))
    assert max(len(stack.places) for stack in stacks) == 1
    read = []
    endless = (read.append(pair) or pair for pair in pairs([10] * 99))
    next(batching.batches(endless))
    assert len(read) == 6  # the sixth pair of 20 numbers is one too many for 100


def test_a_lonely_pair_waits_for_mates_while_others_come_and_go(monkeypatch):
    two_pairs = 2 * batching._numbers_needed(torch.zeros(10, 1), torch.zeros(10, 1))
    monkeypatch.setattr(batching, "BATCH_NUMBERS", two_pairs)
    monkeypatch.setattr(batching, "WAITING_NUMBERS", 100)
    found = [stack.places for stack in batching.batches(pairs([11, *[10] * 20]))]
    assert found == [(place, place + 1) for place in range(1, 20, 2)] + [(0,)]


def test_results_come_in_the_order_of_the_stacks_and_no_stack_is_read_too_early():
    first_may_end = threading.Event()
    stacks = [batching.Stack((k,), torch.zeros(1), torch.zeros(1)) for k in range(6)]
    read = []

    def work(stack):
        if stack.places == (0,):
            assert first_may_end.wait(30)
        else:
            first_may_end.set()
        return 10 * stack.places[0]

    source = (read.append(stack) or stack for stack in stacks)
    results = batching.side_by_side(work, source, 2)
    assert next(results)[1] == 0
    assert len(read) == 3
    assert [result for _, result in results] == [10, 20, 30, 40, 50]


def test_what_goes_wrong_in_a_thread_is_raised_here():
    stacks = [batching.Stack((0,), torch.zeros(1), torch.zeros(1))]
    with pytest.raises(ZeroDivisionError):
        list(batching.side_by_side(lambda stack: 1 / 0, stacks, 2))
