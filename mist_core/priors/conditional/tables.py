"""Conditional laws of three classes, exact by a sum over their table."""

import torch
from torch import Tensor

from mist_core.distributions.contingency import draw_classes, random_contingencies
from mist_core.distributions.numerics.randomness import Source, dirichlet, log_uniform
from mist_core.priors.conditional.batch import Shape, Triples, shown
from mist_core.priors.conditional.mechanisms import table_information

MOST_CODES = 8


def tables(shape: Shape, source: Source) -> Triples:
    """Another random table of X and Y for each class of Z."""
    rows, columns, slices = (_codes(k, source) for k in (shape.p, shape.q, shape.r))
    given = random_contingencies(shape.count * slices, source, rows, columns).table
    given = given.view(shape.count, slices, rows, columns)
    if source.rng.random() < 0.3:  # one table for all
        given = given[:, :1].expand(-1, slices, -1, -1)
    if shape.nothing:
        given = given.sum(-1, keepdim=True) * given.sum(-2, keepdim=True)
    rare = log_uniform(source, 0.5, 10, shape.count, 1).expand(-1, slices)
    table = (dirichlet(source, rare)[:, :, None, None] * given).movedim(1, -1)
    cell = draw_classes(table.flatten(1), shape.n, source.generator)
    codes = (cell // (columns * slices), cell // slices % columns, cell % slices)
    sides = [
        _columns(code, number, dim, source)
        for code, number, dim in zip(
            codes, (rows, columns, slices), (shape.p, shape.q, shape.r), strict=True
        )
    ]
    sides = shown(tuple(sides), shape, source, numeric=(False,) * 3)
    return Triples(*sides, table_information(table), "tables")


def _codes(columns: int, source: Source) -> int:
    most = MOST_CODES if columns == 1 else max(2, min(columns, MOST_CODES))
    return int(source.rng.integers(2, most, endpoint=True))


def _columns(code: Tensor, number: int, dim: int, source: Source) -> Tensor:
    """(B, n, k) classes as shuffled codes, or as one column each where there is room."""
    if dim >= number and source.rng.random() < 0.6:
        return torch.nn.functional.one_hot(code, number).double()
    label = torch.from_numpy(source.rng.permutation(number)).double()
    return label[code].unsqueeze(-1)
