"""Two sides of a table: their complete rows, and what has to be known beside an answer."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from mist_core.inference.posterior import DOUBTFUL, Posterior
from mist_core.markdown import percent
from mist_core.tables.association import Association
from mist_core.tables.table import Table

MAX_ROWS = 1_000_000  # more rows, a better answer; this is what one estimate can hold
COVERAGE = 0.9
_FEW_ROWS = 50


def side(table: Table, names: Sequence[str], rows: np.ndarray) -> pd.DataFrame:
    """(len(rows), len(names)) the columns as an estimator reads them: categories are classes."""
    frame = pd.concat([table[name].values.iloc[rows] for name in names], axis="columns")
    return frame.reset_index(drop=True)


def complete_rows(
    table: Table, names: Sequence[str], *, max_rows: int = MAX_ROWS, seed: int = 0
) -> np.ndarray:
    """Positions, in order, of the rows without a gap in these columns.

    Args:
        table: the data.
        names: of the columns.
        max_rows: a longer table is thinned to so many rows first, drawn at random.
        seed: of that draw.
    """
    missing = np.logical_or.reduce([table[name].missing for name in names])
    if table.n_rows <= max_rows:
        return np.flatnonzero(~missing)
    drawn = np.random.default_rng(seed).choice(table.n_rows, max_rows, replace=False)
    return np.sort(drawn[~missing[drawn]])


def associated(x: pd.DataFrame, y: pd.DataFrame, posterior: Posterior) -> Association:
    """A posterior with what has to be known beside it; x and y (n, columns) as of `side`."""
    low, high = posterior.interval(COVERAGE)
    ceiling = min(entropy(x), entropy(y))
    flags = _flags(x, y, posterior)
    if posterior.mean > ceiling:
        flags.append("more than the classes can tell")
    return Association(
        columns=tuple(x.columns),
        n_samples=len(x),
        mutual_information=posterior.mean,
        low=low,
        high=high,
        ceiling=ceiling,
        flags=tuple(flags),
    )


def entropy(frame: pd.DataFrame) -> float:
    """Plug-in joint entropy in nats where every column is a class, else infinity."""
    if not all(map(_is_class, frame.dtypes)):
        return math.inf
    shares = frame.astype(object).value_counts(normalize=True).to_numpy()
    return float(-(shares * np.log(shares)).sum())


def _is_class(dtype: object) -> bool:
    return isinstance(dtype, pd.CategoricalDtype)


def _flags(x: pd.DataFrame, y: pd.DataFrame, posterior: Posterior) -> list[str]:
    flags = [f"only {len(x)} rows"] if len(x) < _FEW_ROWS else []
    for name, column in [*x.items(), *y.items()]:
        flags += _column_flags(name, column)
    if any(_is_copy(a, b) for _, a in x.items() for _, b in y.items()):
        flags.append("copy of the target")
    if posterior.in_family < DOUBTFUL:
        flags.append("unlike the training data")
    return flags


def _column_flags(name: str, column: pd.Series) -> list[str]:
    counts = column.astype(object).value_counts().to_numpy()
    if len(counts) < 2:
        return [f"constant: {name}"]
    share = counts.max() / len(column)
    tied = share > 0.2 and len(counts) > 10 and not _is_class(column.dtype)
    return [f"many ties: {name} has one value in {percent(share)} of rows"] if tied else []


def _is_copy(a: pd.Series, b: pd.Series) -> bool:
    """Whether one column is the other, renamed (classes) or mapped in a monotone way."""
    if _is_class(a.dtype) or _is_class(b.dtype):
        # Codes in order of appearance agree exactly where the values map one to one.
        first, second = pd.factorize(a)[0], pd.factorize(b)[0]
        return 0 < first.max() < len(a) - 1 and np.array_equal(first, second)
    ranks, others = rankdata(a), rankdata(b)
    same = np.array_equal(ranks, others) or np.array_equal(ranks, len(a) + 1 - others)
    return same and np.ptp(ranks) > 0
