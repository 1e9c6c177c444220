"""What a run has gained and what it has forgotten: two networks on the same fresh draws.

The user's laws come from the `test` stream of the run's own seed, which training never touches;
the standing benchmarks are validation draws of a fixed seed. The test data of the stored
evaluations are not used: they judge frozen candidates only.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from mist_core.benchmarks.published import PUBLISHED
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.files import read_json, storing, write_whole
from mist_core.inference.posterior import UNITS
from mist_core.jobs.plan import Plan
from mist_core.markdown import changed
from mist_core.networks.base import Network
from mist_core.networks.scoring import validation_scores
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.general import General
from mist_core.priors.like_table import LikeTable
from mist_core.priors.paper import PAPER_IN_FAMILY, Paper
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import Mixed

STANDING_SEED = 1_618_033
DRAWS, DATASETS_A_DRAW = 16, 16
OWN, IN_FAMILY, EVERYTHING = "your laws", "published laws, 300 to 500 rows", "laws of every kind"
HELD_OUT = "simulations of rows held out"
# Names of the scores in a comparison, and in those of `validation_scores`.
SHOWN = {"mae": "mae", "mse": "mse", "coverage": "coverage_90", "wis": "wis"}


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
    """Two networks on one bench.

    Errors of the mean in nats and nats^2; coverage of 90 % intervals; weighted interval score in
    nats.
    """

    bench: str
    datasets: int
    mae_before: float
    mae_after: float
    mse_after: float
    coverage_before: float
    coverage_after: float
    wis_before: float = float("nan")  # runs judged by an earlier version have none
    wis_after: float = float("nan")

    @property
    def wis_change(self) -> float:
        """Relative change of the weighted interval score: -0.2 is a fall by 20 %."""
        return self.wis_after / max(self.wis_before, 1e-12) - 1

    def interval_sentence(self, unit: str) -> str:
        """What became of the intervals, in words: the score sums up width and misses."""
        before, after = (s * UNITS[unit] for s in (self.wis_before, self.wis_after))
        return (
            f"On {self.datasets} {self.bench} the weighted interval score "
            f"{changed(before, after, unit)}; 90 % "
            f"intervals hold {100 * self.coverage_after:.0f} % of the truths, before "
            f"{100 * self.coverage_before:.0f} %."
        )

    def sentence(self, unit: str) -> str:
        """What changed, in words."""
        before, after = (m * UNITS[unit] for m in (self.mae_before, self.mae_after))
        return (
            f"On {self.datasets} fresh datasets of {self.bench} the mean absolute error "
            f"{changed(before, after, unit)}."
        )

    def to_dict(self) -> dict:
        """JSON-ready; `Comparison.of(it)` is the comparison again."""
        return asdict(self)

    @classmethod
    def of(cls, numbers: dict) -> "Comparison":
        """The comparison of a dict that may hold more, as those of earlier versions do."""
        return cls(**{name: numbers[name] for name in numbers.keys() & cls.__match_args__})


def benches(plan: Plan) -> list[Bench]:
    """The user's laws, and two standing benchmarks on which forgetting shows.

    Where a table is imitated, also imitations of the rows that were held out.
    """
    published = Paper(families=PAPER_IN_FAMILY, rows=(300, 500))
    own = meta_distribution(plan.meta)
    return [
        Bench(OWN, own, plan.seed, "test"),
        Bench(IN_FAMILY, published, STANDING_SEED, "validation"),
        Bench(EVERYTHING, General(published=0.0), STANDING_SEED, "validation"),
        *(
            Bench(HELD_OUT, replace(part, held_out=True), plan.seed, "test")
            for part in (own.parts if isinstance(own, Mixed) else (own,))
            if isinstance(part, LikeTable)
        ),
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
    *,
    draws: int | None = None,
) -> Comparison:
    """Both networks' scores on `draws` draws of a bench; `progress` takes the share done."""
    sums = {"before": [], "after": []}
    draws = draws or DRAWS
    for index in range(draws):
        batch = bench.meta.draw(
            DATASETS_A_DRAW, source(stream(bench.seed, bench.branch, 10_000 + index))
        )
        for name, network in (("before", before), ("after", after)):
            with torch.inference_mode():
                prediction = network(network.prepare(batch.x, batch.y))
            truth = batch.mutual_information.float()
            sums[name].append(validation_scores(prediction, truth))
        progress((index + 1) / draws)
    numbers = {
        f"{ours}_{name}": float(np.mean([part[theirs] for part in parts]))
        for name, parts in sums.items()
        for ours, theirs in SHOWN.items()
    }
    return Comparison.of({"bench": bench.name, "datasets": draws * DATASETS_A_DRAW} | numbers)


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


def write_comparisons(path: Path, comparisons: Sequence[Comparison]) -> None:
    """Keeps comparisons as JSON.

    Raises:
        StorageError: the disk is full, or the file cannot be written.
    """
    with storing(path):
        write_whole(path, json.dumps([c.to_dict() for c in comparisons]).encode())


def read_comparisons(path: Path) -> list[Comparison] | None:
    """What `write_comparisons` has kept; None where there is nothing, or nothing of use."""
    try:
        found = [Comparison.of(numbers) for numbers in read_json(path)]
        return found if found and all(map(_is_sound, found)) else None
    except (TypeError, AttributeError):
        return None


def are_complete(comparisons: Sequence[Comparison] | None) -> bool:
    """Whether all standing benches are among them, as what is said of a run takes for granted."""
    return {c.bench for c in comparisons or ()} >= {OWN, IN_FAMILY, EVERYTHING}


def _is_sound(comparison: Comparison) -> bool:
    """Whether its fields hold numbers, as sentences and charts take for granted."""
    numbers = [value for name, value in comparison.to_dict().items() if name != "bench"]
    return all(type(number) in (int, float) for number in numbers)
