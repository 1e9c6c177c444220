"""Scores of I(X;Y|Z): errors, coverage and seconds by group of laws, rows and columns."""

import numpy as np
import pandas as pd

BY = ["estimator", "group", "n_samples", "columns"]


def scored(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each estimator, group of laws, n and number of columns.

    Args:
        table: a row for each estimate: `BY`, truth, estimate, low, high, seconds.

    Returns:
        `BY`, absolute_error, bias (nats), coverage of the 90 % intervals and their width (NaN where
        there are none), low_end_zero (share of lower ends at 0, where the truth is 0), seconds
        (median), and estimates, how many there are.
    """
    error = table.estimate - table.truth
    interval = table.low.notna()
    held = ((table.low <= table.truth) & (table.truth <= table.high)).astype(float)
    nothing = (table.truth == 0) & interval
    more = table.assign(
        absolute_error=error.abs(),
        bias=error,
        coverage=held.where(interval),
        width=table.high - table.low,
        low_end_zero=(table.low == 0).astype(float).where(nothing),
        estimates=1,
    )
    how = {"absolute_error": "mean", "bias": "mean", "coverage": "mean", "width": "mean"}
    how |= {"low_end_zero": "mean", "seconds": "median", "estimates": "sum"}
    return more.groupby(BY, sort=False).agg(how).reset_index()


def summarised(scores: pd.DataFrame) -> list[dict]:
    """Records of `scored`, numbers rounded, what is missing as None."""
    rounded = scores.round(5).astype(object)
    return rounded.where(scores.notna(), None).to_dict("records")


def rendered(table: pd.DataFrame) -> str:
    """Mean absolute errors by estimator and group for a terminal, and coverage of ours."""
    errors = table.assign(error=(table.estimate - table.truth).abs())
    wide = errors.pivot_table("error", ["group", "n_samples"], "estimator", sort=False)
    ours = errors[errors.low.notna()]
    held = ((ours.low <= ours.truth) & (ours.truth <= ours.high)).groupby(
        [ours["group"], ours.n_samples]
    )
    wide["covered (90 %)"] = held.mean()
    return wide.astype(float).replace({np.nan: None}).round(3).to_string()
