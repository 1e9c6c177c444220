"""Where an estimator errs: by rows and columns, by task, and how many rows a target error takes."""

import numpy as np
import pandas as pd

from mist_core.benchmarks.scores import BINS
from mist_core.benchmarks.tasks import KEYS

# Values of n or d up to this many stand for themselves, more of them come in bins.
MOST_VALUES = 8
ROW_EDGES = (0, 20, 50, 100, 200, 300, 400, 500, 1000, 2000, 5000, 10_000, 10**9)
DIM_EDGES = (0, 1, 2, 4, 8, 16, 24, 32, 64, 10**9)
ADDRESS = ["task", "n_samples", "dim_x", "seed", "draw"]
ALL_ROWS = "all rows"
# The mean of fewer datasets says too little to count rows by.
LEAST_DATASETS = 4


def with_errors(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that have an estimate, with `error` (signed, nats), `dim` (of the wider side)."""
    scored = table.dropna(subset=["estimate", "truth"])
    dim = scored[["dim_x", "dim_y"]].max(axis=1)
    return scored.assign(error=scored.estimate - scored.truth, dim=dim)


def row_groups(benchmark: str, rows: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Ranges of n to look at by themselves, both ends included, by name."""
    counts = sorted(int(n) for n in rows.n_samples.unique())
    whole = {ALL_ROWS: (0, 10**9)}
    if benchmark == "mtest":
        return whole | {f"n in {name}": ends for name, ends in BINS.items()}
    return whole | {f"n = {n:,}": (n, n) for n in counts}


def by_shape(rows: pd.DataFrame) -> pd.DataFrame:
    """Bias, variance and mean squared error over cells of (n, d).

    Args:
        rows: of `with_errors`, of one estimator.

    Returns:
        `n` and `d` (labels), `n_order`, `d_order`, `datasets`, `bias`, `variance` (of the error:
        mse = bias^2 + variance) and `mse`, nats and nats^2; `worst`, the index of the dataset with
        the largest error.
    """
    n_order, n_names = bins(rows.n_samples, ROW_EDGES)
    d_order, d_names = bins(rows.dim, DIM_EDGES)
    cells = rows.assign(n_order=n_order, d_order=d_order, square=rows.error**2)
    grouped = cells.groupby(["n_order", "d_order"])
    table = grouped.agg(
        datasets=("error", "size"),
        bias=("error", "mean"),
        mse=("square", "mean"),
        worst=("square", "idxmax"),
    ).reset_index()
    return table.assign(
        n=table.n_order.map(n_names),
        d=table.d_order.map(d_names),
        variance=table.mse - table.bias**2,
    )


def by_task(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute error of each estimator on each task, nats; the tasks hardest for the first.

    Args:
        rows: of `with_errors`, of all estimators.

    Returns:
        `task`, `truth` (its mean, nats), and a column for each estimator, by title.
    """
    errors = rows.assign(size=rows.error.abs())
    table = errors.pivot_table(index="task", columns="title", values="size", sort=False)
    table = table[list(dict.fromkeys(rows.title))]
    truth = rows.drop_duplicates(["task", *ADDRESS]).groupby("task").truth.mean()
    table.insert(0, "truth", truth)
    hardest_first = table.sort_values(table.columns[1], ascending=False)
    return hardest_first.reset_index().rename_axis(columns=None)


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Who answered as many datasets of a task as anybody: only those compare by their means.

    Args:
        rows: of `with_errors`, of all estimators.

    Returns:
        Booleans: tasks by titles of estimators.
    """
    counts = rows.pivot_table(index="task", columns="title", values="error", aggfunc="count")
    return counts.ge(counts.max(axis=1), axis=0)


def beside(rows: pd.DataFrame, first: str, power: int) -> pd.DataFrame:
    """How large others' errors are beside one estimator's, on the datasets that both answered.

    Args:
        rows: of `with_errors`, of all estimators.
        first: title of the one they are compared with.
        power: 1 for absolute errors, 2 for squared ones.

    Returns:
        `title`, `shared` (number of datasets) and `times`: the mean error over the first's.
    """
    dataset = rows.groupby([*KEYS], sort=False).ngroup()
    sizes = rows.assign(size=rows.error.abs() ** power, dataset=dataset)
    mine = sizes.title == first
    own = sizes[mine].set_index("dataset")["size"]
    shared = sizes[~mine].assign(own=sizes.dataset.map(own)).dropna(subset=["own"])
    found = [
        (name, len(both), both["size"].mean() / both.own.mean())
        for name, both in shared.groupby("title", sort=False)
    ]
    return pd.DataFrame(found, columns=["title", "shared", "times"])


def failures(table: pd.DataFrame) -> pd.DataFrame:
    """Why estimators gave no estimate: reasons that differ in numbers only count as one.

    Args:
        table: of `results.Results`.

    Returns:
        `estimator` (its title), `datasets` and `reason`, one of them in full; the most frequent
        first.
    """
    failed = table.dropna(subset=["failure"])
    kinds = failed.failure.astype(str).str.replace(r"\d[\d,.^]*", "0", regex=True)
    counts = failed.assign(alike=kinds).groupby(["title", "alike"], sort=False)
    reasons = counts.agg(datasets=("failure", "size"), reason=("failure", "first")).reset_index()
    ordered = reasons.sort_values("datasets", ascending=False, kind="stable")
    shown = ordered[["title", "datasets", "reason"]].rename(columns={"title": "estimator"})
    return shown.reset_index(drop=True)


def rows_needed(rows: pd.DataFrame, target: float, least: int = LEAST_DATASETS) -> pd.DataFrame:
    """The fewest rows from which on the mean absolute error stays within a target.

    Args:
        rows: of `with_errors`, of all estimators.
        target: nats.
        least: who has fewer datasets at some n is left out.

    Returns:
        `title`, `d` (label), `d_order`, `n`: missing where the error is above the target at the
        most rows tried, which are `most`.
    """
    d_order, names = bins(rows.dim, DIM_EDGES)
    sizes = rows.assign(d_order=d_order, size=rows.error.abs())
    groups = sizes.groupby(["title", "d_order", "n_samples"], sort=False)["size"]
    errors = groups.mean()
    fewest = groups.size().groupby(level=[0, 1]).min()
    found = []
    for (title, order), part in errors.groupby(level=[0, 1], sort=False):
        if fewest[title, order] < least:
            continue
        curve = part.droplevel([0, 1]).sort_index()
        # From the right: the largest error at this n or any larger one.
        enough = curve[::-1].cummax() <= target
        needed = enough.index[enough].min() if enough.any() else np.nan
        found.append((title, names[order], order, needed, curve.index.max()))
    return pd.DataFrame(found, columns=["title", "d", "d_order", "n", "most"])


def bins(values: pd.Series, edges: tuple[int, ...]) -> tuple[pd.Series, dict[int, str]]:
    """Each value's bin, ascending, and the bins' names: "8", or "9 to 16" where values are many."""
    distinct = np.unique(values)
    if len(distinct) <= MOST_VALUES:
        return values, {int(v): f"{v:,}" for v in distinct}
    order = pd.Series(np.searchsorted(edges, values), values.index)
    ends = values.groupby(order).agg(["min", "max"])
    names = {
        int(k): f"{low:,}" if low == high else f"{low:,} to {high:,}"
        for k, low, high in ends.itertuples()
    }
    return order, names
