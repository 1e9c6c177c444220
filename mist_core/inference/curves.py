"""Sides of several columns that are one number in disguise: (z, z^2, e^z), or cosine and sine.

Information does not change under invertible maps of a side. Where a column of a side determines
another without any noise, the other adds nothing and is left out; where all rows lie on a curve,
the position along it says all that they say. Both are found only where the rows are smooth at the
scale of their own distances: noise of a fortieth of the step from one row to the next, which might
hold information, is enough to leave a side as it is.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    dijkstra,
    minimum_spanning_tree,
)
from scipy.spatial import KDTree
from torch import Tensor

# Of fewer rows a smooth function is not told from a strong correlation.
LEAST_ROWS = 100
# Rows that are looked at first, and rows that span a curve, at most; evenly spaced in the order of
# a column, so that no choice depends on the order of rows.
GLANCE, NODES = 96, 4000
ASKED = 32  # of the rows looked at first, for their neighbours
# What may be left of a step between neighbours once a straight line has said where a row should be:
# at a first glance, where steps are long, and for good.
FIRST_BEND, BEND = 0.5, 0.05
# Angle by which a curve turns from one row to the next, the median.
TURN = 0.12
# A curve is closed where its ends are nearer than such a share of its length.
CLOSED = 0.1
# Where more columns are left, their functions help a network that reads correlations: on draws of
# the prior the error falls by a third where up to four are left, and by nothing beyond.
MOST_LEFT = 4
# Share of the rows that a curve passes, in one stroke; neighbours of a row that may follow it.
PASSED, NEIGHBOURS = 0.97, 8
# Pieces of a curve with gaps, its thin ends among them.
MOST_PARTS = 20


@dataclass(frozen=True)
class Side:
    """What is left of a side.

    Attributes:
        columns: (n, e).
        closed: whether they are the position along a closed curve, an angle from 0 to 2 pi.
    """

    columns: Tensor
    closed: bool = False


def without_functions(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Sides (n, d_x) and (n, d_y), finite, with as many columns as it takes.

    Closed curves on both sides begin where they correspond to one another.
    """
    of_x, of_y = _reduced(x), _reduced(y)
    if of_x.closed and of_y.closed:
        return of_x.columns, _turned(of_y.columns, of_x.columns)
    return of_x.columns, of_y.columns


def reduced(side: Tensor) -> Tensor:
    """One side (n, d), likewise."""
    return _reduced(side).columns


def _turned(angle: Tensor, other: Tensor) -> Tensor:
    """The angles (n, 1), turned and turned around such that they are most often the others."""
    mean = [torch.exp(1j * (angle - sign * other)).mean() for sign in (1, -1)]
    if mean[0].abs() >= mean[1].abs():
        return (angle - mean[0].angle()) % (2 * math.pi)
    return (mean[1].angle() - angle) % (2 * math.pi)


def _reduced(side: Tensor) -> Side:
    n, d = side.shape
    if d < 2 or n < LEAST_ROWS or side.requires_grad:
        return Side(side)
    values = side.cpu().numpy()
    glance = _squashed(_evenly(values, GLANCE))
    if glance is None:
        return Side(side)
    determines = _bends(glance) <= FIRST_BEND
    np.fill_diagonal(determines, False)
    if not determines.any() and not _looks_like_a_curve(glance):
        return Side(side)
    plain = _squashed(values)
    if plain is None:
        return Side(side)
    kept = _independent(plain, determines)
    if len(kept) > 1 and _looks_like_a_curve(_evenly(plain[:, kept], GLANCE)):
        curve = _curve(plain[:, kept])
        if curve is not None:
            position, closed = curve
            return Side(torch.from_numpy(position[:, None]).to(side.device), closed)
    return Side(side[:, kept] if len(kept) < min(d, MOST_LEFT + 1) else side)


