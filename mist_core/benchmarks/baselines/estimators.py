"""The estimators MIST is compared with: bmi's, behind one call that never returns a silent NaN."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mist_core.benchmarks.baselines import pool
from mist_core.errors import BaselineError
from mist_core.inference.inputs import read_pair

NEIGHBORS = 5
BINS = 5
_MAX_CELLS = 400_000  # bmi visits each cell in Python: about a second
_BATCH_SIZE = 256  # bmi's own default


@dataclass(frozen=True)
class BaselineResult:
    """One estimate, or the sentence that says why there is none.

    Attributes:
        name: key in `BASELINES`.
        mutual_information: the estimate in nats as the estimator returned it, negative ones
            included; None where it failed.
        seconds: time spent inside the estimator, without the transport to its process.
        failure: one sentence, or None.
    """

    name: str
    mutual_information: float | None
    seconds: float
    failure: str | None


@dataclass(frozen=True)
class Baseline:
    """What a reader needs to know about an estimator before trusting it.

    Attributes:
        title: the name for a chart.
        estimator: class in `bmi.estimators`.
        options: its arguments; neural ones also get a batch size and a seed.
        neural: whether it trains a network on the data at hand (seconds, and a seed).
        limits: when it fails or misleads, in one sentence.
        doi: the publication it comes from.
        refusal: from x (n, dim_x) and y (n, dim_y) to the reason it cannot run, or None.
    """

    title: str
    estimator: str
    options: dict
    neural: bool
    limits: str
    doi: str
    refusal: Callable[[np.ndarray, np.ndarray], str | None]


def estimate_baseline(
    name: str,
    x: Any,
    y: Any,
    *,
    time_limit: float = 120.0,
    seed: int = 0,
    while_waiting: Callable[[], None] = lambda: None,
) -> BaselineResult:
    """Estimates mutual information with one of bmi's estimators.

    The work happens in a warm process of its own (bmi needs jax); the first call waits about
    three seconds for that process, which `baseline_pool.warm_up` can start ahead of time.

    Args:
        name: key in `BASELINES`.
        x: samples, shape (n,) or (n, dim_x), anything that `read_pair` accepts.
        y: samples, shape (n,) or (n, dim_y), likewise.
        time_limit: seconds after which the estimate is given up.
        seed: of the neural estimators; the others are deterministic.
        while_waiting: called about ten times a second; an error it raises ends the work.

    Returns:
        The estimate in nats, unclipped, or the reason there is none.

    Raises:
        BaselineError: `name` is not in `BASELINES`.
        InputError: the samples cannot be used by any estimator; see `read_pair`.

    References:
        Czyż et al. (2023), Beyond Normal: On the Evaluation of Mutual Information Estimators,
        doi:10.48550/arXiv.2306.11078 (bmi).
    """
    if name not in BASELINES:
        raise BaselineError(f"Expected a baseline among {', '.join(BASELINES)}; got {name!r}.")
    x, y = (side.detach().cpu().numpy() for side in read_pair(x, y))
    baseline = BASELINES[name]
    refusal = baseline.refusal(x, y)
    if refusal:
        return BaselineResult(name, None, 0.0, refusal)
    request = {"estimator": baseline.estimator, "options": _options(baseline, len(x), seed)}
    try:
        answer = pool.ask(request, x, y, time_limit=time_limit, while_waiting=while_waiting)
    except BaselineError as error:
        return BaselineResult(name, None, time_limit, str(error))
    return BaselineResult(name, **answer)


def _options(baseline: Baseline, n_samples: int, seed: int) -> dict:
    if not baseline.neural:
        return baseline.options
    # bmi trains on half of the rows and returns NaN when that half is smaller than a batch.
    batch_size = min(_BATCH_SIZE, n_samples // 2)
    return baseline.options | {"batch_size": batch_size, "seed": seed, "verbose": False}


def _ksg_refusal(x: np.ndarray, y: np.ndarray) -> str | None:
    if len(x) <= NEIGHBORS:
        return f"KSG needs more than {NEIGHBORS} rows, one for each neighbor; got {len(x)}."
    _, counts = np.unique(np.hstack([x, y]), axis=0, return_counts=True)
    if counts.max() > NEIGHBORS:
        # bmi would take digamma(0), and its max(0, NaN) would then report 0.
        return (
            f"KSG needs distinct rows: {counts.max()} rows are identical, so the distance to "
            f"neighbor {NEIGHBORS} is zero; add a little noise or use another estimator."
        )
    return None


def _cca_refusal(x: np.ndarray, y: np.ndarray) -> str | None:
    needed = x.shape[1] + y.shape[1] + 2
    if len(x) <= needed:
        return (
            f"CCA needs more than dim_x + dim_y + 2 = {needed} rows, or it fits every sample "
            f"perfectly; got {len(x)}."
        )
    for side, values in (("x", x), ("y", y)):
        if (np.ptp(values, axis=0) == 0).any():
            return f"CCA needs columns that vary; {side} has a constant one."
    return None


def _histogram_refusal(x: np.ndarray, y: np.ndarray) -> str | None:
    dims = x.shape[1] + y.shape[1]
    if BINS**dims > _MAX_CELLS:
        return (
            f"A histogram with {BINS} bins a column needs {BINS}^{dims} cells for "
            f"{dims} columns; it runs with up to {int(np.log(_MAX_CELLS) / np.log(BINS))}."
        )
    return None


def _no_refusal(x: np.ndarray, y: np.ndarray) -> str | None:
    return None


_HALF = "Trains on half of the rows and scores the other half, so it needs thousands of them"

BASELINES: dict[str, Baseline] = {
    "ksg": Baseline(
        title="KSG",
        estimator="KSGEnsembleFirstEstimator",
        options={"neighborhoods": [NEIGHBORS]},
        neural=False,
        limits="Nearest neighbors see little in many dimensions or at high MI and read far too "
        "low there; ties break it, and bmi clips it at 0.",
        doi="10.1103/PhysRevE.69.066138",
        refusal=_ksg_refusal,
    ),
    "cca": Baseline(
        title="CCA",
        estimator="CCAMutualInformationEstimator",
        options={},
        neural=False,
        limits="Sees linear dependence only, exact for Gaussian data, and reads far too high "
        "when rows are few against the columns.",
        doi="10.1093/biomet/28.3-4.321",
        refusal=_cca_refusal,
    ),
    "histogram": Baseline(
        title="Histogram",
        estimator="HistogramEstimator",
        options={"n_bins_x": BINS},
        neural=False,
        limits=f"With {BINS} bins a column it cannot exceed ln {BINS} nats a column, reads too "
        "high when cells are sparse, and does not fit more than 8 columns.",
        doi="10.1103/PhysRevE.71.066208",
        refusal=_histogram_refusal,
    ),
    "kde": Baseline(
        title="Kernel density",
        estimator="KDEMutualInformationEstimator",
        options={},
        neural=False,
        limits="Depends on kernel and bandwidth (top hat, Scott's rule) and reads far too high "
        "beyond two or three columns, where each point sees only itself.",
        doi="10.1103/PhysRevE.52.2318",
        refusal=_no_refusal,
    ),
    "mine": Baseline(
        title="MINE",
        estimator="MINEEstimator",
        options={},
        neural=True,
        limits=f"{_HALF}, and its training is noisy.",
        doi="10.48550/arXiv.1801.04062",
        refusal=_no_refusal,
    ),
    "infonce": Baseline(
        title="InfoNCE",
        estimator="InfoNCEEstimator",
        options={},
        neural=True,
        limits=f"{_HALF}; it cannot exceed ln(n / 2).",
        doi="10.48550/arXiv.1807.03748",
        refusal=_no_refusal,
    ),
    "nwj": Baseline(
        title="NWJ",
        estimator="NWJEstimator",
        options={},
        neural=True,
        limits=f"{_HALF}; its variance grows exponentially with the MI.",
        doi="10.1109/TIT.2010.2068870",
        refusal=_no_refusal,
    ),
    "donsker-varadhan": Baseline(
        title="Donsker-Varadhan",
        estimator="DonskerVaradhanEstimator",
        options={},
        neural=True,
        limits=f"{_HALF}; its variance grows exponentially with the MI.",
        doi="10.1002/cpa.3160360204",
        refusal=_no_refusal,
    ),
}
