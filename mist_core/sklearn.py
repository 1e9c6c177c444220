"""MIST for scikit-learn: a score of features and a selector of them.

>>> SelectKBest(mist_score, k=5).fit(X, y)                                         # doctest: +SKIP
>>> make_pipeline(MISTSelector(threshold=0.01), LogisticRegression()).fit(X, y)    # doctest: +SKIP

Columns of category, boolean and text type are classes. Of bare arrays, where everything is a
number, `discrete_features` and `discrete_target` say what is one; `functools.partial(mist_score,
discrete_target=True)` does so for `SelectKBest`. Needs scikit-learn 1.6 or later.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import check_X_y
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from mist_core.errors import ParameterError
from mist_core.inference.column_types import is_class
from mist_core.inference.containers import MIN_SAMPLES
from mist_core.inference.estimator import general
from mist_core.inference.inputs import read_sides
from mist_core.inference.posterior import Posterior
from mist_core.relations.selection import forward_selection

AUTO = "auto"
METHODS = ("marginal", "conditional")
_NAMES = {False: "continuous", True: "class"}
Floats = NDArray[np.float64]


def mist_score(
    X: Any,
    y: Any,
    *,
    discrete_features: ArrayLike | str | bool = AUTO,
    discrete_target: bool | str = AUTO,
) -> Floats:
    """Mutual information between each feature and the target, nats.

    Args:
        X: (n, d) array or DataFrame, n >= 4.
        y: (n,) target.
        discrete_features: which features are classes: "auto" (their dtypes decide), all or none of
            them by one bool, or a mask or the indices of those that are.
        discrete_target: whether the target is made of classes; "auto" lets its dtype decide.

    Returns:
        (d,) posterior means, at least 0.

    Raises:
        ValueError: scikit-learn cannot use the data, or a class column has more than 64 classes.
    """
    codes, classes = _encoded(X)
    target = _is_discrete(y, discrete_target)
    features, y = check_X_y(codes, y, ensure_min_samples=MIN_SAMPLES)
    found = _posteriors(features, y, _mask(discrete_features, classes, features.shape[1]), target)
    return np.array([posterior.mean for posterior in found])


class MISTSelector(SelectorMixin, BaseEstimator):
    """Keeps the features that tell most about the target, or those that surely tell something.

    With `method="conditional"` features are taken one after the other, each time the one that adds
    most to those taken before, while the lower end of what it adds lies above `threshold` (or 0)
    and above what any of the features seems to add once its rows are shuffled.

    Args:
        k: so many of the largest posterior means, or all if there are fewer; of the conditional
            method at most so many.
        threshold: nats; instead of `k`, keeps each feature whose interval lies above it.
        coverage: of that prediction interval, in (0, 1).
        discrete_features, discrete_target: as of `mist_score`.
        method: "marginal" looks at each feature by itself, "conditional" as above.

    Attributes:
        scores_: (d,) posterior means, nats: of each feature by itself, or, of the conditional
            method, of what a kept feature added when it was taken, and 0 for the others.
        intervals_: (d, 2) ends of the prediction intervals, nats, likewise.
        order_: places of the features that the conditional method kept, as they were taken.
        n_features_in_, feature_names_in_: as everywhere in scikit-learn.
    """

    def __init__(
        self,
        k: int = 10,
        *,
        threshold: float | None = None,
        coverage: float = 0.9,
        discrete_features: ArrayLike | str | bool = AUTO,
        discrete_target: bool | str = AUTO,
        method: str = "marginal",
    ):
        self.k = k
        self.threshold = threshold
        self.coverage = coverage
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.method = method

    def fit(self, X: Any, y: Any) -> "MISTSelector":
        """Scores the features; arguments and errors as of `mist_score`.

        Raises:
            ParameterError: `k` is less than 1, `coverage` is not in (0, 1), or `method` is unknown.
        """
        if self.method not in METHODS:
            raise ParameterError(
                f"method: expected one of {', '.join(METHODS)}, got {self.method!r:.80}."
            )
        if self.threshold is None and self.k < 1:
            raise ParameterError(f"k must be at least 1, got {self.k}.")
        # Dtypes are read first: validation turns everything into numbers.
        codes, classes = _encoded(X)
        target = _is_discrete(y, self.discrete_target)
        features, y = validate_data(self, codes, y, ensure_min_samples=MIN_SAMPLES)
        discrete = _mask(self.discrete_features, classes, features.shape[1])
        if self.method == "conditional":
            return self._take(features, y, discrete, target)
        found = _posteriors(features, y, discrete, target)
        self.scores_ = np.array([posterior.mean for posterior in found])
        self.intervals_ = np.array([posterior.interval(self.coverage) for posterior in found])
        return self

    def _take(
        self, X: Floats, y: NDArray[Any], discrete: NDArray[np.bool_], target: bool
    ) -> "MISTSelector":
        """Features one after the other."""
        columns = [_read(X[:, k], one) for k, one in enumerate(discrete.tolist())]
        steps = forward_selection(
            columns,
            _read(y, target),
            general(),
            most=self.k,
            threshold=self.threshold or 0.0,
            coverage=self.coverage,
        )
        self.order_ = np.array([step.place for step in steps], dtype=int)
        self.scores_ = np.zeros(X.shape[1])
        self.intervals_ = np.zeros((X.shape[1], 2))
        for step in steps:
            self.scores_[step.place] = step.added.mean
            self.intervals_[step.place] = step.added.interval(self.coverage)
        return self

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        if self.method == "conditional":
            return np.isin(np.arange(len(self.scores_)), self.order_)
        if self.threshold is not None:
            return self.intervals_[:, 0] > self.threshold
        best = np.argsort(-self.scores_, kind="stable")[: self.k]
        return np.isin(np.arange(len(self.scores_)), best)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _encoded(X: Any) -> tuple[Any, NDArray[np.bool_] | None]:
    """A DataFrame with numbers for its classes and which columns those are; the rest as it is."""
    if not isinstance(X, pd.DataFrame):
        return X, None
    frame = X.infer_objects()
    classes = np.array([is_class(dtype) for dtype in frame.dtypes], dtype=bool)
    columns = [
        _codes(column) if discrete else column
        for (_, column), discrete in zip(frame.items(), classes, strict=True)
    ]
    return (pd.concat(columns, axis="columns") if columns else frame), classes


def _codes(column: pd.Series) -> pd.Series:
    """Numbers of the classes in order of appearance, NaN where missing."""
    codes = pd.factorize(column)[0].astype(float)
    return pd.Series(np.where(codes < 0, np.nan, codes), column.index, name=column.name)


def _is_discrete(y: Any, asked: bool | str) -> bool:
    if asked != AUTO:
        return bool(asked)
    values = y if isinstance(y, pd.Series) else pd.Series(np.asarray(y).ravel())
    return is_class(values.infer_objects().dtype)


def _mask(
    asked: ArrayLike | str | bool, classes: NDArray[np.bool_] | None, count: int
) -> NDArray[np.bool_]:
    """(count,) which features are classes."""
    if isinstance(asked, str):
        if asked != AUTO:
            raise ParameterError(f"discrete_features: expected {AUTO!r} or a mask, got {asked!r}.")
        return np.zeros(count, dtype=bool) if classes is None else classes
    chosen = np.asarray(asked)
    if chosen.ndim == 0:
        return np.full(count, bool(chosen))
    mask = np.zeros(count, dtype=bool)
    mask[chosen] = True
    return mask


def _posteriors(
    X: Floats, y: NDArray[Any], discrete: NDArray[np.bool_], discrete_target: bool
) -> list[Posterior]:
    """One posterior a feature, in order."""
    found: dict[int, Posterior] = {}
    for kind, name in _NAMES.items():
        places = np.flatnonzero(discrete == kind)
        pairs = ((X[:, place], y) for place in places)
        types = {"x": name, "y": _NAMES[discrete_target]}
        found |= zip(places, general().posteriors(pairs, types), strict=True)
    return [found[place] for place in range(X.shape[1])]


def _read(column: NDArray[Any], discrete: bool) -> Tensor:
    """(n, width) one column, classes as indicators."""
    return read_sides({"x": column}, _NAMES[discrete])[0]
