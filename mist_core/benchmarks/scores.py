"""Scores of an evaluation table on the test grids, as records and as printed text.

On the published grids with clustered standard errors; on the extended one by shape and by task.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mist_core.benchmarks.published import PUBLISHED
from mist_core.priors.paper import PAPER_IN_FAMILY

# The draws of a cell share n, family and dimension, so their errors are not independent.
CLUSTER = ["seed", "task", "n_samples", "dim_x"]
BINS = {"[10, 100]": (10, 100), "(100, 300]": (101, 300), "(300, 500]": (301, 500)}
KEYS = ["estimator", "split", "family", "n"]
ALL = "all n"
SPLITS = {True: "in-family", False: "published out-of-family"}
COVERAGE = 0.9
LOW, HIGH = "q0.05", "q0.95"
SHAPE = ["n_samples", "dim_x"]


def summarize(table: pd.DataFrame) -> list[dict]:
    """Scores by estimator, split and n, and by family over all n.

    Args:
        table: of `cells.tidy`, on `grids.grid_cells`.

    Returns:
        Records with `estimator`, `split`, `family` (with its transform; None: all of the split),
        `n`, `datasets`, `failed`, and for each of `mse`, `mae`, `bias`, and where there are
        quantiles `coverage` (of the truth by the central 90 % interval) and `width`, the mean and
        its standard error (`mse_se`, ...) clustered by cell, None where undefined. Nats and nats^2.
    """
    records = []
    for keys, rows in _groups(table):
        scored = rows.dropna(subset="estimate")
        counts = {"datasets": len(scored), "failed": len(rows) - len(scored)}
        scores = {k: None if np.isnan(v) else v for k, v in _scores(scored).items()}
        records.append(keys | counts | scores)
    return records


def clustered_mean(values: pd.Series, clusters: pd.DataFrame) -> tuple[float, float]:
    """Mean and its standard error when only clusters are independent.

    se^2 = G / (G - 1) * sum_g (sum over g of (v - mean))^2 / N^2 (Liang and Zeger, 1986,
    doi:10.1093/biomet/73.1.13).

    Args:
        values: N numbers.
        clusters: N rows; equal rows belong together; G distinct ones.

    Returns:
        (mean, standard error); NaN where there is no value, or for the error a single cluster.
    """
    mean = values.mean()
    sums = (values - mean).groupby([clusters[name] for name in clusters]).sum()
    if len(sums) < 2:
        return float(mean), float("nan")
    correction = len(sums) / (len(sums) - 1)
    return float(mean), float(np.sqrt(correction * (sums**2).sum()) / len(values))


def render(records: list[dict]) -> str:
    """The records as tables for a terminal: MSE beside the published ones, then coverage."""
    scores = pd.DataFrame(records)
    numbers = scores.columns.drop([*KEYS, "datasets", "failed"])
    scores[numbers] = scores[numbers].astype(float)
    lines = ["MSE of the mean, nats^2, ± standard error clustered by (redraw, n, family, d)"]
    lines += _tables(scores, "mse", PUBLISHED)
    lines += ["* published, own protocol: averages over bootstrap resamples (arXiv 2511.18945)", ""]
    if "coverage" in scores:
        lines += [f"Share of truths inside the {COVERAGE:.0%} interval ± standard error"]
        has_interval = scores.groupby("estimator").coverage.transform("count") > 0
        lines += _tables(scores[has_interval], "coverage", {})
    return "\n".join(lines)


def summarize_shapes(table: pd.DataFrame) -> list[dict]:
    """Scores of each estimator by (n, d) over all tasks, and by task over all shapes.

    Args:
        table: of `cells.tidy`, on `grids.extended_cells`.

    Returns:
        Records with `estimator`, `n`, `dim`, `task` (None where it is all of them), `datasets`,
        `failed`, `mse`, `mae`, `bias`, `variance` (of the error: mse = bias^2 + variance),
        `coverage` of the truth by the central 90 % interval and its mean `width`; nats, nats^2,
        None where undefined.
    """
    records = []
    for (estimator, n, dim), rows in table.groupby(["estimator", *SHAPE], sort=False):
        keys = {"estimator": estimator, "task": None, "n": int(n), "dim": int(dim)}
        records.append(keys | shape_scores(rows))
    for (estimator, task), rows in table.groupby(["estimator", "task"], sort=False):
        keys = {"estimator": estimator, "task": task, "n": None, "dim": None}
        records.append(keys | shape_scores(rows))
    return records


def shape_scores(rows: pd.DataFrame) -> dict:
    """The scores of some rows of one estimator."""
    scored = rows.dropna(subset="estimate")
    error = scored.estimate - scored.truth
    scores = {"mse": (error**2).mean(), "mae": error.abs().mean(), "bias": error.mean()}
    scores["variance"] = scores["mse"] - scores["bias"] ** 2
    if scored[LOW].notna().any():
        scores["coverage"] = scored.truth.between(scored[LOW], scored[HIGH]).mean()
        scores["width"] = (scored[HIGH] - scored[LOW]).mean()
    counts = {"datasets": len(scored), "failed": len(rows) - len(scored)}
    return counts | {name: None if pd.isna(v) else float(v) for name, v in scores.items()}


def render_shapes(records: list[dict]) -> str:
    """The mean squared error by n and dimension, a table for each estimator."""
    scores = pd.DataFrame(records)
    lines = []
    for estimator, rows in scores[scores.task.isna()].groupby("estimator", sort=False):
        lines.append(f"{estimator}: MSE of all families and transforms, nats^2, n down, d across")
        errors = rows.astype({"mse": float, "n": int, "dim": int}).pivot(
            index="n", columns="dim", values="mse"
        )
        lines.append(errors.to_string(float_format="{:.3g}".format))
    return "\n".join(lines)


def _groups(table: pd.DataFrame) -> Iterator[tuple[dict, pd.DataFrame]]:
    by_n = {**BINS, ALL: (0, np.inf)}
    in_family = table.task.map(set(PAPER_IN_FAMILY).__contains__)
    for (estimator, inside), split in table.groupby(["estimator", in_family], sort=False):
        for name, (low, high) in by_n.items():
            keys = dict(zip(KEYS, (estimator, SPLITS[inside], None, name), strict=True))
            yield keys, split[split.n_samples.between(low, high)]
            for task, rows in split.groupby("task", sort=False):
                yield keys | {"family": task}, rows[rows.n_samples.between(low, high)]


def _scores(rows: pd.DataFrame) -> dict[str, float]:
    error = rows["estimate"] - rows["truth"]
    values = {"mse": error**2, "mae": error.abs(), "bias": error}
    if len(rows) and rows[LOW].notna().all():
        values["coverage"] = rows["truth"].between(rows[LOW], rows[HIGH]).astype(float)
        values["width"] = rows[HIGH] - rows[LOW]
    scores = {}
    for name, column in values.items():
        scores[name], scores[f"{name}_se"] = clustered_mean(column, rows[CLUSTER])
    return scores


def _tables(scores: pd.DataFrame, metric: str, published: dict) -> Iterator[str]:
    for in_family, split in SPLITS.items():
        rows = scores[scores.split == split]
        yield _line(split, [f"n in {name}" for name in BINS] + [ALL])
        yield from _lines(rows[rows.family.isna()], metric)
        for title, errors in published.items():
            yield _line(f"  {title} *", [f"{error:.3g}" for error in errors[in_family]])
        yield from _lines(rows[rows.family.notna()], metric)


def _lines(scores: pd.DataFrame, metric: str) -> Iterator[str]:
    """A line for each estimator, or for each estimator and family."""
    for keys, rows in scores.fillna({"family": ""}).groupby(["estimator", "family"], sort=False):
        by_n = rows.set_index("n").to_dict("index")
        cells = [_cell(by_n[name], metric) for name in [*BINS, ALL]]
        yield _line("  " + " ".join(filter(None, keys)), cells)


def _line(title: str, cells: list[str]) -> str:
    return f"{title:<34}" + "".join(f"{cell:>24}" for cell in cells)


def _cell(record: dict, metric: str) -> str:
    if not record["datasets"]:
        return "none"
    failed = f" ({record['failed']} failed)" if record["failed"] else ""
    return f"{record[metric]:.3g} ± {record[f'{metric}_se']:.2g}{failed}"
