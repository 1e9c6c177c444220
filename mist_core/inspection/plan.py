"""What a survey asks about: sides, rows, pairs, and which of them the network sees."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mist_core.errors import TableError
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.inspection.asking import Pair
from mist_core.inspection.result import AUDIT, EVERY, SCREEN, Survey
from mist_core.inspection.screen import Statistics
from mist_core.inspection.variable import Part, Variable, read, repeated
from mist_core.tables.table import Table

# Rows that are drawn, at most, for at most so many pairs: more of them, a better answer.
ROWS = ((50, 100_000), (500, 50_000), (5_000, 20_000))
ROWS_OF_MANY = 20_000
# Pairs that the network is asked about, one and all; of more the screen's strongest, and an audit.
MOST_ASKED, CHOSEN, AUDITED = 20_000, 2_000, 500
_NAMED = 5  # columns left out that a message names

Names = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """The sides of a survey at the rows that were drawn.

    Attributes:
        left, right: every left side is asked against every right one; right None stands for all
            pairs of left ones.
        survey: what is known before anything is asked.
        seed: of the audit.
        statistics: of all pairs, where there are too many for the network.
    """

    left: tuple[Variable, ...]
    right: tuple[Variable, ...] | None
    survey: Survey
    seed: int
    statistics: Statistics | None

    def screened(self) -> Iterator[int]:
        """Screens all pairs if there are many; yields how many are done."""
        if self.statistics is not None:
            yield from itertools.accumulate(self.statistics)

    def chosen(self) -> tuple[list[Pair], list[str], Survey]:
        """The pairs that the network is asked about, why each, and what is known now."""
        if self.statistics is None:
            pairs = list(self._all())
            asked = [EVERY] * len(pairs)
            survey = self.survey
        else:
            best = self.statistics.top(CHOSEN)
            drawn = self.statistics.others(best, AUDITED, np.random.default_rng(self.seed))
            pairs = [
                self._pair(*place) for part in (best, drawn) for place in zip(*part, strict=True)
            ]
            asked = [SCREEN] * len(best[0]) + [AUDIT] * len(drawn[0])
            survey = replace(self.survey, chosen=len(best[0]))
        return self._with_rows(pairs, asked, survey)

    def _with_rows(
        self, pairs: list[Pair], asked: list[str], survey: Survey
    ) -> tuple[list[Pair], list[str], Survey]:
        """Without the pairs that share too few rows."""
        rows = [pair.n for pair in pairs]
        kept = [k for k, n in enumerate(rows) if n >= MIN_SAMPLES]
        if not kept:
            raise TableError(_nothing(survey.target))
        short = tuple(
            (pair.x.name, pair.y.name, f"{n} complete rows, {MIN_SAMPLES} needed")
            for pair, n in zip(pairs, rows, strict=True)
            if n < MIN_SAMPLES
        )
        n_tested = survey.n_tested - len(short)
        survey = replace(
            survey, n_tested=n_tested, n_asked=len(kept), left_out=survey.left_out + short
        )
        return [pairs[k] for k in kept], [asked[k] for k in kept], survey

    def _all(self) -> Iterator[Pair]:
        if self.right is None:
            return itertools.starmap(Pair, itertools.combinations(self.left, 2))
        return itertools.starmap(Pair, itertools.product(self.left, self.right))

    def _pair(self, i: int, j: int) -> Pair:
        return Pair(self.left[i], (self.left if self.right is None else self.right)[j])


def planned(
    table: Table,
    target: str | Sequence[str] | None,
    sources: Sequence[Sequence[str]] | None,
    *,
    max_rows: int | None,
    seed: int,
) -> Plan:
    """What to ask; arguments and errors as of `survey.survey`."""
    names = None if target is None else (target,) if isinstance(target, str) else tuple(target)
    left = _left(table, names, sources)
    n_pairs = len(left) * (len(left) - 1) // 2 if names is None else len(left)
    if not n_pairs:
        raise TableError(_nothing(names))
    rows = drawn_rows(table.n_rows, max_rows or rows_for(n_pairs), seed)
    wanted = dict.fromkeys(name for side in (*left, names or ()) for name in side)
    parts = {name: read(table[name], rows) for name in wanted}
    copies = repeated(list(parts.values()))
    if copies.any():
        kept = np.flatnonzero(~copies)
        parts = {name: part.at(kept) for name, part in parts.items()}
    survey = Survey(
        target=names,
        n_rows=table.n_rows,
        n_drawn=table.n_rows if rows is None else len(rows),
        n_repeated=int(copies.sum()),
        left_out=tuple((c.name, "", c.reason) for c in table.columns if c.name not in wanted),
        n_tested=n_pairs,
    )
    sides = tuple(_variable(parts, side) for side in left)
    right = None if names is None else (_variable(parts, names),)
    screen = Statistics(sides, right) if n_pairs > MOST_ASKED else None
    return Plan(sides, right, survey, seed, screen)


def drawn_rows(n_rows: int, most: int, seed: int) -> np.ndarray | None:
    """Positions, in order, of at most so many rows drawn at random; None where these are all."""
    if n_rows <= most:
        return None
    return np.sort(np.random.default_rng(seed).choice(n_rows, most, replace=False))


def _left(
    table: Table, target: Names | None, sources: Sequence[Sequence[str]] | None
) -> list[Names]:
    """The sides that are asked about one another, or about the target."""
    if target is None:
        return [(column.name,) for column in table.columns if column.usable]
    if not target:
        raise TableError("Choose a target: the column the others should tell about.")
    if sources is None:
        return _others(table, target)
    left = [(side,) if isinstance(side, str) else tuple(side) for side in sources]
    if not left or not all(left):
        raise TableError("Choose at least one column to compare with the target.")
    shared = sorted({name for side in left for name in side} & set(target))
    if shared:
        raise TableError(f"{', '.join(shared)}: on both sides; take it out of one.")
    return left


def _others(table: Table, target: Names) -> list[Names]:
    others = [column for column in table.columns if column.name not in target]
    usable = [(column.name,) for column in others if column.usable]
    if not others:
        raise TableError("Choose at least one column to compare with the target.")
    if not usable:
        named = "; ".join(f"{column.name} ({column.reason})" for column in others[:_NAMED])
        more = f"; and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise TableError(
            f"Nothing is left to compare with the target, since these were left out: {named}{more}."
            " Read one of them as another kind."
        )
    return usable


def _nothing(target: Names | None) -> str:
    if target is None:
        return "No two columns of use share four complete rows of this table."
    return f"No column shares {MIN_SAMPLES} complete rows with the target: choose another target."


def _variable(parts: dict[str, Part], names: Names) -> Variable:
    return Variable(tuple(parts[name] for name in names))


def rows_for(n_pairs: int) -> int:
    """Rows that are drawn, at most, for so many pairs."""
    return next((rows for pairs, rows in ROWS if n_pairs <= pairs), ROWS_OF_MANY)
