"""Random smooth and broken functions of two variables, other ones for each law."""

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source, log_uniform, normal

UNITS = 3
SHAPES = (
    lambda u: u,
    torch.tanh,
    lambda u: (1.7 * u).sin(),
    lambda u: u.square().clamp_max(9) / 1.5,
    torch.abs,
    torch.relu,
    lambda u: (u > 0).to(u),
    lambda u: (-u.square()).exp() * 1.5,
)


class Surface:
    """(a, b) to a number, of about unit spread for standard normal a and b.

    Args:
        count, source: laws, and all randomness.
        product: whether the product of both takes part.
    """

    def __init__(self, count: int, source: Source) -> None:
        self.units = []
        for _ in range(int(source.rng.integers(1, UNITS, endpoint=True))):
            shape = SHAPES[source.rng.integers(len(SHAPES))]
            weights = normal(source, 3, count)
            self.units.append((shape, normal(source, count), weights))
        often = source.rng.random() < 0.35
        self.product = normal(source, count) * log_uniform(source, 0.3, 2, count) * often
        self.only = source.rng.random() < 0.15  # the product alone
        nodes = torch.linspace(-2.5, 2.5, 41, dtype=torch.float64)
        weight = (-nodes.square() / 2).exp()
        weight = (weight[:, None] * weight).flatten() / weight.sum().square()
        a, b = (
            side.flatten().expand(count, -1) for side in torch.meshgrid(nodes, nodes, indexing="ij")
        )
        self.centre, self.size = torch.zeros(count, 1).double(), torch.ones(count, 1).double()
        raw = self(a, b)
        self.centre = (raw * weight).sum(-1, keepdim=True)
        self.size = (
            ((raw - self.centre).square() * weight).sum(-1, keepdim=True).sqrt().clamp_min(0.05)
        )

    def __call__(self, a: Tensor, b: Tensor) -> Tensor:
        """(B, k) for a and b of that shape."""
        total = self.product.unsqueeze(-1) * a * b
        if not (self.only and bool((self.product != 0).any())):
            for shape, height, (u, v, t) in self.units:
                inner = u.unsqueeze(-1) * a + v.unsqueeze(-1) * b + 0.5 * t.unsqueeze(-1)
                total = total + height.unsqueeze(-1) * shape(inner)
        return ((total - self.centre) / self.size).clamp(-6, 6)
