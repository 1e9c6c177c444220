"""Noisy functions: one column that is a random curve of another, plus noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.errors import ParameterError

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

CELLS = 256  # of a random curve: 32 a period for the fastest sine
REACH = 6.0  # standard deviations beyond which the density of Y is left out
STEP = 0.6  # of the quadrature, in units of the smallest noise
FLATTEST = 1e-6  # least rise of a curve over a cell, in units of the noise: keeps 10 digits
ELEMENTS_AT_ONCE = 2**18  # numbers a step of the quadrature holds, to stay in the cache
MOST_STEPS = 7
LEAST_INFORMATION, MOST_INFORMATION = 0.02, 4.0  # nats, what the random curves aim at


class NoisyFunction(Law):
    """Y = f(X) + s(X) E, X uniform on (0, 1), E standard normal.

    f is linear and s constant within each of K equal cells of (0, 1), so that the density of Y is
    a sum of K differences of normal CDFs and I = h(Y) - E ln(s(X) sqrt(2 pi e)) takes one
    trapezoidal quadrature of an analytic function, whose error is below 1e-5 nats.

    Args:
        curve: f at the K + 1 ends of the cells, shape (*batch, K + 1), K >= 1.
        noise: s in each cell, positive, shape (*batch, K), or (*batch, 1) where it is constant.

    Raises:
        ParameterError: shapes that do not fit, or noise that is not positive and finite.
    """

    dim_x = dim_y = 1

    def __init__(self, curve: Tensor, noise: Tensor) -> None:
        curve = as_tensor(curve, "curve")
        noise = as_tensor(noise, "noise", curve.device)
        require(curve.isfinite(), curve, "curve must be finite")
        require((noise > 0) & noise.isfinite(), noise, "noise must be positive and finite")
        cells = curve.shape[-1] - 1 if curve.ndim else 0
        self.batch_shape, self.device = curve.shape[:-1], curve.device
        if cells < 1 or noise.shape not in {(*self.batch_shape, cells), (*self.batch_shape, 1)}:
            raise ParameterError(
                "curve and noise must have shapes (*batch, K + 1) and (*batch, K) or (*batch, 1), "
                f"K >= 1; got {tuple(curve.shape)} and {tuple(noise.shape)}."
            )
        self.curve, self.noise = curve, noise.expand(*self.batch_shape, cells)
        self._information: Tensor | None = None

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        x = torch.rand(shape, generator=generator, dtype=dtype, device=self.device)
        noise = torch.randn(shape, generator=generator, dtype=dtype, device=self.device)
        cell, share = self._cell(x)
        low, high = self.curve[..., :-1].gather(-1, cell), self.curve[..., 1:].gather(-1, cell)
        y = low + share * (high - low) + self.noise.gather(-1, cell) * noise
        return x[..., None], y.to(dtype)[..., None]

    def mutual_information(self):
        if self._information is None:
            cells = self.noise.shape[-1]
            entropy = _entropy(self.curve.reshape(-1, cells + 1), self.noise.reshape(-1, cells))
            within = self.noise.log().mean(-1) + math.log(2 * math.pi * math.e) / 2
            self._information = (entropy.reshape(self.batch_shape) - within).clamp_min(0)
        return self._information

    def pointwise_mutual_information(self, x, y):
        cell, share = self._cell(x[..., 0].double())
        y = y[..., 0].double()
        low, high = self.curve[..., :-1].gather(-1, cell), self.curve[..., 1:].gather(-1, cell)
        noise = self.noise.gather(-1, cell)
        score = (y - low - share * (high - low)) / noise
        given = -score.square() / 2 - noise.log() - math.log(2 * math.pi) / 2
        return given - _density(self.curve, self.noise, y).log()

    def _cell(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The cell of each x in (0, 1) and how far into the cell it lies, each (*batch, n)."""
        place = x.double() * self.noise.shape[-1]
        cell = place.long().clamp(0, self.noise.shape[-1] - 1)
        return cell, place - cell


