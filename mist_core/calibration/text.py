"""Sentences about a calibration study, each made from the table of its figure.

The tables are those of `mist_core.calibration.summary`, in the unit named.
"""

import pandas as pd

from mist_core.calibration.judge import CLASSIC, COVERAGE
from mist_core.calibration.study import A_DRAW
from mist_core.calibration.summary import BAND, NEGLIGIBLE
from mist_core.inference.posterior import UNITS
from mist_core.markdown import counted, listed, percent

# A law or a cell needs so many datasets before its coverage is worth a sentence.
_FEW = 20

ABOUT_SPLIT = (
    "The published split. MIST sees ranks, so transforms that are new to the published network are "
    "hardly new to it."
)
ABOUT_GRIDS = (
    "One draw of each cell of the first redraws: resampling KSG and CCA is too slow for all. "
    "Scores are means in each bin; MIST's are of the same datasets, those where the other could "
    "run; ends below 0 are moved to 0."
)
ABOUT_CLASSIC = "MIST classic has the published architecture."
NO_PEERS = "No dataset was given to the other estimators."
NONE_YET = "No dependent draw yet."


def headline(table: pd.DataFrame) -> str:
    """How many 90 % intervals held the truth, from `summary.coverage`."""
    count, held = _row(table, 0)[1:]
    if count == 0:
        return NONE_YET
    return (
        f"**90 % intervals held the truth in {held:,} of {count:,} datasets: "
        f"{percent(held / count, 1)}.** That is an average over the laws chosen, not a "
        "promise for each of them."
    )


def about_reliability(table: pd.DataFrame) -> str:
    """How many of the 19 levels chance explains, and the largest gap."""
    gaps = (table.empirical - table.nominal).abs()
    worst = _row(table, gaps.to_numpy().argmax())
    side = "more" if worst.empirical > worst.nominal else "less"
    return (
        f"{int(table.inside.sum())} of {len(table)} levels lie in the band that chance leaves to "
        f"honest intervals in {percent(BAND)} of cases. The largest gap: intervals meant to hold "
        f"{percent(worst.nominal)} of the truths hold {percent(worst.empirical, 1)}, {side} than "
        f"they claim. (The band is binomial; {A_DRAW} datasets share a shape, so chance does a "
        "little more than it shows.)"
    )


def about_pit(table: pd.DataFrame) -> str:
    """Whether truths fall everywhere in the posterior alike, and where not."""
    fullest = _row(table, table.empirical.to_numpy().argmax())
    ends = table.empirical.iloc[[0, -1]].sum()
    return (
        f"Honest posteriors give bars of equal height, {percent(table.nominal[0])}; "
        f"{int(table.inside.sum())} of {len(table)} are so up to chance. The fullest, of truths "
        f"between the {percent(fullest.left)} and {percent(fullest.right)} quantiles, holds "
        f"{percent(fullest.empirical, 1)}; the two outermost hold {percent(ends, 1)} together, "
        f"where {percent(2 * table.nominal[0])} belong."
    )


def about_strip(table: pd.DataFrame) -> str:
    """How many of the intervals on show miss, and on which side."""
    missed = table[~table.inside]
    above = int((missed.low > missed.truth).sum())
    return (
        f"{len(missed)} of these {len(table)} intervals miss the truth, where "
        f"{0.1 * len(table):.0f} are due: {above} lie above it, {len(missed) - above} below."
    )


def about_width(table: pd.DataFrame, unit: str) -> str:
    """How the median width changes from the fewest rows to the most."""
    first, last = _row(table, 0), _row(table, -1)
    if first.n == last.n:
        return f"All have {first.n:,.0f} rows; more datasets show how the width changes."
    change = "shrinks" if last.width < first.width else "grows"
    return (
        f"The median interval {change} from {first.width:.2f} {unit} at about "
        f"{first.n:,.0f} rows to {last.width:.2f} {unit} at about {last.n:,.0f}."
    )


