"""What a calibration study shows: coverage by level, law, shape and method, each with its chance.

All functions take rows of `mist_core.calibration.judge`. Independent draws (truth 0) are counted
apart wherever an interval that ends at 0 would hold them with certainty.
"""

import numpy as np
import pandas as pd
import torch
from scipy.stats import binom

from mist_core.benchmarks.baselines.resampling import PEERS
from mist_core.benchmarks.scores import BINS, SPLITS
from mist_core.calibration.judge import CLASSIC, COVERAGE, MIST
from mist_core.networks.scoring import interval_score

NOMINAL = np.arange(1, 20) / 20
PIT_BINS = 20
# Chance leaves a calibrated share outside its band in one case of twenty.
BAND = 0.95
# Bins that must hold their promise each by itself, and the levels at which they are asked.
COARSE_LEVELS = (0.5, 0.8, 0.9, 0.95)
COARSE_ROWS = (10, 50, 200, 1000, np.inf)
COARSE_DIMS = (1, 2, 5, 17, np.inf)
# Nats and rows from which dependence should be seen.
EVIDENT, EVIDENT_ROWS = 0.1, 1000
_ROW_EDGES = (0, 20, 50, 100, 200, 500, 1000, 2000, 5000, np.inf)
_DIM_EDGES = (0, 2, 3, 5, 9, 17, 33, np.inf)
TITLES = {
    MIST: "MIST",
    CLASSIC: "published architecture (classic)",
    **{name: peer.title for name, peer in PEERS.items()},
}


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
        bins |= {f"{name} {_label(edges, k)}": place == k for k in range(1, len(edges))}
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
    laws = rows.assign(law=rows.family.str.split("+"), covered=covered(rows), score=scores(rows))
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
        n=table.n_order.map(lambda k: _label(_ROW_EDGES, k)),
        d=table.d_order.map(lambda k: _label(_DIM_EDGES, k)),
        inside=table.coverage.between(low, high),
    )


def width_by_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """`n` and median `width` of the 90 % interval, in up to 8 groups of equal size by n."""
    groups = 8 * (rows.n_samples.rank(method="first") - 1) // len(rows)
    table = pd.DataFrame({"n": rows.n_samples, "width": rows.high - rows.low})
    return table.groupby(groups.to_numpy()).median().reset_index(drop=True)


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


def _label(edges: tuple[float, ...], k: int) -> str:
    """Name of bin number k of `np.digitize`: the integers in [edges[k - 1], edges[k])."""
    first, last = edges[k - 1], edges[k] - 1
    if first == 0:
        return f"up to {last:,}" if last > 1 else "1"
    if np.isinf(last):
        return f"{first:,} or more"
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"
