"""Sentences about how long estimates, draws and training steps take."""

import pandas as pd

from mist_core.benchmarks.base import OURS
from mist_core.markdown import listed, plain


def about_speed(table: pd.DataFrame) -> str:
    """Ours beside KSG at the largest shape that both were timed at."""
    known = table.dropna(subset=["seconds"])
    wide = known.pivot_table(index=["n_samples", "dim_x"], columns="title", values="seconds")
    ours = list(dict.fromkeys(known.title[known.kind == OURS]))
    pairs = wide.dropna(subset=[*ours, "KSG"]) if ours and "KSG" in wide else wide.iloc[:0]
    if pairs.empty:
        return "The stored result has no shape at which both MIST and KSG were timed."
    (n, dim), times = pairs.index[-1], pairs.iloc[-1]
    counts = listed([f"{name} {_duration(times[name])}" for name in [*ours, "KSG"]])
    return f"At {n:,} rows and {dim} + {dim} columns one estimate takes {counts}."


def about_timing(table: pd.DataFrame) -> str:
    """What a time in the table is."""
    least, sizes = int(table.repeats.min()), table[table.task == "a batch"].batch.dropna()
    words = f"Each time is a median of {least} or more, the warm-up left out"
    if len(sizes):
        words += f"; a batch holds {int(sizes.min())} to {int(sizes.max())} datasets"
    return f"{words}. The estimators take turns at each shape, in one run."


def about_timing_again(times: pd.DataFrame, shape: str) -> str:
    """How this machine compares with the one that was stored.

    Args:
        times: `stored (s)` and `now (s)`, a row an estimator.
        shape: in words.
    """
    ratio = (times["now (s)"].astype(float) / times["stored (s)"]).median()
    return f"At {shape} an estimate takes {ratio:.2g} times as long here, in the median."


def about_throughput(rates: pd.DataFrame) -> str:
    """How much faster than bmi's the samplers are."""
    known = dict(zip(rates.what, rates.total, strict=True))
    theirs = next((rate for what, rate in known.items() if what.startswith("bmi")), None)
    if not theirs:
        return "bmi's sampler was not timed."
    times = {what: rate / theirs for what, rate in known.items() if rate != theirs}
    words = [f"{factor:,.0f} times as many ({what})" for what, factor in times.items()]
    return f"bmi's sampler draws {theirs:.0f} datasets a second; ours {listed(words)}."


def about_growth(table: pd.DataFrame) -> str:
    """The range of the exponents of n.

    Args:
        table: `title` and `exponent`, a row an estimator and number of columns.
    """
    known = table.dropna(subset=["exponent"])
    if known.empty:
        return "Too few values of n were timed to say how time grows."
    spans = known.groupby("title", sort=False).exponent.agg(["min", "max"])
    words = [f"{plain(name)} {_powers(low, high)}" for name, low, high in spans.itertuples()]
    return f"From 1,000 rows on, time grows with the number of rows as: {listed(words)}."


def _powers(low: float, high: float) -> str:
    ends = dict.fromkeys(f"n^{end:.1f}" for end in (low, high))
    return " to ".join(ends)


def _duration(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
