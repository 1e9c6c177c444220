"""The same law seen from the other side."""

import torch

from mist_core.distributions.base import Law


class Swapped(Law):
    """(Y, X) instead of (X, Y), which has the same mutual information.

    Args:
        law: the law of (X, Y).
    """

    def __init__(self, law: Law) -> None:
        self.law = law
        self.dim_x, self.dim_y = law.dim_y, law.dim_x
        self.batch_shape, self.device = law.batch_shape, law.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        x, y = self.law.sample(n_samples, generator=generator, dtype=dtype)
        return y, x

    def mutual_information(self):
        return self.law.mutual_information()

    def standard_error(self):
        return self.law.standard_error()

    def pointwise_mutual_information(self, x, y):
        return self.law.pointwise_mutual_information(y, x)
