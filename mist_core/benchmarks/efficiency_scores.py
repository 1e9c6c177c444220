"""Errors over the efficiency bound: by estimator, law and n, and in the middle of the laws."""

import pandas as pd

from mist_core.benchmarks.efficiency import OTHERS, TRAINED, known_laws
from mist_core.benchmarks.scores import HIGH, LOW

# Nats: where the pointwise information hardly varies, an error over the bound says nothing.
LEAST_DEVIATION = 0.05


def summarize_efficiency(table: pd.DataFrame) -> list[dict]:
    """Scores of each estimator on each law at each n.

    Args:
        table: of `tasks.tidy`, on `efficiency.efficiency_cells`.

    Returns:
        Records with `estimator`, `group`, `law`, `n`, `datasets` and `failed`, `mae` (nats),
        `bound` (sd(i) / sqrt(n), nats), `ratio` (mae over bound; None where sd(i) is below
        LEAST_DEVIATION), `coverage` of the truth by the central 90 % interval, its mean `width`
        (nats) and `seconds` an estimate; None where undefined.
    """
    records = []
    keys = ["estimator", "task", "family", "n_samples"]
    for (name, group, law, n), rows in table.groupby(keys, sort=False):
        scored = rows.dropna(subset="estimate")
        known = {"estimator": name, "group": group, "law": law, "n": int(n)}
        known |= {"datasets": len(scored), "failed": len(rows) - len(scored)}
        scores = _scores(scored, known_laws()[law].deviation, int(n))
        records.append(known | {k: None if pd.isna(v) else float(v) for k, v in scores.items()})
    return records


def typical(scores: pd.DataFrame) -> pd.DataFrame:
    """The middle of the laws: by estimator, group and n.

    Returns:
        `ratio` (median of the laws), `coverage` and `width` (means), `seconds` (median) and `laws`,
        how many have an answer.
    """
    answered = scores[scores.datasets > 0]
    numbers = ["ratio", "coverage", "width", "seconds"]
    answered = answered.astype(dict.fromkeys(numbers, "float64"))
    grouped = answered.groupby(["estimator", "group", "n"], sort=False)
    return grouped.agg(
        ratio=("ratio", "median"),
        coverage=("coverage", "mean"),
        width=("width", "mean"),
        seconds=("seconds", "median"),
        laws=("law", "nunique"),
    ).reset_index()


def render_efficiency(records: list[dict]) -> str:
    """Error over the bound in the middle of the laws, and coverage, for a terminal."""
    found = typical(pd.DataFrame(records))
    lines = []
    for group in (TRAINED, OTHERS):
        part = found[found.group == group]
        for value, title in (("ratio", "median error over the bound"), ("coverage", "coverage")):
            shown = part.pivot(index="estimator", columns="n", values=value)
            lines += [f"{group}: {title}", shown.to_string(float_format="{:.2f}".format), ""]
    return "\n".join(lines)


def _scores(rows: pd.DataFrame, deviation: float, n: int) -> dict:
    bound = deviation / n**0.5
    error = (rows.estimate - rows.truth).abs().mean()
    scores = {"mae": error, "bound": bound, "seconds": rows.seconds.mean()}
    scores["ratio"] = error / bound if deviation >= LEAST_DEVIATION else None
    scores |= {"coverage": None, "width": None}
    if rows[LOW].notna().any():
        scores["coverage"] = rows.truth.between(rows[LOW], rows[HIGH]).mean()
        scores["width"] = (rows[HIGH] - rows[LOW]).mean()
    return scores
