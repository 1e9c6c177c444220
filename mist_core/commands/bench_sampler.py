"""`python -m mist_core bench-sampler`: datasets a second, beside bmi's sampler in the same run.

All draw the published mix of families, n and dimensions, with the truth of each dataset, but for
one: that draws general laws of up to 1,000 rows. The last one learns: how many datasets a second
the steps of a training take in, their statistics ready.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
import torch

from mist_core.benchmarks import provenance
from mist_core.benchmarks.baselines.installed import require_bmi
from mist_core.commands.options import count, positive
from mist_core.distributions.additive import AdditiveUniform
from mist_core.distributions.base import Law
from mist_core.distributions.elliptical import StudentT
from mist_core.distributions.numerics.randomness import Source, source
from mist_core.interrupts import quiet_children
from mist_core.networks.law_classifier import recognition_loss
from mist_core.networks.registry import build_network
from mist_core.networks.scoring import training_loss, witness_loss
from mist_core.paths import RESULTS
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.general import General
from mist_core.priors.paper import (
    PAPER_BASES,
    PAPER_DIMS,
    PAPER_FAMILIES,
    PAPER_ROWS,
    PAPER_TRAIN,
    Paper,
)
from mist_core.statistics import summary as summaries
from mist_core.training.architectures import ARCHITECTURES
from mist_core.training.labels import blocks_in, held
from mist_core.training.shards import DATASETS_A_DRAW

ENTROPY = 0
GENERAL_ROWS = (10, 1000)
TRAINED_BATCH = 512


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--seconds", type=positive, default=20.0, help="for each of the samplers")
    parser.add_argument("--processes", type=count, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS / "sampler", help="without its ending")


def main(options: argparse.Namespace) -> None:
    """Measures the samplers one after the other, prints and stores their rates."""
    start = time.perf_counter()
    rates = {}
    for name in SAMPLERS:
        rates[name] = measure(name, seconds=options.seconds, processes=options.processes)
        print(
            f"{name:<32}{rates[name].total:8.0f} datasets/s"
            f"{rates[name].per_core:8.0f} in a second of one core's time",
            flush=True,
        )
    command = ["bench-sampler", "--seconds", f"{options.seconds:g}"]
    command += ["--processes", str(options.processes)]
    summary = provenance.provenance(command, {}, time.perf_counter() - start)
    scores = {name: asdict(rate) for name, rate in rates.items()}
    provenance.save_result(options.out, summary | {"datasets_a_second": scores})
    print(f"with {options.processes} processes on {summary['hardware']['cpu']}")


@dataclass(frozen=True)
class Rate:
    """Datasets a second.

    Attributes:
        total: of wall-clock time, all processes together: what a training run gets.
        per_core: of processor time: the same however busy the machine is.
    """

    total: float
    per_core: float


def measure(name: str, *, seconds: float, processes: int = 1) -> Rate:
    """How fast a sampler is with each process on one thread, start and first draws left out.

    Args:
        name: key of `SAMPLERS`.
        seconds: wall-clock time of the measurement.
        processes: how many draw at once, each from a stream of its own.
    """
    context = get_context("spawn")
    barrier = context.Barrier(processes)
    with quiet_children():
        pool = context.Pool(processes, initializer=_share, initargs=(barrier,))
    with pool:
        work = [(name, number, seconds) for number in range(processes)]
        totals, per_core = zip(*pool.starmap(_rates, work, chunksize=1), strict=True)
    return Rate(sum(totals), statistics.mean(per_core))


def with_statistics(
    meta: MetaDistribution, blocks: tuple[str, ...], randomness: Source
) -> Iterator[int]:
    """Draws batches of one shape and computes these statistics; yields the datasets in each."""
    while True:
        batch = meta.draw(DATASETS_A_DRAW, randomness)
        for piece in summaries.pieces(batch.x, batch.y):
            summaries.summarize(summaries.views(*piece, hashed=False), blocks)
        yield DATASETS_A_DRAW


def with_training(randomness: Source) -> Iterator[int]:
    """Steps of `general`'s training on a batch of its laws; yields the datasets in each.

    The batch is always the same: what a step costs does not hang on what it holds.
    """
    network = build_network(ARCHITECTURES["statistics"])
    batch = General(rows=GENERAL_ROWS).draw(TRAINED_BATCH, randomness)
    inputs = network.collate([network.prepare_draws(batch.x, batch.y)])
    network.fit_inputs(inputs)
    truth, known = batch.mutual_information.float(), held(blocks_in(batch), network.kinds)
    optimiser = torch.optim.AdamW(network.parameters())
    while True:
        with torch.enable_grad():
            prediction = network.train()(inputs)
            loss = training_loss(prediction, truth) + witness_loss(prediction, truth)
            (loss + recognition_loss(prediction.kinds, known)).backward()
        optimiser.step()
        optimiser.zero_grad()
        yield TRAINED_BATCH


def with_bmi(randomness: Source) -> Iterator[int]:
    """Draws the same laws with bmi's samplers, one at a time, without any statistics."""
    while True:
        n_samples = int(randomness.rng.integers(*PAPER_ROWS, endpoint=True))
        dim = int(randomness.rng.integers(*PAPER_DIMS, endpoint=True))
        family = PAPER_FAMILIES[randomness.rng.choice(PAPER_TRAIN)]
        sampler = _bmi_sampler(PAPER_BASES[family.base](dim, 1, randomness), family.transform)
        x, y = sampler.sample(n_samples, int(randomness.rng.integers(2**31)))
        np.asarray(x), np.asarray(y), float(sampler.mutual_information())
        yield 1


