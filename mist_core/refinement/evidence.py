"""All that critics tell about datasets of one shape, as numbers for the head.

Letters as in `coordinates`; J log-ratios, F numbers.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from mist_core.refinement.coordinates import FOLDS, Rows, frame, read_rows
from mist_core.refinement.critics import Critics, Schedule
from mist_core.refinement.elliptical import Student
from mist_core.refinement.grids import Grids
from mist_core.refinement.stacking import Bound, bound, stack

# Fewer rows teach nothing that the network does not know better.
LEAST_ROWS = 200
# Pairs scored together, of all datasets, and shuffled ones that are wanted of each.
CHUNK, SHUFFLED = 1 << 18, 40_000
MOST_SHIFTS, LEAST_SHIFTS = 16, 2
# Rows of a fold on which the critics' optimism is measured.
OPTIMISM_ROWS = 4096
LOG_RATIOS = ("normal", "student", "coarse", "fine", "finest", "early", "middle", "late")
MARKS = ("early", "middle", "late")
NUMBERS = (
    *("bound", "standard_error", "spread", "plug_in", "deviation", "sample"),
    *(f"bound_{name}" for name in LOG_RATIOS),
    *("plug_in_late", "train_late", "train_plug_in_late"),
    *("n_samples", "dim_x", "dim_y", "rank_x", "rank_y", "df", "gaussian"),
    *(f"weight_{name}" for name in (*LOG_RATIOS, "constant")),
)
Report = Callable[[float], bool]


@dataclass(frozen=True)
class Evidence:
    """What the rows at hand proved of a dataset.

    Attributes:
        bound: lower bound of the mutual information on rows that no critic saw, in the unit of the
            posterior; None where there are too few rows.
        standard_error: of the bound.
        steps: of the critics' training.
        seconds: it took.
        cut_short: whether it was ended before its time.
        note: what is to be said of it, or nothing.
    """

    bound: float | None
    standard_error: float | None
    steps: int
    seconds: float
    cut_short: bool
    note: str = ""

    def times(self, factor: float) -> "Evidence":
        """In another unit."""
        if self.bound is None:
            return self
        bound, error = factor * self.bound, factor * self.standard_error
        return replace(self, bound=bound, standard_error=error)


@dataclass(frozen=True)
class Gathered:
    """Evidence on B datasets.

    Attributes:
        numbers: (B, F) float64, in the order of NUMBERS.
        bound: what the stack of log-ratios proves.
        steps: of the critics' training.
        cut_short: whether it ended before its schedule.
    """

    numbers: Tensor
    bound: Bound
    steps: int
    cut_short: bool


def schedule(n_samples: int, dim_x: int, dim_y: int, seconds: float) -> Schedule:
    """How long critics learn: a fixed table of the rows, columns and seconds, never the clock.

    The seconds are those of two cores of a laptop, for one dataset.
    """
    steps = 400 * min(max((n_samples / 3000) ** 0.4, 0.3), 2.0)
    if max(dim_x, dim_y) == 1:
        steps *= 0.4
    return Schedule(max(8, round(steps * seconds / 10)), 512)


@torch.no_grad()
def gather(x: Tensor, y: Tensor, seconds: float, seed: int, report: Report) -> Gathered:
    """Train critics on B datasets of one shape, x (B, n, p) and y (B, n, q), and score them.

    Args:
        x, y: of any device; n at least LEAST_ROWS.
        seconds: see `schedule`.
        seed: of folds, critics and shuffles.
        report: called with the share that is done; False cuts the training short.
    """
    generator = torch.Generator().manual_seed(seed)
    rows = read_rows(x, y, generator)
    scoring = _Scoring(rows)
    frames = [frame(rows, rows.train(fold)) for fold in range(FOLDS)]
    critics = Critics(rows, frames, generator)
    student = Student(rows)
    values = {"normal": scoring(critics.normal), "student": scoring(student.values)}
    for size, name in enumerate(("coarse", "fine", "finest")):
        values[name] = scoring(Grids(rows, size).values)
    plan = schedule(x.shape[1], x.shape[2], y.shape[2], seconds)
    done = 0
    for done in critics.train(plan, lambda step: report(0.9 * step / plan.steps)):
        latest = scoring(critics.values)
        # Where it ends early, the last critics stand for all that were to come.
        values |= {n: latest for n, at in zip(MARKS, plan.marks, strict=True) if done <= at}
    joined = torch.stack([values[name] for name in LOG_RATIOS], 2)  # (B, K, J, S, r)
    combined, weights = stack(joined)
    found = bound(combined)
    numbers = [
        *(getattr(found, field.name) for field in fields(found)),
        *(bound(values[name]).value for name in LOG_RATIOS),
        bound(values["late"]).plug_in,
        *scoring.optimism(critics),
        *_about(rows, frames, student),
        *weights.unbind(-1),
    ]
    return Gathered(torch.stack([n.double() for n in numbers], -1), found, done, done < plan.steps)


class _Scoring:
    """The pairs on which log-ratios are scored: held-out rows, true and shuffled."""

    def __init__(self, rows: Rows) -> None:
        self.datasets = len(rows.white[0])
        count = rows.n_samples // FOLDS
        self.held = torch.stack([rows.held(k)[:count] for k in range(FOLDS)])  # (K, r)
        least = torch.arange(min(count, OPTIMISM_ROWS), device=self.held.device)
        self.seen = torch.stack([rows.train(k)[least * 2] for k in range(FOLDS)])
        wanted = math.ceil(SHUFFLED / rows.n_samples)
        self.shifts = min(max(wanted, LEAST_SHIFTS), MOST_SHIFTS)

    def __call__(self, log_ratio: Callable[[Tensor, list[int]], Tensor]) -> Tensor:
        """(B, K, S, r) log-ratios of the held-out pairs."""
        chunks = max(1, round(self.datasets * self.held.numel() * (1 + self.shifts) / CHUNK))
        chunks = min(chunks, self.held.shape[1] // 64)
        return torch.cat([self._pairs(log_ratio, p) for p in self.held.chunk(chunks, 1)], -1)

    def optimism(self, critics: Critics) -> tuple[Tensor, Tensor]:
        """The bound and the plug-in that critics reach on rows they learned from."""
        found = bound(self._pairs(critics.values, self.seen))
        return found.value, found.plug_in

    def _pairs(self, log_ratio: Callable, places: Tensor) -> Tensor:
        m = places.shape[1]
        shifts = [1 + (k * (m - 1)) // self.shifts for k in range(self.shifts)]
        return log_ratio(places, shifts).unflatten(0, (-1, FOLDS))


def _about(rows: Rows, frames: list, student: Student) -> list[Tensor]:
    """What else tells how far the evidence reaches: sizes, ranks, df, the Gaussian plug-in."""
    b = len(rows.white[0])
    sizes = [rows.n_samples, *(side.shape[-1] for side in rows.white)]
    ranks = [(side.square().mean(1) > 0.1).sum(-1) for side in rows.white]
    gaussian = frame(rows, torch.arange(rows.n_samples, device=rows.fold.device)).correlations
    return [
        *(torch.full((b,), float(size), device=rows.fold.device) for size in sizes),
        *ranks,
        student.df,
        -torch.log1p(-gaussian.square()).sum(-1) / 2,
    ]
