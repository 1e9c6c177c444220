"""Threads and processes: what a call needs it puts back, and a forked child answers."""

import os
import threading
import time

import numpy as np
import pytest
import torch

from mist_core.errors import ParameterError
from mist_core.inference.estimator import MISTEstimator
from mist_core.threads import alone, workers

# JAX, where another test has imported it, warns of every fork.
pytestmark = pytest.mark.filterwarnings("ignore:os.fork")
DATA = np.random.default_rng(0).standard_normal((2000, 20))
SIDES = DATA[:, :10], DATA[:, 10:]
CHILD_SECONDS = 120.0


@pytest.fixture(scope="module")
def mist(tiny_weights):
    return MISTEstimator.load(tiny_weights, "cpu")


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def in_a_new_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def in_a_forked_child(work):
    """What `work` returned there, as text; a child that hangs is ended, and the test fails."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    end = time.monotonic() + CHILD_SECONDS
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            os.kill(child, 9)
            os.waitpid(child, 0)
            pytest.fail("the forked child hangs")
        time.sleep(0.05)
    with os.fdopen(reading) as answer:
        return answer.read()


def test_workers_use_one_thread_each_and_are_begun_once():
    assert list(workers(2).map(lambda _: torch.get_num_threads(), range(4))) == [1] * 4
    assert workers(2) is workers(2)


def test_calls_that_overlap_leave_the_thread_counts_as_they_were(mist, three_threads):
    workers(5)  # begun while others are at work
    callers = [
        threading.Thread(target=mist.posteriors, args=([SIDES] * count,)) for count in (1, 3, 2, 1)
    ]
    for caller in callers:
        caller.start()
        time.sleep(0.02)
    for caller in callers:
        caller.join()
    assert torch.get_num_threads() == 3
    assert in_a_new_thread(torch.get_num_threads) == 3


def test_a_thread_that_works_alone_for_a_while_changes_no_other(three_threads):
    inside = threading.Event(), threading.Event()
    counts = []

    def work(mine, other):
        with alone():
            mine.set()
            assert other.wait(60)
            counts.append(torch.get_num_threads())
        counts.append(torch.get_num_threads())

    callers = [threading.Thread(target=work, args=order) for order in (inside, inside[::-1])]
    for caller in callers:
        caller.start()
    with alone():
        assert torch.get_num_threads() == 1
        assert in_a_new_thread(torch.get_num_threads) == 3
    for caller in callers:
        caller.join()
    assert sorted(counts) == [1, 1, 3, 3]
    assert torch.get_num_threads() == in_a_new_thread(torch.get_num_threads) == 3


def test_an_abandoned_call_leaves_no_work_behind(mist):
    def interrupted():
        yield from [SIDES] * 3
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mist.posteriors(interrupted())
    assert mist.posteriors([SIDES])


def test_a_forked_child_of_a_busy_parent_answers_as_its_parent(mist, three_threads):
    one, many = mist.posterior(*SIDES).mean, mist.posteriors([SIDES] * 3)[2].mean
    answers = in_a_forked_child(
        lambda: (mist.posterior(*SIDES).mean, mist.posteriors([SIDES] * 3)[2].mean)
    )
    assert eval(answers) == pytest.approx((one, many))
    assert torch.get_num_threads() == 3


def test_a_forked_child_finds_gradients(mist):
    x = torch.tensor(DATA[:, :3], requires_grad=True)
    y = torch.tensor(DATA[:, 3:5])
    mist.mutual_information(x, y).backward()

    def again():
        (gradient,) = torch.autograd.grad(mist.mutual_information(x, y), x)
        return torch.allclose(gradient, x.grad)

    assert in_a_forked_child(again) == "True"


def test_a_gpu_cannot_be_inherited_and_the_child_says_so(mist, monkeypatch):
    monkeypatch.setattr(MISTEstimator, "device", torch.device("cuda"))
    monkeypatch.setattr(mist, "_process", -1)
    with pytest.raises(ParameterError, match="forked process cannot use its parent's GPU"):
        mist.posterior(*SIDES)
