"""Stored estimates made again, a few of them, to see whether they come out the same."""

import functools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from mist_core.benchmarks.base import Dataset, Estimator
from mist_core.benchmarks.consistency import check_cells
from mist_core.benchmarks.consistency_scores import summarize_checks
from mist_core.benchmarks.tasks import Cell
from mist_core.leaderboard.dataset_link import BenchmarkDataset

SEED = 0


def choose(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """`count` rows of a result table, spread at random, always the same ones."""
    places = np.random.default_rng(SEED).permutation(len(rows))[:count]
    return rows.iloc[np.sort(places)]


def replay(benchmark: str, rows: pd.DataFrame, judged: Estimator) -> Iterator[dict]:
    """Answers the datasets of some rows again, one after the other.

    Yields:
        Records `task`, `family`, `part`, `n_samples`, `dim_x`, `seed`, `truth`, `stored`, `now`
        (nats; None where it failed), `seconds` and `failure`.
    """
    find = _part_of_check if benchmark == "selfconsistency" else _dataset_of(benchmark)
    for row in rows.itertuples():
        dataset = find(row)
        (answer,) = judged.answer([dataset])
        yield {
            "task": row.task,
            "family": row.family,
            "part": row.part,
            "n_samples": row.n_samples,
            "dim_x": row.dim_x,
            "seed": row.seed,
            "truth": dataset.truth,
            "stored": row.estimate,
            "now": answer.estimate,
            "seconds": answer.seconds,
            "failure": answer.failure,
        }


def recheck(records: pd.DataFrame) -> pd.DataFrame:
    """How far a check is broken on each law, as stored and as estimated again.

    Args:
        records: of `replay`, of all parts of one check.

    Returns:
        `law`, `stored`, `now` (mean violations, nats; missing where not known) and `holds` now.
    """
    tables = {
        name: pd.DataFrame(summarize_checks(records.assign(estimator="", estimate=records[name])))
        for name in ("stored", "now")
    }
    return pd.DataFrame(
        {"law": tables["now"].law}
        | {name: table.violation.astype(float) for name, table in tables.items()}
        | {"holds": tables["now"].passed}
    )


def _dataset_of(benchmark: str):
    return lambda row: address_of(benchmark, row).find()


def _part_of_check(row) -> Dataset:
    return _check_cells()[row.task, row.family, row.part, row.n_samples, row.seed].datasets()[0]


@functools.cache
def _check_cells() -> dict[tuple, Cell]:
    return {(c.task, c.family, c.part, c.n_samples, c.seed): c for c in check_cells()}


def addresses(benchmark: str, rows: pd.DataFrame) -> list[str]:
    """The address of the dataset of each row of a result table."""
    return [address_of(benchmark, row).address for row in rows.itertuples()]


def address_of(benchmark: str, row) -> BenchmarkDataset:
    """The dataset of a row of a result table."""
    numbers = (row.n_samples, row.dim_x, row.seed, row.draw)
    return BenchmarkDataset(benchmark, row.task, *map(int, numbers))
