"""Which columns of a table depend on which, and how surely: one call, a tidy frame."""

from collections.abc import Callable, Sequence

import pandas as pd

from mist_core.errors import TableError
from mist_core.inference.estimator import MISTEstimator, general
from mist_core.inspection import COLUMNS, Survey, survey
from mist_core.tables.table import Table, table_from_frame

__all__ = ["COLUMNS", "associations"]

# What stands in columns of each kind where nothing is known; "" in those of text.
_BLANK = {"f": float("nan"), "i": 0, "b": False}


def associations(
    frame: pd.DataFrame | Table,
    target: str | Sequence[str] | None = None,
    *,
    estimator: MISTEstimator | None = None,
    max_rows: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> pd.DataFrame:
    """Mutual information between the columns of a table, each pair on its own complete rows.

    >>> associations(frame, "price")                           # doctest: +SKIP

    Args:
        frame: at least two columns of numbers, dates or texts, of pandas or from `read_table`; a
            gap costs a row only in the pairs that it stands in. Names are taken as text.
        target: what the others are asked about: a column, or several taken together; None asks
            about every pair of columns.
        estimator: the general one if None.
        max_rows: a longer table is thinned to so many rows, drawn at random; None lets the number
            of pairs decide.
        seed: of that draw, and of permutations.
        progress: called with pairs done and pairs in all.

    Returns:
        A row a pair, the strongest first: `x` and `y` (names; `y` is the target), the posterior
        mean `mutual_information` and the ends `low` and `high` of its 90 % interval (nats), `p`
        and `q`, the evidence against independence, `rows` used, `flags`, what to be careful about,
        and more, of `mist_core.inspection.COLUMNS`, where they are explained. Columns and pairs
        that could not be used come last, without numbers, and their flag says why.

    Raises:
        TableError: no table, a column that does not exist or is there twice, or no two columns of
            use that share four complete rows.
    """
    table = frame if isinstance(frame, Table) else _table(frame)
    asked = None if target is None else _names(target)
    found = survey(
        estimator or general(), table, asked, max_rows=max_rows, seed=seed, progress=_told(progress)
    )
    return with_left_out(found)


def with_left_out(found: Survey) -> pd.DataFrame:
    """The pairs of a survey, and last what could not be used: flags say why."""
    blank = {name: _BLANK.get(dtype.kind, "") for name, dtype in found.pairs.dtypes.items()}
    rows = [blank | {"x": x, "y": y, "flags": reason} for x, y, reason in found.left_out]
    left_out = pd.DataFrame(rows, columns=COLUMNS).astype(found.pairs.dtypes)
    return pd.concat([found.pairs, left_out], ignore_index=True) if rows else found.pairs


def _table(frame: pd.DataFrame) -> Table:
    if not isinstance(frame, pd.DataFrame):
        raise TableError(f"Expected a DataFrame or a Table, got {type(frame).__name__}.")
    named = frame.rename(columns=str)
    twice = named.columns[named.columns.duplicated()]
    if len(twice):
        raise TableError(f"Two columns are called {twice[0]!r}: give each a name of its own.")
    return table_from_frame(named)


def _names(target: str | Sequence[str]) -> tuple[str, ...]:
    several = isinstance(target, list | tuple | pd.Index)
    return tuple(map(str, target)) if several else (str(target),)


def _told(progress: Callable[[int, int], object] | None) -> Callable[[Survey], object] | None:
    return progress and (lambda found: progress(len(found.answers), found.n_asked))
