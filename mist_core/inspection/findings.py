"""What the table page shows of a survey: findings, each worked out once; names are escaped."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.inspection import figures
from mist_core.inspection.evidence import TAIL
from mist_core.inspection.result import Survey
from mist_core.inspection.thumbnails import thumbnail
from mist_core.markdown import plain
from mist_core.tables.labels import labels
from mist_core.tables.pairs import complete_rows, entropy, side
from mist_core.tables.table import Table

STANDS_OUT = 0.05  # largest q of a pair that is called found
MOST_SHOWN = 100
_SPOKEN = 5  # pairs
LOOK = "look"
_LONGEST_NAME = 30  # letters in a row
ABOUT_INTERVALS = (
    "The interval holds the truth in 90 % of cases on average over the laws the model was trained "
    "on; that is not a promise for each pair. p: the chance of so much where the columns are "
    "independent. q: among pairs with a q so small, the share that chance is expected to make."
)


def found(pairs: pd.DataFrame) -> pd.Series:
    """Which pairs stand out from chance."""
    return pairs["q"] < STANDS_OUT


def measured(survey: Survey) -> pd.DataFrame:
    """The pairs, strongest first; what stands out from chance comes before what does not."""
    pairs = survey.pairs
    order = np.lexsort([-pairs["mutual_information"].to_numpy(float), ~found(pairs).to_numpy()])
    return pairs.iloc[order].reset_index(drop=True)


def ranking(table: Table, survey: Survey, unit: str) -> Finding:
    """The strongest dependences of a table, each with all that is known of it."""
    known = measured(survey)
    notes = [*_said(survey), ABOUT_INTERVALS]
    if len(known) > MOST_SHOWN:
        notes.insert(0, f"The first {MOST_SHOWN} of {len(known):,} pairs; the file holds all.")
    shown = for_readers(table, known.head(MOST_SHOWN), unit)
    sentence = headline(known, survey, unit)
    return Finding(sentence, exported(known, unit), (), shown, tuple(notes), "pairs of columns")


def against(table: Table, survey: Survey, unit: str) -> Finding:
    """What the other columns, or groups of them, tell about the target."""
    known = measured(survey)
    factor, target = UNITS[unit], " + ".join(survey.target)
    bars = pd.DataFrame(
        {
            "x": known["x"],
            "middle": factor * known["mutual_information"],
            "low": factor * known["low"],
            "high": factor * known["high"],
            "found": found(known),
        }
    )
    shown = for_readers(table, known.head(MOST_SHOWN), unit, key="column")
    notes = [*_said(survey), "Pale: may be chance.", ABOUT_INTERVALS]
    if len(known) > figures.MOST_BARS:
        notes.insert(0, f"The chart shows the first {figures.MOST_BARS} of {len(known):,}.")
    most = factor * entropy(side(table, survey.target, complete_rows(table, survey.target)))
    charts = (figures.bars_chart(bars, most, unit=unit),) if len(known) else ()
    about = f"what each column tells about {target}, with its interval"
    sentence = headline(known, survey, unit)
    return Finding(sentence, exported(known, unit), charts, shown, tuple(notes), about)


def heatmap(survey: Survey) -> Finding:
    """All pairs as squares; of wide tables the columns with the strongest dependences."""
    known = measured(survey)
    kept = _leading(known, figures.MOST_CELLS)
    cells = known[known["x"].isin(kept) & known["y"].isin(kept)]
    n_columns = pd.concat([known["x"], known["y"]]).nunique()
    notes = ["Colour: the correlation of a Gaussian with as much information. Pale: may be chance."]
    if n_columns > len(kept):
        notes.append(f"The {len(kept)} of {n_columns:,} columns with the strongest dependences.")
    chart = figures.heatmap_chart(_marks(cells))
    sentence = "A square is a pair of columns: click it to see the pair."
    about = f"Dependence of each pair; {_strongest(cells)}"
    return Finding(sentence, cells, (chart,), _numbers(cells), tuple(notes), about)


def network(survey: Survey) -> Finding:
    """The strongest dependences that stand out, as lines between columns."""
    known = measured(survey)
    n_columns = pd.concat([known["x"], known["y"]]).nunique()
    most = min(figures.MOST_EDGES, figures.EDGES_A_COLUMN * n_columns)
    edges = known[found(known)].head(most)
    total = int(found(known).sum())
    if edges.empty:
        return Finding(nothing(survey), edges)
    sentence = "A line is a dependence, the thicker the stronger: click it to see the pair."
    notes = ["Thickness and numbers: the correlation of a Gaussian with as much information."]
    if total > len(edges):
        notes.append(f"The {len(edges)} strongest of {total:,} that stand out from chance.")
    chart = figures.network_chart(_marks(edges))
    about = f"The strongest dependences; {_strongest(edges)}"
    return Finding(sentence, edges, (chart,), _numbers(edges), tuple(notes), about)


def headline(known: pd.DataFrame, survey: Survey, unit: str) -> str:
    """The strongest dependence in plain words, or that there is none, in Markdown."""
    standing = known[found(known)]
    if standing.empty:
        return nothing(survey)
    best, factor = standing.iloc[0], UNITS[unit]
    told = f"**{factor * best['mutual_information']:.2f} {unit}**"
    interval = f"90 % interval {factor * best['low']:.2f} to {factor * best['high']:.2f}"
    x, y = (f"**{plain(best[side])}**" for side in "xy")
    first = f"{x} tells most about {y}" if survey.target else f"{x} and {y} tell most of each other"
    return f"{first}: {told} ({interval}, q = {chance(best['q'])}). {_counted(survey, standing)}"


def nothing(survey: Survey) -> str:
    """That no pair stands out from chance."""
    n = survey.n_tested
    pairs = "the one pair does not" if n == 1 else f"none of {n:,} pairs does"
    return f"**Nothing stands out from chance**: {pairs}, at q < {STANDS_OUT}."


def for_readers(
    table: Table, known: pd.DataFrame, unit: str, *, key: str = "columns"
) -> pd.DataFrame:
    """One row a pair, named in its first cell, with a small picture of it and few digits.

    Args:
        table, known, unit: as above.
        key: "columns" for rows named by both columns, "column" by the first alone.
    """
    factor = UNITS[unit]
    interval = [
        f"{low:.2f} to {high:.2f}"
        for low, high in zip(factor * known["low"], factor * known["high"], strict=True)
    ]
    missed = known["missed_by_correlation"].map({True: "misses it", False: ""})
    short = labels([*known["x"], *known["y"]], _LONGEST_NAME)
    first, second = known["x"].map(short), known["y"].map(short)
    return pd.DataFrame(
        {
            key: first if key == "column" else between(first, second),
            f"MI ({unit})": factor * known["mutual_information"],
            LOOK: [_look(table, x, y) for x, y in zip(known["x"], known["y"], strict=True)],
            "90 % interval": interval,
            "strength": known["strength"].where(found(known), "may be chance"),
            "correlation": missed,
            "q": known["q"].map(chance),
            "as a correlation": known["gaussian_correlation"],
            "Pearson": known["pearson"],
            "Spearman": known["spearman"],
            "p": [
                chance(p) + (" (tail)" if source == TAIL else "")
                for p, source in zip(known["p"], known["p_from"], strict=True)
            ],
            "rows": known["rows"],
            "careful": known["flags"],
        }
    )


def between(x: pd.Series, y: pd.Series) -> list[str]:
    """The names of pairs: both columns, with a sign that those who hear it hear, too."""
    return [f"{one} ↔ {other}" for one, other in zip(x, y, strict=True)]


def _look(table: Table, x: str, y: str) -> str:
    """A small picture; of two columns only."""
    return thumbnail(table, x, y) if {x, y} <= set(table.names) else ""


def exported(known: pd.DataFrame, unit: str) -> pd.DataFrame:
    """All numbers of the pairs, those in nats in the unit shown."""
    in_nats = ["mutual_information", "median", "low", "high"]
    in_nats += [name for name in known if name.startswith("q") and name[1:].isdigit()]
    changed = {name: UNITS[unit] * known[name] for name in in_nats if name in known}
    return known.assign(**changed)


def chance(value: float) -> str:
    """A probability as people write it."""
    if math.isnan(value):
        return ""
    return f"{value:.2g}" if value >= 1e-4 else f"{value:.0e}".replace("e-0", "e-")


def _counted(survey: Survey, standing: pd.DataFrame) -> str:
    missed = int(standing["missed_by_correlation"].sum())
    stand = "stands" if len(standing) == 1 else "stand"
    counted = f"{len(standing):,} of {survey.n_tested:,} pairs {stand} out from chance"
    return f"{counted}; correlation misses {missed:,} of them." if missed else f"{counted}."


def _said(survey: Survey) -> Iterator[str]:
    """What else there is to know of a survey: which rows, which pairs, what was left out."""
    if survey.n_drawn < survey.n_rows:
        yield f"From {survey.n_drawn:,} of {survey.n_rows:,} rows, drawn at random."
    if survey.n_repeated:
        rows = "1 row repeats" if survey.n_repeated == 1 else f"{survey.n_repeated:,} rows repeat"
        yield f"{rows} others in all columns, and counts once each."
    if screen := survey.screen:
        most, low, high = screen.missed
        yield (
            f"A quick screen looked at all {screen.screened:,} pairs, and MIST at the strongest "
            f"{screen.chosen:,}. Of {screen.audited:,} others, drawn at random, {screen.found:,} "
            f"depend on each other: the screen misses about {most:,.0f} of all "
            f"({low:,.0f} to {high:,.0f})."
        )


def _strongest(pairs: pd.DataFrame) -> str:
    """The first few pairs with their numbers, for those who cannot see a chart; names as are."""
    first = pairs.head(_SPOKEN).itertuples()
    told = [f"{row.x} and {row.y} {row.gaussian_correlation:.2f}" for row in first]
    return f"strongest, as a correlation: {', '.join(told)}"


def _numbers(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of a chart for a reader."""
    return pd.DataFrame(
        {
            "columns": between(pairs["x"], pairs["y"]),
            "as a correlation": pairs["gaussian_correlation"],
            "MI (nats)": pairs["mutual_information"],
            "from (5 %)": pairs["low"],
            "to (95 %)": pairs["high"],
            "q": pairs["q"],
        }
    )


def _leading(known: pd.DataFrame, most: int) -> list[str]:
    """The columns that come first in the ranking, so many at most."""
    names = pd.concat([known["x"], known["y"]]).sort_index(kind="stable")
    return list(names.drop_duplicates().head(most))


def _marks(pairs: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": pairs["x"],
            "y": pairs["y"],
            "strength": pairs["gaussian_correlation"],
            "found": found(pairs),
            "missed": pairs["missed_by_correlation"].astype(bool),
        }
    )
