"""What a run has gained and what it has forgotten: two networks on the same fresh draws.

The user's laws come from the `test` stream of the run's own seed, which training never touches;
the standing benchmarks are validation draws of a fixed seed. The test data of the stored
evaluations are not used: they judge frozen candidates only.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch

from mist_core.evaluation_summary import PUBLISHED
from mist_core.general import General
from mist_core.job_plan import Plan
from mist_core.meta_distribution import (
    PAPER_IN_FAMILY,
    MetaDistribution,
    Paper,
    source,
    stream,
)
from mist_core.model import Network
from mist_core.posterior import UNITS
from mist_core.priors import meta_distribution
from mist_core.scoring import validation_scores

STANDING_SEED = 1_618_033
DRAWS, DATASETS_A_DRAW = 16, 16
OWN, IN_FAMILY, EVERYTHING = "your laws", "published laws, 300 to 500 rows", "laws of every kind"


@dataclass(frozen=True)
class Bench:
    """A set of datasets with known MI, the same ones at every call.

    Attributes:
        name: in words.
        meta: what the datasets are drawn from.
        seed, branch: the stream they come from.
    """

    name: str
    meta: MetaDistribution
    seed: int
    branch: str


@dataclass(frozen=True)
class Comparison:
    """Two networks on one bench; errors of the mean in nats, nats^2; coverage of 90 % intervals."""

    bench: str
    datasets: int
    mae_before: float
    mae_after: float
    mse_before: float
    mse_after: float
    coverage_before: float
    coverage_after: float

    def sentence(self, unit: str) -> str:
        """What changed, in words."""
        before, after = (m * UNITS[unit] for m in (self.mae_before, self.mae_after))
        change = 100 * (after / max(before, 1e-12) - 1)
        verb = "fell" if change < 0 else "rose"
        return (
            f"On {self.datasets} fresh datasets of {self.bench} the mean absolute error {verb} by "
            f"{abs(change):.0f} %, from {before:.3f} to {after:.3f} {unit}."
        )

    def to_dict(self) -> dict:
        """JSON-ready; `Comparison(**it)` is the comparison again."""
        return asdict(self)


def benches(plan: Plan) -> list[Bench]:
    """The user's laws, and two standing benchmarks on which forgetting shows."""
    published = Paper(families=PAPER_IN_FAMILY, rows=(300, 500))
    return [
        Bench(OWN, meta_distribution(plan.meta), plan.seed, "test"),
        Bench(IN_FAMILY, published, STANDING_SEED, "validation"),
        Bench(EVERYTHING, General(published=0.0), STANDING_SEED, "validation"),
    ]


def compare_all(
    before: Network, after: Network, plan: Plan, progress: Callable[[float, str], None]
) -> list[Comparison]:
    """Both networks on each bench; `progress` takes the share done and the name of the bench."""
    todo = benches(plan)
    return [
        compare(
            before, after, bench, lambda share, k=k: progress((k + share) / len(todo), todo[k].name)
        )
        for k, bench in enumerate(todo)
    ]


def compare(
    before: Network,
    after: Network,
    bench: Bench,
    progress: Callable[[float], None] = lambda s: None,
) -> Comparison:
    """Both networks' scores on a bench; `progress` takes the share done."""
    sums = {"before": [], "after": []}
    for index in range(DRAWS):
        batch = bench.meta.draw(
            DATASETS_A_DRAW, source(stream(bench.seed, bench.branch, 10_000 + index))
        )
        for name, network in (("before", before), ("after", after)):
            with torch.inference_mode():
                prediction = network(network.prepare(batch.x, batch.y))
            truth = batch.mutual_information.float()
            sums[name].append(validation_scores(prediction, truth))
        progress((index + 1) / DRAWS)
    scores = {
        f"{ours}_{name}": float(np.mean([part[theirs] for part in parts]))
        for name, parts in sums.items()
        for ours, theirs in (("mae", "mae"), ("mse", "mse"), ("coverage", "coverage_90"))
    }
    return Comparison(bench.name, DRAWS * DATASETS_A_DRAW, **scores)


def beside_published(comparison: Comparison) -> str:
    """The error of the run on the published laws beside the publication's, in words."""
    ours = comparison.mse_after
    mist, quantiles = (errors[True][2] for errors in PUBLISHED.values())
    side = "below" if ours < min(mist, quantiles) else "not below both of"
    return (
        f"On the published in-family laws with 300 to 500 rows its mean squared error is "
        f"{ours:.3f} nats², {side} the {mist:g} and {quantiles:g} published for the networks "
        "trained on a GPU (arXiv 2511.18945, own protocol)."
    )
