"""Which columns tell most about the target: a ranking by mutual information, with intervals."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from mist_core.errors import TableError
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.inference.posterior import DOUBTFUL, Posterior
from mist_core.tables.association import Association, Ranking
from mist_core.tables.table import Table

MAX_ROWS = 1_000_000  # more rows, a better answer; this is what one estimate can hold
COVERAGE = 0.9
_FEW_ROWS = 50
_BATCH = 64  # pairs a call: large enough to be fast, small enough to report progress
_BATCH_ROWS = 1 << 21  # of all pairs of a call: what their columns may hold in memory
_NAMED = 5  # columns left out that a message names

Names = tuple[str, ...]
Progress = Callable[[int, int], None]


def scan(
    estimator: MISTEstimator,
    table: Table,
    target: Sequence[str],
    sources: Sequence[Sequence[str]] | None = None,
    *,
    max_rows: int = MAX_ROWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Ranking:
    """Rank columns, or groups of columns, by the information they share with the target.

    Rows with a gap are dropped pair by pair. Pairs with the same number of rows go through the
    estimator together.

    Args:
        estimator: gives posteriors for pairs of pandas columns.
        table: the data.
        target: one column or several, taken together.
        sources: each a column or several taken together; None for every other usable column.
        max_rows: a longer table is thinned to so many rows, drawn at random.
        seed: of that draw.
        progress: called with pairs done and pairs in all.

    Raises:
        TableError: a column does not exist, is on both sides, or nothing is left to rank.
    """
    target = tuple(target)
    sources = _other_columns(table, target) if sources is None else [tuple(s) for s in sources]
    _check_sides(target, sources)
    ranking = rank(
        estimator, table, target, sources, max_rows=max_rows, seed=seed, progress=progress
    )
    if not ranking.associations:
        raise TableError(
            f"No column shares {MIN_SAMPLES} complete rows with the target: choose another target."
        )
    return ranking


def rank(
    estimator: MISTEstimator,
    table: Table,
    target: Names,
    sources: Sequence[Names],
    *,
    max_rows: int = MAX_ROWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Ranking:
    """As `scan`, of sides that exist and differ; nothing may be left to rank."""
    rows = {s: complete_rows(table, s + target, max_rows=max_rows, seed=seed) for s in sources}
    enough = {source: kept for source, kept in rows.items() if len(kept) >= MIN_SAMPLES}
    posteriors = _posteriors(estimator, table, target, enough, progress)
    associations = [
        associated(side(table, s, rows[s]), side(table, target, rows[s]), posterior)
        for s, posterior in posteriors.items()
    ]
    associations.sort(key=lambda a: (-a.mutual_information, a.name))
    left_out = _left_out(table, target, rows)
    n_drawn = min(table.n_rows, max_rows)
    return Ranking(target, tuple(associations), left_out, table.n_rows, n_drawn)


def side(table: Table, names: Sequence[str], rows: np.ndarray) -> pd.DataFrame:
    """(len(rows), len(names)) the columns as an estimator reads them: categories are classes."""
    frame = pd.concat([table[name].values.iloc[rows] for name in names], axis="columns")
    return frame.reset_index(drop=True)


def complete_rows(
    table: Table, names: Sequence[str], *, max_rows: int = MAX_ROWS, seed: int = 0
) -> np.ndarray:
    """Positions, in order, of the drawn rows (see `scan`) without a gap in these columns."""
    missing = np.logical_or.reduce([table[name].missing for name in names])
    if table.n_rows <= max_rows:
        return np.flatnonzero(~missing)
    drawn = np.random.default_rng(seed).choice(table.n_rows, max_rows, replace=False)
    return np.sort(drawn[~missing[drawn]])


def _other_columns(table: Table, target: Names) -> list[Names]:
    others = [column for column in table.columns if column.name not in target]
    usable = [(column.name,) for column in others if column.usable]
    if others and not usable:
        named = "; ".join(f"{column.name} ({column.reason})" for column in others[:_NAMED])
        more = f"; and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise TableError(
            f"Nothing is left to compare with the target, since these were left out: {named}{more}."
            " Read one of them as another kind."
        )
    return usable


def _check_sides(target: Names, sources: Sequence[Names]) -> None:
    if not target:
        raise TableError("Choose a target: the column the others should tell about.")
    if not sources or not all(sources):
        raise TableError("Choose at least one column to compare with the target.")
    shared = sorted({name for source in sources for name in source} & set(target))
    if shared:
        raise TableError(f"{', '.join(shared)}: on both sides; take it out of one.")


def _left_out(table: Table, target: Names, rows: dict[Names, np.ndarray]) -> tuple:
    """(column, reason) for columns nobody asked for, and for those with too few rows."""
    named = {name for source in rows for name in source} | set(target)
    unusable = [(c.name, c.reason) for c in table.columns if not c.usable and c.name not in named]
    short = [
        (" + ".join(source), f"{len(kept)} complete rows, {MIN_SAMPLES} needed")
        for source, kept in rows.items()
        if len(kept) < MIN_SAMPLES
    ]
    return tuple(unusable + short)


def _posteriors(
    estimator: MISTEstimator,
    table: Table,
    target: Names,
    rows: dict[Names, np.ndarray],
    progress: Progress | None,
) -> dict[Names, Posterior]:
    """Posterior of each source, computed in batches of one length."""
    by_length = defaultdict(list)
    for source, kept in rows.items():
        by_length[len(kept)].append(source)
    posteriors = {}
    for length, sources in by_length.items():
        size = max(1, min(_BATCH, _BATCH_ROWS // length))
        for start in range(0, len(sources), size):
            batch = sources[start : start + size]
            pairs = [(side(table, s, rows[s]), side(table, target, rows[s])) for s in batch]
            posteriors.update(zip(batch, estimator.posteriors(pairs), strict=True))
            if progress:
                progress(len(posteriors), len(rows))
    return posteriors


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
    return [f"many ties: {name} has one value in {share:.0%} of rows"] if tied else []


def _is_copy(a: pd.Series, b: pd.Series) -> bool:
    """Whether one column is the other, renamed (classes) or mapped in a monotone way."""
    if _is_class(a.dtype) or _is_class(b.dtype):
        # Codes in order of appearance agree exactly where the values map one to one.
        first, second = pd.factorize(a)[0], pd.factorize(b)[0]
        return 0 < first.max() < len(a) - 1 and np.array_equal(first, second)
    ranks, others = rankdata(a), rankdata(b)
    same = np.array_equal(ranks, others) or np.array_equal(ranks, len(a) + 1 - others)
    return same and np.ptp(ranks) > 0
