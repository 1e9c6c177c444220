"""What one column tells about another, as a result to sort, print and export."""

import math
from dataclasses import dataclass

from mist_core.inference.posterior import UNITS

_NEGLIGIBLE = 0.005  # nats: a correlation of 0.1


@dataclass(frozen=True)
class Association:
    """How much one column, or several together, tell about the target.

    Attributes:
        columns: their names; untrusted text.
        n_samples: rows without a gap in these columns and the target.
        mutual_information: posterior mean, nats.
        low: lower end of the prediction interval, nats.
        high: upper end, nats.
        ceiling: what can be told at most, nats: the smaller entropy of the classes involved, as
            seen in these rows; infinite where neither side is made of classes alone.
        flags: what to be careful about, a few words each.
    """

    columns: tuple[str, ...]
    n_samples: int
    mutual_information: float
    low: float
    high: float
    ceiling: float
    flags: tuple[str, ...]

    @property
    def name(self) -> str:
        """The column's name, or the names joined by " + "."""
        return " + ".join(self.columns)

    @property
    def correlation(self) -> float:
        """Correlation of a bivariate Gaussian with as much information, sqrt(1 - exp(-2 I))."""
        return math.sqrt(-math.expm1(-2 * self.mutual_information))

    def sentence(self, target: str, unit: str = "nats") -> str:
        """The finding in plain words; names stand there as they are, to be escaped for display."""
        told, low, high, most = (
            f"{UNITS[unit] * value:.2f}"
            for value in (self.mutual_information, self.low, self.high, self.ceiling)
        )
        sentences = [
            f"Knowing {self.name} tells {told} {unit} about {target} (90 % interval {low} to "
            f"{high}), about as much as a Gaussian correlation of {self.correlation:.2f}."
        ]
        if math.isfinite(self.ceiling):
            sentences.append(f"At most {most} {unit} can be told, the entropy of the classes.")
        if self.low < _NEGLIGIBLE:
            sentences.append("They may well be independent.")
        return " ".join(sentences)
