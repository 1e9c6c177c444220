"""Small result tables for tests of what is made of them."""

from pathlib import Path

import pandas as pd

from mist_core.benchmarks.provenance import save_result
from mist_core.benchmarks.tasks import tidy
from mist_core.leaderboard.labels import label, labelled

HARDWARE = {"cpu": "a processor", "cores": 2, "threads": 1, "gpu": None}


def answers(*estimators: str, count: int = 4, error: float = 0.1) -> pd.DataFrame:
    """Each estimator's answers to `count` datasets of a grid, all off by `error` nats."""
    return tidy(
        [
            {
                "estimator": estimator,
                "task": "normal-dense-base",
                "family": "normal-dense",
                "part": "",
                "n_samples": 36,
                "dim_x": 2,
                "dim_y": 2,
                "seed": 0,
                "draw": draw,
                "truth": 1.0,
                "estimate": 1.0 + error,
            }
            for estimator in estimators
            for draw in range(count)
        ]
    )


def score(estimator: str, error: float) -> dict:
    """One of the records that `scores.summarize` makes of `answers`."""
    place = {"split": "in-family", "family": None, "n": "[10, 100]", "datasets": 4, "failed": 0}
    return {"estimator": estimator} | place | {"mse": error**2, "mse_se": 0.0, "mae": error}


def ours(table: pd.DataFrame) -> set[str]:
    """Those of the table's estimators that stand for our weights."""
    return {"mist-paper"} & set(table.estimator)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The table with titles and kinds, as `results.read` makes it."""
    if table.empty:
        return table
    return labelled(table, {name: label(name, ours(table)) for name in table.estimator})


def store(folder: Path, name: str, table: pd.DataFrame, date: str = "2026-01-01") -> None:
    """A stored result of the published grids."""
    scores = [score(e, float((t.estimate - 1).mean())) for e, t in table.groupby("estimator")]
    origin = {"command": f"python -m mist_core {name}", "date": date, "hardware": HARDWARE}
    weights = {name: {"sha256": "0"} for name in ours(table)}
    summary = origin | {"weights": weights, "benchmark": "mtest", "scores": scores}
    save_result(folder / name, summary, table)
