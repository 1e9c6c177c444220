"""What a conditional law kept out of every prior is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from mist_core.benchmarks.kept_out.law import Show, as_drawn

Draw = Callable[[int, np.random.Generator], tuple[ndarray, ndarray, ndarray]]
Pointwise = Callable[[ndarray, ndarray, ndarray], ndarray]


@dataclass(frozen=True)
class ConditionalLaw:
    """A joint law of X, Y and Z whose pointwise conditional information is known everywhere.

    Attributes:
        name: unique.
        kind: what construction it is of.
        draw: (n, rng) to hidden rows u (n, p), v (n, q) and w (n, r).
        pointwise: ln p(u, v | w) / (p(u | w) p(v | w)) in nats, (n,).
        exact: I(X; Y | Z) in nats by a closed form, a sum or quadrature, where there is one.
        show_x, show_y, show_z: what is seen of each; each can be undone, so nothing is lost.
    """

    name: str
    kind: str
    draw: Draw
    pointwise: Pointwise
    exact: float | None = None
    show_x: Show = as_drawn
    show_y: Show = as_drawn
    show_z: Show = as_drawn

    def sample(self, n_samples: int, *, rng: np.random.Generator) -> tuple[ndarray, ...]:
        """n rows: x (n, dim_x), y (n, dim_y) and z (n, dim_z), float64."""
        u, v, w = self.draw(n_samples, rng)
        return self.show_x(u), self.show_y(v), self.show_z(w)


def independent(u: ndarray, v: ndarray, w: ndarray) -> ndarray:
    """Pointwise information where X and Y know of one another through Z alone."""
    return np.zeros(len(u))


def mixture(log_given: ndarray, weights: ndarray) -> ndarray:
    """ln of the mean of exp(log_given) (n, k) over nodes with weights (k,)."""
    top = log_given.max(1)
    return top + np.log(np.exp(log_given - top[:, None]) @ weights)


def by_quadrature(
    log_given: Callable[[ndarray, ndarray, float], ndarray],
    outcomes: tuple[ndarray, ndarray],
    causes: tuple[ndarray, ndarray],
    controls: tuple[ndarray, ndarray],
) -> float:
    """I(X; Y | Z) in nats by sums over fine grids of all three.

    Args:
        log_given: (y (k, 1), x (l,), z) to ln p(y | x, z), (k, l).
        outcomes: values of Y and their masses, a step of the grid each.
        causes, controls: nodes and weights of what X adds to Z, and of Z.
    """
    total = 0.0
    for z, weight in zip(*controls, strict=True):
        logs = log_given(outcomes[0][:, None], causes[0], z)
        density = np.exp(logs)
        alone = np.log(np.maximum(density @ causes[1], 1e-300))
        inside = (density * (logs - alone[:, None])) @ causes[1]
        total += weight * float(outcomes[1] @ inside)
    return total
