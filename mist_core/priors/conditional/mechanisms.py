"""Conditional laws whose information is a sum over a fine grid: colliders and noisy mechanisms.

Hidden a, b and c of one column each: in a collider c is a noisy function of both, in a mechanism b
is one of a and c. Sides are one or more such triples, each seen as a number or cut into classes.
"""

import math

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source, coin, log_uniform
from mist_core.priors.conditional.batch import Shape, Triples, latents, shown
from mist_core.priors.conditional.surfaces import Surface

NODES, REACH, HEIGHTS = 72, 4.0, 96
NOISE = (0.25, 1.5)
MOST_COPIES, MOST_CODES = 3, 6
# How often a hidden variable is seen as a class.
CLASS = 0.2


def collider(shape: Shape, source: Source) -> Triples:
    """Z is a noisy function of X and Y, which may know of one another anyway."""
    return _copies(shape, source, _collider, "collider")


def mechanism(shape: Shape, source: Source) -> Triples:
    """Y is a noisy function of X and Z, and X of Z."""
    return _copies(shape, source, _mechanism, "mechanism")


def _copies(shape: Shape, source: Source, make, kind: str) -> Triples:
    most = min(shape.p, shape.q, shape.r, MOST_COPIES)
    copies = int(source.rng.integers(1, most, endpoint=True))
    made = [make(shape, source) for _ in range(copies)]
    sides = tuple(torch.stack([part[0][k] for part in made], -1) for k in range(3))
    numeric = tuple(all(part[1][k] for part in made) for k in range(3))
    information = torch.stack([part[2] for part in made]).sum(0)
    sides = shown(sides, shape, source, numeric=numeric)
    return Triples(*sides, information, kind, shape.ordered)


def _collider(shape: Shape, source: Source):
    count, (grid, _) = shape.count, _nodes()
    rho = source.uniform(-0.9, 0.9, count) * coin(source, 0.4, count)
    a, e, noise = latents(shape, 3, source).unbind(-1)
    b = rho[:, None] * a + (1 - rho.square()).sqrt()[:, None] * e
    surface, sigma = Surface(count, source), log_uniform(source, *NOISE, count)
    if shape.nothing:  # of a only, so that a and b = rho a + e are told apart by nothing
        b, rho = latents(shape, 1, source)[..., 0], 0 * rho
        value, of_grid = surface(a, 0 * a), lambda u, v: surface(u, 0 * v)
    else:
        value, of_grid = surface(a, b), surface
    c = value + sigma[:, None] * noise
    u, v = (side.flatten().expand(count, -1) for side in torch.meshgrid(grid, grid, indexing="ij"))
    spread = (1 - rho.square())[:, None]
    joint = (-(v - rho[:, None] * u).square() / (2 * spread)).exp() * (-u.square() / 2).exp()
    joint = joint / joint.sum(-1, keepdim=True)  # (B, N^2)
    heights = _heights(sigma)
    table = joint.unsqueeze(-1) * _gauss(heights[:, None], of_grid(u, v).unsqueeze(-1), sigma)
    table = table.view(count, NODES, NODES, HEIGHTS)
    borders = grid.expand(count, -1), grid.expand(count, -1), heights
    return _seen((a, b, c), table, borders, source)


def _mechanism(shape: Shape, source: Source):
    count, (grid, weight) = shape.count, _nodes()
    c, e, noise = latents(shape, 3, source).unbind(-1)
    still = shape.ordered and source.rng.random() < 0.4
    if still:
        c = 0 * c
    cause, effect = Surface(count, source), Surface(count, source)
    own = log_uniform(source, 0.3, 3, count)[:, None]  # of X, beside what Z makes of it
    sigma = log_uniform(source, *NOISE, count)

    def x_of(e: Tensor, c: Tensor) -> Tensor:
        return (cause(c, 0 * c) + own * e) / (1 + own.square()).sqrt()

    def y_of(x: Tensor, c: Tensor) -> Tensor:
        return effect(0 * x, c) if shape.nothing else effect(x, c)

    a = x_of(e, c)
    b = y_of(a, c) + sigma[:, None] * noise
    controls = torch.zeros(1, dtype=torch.float64) if still else grid
    mass = torch.ones(1, dtype=torch.float64) if still else weight
    u, w = (
        side.flatten().expand(count, -1) for side in torch.meshgrid(grid, controls, indexing="ij")
    )
    heights = _heights(sigma)
    given = _gauss(heights[:, None], y_of(x_of(u, w), w).unsqueeze(-1), sigma)  # (B, N M, H)
    table = given * (weight[:, None] * mass).flatten().unsqueeze(-1)
    table = table.view(count, NODES, len(controls), HEIGHTS).transpose(2, 3)
    borders = None, heights, None if still else controls.expand(count, -1)
    return _seen((a, b, c), table, borders, source)


