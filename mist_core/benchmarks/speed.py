"""How long an estimate takes, over rows and columns: ours beside its peers, on the same data."""

import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
import torch

from mist_core.benchmarks.base import Answer, Dataset, Estimator
from mist_core.benchmarks.estimators import SCIKIT_LEARN, estimator
from mist_core.benchmarks.journal import Journal
from mist_core.distributions.correlation import dense_correlation
from mist_core.distributions.elliptical import Multinormal

ROWS = (100, 1000, 10_000, 100_000)
DIMS = (1, 4, 16, 32)
OFF_DIAG = 0.25
SEED = 0
# Numbers of data in a batch, and datasets at most and at least: enough for all of a batch's gain.
BATCH_NUMBERS, BATCH, LEAST_BATCH = 1 << 20, 64, 8
PEERS = ("ksg", "cca", "mine", SCIKIT_LEARN)
ONE, MANY = "one estimate", "a batch"


@dataclass(frozen=True)
class Timed:
    """An estimator, and how it is asked.

    Attributes:
        estimator: whoever answers.
        task: ONE dataset at a time, or MANY, whose time they share.
    """

    estimator: Estimator
    task: str

    @property
    def key(self) -> str:
        """What its times are kept under."""
        return f"{self.estimator.name}, {self.task}, {self.estimator.identity}"

    def ask(self, datasets: list[Dataset]) -> Answer:
        """The first answer, with the seconds for one dataset."""
        return self.estimator.answer(datasets if self.task == MANY else datasets[:1])[0]


def entered(ours: Estimator, limit: float) -> list[Timed]:
    """Ours in a batch and alone, then its peers.

    Args:
        ours: answers in batches, too.
        limit: seconds for one estimate of a peer.
    """
    peers = [Timed(estimator(name, limit), ONE) for name in PEERS]
    return [Timed(ours, MANY), Timed(ours, ONE), *peers]


def measure_table(
    timed: Sequence[Timed],
    journal: Journal,
    *,
    rows: Sequence[int] = ROWS,
    dims: Sequence[int] = DIMS,
    repeats: int = 5,
    limit: float = 60.0,
    progress: Callable[[int], None] = lambda count: None,
) -> pd.DataFrame:
    """Times all at every shape, on dense Gaussian data.

    Args:
        timed: in turn at each shape, so that whatever else the machine does slows all.
        journal: shapes that have been timed are not timed again.
        rows, dims: values of n, ascending, and of the columns a side.
        repeats: timed runs; a first one is not counted.
        limit: who would take longer for one estimate is left out from there on.
        progress: called with the number of cells after each shape.

    Returns:
        A row a cell: `estimator`, `task`, `n_samples`, `dim_x`, `dim_y`, `batch` (datasets),
        `repeats`, `seconds` (median for one dataset), `truth`, `estimate` (nats), `failure`.
    """
    for number, (dim, n) in enumerate(itertools.product(dims, rows)):
        waiting = [one for one in timed if number not in journal.finished(one.key)]
        slow = {one: row for one in waiting if (row := _left_out(journal, one, dim, n, limit))}
        at_work = [one for one in waiting if one not in slow]
        for one, row in (*slow.items(), *time_in_turn(at_work, dim, n, repeats)):
            journal.add(one.key, {number: row})
        progress(len(timed))
    rows = [row for one in timed for row in journal.records(one.key)]
    return pd.DataFrame(rows).drop(columns="spent")


def time_in_turn(
    at_work: Sequence[Timed], dim: int, n: int, repeats: int, batch: int | None = None
) -> Iterator[tuple[Timed, dict]]:
    """Rows of `measure_table` at one shape, with `spent`: the seconds that the last answer took.

    All answer once a round; the first round is the warm-up, and who fails drops out.

    Args:
        at_work: whom to time.
        dim, n: columns a side, and rows.
        repeats: rounds that count.
        batch: datasets in a batch; unless given as many as fit, at most BATCH.
    """
    datasets = _datasets(dim, n, batch or _fitting(dim, n))
    answers: dict[Timed, list[Answer]] = {one: [] for one in at_work}
    for _ in range(1 + repeats):
        for one, given in answers.items():
            if not (given and given[-1].failure):
                given.append(one.ask(datasets))
    for one, given in answers.items():
        last, size = given[-1], len(datasets) if one.task == MANY else 1
        known = {"truth": datasets[0].truth, "batch": size, "spent": last.seconds}
        if last.failure:
            known |= {"failure": last.failure}
        else:
            seconds = statistics.median(answer.seconds for answer in given[1:])
            known |= {"seconds": seconds, "repeats": repeats, "estimate": last.estimate}
        yield one, _row(one, dim, n) | known


def _left_out(journal: Journal, timed: Timed, dim: int, n: int, limit: float) -> dict | None:
    """The row of one that is too slow: its time grows at least as n does."""
    smaller = [row for row in journal.records(timed.key) if row["dim_x"] == dim]
    last = max(smaller, key=lambda row: row["n_samples"], default=None)
    if last is None or last["spent"] * n / last["n_samples"] <= limit:
        return None
    spent = last["spent"] * n / last["n_samples"]
    failure = f"Left out: it would take about {spent:.0f} s or more, and {limit:g} s is the limit."
    return _row(timed, dim, n) | {"spent": spent, "failure": failure}


def _row(timed: Timed, dim: int, n: int) -> dict:
    """A row without its measurement; `spent` are seconds known or foreseen, of a failure, too."""
    shape = {"n_samples": n, "dim_x": dim, "dim_y": dim}
    unknown = dict.fromkeys(("batch", "repeats", "seconds", "truth", "estimate", "failure"))
    return {"estimator": timed.estimator.name, "task": timed.task} | shape | unknown


def _fitting(dim: int, n: int) -> int:
    """Datasets of a shape that a batch has room for."""
    return min(BATCH, max(LEAST_BATCH, BATCH_NUMBERS // (2 * n * dim)))


def _datasets(dim: int, n: int, count: int) -> list[Dataset]:
    """A batch of dense Gaussian datasets of one shape."""
    law = Multinormal(dense_correlation(dim, dim, torch.full((count,), OFF_DIAG)), dim)
    x, y = law.sample(n, generator=torch.Generator().manual_seed(SEED))
    return [Dataset(*sides) for sides in zip(x, y, law.mutual_information().tolist(), strict=True)]
