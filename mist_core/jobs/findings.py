"""What the Train page shows of a run: findings, each worked out once."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.jobs import figures
from mist_core.jobs.comparison import EVERYTHING, HELD_OUT, OWN, Comparison, beside_published
from mist_core.jobs.progress import beats_start
from mist_core.markdown import changed, percent


def truths(values: np.ndarray, unit: str) -> Finding:
    """What a network would learn from, by the true MI of some draws, (n,) nats."""
    values = values * UNITS[unit]
    low, high = np.quantile(values, [0.25, 0.75])
    table = figures.truths_table(values)
    sentence = (
        f"It would learn from datasets like {len(values)} drawn here: half of them have between "
        f"**{low:.2f} and {high:.2f} {unit}** of mutual information, and "
        f"{percent(np.mean(values < 1e-9))} none at all."
    )
    chart = figures.truths_chart(table, unit=unit)
    told = table.rename(columns={"low": f"from ({unit})", "high": f"to ({unit})"})
    return Finding(sentence, told, (chart,), about="true values of some draws")


def losses(points: Sequence[dict]) -> Finding:
    """How a run learns, from its progress points, at least one."""
    table, sentence = figures.losses_table(points), beats_start(points[-1])
    return Finding(sentence, table, (figures.losses_chart(table),), about=sentence)


def reliability(points: Sequence[dict]) -> Finding:
    """How honest its intervals are, from the same points."""
    table = figures.reliability_table(points)
    covers = points[-1]["validation"]["coverage_90"]
    sentence = f"The 90 % interval holds {percent(covers, 1)} of the truths."
    chart = figures.reliability_chart(table)
    return Finding(sentence, table, (chart,), about="coverage promised and found")


def verdict(comparisons: Sequence[Comparison], unit: str) -> Finding:
    """Whether to keep what a run has left: one sentence, and what it stands on.

    The common test set decides, which is the same for all weights; who taught laws of their own
    keeps what is better on those, too.

    Args:
        comparisons: of `compare_all`.
        unit: shown.
    """
    by_bench = {c.bench: c for c in comparisons}
    own, common = by_bench[OWN], by_bench[EVERYTHING]
    if common.is_better:
        word = "Better: keep."
    elif own.is_better:
        word = "Better on your laws: keep."
    else:
        word = "No gain: discard."
    said = [f"**{word}** On the common test set, {common.datasets} datasets of {EVERYTHING},"]
    said += [f"{_scored(common, unit)}; on {own.datasets} datasets of {OWN}, {_scored(own, unit)}."]
    said += ["Lower is better."]
    if own.is_better and not common.is_better and common.is_worse:
        said.append("It has forgotten some of the rest: keep it beside the other, not instead.")
    names = ["bench", "datasets", "wis_before", "wis_after", "wis_error"]
    table = pd.DataFrame([c.to_dict() for c in (common, own)])[names]
    scores = names[2:]
    return Finding(" ".join(said), table.assign(**{n: UNITS[unit] * table[n] for n in scores}))


def _scored(comparison: Comparison, unit: str) -> str:
    """What became of the interval score, and whether chance explains it."""
    before, after, error = (
        UNITS[unit] * value
        for value in (comparison.wis_before, comparison.wis_after, comparison.wis_error)
    )
    if np.isnan(error):
        return f"the interval score {changed(before, after, unit)}"
    apart = f"{after - before:+.4f} ± {error:.4f} {unit} in pairs".replace("-", "−")
    if comparison.is_better or comparison.is_worse:
        return f"the interval score {changed(before, after, unit)} ({apart})"
    return (
        f"the interval score changed by no more than chance, from {before:.3f} to {after:.3f} "
        f"{unit} ({apart})"
    )


def gain(comparisons: Sequence[Comparison], unit: str) -> Finding:
    """What a run has gained and what it has forgotten; the published laws come second."""
    said = [c.sentence(unit) for c in comparisons]
    said += [c.interval_sentence(unit) for c in comparisons if c.bench == HELD_OUT]
    table = figures.gain_table(comparisons, unit)
    covered = ", ".join(f"{percent(c.coverage_after)} ({c.bench})" for c in comparisons)
    note = f"{beside_published(comparisons[1])} Its 90 % intervals hold the truth in {covered}."
    return Finding(
        "\n".join(f"- {text}" for text in said),
        table,
        (figures.gain_chart(table, unit=unit),),
        notes=(note,),
        about=said[0],
    )
