"""Why a table leaves nothing to ask: a sentence for each case, with what can be done."""

from itertools import combinations

import numpy as np

from mist_core.errors import TableError
from mist_core.inference.containers import MIN_SAMPLES
from mist_core.markdown import listed
from mist_core.tables.columns.column import CONSTANT, IDENTIFIER
from mist_core.tables.table import Table

_NAMED = 5
_PEOPLE_SAY = {CONSTANT: "one value only", IDENTIFIER: "a value of its own in each row"}
AGAIN = "Read one of them as another kind, if that is wrong."


def check(table: Table) -> None:
    """Nothing, where at least two columns can be compared.

    Raises:
        TableError: they cannot; the message says why.
    """
    if table.n_rows < MIN_SAMPLES:
        raise TableError(
            f"The table has {_rows(table.n_rows)}: at least {MIN_SAMPLES} are needed, and from "
            "fewer than about 50 the answer is hardly more than a guess."
        )
    usable = [column for column in table.columns if column.usable]
    if len(usable) < 2:
        raise TableError(_too_few_columns(table))
    complete = (np.sum(~(a.missing | b.missing)) for a, b in combinations(usable, 2))
    if all(rows < MIN_SAMPLES for rows in complete):
        raise TableError(
            f"No two columns share {MIN_SAMPLES} rows in which both have a value: the gaps leave "
            "nothing to compare."
        )


def _too_few_columns(table: Table) -> str:
    useless = [column for column in table.columns if not column.usable]
    kinds = {column.kind for column in useless}
    left = len(table.columns) - len(useless)
    if left == 0 and len(kinds) == 1:
        return f"Every column has {_PEOPLE_SAY[kinds.pop()]}: nothing can be compared. {AGAIN}"
    named = [f"{c.name} has {_PEOPLE_SAY[c.kind]}" for c in useless[:_NAMED]]
    more = [f"{len(useless) - _NAMED:,} more are of such kinds"] if len(useless) > _NAMED else []
    beginning = "Only one column can be compared" if left else "No column can be compared"
    return f"{beginning}: {listed(named + more)}. {AGAIN}"


def _rows(number: int) -> str:
    return {0: "no rows", 1: "one row"}.get(number, f"{number} rows")
