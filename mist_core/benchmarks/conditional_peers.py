"""Who estimates I(X;Y|Z): ours, nearest neighbours, normal laws, and packages that have it."""

import importlib
import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy import ndarray
from scipy.spatial import cKDTree
from scipy.special import digamma

from mist_core.inference import conditional
from mist_core.networks.quantiles import CENTRAL_90

NEIGHBOURS = 5


@dataclass(frozen=True)
class Peer:
    """An estimator.

    Attributes:
        title: for tables and charts.
        answer: (x, y, z, in_time) to nats and the ends of a 90 % interval, NaN where there is none.
        most_rows, most_seeds: beyond which it takes too long to be asked.
        package: that must be installed; None for what is always there.
        most_columns: a side, that it takes.
    """

    title: str
    answer: Callable[[ndarray, ndarray, ndarray, bool], tuple[float, float, float]]
    most_rows: int = 1_000_000
    most_seeds: int = 1_000_000
    package: str | None = None
    most_columns: int = 1_000_000


def frenzel_pompe(x: ndarray, y: ndarray, z: ndarray, k: int = NEIGHBOURS) -> float:
    """k-nearest-neighbour estimate of Frenzel and Pompe (2007), nats, largest differences.

    doi 10.1103/PhysRevLett.99.204101. Biased towards 0 in many columns.

    Args:
        x, y, z: (n, d) each; columns are standardised first.
        k: neighbours, below n.
    """
    x, y, z = (_standard(side) for side in (x, y, z))
    radius = cKDTree(np.c_[x, y, z]).query(np.c_[x, y, z], k + 1, p=np.inf)[0][:, -1]
    inside = np.nextafter(radius, 0)
    spaces = (np.c_[x, z], np.c_[y, z], z)
    counts = [
        cKDTree(space).query_ball_point(space, inside, p=np.inf, return_length=True)
        for space in spaces
    ]
    of_xz, of_yz, of_z = (digamma(np.maximum(count, 1)) for count in counts)
    return float(digamma(k) + np.mean(of_z - of_xz - of_yz))


def partial_gaussian(x: ndarray, y: ndarray, z: ndarray) -> float:
    """Information of normal sides with the partial correlations of the rows, nats."""

    def volume(*sides: ndarray) -> float:
        return float(np.linalg.slogdet(np.atleast_2d(np.cov(np.c_[sides], rowvar=False)))[1])

    return (volume(x, z) + volume(y, z) - volume(z) - volume(x, y, z)) / 2


def _standard(side: ndarray) -> ndarray:
    spread = side.std(0)
    return (side - side.mean(0)) / np.where(spread > 0, spread, 1.0)


def _ours(x: ndarray, y: ndarray, z: ndarray, in_time: bool) -> tuple[float, float, float]:
    sides = (torch.from_numpy(np.ascontiguousarray(side)).unsqueeze(0) for side in (x, y, z))
    posterior = conditional.posteriors(*sides, ordered=in_time)[0]
    low, high = (posterior.quantiles[place] for place in CENTRAL_90)
    return posterior.mean, low, high


def _alone(estimate: Callable[[ndarray, ndarray, ndarray], float]):
    """An estimator of one number, that takes no notice of time."""

    def answer(x: ndarray, y: ndarray, z: ndarray, in_time: bool) -> tuple[float, float, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(estimate(x, y, z)), float("nan"), float("nan")

    return answer


def _infomeasure(x: ndarray, y: ndarray, z: ndarray) -> float:
    package = importlib.import_module("infomeasure")
    how = {"approach": "ksg", "k": NEIGHBOURS}
    return package.conditional_mutual_information(x, y, cond=z, **how)


def _cmi_knn(x: ndarray, y: ndarray, z: ndarray) -> float:
    module = importlib.import_module("tigramite.independence_tests.cmiknn")
    test = module.CMIknn(knn=NEIGHBOURS, transform="ranks", workers=1)
    places = np.repeat([0, 1, 2], [side.shape[1] for side in (x, y, z)])
    return test.get_dependence_measure(np.c_[x, y, z].T.copy(), places)


def _ennemi(x: ndarray, y: ndarray, z: ndarray) -> float:
    package = importlib.import_module("ennemi")
    return package.estimate_mi(y[:, 0], x[:, 0], cond=z, k=NEIGHBOURS)[0, 0]


PEERS: dict[str, Peer] = {
    "mist": Peer("MIST conditional", _ours),
    "frenzel-pompe": Peer("Frenzel-Pompe, k = 5", _alone(frenzel_pompe), most_rows=1000),
    "partial-gaussian": Peer("partial correlations", _alone(partial_gaussian)),
    "infomeasure": Peer("infomeasure, KSG", _alone(_infomeasure), 1000, 1, "infomeasure"),
    "cmi-knn": Peer("tigramite, CMIknn", _alone(_cmi_knn), 1000, 1, "tigramite"),
    "ennemi": Peer("ennemi", _alone(_ennemi), package="ennemi", most_columns=1),
}


def installed(peer: Peer) -> bool:
    """Whether what it needs is there."""
    return peer.package is None or importlib.util.find_spec(peer.package) is not None
