"""Tables in which nothing depends on anything, of five kinds."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from mist_core.inspection.evidence import q_values, weighed
from mist_core.inspection.plan import planned
from mist_core.tables.table import table_from_frame

ROWS, COLUMNS = 500, 20


def normal(rng: np.random.Generator) -> pd.DataFrame:
    return _frame(rng.standard_normal((ROWS, COLUMNS)))


def skewed_counts(rng: np.random.Generator) -> pd.DataFrame:
    """Most of them zeros and ones, some in the hundreds."""
    rates = np.exp(rng.standard_normal((ROWS, COLUMNS)) * rng.uniform(0.2, 2, COLUMNS) - 1)
    return _frame(rng.poisson(rates))


def likert_and_yes_no(rng: np.random.Generator) -> pd.DataFrame:
    """Five grades, some hardly used, against a yes in 15 % of rows."""
    grades = [rng.choice(5, ROWS, p=rng.dirichlet(np.ones(5))) + 1 for _ in range(COLUMNS // 2)]
    answers = [np.where(rng.random(ROWS) < 0.15, "yes", "no") for _ in range(COLUMNS // 2)]
    return _frame(pd.DataFrame(dict(enumerate([*grades, *answers]))))


def mixed_with_gaps(rng: np.random.Generator) -> pd.DataFrame:
    """Numbers, counts, classes and grades, each with up to half of its cells missing."""
    kinds = (
        lambda: rng.standard_normal(ROWS),
        lambda: np.exp(2 * rng.standard_normal(ROWS)).round(2),
        lambda: rng.geometric(0.4, ROWS).astype(float),
        lambda: pd.Series(rng.choice(list("abcdef"), ROWS, p=rng.dirichlet(np.ones(6)))),
        lambda: rng.integers(1, 8, ROWS).astype(float),
    )
    columns = [pd.Series(kinds[k % len(kinds)]()) for k in range(COLUMNS)]
    return _frame(pd.DataFrame({k: c.mask(_gaps(rng)) for k, c in enumerate(columns)}))


def repeated_rows(rng: np.random.Generator) -> pd.DataFrame:
    """A resample of a table, or a table joined twice: copies of whole rows are no evidence."""
    frame = mixed_with_gaps(rng)
    rows = rng.choice(ROWS, ROWS) if rng.random() < 0.5 else np.repeat(np.arange(ROWS // 2), 2)
    return frame.iloc[rows].reset_index(drop=True)


NOISE: dict[str, Callable[[np.random.Generator], pd.DataFrame]] = {
    "normal": normal,
    "skewed counts": skewed_counts,
    "Likert against yes and no": likert_and_yes_no,
    "mixed with gaps": mixed_with_gaps,
    "repeated rows": repeated_rows,
}


def smallest_q(frame: pd.DataFrame, seed: int = 0) -> float:
    """The smallest q-value of all pairs of a table; the network is not asked."""
    plan = planned(table_from_frame(frame), None, None, max_rows=None, seed=seed)
    pairs, _, survey = plan.chosen()
    *_, evidence = weighed(pairs, survey.n_tested, seed, threads=2)
    return float(q_values(evidence.p, survey.n_tested).min())


def _gaps(rng: np.random.Generator) -> np.ndarray:
    return rng.random(ROWS) < rng.uniform(0, 0.5)


def _frame(values: object) -> pd.DataFrame:
    return pd.DataFrame(values).rename(columns="column {}".format)
