"""Who selects columns: ours by conditional information, and the ways that it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray
from sklearn.feature_selection import SelectKBest, mutual_info_classif, mutual_info_regression

from mist_core.inference.estimator import general
from mist_core.sklearn import MISTSelector


@dataclass(frozen=True)
class Selector:
    """A way to take columns one after the other.

    Attributes:
        title: for tables and charts.
        order: columns (n, d), target (n,), whether that is made of classes, and how many columns
            at most; to their places, the first taken first.
        stops: whether it says by itself when to stop; the others are told how many to take.
        ranks: whether its order is one of its own, worth being judged at every length.
    """

    title: str
    order: Callable[[ndarray, ndarray, bool, int], list[int]]
    stops: bool = False
    ranks: bool = True


def mrmr(columns: ndarray, target: ndarray, target_is_class: bool, most: int) -> list[int]:
    """Minimal redundancy, maximal relevance, by our estimates of information.

    Takes the column with the largest I(X_i; Y) - mean of I(X_i; X_j) over those taken (Peng, Long
    and Ding, 2005, doi 10.1109/TPAMI.2005.159).

    Args:
        columns: (n, d) numbers.
        target: (n,).
        target_is_class: whether the target is made of classes.
        most: columns to take, at most d.
    """
    relevance = _marginal(columns, target, target_is_class).scores_
    redundancy, taken = np.zeros(len(relevance)), []
    while len(taken) < min(most, len(relevance)):
        worth = relevance - redundancy / max(len(taken), 1)
        worth[taken] = -np.inf
        taken.append(int(np.argmax(worth)))
        last = columns[:, taken[-1]]
        found = general().posteriors((column, last) for column in columns.T)
        redundancy += [posterior.mean for posterior in found]
    return taken


def _marginal(columns: ndarray, target: ndarray, target_is_class: bool, **how) -> MISTSelector:
    selector = MISTSelector(discrete_target=target_is_class, **how)
    return selector.fit(columns, target)


def _conditional(columns: ndarray, target: ndarray, target_is_class: bool, most: int) -> list[int]:
    how = {"k": most, "method": "conditional"}
    return _marginal(columns, target, target_is_class, **how).order_.tolist()


def _best(columns: ndarray, target: ndarray, target_is_class: bool, most: int) -> list[int]:
    scores = _marginal(columns, target, target_is_class).scores_
    return np.argsort(-scores, kind="stable")[:most].tolist()


def _sure(columns: ndarray, target: ndarray, target_is_class: bool, most: int) -> list[int]:
    fitted = _marginal(columns, target, target_is_class, threshold=0.0)
    kept = fitted.get_support(indices=True)
    return kept[np.argsort(-fitted.scores_[kept], kind="stable")][:most].tolist()


def _scikit_learn(columns: ndarray, target: ndarray, target_is_class: bool, most: int) -> list[int]:
    score = mutual_info_classif if target_is_class else mutual_info_regression
    scores = SelectKBest(lambda x, y: score(x, y, random_state=0), k="all").fit(columns, target)
    return np.argsort(-scores.scores_, kind="stable")[:most].tolist()


SELECTORS: dict[str, Selector] = {
    "conditional": Selector("MIST, conditional", _conditional, stops=True),
    "sure": Selector("MIST, each that surely tells", _sure, stops=True, ranks=False),
    "marginal": Selector("MIST, each by itself", _best),
    "mrmr": Selector("mRMR", mrmr),
    "select-k-best": Selector("scikit-learn's SelectKBest", _scikit_learn),
}
