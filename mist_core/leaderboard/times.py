"""How long estimates take, as tables for a reader."""

import pandas as pd

from mist_core.benchmarks.speed import MANY


def timed(table: pd.DataFrame) -> pd.DataFrame:
    """The speed table with titles: ours also in a batch."""
    batch = table.task.map({MANY: f", {MANY}"}).fillna("")
    return table.assign(title=table.title + batch)


def time_table(table: pd.DataFrame) -> pd.DataFrame:
    """Seconds an estimate, a row an estimator and number of columns, n across.

    Args:
        table: of `timed`.
    """
    wide = table.pivot_table(
        index=["title", "dim_x"], columns="n_samples", values="seconds", sort=False
    )
    named = wide[sorted(wide)].rename(columns=lambda n: f"{n:,} rows (s)")
    shown = named.reset_index().rename_axis(columns=None)
    return shown.rename(columns={"title": "estimator", "dim_x": "columns a side"})


def growth_table(exponents: pd.DataFrame) -> pd.DataFrame:
    """`speed_scores.growth` for a reader; where too little was timed there is no exponent.

    Args:
        exponents: `results.Results.scores` of speed, as `timed`.
    """
    return pd.DataFrame(
        {
            "estimator": exponents.title,
            "columns a side": exponents.dim,
            "exponent of n": exponents.exponent.astype(float).round(2),
        }
    )


def throughput_table(rates: pd.DataFrame) -> pd.DataFrame:
    """`results.throughput` for a reader."""
    names = {"total": "datasets a second", "per_core": "in a second of one core"}
    return rates.round(0).rename(columns=names)
