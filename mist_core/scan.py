"""Which columns of a table depend on which, and how surely: one call, a tidy frame."""

import functools
from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from mist_core.errors import TableError
from mist_core.inference.estimator import MISTEstimator, general
from mist_core.tables.association import Association, Ranking
from mist_core.tables.ranking import MAX_ROWS, Names, Progress, rank, scan
from mist_core.tables.table import Table, table_from_frame

__all__ = ["COLUMNS", "associations", "scan"]

COLUMNS = ("x", "y", "mutual_information", "low", "high", "rows", "flags")


def associations(
    frame: pd.DataFrame | Table,
    target: str | Sequence[str] | None = None,
    *,
    estimator: MISTEstimator | None = None,
    max_rows: int = MAX_ROWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Mutual information between the columns of a table, each pair on its own complete rows.

    >>> associations(frame, "price")                           # doctest: +SKIP

    Args:
        frame: at least two columns of numbers, dates or texts, of pandas or from `read_table`; a
            gap costs a row only in the pairs that it stands in. Names are taken as text.
        target: what the others are asked about: a column, or several taken together; None asks
            about every pair of columns.
        estimator: the general one if None.
        max_rows: a longer table is thinned to so many rows, drawn at random.
        seed: of that draw.
        progress: called with pairs done and pairs in all.

    Returns:
        A row a pair, the strongest first: `x` and `y` (names; `y` is the target), the posterior
        mean `mutual_information` and the ends `low` and `high` of its 90 % interval (nats), `rows`
        used, and `flags`, what to be careful about. Columns and pairs that could not be used come
        last, without numbers, and their flag says why.

    Raises:
        TableError: no table, a column that does not exist or is there twice, or no two columns of
            use that share four complete rows.
    """
    table = frame if isinstance(frame, Table) else _table(frame)
    estimator = estimator or general()
    if target is None:
        against = functools.partial(rank, estimator, table, max_rows=max_rows, seed=seed)
        rankings = list(_all_pairs(against, table, progress))
    else:
        names = _names(target)
        rankings = [scan(estimator, table, names, max_rows=max_rows, seed=seed, progress=progress)]
    found = pd.DataFrame([_row(r, a) for r in rankings for a in r.associations], columns=COLUMNS)
    if found.empty:
        raise TableError("No two columns of use share four complete rows of this table.")
    found = found.sort_values("mutual_information", ascending=False, kind="stable")
    left_out = pd.DataFrame(_left_out(table, rankings), columns=COLUMNS)
    return pd.concat([found, left_out.astype(found.dtypes)], ignore_index=True)


def _table(frame: pd.DataFrame) -> Table:
    if not isinstance(frame, pd.DataFrame):
        raise TableError(f"Expected a DataFrame or a Table, got {type(frame).__name__}.")
    named = frame.rename(columns=str)
    twice = named.columns[named.columns.duplicated()]
    if len(twice):
        raise TableError(f"Two columns are called {twice[0]!r}: give each a name of its own.")
    return table_from_frame(named)


def _names(target: str | Sequence[str]) -> Names:
    several = isinstance(target, list | tuple | pd.Index)
    return tuple(map(str, target)) if several else (str(target),)


def _all_pairs(
    against: Callable[..., Ranking], table: Table, progress: Progress | None
) -> Iterator[Ranking]:
    """Each column of use against those before it."""
    names = [column.name for column in table.columns if column.usable]
    total, before = len(names) * (len(names) - 1) // 2, 0
    for place, name in enumerate(names[1:], 1):

        def report(done: int, _: int, before: int = before) -> None:
            if progress:
                progress(before + done, total)

        yield against((name,), [(other,) for other in names[:place]], progress=report)
        before += place


def _row(ranking: Ranking, found: Association) -> tuple:
    ends = (found.mutual_information, found.low, found.high)
    target = " + ".join(ranking.target)
    return (found.name, target, *ends, found.n_samples, "; ".join(found.flags))


def _left_out(table: Table, rankings: Sequence[Ranking]) -> Iterator[tuple]:
    """Rows for columns that nobody asked about, and for pairs with too few rows."""
    idle = {column.name: column.reason for column in table.columns if not column.usable}
    unknown = (float("nan"),) * 3
    asked = {name for ranking in rankings for name in ranking.target}
    for name, reason in idle.items():
        if name not in asked:
            yield (name, "", *unknown, 0, reason)
    for ranking in rankings:
        for name, reason in ranking.left_out:
            if name not in idle:
                yield (name, " + ".join(ranking.target), *unknown, 0, reason)
