"""What a calibration study shows: coverage by level, law and shape, each with its chance.

All functions take rows of `mist_core.calibration.judge`. Independent draws (truth 0) are counted
apart wherever an interval that ends at 0 would hold them with certainty.
"""

import numpy as np
import pandas as pd
import torch
from scipy.stats import binom

from mist_core.calibration.judge import COVERAGE
from mist_core.inference.posterior import UNITS
from mist_core.networks.scoring import interval_score

NOMINAL = np.arange(1, 20) / 20
PIT_BINS = 20
# Chance leaves a calibrated share outside its band in one case of twenty.
BAND = 0.95
STRIP = 120  # intervals that a strip has room for
NEGLIGIBLE = 0.01  # nats; an interval's end below it tells nobody anything
# Columns of amounts of information.
_INFORMATION = ("truth", "low", "high", "width", "score", "mist_score", "lead", "lead_se")
_ROW_EDGES = (0, 20, 50, 100, 200, 500, 1000, 2000, 5000, np.inf)
_DIM_EDGES = (0, 2, 3, 5, 9, 17, 33, np.inf)


def dependent(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose truth is above 0."""
    return rows[rows.truth > 0]


def independent(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose truth is 0."""
    return rows[rows.truth <= 0]


def covered(rows: pd.DataFrame) -> pd.Series:
    """Whether the truth lies in the closed 90 % interval."""
    return rows.truth.between(rows.low, rows.high)


def scores(rows: pd.DataFrame) -> np.ndarray:
    """Interval scores of the 90 % intervals (Gneiting and Raftery, 2007), nats."""
    low, high, truth = (torch.tensor(rows[c].to_numpy(float)) for c in ("low", "high", "truth"))
    return interval_score(low, high, truth, COVERAGE).numpy()


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """One row: `datasets`, and how many of their 90 % intervals `held` the truth."""
    return pd.DataFrame({"datasets": [len(rows)], "held": [int(covered(rows).sum())]})


def independence(rows: pd.DataFrame) -> pd.DataFrame:
    """One row about independent draws, whose truth is 0, the end of the scale.

    Returns:
        `datasets`, the share `at_zero` of their 90 % intervals that begin at 0 (up to NEGLIGIBLE),
        and `high`, the median of their upper ends, nats.
    """
    none = independent(rows)
    return pd.DataFrame(
        {
            "datasets": [len(none)],
            "at_zero": [(none.low <= NEGLIGIBLE).mean()],
            "high": [none.high.median()],
        }
    )


def strip(rows: pd.DataFrame) -> pd.DataFrame:
    """The last STRIP datasets in the order of their truths: `truth`, `low`, `high`, `inside`."""
    last = rows.tail(STRIP).sort_values("truth")[["truth", "low", "high"]].reset_index(drop=True)
    return last.assign(inside=covered(last))


def reliability(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of truths in the central interval of each of 19 nominal coverages.

    A truth lies there when its PIT is within nominal / 2 of one half.

    Returns:
        `nominal`, `empirical`, and the band `lowest`, `highest` in which chance leaves a calibrated
        share in 95 % of cases (binomial), `inside` it or not.
    """
    distance = np.abs(rows.pit.to_numpy(float) - 0.5)
    # A PIT that is a level, up to rounding, is at the interval's end and inside.
    shares = [(distance <= nominal / 2 + 1e-6).mean() for nominal in NOMINAL]
    return _with_band(pd.DataFrame({"nominal": NOMINAL, "empirical": shares}), len(rows))


def pit_histogram(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of the PIT values in each of 20 equal bins, with bands as in `reliability`.

    Returns:
        `left`, `right`, `nominal` (1 / 20), `empirical`, `lowest`, `highest`, `inside`.
    """
    counts, edges = np.histogram(rows.pit, bins=PIT_BINS, range=(0, 1))
    bins = {"left": edges[:-1], "right": edges[1:], "nominal": 1 / PIT_BINS}
    return _with_band(pd.DataFrame(bins | {"empirical": counts / len(rows)}), len(rows))


def by_law(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage of the 90 % interval law by law, lowest first.

    A dataset of several blocks counts for each of them; independent draws are a law of their own.

    Returns:
        `law`, `datasets`, `coverage`, its 95 % range `lowest`, `highest`, `inside`: whether that
        holds 90 %, `width` (median) and `score` (mean interval score), nats.
    """
    laws = rows.assign(law=rows.laws, covered=covered(rows), score=scores(rows))
    laws = laws.explode("law", ignore_index=True).assign(width=lambda t: t.high - t.low)
    table = laws.groupby("law").agg(
        datasets=("covered", "size"),
        coverage=("covered", "mean"),
        width=("width", "median"),
        score=("score", "mean"),
    )
    table["lowest"], table["highest"] = _wilson(table.coverage, table.datasets)
    table["inside"] = (table.lowest <= COVERAGE) & (table.highest >= COVERAGE)
    return table.sort_values("coverage").reset_index()


def by_shape(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage over cells of (n, columns of the wider side).

    Returns:
        `n` and `d` (labels such as "20 to 49"), `n_order`, `d_order`, `datasets`, `coverage`,
        `inside`: whether chance alone explains the distance from 90 %.
    """
    wider = rows[["dim_x", "dim_y"]].max(axis=1)
    cells = pd.DataFrame(
        {
            "n_order": np.digitize(rows.n_samples, _ROW_EDGES),
            "d_order": np.digitize(wider, _DIM_EDGES),
            "covered": covered(rows),
        }
    )
    table = cells.groupby(["n_order", "d_order"]).covered.agg(["size", "mean"]).reset_index()
    table = table.rename(columns={"size": "datasets", "mean": "coverage"})
    low, high = _band(COVERAGE, table.datasets)
    return table.assign(
        n=table.n_order.map(lambda k: label(_ROW_EDGES, k)),
        d=table.d_order.map(lambda k: label(_DIM_EDGES, k)),
        inside=table.coverage.between(low, high),
    )


def width_by_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """`n` and median `width` of the 90 % interval, in up to 8 groups of equal size by n."""
    groups = 8 * (rows.n_samples.rank(method="first") - 1) // len(rows)
    table = pd.DataFrame({"n": rows.n_samples, "width": rows.high - rows.low})
    return table.groupby(groups.to_numpy()).median().reset_index(drop=True)


def in_unit(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The same table with amounts of information in `unit`; shares and counts stay."""
    names = [name for name in _INFORMATION if name in table]
    return table.assign(**{name: UNITS[unit] * table[name] for name in names})


def _with_band(table: pd.DataFrame, count: int) -> pd.DataFrame:
    low, high = _band(table.nominal, count)
    inside = table.empirical.between(low, high)
    return table.assign(lowest=low, highest=high, inside=inside)


def _band(nominal, count) -> tuple[np.ndarray, np.ndarray]:
    """Shares of `count` between which a binomial with this probability lies in 95 % of cases."""
    low, high = binom.interval(BAND, count, nominal)
    return low / count, high / count


def _wilson(share: pd.Series, count: pd.Series) -> tuple[pd.Series, pd.Series]:
    """95 % range of a probability given a share (Wilson, 1927, doi:10.2307/2276774)."""
    z = 1.96
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    return centre - half, centre + half


def label(edges: tuple[float, ...], k: int) -> str:
    """Name of bin number k of `np.digitize`: the integers in [edges[k - 1], edges[k])."""
    first, last = edges[k - 1], edges[k] - 1
    if first == 0:
        return f"up to {last:,}" if last > 1 else "1"
    if np.isinf(last):
        return f"{first:,} or more"
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"
