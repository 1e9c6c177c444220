"""Statistics of classes: tables of counts, whatever the labels, and normals given the class.

A side is a class variable if its rows take few values; so is a single column. Codes need not have
an order and indicators need no geometry here, so both ways of writing a class give the same answer.
Letters as in `copula`; K, L classes or bins of X and of Y.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.marginals import Marginals
from mist_core.statistics.scaling import LOG_FLOOR, both_sides, log_information

# More values than this are no classes.
MOST_CLASSES = 32
# So many values that are equally likely give no smaller probability of a repeat than this.
LEAST_REPEATS = 0.75 / MOST_CLASSES
# Columns a side that meet in tables, those with few values first.
COLUMNS = 8
# Quantile bins of a column without classes, beside a column and beside a whole side.
COLUMN_BINS = 8
SIDE_BINS = (6, 16)
# Rows for each bin, where there are to be more.
ROWS_A_BIN = 100
# Columns and classes of which normals are fitted.
NORMAL_COLUMNS, NORMAL_CLASSES = 8, 12
# A class's covariance is that of all classes together with the weight of so many rows a column.
SHRINKAGE = 2.0
# Added to variances, for columns that repeat one another.
RIDGE = 1e-3
# Places of ln(estimate) among the statistics.
ESTIMATES = tuple(range(9))
NUM_STATISTICS = len(ESTIMATES) + 6


def classes(x: Marginals, y: Marginals, finest: int = 1) -> Tensor:
    """(B, NUM_STATISTICS) estimates first; where nothing is a class, those of no information.

    Args:
        x, y: sides of B datasets.
        finest: so many times as many bins at most, where rows fill them: bins hide information,
            of which there is always more to be seen with more rows.
    """
    few = [side.repeat_share > LEAST_REPEATS for side in (x, y)]  # (B, d) each
    found = few[0].any(-1) | few[1].any(-1)
    out = x.scores.new_zeros(len(found), NUM_STATISTICS)
    out[:, : len(ESTIMATES)] = math.log(LOG_FLOOR)
    for b in found.nonzero().squeeze(-1).tolist():
        out[b] = _of_dataset(x, y, few, b, finest)
    return out


def _of_dataset(x: Marginals, y: Marginals, few: list[Tensor], b: int, finest: int) -> Tensor:
    """(NUM_STATISTICS,) of dataset b."""
    numbers = [_side_numbers(side, f, b) for side, f in zip((x, y), few, strict=True)]
    known = [labels is not None for labels in numbers]
    counts = [0 if labels is None else int(labels.max()) + 1 for labels in numbers]
    best, rows, columns = _between_columns(x, y, few, b, finest)
    parameters = 0.0
    if all(known):
        table = table_of(numbers[0], numbers[1], counts[0], counts[1])
        estimates = [table] * 7
    elif any(known):
        label, number, other = (
            (numbers[0], counts[0], y) if known[0] else (numbers[1], counts[1], x)
        )
        binned = [
            part
            for bins in SIDE_BINS
            for part in _beside_bins(label, number, other, b, _finer(bins, len(label), finest))
        ]
        parameters = (number - 1) * free_parameters(other.places.shape[1]) / len(label)
        normal = [
            normal_information(frame[b], label, number, parameters)
            for frame in (other.scores, other.raw)
        ]
        estimates = [binned[2], *binned, *normal]
    else:
        estimates = [best] * 7
    nats = torch.stack([*estimates, best, (rows + columns) / 2])
    flags = [
        nats.new_tensor([float(k), math.log(max(1, c))]) for k, c in zip(known, counts, strict=True)
    ]
    rest = [
        both_sides(*flags),
        torch.stack([(rows - columns).abs(), nats.new_tensor(math.log1p(parameters))]),
    ]
    return torch.cat([log_information(nats), *rest])


def _side_numbers(side: Marginals, few: Tensor, b: int) -> Tensor | None:
    """(n,) class number of each row of a side, or None if its rows take many values."""
    if not few[b].all():
        return None
    places = side.places[b]  # (d, n)
    key = places[0]
    for column in places[1:]:  # numbers of classes so far, then those of the column within
        key = torch.unique(key, return_inverse=True)[1] * (2 * column.shape[0]) + column
    values, number = torch.unique(key, return_inverse=True)
    return number if len(values) <= MOST_CLASSES else None


def _between_columns(
    x: Marginals, y: Marginals, few: list[Tensor], b: int, finest: int
) -> tuple[Tensor, ...]:
    """Information of pairs of columns of which one is a class: the most, and the sums of the most
    that each column of X, and each of Y, shares with any of the other side."""
    (of_x, is_x), (of_y, is_y) = (
        _column_numbers(s, f, b, finest) for s, f in zip((x, y), few, strict=True)
    )
    k = max(int(of_x.max()) + 1, int(of_y.max()) + 1)
    nats = _table_information(_tables(of_x, of_y, k))  # (p, q)
    nats = nats * (is_x[:, None] | is_y)
    return nats.amax(), nats.amax(1).sum(), nats.amax(0).sum()


def _column_numbers(side: Marginals, few: Tensor, b: int, finest: int) -> tuple[Tensor, Tensor]:
    """(k, n) class or bin of each row in up to COLUMNS columns, and which of them are classes."""
    chosen = side.repeat_share[b].argsort(descending=True, stable=True)[:COLUMNS]
    places, is_class = side.places[b, chosen], few[b, chosen].clone()
    numbers = _bins(places, _finer(COLUMN_BINS, places.shape[1], finest))
    for j in is_class.nonzero().squeeze(-1).tolist():
        values, number = torch.unique(places[j], return_inverse=True)
        is_class[j] = len(values) <= MOST_CLASSES
        if is_class[j]:
            numbers[j] = number
    return numbers, is_class


def _beside_bins(label: Tensor, number: int, other: Marginals, b: int, bins: int) -> list[Tensor]:
    """Information between the class and quantile bins of the other side's columns: most, sum."""
    columns = _bins(other.places[b, :COLUMNS], bins)
    nats = _table_information(_tables(label[None], columns, max(number, bins)))  # (1, k)
    return [nats.amax(), nats.sum()]