def _entropy(curve: Tensor, noise: Tensor) -> Tensor:
    """h(Y) in nats, shape (B,), of laws with curve (B, K + 1) and noise (B, K).

    Each law has its own grid of y, and each cell visits only the nodes that its noise reaches:
    all pairs of a cell and a node lie in one flat list, over the whole batch.
    """
    step = STEP * noise.amin(-1)  # (B,)
    least = torch.minimum(curve[:, :-1], curve[:, 1:]) - REACH * noise  # (B, K)
    most = torch.maximum(curve[:, :-1], curve[:, 1:]) + REACH * noise
    origin = least.amin(-1)
    first = ((least - origin[:, None]) / step[:, None]).long()
    visits = ((most - origin[:, None]) / step[:, None]).long() + 1 - first
    nodes = (first + visits).amax(-1)  # (B,)

    start = nodes.cumsum(0) - nodes
    scale, shift, rise, weight = _cell_terms(curve, noise)
    shift = (origin[:, None] + first * step[:, None]) * scale + shift
    cell, place = _runs(visits.flatten())  # (P,), cells counted through the batch
    terms = [term.flatten()[cell] for term in (scale * step[:, None], shift, rise, weight)]
    mass = _cell_mass(place * terms[0] + terms[1], *terms[2:])
    density = torch.zeros(int(nodes.sum()), dtype=noise.dtype, device=noise.device)
    density.index_add_(0, (start[:, None] + first).flatten()[cell] + place, mass)
    surprise = -torch.xlogy(density, density)
    return step * torch.zeros_like(step).index_add_(0, _runs(nodes)[0], surprise)


