"""A scatter of two columns small enough to stand in a row of a table, as SVG in a data address."""

import base64

import numpy as np
import pandas as pd

from mist_core.charts import BLUE
from mist_core.tables.pairs import complete_rows
from mist_core.tables.table import Table

WIDTH, HEIGHT, MARGIN = 96, 40, 3  # pixels
MOST_POINTS, LOOKED_AT = 160, 50_000  # rows drawn, of so many looked at for gaps
_TAIL = 0.01  # on either side, drawn at the frame's edge
_JITTER = 0.35  # of the distance between two classes or repeated values
_MOST_LEVELS = 12  # different values of a column that are spread by jitter


def thumbnail(table: Table, x: str, y: str) -> str:
    """An image of y against x, from at most so many rows that have both."""
    rows = complete_rows(table, (x, y), max_rows=LOOKED_AT)
    if len(rows) == 0:
        return ""
    rng = np.random.default_rng(0)
    rows = rng.choice(rows, min(len(rows), MOST_POINTS), replace=False)
    across, up = (_share(table[name].values.iloc[rows], rng) for name in (x, y))
    x_at = MARGIN + (WIDTH - 2 * MARGIN) * across
    y_at = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * up
    path = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in zip(x_at, y_at, strict=True))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<path d="{path}" stroke="{BLUE}" stroke-width="3" stroke-linecap="round" '
        'stroke-opacity="0.6"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _share(values: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """(n,) places along an axis, in [0, 1]."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        numbers = pd.factorize(values, sort=True)[0].astype(float)
    else:
        numbers = values.to_numpy(float)
    levels = np.unique(numbers)
    if len(levels) <= _MOST_LEVELS:
        # A lane for each of the few values, wide enough to see its points.
        numbers = np.searchsorted(levels, numbers) + rng.uniform(-_JITTER, _JITTER, len(numbers))
        low, high = -0.5, len(levels) - 0.5
    else:
        low, high = np.quantile(numbers, [_TAIL, 1 - _TAIL])
    # Halved, since the difference of two huge numbers overflows.
    reach = (high / 2 - low / 2) or 1.0
    return np.clip((numbers / 2 - low / 2) / reach, 0.0, 1.0)
