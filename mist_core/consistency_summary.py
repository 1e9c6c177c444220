"""Verdicts of the self-consistency checks: pass or fail with the size of the violation."""

from collections.abc import Iterator

import pandas as pd

from mist_core.consistency import CHECKS, TOLERANCE


def summarize_checks(table: pd.DataFrame) -> list[dict]:
    """A verdict for each estimator, check and law.

    Args:
        table: of `cells.tidy`, on `consistency.check_cells`.

    Returns:
        Records with `estimator`, `check`, `law`, `n`, `violation` (mean over the seeds, nats),
        `worst` (largest of a seed), `seeds` (scored), `passed` (whether the mean is at most
        TOLERANCE) and `failure`; the numbers and the verdict are None where nothing was scored.
    """
    keys = ["estimator", "task", "family", "n_samples"]
    records = []
    for (estimator, check, law, n), rows in table.groupby(keys, sort=False):
        names = {"estimator": estimator, "check": check, "law": law, "n": int(n)}
        records.append(
            names | _verdict(pd.Series(list(violations(check, rows)), dtype=float), rows)
        )
    return records


def violations(check: str, rows: pd.DataFrame) -> Iterator[float]:
    """The violation of each seed whose parts all have an estimate, nats."""
    for _, parts in rows.groupby("seed", sort=False):
        estimates = parts.set_index("part").estimate
        if estimates.notna().all():
            yield CHECKS[check].violation(estimates.to_dict())


def render_checks(records: list[dict]) -> str:
    """A line for each estimator and check: the law where it is broken most."""
    lines = [f"Violation in nats, the law that breaks it most; passes up to {TOLERANCE}"]
    for (estimator, check), rows in pd.DataFrame(records).groupby(
        ["estimator", "check"], sort=False
    ):
        title = f"{estimator:<20}{check:<18}"
        scored = rows.dropna(subset="violation")
        if scored.empty:
            lines.append(f"{title}none: {rows.failure.dropna().iloc[0]}")
            continue
        worst = scored.loc[scored.violation.idxmax()]
        verdict = "pass" if scored.passed.all() else "FAIL"
        lines.append(f"{title}{verdict:<6}{worst.violation:8.3f}  {worst.law}")
    return "\n".join(lines)


def _verdict(sizes: pd.Series, rows: pd.DataFrame) -> dict:
    failures = rows.failure.dropna()
    failure = failures.iloc[0] if len(failures) else None
    if sizes.empty:
        return dict.fromkeys(("violation", "worst", "passed")) | {"seeds": 0, "failure": failure}
    return {
        "violation": float(sizes.mean()),
        "worst": float(sizes.max()),
        "passed": bool(sizes.mean() <= TOLERANCE),
        "seeds": len(sizes),
        "failure": failure,
    }
