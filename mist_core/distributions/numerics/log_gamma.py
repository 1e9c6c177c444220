"""What Stirling's formula leaves out, so that differences of log-gammas cannot cancel.

ln Gamma(t) is about 1e13 at t = 5e11 and keeps no digit after the point; its remainder does.
Abramowitz and Stegun, 1964, 6.1.41 and 6.3.18.
"""

import math

import torch
from torch import Tensor

SERIES_FROM = 50.0  # from here the first term left out is below 1e-14 nats


def log_gamma_remainder(t: Tensor) -> Tensor:
    """s(t) = ln Gamma(t) - (t - 1/2) ln t + t - ln(2 pi) / 2, which tends to 0 as t grows."""
    direct = torch.lgamma(t) - (t - 0.5) * t.log() + t - math.log(2 * math.pi) / 2
    series = 1 / (12 * t) - 1 / (360 * t**3) + 1 / (1260 * t**5)
    return torch.where(t < SERIES_FROM, direct, series)


def entropy_remainder(t: Tensor) -> Tensor:
    """r(t) = t psi(t) - ln Gamma(t) - ln(t) / 2 - t + (1 + ln 2 pi) / 2 = t s'(t) - s(t)."""
    constant = (1 + math.log(2 * math.pi)) / 2
    direct = t * torch.digamma(t) - torch.lgamma(t) - t.log() / 2 - t + constant
    series = -1 / (6 * t) + 1 / (90 * t**3) - 1 / (210 * t**5)
    return torch.where(t < SERIES_FROM, direct, series)
