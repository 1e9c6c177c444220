"""Networks trained on some rows of a dataset and asked about those they never saw."""

import abc

import torch
from numpy import ndarray
from torch import Generator, Tensor, nn

from mist_core.benchmarks.baselines.closed_form import normal_scores

FOLDS = 2  # each half is scored by the network that learned from the other
RATE, CHECKS = 3e-3, 20  # looks at the rows left out; the network of the best one answers


class Critic(nn.Module, abc.ABC):
    """A network with a loss that rows of both sides give, and what it then says of rows.

    Attributes:
        steps, batch: of training, and rows in each.
    """

    steps, batch = 1000, 128

    @abc.abstractmethod
    def loss(self, x: Tensor, y: Tensor, generator: Generator) -> Tensor:
        """What training lowers, of rows (n, dim_x) and (n, dim_y)."""

    @abc.abstractmethod
    def information(self, x: Tensor, y: Tensor, generator: Generator) -> Tensor:
        """I(X;Y) by these rows, nats."""


def cross_fitted(kind: type[Critic], x: ndarray, y: ndarray, seed: int) -> float:
    """I(X;Y), nats: mean over folds of what a critic trained on the other rows says of them.

    Args:
        kind: built from (dim_x, dim_y).
        x: (n, dim_x), y: (n, dim_y); columns are read by their normal scores.
        seed: of folds, weights, batches and noise.
    """
    sides = [torch.from_numpy(normal_scores(side)).float() for side in (x, y)]
    generator = Generator().manual_seed(seed)
    folds = torch.randperm(len(x), generator=generator).chunk(FOLDS)
    found = []
    for place, unseen in enumerate(folds):
        seen = torch.cat([fold for other, fold in enumerate(folds) if other != place])
        held = [side[unseen] for side in sides]
        with torch.random.fork_rng():
            torch.manual_seed(int(torch.randint(2**31, (), generator=generator)))
            critic = kind(x.shape[1], y.shape[1])
        train(critic, [side[seen] for side in sides], held, generator)
        with torch.inference_mode():
            found.append(critic.information(*held, Generator().manual_seed(seed)))
    return float(torch.stack(found).mean())


def train(critic: Critic, seen: list[Tensor], held: list[Tensor], generator: Generator) -> None:
    """Leaves the weights that had the least loss on rows left out, at one of CHECKS looks."""
    optimizer = torch.optim.Adam(critic.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, critic.steps)
    best, kept = torch.inf, critic.state_dict()
    for step in range(1, critic.steps + 1):
        rows = torch.randint(len(seen[0]), (critic.batch,), generator=generator)
        optimizer.zero_grad()
        critic.loss(*(side[rows] for side in seen), generator).backward()
        optimizer.step()
        schedule.step()
        if step % (critic.steps // CHECKS) == 0:
            with torch.inference_mode():  # always the same noise, so that looks compare
                loss = float(critic.loss(*held, Generator().manual_seed(0)))
            if loss < best:
                best, kept = loss, {k: v.clone() for k, v in critic.state_dict().items()}
    critic.load_state_dict(kept)


def layers(inputs: int, outputs: int, width: int = 64) -> nn.Sequential:
    """(…, inputs) to (…, outputs) by two hidden layers."""
    return nn.Sequential(
        nn.Linear(inputs, width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
        nn.Linear(width, outputs),
    )
