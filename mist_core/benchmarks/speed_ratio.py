"""How long one estimate takes beside KSG on the same data, alone and in a batch."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from mist_core.benchmarks.baselines.estimators import estimate_baseline
from mist_core.distributions.correlation import dense_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.errors import BaselineError
from mist_core.inference.estimator import MISTEstimator

N_SAMPLES = 500
DIM = 16
BATCH = 256
OFF_DIAG = 0.25
SEED = 0


@dataclass(frozen=True)
class Speed:
    """Seconds an estimate at n = N_SAMPLES, DIM columns a side; medians over `repeats`.

    Attributes:
        ksg: bmi's KSG, timed inside its own process, without the transport.
        single: one `MISTEstimator.posterior` call.
        batched: one of BATCH in a `MISTEstimator.posteriors` call.
        repeats: runs of each, one after the other in turn; a first one is not counted.
    """

    ksg: float
    single: float
    batched: float
    repeats: int

    def ratios(self) -> dict[str, float]:
        """Time over KSG's: below 1 is faster."""
        return {"single": self.single / self.ksg, "batched": self.batched / self.ksg}


def measure(estimator: MISTEstimator, repeats: int = 5) -> Speed:
    """Times the three in turn, so that whatever else the machine does slows all alike.

    Raises:
        BaselineError: KSG gave no estimate.
    """
    law = Multinormal(dense_correlation(DIM, DIM, torch.full((BATCH,), OFF_DIAG)), DIM)
    x, y = law.sample(N_SAMPLES, generator=torch.Generator().manual_seed(SEED))
    pairs = list(zip(x.numpy(), y.numpy(), strict=True))
    rounds = [
        (
            _ksg_seconds(*pairs[0]),
            _seconds(lambda: estimator.posterior(*pairs[0])),
            _seconds(lambda: estimator.posteriors(pairs)) / BATCH,
        )
        for _ in range(1 + repeats)
    ]
    return Speed(*map(statistics.median, zip(*rounds[1:], strict=True)), repeats)


def render(speed: Speed, hardware: dict) -> str:
    """The measurement as a small table for a terminal."""
    ratios = speed.ratios()
    return "\n".join(
        [
            f"n = {N_SAMPLES}, {DIM} + {DIM} columns; medians of {speed.repeats}, warm-up left out",
            f"{hardware['cpu']}; cores: {hardware['cores']}, threads: {hardware['threads']}, "
            f"GPU: {hardware['gpu'] or 'none'}",
            f"  bmi's KSG             {1e3 * speed.ksg:8.1f} ms",
            f"  MIST, one estimate    {1e3 * speed.single:8.1f} ms   {ratios['single']:.2f} of KSG",
            f"  MIST, {BATCH} at once, each {1e3 * speed.batched:6.1f} ms   "
            f"{ratios['batched']:.2f} of KSG",
        ]
    )


def _ksg_seconds(x: np.ndarray, y: np.ndarray) -> float:
    result = estimate_baseline("ksg", x, y)
    if result.failure:
        raise BaselineError(result.failure)
    return result.seconds


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
