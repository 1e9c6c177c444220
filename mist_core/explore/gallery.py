"""Twelve shapes that a class knows by sight, with a thumbnail each."""

from __future__ import annotations

import numpy as np

from mist_core.charts import BLUE, VERMILLION
from mist_core.explore.scenario import Scene

GALLERY: dict[str, Scene] = {
    "line": Scene("bivariate-normal", (("correlation", 0.75),)),
    "parabola": Scene("parabola", (("noise", 0.3),)),
    "ring": Scene("ring", (("noise", 0.1),)),
    "cross": Scene("cross", (("correlation", 0.95),)),
    "sine": Scene("sine", (("periods", 2.0), ("noise", 0.3))),
    "Simpson": Scene("simpson", (("correlation", 0.8), ("distance", 2.5))),
    "XOR": Scene("xor", (("flip", 0.05),), 2, 1),
    "spiral": Scene("spiral", (("turns", 2.0), ("noise", 0.04))),
    "tails": Scene("student-identity", (("df", 1.5),)),
    "fan": Scene("growing-noise", (("growth", 3.0),)),
    "classes": Scene("classes", (("n_classes", 3), ("distance", 2.0))),
    "nothing": Scene("bivariate-normal", (("correlation", 0.0),)),
}
WIDTH, HEIGHT, MARGIN = 53, 40, 3  # pixels
POINTS = 130
_TAIL = 0.01  # on either side, drawn at the frame's edge
_JITTER = 0.12  # between two classes, so that their points are seen


def thumbnail(scene: Scene) -> str:
    """A small scatter of its rows as SVG; of more than two columns the first two of X, coloured."""
    sample = scene.draw(POINTS).first(POINTS)
    several = sample.x.shape[1] > 1
    across, up = sample.x[:, 0], sample.x[:, 1] if several else sample.y[:, 0]
    above = sample.y[:, 0] > np.median(sample.y[:, 0])
    parts = ((~above, BLUE), (above, VERMILLION)) if several else ((np.ones_like(above), BLUE),)
    x_at = MARGIN + (WIDTH - 2 * MARGIN) * _share(across)
    y_at = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * _share(up)
    dots = "".join(_dots(x_at[part], y_at[part], colour) for part, colour in parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">{dots}</svg>'


def shape_of(scene: Scene) -> str | None:
    """The shape of the gallery that a scene is, whatever its seed and rows; None for others."""
    for name, shape in GALLERY.items():
        if (shape.family, shape.parameters) == (scene.family, scene.parameters) and (
            (shape.dim_x, shape.dim_y, shape.transforms)
            == (scene.dim_x, scene.dim_y, scene.transforms)
        ):
            return name
    return None


def _dots(x: np.ndarray, y: np.ndarray, colour: str) -> str:
    path = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in zip(x, y, strict=True))
    return f'<path d="{path}" stroke="{colour}" stroke-width="2.5" stroke-linecap="round"/>'


def _share(values: np.ndarray) -> np.ndarray:
    """(n,) places along an axis, in [0, 1]."""
    if len(np.unique(values)) < 10:
        values = values + np.random.default_rng(0).uniform(-_JITTER, _JITTER, len(values))
    low, high = np.quantile(values, [_TAIL, 1 - _TAIL])
    return np.clip((values - low) / ((high - low) or 1.0), 0, 1)
