"""Normalizing flows: the joint law of some numeric columns as an invertible map of N(0, I).

Mutual information does not change under invertible maps of either side, so standard normal rows
with a known truth, pushed through a fitted flow, look like a user's columns and keep that truth.
The map is a coupling flow of rational-quadratic splines (Durkan et al., 2019, arXiv 1906.04032, by
zuko), then a triangular matrix, then an increasing map of each column. A single column has its
increasing map alone: normal scores remove the marginal anyway.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import zuko
from torch import Tensor, nn

from mist_core.priors.synthesis.margin_splines import QuantileMap, fit_knots

TRANSFORMS, BINS, WIDTH = 2, 4, 32
MOST_STEPS, PATIENCE, CHECK_EVERY = 400, 100, 10
LEARNING_RATE, WEIGHT_DECAY = 2e-3, 1e-3
# Rows kept aside to choose when to stop, and rows looked at, at most.
ASIDE, MOST_ROWS = 0.2, 2000
# Noise on the whitened scores while fitting: with few rows a flow would else follow each of them
# (Rothfuss et al., 2019, arXiv 1907.08982).
JITTER = 0.2
# Weight of the identity in the covariance: near-collinear columns stay invertible in float32.
SHRINKAGE = 0.01

Progress = Callable[[float], None]


@dataclass(frozen=True)
class FlowConfig:
    """Shape of a flow.

    Attributes:
        knots: number of knots of each column's increasing map; as many as there are columns.
    """

    knots: tuple[int, ...]

    @property
    def dim(self) -> int:
        return len(self.knots)


class Flow(nn.Module):
    """Standard normal rows to rows of the columns, and back.

    Args:
        config: its shape; the parameters come from `fit_flow` or a file.
    """

    def __init__(self, config: FlowConfig) -> None:
        super().__init__()
        self.config = config
        for column, knots in enumerate(config.knots):
            grid = torch.linspace(-1, 1, knots, dtype=torch.float64)
            self.register_buffer(f"scores_{column}", grid)
            self.register_buffer(f"values_{column}", grid.clone())
        self.register_buffer("factor", torch.eye(config.dim))  # lower triangular
        self.splines = _splines(config.dim) if config.dim > 1 else None

    def push(self, u: Tensor) -> Tensor:
        """(*batch, dim) standard normal rows to rows of the columns, float32."""
        scores = u.float()
        if self.splines is not None:
            scores = self.splines().transform.inv(scores) @ self.factor.mT
        return self._columns(scores, [column.__call__ for column in self._maps])

    def pull(self, x: Tensor) -> Tensor:
        """(*batch, dim) rows of the columns to what `push` takes, float32."""
        scores = self._columns(x.double(), [column.inverse for column in self._maps]).float()
        if self.splines is None:
            return scores
        return self.splines().transform(self.whiten(scores))

    def whiten(self, scores: Tensor) -> Tensor:
        """Normal scores (*batch, dim) without their linear correlation."""
        return torch.linalg.solve_triangular(self.factor, scores.mT, upper=False).mT

    @property
    def _maps(self) -> list[QuantileMap]:
        pairs = ((f"scores_{k}", f"values_{k}") for k in range(self.config.dim))
        return [QuantileMap(getattr(self, s), getattr(self, v)) for s, v in pairs]

    def _columns(self, rows: Tensor, maps: list[Callable]) -> Tensor:
        columns = zip(maps, rows.unbind(-1), strict=True)
        return torch.stack([function(column) for function, column in columns], -1)


def fit_flow(values: Tensor, *, seed: int, progress: Progress = lambda share: None) -> Flow:
    """A flow whose pushed rows follow `values`.

    The splines start as the identity and are kept as they were when rows set aside were likeliest,
    so that a table too small for them keeps its Gaussian copula.

    Args:
        values: (n, dim) float64, at least two different ones in each column.
        seed: of the start, the rows set aside and the noise.
        progress: takes the share done.
    """
    knots = [fit_knots(column) for column in values.unbind(-1)]
    with torch.random.fork_rng(devices=[]):  # zuko draws its first weights from the global stream
        torch.manual_seed(seed)
        flow = Flow(FlowConfig(tuple(len(scores) for scores, _ in knots)))
    for column, (scores, heights) in enumerate(knots):
        getattr(flow, f"scores_{column}").copy_(scores)
        getattr(flow, f"values_{column}").copy_(heights)
    if flow.splines is not None:
        generator = torch.Generator().manual_seed(seed)
        scores = flow._columns(values, [column.inverse for column in flow._maps])
        flow.factor.copy_(_factor(scores))
        _fit_splines(flow, scores.float(), generator, progress)
    return flow.eval().requires_grad_(False)


def _splines(dim: int) -> zuko.flows.NSF:
    """Coupling splines that are the identity until they are fitted."""
    splines = zuko.flows.NSF(
        dim, 0, transforms=TRANSFORMS, bins=BINS, hidden_features=(WIDTH, WIDTH), passes=2
    )
    for layer in splines.transform.transforms:
        nn.init.zeros_(layer.hyper[-1].weight)
        nn.init.zeros_(layer.hyper[-1].bias)
    return splines


def _factor(scores: Tensor) -> Tensor:
    eye = torch.eye(scores.shape[-1], dtype=scores.dtype)
    covariance = (1 - SHRINKAGE) * torch.cov(scores.mT) + SHRINKAGE * eye
    return torch.linalg.cholesky(covariance).float()


def _fit_splines(
    flow: Flow, scores: Tensor, generator: torch.Generator, progress: Progress
) -> None:
    """Maximum likelihood with noise, until the rows set aside get no likelier."""
    order = torch.randperm(len(scores), generator=generator)[:MOST_ROWS]
    size = max(1, int(ASIDE * len(order)))
    aside, rows = flow.whiten(scores[order]).split([size, len(order) - size])
    optimiser = torch.optim.AdamW(
        flow.splines.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY
    )
    best, best_step, kept = float("inf"), 0, flow.splines.state_dict()
    for step in range(MOST_STEPS):
        if step % CHECK_EVERY == 0:
            with torch.no_grad():
                loss = -flow.splines().log_prob(aside).mean().item()
            if loss < best:
                best, best_step = loss, step
                kept = {k: t.clone() for k, t in flow.splines.state_dict().items()}
            progress(step / MOST_STEPS)
            if step - best_step > PATIENCE:
                break
        noise = torch.randn(rows.shape, generator=generator)
        _step(flow, optimiser, (rows + JITTER * noise) / (1 + JITTER**2) ** 0.5)
    flow.splines.load_state_dict(kept)
    progress(1.0)


def _step(flow: Flow, optimiser: torch.optim.Optimizer, rows: Tensor) -> None:
    loss = -flow.splines().log_prob(rows).mean()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(flow.splines.parameters(), 5.0)
    optimiser.step()