def _squashed(side: np.ndarray) -> np.ndarray | None:
    """Columns in units of their quartiles' distance, tails drawn in; None where values recur."""
    ordered = np.sort(side, axis=0)
    n = len(side)
    spread = ordered[3 * n // 4] - ordered[n // 4]
    if not (spread > 0).all() or (ordered[1:] == ordered[:-1]).mean() > 0.01:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        plain = np.arcsinh((side - ordered[n // 2]) / spread)
    return plain if np.isfinite(plain).all() else None


def _independent(plain: np.ndarray, determines: np.ndarray) -> list[int]:
    """The columns of (n, d) that no other of those kept determines, in order.

    Args:
        determines: (d, d) whether column j may be a function of column k, at [k, j].
    """
    kept = set(range(plain.shape[1]))
    # The column that determines most of the others comes first.
    for k in np.argsort(-determines.sum(1), kind="stable").tolist():
        gone = [j for j in sorted(kept) if determines[k, j]]
        if k in kept and gone:
            bends = _bends(plain[:, [k, *gone]], along=1)[0, 1:]
            kept -= {j for j, bend in zip(gone, bends, strict=True) if bend <= BEND}
    return sorted(kept)


def _bends(plain: np.ndarray, along: int | None = None) -> np.ndarray:
    """What a line between a row's neighbours along a column leaves of the steps, the median.

    Near 0 for smooth functions of the column; near 1 or above for anything with noise.

    Args:
        plain: (m, d).
        along: so many columns from the first; None for all.

    Returns:
        (along, d), of every column along each of these.
    """
    rows = plain[plain[:, :along].argsort(0).T]  # (along, m, d)
    of = np.arange(len(rows))
    column = rows[of, :, of]  # (along, m)
    whole = column[:, 2:] - column[:, :-2]
    share = (column[:, 1:-1] - column[:, :-2]) / np.where(whole > 0, whole, 1)
    between = rows[:, :-2] + share[..., None] * (rows[:, 2:] - rows[:, :-2])
    left = np.median(np.abs(rows[:, 1:-1] - between), 1)
    step = np.median(np.abs(np.diff(rows, axis=1)), 1)
    return np.where(step > 0, left / np.where(step > 0, step, 1), np.inf)


def _curve(plain: np.ndarray) -> tuple[np.ndarray, bool] | None:
    """(n,) position along the curve on which the rows lie, and whether it is closed; or None."""
    nodes = _evenly(plain, NODES)
    along = _walk(nodes)
    if along is None:
        return None
    ends = nodes[[along.argmin(), along.argmax()]]
    gap = np.linalg.norm(ends[1] - ends[0])
    length = along.max() + gap
    closed = bool(gap < length * CLOSED)
    position = along if len(nodes) == len(plain) else _between(nodes, along, plain)
    if not closed:
        return position, False
    return position * (2 * math.pi / length) % (2 * math.pi), True


def _looks_like_a_curve(rows: np.ndarray) -> bool:
    """Whether a row and its two nearest neighbours lie on a line, more often than not."""
    asked = rows[:: len(rows) // ASKED]
    distances = np.square(asked[:, None] - rows).sum(-1)
    distances[distances == 0] = np.inf
    near = distances.argpartition(2, axis=1)[:, :2]
    first, second = (rows[near[:, k]] - asked for k in (0, 1))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    if not lengths.all():
        return False
    cosine = np.abs((first * second).sum(1)) / lengths
    return bool(np.median(cosine) > 0.9)


def _walk(nodes: np.ndarray) -> np.ndarray | None:
    """(m,) distance from one end along the shortest tree through all nodes, if it is a path."""
    m = len(nodes)
    distances, near = KDTree(nodes).query(nodes, NEIGHBOURS + 1)
    rows = np.repeat(np.arange(m), NEIGHBOURS)
    if not (distances[:, 1:] > 0).all():
        return None
    graph = csr_matrix((distances[:, 1:].ravel(), (rows, near[:, 1:].ravel())), shape=(m, m))
    graph = graph.maximum(graph.T)
    parts, of = connected_components(graph, directed=False)
    if parts > MOST_PARTS:
        return None
    while parts > 1:
        graph = _joined(graph, nodes, of == np.bincount(of).argmin())
        parts, of = connected_components(graph, directed=False)
    tree = minimum_spanning_tree(graph)
    tree = tree.maximum(tree.T)
    end = int(np.argmax(dijkstra(tree, indices=0)))
    along = dijkstra(tree, indices=end)
    path = _path(tree, end, int(np.argmax(along)))
    if len(path) < PASSED * m:
        return None
    steps = np.diff(nodes[path], axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    turns = 1 - (steps[1:] * steps[:-1]).sum(1) / (lengths[1:] * lengths[:-1])
    return along if np.median(np.sqrt(2 * turns.clip(0))) <= TURN else None


def _joined(graph: csr_matrix, nodes: np.ndarray, apart: np.ndarray) -> csr_matrix:
    """The graph with an edge more: the shortest from the nodes that stand apart (m,) to others."""
    inner, outer = np.flatnonzero(apart), np.flatnonzero(~apart)
    distances, near = KDTree(nodes[outer]).query(nodes[inner])
    k = distances.argmin()
    ends = [inner[k], outer[near[k]]]
    edge = csr_matrix((distances[[k, k]], (ends, ends[::-1])), shape=graph.shape)
    return graph.maximum(edge)


def _path(tree: csr_matrix, start: int, end: int) -> list[int]:
    """Nodes of a tree from one to another."""
    _, before = breadth_first_order(tree, start, directed=False)
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path


def _between(nodes: np.ndarray, along: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Positions of rows beside the nodes: by where they lie between their two nearest."""
    near = KDTree(nodes).query(rows, 2)[1]
    first, second = nodes[near[:, 0]], nodes[near[:, 1]]
    step = second - first
    share = ((rows - first) * step).sum(1) / np.square(step).sum(1)
    gap = along[near[:, 1]] - along[near[:, 0]]
    # The two ends of a closed curve lie side by side and are not between each other.
    neighbours = np.abs(gap) < 3 * np.linalg.norm(step, axis=1)
    return along[near[:, 0]] + np.where(neighbours, share * gap, 0.0)


def _evenly(rows: np.ndarray, count: int) -> np.ndarray:
    """So many rows at most, evenly spaced in the order of the first column."""
    if len(rows) <= count:
        return rows
    order = rows[:, 0].argsort()
    return rows[order[np.linspace(0, len(rows) - 1, count).astype(int)]]
