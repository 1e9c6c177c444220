"""Verdicts of the self-consistency checks: pass or fail with the size of the violation."""

from collections.abc import Iterator
from operator import itemgetter

import pandas as pd

from mist_core.benchmarks.consistency import CHECKS, TOLERANCE

# Verdicts over all laws: broken on one, held on all, or not known of some.
FAIL, PASS, NONE = "fail", "pass", "none"


def summarize_checks(table: pd.DataFrame) -> list[dict]:
    """A verdict for each estimator, check and law.

    Args:
        table: of `cells.tidy`, on `consistency.check_cells`.

    Returns:
        Records with `estimator`, `check`, `law`, `n`, `violation` (mean over the seeds, nats),
        `worst` (largest of a seed), `seeds` (scored), `passed` (whether the mean is at most
        TOLERANCE) and `failure`; the numbers are None where nothing was scored, and `passed` is
        where a seed is missing and the others break nothing.
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
        verdict, law = decisive(rows)
        if verdict == NONE:
            known = rows.passed.notna().sum()
            lines.append(f"{title}{known} of {len(rows)} laws: {law['failure']}")
        else:
            shown = verdict.upper() if verdict == FAIL else verdict
            lines.append(f"{title}{shown:<6}{law['violation']:8.3f}  {law['law']}")
    return "\n".join(lines)


def decisive(laws: pd.DataFrame) -> tuple[str, dict]:
    """The verdict over all laws of a check, and the record of the law that decides it.

    Args:
        laws: records of `summarize_checks`, of one estimator and check.
    """
    records = laws.to_dict("records")
    missing = [record for record in records if pd.isna(record["passed"])]
    scored = [record for record in records if not pd.isna(record["passed"])]
    failed = [record for record in scored if not record["passed"]]
    if missing and not failed:
        return NONE, missing[0]
    worst = max(failed or scored, key=itemgetter("violation"))
    return FAIL if failed else PASS, worst


def _verdict(sizes: pd.Series, rows: pd.DataFrame) -> dict:
    failures = rows.failure.dropna()
    failure = failures.iloc[0] if len(failures) else None
    if sizes.empty:
        return dict.fromkeys(("violation", "worst", "passed")) | {"seeds": 0, "failure": failure}
    broken = sizes.mean() > TOLERANCE
    return {
        "violation": float(sizes.mean()),
        "worst": float(sizes.max()),
        "passed": False if broken else True if len(sizes) == rows.seed.nunique() else None,
        "seeds": len(sizes),
        "failure": failure,
    }
