"""What is shown of the estimates of one sample: findings, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from mist_core.benchmarks.base import Answer
from mist_core.explore.figures import Fan, comparison, convergence
from mist_core.explore.repeats import scattered, summary
from mist_core.findings import HIGH, LOW, Finding
from mist_core.inference.posterior import UNITS

TRUTH = "the truth"
_QUARTERS = ("from (25 %)", "to (75 %)")


def estimates(
    fan: Fan, truth: float | None, others: Mapping[str, Answer | None], unit: str
) -> Finding:
    """What MIST and the others say of one sample, beside the truth; arguments as `comparison`."""
    low, high = fan.interval(0.9)
    told = f"MIST {fan.median:.3f} {unit}, 90 % interval {low:.3f} to {high:.3f}"
    rows: list[tuple] = [("MIST", fan.median, low, high, None)]
    words = [told]
    for title, answer in others.items():
        if answer is None:
            continue
        value = None if answer.estimate is None else answer.estimate * UNITS[unit]
        words.append(f"{title} none" if value is None else f"{title} {value:.3f}")
        rows.append((title, value, None, None, answer.seconds))
    if truth is not None:
        rows.append((TRUTH, truth, None, None, None))
    table = pd.DataFrame(rows, columns=["estimator", f"MI ({unit})", LOW, HIGH, "seconds"])
    table[table.columns[1:]] = table[table.columns[1:]].astype(float)
    chart = comparison(fan, truth, others, unit=unit)
    return Finding("; ".join([*words, *_true(truth, unit)]), table, (chart,), about="The estimates")


def growth(
    n_samples: Sequence[int],
    fans: Sequence[Fan],
    truth: float | None,
    unit: str,
    *,
    which: str = "first rows of the sample",
    rivals: pd.DataFrame | None = None,
) -> Finding:
    """How the estimate comes about as rows are added; arguments as `convergence`."""
    quarters, ends = ([fan.interval(c) for fan in fans] for c in (0.5, 0.9))
    table = pd.DataFrame({"rows": n_samples, f"median ({unit})": [fan.median for fan in fans]})
    for names, intervals in ((_QUARTERS, quarters), ((LOW, HIGH), ends)):
        table[list(names)] = intervals
    if rivals is not None and len(rivals):
        wide = rivals.pivot_table(index="n", columns="estimator", values="estimate")
        table = table.join(wide, on="rows")
    if truth is not None:
        table[TRUTH] = truth
    chart = convergence(n_samples, fans, truth, unit=unit, rows=which, rivals=rivals)
    sentence = "; ".join([*_ends(n_samples, fans, unit), *_true(truth, unit)])
    return Finding(sentence, table, (chart,), about="How it converges")


def repeated(table: pd.DataFrame, truth: float, unit: str) -> Finding:
    """How the estimates of each estimator scatter over datasets of one law.

    Args:
        table: of `repeats.repeat`, nats.
        truth: nats.
        unit: shown.
    """
    errors = summary(table, truth) * UNITS[unit]
    told = ", ".join(f"{name} {error:.3f}" for name, error in errors.rmse.items())
    sentence = f"Root mean squared error over {table.dataset.nunique()} datasets, {unit}: {told}."
    numbers = errors.reset_index().assign(**{TRUTH: truth * UNITS[unit]})
    return Finding(sentence, numbers, (scattered(table, truth, unit),))


def _ends(n_samples: Sequence[int], fans: Sequence[Fan], unit: str) -> list[str]:
    """The curve's two ends, or the only one of few rows."""
    shown = list(zip(n_samples, fans, strict=True))
    return [
        f"{n:,} rows: median {fan.median:.3f}, 90 % interval {fan.interval(0.9)[0]:.3f} to "
        f"{fan.interval(0.9)[1]:.3f} {unit}"
        for n, fan in dict.fromkeys((shown[0], shown[-1]))
    ]


def _true(truth: float | None, unit: str) -> list[str]:
    return [] if truth is None else [f"the truth {truth:.3f} {unit}"]
