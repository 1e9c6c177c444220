"""`python -m mist_core kept-out`: errors and coverage on laws that no prior holds.

These judge; nothing may be chosen by them.
"""

import argparse
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.benchmarks.kept_out import LAWS
from mist_core.benchmarks.kept_out.truths import truths
from mist_core.commands.options import count
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import DOUBTFUL
from mist_core.interrupts import quiet_children

ENTROPY = 20261127  # of the datasets; each law, n and seed has a stream of its own
ROWS, SEEDS, COVERAGE = (500, 2000, 10_000), 20, 0.9
# A truth outside this interval and farther off than so many nats is a gross miss.
NEARLY_ALL, GROSS = 0.99, 0.1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--weights", default="general", help="a shipped name or a file")
    parser.add_argument("--rows", type=count, nargs="+", default=list(ROWS))
    parser.add_argument("--seeds", type=count, default=SEEDS, help="datasets a law and n")
    parser.add_argument(
        "--refined", action="store_true", help="answers of `refine`, in seconds each"
    )
    parser.add_argument("--jobs", type=count, default=1, help="laws side by side")
    parser.add_argument("--out", type=Path, help="path without its ending")


def main(options: argparse.Namespace) -> None:
    """Scores the weights on every kept-out law, prints and stores the errors."""
    start = time.perf_counter()
    estimator = MISTEstimator.load(options.weights)
    work = [(index, n) for n in options.rows for index in range(len(LAWS))]
    tasks = (
        joblib.delayed(judged)(estimator, *each, options.seeds, options.refined) for each in work
    )
    with quiet_children():
        parts = joblib.Parallel(options.jobs, return_as="generator")(tasks)
    table = pd.DataFrame(record for part in parts for record in part)
    name = Path(options.weights).stem
    command = ["kept-out", "--weights", name, "--rows", *map(str, options.rows)]
    command += ["--seeds", str(options.seeds), *["--refined"] * options.refined]
    origin = provenance.provenance(command, {name: estimator}, time.perf_counter() - start)
    scores = {str(n): scored(rows) for n, rows in table.groupby("n_samples")}
    kind = "refined" if options.refined else name
    out = options.out or paths.RESULTS / f"kept-out-{kind}"
    provenance.save_result(out, origin | {"scores": scores}, table)
    print(pd.DataFrame(scores).T.round(3).to_string())


def judged(
    estimator: MISTEstimator, index: int, n_samples: int, seeds: int, refined: bool
) -> list[dict]:
    """One record a dataset of law number `index`: the truth, what was answered, and the bound."""
    law = list(LAWS.values())[index]
    truth = truths()[law.name]
    streams = (np.random.default_rng([ENTROPY, index, n_samples, seed]) for seed in range(seeds))
    pairs = (law.sample(n_samples, rng=rng) for rng in streams)
    answers = (
        [estimator.refine(*pair) for pair in pairs] if refined else estimator.posteriors(pairs)
    )
    known = {"law": law.name, "kind": law.kind, "n_samples": n_samples}
    known |= {"truth": truth.mutual_information, "bound": truth.deviation / n_samples**0.5}
    return [
        known
        | {"seed": seed, "estimate": answer.mean, "in_family": answer.in_family}
        | dict(zip(("low", "high"), map(float, answer.interval(COVERAGE)), strict=True))
        | dict(zip(("least", "most"), map(float, answer.interval(NEARLY_ALL)), strict=True))
        for seed, answer in enumerate(answers)
    ]


def scored(rows: pd.DataFrame) -> dict[str, float | None]:
    """Means over the laws of one n: absolute error, bias within a law, coverage, width.

    `answered_well` is the share of laws whose mean absolute error is at most three times the
    efficiency bound or 0.02 nats; `error_over_bound` is the median of the laws. `gross` is the
    share of gross misses, `gross_doubted` and `others_doubted` how many of these and of the other
    answers `in_family` marks.
    """
    error = rows.estimate - rows.truth
    by_law = rows.assign(error=error, absolute=error.abs()).groupby("law")
    means = by_law[["error", "absolute", "bound"]].mean()
    covered = (rows.low <= rows.truth) & (rows.truth <= rows.high)
    outside = (rows.truth < rows.least) | (rows.most < rows.truth)
    gross, doubted = outside & (error.abs() > GROSS), rows.in_family < DOUBTFUL
    return {
        "absolute_error": float(means.absolute.mean()),
        "median_absolute_error": float(means.absolute.median()),
        "bias": float(means.error.abs().mean()),
        "error_over_bound": float((means.absolute / means.bound).median()),
        "answered_well": float((means.absolute <= np.maximum(3 * means.bound, 0.02)).mean()),
        "coverage": float(covered.mean()),
        "width": float((rows.high - rows.low).mean()),
        "gross": float(gross.mean()),
        "gross_doubted": float(doubted[gross].mean()) if gross.any() else None,
        "others_doubted": float(doubted[~gross].mean()),
    }
