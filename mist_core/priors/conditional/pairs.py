"""Conditional laws made of the joint laws of `general`, whose information they keep.

Given Z, an invertible map of X changes nothing, whatever it has of Z.
"""

import torch
from torch import Tensor

from mist_core.distributions.contingency import draw_classes
from mist_core.distributions.numerics.randomness import Source, dirichlet, log_uniform, normal
from mist_core.priors.batch import Batch
from mist_core.priors.conditional.batch import Shape, Triples, shown
from mist_core.priors.general import General
from mist_core.priors.random_functions import HIDDEN, RandomNetwork, Side

MOST_DIMS = 16
# How often the spread of a side depends on Z.
SPREAD = 0.4
MOST_CLASSES = 5


def shifted(shape: Shape, source: Source) -> Triples:
    """Both sides of a law of `general`, each moved and widened by functions of Z."""
    batch = _pairs(shape, source, shape.count)
    noise = HIDDEN[source.rng.integers(len(HIDDEN))]
    z = noise((shape.count, shape.n, shape.r), source.generator, torch.float64)
    x, y = (_by(z, side, shape, source) for side in (batch.x, batch.y))
    z = shown((z, z, z), shape, source)[2]
    return Triples(x.float(), y.float(), z, batch.mutual_information, "shifted")


def chain(shape: Shape, source: Source) -> Triples:
    """X and Z of a law of `general`, and Y made of Z alone, with noise: nothing is left."""
    batch = _pairs(shape, source, shape.count)
    z = batch.y.double()
    typical = z.std(1, keepdim=True).clamp_min(1e-6)
    standard = ((z - z.mean(1, keepdim=True)) / typical).clamp(-10, 10)
    side = Side(shape.q, z.shape[-1], False, shape.count, source)
    y = side.sample(standard, source.generator)
    # Without noise of its own Y is a function of Z: nothing is left then either.
    y = shown((y, y, y), shape, source)[1]
    return Triples(batch.x, y, batch.y, 0 * batch.mutual_information, "chain")


def informed(shape: Shape, source: Source) -> Triples:
    """Columns of X and of Y that Z tells about, beside those that tell about one another."""
    batch = _pairs(shape, source, shape.count)
    beside = [_pairs(shape, source, shape.count) for _ in range(2)]
    x, y = (
        torch.cat([side, other.x], -1) if source.rng.random() < 0.7 else side
        for side, other in zip((batch.x, batch.y), beside, strict=True)
    )
    z = torch.cat([other.y for other in beside], -1)
    sides = [
        side[..., torch.randperm(side.shape[-1], generator=source.generator)] for side in (x, y, z)
    ]
    return Triples(*sides, batch.mutual_information, "informed")


def by_class(shape: Shape, source: Source) -> Triples:
    """A law of `general` for each class of Z."""
    number = int(source.rng.integers(2, MOST_CLASSES, endpoint=True))
    batch = _pairs(shape, source, shape.count * number)
    rare = log_uniform(source, 0.5, 10, shape.count, 1).expand(-1, number)
    share = dirichlet(source, rare)
    code = draw_classes(share, shape.n, source.generator)  # (B, n)
    sides = [_chosen(side, code, number, shape, source) for side in (batch.x, batch.y)]
    information = (share * batch.mutual_information.view(-1, number)).sum(-1)
    if source.rng.random() < 0.5:
        z = torch.nn.functional.one_hot(code, number).float()
    else:
        z = code.unsqueeze(-1).float()
    z = shown((z, z, z), shape, source, numeric=(False,) * 3)[2]
    return Triples(*sides, z, information, "by class")


def _pairs(shape: Shape, source: Source, count: int) -> Batch:
    dims = max(shape.p, shape.q)
    meta = General((shape.n, shape.n), min(dims, MOST_DIMS), published=0.0, tall=0.0, long=0.0)
    batch = meta.draw(count, source)
    if not shape.nothing:
        return batch
    rows = torch.randperm(shape.n, generator=source.generator)
    information = 0 * batch.mutual_information
    return Batch(batch.x, batch.y[:, rows], information, batch.compositions)


def _by(z: Tensor, side: Tensor, shape: Shape, source: Source) -> Tensor:
    """(B, n, d) a side moved and widened by functions of Z; classes stay as they are."""
    side = side.double()
    first = side[0, :, 0]
    if len(torch.unique(first)) < len(first) // 2:
        return side
    quartiles = torch.quantile(side[:, :4096], torch.tensor([0.25, 0.75]).double(), dim=1)
    typical = (quartiles[1] - quartiles[0]).clamp_min(1e-6).unsqueeze(1)
    bounded = z.clamp(-10, 10)
    d = side.shape[-1]
    size = log_uniform(source, 0.05, 5, shape.count, 1, 1)
    moved = size * typical * RandomNetwork(shape.r, d, shape.count, source)(bounded)
    if source.rng.random() < SPREAD:
        gain = 0.7 * RandomNetwork(shape.r, d, shape.count, source)(bounded)
        side = side * gain.clamp(-2.5, 2.5).exp()
    return side + moved


def _chosen(side: Tensor, code: Tensor, number: int, shape: Shape, source: Source) -> Tensor:
    """(B, n, d) the row of each row's class, moved by its class."""
    d = side.shape[-1]
    laws = side.view(shape.count, number, shape.n, d)
    index = code[:, None, :, None].expand(-1, 1, -1, d)
    chosen = laws.gather(1, index).squeeze(1)
    first = chosen[0, :, 0]
    if len(torch.unique(first)) < len(first) // 2:
        return chosen
    size = log_uniform(source, 0.05, 3, shape.count, 1, 1)
    typical = chosen.double().std(1, keepdim=True).clamp(1e-6, 1e6)
    means = size * normal(source, shape.count, number, d)
    moved = means.gather(1, code.unsqueeze(-1).expand(-1, -1, d)) * typical
    return (chosen + moved).float()
