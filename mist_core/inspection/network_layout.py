"""Places for the nodes of a graph: springs along the edges, repulsion between all."""

import numpy as np

STEPS = 300


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
