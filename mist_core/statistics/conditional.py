"""Invariant statistics of I(X;Y|Z): what the conditional network reads.

Every statistic is unchanged by the order of rows and of columns and by an exchange of X with Y.
Each block is one function of a `Triple` -> (B, k). Letters as in `triple`.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from mist_core.statistics import gaussian, neighbours, nonlinear, summary
from mist_core.statistics.codes import NUM_ESTIMATES as CODE_ESTIMATES
from mist_core.statistics.codes import codes
from mist_core.statistics.directions import functions as cosines_of
from mist_core.statistics.scaling import both_sides, log_information
from mist_core.statistics.triple import Triple, held_out_errors, joint_functions, predicted

MOST_ROWS = 20_000
SEARCH = neighbours.Search(256, 1024, (1, 4))
LAGS = (1, 2, 4, 8, 16, 32)
# Of the statistics of a pair, those that are computed of the residuals.
RESIDUAL_BLOCKS = (
    "spectra-scores",
    "radial-scores",
    "squares",
    "cosines",
    "pairs-scores",
    "random-features",
    "neighbours",
)
# Covariance added to residuals, so that determinants stay finite.
RIDGE = 1e-3


def sizes(t: Triple) -> Tensor:
    """Rows and columns, how coarse each side is, and whether rows have an order."""
    p, q, r = (side.scores.shape[-1] for side in (t.x, t.y, t.z))
    n = min(t.n_samples, MOST_ROWS)
    numbers = [math.log(n), math.log(min(p, q)), math.log(max(p, q)), math.log(r)]
    numbers += [n / (n + p + q + r), n**-0.5, float(t.order is not None)]
    constant = t.x.scores.new_tensor(numbers).expand(len(t.x.scores), -1)
    coarse = [
        torch.stack([side.repeat_share.mean(-1), side.repeat_share.amax(-1)], -1)
        for side in (t.x, t.y, t.z)
    ]
    still = (t.z.scores.square().amax((-1, -2)) == 0).to(constant).unsqueeze(-1)
    logs = [(share + summary.LEAST_REPEATS).log() for share in coarse]
    return torch.cat([constant, still, both_sides(*logs[:2]), logs[2]], -1)


def residuals(t: Triple) -> Tensor:
    """Statistics of the pair of residuals, as if Z had nothing more to say."""
    return summary.summarize(t.residual, RESIDUAL_BLOCKS)


def plain(t: Triple) -> Tensor:
    """Information of X and Y without a condition, and of either with Z, by random features."""
    with_z = [nonlinear.random_features(*pair) for pair in t.with_z]
    parts = [nonlinear.random_features(*t.plain.local), neighbours.neighbours(*t.plain.local)]
    return torch.cat([*parts, both_sides(*with_z)], -1)


def nearest(t: Triple) -> Tensor:
    """Nearest-neighbour estimates: of the conditional information, and of residuals beside Z."""
    a, b = t.residual.local
    z = t.of_z
    found = [neighbours.conditional(*t.plain.local, z, SEARCH)]
    found.append(neighbours.conditional(a, b, z, SEARCH))
    beside = [
        neighbours.neighbours(one, torch.cat([other, z], -1)) for one, other in ((a, b), (b, a))
    ]
    return torch.cat([*found, both_sides(*beside)], -1)


def moderation(t: Triple) -> Tensor:
    """Correlations of the leading residuals that Z makes stronger, weaker or turns around."""
    a, b = (side[..., :2] for side in t.residual.local)
    products = (a.unsqueeze(-1) * b.unsqueeze(-2)).flatten(-2).clamp(-9, 9)  # (B, n, <= 4)
    centre = products.mean(-2, keepdim=True)
    guess = predicted(t.functions, products - centre)
    squares = products.var(-2).clamp_min(1e-6)
    explained = (guess * (products - centre)).mean(-2) / squares  # (B, <= 4), covariance share
    local = (centre + guess).clamp(-0.98, 0.98).square()
    information = gaussian.gaussian_information(local).mean(-2)
    return torch.stack(
        [
            log_information(information.amax(-1)),
            log_information(information.sum(-1)),
            explained.amax(-1),
            explained.sum(-1),
        ],
        -1,
    )


def gains(t: Triple) -> Tensor:
    """How much better functions of X are predicted from Y and Z than from Z alone; both ways.

    The Gaussian information of held-out errors, -1/2 ln of the ratio of their determinants.
    """
    sides = [_gain(t, 0), _gain(t, 1)]
    nats, share = (torch.stack(parts, -1) for parts in zip(*sides, strict=True))  # (B, 2) each
    three = torch.stack([nats.amax(-1), nats.amin(-1), nats.mean(-1)], -1)
    return torch.cat([log_information(three), both_sides(share[:, :1], share[:, 1:])], -1)


def _gain(t: Triple, side: int) -> tuple[Tensor, Tensor]:
    told, telling = t.plain.local[side], t.plain.local[1 - side]
    targets = cosines_of(told)
    more = torch.cat([t.functions, joint_functions(telling, t.of_z)], -1)
    errors = [held_out_errors(functions, targets) for functions in (t.functions, more)]
    eye = RIDGE * torch.eye(targets.shape[-1], dtype=torch.float64, device=targets.device)
    spans = [(e.mT @ e / e.shape[-2]).double() + eye for e in errors]
    without, given = (torch.linalg.slogdet(span)[1] for span in spans)
    traces = [span.diagonal(dim1=-2, dim2=-1).sum(-1) for span in spans]
    share = (traces[0] - traces[1]) / targets.shape[-1]
    return ((without - given) / 2).to(targets), share.to(targets)


def serial(t: Triple) -> Tensor:
    """How long what is left of X and Y remembers itself, and how many rows that makes.

    All 0 where rows have no order.
    """
    if t.order is None:
        return t.x.scores.new_zeros(len(t.x.scores), 2 * len(LAGS) + 4)
    back = t.order.argsort(-1)
    sides = [left.gather(1, back.unsqueeze(-1).expand(left.shape)) for left in t.left]
    memory = [_memory(side) for side in sides]  # (B, L) each
    weights = torch.tensor([1, 1.5, 3, 6, 12, 24]).to(memory[0])  # lags that each stands for
    both = 1 + 2 * ((memory[0] * memory[1]).clamp_min(0) * weights).sum(-1, keepdim=True)
    each = [1 + 2 * (m.square() * weights).sum(-1, keepdim=True) for m in memory]
    rows = math.log(t.n_samples)
    lengths = torch.cat([both.log(), rows - both.log(), both_sides(*each)[:, :1].log()], -1)
    few = (both / t.n_samples).sqrt()
    return torch.cat([both_sides(*memory), lengths, few], -1)


def _memory(side: Tensor) -> Tensor:
    """(B, L) autocorrelations of (B, n, d) at LAGS, on average over columns, 0 where too long."""
    z = side - side.mean(-2, keepdim=True)
    power = z.square().mean(-2).clamp_min(1e-8)
    n = z.shape[-2]
    found = []
    for lag in LAGS:
        if lag > n // 3:
            found.append(torch.zeros_like(power).mean(-1))
            continue
        found.append(((z[:, lag:] * z[:, :-lag]).sum(-2) / n / power).mean(-1))
    return torch.stack(found, -1)


BLOCKS: dict[str, Callable[[Triple], Tensor]] = {
    "sizes": sizes,
    "partial": lambda t: gaussian.canonical_spectra(t.partial),
    "partial-raw": lambda t: gaussian.canonical_spectra(t.partial_raw),
    "residuals": residuals,
    "plain": plain,
    "nearest": nearest,
    "moderation": moderation,
    "gains": gains,
    "codes": codes,
    "serial": serial,
}
_NEAREST = len(SEARCH.folds)
_PLAIN = len(nonlinear.FEATURE_SCALES) * 6
# Where in a block ln(estimate of the information) stands, on the scale of `log_information`.
ESTIMATES: dict[str, tuple[int, ...]] = {
    "partial": gaussian.SPECTRA_ESTIMATES,
    "partial-raw": gaussian.SPECTRA_ESTIMATES,
    "residuals": tuple(summary.estimates(RESIDUAL_BLOCKS).tolist()),
    "plain": (*nonlinear.FEATURE_ESTIMATES, _PLAIN + 2, _PLAIN + 3),
    "nearest": (2, 3, 6, 7, 10, 11),
    "moderation": (0, 1),
    "gains": (0, 1, 2),
    "codes": tuple(range(CODE_ESTIMATES)),
}


def summarize(t: Triple) -> Tensor:
    """(B, F) statistics of all blocks, float32, finite."""
    return torch.cat([block(t).float() for block in BLOCKS.values()], -1)


def estimates() -> Tensor:
    """(C,) places of the plug-in estimates among the statistics."""
    tiny = torch.linspace(-1, 1, 16).view(1, 16, 1)
    t = _tiny(tiny)
    places, start = [], 0
    for name, block in BLOCKS.items():
        places += [start + place for place in ESTIMATES.get(name, ())]
        start += block(t).shape[-1]
    return torch.tensor(places, dtype=torch.long)


def count() -> int:
    """F, the number of statistics: the same for every shape of data."""
    return summarize(_tiny(torch.linspace(-1, 1, 16).view(1, 16, 1))).shape[-1]


def _tiny(column: Tensor) -> Triple:
    from mist_core.statistics.triple import triple

    return triple(column, column.square(), column.sin())
