"""Estimators of neighbouring papers that train a network on the data at hand, in bmi's protocol.

A worker process imports this module in the place of bmi's and calls its classes by name.
"""

from numpy import ndarray

from mist_core.benchmarks.baselines.bridge import Bridge
from mist_core.benchmarks.baselines.held_out import cross_fitted
from mist_core.benchmarks.baselines.minde import Denoiser


class MINDE:
    """The conditional form of mutual information by neural diffusion, with one network.

    Franzese, Bounoua and Michiardi (2024), MINDE: Mutual Information Neural Diffusion Estimation,
    doi:10.48550/arXiv.2310.09031. Smaller than theirs, stopped by rows left out, on normal scores.
    """

    def __init__(self, seed: int = 0):
        self.seed = seed

    def estimate(self, x: ndarray, y: ndarray) -> float:
        """I(X;Y), nats, of x (n, dim_x) and y (n, dim_y); noise comes to the narrower side."""
        if x.shape[1] > y.shape[1]:
            x, y = y, x
        return cross_fitted(Denoiser, x, y, self.seed)


class TelescopingBridge:
    """Telescoping density ratios between the joint law and independence.

    Rhodes, Xu and Gutmann (2020), Telescoping Density-Ratio Estimation,
    doi:10.48550/arXiv.2006.12204. One network for all ratios, on normal scores.
    """

    def __init__(self, seed: int = 0):
        self.seed = seed

    def estimate(self, x: ndarray, y: ndarray) -> float:
        """I(X;Y), nats, of x (n, dim_x) and y (n, dim_y)."""
        return cross_fitted(Bridge, x, y, self.seed)
