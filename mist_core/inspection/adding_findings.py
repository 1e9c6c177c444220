"""What the table page shows of what columns add: findings, each worked out once."""

import altair as alt
import pandas as pd

from mist_core.charts import BLUE, GREY
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.inspection.adding import Adding, Overlap
from mist_core.markdown import plain
from mist_core.tables.columns.cells import shortened, unique_names

MOST_BARS = 20
_LONGEST_LABEL = 22  # letters
_AXIS = alt.Axis(labelLimit=160, labelOverlap=False, labelFlush=False)
_NONE = dict.fromkeys(("mean", "low", "high"))
ABOUT = (
    "Blue: what a column adds to those above it, with its 90 % interval; grey: what it tells by "
    "itself. A column is taken while the interval of what it adds lies above 0."
)


def added(found: Adding, unit: str) -> Finding:
    """The columns taken, one below the other, and beside each what it tells by itself."""
    factor = UNITS[unit]
    rows = [_row(name, step.added, step.alone, factor) for name, step in found.taken]
    taken = {name for name, _ in found.taken}
    rest = [(name, alone) for name, alone in found.alone if name not in taken]
    rows += [_row(name, None, alone, factor) for name, alone in rest]
    table = pd.DataFrame(rows)
    notes = [ABOUT]
    if found.left_out:
        notes.append(f"Left out, with gaps in many rows: {plain(', '.join(found.left_out))}.")
    notes.append(f"{found.rows:,} rows are complete in all columns compared.")
    charts = (_bars(table.head(MOST_BARS), unit),)
    about = f"what columns add about {found.target}"
    return Finding(_sentence(found, unit), table, charts, _shown(table, unit), tuple(notes), about)


def overlapping(found: Overlap, names: tuple[str, str, str], unit: str) -> Finding:
    """What two columns tell about a third: alone, given the other, and in common."""
    first, second, target = map(plain, names)
    factor = UNITS[unit]
    told = [
        (f"{names[0]}", found.first),
        (f"{names[1]}", found.second),
        (f"{names[0]} where {names[1]} is known", found.first_given),
        (f"{names[1]} where {names[0]} is known", found.second_given),
    ]
    table = pd.DataFrame([{"what": what, **_interval(one, factor)} for what, one in told])
    shared = factor * found.shared
    if shared >= 0:
        sentence = f"About {shared:.2f} {unit} of what **{first}** and **{second}** tell about "
        sentence += f"{target} is the same."
    else:
        sentence = f"**{first}** and **{second}** together tell about {-shared:.2f} {unit} more "
        sentence += f"about {target} than each by itself: they explain each other."
    shown = table.round(3).rename(columns={"mean": unit, "low": "low (5 %)", "high": "high (95 %)"})
    return Finding(sentence, table, (), shown, about="what two columns tell about a third")


def _sentence(found: Adding, unit: str) -> str:
    target = plain(found.target)
    if not found.taken:
        return f"No column surely tells anything about **{target}**."
    first, *others = [(plain(name), UNITS[unit] * step.added.mean) for name, step in found.taken]
    words = f"**{first[0]}** tells most about {target}, {first[1]:.2f} {unit}."
    if not others:
        return f"{words} No other column surely adds to it."
    more = ", ".join(f"**{name}** {nats:.2f}" for name, nats in others)
    return f"{words} To that add, one after the other: {more}."


def _row(name: str, added: Posterior | None, alone: Posterior, factor: float) -> dict:
    row: dict = {"column": name}
    for what, posterior in (("adds", added), ("alone", alone)):
        numbers = _interval(posterior, factor) if posterior else _NONE
        row |= {f"{what}_{key}": value for key, value in numbers.items()}
    return row


def _interval(posterior: Posterior, factor: float) -> dict[str, float]:
    low, high = posterior.interval()
    return {"mean": factor * posterior.mean, "low": factor * low, "high": factor * high}


def _bars(table: pd.DataFrame, unit: str) -> alt.LayerChart:
    names = unique_names([shortened(name, _LONGEST_LABEL) for name in table["column"]])
    frame = table.assign(name=names).astype({"adds_mean": float})
    frame["written"] = [f"{v:.2f}" if pd.notna(v) else "" for v in frame["adds_mean"]]
    y = alt.Y("name:N", sort=names, title=None, axis=_AXIS)
    right = 1.2 * max(frame[["adds_high", "alone_high"]].max().max(), 0.02)
    x = alt.X("alone_low:Q", title=f"information ({unit})", scale=alt.Scale(domain=[0, right]))
    base = alt.Chart(frame).encode(y=y)
    taken = base.transform_filter("isValid(datum.adds_mean)")
    layers = [
        base.mark_rule(color=GREY, opacity=0.5, strokeWidth=2).encode(x=x, x2="alone_high:Q"),
        base.mark_point(color=GREY, shape="diamond", size=60).encode(x="alone_mean:Q"),
        taken.mark_rule(color=BLUE, strokeWidth=4).encode(x="adds_low:Q", x2="adds_high:Q"),
        taken.mark_circle(color=BLUE, size=90).encode(x="adds_mean:Q"),
        taken.mark_text(align="left", dx=7, dy=-9, color=GREY).encode(
            x="adds_high:Q", text="written:N"
        ),
    ]
    return alt.layer(*layers).properties(height=80 + 30 * len(frame))


def _shown(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table for a reader."""
    names = {"column": "column", "adds_mean": f"adds ({unit})"}
    names |= {"adds_low": "from", "adds_high": "to"}
    names |= {"alone_mean": f"alone ({unit})", "alone_low": "from ", "alone_high": "to "}
    return (
        table[list(names)]
        .astype({k: float for k in names if k != "column"})
        .round(3)
        .rename(columns=names)
    )
