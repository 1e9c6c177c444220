"""From a table and two groups of its columns to a meta-distribution that looks like them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mist_core.errors import TableError
from mist_core.priors.like_table import LikeTable
from mist_core.priors.sides import FITTED, MEMBERS, PLACES, save_sides
from mist_core.priors.spec import LEAST_ROWS, MOST_ROWS
from mist_core.priors.synthesis.synthesizer import Side
from mist_core.tables.pairs import complete_rows
from mist_core.tables.table import Table
from mist_core.training.adaptation.side import FittedSide, SideReader

LEAST_TABLE_ROWS = 80
MOST_SIDE_COLUMNS = 32
# Of the rows: what is left judges the fit and the training.
FITTED_SHARE = 2 / 3
# Of those, the rows that each fit sees: so fits differ as those to other rows would.
MEMBER_SHARE = 0.7
SHOWN_ROWS = 400
# Numbers a dataset, at most: beyond it drawing would take longer than learning.
MOST_CELLS = 40_000

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Adaptation:
    """Both sides of a table imitated.

    Attributes:
        meta: what a network can be trained on.
        x, y: how each side turned out.
    """

    meta: LikeTable
    x: FittedSide
    y: FittedSide


def adapt(
    table: Table,
    x: Sequence[str],
    y: Sequence[str],
    *,
    seed: int = 0,
    progress: Progress = lambda share, words: None,
) -> Adaptation:
    """Fit both sides: several times to parts of two thirds of the rows, once to the rest.

    The rest judges: neither the training nor the fits it uses have seen those rows.
    The fitted sides are left in the data folder, from where `Adaptation.meta` reads them.

    Args:
        table: the data.
        x, y: names of the columns of each side.
        seed: of the split and the fits.
        progress: takes the share done and what is being done.

    Raises:
        TableError: too few complete rows, too many columns, or a column that cannot be used.
    """
    names = {"x": tuple(x), "y": tuple(y)}
    _check(table, names)
    rows = complete_rows(table, [*x, *y], max_rows=MOST_ROWS, seed=seed)
    if len(rows) < LEAST_TABLE_ROWS:
        raise TableError(
            f"These columns have {len(rows)} complete rows; a flow needs at least "
            f"{LEAST_TABLE_ROWS}: choose others, or estimate without adapting."
        )
    order = np.random.default_rng(seed).permutation(rows)
    cut = round(FITTED_SHARE * len(order))
    readers = {side: SideReader.of(table, names[side], rows) for side in names}
    fits = _fit_all(readers, order[:cut], order[cut:], seed, progress)
    most = min(len(rows), MOST_CELLS // sum(map(len, names.values())))
    meta = LikeTable(save_sides(fits), (max(LEAST_ROWS, most // 4), most))
    shown = order[cut:][:SHOWN_ROWS]
    found = [readers[side].compare(_members(fits, side), shown, seed) for side in names]
    return Adaptation(meta, *found)


def _fit_all(
    readers: dict[str, SideReader],
    fitted: np.ndarray,
    held_out: np.ndarray,
    seed: int,
    progress: Progress,
) -> dict[str, Side]:
    """The sides of all `PLACES`."""
    fits = {}
    for number, place in enumerate(PLACES):
        which, member, side = place.rsplit("-", 2)
        seen = _part(fitted, int(member), seed) if which == FITTED else held_out

        def report(share: float, number: int = number, side: str = side) -> None:
            progress((number + share) / len(PLACES), f"Fitting {side.upper()} …")

        fits[place] = readers[side].fit(seen, seed=seed + int(member), progress=report)
    return fits


def _part(rows: np.ndarray, member: int, seed: int) -> np.ndarray:
    """The rows that one fit sees."""
    rng = np.random.default_rng((seed, member))
    return rng.permutation(rows)[: round(MEMBER_SHARE * len(rows))]


def _members(fits: dict[str, Side], side: str) -> list[Side]:
    return [fits[f"{FITTED}-{member}-{side}"] for member in range(MEMBERS[FITTED])]


def _check(table: Table, names: dict[str, tuple[str, ...]]) -> None:
    for side, columns in names.items():
        if not columns:
            raise TableError(f"Choose at least one column for {side.upper()}.")
        if len(columns) > MOST_SIDE_COLUMNS:
            raise TableError(f"At most {MOST_SIDE_COLUMNS} columns a side, got {len(columns)}.")
        for name in columns:
            if not table[name].usable:
                raise TableError(f"{name!r} cannot be imitated: {table[name].reason}.")
    shared = sorted(set(names["x"]) & set(names["y"]))
    if shared:
        raise TableError(f"{', '.join(shared)}: on both sides; take it out of one.")
