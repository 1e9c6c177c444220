"""Scores on bmi's tasks: by estimator and n, by task, and beside the published ones."""

import pandas as pd

from mist_core.benchmarks.published import PUBLISHED_BMI, PUBLISHED_ROWS, SOURCE
from mist_core.benchmarks.scores import COVERAGE, HIGH, LOW

POOR = 0.15  # nats: a task with a larger mean absolute error counts as a poor one


def summarize_bmi(table: pd.DataFrame) -> list[dict]:
    """Scores of each estimator at each n.

    Args:
        table: of `cells.tidy`, on `bmi_tasks.bmi_cells`.

    Returns:
        Records with `estimator`, `n`, `datasets` and `failed`, `tasks` (with an estimate), `mae`
        (mean over tasks of their mean absolute error, nats), `bias`, `poor` (number of tasks worse
        than POOR), `poor_tasks` (their errors, the worst first), `coverage` (share of datasets
        whose truth lies inside the central 90 % interval) and `width` (its mean, nats); None where
        undefined.
    """
    records = []
    for (estimator, n), rows in table.groupby(["estimator", "n_samples"], sort=False):
        scored = rows.dropna(subset="estimate")
        counts = {"datasets": len(scored), "failed": len(rows) - len(scored)}
        scores = {k: None if pd.isna(v) else v for k, v in _scores(scored).items()}
        poor = {"poor_tasks": _poor(task_errors(rows))}
        records.append({"estimator": estimator, "n": int(n)} | counts | scores | poor)
    return records


def task_errors(table: pd.DataFrame) -> pd.DataFrame:
    """`mae`, `bias` and `failed` by estimator, n and task, nats; missing where all failed."""
    error = table.estimate - table.truth
    parts = table.assign(mae=error.abs(), bias=error, failed=table.estimate.isna())
    keys = ["estimator", "n_samples", "task"]
    grouped = parts.groupby(keys, sort=False)
    return grouped.agg(
        mae=("mae", "mean"), bias=("bias", "mean"), failed=("failed", "sum")
    ).reset_index()


def render_bmi(records: list[dict]) -> str:
    """Mean absolute errors beside the published ones, poor tasks and coverage, for a terminal."""
    scores = pd.DataFrame(records)
    rows = sorted({*scores.n, *PUBLISHED_ROWS})
    lines = ["Mean absolute error, nats: mean over the tasks", _line("n", rows)]
    lines += _lines(scores, rows, "mae", "{:.3f}")
    for name, errors in PUBLISHED_BMI.items():
        known = dict(zip(PUBLISHED_ROWS, errors, strict=True))
        lines.append(_line(f"  {name} *", [f"{known[n]:.3f}" if n in known else "" for n in rows]))
    lines += [f"* published, own protocol: {SOURCE}", ""]
    lines += [f"Tasks worse than {POOR}", *_lines(scores, rows, "poor", "{:.0f}")]
    for record in records:
        worst = [f"{task} {error:.2f}" for task, error in record["poor_tasks"].items()]
        title = f"    {record['estimator']}, n = {record['n']:,}: "
        lines += [title + ", ".join(worst)] if worst else []
    lines += [""]
    lines += [f"Share of truths inside the {COVERAGE:.0%} interval"]
    lines += _lines(scores.dropna(subset="coverage"), rows, "coverage", "{:.3f}")
    return "\n".join(lines)


def _poor(errors: pd.DataFrame) -> dict[str, float]:
    poor = errors[errors.mae > POOR].sort_values("mae", ascending=False)
    return dict(zip(poor.task, poor.mae, strict=True))


def _scores(rows: pd.DataFrame) -> dict:
    tasks = (rows.estimate - rows.truth).abs().groupby(rows.task).mean()
    scores = {
        "tasks": len(tasks),
        "mae": tasks.mean(),
        "bias": (rows.estimate - rows.truth).mean(),
        "poor": int((tasks > POOR).sum()),
        "coverage": None,
        "width": None,
    }
    if rows[LOW].notna().any():
        scores["coverage"] = float(rows.truth.between(rows[LOW], rows[HIGH]).mean())
        scores["width"] = (rows[HIGH] - rows[LOW]).mean()
    return scores


def _lines(scores: pd.DataFrame, rows: list[int], metric: str, form: str) -> list[str]:
    lines = []
    for estimator, part in scores.groupby("estimator", sort=False):
        known = part.set_index("n").to_dict("index")
        cells = [_cell(known[n], metric, form) if n in known else "" for n in rows]
        lines.append(_line(f"  {estimator}", cells))
    return lines


def _line(title: str, cells: list) -> str:
    return f"{title:<24}" + "".join(f"{cell:>20}" for cell in cells)


def _cell(record: dict, metric: str, form: str) -> str:
    if not record["datasets"]:
        return "none"
    failed = f" ({record['failed']} failed)" if record["failed"] else ""
    return form.format(record[metric]) + failed
