"""Scores by shape and by task on the extended grid: bias, variance and coverage over (n, d)."""

import pandas as pd

from mist_core.benchmarks.scores import HIGH, LOW

SHAPE = ["n_samples", "dim_x"]


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
