"""The estimators in processes of their own, behind one call that never returns a silent NaN."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mist_core.benchmarks.base import CLASSICAL, NEURAL, Answer, Dataset, Estimator
from mist_core.benchmarks.baselines import pool, refusals
from mist_core.benchmarks.baselines.installed import BMI, TRAINED, Library
from mist_core.benchmarks.baselines.refusals import BINS, NEIGHBORS
from mist_core.errors import BaselineError, MISTError
from mist_core.inference.inputs import read_pair

_BATCH_SIZE = 256  # bmi's own default


@dataclass(frozen=True, kw_only=True, eq=False)
class Baseline(Estimator):
    """An estimator in a process of its own, and what to know before trusting it.

    Attributes:
        name: key in `BASELINES`.
        title: the name for a chart.
        estimator: class in its library.
        options: its arguments; neural ones also get a seed and, of bmi, a batch size.
        kind: CLASSICAL, or NEURAL: it trains a network on the data at hand.
        limits: when it fails or misleads, in one sentence.
        doi: the publication it comes from.
        refusal: from x (n, dim_x) and y (n, dim_y) to the reason it cannot run, or None.
        time_limit: seconds after which an estimate is given up.
        library: whose it is.

    References:
        Czyż et al. (2023), Beyond Normal: On the Evaluation of Mutual Information Estimators,
        doi:10.48550/arXiv.2306.11078 (bmi).
    """

    name: str
    title: str
    estimator: str
    options: dict
    kind: str = CLASSICAL
    limits: str
    doi: str
    refusal: Callable[[np.ndarray, np.ndarray], str | None]
    time_limit: float = 120.0
    library: Library = BMI

    @property
    def identity(self) -> str:
        """The version that is installed; with a longer limit, one out of time may answer.

        Raises:
            BaselineError: none is.
        """
        return f"{self.library.version} {self.time_limit:g} s"

    def answer(self, datasets):
        return [self._answer(dataset) for dataset in datasets]

    def ask(
        self,
        x: Any,
        y: Any,
        *,
        seed: int = 0,
        while_waiting: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Estimates mutual information.

        The work happens in a warm process of its own (bmi needs jax); the first call waits some
        three seconds for that process, which `pool.warm_up` can start ahead of time.

        Args:
            x: samples, shape (n,) or (n, dim_x), anything that `read_pair` accepts.
            y: samples, shape (n,) or (n, dim_y), likewise.
            seed: of the neural estimators; the others are deterministic.
            while_waiting: called about ten times a second; an error it raises ends the work.

        Returns:
            The estimate in nats as the estimator returned it, negative ones included, and the
            time spent inside it, without the transport to its process; or why there is none.

        Raises:
            InputError: the samples cannot be used by any estimator; see `read_pair`.
        """
        x, y = (side.detach().cpu().numpy() for side in read_pair(x, y))
        if refusal := self.refusal(x, y):
            return Answer(None, 0.0, refusal)
        request = {"estimator": self.estimator, "options": self._options(len(x), seed)}
        try:
            answer = pool.ask(
                request,
                x,
                y,
                library=self.library,
                time_limit=self.time_limit,
                while_waiting=while_waiting,
            )
        except BaselineError as error:
            return Answer(None, self.time_limit, str(error))
        return Answer(answer["mutual_information"], answer["seconds"], answer["failure"])

    def _answer(self, dataset: Dataset) -> Answer:
        try:
            return self.ask(dataset.x, dataset.y, seed=dataset.seed)
        except MISTError as error:  # data that no estimator can use
            return Answer(None, failure=str(error))

    def _options(self, n_samples: int, seed: int) -> dict:
        if self.kind != NEURAL:
            return self.options
        if self.library != BMI:
            return self.options | {"seed": seed}
        # bmi trains on half of the rows and returns NaN when that half is smaller than a batch.
        batch_size = min(_BATCH_SIZE, n_samples // 2)
        return self.options | {"batch_size": batch_size, "seed": seed, "verbose": False}


_HALF = "Trains on half of the rows and scores the other half, so it needs thousands of them"

_BASELINES = (
    Baseline(
        name="ksg",
        title="KSG",
        estimator="KSGEnsembleFirstEstimator",
        options={"neighborhoods": [NEIGHBORS]},
        limits="Nearest neighbors see little in many dimensions or at high MI and read far too "
        "low there; ties break it, and bmi clips it at 0.",
        doi="10.1103/PhysRevE.69.066138",
        refusal=refusals.ksg,
    ),
    Baseline(
        name="cca",
        title="CCA",
        estimator="CCAMutualInformationEstimator",
        options={},
        limits="Sees linear dependence only, exact for Gaussian data, and reads far too high "
        "when rows are few against the columns.",
        doi="10.1093/biomet/28.3-4.321",
        refusal=refusals.cca,
    ),
    Baseline(
        name="histogram",
        title="Histogram",
        estimator="HistogramEstimator",
        options={"n_bins_x": BINS},
        limits=f"With {BINS} bins a column it cannot exceed ln {BINS} nats a column, reads too "
        "high when cells are sparse, and does not fit more than 8 columns.",
        doi="10.1103/PhysRevE.71.066208",
        refusal=refusals.histogram,
    ),
    Baseline(
        name="kde",
        title="Kernel density",
        estimator="KDEMutualInformationEstimator",
        options={},
        limits="Depends on kernel and bandwidth (top hat, Scott's rule) and reads far too high "
        "beyond two or three columns, where each point sees only itself.",
        doi="10.1103/PhysRevE.52.2318",
        refusal=refusals.none,
    ),
    Baseline(
        name="mine",
        title="MINE",
        estimator="MINEEstimator",
        options={},
        kind=NEURAL,
        limits=f"{_HALF}, and its training is noisy.",
        doi="10.48550/arXiv.1801.04062",
        refusal=refusals.none,
    ),
    Baseline(
        name="infonce",
        title="InfoNCE",
        estimator="InfoNCEEstimator",
        options={},
        kind=NEURAL,
        limits=f"{_HALF}; it cannot exceed ln(n / 2).",
        doi="10.48550/arXiv.1807.03748",
        refusal=refusals.none,
    ),
    Baseline(
        name="nwj",
        title="NWJ",
        estimator="NWJEstimator",
        options={},
        kind=NEURAL,
        limits=f"{_HALF}; its variance grows exponentially with the MI.",
        doi="10.1109/TIT.2010.2068870",
        refusal=refusals.none,
    ),
    Baseline(
        name="donsker-varadhan",
        title="Donsker-Varadhan",
        estimator="DonskerVaradhanEstimator",
        options={},
        kind=NEURAL,
        limits=f"{_HALF}; its variance grows exponentially with the MI.",
        doi="10.1002/cpa.3160360204",
        refusal=refusals.none,
    ),
    Baseline(
        name="minde",
        title="MINDE",
        estimator="MINDE",
        options={},
        kind=NEURAL,
        limits="Every error of its scores counts as information, so that it reads too high in many "
        "columns, while it smooths what is sharp, and reads too low there.",
        doi="10.48550/arXiv.2310.09031",
        refusal=refusals.none,
        library=TRAINED,
    ),
    Baseline(
        name="bridge",
        title="Telescoping ratios",
        estimator="TelescopingBridge",
        options={},
        kind=NEURAL,
        limits="Each of its steps learns from half of the rows, and it reads far too low where "
        "columns are many against these.",
        doi="10.48550/arXiv.2006.12204",
        refusal=refusals.none,
        library=TRAINED,
    ),
)

BASELINES: dict[str, Baseline] = {baseline.name: baseline for baseline in _BASELINES}
