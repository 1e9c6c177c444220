"""One way to write a dataset down: rows, columns and sides in an order of their own.

Mutual information does not depend on any order, but float sums round by it, ties break by it, and a
subsample is chosen by it. All orders come from hashes of ranks, in integers that wrap around and so
add up alike whatever the order; rows in hash order are as good as shuffled.
"""

import numpy as np
import torch
from torch import Tensor

from mist_core.statistics.marginals import Marginals
from mist_core.statistics.ordering import argsort

# Seeds: parts of the definition.
SCRAMBLE, ROW_WEIGHTS, REPEAT_WEIGHTS = 20251118, 20251119, 20261126


def normal_form(x: Marginals, y: Marginals) -> tuple[Marginals, Marginals]:
    """The same datasets with rows, columns of a side and the two sides in hash order.

    Columns are turned the same way around, too. What is left over are symmetries of the dataset
    itself, such as equal rows or columns, which make no difference.
    """
    rows = hash_order(x.places, y.places)
    (x, key_x), (y, key_y) = (_sorted_columns(side.in_order(rows)) for side in (x, y))
    if x.places.shape == y.places.shape:
        return exchanged(x, y, key_x > key_y)
    return (x, y) if x.places.shape[-2] < y.places.shape[-2] else (y, x)


def exchanged(x: Marginals, y: Marginals, where: Tensor) -> tuple[Marginals, Marginals]:
    """Sides of one shape, exchanged in the datasets `where` (B,) is true."""
    names = ("columns", "quartiles", "places", "tie_share", "repeat_share")
    pairs = {name: (getattr(x, name), getattr(y, name)) for name in names}
    masks = {name: where.view(-1, *[1] * (pair[0].ndim - 1)) for name, pair in pairs.items()}
    first = {name: torch.where(masks[name], b, a) for name, (a, b) in pairs.items()}
    second = {name: torch.where(masks[name], a, b) for name, (a, b) in pairs.items()}
    return Marginals(**first, soft=x.soft), Marginals(**second, soft=y.soft)


def _sorted_columns(side: Marginals) -> tuple[Marginals, Tensor]:
    """A side, its rows in hash order, with its columns turned and sorted; and its own key (B,).

    A column's signature is a weighted sum of its ranks' distances from the middle, which ignores
    decreasing maps; the same sum with signs changes its sign with them.
    """
    n = side.places.shape[-1]
    random = np.random.default_rng(ROW_WEIGHTS).integers(0, 2**62, n)
    weights = torch.from_numpy(random).to(side.places.device)
    from_middle = side.places - (n - 1)
    signatures = (from_middle.abs() * weights).sum(-1)  # (B, d)
    turned = side.turned((from_middle * weights).sum(-1) < 0)
    return turned.with_columns(argsort(signatures)), signatures.sum(-1)


def hash_order(x_places: Tensor, y_places: Tensor) -> Tensor:
    """(B, n) rows ordered by a hash of their ranks: a seeded subsample is a prefix of it.

    The hash is a sum over all columns of both sides of a scrambled distance of the rank from the
    nearer end, so it ignores row order, column order, decreasing maps and which side is X.
    Integers, so that the sum over columns does not depend on their order. Rows that are equal in
    every column have one hash; each of them is scrambled once more by its number among them, which
    leaves open which is which, so that a prefix holds equal rows as often as the whole does.

    Args:
        x_places: (B, p, n) and y_places: (B, q, n) as in `Marginals`.
    """
    n = x_places.shape[-1]
    places = torch.cat([x_places, y_places], -2) + 1  # 1 .. 2n - 1
    scramble = torch.from_numpy(np.random.default_rng(SCRAMBLE).integers(0, 2**48, n + 1))
    from_end = torch.minimum(places, 2 * n - places)
    scrambled = scramble.to(places.device).index_select(0, from_end.flatten()).view(places.shape)
    key = scrambled.sum(-2)
    order = argsort(key)
    ordered = key.gather(-1, order)
    if (ordered[..., 1:] != ordered[..., :-1]).all():
        return order
    finer = _column_key(key, scrambled, (places - n).sign())
    order = argsort(finer)
    order = order.gather(-1, key.gather(-1, order).argsort(stable=True))
    ordered = (key + finer).gather(-1, order)
    equal = (ordered[..., 1:] == ordered[..., :-1]).any(-1, keepdim=True)
    if not equal.any():
        return order
    again = argsort(key + finer)
    again = again.gather(-1, argsort(_scrambled_again((key + finer).gather(-1, again))))
    return torch.where(equal, again, order)


def _scrambled_again(key: Tensor) -> Tensor:
    """(B, n) hashes of sorted keys (B, n) and of each one's number among its equals."""
    n = key.shape[-1]
    position = torch.arange(n, device=key.device).expand(key.shape)
    edge = torch.ones_like(key[..., :1], dtype=torch.bool)
    starts = torch.cat([edge, key[..., 1:] != key[..., :-1]], -1)
    number = position - torch.where(starts, position, 0).cummax(-1).values
    weights = np.random.default_rng(REPEAT_WEIGHTS).integers(1, 2**62, n)
    # Mixed by shifts and products (Steele et al., 2014, "SplitMix"): a sum would keep the order of
    # keys that are far apart.
    mixed = key ^ torch.from_numpy(weights).to(key.device)[number]
    for shift, factor in ((30, -0x40A7B892E31B1A47), (27, -0x6B2FB644ECCEEE15)):
        mixed = (mixed ^ ((mixed >> shift) & ((1 << (64 - shift)) - 1))) * factor
    return mixed ^ ((mixed >> 31) & ((1 << 33) - 1))


def _column_key(key: Tensor, scrambled: Tensor, side: Tensor) -> Tensor:
    """(B, n) keys that part rows with the same hash, such as (u, v) and (v, u), or (1 - u, v).

    Each column has two signatures, sums over its rows; the second changes its sign with `side` when
    the column is turned around, so that their product does not. Integers wrap around, exactly.

    Args:
        key: (B, n) first hash; scrambled and side: (B, p + q, n) its terms, and which end is near.
    """
    company = key.square().unsqueeze(-2)  # a sum of keys themselves would not part u from v
    signature = (company * scrambled).sum(-1, keepdim=True)  # (B, p + q, 1)
    turning = (company * side).sum(-1, keepdim=True)
    return ((signature + side * turning) * scrambled).sum(-2)


def pick_rows(a: Tensor, index: Tensor) -> Tensor:
    """(B, m, d) rows of `a` (B, n, d) at `index` (B, m)."""
    return a.gather(1, index.unsqueeze(-1).expand(-1, -1, a.shape[-1]))
