"""Intervals of others beside ours, on the very same datasets.

All functions take rows of `mist_core.calibration.judge`.
"""

import numpy as np
import pandas as pd

from mist_core.benchmarks.baselines.resampling import RESAMPLED
from mist_core.benchmarks.scores import BINS, SPLITS
from mist_core.calibration.judge import CLASSIC, CLASSIC_TITLE, MIST
from mist_core.calibration.summary import covered, scores

TITLES = {
    CLASSIC: CLASSIC_TITLE,
    **{name: resampled.title for name, resampled in RESAMPLED.items()},
}


def by_method(rows: pd.DataFrame) -> pd.DataFrame:
    """Each peer beside MIST on the very same datasets, those where the peer could run.

    Returns:
        `method`, `title`, `datasets`, `failed`, `coverage` of the truth, `score` (mean interval
        score), MIST's `mist_coverage` and `mist_score` there, and the `lead` by which the peer's
        score is above MIST's, with its standard error `lead_se`; nats. Empty without peers.
    """
    ours = rows[rows.method == MIST].set_index("number")
    peers = rows[rows.method != MIST].groupby("method", sort=False)
    return pd.DataFrame([_compare(method, theirs, ours) for method, theirs in peers])


def on_grids(rows: pd.DataFrame) -> pd.DataFrame:
    """`by_method` for each split of the published grids and bin of n, with `split` and `n`.

    Args:
        rows: with a column `in_family` that says which split a dataset is of.
    """
    parts = [
        by_method(split[split.n_samples.between(*ends)]).assign(split=SPLITS[in_family], n=name)
        for in_family, split in rows.groupby("in_family", sort=False)
        for name, ends in BINS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _compare(method: str, theirs: pd.DataFrame, ours: pd.DataFrame) -> dict:
    ran = theirs.dropna(subset=["low"])
    same = ours.loc[ran.number]
    lead = scores(ran) - scores(same)
    return {
        "method": method,
        "title": TITLES[method],
        "datasets": len(ran),
        "failed": len(theirs) - len(ran),
        "coverage": covered(ran).mean(),
        "score": float(np.mean(scores(ran))) if len(ran) else np.nan,
        "mist_coverage": covered(same).mean(),
        "mist_score": float(np.mean(scores(same))) if len(ran) else np.nan,
        "lead": float(np.mean(lead)) if len(ran) else np.nan,
        "lead_se": float(np.std(lead, ddof=1) / len(ran) ** 0.5) if len(ran) > 1 else np.nan,
    }
