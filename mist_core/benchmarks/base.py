"""What is asked of an estimator, what it answers, and what every one that is compared can do."""

import abc
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor

# Whose an estimator is, or of which kind.
OURS, CLASSICAL, NEURAL, OTHER = "ours", "classical", "neural", "other"


@dataclass(frozen=True, eq=False)
class Dataset:
    """One dataset of unknown law, as an estimator sees it, and what others know of it.

    Attributes:
        x, y: (n, dim_x) and (n, dim_y).
        truth: mutual information of its law, nats; NaN where that is not known.
        seed: for estimators that draw.
        key: the columns of a result table that name it, as `tasks.KEYS`.
        number: its place in a benchmark.
    """

    x: Tensor
    y: Tensor
    truth: float = math.nan
    seed: int = 0
    key: dict = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True)
class Answer:
    """What an estimator says of one dataset.

    Attributes:
        estimate: nats, unclipped; None where it failed.
        seconds: spent on it; of a batch, its share.
        failure: why there is no estimate, in one sentence.
        quantiles: at `quantiles.LEVELS`, nats, of those that give an interval.
        in_family: of our weights, how much the data resemble what they were trained on.
    """

    estimate: float | None
    seconds: float = math.nan
    failure: str | None = None
    quantiles: Sequence[float] | None = None
    in_family: float | None = None


class Estimator(abc.ABC):
    """Whatever can be asked for the mutual information of data and compared with others.

    Attributes:
        name: what result tables call it.
        title: what a reader sees.
        kind: OURS, CLASSICAL, NEURAL (it trains on each dataset, which takes seconds) or OTHER.
        identity: a digest or a version: answers of another identity are not taken over.
        batched: whether datasets of one shape gain from being answered together.
    """

    name: str
    title: str
    kind: str
    identity: str
    batched = False

    @property
    def key(self) -> str:
        """What its answers are kept under while a benchmark runs."""
        return f"{self.name} {self.identity}"

    @abc.abstractmethod
    def answer(self, datasets: Sequence[Dataset]) -> list[Answer]:
        """One answer a dataset, all of one shape; a failure is an answer, too."""
