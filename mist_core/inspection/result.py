"""What a survey has found, complete or so far."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mist_core.inspection.evidence import Evidence, q_values
from mist_core.inspection.words import NEGLIGIBLE

# Of `Survey.pairs`, in this order; their meanings stand in the docstring of `mist_core.inspection`.
COLUMNS = (
    "x", "y", "mutual_information", "low", "q25", "median", "q75", "high", "gaussian_correlation",
    "pearson", "spearman", "strength", "missed_by_correlation", "rows", "p", "q", "p_from",
    "smallest_p", "statistic", "in_family", "flags", "asked",
)  # fmt: skip
EVERY, SCREEN, AUDIT = "every pair", "screen", "audit"
SCREENING, WEIGHING, ASKING = "screening", "weighing the evidence", "asking the network"
PERMUTING, DONE = "permuting", "done"
COVERAGE = 0.9


@dataclass(frozen=True)
class Screen:
    """What came of looking at all pairs by the quick statistic, before the network saw a few.

    Attributes:
        screened: pairs, in all.
        chosen: of these the network is asked about: the strongest.
        audited: as many of the others, drawn at random, that the network was asked about too.
        found: of these that it holds for dependent: its 90 % interval lies above 0.005 nats.
    """

    screened: int
    chosen: int
    audited: int
    found: int

    @property
    def missed(self) -> tuple[float, float, float]:
        """Dependent pairs among those not chosen: estimate, and ends of a 90 % interval."""
        others = self.screened - self.chosen
        if not self.audited:
            return 0.0, 0.0, float(others)
        test = binomtest(self.found, self.audited)
        low, high = test.proportion_ci(COVERAGE, method="exact")
        return tuple(others * share for share in (self.found / self.audited, low, high))


@dataclass(frozen=True, eq=False)
class Survey:
    """A survey of a table, as far as it got.

    Attributes:
        target: the target's columns; None where all pairs were asked about.
        n_rows: rows of the table.
        n_drawn: of these, drawn at random; equal to `n_rows` where all were used.
        n_repeated: drawn rows that are copies of others in all columns; they count once.
        left_out: (x, y, reason) for columns nobody asked about, with an empty y, and for pairs of
            too few rows.
        n_tested: pairs that were tested; q-values are about all of them.
        n_asked: pairs that the network is asked about.
        stage: what is at work: `SCREENING`, `WEIGHING`, `ASKING`, `PERMUTING`, or `DONE`.
        done, total: of this stage.
        seconds_left: until the end of this stage, about; None where nothing is known of it.
        cancelled: whether the user ended it before its time.
        answers, evidence, chosen: what `pairs` and `screen` are made of.
    """

    target: tuple[str, ...] | None
    n_rows: int
    n_drawn: int
    n_repeated: int
    left_out: tuple[tuple[str, str, str], ...]
    n_tested: int
    n_asked: int = 0
    answers: tuple[dict, ...] = ()
    evidence: Evidence | None = None
    chosen: int | None = None
    stage: str = SCREENING
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    cancelled: bool = False

    @functools.cached_property
    def pairs(self) -> pd.DataFrame:
        """A row a pair that the network was asked about, the strongest first; see `COLUMNS`."""
        found = pd.DataFrame(list(self.answers), columns=("place", *COLUMNS))
        if found.empty:
            return found[list(COLUMNS)]
        places = found.pop("place").to_numpy(int)
        found["p"] = self.evidence.p[places]
        found["q"] = self._q[places]
        found["p_from"] = self.evidence.source[places]
        found["smallest_p"] = self.evidence.smallest[places]
        found["statistic"] = self.evidence.statistic[places]
        found = found.sort_values("mutual_information", ascending=False, kind="stable")
        return found.reset_index(drop=True)

    @functools.cached_property
    def screen(self) -> Screen | None:
        """What the screen may have missed; None where the network is asked about every pair."""
        if self.chosen is None:
            return None
        audited = [row for row in self.answers if row["asked"] == AUDIT]
        found = sum(row["low"] >= NEGLIGIBLE for row in audited)
        return Screen(self.n_tested, self.chosen, len(audited), found)

    @property
    def is_done(self) -> bool:
        return self.stage == DONE

    @functools.cached_property
    def _q(self) -> np.ndarray:
        """(k,) of all pairs with evidence; those whose p is not known yet count as showing none."""
        p = self.evidence.p
        return np.where(np.isnan(p), np.nan, q_values(np.nan_to_num(p, nan=1.0), self.n_tested))
