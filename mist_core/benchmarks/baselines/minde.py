"""MINDE: what knowing Y saves in removing noise from X (score-based diffusion)."""

import torch
from torch import Generator, Tensor

from mist_core.benchmarks.baselines.held_out import Critic, layers

LOWEST, HIGHEST = -7.0, 9.0  # log signal-to-noise ratios; what lies beyond adds next to nothing
TURNS = 16  # noises a row that the integral is averaged over
WAVES = 4


class Denoiser(Critic):
    """Predicts the noise in X, told Y or not: the two scores of MINDE in one network.

    At log signal-to-noise ratio l the noisy side is X_l = a X + s E with a^2 = sigmoid(l) and
    s^2 = 1 - a^2. A score is minus the predicted noise over s, so the divergence of p(X|Y) from
    p(X), an integral of squared differences of scores over the diffusion, is

        I(X;Y) = 1/2 int E |e(X_l, Y, l) - e(X_l, l)|^2 dl.
    """

    steps, batch = 2500, 256

    def __init__(self, dim_x: int, dim_y: int):
        super().__init__()
        self.network = layers(dim_x + dim_y + 1 + 2 * WAVES, dim_x)

    def forward(self, noisy: Tensor, y: Tensor, told: Tensor, log_snr: Tensor) -> Tensor:
        """The noise (n, dim_x) in noisy (n, dim_x); told (n, 1) is 1 where Y may be looked at."""
        angles = torch.pi * (log_snr - LOWEST) / (HIGHEST - LOWEST) * torch.arange(1, WAVES + 1)
        shown = [noisy, y * told, told, angles.sin(), angles.cos()]
        # Of a normal X the best guess without Y is s times what is seen; the network adds a score.
        return torch.sigmoid(-log_snr).sqrt() * (noisy + self.network(torch.cat(shown, 1)))

    def loss(self, x: Tensor, y: Tensor, generator: Generator) -> Tensor:
        """Mean squared error of the noise, half of the rows told Y."""
        noisy, noise, log_snr = self._noised(x, generator)
        told = (torch.rand(len(x), 1, generator=generator) < 0.5).float()
        return (self(noisy, y, told, log_snr) - noise).square().mean()

    def information(self, x: Tensor, y: Tensor, generator: Generator) -> Tensor:
        x, y = x.repeat(TURNS, 1), y.repeat(TURNS, 1)
        noisy, _, log_snr = self._noised(x, generator)
        one = torch.ones(len(x), 1)
        apart = self(noisy, y, one, log_snr) - self(noisy, y, 0 * one, log_snr)
        return apart.square().sum(1).mean() * (HIGHEST - LOWEST) / 2

    def _noised(self, x: Tensor, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Noisy X, its noise, both (n, dim_x), and log signal-to-noise ratios (n, 1), even."""
        share = (torch.randperm(len(x), generator=generator) + 0.5) / len(x)
        log_snr = LOWEST + (HIGHEST - LOWEST) * share.unsqueeze(1)
        noise = torch.randn(x.shape, generator=generator)
        noisy = torch.sigmoid(log_snr).sqrt() * x + torch.sigmoid(-log_snr).sqrt() * noise
        return noisy, noise, log_snr
