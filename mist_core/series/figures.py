"""Charts of series: information by lag, and one series against another so many rows later."""

import altair as alt
import pandas as pd

from mist_core.charts import BLUE, GREY, VERMILLION


def lag_chart(frame: pd.DataFrame, chosen: int, x: str, y: str, *, unit: str) -> alt.LayerChart:
    """The mean and its interval at each lag; a rule at the chosen one.

    Args:
        frame: a row a lag, of `mist_core.series.lags.COLUMNS`, in the unit shown.
        chosen: a lag.
        x: name of the column that comes before at positive lags.
        y: of the other.
        unit: of the information.
    """
    lags = alt.X("lag:Q", title=f"rows by which {x} comes before {y}", axis=alt.Axis(format="d"))
    base = alt.Chart(frame).encode(x=lags)
    information = alt.Y("mutual_information:Q", title=f"mutual information ({unit})")
    mark = alt.Chart(pd.DataFrame({"lag": [chosen]})).encode(x=lags)
    layers = [
        base.mark_area(color=BLUE, opacity=0.2).encode(y=alt.Y("low:Q", title=""), y2="high:Q"),
        base.mark_line(color=BLUE, point=True).encode(y=information),
        mark.mark_rule(color=VERMILLION, strokeDash=[5, 4], strokeWidth=2),
    ]
    if frame["lag"].min() < 0:
        zero = alt.Chart(pd.DataFrame({"lag": [0]})).encode(x=lags)
        layers.append(zero.mark_rule(color=GREY))
    return alt.layer(*layers).properties(height=300)
