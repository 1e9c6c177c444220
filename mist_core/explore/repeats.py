"""The same law drawn again and again: how the estimates of each estimator scatter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt
import numpy as np
import pandas as pd
import torch

from mist_core.charts import BLUE, GREEN, GREY, VERMILLION, fixed_scale, titled
from mist_core.distributions.transforms.named import stack_transforms
from mist_core.explore.rivals import RIVALS
from mist_core.explore.scenario import Scene
from mist_core.inference.posterior import UNITS, Posterior

MIST = "MIST"
POINTWISE_ROWS = 20_000
Pair = tuple[np.ndarray, np.ndarray]
AskAll = Callable[[Sequence[Pair]], list[Posterior]]
Report = Callable[[float], None]
A_TIME = 20  # datasets between two reports


def draws(scene: Scene, n_samples: int, count: int) -> list[Pair]:
    """Independent datasets of the scene's law; the scene's seed is that of the whole series."""
    law = scene.law()
    maps = stack_transforms(scene.transforms, scene.dim_x, scene.dim_y)
    generator = torch.Generator().manual_seed(scene.seed)
    pairs = (law.sample(n_samples, generator=generator) for _ in range(count))
    return [tuple(map_(side).numpy() for map_, side in zip(maps, p, strict=True)) for p in pairs]


def repeat(
    scene: Scene, n_samples: int, count: int, ask: AskAll, report: Report = lambda share: None
) -> pd.DataFrame:
    """What each estimator says of `count` datasets.

    Args:
        scene: what is drawn.
        n_samples: rows of each dataset.
        count: datasets.
        ask: MIST's answers to many pairs.
        report: takes the share that is done.

    Returns:
        `estimator`, `dataset`, `estimate`, and of MIST `low` and `high` of its 90 % interval, nats.
    """
    pairs, rows = draws(scene, n_samples, count), []
    for first in range(0, count, A_TIME):
        part = pairs[first : first + A_TIME]
        for number, (answer, (x, y)) in enumerate(zip(ask(part), part, strict=True), first):
            rows.append((MIST, number, answer.median, *answer.interval(0.9)))
            rows += [(name, number, f(x, y), np.nan, np.nan) for name, f in RIVALS.items()]
        report(min(1.0, (first + A_TIME) / count))
    columns = ["estimator", "dataset", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns).dropna(subset=["estimate"])


def summary(table: pd.DataFrame, truth: float) -> pd.DataFrame:
    """`bias`, `deviation` and `rmse` of each estimator, in the order of the table."""
    errors = table.assign(error=table.estimate - truth).groupby("estimator", sort=False).error
    return pd.DataFrame(
        {
            "bias": errors.mean(),
            "deviation": errors.std(),
            "rmse": errors.apply(lambda e: np.sqrt(np.mean(np.square(e)))),
        }
    )


def efficiency_bound(scene: Scene, n_samples: int) -> float:
    """Least standard error of a regular estimator with n rows: sd of the pointwise information
    over sqrt(n), nats; by Monte Carlo from a stream of its own.
    """
    law = scene.law()
    x, y = law.sample(POINTWISE_ROWS, generator=torch.Generator().manual_seed(1))
    return float(law.pointwise_mutual_information(x, y).std()) / n_samples**0.5


def scattered(table: pd.DataFrame, truth: float, unit: str) -> alt.LayerChart:
    """Each estimate as a point, the mean of each estimator as a tick, the truth as a line."""
    shown = table.assign(estimate=table.estimate * UNITS[unit])
    truth = truth * UNITS[unit]
    names = list(dict.fromkeys(shown.estimator))
    spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(shown))
    shown = shown.assign(jitter=spread, who=[_label(n, shown, truth) for n in shown.estimator])
    rows = [_label(name, shown, truth) for name in names]
    low, high = np.quantile(shown.estimate, [0.002, 0.998])
    low, high = min(low, truth), max(high, truth)
    margin = 0.08 * (high - low) or 0.1
    x = alt.X(
        "estimate:Q",
        title=f"mutual information ({unit})",
        scale=fixed_scale((low - margin, high + margin)),
    )
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=200, grid=False, ticks=False)
    y = alt.Y("who:N", sort=rows, title=None, axis=axis)
    colour = alt.Color(
        "estimator:N",
        scale=alt.Scale(domain=names, range=[BLUE, *[GREEN] * (len(names) - 1)]),
        legend=None,
    )
    base = alt.Chart(shown)
    points = base.mark_circle(size=30, opacity=0.45, clip=True).encode(
        x=x, y=y, yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-0.6, 0.6])), color=colour
    )
    means = base.mark_tick(color=GREY, thickness=3, size=46, clip=True).encode(
        x=alt.X("mean(estimate):Q"), y=y
    )
    rule = (
        alt.Chart(pd.DataFrame({"truth": [truth]}))
        .mark_rule(color=VERMILLION, strokeDash=[6, 4], strokeWidth=2)
        .encode(x="truth:Q")
    )
    count = table.dataset.nunique()
    title = titled(
        f"{count:,} datasets" if count > 1 else "One dataset",
        f"points: estimates; grey ticks: their means; dashed: the truth, {truth:.3f} {unit}",
    )
    return alt.layer(points, means, rule).properties(title=title, height=70 * len(names))


def _label(name: str, shown: pd.DataFrame, truth: float) -> str:
    mine = shown.estimate[shown.estimator == name]
    if len(mine) < 2:
        return f"{name}\n{mine.mean():.3f}"
    return f"{name}\n{mine.mean() - truth:+.3f} ± {mine.std():.3f}"
