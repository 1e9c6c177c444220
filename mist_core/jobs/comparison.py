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
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import UNITS
from mist_core.jobs.plan import Plan
from mist_core.markdown import changed, percent
from mist_core.networks.base import Network
from mist_core.networks.scoring import validation_scores
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.general import General
from mist_core.priors.like_table import LikeTable
from mist_core.priors.paper import PAPER_IN_FAMILY, Paper
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import Mixed
from mist_core.weights import common_test

STANDING_SEED = 1_618_033
DRAWS, DATASETS_A_DRAW = 16, 16
CHANCE = 2  # standard errors that a difference needs to be one
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
    wis_error: float = float("nan")  # standard error of their difference, in pairs

    @property
    def is_better(self) -> bool:
        """Whether the interval score fell by more than chance explains."""
        return self.wis_before - self.wis_after > CHANCE * self.wis_error

    @property
    def is_worse(self) -> bool:
        """Whether it rose by so much."""
        return self.wis_after - self.wis_before > CHANCE * self.wis_error

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
            f"intervals hold {percent(self.coverage_after)} of the truths, before "
            f"{percent(self.coverage_before)}."
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
    before: MISTEstimator,
    after: MISTEstimator,
    plan: Plan,
    progress: Callable[[float, str], None],
) -> list[Comparison]:
    """Both on each bench, laws of every kind by the common test set, which is judged once.

    Args:
        before, after: the weights it started from, and those it left.
        plan: of the run.
        progress: takes the share done and the name of the bench.
    """
    todo = benches(plan)

    def judge(k: int, bench: Bench) -> Comparison:
        def report(share: float) -> None:
            progress((k + share) / len(todo), bench.name)

        if bench.name == EVERYTHING:
            return on_common_test(before, after, report)
        return compare(before.network, after.network, bench, report)

    return [judge(k, bench) for k, bench in enumerate(todo)]


def on_common_test(
    before: MISTEstimator, after: MISTEstimator, progress: Callable[[float], None]
) -> Comparison:
    """Both on the test set of all weights."""
    first = common_test.scored(before, lambda share: progress(share / 2))
    last = common_test.scored(after, lambda share: progress((1 + share) / 2))
    was, now = common_test.estimates(first), common_test.estimates(last)
    return Comparison(
        EVERYTHING,
        len(last),
        mae_before=was["error"].value,
        mae_after=now["error"].value,
        mse_after=float((last.error**2).mean()),
        coverage_before=was["coverage"].value,
        coverage_after=now["coverage"].value,
        wis_before=was["score"].value,
        wis_after=now["score"].value,
        wis_error=common_test.lead(last, first).standard_error,
    )


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
    gains = [b["wis"] - a["wis"] for b, a in zip(sums["before"], sums["after"], strict=True)]
    error = float(np.std(gains, ddof=1) / draws**0.5) if draws > 1 else float("nan")
    count = {"bench": bench.name, "datasets": draws * DATASETS_A_DRAW}
    return Comparison.of(count | numbers | {"wis_error": error})


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
