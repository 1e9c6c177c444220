"""What one column tells about another, as a result to sort, print and export."""

import math
from dataclasses import dataclass

import pandas as pd

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


@dataclass(frozen=True)
class Ranking:
    """Associations with one target, the strongest first.

    Attributes:
        target: the target's column names.
        associations: sorted by posterior mean, then by name.
        left_out: (column, reason) for those that could not be used.
        n_rows: rows of the table.
        n_drawn: rows drawn from it at random; equal to `n_rows` where all were used.
    """

    target: tuple[str, ...]
    associations: tuple[Association, ...]
    left_out: tuple[tuple[str, str], ...]
    n_rows: int
    n_drawn: int

    def sentence(self, unit: str = "nats") -> str:
        """The strongest association in plain words, names as they are."""
        best = self.associations[0]
        told, low, high = (
            f"{UNITS[unit] * value:.2f}" for value in (best.mutual_information, best.low, best.high)
        )
        doubt = " It may well tell nothing." if best.low < _NEGLIGIBLE else ""
        return (
            f"{best.name} tells most about {' + '.join(self.target)}: {told} {unit} of mutual "
            f"information (90 % interval {low} to {high}).{doubt}"
        )

    def to_frame(self, unit: str = "nats") -> pd.DataFrame:
        """One row an association, in the order of the ranking; low and high in `unit` too."""
        factor = UNITS[unit]
        rows = [
            {
                "column": a.name,
                "rows": a.n_samples,
                f"MI ({unit})": factor * a.mutual_information,
                "low": factor * a.low,
                "high": factor * a.high,
                "as a correlation": a.correlation,
                "careful": "; ".join(a.flags),
            }
            for a in self.associations
        ]
        return pd.DataFrame(rows)
