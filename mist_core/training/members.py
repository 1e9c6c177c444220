"""The training of one member of an ensemble on statistics that are at hand."""

import torch
from torch import Tensor

from mist_core.networks.ensemble import Witness
from mist_core.networks.scoring import training_loss


def learn(
    member: Witness,
    standard: Tensor,
    features: Tensor,
    truth: Tensor,
    *,
    epochs: int,
    batch: int,
    rate: float,
    decay: float,
    seed: int,
) -> None:
    """AdamW with one cycle of its rate; the datasets in another order each time.

    Args:
        member: trained in place, and left in training mode.
        standard, features: (D, F) statistics on the training scale, and as read.
        truth: (D,) MI, nats.
        epochs: how often each dataset is seen.
        batch: datasets a step; the last ones of an epoch that fill none wait for the next.
        rate, decay: greatest learning rate, and weight decay.
        seed: of the order; what is dropped follows torch's own.
    """
    generator = torch.Generator().manual_seed(seed)
    member.train()
    count = len(truth)
    steps = epochs * (count // batch)
    optimiser = torch.optim.AdamW(member.parameters(), rate, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.1)
    for _ in range(epochs):
        order = torch.randperm(count, generator=generator)
        for chosen in order[: count // batch * batch].view(-1, batch):
            loss = training_loss(member(standard[chosen], features[chosen]), truth[chosen])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(member.parameters(), 1.0)
            optimiser.step()
            schedule.step()
