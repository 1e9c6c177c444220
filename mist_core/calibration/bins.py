"""Whether intervals hold what they promise in each bin of rows and of columns by itself.

All functions take rows of `mist_core.calibration.judge`.
"""

import numpy as np
import pandas as pd

from mist_core.calibration.summary import independent, label

# Bins that must hold their promise each by itself, and the levels at which they are asked.
COARSE_LEVELS = (0.5, 0.8, 0.9, 0.95)
COARSE_ROWS = (10, 50, 200, 1000, np.inf)
COARSE_DIMS = (1, 2, 5, 17, np.inf)
# Nats and rows from which dependence should be seen.
EVIDENT, EVIDENT_ROWS = 0.1, 1000


def by_bins(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of truths in four central intervals, in each bin of n and of the wider side's columns.

    By the randomised PIT, so that a truth of 0 counts as often as its interval promises;
    independent draws are also a bin of their own.

    Returns:
        `bin` (such as "n 50 to 199"), `datasets`, a column for each of COARSE_LEVELS ("90%"), and
        `furthest`, the greatest distance from nominal.
    """
    distance = np.abs(rows.pit - 0.5)
    wider = rows[["dim_x", "dim_y"]].max(axis=1)
    bins = {"all": rows.truth >= 0, "independent": rows.truth <= 0}
    for name, values, edges in (("n", rows.n_samples, COARSE_ROWS), ("d", wider, COARSE_DIMS)):
        place = np.digitize(values, edges)
        bins |= {f"{name} {label(edges, k)}": place == k for k in range(1, len(edges))}
    table = pd.DataFrame({"bin": list(bins), "datasets": [int(b.sum()) for b in bins.values()]})
    for level in COARSE_LEVELS:
        inside = distance <= level / 2 + 1e-6
        table[f"{level:.0%}"] = [inside[chosen].mean() for chosen in bins.values()]
    gaps = [(table[f"{level:.0%}"] - level).abs() for level in COARSE_LEVELS]
    return table.assign(furthest=np.max(gaps, axis=0))


def detection(rows: pd.DataFrame) -> dict[str, float]:
    """How often the 5 % quantile says the right thing about there being any dependence.

    Returns:
        `silent`: share of independent draws in which it is 0; `found`: share in which it is above
        0 of the draws of at least EVIDENT nats and EVIDENT_ROWS rows.
    """
    evident = rows[(rows.truth >= EVIDENT) & (rows.n_samples >= EVIDENT_ROWS)]
    return {
        "silent": float((independent(rows).low <= 0).mean()),
        "found": float((evident.low > 0).mean()),
    }
