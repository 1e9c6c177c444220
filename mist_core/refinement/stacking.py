"""Several log-ratios joined into one, and what it proves on rows it never saw.

Letters: B datasets, K folds, J log-ratios, S = 1 + shifts kinds of pairs, r rows of a fold.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.refinement.coordinates import HIGHEST

ITERATIONS = 12
# Rows of a fold that choose the weights, and how strongly these are drawn to zero.
FIT_ROWS, RIDGE = 10_000, 1e-3
# No shuffled pair counts for more than all but a few true ones of the other folds: a combination
# may run wild where there are none.
SEEN, _QUANTILE_ROWS = 0.998, 1 << 20


@dataclass(frozen=True)
class Bound:
    """What log-ratios prove of B datasets, nats.

    Attributes:
        value: (B,) the Donsker-Varadhan bound, the mean over folds.
        standard_error: (B,) over rows.
        spread: (B,) standard deviation over folds.
        plug_in: (B,) mean log-ratio of the true pairs: no bound, and of less variance.
        deviation: (B,) standard deviation over rows of that log-ratio.
        sample: (B,) share of the shuffled pairs that carries the mean of exp(log-ratio).
    """

    value: Tensor
    standard_error: Tensor
    spread: Tensor
    plug_in: Tensor
    deviation: Tensor
    sample: Tensor


def stack(values: Tensor) -> tuple[Tensor, Tensor]:
    """The combination of log-ratios with the least logistic loss on the other folds' rows.

    Args:
        values: (B, K, J, S, r) log-ratios of rows that no critic of their fold saw.

    Returns:
        (B, K, S, r) the combined log-ratio, and (B, J + 1) the weights, the constant last.
    """
    folds, part = values.shape[1], values[..., :FIT_ROWS].double()
    out, weights = [], []
    for fold in range(folds):
        others = [k for k in range(folds) if k != fold]
        chosen = _logistic(part[:, others].transpose(1, 2).flatten(-2), part.shape[-2])
        of_all = torch.einsum("bkjsr,bj->bksr", values, chosen[:, :-1].to(values))
        of_all = of_all + chosen[:, -1, None, None, None].to(values)
        most = of_all[:, others, 0].flatten(1)[:, :_QUANTILE_ROWS].quantile(SEEN, dim=1)
        out.append(of_all[:, fold].minimum(most[:, None, None]))
        weights.append(chosen)
    return torch.stack(out, 1).clamp_min(-HIGHEST), torch.stack(weights).mean(0)


def _logistic(values: Tensor, kinds: int) -> Tensor:
    """(B, J + 1) weights and constant by Newton's method; values (B, J, K', S r)."""
    b, j = values.shape[:2]
    design = values.flatten(2)  # (B, J, N)
    design = torch.cat([design, torch.ones_like(design[:, :1])], 1)
    is_true = torch.zeros(values.shape[2], kinds, values.shape[3] // kinds).to(design)
    is_true[:, 0] = 1
    is_true = is_true.flatten()  # (N,)
    share = torch.where(is_true > 0, 1 / is_true.sum(), 1 / (1 - is_true).sum())
    weights = design.new_zeros(b, j + 1)
    ridge = RIDGE * torch.eye(j + 1).to(design)
    ridge[-1, -1] = 1e-9
    for _ in range(ITERATIONS):
        probability = torch.einsum("bjn,bj->bn", design, weights).sigmoid()
        slope = torch.einsum("bjn,bn->bj", design, share * (probability - is_true))
        curve = (share * probability * (1 - probability)).unsqueeze(1) * design
        hessian = curve @ design.mT + ridge
        step = torch.linalg.solve(hessian, slope + weights @ ridge)
        weights = weights - step.clamp(-0.7, 0.7)
    return weights


def bound(values: Tensor) -> Bound:
    """Donsker and Varadhan's (1983): E_p[T] - ln E_q[exp T], of T (B, K, S, r)."""
    true, false = values[:, :, 0].double(), values[:, :, 1:].double()
    count = false.shape[-1] * false.shape[-2]
    peak = false.amax((-2, -1), keepdim=True)
    weight = (false - peak).exp()
    total = weight.sum((-2, -1))  # (B, K)
    normalizer = total.log() + peak[..., 0, 0] - torch.tensor(float(count)).log()
    of_folds = true.mean(-1) - normalizer
    influence = true - weight.mean(-2) / (total[..., None] / count)
    folds, rows = true.shape[1:]
    sample = total.square() / weight.square().sum((-2, -1)) / count
    return Bound(
        value=of_folds.mean(-1),
        standard_error=influence.std(-1).mean(-1) / (folds * rows) ** 0.5,
        spread=of_folds.std(-1),
        plug_in=true.mean((-2, -1)),
        deviation=true.std(-1).mean(-1),
        sample=sample.mean(-1),
    )
