"""How time grows with rows and columns: ours beside its peers, on the same data, in turn."""

import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch

from mist_core.benchmarks.baselines.estimators import estimate_baseline
from mist_core.benchmarks.candidates import Answer, Function, scikit_learn
from mist_core.benchmarks.journal import Journal
from mist_core.distributions.correlation import dense_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.inference.estimator import MISTEstimator

ROWS = (100, 1000, 10_000, 100_000)
DIMS = (1, 4, 16, 32)
OFF_DIAG = 0.25
SEED = 0
# Numbers of data in a batch, and datasets at most and at least: enough for all of a batch's gain.
BATCH_NUMBERS, BATCH, LEAST_BATCH = 1 << 20, 64, 8
PEERS = ("ksg", "cca", "mine")
# Below this a fixed cost hides how time grows.
GROWTH_ROWS = 1000

Pairs = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Entrant:
    """One way to get estimates.

    Attributes:
        name: the estimator's.
        identity: digest or version, as of a `Candidate`.
        batched: whether the time is that of a batch, shared among its datasets.
        ask: from datasets of one shape to an answer with the seconds for one of them.
    """

    name: str
    identity: str
    batched: bool
    ask: Callable[[Pairs], Answer]

    @property
    def task(self) -> str:
        """What the result table calls it."""
        return "a batch" if self.batched else "one estimate"


def entrants(name: str, estimator: MISTEstimator, limit: float) -> list[Entrant]:
    """Ours, alone and in a batch, bmi's KSG, CCA and MINE, and scikit-learn's KSG."""
    ours = Function(name, estimator.estimate, estimator.sha256)
    alone = [_alone(ours), *(_peer(peer, limit) for peer in PEERS)]
    batch = Entrant(name, ours.identity, True, lambda pairs: _batch(estimator, pairs))
    return [batch, *alone, _alone(scikit_learn())]


def measure_table(
    entered: Sequence[Entrant],
    journal: Journal,
    *,
    rows: Sequence[int] = ROWS,
    dims: Sequence[int] = DIMS,
    repeats: int = 5,
    limit: float = 60.0,
    progress: Callable[[int], None] = lambda count: None,
) -> pd.DataFrame:
    """Times every entrant at every shape, on dense Gaussian data.

    Args:
        entered: timed in turn at each shape, so that whatever else the machine does slows all.
        journal: shapes that an entrant has finished are not timed again.
        rows, dims: values of n, ascending, and of the columns a side.
        repeats: timed runs; a first one is not counted.
        limit: an entrant that would take longer for one estimate is left out from there on.
        progress: called with the number of (entrant, shape) cells after each shape.

    Returns:
        A row a cell: `estimator`, `task`, `n_samples`, `dim_x`, `dim_y`, `batch` (datasets),
        `repeats`, `seconds` (median for one dataset), `truth`, `estimate` (nats), `failure`.
    """
    for number, (dim, n) in enumerate(itertools.product(dims, rows)):
        waiting = [e for e in entered if number not in journal.finished(_key(e))]
        slow = {e: row for e in waiting if (row := _left_out(journal, e, dim, n, limit))}
        at_work = [entrant for entrant in waiting if entrant not in slow]
        for entrant, row in (*slow.items(), *_time_in_turn(at_work, dim, n, repeats)):
            journal.add(_key(entrant), {number: row})
        progress(len(entered))
    rows = [row for entrant in entered for row in journal.records(_key(entrant))]
    return pd.DataFrame(rows).drop(columns="spent")


def time_again(entrant: Entrant, dim: int, n: int, repeats: int = 5) -> dict:
    """The row of one entrant at one shape, as `measure_table` has it, timed by itself."""
    ((_, row),) = _time_in_turn([entrant], dim, n, repeats)
    return row


def growth(table: pd.DataFrame) -> list[dict]:
    """The exponent of n in the time of each entrant and dimension, from GROWTH_ROWS rows on.

    Returns:
        Records `estimator`, `task`, `dim`, `exponent`: the least-squares slope of log seconds over
        log n, None with fewer than two values of n.
    """
    records = []
    timed = table[table.n_samples >= GROWTH_ROWS].dropna(subset="seconds")
    for (name, task, dim), _ in table.groupby(["estimator", "task", "dim_x"], sort=False):
        part = timed[(timed.estimator == name) & (timed.task == task) & (timed.dim_x == dim)]
        exponent = None
        if len(part) > 1:
            exponent = float(np.polyfit(np.log(part.n_samples), np.log(part.seconds), 1)[0])
        records.append({"estimator": name, "task": task, "dim": int(dim), "exponent": exponent})
    return records


