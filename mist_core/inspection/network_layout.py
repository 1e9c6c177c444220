"""Places for the nodes of a graph and for a number beside each edge.

Nodes: springs along the edges, repulsion between all. Numbers: where they lie on nothing else.
"""

from collections.abc import Sequence

import numpy as np

STEPS = 300
# Ends of the drawing, with room at the sides for the names.
ACROSS, UP = (-1.25, 1.25), (-1.15, 1.2)
WIDTHS = np.array([330.0, 560.0, 820.0])  # pixels, from a telephone's to a screen's
LETTER = 7.5  # pixels of a name
NAME_UP = 14  # pixels from the middle of a node up to that of its name
ASIDE, ABOVE = 11, 11  # pixels from an edge to the middle of its number
_NODE, _NAME, _NUMBER = (12.0, 12.0), 16.0, (22.0, 14.0)  # pixels: wide and high
_POINTS = 60  # of a line, to see what is behind a number
_SHARES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)  # of an edge, the best place first
Box = tuple[np.ndarray, float, float, float]
"""Middle across at each of WIDTHS, middle down, width and height; pixels."""


def places(nodes: int, edges: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Where to draw the nodes of a graph; the same graph gets the same places.

    Args:
        nodes: how many.
        edges: (E, 2) int, the nodes that each edge joins.
        weights: (E,) positive; a heavier edge pulls more.

    Returns:
        (nodes, 2) within [-1, 1].

    References:
        Fruchterman and Reingold (1991), Graph drawing by force-directed placement,
        doi:10.1002/spe.4380211102.
    """
    angles = 2 * np.pi * np.arange(nodes) / max(nodes, 1)
    at = np.column_stack([np.cos(angles), np.sin(angles)])
    pull = np.zeros((nodes, nodes))
    pull[edges[:, 0], edges[:, 1]] = pull[edges[:, 1], edges[:, 0]] = weights
    distance = np.sqrt(4 / max(nodes, 1))  # that leaves each node an equal part of the square
    for step in range(STEPS):
        away = at[:, None] - at  # (nodes, nodes, 2)
        length = np.maximum(np.linalg.norm(away, axis=-1), 1e-3)
        force = (distance / length) ** 2 - pull * length / distance
        move = (force[..., None] * away).sum(1) - at * distance  # parts without edges stay near
        size = np.maximum(np.linalg.norm(move, axis=-1, keepdims=True), 1e-9)
        at = at + move / size * np.minimum(size, 0.2 * (1 - step / STEPS))
    at -= (at.max(0) + at.min(0)) / 2
    return at / np.maximum(np.abs(at).max(0), 1e-9)


def beside(at: np.ndarray, edges: np.ndarray, names: Sequence[str], height: float) -> np.ndarray:
    """How far along its edge each number stands, so that it lies on no name and no other number.

    Of the places that are free it takes the one with the least of lines behind it.

    Args:
        at: (N, 2) of `places`.
        edges: (E, 2) int; the first ones choose first.
        names: of the nodes, as they are written.
        height: of the drawing, pixels.

    Returns:
        (E,) shares of the edge from its first end; NaN where there is no room.
    """
    taken = [_box(place, _NODE, height) for place in at]
    taken += [
        _box(place, (LETTER * len(name), _NAME), height, up=NAME_UP)
        for place, name in zip(at, names, strict=True)
    ]
    ends = at[edges]
    lines = ends[:, :1] + np.linspace(0, 1, _POINTS)[:, None] * (ends[:, 1:] - ends[:, :1])
    across, down = _pixels(lines.reshape(-1, 2), height)
    found = np.full(len(edges), np.nan)
    for number, (first, last) in enumerate(ends):
        free = []
        for share in _SHARES:
            place = first + share * (last - first)
            box = _box(place, _NUMBER, height, aside=aside(first, last), up=ABOVE)
            if not any(_overlap(box, other) for other in taken):
                behind = np.abs(across - box[0]) < box[2] / 2
                free.append(
                    (int((behind & (np.abs(down - box[1]) < box[3] / 2)).sum()), share, box)
                )
        if free:
            _, found[number], box = min(free, key=lambda one: one[0])
            taken.append(box)
    return found


def aside(first: np.ndarray, last: np.ndarray) -> int:
    """Pixels to the right that lead off an edge, together with some upwards."""
    rising = (last - first).prod(-1) > 0
    return -ASIDE if rising else ASIDE


def _box(
    place: np.ndarray, size: tuple[float, float], height: float, *, aside: float = 0, up: float = 0
) -> Box:
    across, down = _pixels(place[None], height)
    return across[0] + aside, down[0, 0] - up, *size


def _pixels(places: np.ndarray, height: float) -> tuple[np.ndarray, np.ndarray]:
    """(k, 2) as pixels across, (k, WIDTHS), and down, (k, 1)."""
    across = (places[:, :1] - ACROSS[0]) / (ACROSS[1] - ACROSS[0]) * WIDTHS
    return across, (UP[1] - places[:, 1:]) / (UP[1] - UP[0]) * height


def _overlap(one: Box, other: Box) -> bool:
    """Whether two boxes lie on each other at any of WIDTHS."""
    apart = np.abs(one[0] - other[0]) >= (one[2] + other[2]) / 2
    return abs(one[1] - other[1]) < (one[3] + other[3]) / 2 and not apart.all()
