"""Rounded columns: ages in years, prices in cents. The step hides next to nothing of the MI.

A column uniform within its step has lost about step^2 / 24 exp(2 I) nats, if the values given the
other side spread exp(-I) as wide as without it (exact for small steps and a normal pair: rounding
adds a variance of step^2 / 12). Steps are chosen to keep it below the tolerance of the truths.
"""

from dataclasses import replace

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source, log_uniform
from mist_core.priors.batch import Batch

# Steps in normal-consistent quartile ranges times exp(I): at most 0.3^2 / 24 = 0.004 nats.
FINEST, COARSEST = 0.03, 0.3
# How often a column is rounded, where only some are.
SOME = 0.5


def rounded(batch: Batch, source: Source) -> Batch:
    """The same datasets with all columns rounded, or some of them."""
    share = 1.0 if source.rng.random() < 0.5 else SOME
    x, y = (_side(side, batch.mutual_information, share, source) for side in (batch.x, batch.y))
    return replace(batch, x=x, y=y)


def _side(side: Tensor, information: Tensor, share: float, source: Source) -> Tensor:
    """One side (B, n, d) in steps of its own for each column."""
    count, _, dim = side.shape
    levels = torch.tensor([0.25, 0.75], dtype=side.dtype, device=side.device)
    low, high = side.quantile(levels, 1, keepdim=True)  # (B, 1, d) each
    size = log_uniform(source, FINEST, COARSEST, count, 1, dim)
    step = (size * (-information).exp()[:, None, None] * (high - low) / 1.349).to(side)
    phase = source.uniform(-0.5, 0.5, count, 1, dim).to(side)
    chosen = (source.uniform(0, 1, count, 1, dim) < share) & (step > 0)
    step = torch.where(chosen, step, 1.0)
    return torch.where(chosen, ((side / step + phase).round() - phase) * step, side)