def render_table(table: pd.DataFrame, exponents: list[dict]) -> str:
    """Milliseconds by entrant and dimension, n across, and the exponents of n."""
    slopes = {(r["estimator"], r["task"], r["dim"]): r["exponent"] for r in exponents}
    rows = sorted(set(table.n_samples))
    head = f"{'':<44}" + "".join(f"{f'n = {n:,}':>14}" for n in rows)
    lines = ["Milliseconds an estimate, medians, warm-up left out", head + f"{'exponent':>10}"]
    for key, part in table.groupby(["estimator", "task", "dim_x"], sort=False):
        seconds = part.set_index("n_samples").seconds.astype(float)
        cells = [f"{1e3 * s:.1f}" if s == s else "-" for s in seconds.reindex(rows)]
        title = f"  {key[0]}, {key[1]}, {key[2]} + {key[2]} columns"
        slope = slopes[key]
        end = f"{'' if slope is None else f'{slope:.2f}':>10}"
        lines.append(f"{title:<44}" + "".join(f"{cell:>14}" for cell in cells) + end)
    failures = table[["estimator", "dim_x", "n_samples", "failure"]].dropna()
    lines += [
        f"  {r.estimator}, d = {r.dim_x}, n = {r.n_samples:,}: {r.failure}"
        for r in failures.itertuples()
    ]
    return "\n".join(lines)


def _key(entrant: Entrant) -> str:
    return f"{entrant.name}, {entrant.task}, {entrant.identity}"


def _time_in_turn(
    at_work: list[Entrant], dim: int, n: int, repeats: int
) -> Iterator[tuple[Entrant, dict]]:
    """Rounds of one answer each; the first is the warm-up, and who fails drops out."""
    pairs, truth = _data(dim, n)
    answers: dict[Entrant, list[Answer]] = {entrant: [] for entrant in at_work}
    for _ in range(1 + repeats):
        for entrant, given in answers.items():
            if not (given and given[-1].failure):
                given.append(entrant.ask(pairs))
    for entrant, given in answers.items():
        last, batch = given[-1], len(pairs) if entrant.batched else 1
        row = _row(entrant, dim, n) | {"truth": truth, "batch": batch, "spent": last.seconds}
        if last.failure:
            yield entrant, row | {"failure": last.failure}
        else:
            seconds = statistics.median(answer.seconds for answer in given[1:])
            known = {"seconds": seconds, "repeats": len(given) - 1, "estimate": last.estimate}
            yield entrant, row | known


def _left_out(journal: Journal, entrant: Entrant, dim: int, n: int, limit: float) -> dict | None:
    """The row of an entrant that is too slow: its time grows at least as n does."""
    smaller = [row for row in journal.records(_key(entrant)) if row["dim_x"] == dim]
    last = max(smaller, key=lambda row: row["n_samples"], default=None)
    if last is None or last["spent"] * n / last["n_samples"] <= limit:
        return None
    spent = last["spent"] * n / last["n_samples"]
    failure = f"Left out: it would take about {spent:.0f} s or more, and {limit:g} s is the limit."
    return _row(entrant, dim, n) | {"spent": spent, "failure": failure}


def _row(entrant: Entrant, dim: int, n: int) -> dict:
    """A row without its measurement; `spent` are seconds known or foreseen, of a failure, too."""
    shape = {"n_samples": n, "dim_x": dim, "dim_y": dim}
    unknown = dict.fromkeys(("batch", "repeats", "seconds", "truth", "estimate", "failure"))
    return {"estimator": entrant.name, "task": entrant.task} | shape | unknown


def _data(dim: int, n: int) -> tuple[Pairs, float]:
    """A batch of dense Gaussian datasets of one shape, and their common truth."""
    count = min(BATCH, max(LEAST_BATCH, BATCH_NUMBERS // (2 * n * dim)))
    law = Multinormal(dense_correlation(dim, dim, torch.full((count,), OFF_DIAG)), dim)
    x, y = law.sample(n, generator=torch.Generator().manual_seed(SEED))
    return list(zip(x.numpy(), y.numpy(), strict=True)), law.mutual_information()[0].item()


def _alone(function: Function) -> Entrant:
    ask = partial(_first_pair, function)
    return Entrant(function.name, function.identity, False, ask)


def _first_pair(function: Function, pairs: Pairs) -> Answer:
    return function.answer_pair(*pairs[0])


def _peer(name: str, limit: float) -> Entrant:
    def ask(pairs: Pairs) -> Answer:
        result = estimate_baseline(name, *pairs[0], time_limit=limit)
        return Answer(result.mutual_information, result.seconds, result.failure)

    return Entrant(name, "bmi", False, ask)


def _batch(estimator: MISTEstimator, pairs: Pairs) -> Answer:
    whole = Function("", lambda x, y: estimator.posteriors(zip(x, y, strict=True))[0].mean, "")
    x, y = (np.stack(sides) for sides in zip(*pairs, strict=True))
    answer = whole.answer_pair(x, y)
    return Answer(answer.estimate, answer.seconds / len(pairs), answer.failure)