def _runs(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Runs of these lengths in one flat list: the run of each entry and its place there."""
    run = torch.arange(len(counts), device=counts.device).repeat_interleave(counts)
    start = counts.cumsum(0) - counts
    return run, torch.arange(len(run), device=counts.device) - start[run]


def _cell_terms(curve: Tensor, noise: Tensor) -> tuple[Tensor, ...]:
    """scale, shift, rise and weight, each (*batch, K): a cell adds to the density of Y
    weight (erf(z) - erf(z - rise)) at z = scale y + shift."""
    scale = math.sqrt(0.5) / noise
    rise = curve.diff() * scale
    rise = torch.where(rise.abs() < FLATTEST, FLATTEST, rise)
    return scale, -curve[..., :-1] * scale, rise, scale / (2 * noise.shape[-1] * rise)


def _cell_mass(z: Tensor, rise: Tensor, weight: Tensor) -> Tensor:
    return weight * (torch.erf(z) - torch.erf(z - rise))


def _density(curve: Tensor, noise: Tensor, y: Tensor) -> Tensor:
    """p(y) at any y (*batch, n), for curve (*batch, K + 1) and noise (*batch, K)."""
    scale, shift, rise, weight = (term[..., None, :] for term in _cell_terms(curve, noise))
    rows = max(1, ELEMENTS_AT_ONCE // noise.numel())
    parts = y[..., None].split(rows, dim=-2)  # (*batch, rows, 1)
    return torch.cat([_cell_mass(p * scale + shift, rise, weight).sum(-1) for p in parts], -1)


def random_curves(count: int, source: Source) -> NoisyFunction:
    """Varied laws: polynomials, Fourier series, monotone curves, fast sines, zigzags, steps.

    The information aimed at is 0.02 + 3.98 v^2 nats, v uniform; the noise is that of a normal
    pair with this information. Half of the laws have constant noise, one curve in 16 is flat, so
    that only the width of the noise tells about X.

    Args:
        count: laws in the batch.
        source: of all randomness.
    """
    x = torch.linspace(0, 1, CELLS + 1, dtype=torch.float64, device=source.generator.device)
    kinds = torch.stack([draw(count, x, source) for draw in RANDOM_CURVES])  # (kinds, B, K + 1)
    kind = source.integers(0, len(RANDOM_CURVES) - 1, count)
    curve = kinds[kind, torch.arange(count, device=x.device)]
    # A step beyond the last cell leaves nothing to scale.
    curve = (curve - curve.mean(-1, keepdim=True)) / curve.std(-1, keepdim=True).clamp_min(1e-6)
    flat = source.uniform(0, 1, count, 1) < 1 / 16
    noise = _random_noise(count, (x[1:] + x[:-1]) / 2, flat, source)
    return NoisyFunction(torch.where(flat, 0.0, curve), noise)


def _random_noise(count: int, x: Tensor, flat: Tensor, source: Source) -> Tensor:
    """Noise for curves of unit variance, shape (count, points)."""
    spread = MOST_INFORMATION - LEAST_INFORMATION
    target = LEAST_INFORMATION + spread * source.uniform(0, 1, count, 1).square()
    varies = source.uniform(0, 1, count, 1) < 0.5
    strength = source.uniform(0.2, 1.2, count, 1) * (varies | flat)
    waves = _sines(count, x, source.uniform(0.25, 3, count, 1), source)
    return torch.expm1(2 * target).rsqrt() * torch.exp(strength * waves)


def _sines(count: int, x: Tensor, periods: Tensor, source: Source) -> Tensor:
    """sin(2 pi (periods x + phase)), shape (count, points)."""
    return torch.sin(2 * math.pi * (periods * x + source.uniform(0, 1, count, 1)))


def _polynomial(count: int, x: Tensor, source: Source) -> Tensor:
    """Legendre series of degree 1 to 4."""
    t = 2 * x - 1
    basis = [t, (3 * t**2 - 1) / 2, (5 * t**3 - 3 * t) / 2, (35 * t**4 - 30 * t**2 + 3) / 8]
    degree = source.integers(1, 4, count, 1)
    weights = source.uniform(-1, 1, count, 4) * (torch.arange(4, device=x.device) < degree)
    return weights @ torch.stack(basis)


def _fourier(count: int, x: Tensor, source: Source) -> Tensor:
    """Sum of five waves of up to 5 periods, the fast ones smaller."""
    periods = torch.arange(1.0, 6.0, dtype=x.dtype, device=x.device)
    heights = source.uniform(-1, 1, count, 5) * periods ** -source.uniform(0, 1.5, count, 1)
    phases = periods[:, None] * x + source.uniform(0, 1, count, 5, 1)  # (count, 5, points)
    return (heights[..., None] * torch.sin(2 * math.pi * phases)).sum(-2)


def _monotone(count: int, x: Tensor, source: Source) -> Tensor:
    """Integral of the exponential of a Fourier series."""
    steepness = source.uniform(0, 3, count, 1) * _fourier(count, x, source)
    return steepness.exp().cumsum(-1)


def _fast_sine(count: int, x: Tensor, source: Source) -> Tensor:
    """One sine of 1 to 8 periods on a slope."""
    slope = source.uniform(-1, 1, count, 1) * x
    return slope + _sines(count, x, source.uniform(1, 8, count, 1), source)


def _zigzag(count: int, x: Tensor, source: Source) -> Tensor:
    """A triangle wave of 1/2 to 6 periods."""
    return torch.asin(_sines(count, x, source.uniform(0.5, 6, count, 1), source))


def _steps(count: int, x: Tensor, source: Source) -> Tensor:
    """Up to MOST_STEPS jumps at random places; each rises within one cell."""
    places = source.uniform(0, 1, count, MOST_STEPS, 1)
    used = torch.arange(MOST_STEPS, device=x.device) < source.integers(1, MOST_STEPS, count, 1)
    heights = source.uniform(-1, 1, count, MOST_STEPS) * used
    return ((x > places) * heights[..., None]).sum(-2)


RANDOM_CURVES = (_polynomial, _fourier, _monotone, _fast_sine, _zigzag, _steps)
