"""Leaderboards: measured errors by estimator, split and n, beside published ones."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from mist_core.benchmarks import published
from mist_core.benchmarks.scores import BINS, SPLITS
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard.labels import PUBLISHED

# An error that a reader sees no farther out.
FAR_OFF = 10_000.0
MTEST_SOURCE = "arXiv 2511.18945; averages over bootstrap resamples"
COLUMNS = ["title", "kind", "split", "n", "error", "se", "coverage", "datasets", "failed", "source"]


def board(benchmark: str, scores: pd.DataFrame) -> pd.DataFrame:
    """The leaderboard of a benchmark, measured rows and published ones.

    Args:
        benchmark: key of METRICS.
        scores: `results.Results.scores`.

    Returns:
        COLUMNS: `error` in nats or nats^2 as METRICS says, with its standard error where known;
        `coverage` of the 90 % intervals; `source` of a published number, else ""; and `partial`:
        whether an error is the mean over fewer datasets than others' of the same split and n, which
        a published number never is.
    """
    measured = _MEASURED[benchmark](scores) if len(scores) else []
    table = pd.DataFrame([*measured, *_PUBLISHED[benchmark]()], columns=COLUMNS)
    most = table.groupby(["split", "n"], sort=False).datasets.transform("max")
    return table.assign(partial=(table.kind != PUBLISHED) & (table.datasets < most))


def in_unit(table: pd.DataFrame, benchmark: str, unit: str) -> pd.DataFrame:
    """The leaderboard with its errors in `unit` or its square."""
    factor = UNITS[unit] ** power(benchmark)
    numbers = {name: factor * table[name].astype(float) for name in ("error", "se")}
    return table.assign(**numbers)


def metric(benchmark: str, unit: str) -> str:
    """The error's name with its unit."""
    return f"{METRICS[benchmark]} ({unit}{'²' if power(benchmark) == 2 else ''})"


def power(benchmark: str) -> int:
    """Of the error that its leaderboard shows: 1 for absolute, 2 for squared ones."""
    return 2 if "squared" in METRICS[benchmark] else 1


def wide(table: pd.DataFrame, times: pd.Series | None = None) -> pd.DataFrame:
    """One row an estimator, one column a split and n: what a reader sorts.

    Args:
        table: of `board`.
        times: a further column by title, under its name.
    """
    place = table.split.str.cat(table.n.map(lambda n: f"n {n}" if n[0] in "[(" else n), sep=", ")
    columns = list(dict.fromkeys(place.str.removeprefix(", ")))
    named = table.assign(place=place.str.removeprefix(", "))
    errors = named.pivot(index="title", columns="place", values="error")[columns]
    errors = errors.astype(float).apply(lambda column: column.map(in_print))
    rows = table.groupby("title", sort=False)
    known = rows.agg(
        kind=("kind", "first"),
        datasets=("datasets", "sum"),
        failed=("failed", "sum"),
        source=("source", "first"),
    )
    held = table.assign(held=table.coverage.astype(float) * table.datasets)
    covers = held.groupby("title").held.sum(min_count=1) / known.datasets.replace(0, np.nan)
    beside = known[["kind"]] if times is None else known[["kind"]].join(times)
    joined = beside.join(errors).assign(covers=covers.round(3))
    joined = joined.assign(datasets=known.datasets, failed=known.failed, source=known.source)
    names = {"title": "estimator", "covers": "90 % covers", "failed": "could not run"}
    return joined.reset_index().rename(columns=names)


def times_column(times: pd.DataFrame, first: str) -> pd.Series | None:
    """`error_analysis.beside` as a column of `wide`, None where nobody is beside the first."""
    if times.empty:
        return None
    return times.set_index("title").times.map(in_print).rename(f"times {first}'s")


def in_print(number: float) -> float:
    """A number to four digits, FAR_OFF at most: some estimators diverge, beyond any column."""
    return min(float(f"{number:.4g}"), FAR_OFF)


def _mtest(scores: pd.DataFrame) -> list[dict]:
    """The published grids: squared errors by split and bin of n, over all families."""
    whole = scores[scores.family.isna() & scores.n.map(BINS.__contains__)]
    return [_row(r, r.split, r.n, r.mse) | {"se": r.mse_se} for r in whole.itertuples()]


def _extended(scores: pd.DataFrame) -> list[dict]:
    """Squared errors by n, over all dimensions and tasks."""
    shapes = scores[scores.task.isna()]
    rows = []
    for (_, n), part in shapes.groupby(["estimator", "n"], sort=False):
        weights = part.datasets / max(part.datasets.sum(), 1)
        sums = part[["datasets", "failed"]].sum().astype(object)  # texts join the numbers
        sums["title"], sums["kind"] = part.title.iloc[0], part.kind.iloc[0]
        coverage = part.get("coverage", pd.Series(np.nan, part.index)).astype(float)
        sums["coverage"] = (weights * coverage).sum(min_count=1)
        error = (weights * part.mse.astype(float)).sum(min_count=1)
        rows.append(_row(sums, "", f"n = {int(n):,}", error))
    return rows


def _bmi(scores: pd.DataFrame) -> list[dict]:
    """Absolute errors by n: the mean over the tasks."""
    ordered = scores.sort_values("n", kind="stable")
    return [_row(r, "", f"n = {r.n:,}", r.mae) for r in ordered.itertuples()]


def _row(scores, split: str, n: str, error: float) -> dict:
    """A row of the board from scores of one estimator."""
    return {
        "title": scores.title,
        "kind": scores.kind,
        "split": split,
        "n": n,
        "error": error,
        "coverage": getattr(scores, "coverage", None),
        "datasets": int(scores.datasets),
        "failed": int(scores.failed),
        "source": "",
    }


def _published(name: str, split: str, n: str, error: float, source: str) -> dict:
    row = {"title": f"{name} *", "kind": PUBLISHED, "split": split, "n": n, "error": error}
    return row | {"source": source, "datasets": 0, "failed": 0}


def _mtest_published() -> list[dict]:
    return [
        _published(name, SPLITS[inside], n, error, MTEST_SOURCE)
        for name, splits in published.PUBLISHED.items()
        for inside, errors in splits.items()
        for n, error in zip(BINS, errors, strict=True)
    ]


def _bmi_published() -> list[dict]:
    return [
        _published(name, "", f"n = {n:,}", error, published.SOURCE)
        for name, errors in published.PUBLISHED_BMI.items()
        for n, error in zip(published.PUBLISHED_ROWS, errors, strict=True)
    ]


METRICS = {
    "mtest": "mean squared error",
    "mtest-extended": "mean squared error",
    "bmi40": "mean absolute error",
}
_MEASURED: dict[str, Callable[[pd.DataFrame], list[dict]]] = {
    "mtest": _mtest,
    "mtest-extended": _extended,
    "bmi40": _bmi,
}
_PUBLISHED: dict[str, Callable[[], list[dict]]] = {
    "mtest": _mtest_published,
    "mtest-extended": list,
    "bmi40": _bmi_published,
}
