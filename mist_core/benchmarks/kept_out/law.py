"""What a law kept out of every prior is: a way to draw it, and its pointwise information."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

Draw = Callable[[int, np.random.Generator], tuple[ndarray, ndarray]]
Pointwise = Callable[[ndarray, ndarray], ndarray]
Show = Callable[[ndarray], ndarray]


def as_drawn(side: ndarray) -> ndarray:
    """The side itself."""
    return side


@dataclass(frozen=True)
class KeptOutLaw:
    """A joint law of X and Y whose pointwise information is known everywhere.

    Attributes:
        name: unique.
        kind: what construction it is of.
        draw: (n, rng) to hidden rows u (n, p) and v (n, q).
        pointwise: ln p(u, v) / (p(u) p(v)) in nats, (n,).
        exact: I(X; Y) in nats by a closed form or a sum, where there is one.
        show_x, show_y: what is seen of u and of v; each can be undone, so I stays as it is.
    """

    name: str
    kind: str
    draw: Draw
    pointwise: Pointwise
    exact: float | None = None
    show_x: Show = as_drawn
    show_y: Show = as_drawn

    def sample(self, n_samples: int, *, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
        """n rows: x (n, dim_x) and y (n, dim_y), float64."""
        u, v = self.draw(n_samples, rng)
        return self.show_x(u), self.show_y(v)


def orthogonal(dim: int, seed: int) -> ndarray:
    """A fixed random rotation (dim, dim)."""
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((dim, dim)))[0]


def direction(dim: int, seed: int) -> ndarray:
    """A fixed random unit vector (dim,)."""
    return orthogonal(dim, seed)[0]


class LogDensity:
    """ln p(y) of one column, tabulated on a fine grid: p = E p(y | node), nodes with weights.

    Args:
        log_given: (grid (g, 1), nodes (k,)) to ln p(y | node), (g, k).
        nodes, weights: (k,) each; the weights sum to 1.
        low, high: ends of the grid; beyond them the end values hold.
        bend: the grid is `bend * sinh` of even steps, finer near 0; None for even steps.
        points: of the grid.
    """

    def __init__(
        self,
        log_given: Callable[[ndarray, ndarray], ndarray],
        nodes: ndarray,
        weights: ndarray,
        low: float,
        high: float,
        *,
        bend: float | None = None,
        points: int = 20_001,
    ) -> None:
        if bend is None:
            self.grid = np.linspace(low, high, points)
        else:
            ends = np.arcsinh(low / bend), np.arcsinh(high / bend)
            self.grid = bend * np.sinh(np.linspace(*ends, points))
        parts = np.array_split(self.grid[:, None], 1 + points * len(nodes) // 2_000_000)
        mass = [np.exp(log_given(part, nodes)) @ weights for part in parts]
        self.values = np.log(np.maximum(np.concatenate(mass), 1e-300))

    def __call__(self, y: ndarray) -> ndarray:
        return np.interp(y, self.grid, self.values)


def log_normal(z: ndarray, scale: float | ndarray = 1.0) -> ndarray:
    """ln of the density of N(0, scale^2)."""
    return -0.5 * (z / scale) ** 2 - np.log(scale) - 0.5 * np.log(2 * np.pi)


def log_laplace(z: ndarray, scale: float) -> ndarray:
    """ln of the density exp(-|z| / scale) / (2 scale)."""
    return -np.abs(z) / scale - np.log(2 * scale)


def normal_nodes(points: int = 1201, reach: float = 8.0) -> tuple[ndarray, ndarray]:
    """Nodes and weights of the mean over a standard normal variable, by the trapezoidal rule."""
    nodes = np.linspace(-reach, reach, points)
    weights = np.exp(log_normal(nodes))
    return nodes, weights / weights.sum()