def _finer(bins: int, rows: int, finest: int) -> int:
    """As many bins as rows fill beside a class, at least `bins` and at most `finest` times that."""
    return max(bins, min(finest * bins, rows // ROWS_A_BIN))


def _bins(places: Tensor, bins: int) -> Tensor:
    """Equally filled bins of places (..., n)."""
    return (places * bins).div(2 * places.shape[-1], rounding_mode="floor")


def table_of(a: Tensor, b: Tensor, k: int, m: int) -> Tensor:
    """Nats between numbers a (n,) below k and b (n,) below m, less the plug-in's bias."""
    return _table_information(_tables(a[None], b[None], max(k, m)))[0, 0]


def _tables(a: Tensor, b: Tensor, k: int) -> Tensor:
    """(p, q, k, k) counts for numbers a (p, n) and b (q, n) below k."""
    offset = k * k * torch.arange(len(b), device=a.device)[:, None]  # (q, 1)
    counts = [
        torch.bincount((offset + k * row + b).flatten(), minlength=len(b) * k * k) for row in a
    ]
    return torch.stack(counts).view(len(a), len(b), k, k).float()


def _table_information(tables: Tensor) -> Tensor:
    """Nats of tables of counts (..., K, L), less the bias of the plug-in estimate.

    (cells in use - rows in use - columns in use + 1) / 2n, after G. A. Miller, "Note on the bias
    of information estimates", 1955.
    """
    n = tables.sum((-2, -1))
    rows, columns = tables.sum(-1), tables.sum(-2)
    terms = [torch.xlogy(t, t).flatten(n.ndim).sum(-1) for t in (tables, rows, columns)]
    nats = (terms[0] - terms[1] - terms[2]) / n + n.log()
    used = [(t > 0).flatten(n.ndim).sum(-1) for t in (tables, rows, columns)]
    return (nats - (used[0] - used[1] - used[2] + 1) / (2 * n)).clamp_min(0)


def free_parameters(dim: int) -> float:
    """Of a normal in so many columns, as far as they are fitted."""
    dim = min(dim, NORMAL_COLUMNS)
    return dim * (dim + 3) / 2


def normal_information(columns: Tensor, label: Tensor, number: int, parameters: float) -> Tensor:
    """Nats between a class and columns (n, d), were they normal given the class.

    The mean of ln p(class | row) / p(class) under fitted normals, less half a unit a parameter and
    row, by which a fit flatters itself.
    """
    columns = columns[:, :NORMAL_COLUMNS]
    if number > NORMAL_CLASSES or number < 2:
        return columns.new_zeros(())
    dim = columns.shape[-1]
    share = torch.nn.functional.one_hot(label, number).to(columns)  # (n, K)
    size = share.sum(0)  # (K,)
    mean = (share.T @ columns) / size[:, None]  # (K, d)
    apart = columns[:, None] - mean  # (n, K, d)
    scatter = torch.einsum("nk,nki,nkj->kij", share, apart, apart)
    pooled = scatter.sum(0) / len(columns)
    extra = SHRINKAGE * dim
    covariance = (scatter + extra * pooled) / (size + extra)[:, None, None]
    covariance = covariance + RIDGE * torch.eye(dim).to(columns)
    factor = torch.linalg.cholesky(covariance)
    z = torch.linalg.solve_triangular(factor, apart.permute(1, 2, 0), upper=False)  # (K, d, n)
    log_det = factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    log_joint = (size / len(columns)).log()[:, None] - z.square().sum(1) / 2 - log_det[:, None]
    given = log_joint.gather(0, label[None])[0] - log_joint.logsumexp(0)  # ln p(class | row)
    nats = (given - (size / len(columns)).log()[label]).mean()
    return (nats - parameters / 2).clamp_min(0)
