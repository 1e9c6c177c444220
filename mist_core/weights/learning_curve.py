"""The chart of one training run: its two losses against the distinct datasets drawn so far."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, VERMILLION, fixed_scale, titled

VALIDATION, TRAINING = "validation draws", "training draws, with the weights of the moment"
# The first losses are many times the last: the axis ends at so many medians.
MOST_MEDIANS = 2.0


def learning_curve(curve: Sequence[dict], *, name: str) -> alt.Chart:
    """Draw a card's curve on an opaque white sheet, so that it reads on any page.

    Args:
        curve: points of a run in order, each with `datasets`, `minutes`, `validation["loss"]` and,
            where it was kept, `train_loss`.
        name: of the weights, for the title.
    """
    frame = _long(curve)
    low, high = _range(frame["loss"])
    # A run that draws no more data goes on in time only.
    grows = curve[-1]["datasets"] > curve[3 * (len(curve) - 1) // 4]["datasets"]
    x, label = ("datasets", "distinct datasets") if grows else ("minutes", "minutes")
    series = alt.Scale(domain=[VALIDATION, TRAINING], range=[BLUE, VERMILLION])
    dashes = alt.Scale(domain=[VALIDATION, TRAINING], range=[[1, 0], [5, 3]])
    legend = alt.Legend(orient="bottom", title=None, columns=2, symbolType="stroke", labelLimit=400)
    loss = alt.Y("loss:Q", title="loss", scale=fixed_scale((low, high)))
    above = int((frame["loss"] > high).sum())
    caption = "lower is better" + (f"; {above} early points lie above the frame" if above else "")
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=alt.X(f"{x}:Q", title=label, axis=alt.Axis(format="~s" if grows else "~g")),
            y=loss,
            color=alt.Color("series:N", scale=series, legend=legend),
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend),
        )
        .properties(title=titled(f"How {name} learned", caption), width=560, height=280)
        .configure(background="white", padding=16)
        .configure_view(stroke=None)
    )


def _long(curve: Sequence[dict]) -> pd.DataFrame:
    """Two rows a point: one for each loss."""
    return pd.DataFrame(
        {"series": name, "loss": loss, "datasets": p["datasets"], "minutes": p["minutes"]}
        for p in curve
        for name, loss in ((VALIDATION, p["validation"]["loss"]), (TRAINING, p.get("train_loss")))
        if loss is not None
    )


def _range(losses: pd.Series) -> tuple[float, float]:
    low, high = float(losses.min()), float(losses.max())
    return 0.97 * low, min(1.03 * high, MOST_MEDIANS * float(np.median(losses)))