def _seen(hidden: tuple[Tensor, ...], table: Tensor, nodes, source: Source):
    """Hidden columns as numbers or classes, which are numbers, and the information that is left.

    Args:
        hidden: three (B, n).
        table: (B, I, J, K) probabilities of cells.
        nodes: of each axis, (B, k), between which it may be cut; None for an axis that is not.
    """
    sides, numeric = [], []
    for axis, (column, places) in enumerate(zip(hidden, nodes, strict=True)):
        cut = places is not None and source.rng.random() < CLASS
        numeric.append(not cut)
        if not cut:
            sides.append(column)
            continue
        cuts, label = _cuts(places, table, axis, source)
        sides.append(label[torch.searchsorted(cuts, column.contiguous()).flatten()].view_as(column))
        table = _grouped(table, torch.searchsorted(cuts, places.contiguous()), axis)
    return tuple(sides), tuple(numeric), table_information(table)


def _cuts(places: Tensor, table: Tensor, axis: int, source: Source) -> tuple[Tensor, Tensor]:
    """(B, codes - 1) borders midway between nodes, and the labels of the classes between them."""
    codes = int(source.rng.integers(2, MOST_CODES, endpoint=True))
    mass = table.sum([k for k in (1, 2, 3) if k != axis + 1]).cumsum(-1)  # (B, k)
    levels = source.uniform(0.03, 0.97, len(places), codes - 1).sort(-1).values
    at = torch.searchsorted(mass.contiguous(), levels).clamp(0, places.shape[-1] - 2)
    middle = (places[:, 1:] + places[:, :-1]) / 2
    ordered = source.rng.random() < 0.5
    label = torch.arange(codes) if ordered else torch.from_numpy(source.rng.permutation(codes))
    return middle.gather(-1, at).contiguous(), label.double()


def _grouped(table: Tensor, code: Tensor, axis: int) -> Tensor:
    """The table with cells of one class added up, along one of its three axes."""
    hot = torch.nn.functional.one_hot(code, int(code.max()) + 1).to(table)  # (B, k, codes)
    moved = table.movedim(axis + 1, -1)
    return (moved @ hot[:, None]).movedim(-1, axis + 1)


def table_information(table: Tensor) -> Tensor:
    """(B,) I(X;Y|Z) of tables (B, I, J, K), scaled to sum to 1."""
    table = table / table.sum((1, 2, 3), keepdim=True)
    parts = (table, table.sum((1, 2)), table.sum(2), table.sum(1))
    whole, of_z, xz, yz = (torch.xlogy(part, part).flatten(1).sum(-1) for part in parts)
    return (whole + of_z - xz - yz).clamp_min(0)


def _nodes() -> tuple[Tensor, Tensor]:
    grid = torch.linspace(-REACH, REACH, NODES, dtype=torch.float64)
    weight = (-grid.square() / 2).exp()
    return grid, weight / weight.sum()


def _heights(sigma: Tensor) -> Tensor:
    """(B, HEIGHTS) even steps over all that a surface and its noise reach."""
    steps = torch.linspace(-1, 1, HEIGHTS, dtype=torch.float64)
    return steps * (4.5 + 3.5 * sigma)[:, None]


def _gauss(height: Tensor, centre: Tensor, sigma: Tensor) -> Tensor:
    s = sigma[:, None, None]
    return (-((height - centre) / s).square() / 2).exp() / (s * math.sqrt(2 * math.pi))