SAMPLERS: dict[str, Callable[[Source], Iterator[int]]] = {
    "Gaussian and radial statistics": lambda s: with_statistics(
        Paper(), summaries.GAUSSIAN_BLOCKS, s
    ),
    "all statistics": lambda s: with_statistics(Paper(), summaries.PRESENT_BLOCKS, s),
    "general laws, all statistics": lambda s: with_statistics(
        General(rows=GENERAL_ROWS), summaries.PRESENT_BLOCKS, s
    ),
    "bmi's sampler, no statistics": with_bmi,
    "training, statistics ready": with_training,
}


def _share(barrier: Barrier) -> None:
    """Sets a process up: one thread, and the barrier at which all start measuring."""
    global _barrier
    _barrier = barrier
    torch.set_num_threads(1)


def _rates(name: str, number: int, seconds: float) -> tuple[float, float]:
    """Datasets a second of wall-clock and of processor time, in this process."""
    draws = SAMPLERS[name](source(np.random.SeedSequence(ENTROPY, spawn_key=(number,))))
    with torch.no_grad():
        next(draws)
        _barrier.wait()
        start, busy, count = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - start < seconds:
            count += next(draws)
    return count / (time.perf_counter() - start), count / (time.process_time() - busy)


def _bmi_sampler(law: Law, transform: str):
    """bmi's sampler of a batch of one law."""
    require_bmi()
    import jax.numpy as jnp
    from bmi import samplers, transforms
    from bmi.benchmark.tasks import wiggly

    maps = {
        "base": (None, None),
        "halfcube": (transforms.half_cube, transforms.half_cube),
        "asinh": (jnp.arcsinh, jnp.arcsinh),
        "wiggly": (wiggly.wiggly_x, wiggly.wiggly_y),
    }
    return samplers.TransformedSampler(_bmi_base(law, samplers), *maps[transform])


def _bmi_base(law: Law, samplers):
    if isinstance(law, AdditiveUniform):
        columns = [samplers.AdditiveUniformSampler(float(e)) for e in law.epsilon[0]]
        return samplers.IndependentConcatenationSampler(columns)
    dims = {"dim_x": law.dim_x, "dim_y": law.dim_y}
    if isinstance(law, StudentT):
        dispersion = law.dispersion[0].numpy()
        return samplers.SplitStudentT(df=law.df[0].item(), dispersion=dispersion, **dims)
    return samplers.SplitMultinormal(covariance=law.covariance[0].numpy(), **dims)
