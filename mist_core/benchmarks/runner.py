"""Asks estimators about the cells of a benchmark, in threads, keeping each finished row at once."""

import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from mist_core.benchmarks.base import Answer, Dataset, Estimator
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.tasks import Cell, quantile_columns

# Numbers of data drawn at a time: enough batch mates, and not much lost to a kill.
NUMBERS = 1 << 21

Place = tuple[int, Cell, int]  # number of a dataset in the benchmark, its cell, its draw


def evaluate(
    estimator: Estimator,
    cells: Sequence[Cell],
    journal: Journal,
    *,
    every: int = 1,
    jobs: int | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> list[dict]:
    """Has one estimator answer a benchmark; rows that the journal holds are not asked for again.

    Args:
        estimator: an answer of its that is a failure becomes a row like the others.
        cells: of the benchmark, always in the same order.
        journal: where rows are kept.
        every: only every k-th bundle of draws, spread evenly at random over the benchmark.
        jobs: parts at work side by side; by default one a core, for torch and the baselines'
            processes leave Python's lock.
        progress: called with the number of datasets after each step.

    Returns:
        Records for `cells.tidy`, in the order of the benchmark.
    """
    finished = journal.finished(estimator.key)
    wanted = chosen(cells, every)
    missing = [place for place in wanted if place[0] not in finished]
    progress(len(wanted) - len(missing))

    def work(part: list[Place]) -> None:
        datasets = list(_draw(part))
        for step in [datasets] if estimator.batched else [[dataset] for dataset in datasets]:
            answers = estimator.answer(step)
            rows = zip(step, answers, strict=True)
            journal.add(
                estimator.key, {d.number: _record(estimator, d, answer) for d, answer in rows}
            )
            progress(len(step))

    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        for _ in pool.map(work, _parts(missing)):
            pass  # an error of ours in a thread is raised here
    return journal.records(estimator.key, {number for number, *_ in wanted})


def chosen(cells: Sequence[Cell], every: int = 1) -> list[Place]:
    """Every k-th bundle of datasets, after a shuffle that is always the same one.

    Without the shuffle k might share a factor with the grid, and one n alone be left.
    """
    places = list(_places(cells))
    bundles = list(dict.fromkeys(cell.bundle(draw) for _, cell, draw in places))
    order = np.random.default_rng(0).permutation(len(bundles))
    kept = {bundles[number] for number in order[::every]}
    return [place for place in places if place[1].bundle(place[2]) in kept]


def _places(cells: Sequence[Cell]) -> Iterator[Place]:
    pairs = ((cell, draw) for cell in cells for draw in range(cell.draws))
    return ((number, cell, draw) for number, (cell, draw) in enumerate(pairs))


def _parts(places: Iterable[Place]) -> Iterator[list[Place]]:
    """Datasets of one shape, as many as fit; the small ones first."""

    def shape(place: Place) -> tuple[int, int, int]:
        return place[1].n_samples, place[1].dim_x, place[1].dim_y

    for (n, dim_x, dim_y), group in itertools.groupby(sorted(places, key=shape), key=shape):
        size = min(64, max(1, NUMBERS // (n * (dim_x + dim_y))))
        while part := list(itertools.islice(group, size)):
            yield part


def _draw(part: list[Place]) -> Iterator[Dataset]:
    for cell, group in itertools.groupby(part, key=lambda place: place[1]):
        numbers, _, draws = zip(*group, strict=True)
        yield from cell.datasets(draws, first=numbers[0] - draws[0])


def _record(estimator: Estimator, dataset: Dataset, answer: Answer) -> dict:
    """A row of the result table; what is not known is None, as JSON has no NaN."""
    values = {"truth": dataset.truth, "estimate": answer.estimate, "seconds": answer.seconds}
    if answer.quantiles is not None:
        values |= dict(zip(quantile_columns(), answer.quantiles, strict=True))
    known = {k: None if v is None or math.isnan(v) else v for k, v in values.items()}
    names = {"estimator": estimator.name} | dataset.key
    return names | known | {"failure": answer.failure}
