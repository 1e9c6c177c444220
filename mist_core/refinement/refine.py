"""A network's answer to a dataset, made better by what critics learn from its rows."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor

from mist_core.errors import ParameterError
from mist_core.paths import HEAD
from mist_core.refinement.coordinates import without_copies
from mist_core.refinement.evidence import LEAST_ROWS, Evidence, gather
from mist_core.refinement.head import Answer, RefineHead, load_head
from mist_core.threads import alone

LEAST_SECONDS, MOST_SECONDS = 1.0, 600.0
SEED = 0
# Called with the share that is done; False ends the training, an exception ends it all.
Progress = Callable[[float], bool | None]


@dataclass(frozen=True)
class Refined:
    """What is known after critics learned: mean, quantiles (L,) in nats, and the evidence."""

    mean: float
    quantiles: tuple[float, ...]
    evidence: Evidence


def refine(
    x: Tensor, y: Tensor, answer: Answer, seconds: float, progress: Progress | None
) -> Refined:
    """Weigh a network's answer against what critics prove on the rows.

    Args:
        x, y: (n, p) and (n, q), finite.
        answer: of the network to this dataset alone.
        seconds: how long critics may learn, on two cores of a laptop; a fixed number of steps.
        progress: see `Progress`.

    Raises:
        ParameterError: seconds out of range.
        WeightsError: the head's file is missing or damaged.
    """
    require_seconds(seconds)
    start = time.perf_counter()
    x, y = without_copies(x, y)
    if len(x) < LEAST_ROWS:
        return _unchanged(answer, len(x))
    head = _head()
    report = functools.partial(_goes_on, progress)
    with alone():  # critics are small: torch's threads would wait for one another
        found = gather(x[None], y[None], seconds, SEED, report)
    with torch.inference_mode():
        mean, quantiles = head(found.numbers.cpu(), answer)
    evidence = Evidence(
        found.bound.value.item(),
        found.bound.standard_error.item(),
        found.steps,
        time.perf_counter() - start,
        found.cut_short,
    )
    return Refined(mean.item(), tuple(quantiles[0].tolist()), evidence)


def require_seconds(seconds: float) -> None:
    """Raise ParameterError unless critics may learn for so long."""
    if not isinstance(seconds, Real) or not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise ParameterError(
            f"seconds: expected {LEAST_SECONDS:g} to {MOST_SECONDS:g}, got {seconds!r:.80}."
        )


def _goes_on(progress: Progress | None, share: float) -> bool:
    return progress is None or progress(share) is not False


def _unchanged(answer: Answer, rows: int) -> Refined:
    note = (
        f"{rows} different rows are too few to learn from: refining begins at {LEAST_ROWS}, and "
        "the instant answer stands."
    )
    evidence = Evidence(None, None, 0, 0.0, False, note)
    return Refined(answer.mean.item(), tuple(answer.quantiles[0].tolist()), evidence)


@functools.cache
def _head() -> RefineHead:
    return load_head(HEAD)
