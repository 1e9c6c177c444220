"""What the calibration page shows of a study: charts and tables, each with its sentence."""

from dataclasses import dataclass

import altair as alt
import pandas as pd

from mist_core.calibration import figures, summary, text
from mist_core.calibration.judge import MIST
from mist_core.inference.posterior import UNITS
from mist_core.markdown import percent

STRIP = 120  # intervals that the strip has room for
_INFORMATION = ("truth", "low", "high", "width", "score", "mist_score")


@dataclass(frozen=True)
class Panel:
    """A chart, and what it shows in words."""

    chart: alt.TopLevelMixin
    sentence: str


@dataclass(frozen=True)
class Overview:
    """All that is shown of a study.

    Attributes:
        headline: the answer in a sentence or two.
        panels: charts by name; none while there is no dependent draw.
        laws: as `law_table`; None while there is no dependent draw.
        independence: what independent draws were said to be.
        beside: the peers in words.
        methods: as `method_table`; None without peers.
    """

    headline: str
    panels: dict[str, Panel]
    laws: pd.DataFrame | None
    independence: str
    beside: str
    methods: pd.DataFrame | None


def overview(table: pd.DataFrame, unit: str) -> Overview:
    """Charts, tables and words in `unit` from rows of `mist_core.calibration.judge`, nats."""
    every = table[table.method == MIST]
    rows, methods = summary.dependent(every), summary.by_method(table)
    return Overview(
        text.headline(rows) if len(rows) else text.NONE_YET,
        panels(table, unit),
        law_table(table, unit) if len(rows) else None,
        text.about_independence(every, unit),
        text.about_methods(methods) if len(methods) else text.NO_PEERS,
        method_table(methods, unit) if len(methods) else None,
    )


def panels(table: pd.DataFrame, unit: str) -> dict[str, Panel]:
    """The charts of a study by name; none while there is no dependent draw.

    Args:
        table: rows of `mist_core.calibration.judge`, nats, whatever the method.
        unit: shown.
    """
    every = table[table.method == MIST]
    rows = summary.dependent(every)
    if rows.empty:
        return {}
    strip, medians = rows.tail(STRIP), summary.width_by_rows(rows)
    widths = pd.DataFrame({"n": rows.n_samples, "width": rows.high - rows.low})
    charts = {
        "reliability": figures.reliability_chart(summary.reliability(rows)),
        "pit": figures.pit_chart(summary.pit_histogram(every)),
        "strip": figures.strip_chart(in_unit(strip, unit), unit=unit),
        "width": figures.width_chart(in_unit(widths, unit), in_unit(medians, unit), unit=unit),
        "shapes": figures.shape_chart(summary.by_shape(rows)),
        "laws": figures.law_chart(summary.by_law(rows)),
    }
    sentences = {
        "reliability": text.about_reliability(rows),
        "pit": text.about_pit(every),
        "strip": text.about_strip(strip),
        "width": text.about_width(rows, unit),
        "shapes": text.about_shapes(rows),
        "laws": text.about_laws(rows),
    }
    return {name: Panel(chart, sentences[name]) for name, chart in charts.items()}


def law_table(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Coverage law by law for a reader, percentages as text; independent draws stay out."""
    rows = summary.dependent(table[table.method == MIST])
    laws = in_unit(summary.by_law(rows), unit)
    return pd.DataFrame(
        {
            "law": laws.law,
            "datasets": laws.datasets,
            "90 % covers": laws.coverage.map(percent),
            "up to chance": [
                f"{percent(low)} to {percent(high)}"
                for low, high in zip(laws.lowest, laws.highest, strict=True)
            ],
            f"median width ({unit})": laws.width.round(3),
            f"interval score ({unit})": laws.score.round(3),
        }
    )


def method_table(methods: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Each peer beside MIST on the same datasets, from `by_method` or `on_grids`."""
    shown = in_unit(methods, unit)
    columns = {name: shown[name] for name in ("split", "n") if name in shown}
    return pd.DataFrame(
        columns
        | {
            "intervals of": shown.title,
            "datasets": shown.datasets,
            "could not run": shown.failed,
            "90 % covers": shown.coverage.map(_percent_or_none),
            "MIST's cover": shown.mist_coverage.map(_percent_or_none),
            f"interval score ({unit})": shown.score.round(3),
            f"MIST's score ({unit})": shown.mist_score.round(3),
        }
    )


def in_unit(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The same table with amounts of information in `unit`; shares and counts stay."""
    names = [name for name in _INFORMATION if name in table]
    return table.assign(**{name: UNITS[unit] * table[name] for name in names})


def _percent_or_none(share: float) -> str:
    return "–" if pd.isna(share) else percent(share)
