"""Random forms of everything: noise, functions of hidden variables, and classes cut from numbers.

Letters: B laws of one form with other parameters each, n rows, k hidden variables.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from mist_core.distributions.numerics.randomness import Source, log_uniform, normal

MOST_LAYERS, MOST_UNITS, MOST_CODES = 3, 6, 12
LEAST_UNIFORM = 1e-6  # keeps logarithms finite

Shape = tuple[int, ...]
Draw = Callable[[Shape, torch.Generator, torch.dtype], Tensor]

ACTIVATIONS: tuple[Callable[[Tensor], Tensor], ...] = (
    lambda u: (2 * u).tanh(),
    lambda u: (2.5 * u).sin(),
    torch.abs,
    torch.relu,
    lambda u: u.square().clamp_max(50),
    lambda u: (u > 0).to(u),
    torch.frac,
    lambda u: (-2 * u.square()).exp(),
    lambda u: u.clamp(-4, 4).exp(),
    lambda u: u * u.roll(1, -1),
    lambda u: torch.maximum(u, u.roll(1, -1)),
)


def _uniform(shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    drawn = torch.rand(shape, generator=generator, dtype=dtype, device=generator.device)
    return drawn.clamp(LEAST_UNIFORM, 1 - LEAST_UNIFORM)


def standard_normal(shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)


def _integers(most: int, shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    drawn = torch.randint(0, most, shape, generator=generator, device=generator.device)
    return drawn.to(dtype)


def _exponential(*how) -> Tensor:
    return -_uniform(*how).log() - 1


def _heavy(*how) -> Tensor:
    return standard_normal(*how) / standard_normal(*how).abs().clamp_min(0.15)


# Hidden variables, and the noise beside what they make.
HIDDEN: tuple[Draw, ...] = (
    standard_normal,
    standard_normal,
    lambda *how: 3.46 * (_uniform(*how) - 0.5),
    _heavy,
    _exponential,
    lambda *how: 0.3 * standard_normal(*how) + _integers(3, *how) - 1,  # three clusters
    lambda *how: 2 * _integers(2, *how) - 1,  # signs
)
# Sources to be mixed: none of them normal, nor uniform, so that no mixture is a law with a name.
SOURCES: tuple[Draw, ...] = (
    _exponential,
    lambda *how: _exponential(*how) - _exponential(*how),  # Laplace
    lambda *how: _exponential(*how) + _exponential(*how),  # gamma
    lambda *how: 1.41 * (math.pi * _uniform(*how)).cos(),  # arcsine
    lambda *how: (0.8 * standard_normal(*how)).exp() - 1.38,  # log-normal
    lambda *how: 0.5 * standard_normal(*how) + 2 * _integers(2, *how) - 1,  # two humps
    lambda *how: 2.45 * (_uniform(*how) + _uniform(*how) - 1),  # triangular
    lambda *how: standard_normal(*how) * standard_normal(*how),  # peaked, with heavy tails
)


class RandomNetwork:
    """(B, n, inputs) to (B, n, outputs): a function of random form, other weights for each law.

    Args:
        inputs, outputs: columns.
        count: B.
        source: of all randomness.
    """

    def __init__(self, inputs: int, outputs: int, count: int, source: Source) -> None:
        rng, units = source.rng, int(source.rng.integers(1, MOST_UNITS, endpoint=True))
        self.layers = []
        for _ in range(rng.integers(1, MOST_LAYERS, endpoint=True)):
            weight = normal(source, count, inputs, units) / inputs**0.5
            gain = math.exp(rng.uniform(math.log(0.5), math.log(3)))
            shift = 0.7 * normal(source, count, 1, units)
            activation = ACTIVATIONS[rng.integers(len(ACTIVATIONS))]
            self.layers.append((gain * weight, shift, activation))
            inputs = units
        self.out = normal(source, count, inputs, outputs)
        if rng.random() < 0.5:  # each output is one unit
            unit = normal(source, count, inputs, outputs).argmax(1)
            self.out = self.out.sign() * functional.one_hot(unit, inputs).mT

    def __call__(self, hidden: Tensor) -> Tensor:
        """(B, n, outputs), each column with mean 0 and spread 1 over the rows."""
        for weight, shift, activation in self.layers:
            hidden = _unit_spread(activation(hidden @ weight.to(hidden) + shift.to(hidden)))
        return _unit_spread(hidden @ self.out.to(hidden))


def _unit_spread(columns: Tensor) -> Tensor:
    """(B, n, d) columns with mean 0 and spread 1; constant ones stay constant."""
    centred = columns - columns.mean(-2, keepdim=True)
    return centred / centred.square().mean(-2, keepdim=True).sqrt().clamp_min(1e-3)


class Side:
    """What one side shows of the hidden variables.

    Args:
        columns: of this side.
        hidden: k; its variables are shown as they are if they are as many as the columns.
        plain: whether to do so.
        count, source: as in `RandomNetwork`.
    """

    def __init__(self, columns: int, hidden: int, plain: bool, count: int, source: Source) -> None:
        def network() -> RandomNetwork:
            return RandomNetwork(hidden, columns, count, source)

        rng, self.columns = source.rng, columns
        self.signal = None if plain else network()
        self.gain = network() if rng.random() < 0.25 else None
        self.kept = float(rng.choice([0.0, 0.3]))  # of the signal, where it is the noise's gain
        self.noise = HIDDEN[rng.integers(len(HIDDEN))]
        self.spread = log_uniform(source, 0.02, 2, count, 1, 1) * (rng.random() < 0.75)

    def sample(self, hidden: Tensor, generator: torch.Generator) -> Tensor:
        """(B, n, columns) from hidden variables (B, n, k)."""
        shown = hidden[..., : self.columns] if self.signal is None else self.signal(hidden)
        noise = self.noise(tuple(shown.shape), generator, shown.dtype)
        if self.gain is None:
            return shown + self.spread.to(shown) * noise
        return self.kept * shown + self.gain(hidden).exp().clamp_max(20) * noise


class Classes:
    """Numbers shown as a class variable: codes in one column, or one column a class.

    Args:
        columns: of the class variable.
        count, source: as in `RandomNetwork`.
    """

    def __init__(self, columns: int, count: int, source: Source) -> None:
        self.columns = columns
        codes = int(source.rng.integers(2, MOST_CODES, endpoint=True))
        self.cuts = normal(source, count, codes - 1).sort(-1).values
        labels = normal(source, count, codes).argsort(-1)
        ordered = source.rng.random() < 0.4
        self.labels = labels.sort(-1).values if ordered else labels

    def __call__(self, numbers: Tensor) -> Tensor:
        """(B, n, columns) classes of numbers of the same shape."""
        if self.columns > 1:
            return functional.one_hot(numbers.argmax(-1), self.columns).to(numbers)
        code = torch.searchsorted(self.cuts.to(numbers), numbers[..., 0].contiguous())
        return self.labels.gather(-1, code).unsqueeze(-1).to(numbers)