def about_shapes(table: pd.DataFrame) -> str:
    """The range of coverage over cells, and how many differ from 90 % beyond chance."""
    few = min(_FEW, table.datasets.max())
    table = table[table.datasets >= few]
    lowest, cells = _row(table, table.coverage.to_numpy().argmin()), counted(len(table), "cell")
    return (
        f"{int((~table.inside).sum())} of {cells} with {few} datasets or more "
        f"differ from 90 % by more than chance does in {percent(BAND)} of cases. The lowest: "
        f"{percent(lowest.coverage)} at n {lowest.n} and {lowest.d} columns, from "
        f"{lowest.datasets} datasets."
    )


def about_laws(table: pd.DataFrame) -> str:
    """From the lowest to the highest coverage of a law."""
    few = min(_FEW, table.datasets.max())
    table = table[table.datasets >= few]
    low, high = _row(table, 0), _row(table, -1)
    if len(table) == 1:
        return f"One law with datasets enough: {low.law}, {percent(low.coverage, 1)}."
    below = int((table.highest < COVERAGE).sum())
    return (
        f"From {percent(low.coverage)} ({low.law}, {low.datasets} datasets) to "
        f"{percent(high.coverage)} ({high.law}, {high.datasets}): 90 % is an average. {below} of "
        f"the {len(table)} laws with {few} datasets or more are below it by more than chance."
    )


def about_independence(table: pd.DataFrame, unit: str) -> str:
    """How near to 0 the intervals of independent draws begin and end."""
    none = _row(table, 0)
    if none.datasets == 0:
        return "None of these draws is independent."
    return (
        f"{none.datasets:,} draws are independent: their truth is 0, the end of the scale, so they "
        f"are left out of the figures except for the PIT. {percent(none.at_zero)} of their 90 % "
        f"intervals begin at 0 (up to {UNITS[unit] * NEGLIGIBLE:.3f} {unit}), and the median "
        f"interval ends at {none.high:.3f} {unit}."
    )


def about_methods(table: pd.DataFrame, unit: str) -> str:
    """Who has the lowest interval score, and what the peers' 90 % intervals really hold.

    Args:
        table: of `methods.by_method`, in `unit`.
        unit: shown.
    """
    if table.empty:
        return NO_PEERS
    ran = table[table.datasets > 0]
    if ran.empty:
        return "None of the other estimators could run on these datasets."
    verdict = _verdict(ran, unit)
    if CLASSIC in set(ran.method):
        verdict += f" {ABOUT_CLASSIC}"
    resampled = ran[ran.method != CLASSIC]
    if resampled.empty:
        return verdict
    worst = _row(resampled, resampled.coverage.to_numpy().argmin())
    return (
        f"{verdict} Resampling shows how far an estimate moves, not how far it is off: the 90 % "
        f"intervals of {worst.title} hold {percent(worst.coverage)} of the truths. A bootstrap "
        "also repeats rows; a row and its copy are nearest neighbours, which biases KSG upwards."
    )


def _verdict(ran: pd.DataFrame, unit: str) -> str:
    """Who is better by the interval score, MIST or any of those that ran, with both scores."""
    better = ran[ran.lead < 0]
    if better.empty:
        nearest = _row(ran, ran.lead.to_numpy().argmin())
        return (
            "By the interval score, of which less is better, none is better than MIST; the "
            f"nearest is {_scored(nearest, unit)}."
        )
    who = listed([_scored(row, unit) for row in better.itertuples()])
    return f"By the interval score, of which less is better, better than MIST: {who}."


def _scored(row, unit: str) -> str:
    """A peer with its interval score and MIST's on the same datasets."""
    return f"{row.title}, {row.score:.3f} {unit} where MIST has {row.mist_score:.3f}"


def about_grids(table: pd.DataFrame, unit: str) -> str:
    """Whether MIST's interval score is the lowest in every bin of n.

    Args:
        table: of `methods.on_grids`, in `unit`.
        unit: shown.
    """
    ran = table[table.datasets > 0]
    better = ran[ran.lead < 0]
    if better.empty:
        bins = len(ran.groupby(["split", "n"]))
        return f"In all {bins} bins MIST's interval score is the lowest, that is the best."
    cases = "; ".join(f"{r.split}, n in {r.n}: {_scored(r, unit)}" for r in better.itertuples())
    return f"MIST's interval score is the lowest, that is the best, but for these: {cases}."


def _row(table: pd.DataFrame, position: int):
    """One row as a named tuple; pandas 1.5 warns where it makes a series of mixed columns."""
    return list(table.itertuples())[position]
