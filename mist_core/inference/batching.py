"""Many pairs of arrays as few batches: equal shapes together, bounded memory, a thread a core."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from mist_core.threads import workers

# Numbers that the statistics of one batch may hold, 8 bytes each: 32 datasets of 500 rows and 32
# columns. A CPU gains nothing from more, and from a hundred on it loses its cache.
BATCH_NUMBERS = 1 << 22
# Numbers of data that may wait for batch mates, of all shapes together: 256 MiB.
WAITING_NUMBERS = 1 << 25
Result = TypeVar("Result")


@dataclass(frozen=True)
class Stack:
    """Pairs of one shape.

    Attributes:
        places: where each stood among all pairs.
        x, y: (B, n, p) and (B, n, q).
    """

    places: tuple[int, ...]
    x: Tensor
    y: Tensor


def side_by_side(
    work: Callable[[Stack], Result], stacks: Iterable[Stack], threads: int
) -> Iterator[tuple[Stack, Result]]:
    """Each stack with its result, in order; no more are read than threads can work on.

    Torch and NumPy leave Python's lock, and the many small steps of a batch keep one core busy:
    torch's own threads, which would share each step, only wait for one another.
    """
    running: deque = deque()
    pool = workers(threads)
    try:
        for stack in stacks:
            running.append((stack, pool.submit(work, stack)))
            if len(running) > threads:
                first, result = running.popleft()
                yield first, result.result()
        while running:
            stack, result = running.popleft()
            yield stack, result.result()
    finally:
        for _, result in running:
            result.cancel()
        wait([result for _, result in running])  # what is at work holds memory


def batches(
    pairs: Iterable[tuple[int, Tensor, Tensor]],
) -> Iterator[Stack]:
    """Stack pairs of equal shape, as many as fit; what waits for mates is bounded, too."""
    waiting: dict[tuple, list] = defaultdict(list)
    held = 0
    for place, x, y in pairs:
        shapes = (x.shape, y.shape)
        waiting[shapes].append((place, x, y))
        held += x.numel() + y.numel()
        if len(waiting[shapes]) * _numbers_needed(x, y) >= BATCH_NUMBERS:
            held -= len(waiting[shapes]) * (x.numel() + y.numel())
            yield _stack(waiting.pop(shapes))
        if held > WAITING_NUMBERS:
            yield from map(_stack, waiting.values())
            waiting.clear()
            held = 0
    yield from map(_stack, waiting.values())


def _numbers_needed(x: Tensor, y: Tensor) -> int:
    """Roughly what the statistics of one pair hold: copies of its columns."""
    return 8 * (x.numel() + y.numel())


def _stack(group: list) -> Stack:
    places, x, y = zip(*group, strict=True)
    return Stack(places, torch.stack(x), torch.stack(y))
