"""What a user asks of a background run, and the command line that does it."""

from dataclasses import asdict, dataclass
from pathlib import Path

from mist_core.distributions.numerics.randomness import TEST_ENTROPY
from mist_core.errors import JobError
from mist_core.priors.paper import Paper
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import to_text
from mist_core.training.architectures import ARCHITECTURES

MOST_MINUTES = 240.0
MOST_SEED = 2**63
_KINDS = {
    "meta": str,
    "minutes": int | float,
    "seed": int,
    "architecture": str,
    "start": str | None,
}
# A run's data may fill so many bytes; a dataset takes about so many by architecture.
MOST_BYTES = 2_000_000_000
BYTES_A_DATASET = {"pairwise": 1000, "gaussian": 800, "statistics": 1500, "mist": 4000}
# Weights that have learned much are moved gently.
FINE_TUNING_RATE = 3e-4


@dataclass(frozen=True)
class Plan:
    """A background run before it starts.

    Attributes:
        meta: name or JSON text of the meta-distribution.
        minutes: budget of training time, at most MOST_MINUTES.
        seed: root of its random streams.
        architecture: key in `ARCHITECTURES`; unused when it starts from weights.
        start: name of the weights it starts from, or None for a random network.

    Raises:
        JobError: a value out of range.
        ParameterError: no such meta-distribution.
    """

    meta: str
    minutes: float
    seed: int
    architecture: str = "mist"
    start: str | None = None

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():  # a plan may come from a file
            value = getattr(self, name)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise JobError(f"{name}: expected {kind}, got {type(value).__name__}.")
        if not 0 < self.minutes <= MOST_MINUTES:
            raise JobError(f"minutes: expected up to {MOST_MINUTES:g}, got {self.minutes:g}.")
        if self.architecture not in ARCHITECTURES:
            raise JobError(f"architecture: expected one of {', '.join(ARCHITECTURES)}.")
        if not 0 <= self.seed < MOST_SEED:
            raise JobError(f"seed: expected a number from 0 to {MOST_SEED - 1}.")
        if self.seed == TEST_ENTROPY:
            raise JobError("seed: that one belongs to the test data; choose another.")
        meta_distribution(self.meta)

    def arguments(self, folder: Path) -> list[str]:
        """Arguments of `python -m mist_core` for this run in `folder`."""
        size = BYTES_A_DATASET.get("mist" if self.start else self.architecture, 4000)
        options = {
            "meta": self.meta,
            "minutes": f"{self.minutes:g}",
            "seed": str(self.seed),
            "max-datasets": str(MOST_BYTES // size),
            "out": str(weights_path(folder)),
            "folder": str(folder),
        }
        if self.start is None:
            options["architecture"] = self.architecture
        else:
            options["init"] = str(start_path(folder))
            options["learning-rate"] = f"{FINE_TUNING_RATE:g}"
            options["encoder-from"] = "0"  # weights that use it should not lose it for a while
        return [
            "train",
            *(word for name, value in options.items() for word in (f"--{name}", value)),
        ]

    def to_dict(self) -> dict:
        """JSON-ready; `Plan(**plan.to_dict())` is the plan again."""
        return asdict(self)


def demonstration(seed: int) -> Plan:
    """From nothing to better than the published model in ten minutes on two cores."""
    return Plan(to_text(Paper()), minutes=10.0, seed=seed, architecture="pairwise")


def weights_path(folder: Path) -> Path:
    """Where a run leaves its weights."""
    return folder / "weights.safetensors"


def start_path(folder: Path) -> Path:
    """A run's own copy of the weights it starts from: the original may be replaced meanwhile."""
    return folder / "start.safetensors"


def plan_path(folder: Path) -> Path:
    """A run's own copy of its plan: the list of runs may be lost."""
    return folder / "plan.json"
