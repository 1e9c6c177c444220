"""Estimators of neighbouring papers in closed form: ratios of neighbours, and kernels by FFT.

They run in this process and need nothing but NumPy and SciPy.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy import ndarray
from scipy.fft import irfft2, rfft2
from scipy.spatial import cKDTree
from scipy.special import ndtri, xlogy
from scipy.stats import rankdata

from mist_core.benchmarks.base import CLASSICAL, Answer, Dataset, Estimator
from mist_core.errors import BaselineError

GRID, REACH = 256, 6.0  # nodes a side, and where the grid of normal scores ends
SHIFTS = 4  # rearrangements of y whose pairs stand for independence


def neighbour_ratio(x: ndarray, y: ndarray) -> float:
    """I(X;Y) by the share of real pairs among the neighbours of pairs that were torn apart, nats.

    With N real pairs and M of x and a shifted y, N_i and M_i of them among the k neighbours of the
    latter, it is the mean of g(r_i), g(r) = r ln r and r_i = (M / N) N_i / (M_i + 1), k about
    sqrt(N).

    Noshad, Moon, Sekeh and Hero (2017), Direct estimation of information divergence using nearest
    neighbor ratios, doi:10.1109/ISIT.2017.8006659.

    Args:
        x: (n, dim_x), y: (n, dim_y); columns are read by their normal scores.
    """
    x, y = normal_scores(x), normal_scores(y)
    n = len(x)
    k = max(2, round(math.sqrt(n)))
    shuffled = np.random.default_rng(0).permutation(n)  # rows in time order would not be torn apart
    x, y = x[shuffled], y[shuffled]
    real = np.c_[x, y]
    found = []
    for turn in range(1, min(SHIFTS, n - 1) + 1):
        torn = np.c_[x, np.roll(y, max(1, turn * n // (SHIFTS + 1)), axis=0)]
        near = cKDTree(np.r_[real, torn]).query(torn, k + 1)[1][:, 1:]  # without the pair itself
        ours = (near < n).sum(1)
        ratio = ours / (k - ours + 1)
        found.append(xlogy(ratio, ratio).mean())
    return float(np.mean(found))


def kernel_fft(x: ndarray, y: ndarray) -> float:
    """I(X;Y) of the kernel density of the normal scores on a grid, nats.

    Rows are shared out among the nodes around them, smoothed by a normal kernel of bandwidth
    n^(-1/6) (Scott's rule in the plane) as a product of Fourier transforms, and the joint density
    is compared with its own margins.

    Silverman (1982), Kernel density estimation using the fast Fourier transform,
    doi:10.2307/2347084.

    Args:
        x: (n, 1), y: (n, 1).

    Raises:
        BaselineError: a side has more columns.
    """
    if x.shape[1] > 1 or y.shape[1] > 1:
        raise BaselineError(
            f"A grid holds one column a side; got {x.shape[1]} + {y.shape[1]} columns."
        )
    joint = smoothed(np.c_[normal_scores(x), normal_scores(y)], len(x) ** (-1 / 6))
    product = np.outer(joint.sum(1), joint.sum(0))
    inside = (joint > 0) & (product > 0)
    return float((joint[inside] * np.log(joint[inside] / product[inside])).sum())


def smoothed(rows: ndarray, bandwidth: float) -> ndarray:
    """(GRID, GRID) masses of the kernel density of rows (n, 2) on [-REACH, REACH)^2."""
    step = 2 * REACH / GRID
    at = (np.clip(rows, -REACH, REACH - 2 * step) + REACH) / step
    low = np.floor(at).astype(int)
    share = at - low
    masses = np.zeros((GRID, GRID))
    for i in (0, 1):
        for j in (0, 1):
            weight = np.abs(1 - i - share[:, 0]) * np.abs(1 - j - share[:, 1])
            np.add.at(masses, (low[:, 0] + i, low[:, 1] + j), weight / len(rows))
    rates = 2 * np.pi * np.fft.fftfreq(GRID, step), 2 * np.pi * np.fft.rfftfreq(GRID, step)
    kernel = np.exp(-(bandwidth**2) * np.add.outer(rates[0] ** 2, rates[1] ** 2) / 2)
    return np.maximum(irfft2(rfft2(masses) * kernel, (GRID, GRID)), 0.0)


def normal_scores(side: ndarray) -> ndarray:
    """(n, d) each column by its ranks, as if it were normal."""
    return ndtri((rankdata(side, axis=0) - 0.5) / len(side))


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedForm(Estimator):
    """A function of the rows, with what to know before trusting it.

    Attributes:
        name: what result tables call it.
        title: what a reader sees.
        estimate: x (n, dim_x) and y (n, dim_y) to nats.
        limits: when it fails or misleads, in one sentence.
        doi: the publication it comes from.
    """

    name: str
    title: str
    estimate: Callable[[ndarray, ndarray], float]
    limits: str
    doi: str
    kind: str = CLASSICAL

    @property
    def identity(self) -> str:
        """The version of SciPy, which does the counting and the transforms."""
        return f"scipy {scipy.__version__}"

    def answer(self, datasets):
        return [self._answer(dataset) for dataset in datasets]

    def _answer(self, dataset: Dataset) -> Answer:
        start = time.perf_counter()
        x, y = (side.double().numpy() for side in (dataset.x, dataset.y))
        try:
            value = self.estimate(x, y)
        except BaselineError as error:
            return Answer(None, time.perf_counter() - start, str(error))
        return Answer(value, time.perf_counter() - start)


_FORMS = (
    ClosedForm(
        name="neighbour-ratio",
        title="Neighbour ratios",
        estimate=neighbour_ratio,
        limits="No ratio can exceed its number of neighbours, about √n, and few rows lie where it "
        "should be large: it reads too low where dependence is strong or columns are many, and a "
        "little above 0 without any.",
        doi="10.1109/ISIT.2017.8006659",
    ),
    ClosedForm(
        name="kernel-fft",
        title="Kernel density, FFT",
        estimate=kernel_fft,
        limits="One column a side only; its kernel is wide where few rows are, blurs what is finer "
        "and reads too low there, and without dependence it reads a little above 0.",
        doi="10.2307/2347084",
    ),
)
CLOSED_FORMS: dict[str, ClosedForm] = {form.name: form for form in _FORMS}
