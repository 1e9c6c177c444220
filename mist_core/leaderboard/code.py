"""A view of the Benchmark page as a notebook: its stored numbers, and some datasets asked again."""

from mist_core.benchmarks.efficiency_scores import typical
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard import board as boards
from mist_core.leaderboard.dataset_link import REPETITION
from mist_core.leaderboard.results import Results
from mist_core.notebook import Step, Story

TITLE = "How far off, beside the others?"
REPLAYED = (*REPETITION, "selfconsistency")  # benchmarks whose datasets are found one by one
AGAIN = 3  # datasets that the notebook draws and estimates once more


def story(results: Results, unit: str, weights: str, sha256: str) -> Story:
    """What the view shows of its first estimator, found again from the stored rows.

    Args:
        results: stored ones, not those joined for a session.
        unit: shown.
        weights, sha256: of that estimator where it is one of ours, else the current ones.
    """
    name, benchmark = results.estimators[0], results.benchmark
    steps = [Step(_READ.format(benchmark=benchmark, name=name, unit=unit), _ABOUT[benchmark])]
    if benchmark in REPLAYED and results.origins[name].weights.get(name) == sha256:
        again = _AGAIN.format(benchmark=benchmark, name=name, count=AGAIN)
        steps.append(Step(again, "Some of its datasets, drawn and estimated again:"))
    shown = {f"numbers[{k}]": value for k, value in enumerate(numbers(results, name, unit))}
    return Story(TITLE, tuple(steps), shown, weights, sha256)


def numbers(results: Results, name: str, unit: str) -> list[float]:
    """What a view shows of an estimator.

    Errors by column, violations by law, errors over the bound by group and rows, or seconds by
    shape.

    Args:
        results: of any benchmark.
        name: of the estimator.
        unit: of errors and violations.
    """
    if results.benchmark == "speed":
        return results.table[results.table.estimator == name].seconds.dropna().tolist()
    if results.benchmark == "selfconsistency":
        mine = results.scores[results.scores.estimator == name]
        return (UNITS[unit] * mine.violation.astype(float)).dropna().tolist()
    if results.benchmark == "efficiency":
        return typical(results.scores[results.scores.estimator == name]).ratio.dropna().tolist()
    table = boards.board(results.benchmark, results.scores)
    shown = boards.in_unit(table[table.title == results.title(name)], results.benchmark, unit)
    return shown.error.dropna().tolist()


_BOARD = "The leaderboard's errors, by split and number of rows, from `results/`:"
_ABOUT = {
    "mtest": _BOARD,
    "mtest-extended": _BOARD,
    "bmi40": _BOARD,
    "selfconsistency": "By how much each statement is broken on each law, from `results/`:",
    "efficiency": "Errors over the bound in the middle of the laws, from `results/`:",
    "speed": "Seconds an estimate at each shape, from `results/`:",
}
_READ = """\
from mist_core import paths
from mist_core.leaderboard.code import numbers as on_board
from mist_core.leaderboard.results import read

results = read("{benchmark}", paths.RESULTS)
numbers = on_board(results, "{name}", "{unit}")
results.scores
"""
_AGAIN = """\
import numpy as np
import pandas as pd
from mist_core.benchmarks.estimators import Weights
from mist_core.leaderboard import rerun

rows = rerun.choose(results.table[results.table.estimator == "{name}"], {count})
again = pd.DataFrame(rerun.replay("{benchmark}", rows, Weights("{name}", estimator)))
assert np.allclose(again.now, again.stored, rtol=1e-3, atol=1e-3)
again
"""
