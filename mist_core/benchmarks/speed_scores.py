"""What times say: how they grow with rows, and how ours stand beside KSG's at one shape."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.benchmarks.base import Estimator
from mist_core.benchmarks.estimators import estimator
from mist_core.benchmarks.speed import MANY, ONE, Timed, time_in_turn
from mist_core.errors import BaselineError

# Below this a fixed cost hides how time grows.
GROWTH_ROWS = 1000
# The shape at which ratios to KSG are taken, and the datasets of a batch there.
N_SAMPLES, DIM, BATCH = 500, 16, 256


@dataclass(frozen=True)
class Speed:
    """Seconds an estimate at n = N_SAMPLES, DIM columns a side; medians over `repeats`.

    Attributes:
        ksg: bmi's KSG, timed inside its own process, without the transport.
        single: one dataset alone.
        batched: one of a batch.
        batch: datasets in it.
        repeats: runs of each, one after the other in turn; a first one is not counted.
    """

    ksg: float
    single: float
    batched: float
    batch: int
    repeats: int

    def ratios(self) -> dict[str, float]:
        """Time over KSG's: below 1 is faster."""
        return {"single": self.single / self.ksg, "batched": self.batched / self.ksg}


def beside_ksg(ours: Estimator, repeats: int = 5) -> Speed:
    """Times ours and KSG in turn.

    Raises:
        BaselineError: KSG gave no estimate.
    """
    timed = [Timed(estimator("ksg"), ONE), Timed(ours, ONE), Timed(ours, MANY)]
    ksg, single, many = (row for _, row in time_in_turn(timed, DIM, N_SAMPLES, repeats, BATCH))
    if ksg["failure"]:
        raise BaselineError(ksg["failure"])
    return Speed(ksg["seconds"], single["seconds"], many["seconds"], many["batch"], repeats)


def growth(table: pd.DataFrame) -> list[dict]:
    """The exponent of n in the time of each estimator and dimension, from GROWTH_ROWS rows on.

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
    """Milliseconds by estimator and dimension, n across, and the exponents of n."""
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


def render_ratios(speed: Speed, hardware: dict) -> str:
    """The ratios as a small table for a terminal."""
    ratios = speed.ratios()
    return "\n".join(
        [
            f"n = {N_SAMPLES}, {DIM} + {DIM} columns; medians of {speed.repeats}, warm-up left out",
            f"{hardware['cpu']}; cores: {hardware['cores']}, threads: {hardware['threads']}, "
            f"GPU: {hardware['gpu'] or 'none'}",
            f"  bmi's KSG             {1e3 * speed.ksg:8.1f} ms",
            f"  MIST, one estimate    {1e3 * speed.single:8.1f} ms   {ratios['single']:.2f} of KSG",
            f"  MIST, {speed.batch} at once, each {1e3 * speed.batched:6.1f} ms   "
            f"{ratios['batched']:.2f} of KSG",
        ]
    )
