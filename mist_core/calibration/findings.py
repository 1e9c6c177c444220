"""What the calibration page shows of a study: findings, each with its table, chart and sentence."""

import pandas as pd

from mist_core.calibration import figures, methods, summary, text
from mist_core.calibration.judge import MIST
from mist_core.calibration.summary import in_unit
from mist_core.findings import Finding
from mist_core.markdown import percent


def findings(table: pd.DataFrame, unit: str) -> dict[str, Finding]:
    """All that is shown of a study, by name.

    Args:
        table: rows of `mist_core.calibration.judge`, nats, whatever the method.
        unit: shown.

    Returns:
        "headline", "independence" and "methods", and, as soon as there is a dependent draw, the
        findings of `charted`.
    """
    every = table[table.method == MIST]
    rows = summary.dependent(every)
    coverage = summary.coverage(rows)
    none = in_unit(summary.independence(every), unit)
    found = {
        "headline": Finding(text.headline(coverage), coverage),
        "independence": Finding(text.about_independence(none, unit), none),
        "methods": beside(methods.by_method(table), unit),
    }
    return found | (charted(rows, every, unit) if len(rows) else {})


def charted(rows: pd.DataFrame, every: pd.DataFrame, unit: str) -> dict[str, Finding]:
    """The findings that have a chart.

    Args:
        rows: our rows of the dependent draws, at least one, nats.
        every: ours of all draws.
        unit: shown.
    """
    reliability, pit = summary.reliability(rows), summary.pit_histogram(every)
    strip, shapes = in_unit(summary.strip(rows), unit), summary.by_shape(rows)
    drawn = {
        "reliability": _drawn(
            text.about_reliability(reliability), reliability, figures.reliability_chart(reliability)
        ),
        "pit": _drawn(text.about_pit(pit), pit, figures.pit_chart(pit)),
        "strip": _drawn(text.about_strip(strip), strip, figures.strip_chart(strip, unit=unit)),
    }
    if rows.n_samples.nunique() > 1:  # else there is no way from few rows to many
        drawn["width"] = _width(rows, unit)
    if len(shapes) > 1:  # else the headline has said all of it
        drawn["shapes"] = _drawn(text.about_shapes(shapes), shapes, figures.shape_chart(shapes))
    return drawn | {"laws": _laws(rows, unit)}


def beside(compared: pd.DataFrame, unit: str) -> Finding:
    """Each peer beside MIST on the same datasets, from `methods.by_method`, nats."""
    shown = method_table(compared, unit) if len(compared) else None
    sentence = text.about_methods(in_unit(compared, unit), unit)
    return Finding(sentence, compared, shown=shown)


def grids(table: pd.DataFrame, unit: str) -> Finding:
    """The same by split and bin of n, from rows of the stored result on the published grids."""
    compared = methods.on_grids(table)
    shown = method_table(compared, unit)
    sentence = text.about_grids(in_unit(compared, unit), unit)
    return Finding(sentence, compared, shown=shown, notes=(text.ABOUT_GRIDS,))


def method_table(compared: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`methods.by_method` or `methods.on_grids` for a reader."""
    shown = in_unit(compared, unit)
    columns = {name: shown[name] for name in ("split", "n") if name in shown}
    return pd.DataFrame(
        columns
        | {
            "intervals of": shown.title,
            "datasets": shown.datasets,
            "could not run": shown.failed,
            "90 % covers": shown.coverage.map(_percent_or_none),
            "MIST's cover": shown.mist_coverage.map(_percent_or_none),
            f"score ({unit})": shown.score.round(3),
            "MIST's score": shown.mist_score.round(3),
        }
    )


def law_table(laws: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`summary.by_law` in `unit` for a reader, percentages as text."""
    ends = zip(laws.lowest, laws.highest, strict=True)
    return pd.DataFrame(
        {
            "law": laws.law,
            "datasets": laws.datasets,
            "90 % covers": laws.coverage.map(percent),
            "up to chance": [f"{percent(low)} to {percent(high)}" for low, high in ends],
            f"median width ({unit})": laws.width.round(3),
            f"interval score ({unit})": laws.score.round(3),
        }
    )


def _width(rows: pd.DataFrame, unit: str) -> Finding:
    """The width of intervals against n."""
    points = pd.DataFrame({"n": rows.n_samples, "width": rows.high - rows.low})
    medians = in_unit(summary.width_by_rows(rows), unit)
    chart = figures.width_chart(in_unit(points, unit), medians, unit=unit)
    return _drawn(text.about_width(medians, unit), medians, chart)


def _laws(rows: pd.DataFrame, unit: str) -> Finding:
    """Coverage law by law; independent draws stay out."""
    laws = in_unit(summary.by_law(rows), unit)
    sentence, chart = text.about_laws(laws), figures.law_chart(laws)
    return Finding(sentence, laws, (chart,), law_table(laws, unit), about=sentence)


def _drawn(sentence: str, table: pd.DataFrame, chart) -> Finding:
    return Finding(sentence, table, (chart,), about=sentence)


def _percent_or_none(share: float) -> str:
    return "–" if pd.isna(share) else percent(share)
