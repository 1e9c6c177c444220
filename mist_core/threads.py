"""Torch's threads: one for each worker of a pool, or for this thread for a while, and no others.

Torch keeps two counts of its own threads: one that every new thread begins with, and one of each
thread. Setting the latter sets the former, too. Here it is put back at once: calls that overlap in
time find nothing changed.
"""

import functools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

Result = TypeVar("Result")
_lock = threading.Lock()
_most_cores: int | None = None


def cores() -> int:
    """Threads that may work side by side: one a core, unless this process shares them."""
    return _most_cores or os.cpu_count() or 1


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Inside, so many cores are used: the others are left to other processes."""
    global _most_cores
    before, _most_cores = _most_cores, count
    try:
        yield
    finally:
        _most_cores = before


@contextmanager
def alone() -> Iterator[None]:
    """Inside, torch uses this thread alone; others, and those that begin, keep their counts."""
    before = torch.get_num_threads()
    with _lock:
        _set_here(1)
    try:
        yield
    finally:
        with _lock:
            _set_here(before)


def workers(count: int) -> ThreadPoolExecutor:
    """The pool of `count` threads, in which torch uses no threads beside; it is never shut down."""
    with _lock:
        return _pool(count)


@functools.cache
def _pool(count: int) -> ThreadPoolExecutor:
    before = _in_a_new_thread(torch.get_num_threads)
    pool = ThreadPoolExecutor(count, thread_name_prefix="mist", initializer=_stand_alone)
    all_begun = threading.Barrier(count + 1)  # a pool begins a thread only if no other is idle
    for _ in range(count):
        pool.submit(all_begun.wait)
    all_begun.wait()
    _in_a_new_thread(lambda: torch.set_num_threads(before))
    return pool


def _stand_alone() -> None:
    torch.get_num_threads()  # first, since the first look takes what new threads begin with
    torch.set_num_threads(1)


def _set_here(count: int) -> None:
    of_new_threads = _in_a_new_thread(torch.get_num_threads)
    torch.set_num_threads(count)
    _in_a_new_thread(lambda: torch.set_num_threads(of_new_threads))


def _in_a_new_thread(work: Callable[[], Result]) -> Result:
    """Its result there: the count of this thread stays as it is."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def _begin_again() -> None:
    """What a forked child needs: OpenMP's threads stay behind, and waiting for them takes forever.

    Torch's own data loaders do the same in their workers.
    """
    global _lock
    _lock = threading.Lock()
    _pool.cache_clear()
    torch.set_num_threads(1)


os.register_at_fork(after_in_child=_begin_again)
