"""What one forward pass says about a dataset's mutual information: a mean and all its quantiles."""

import dataclasses
import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from mist_core.errors import ParameterError
from mist_core.networks.quantiles import OFFSET
from mist_core.refinement.evidence import Evidence

if TYPE_CHECKING:
    import altair as alt

UNITS = {"nats": 1.0, "bits": 1 / math.log(2)}
# Fewer than one in a hundred training datasets lie this far out: not to be trusted.
DOUBTFUL = 0.01


@dataclass(frozen=True, repr=False)
class Posterior:
    """Distribution of the mutual information given one dataset, in `unit`.

    Its coverage is an average over the laws the model was trained on, not a promise for each law.

    Attributes:
        mean: expected mutual information, the point estimate; at least 0.
        levels: (L,) the levels at which the quantiles are known, increasing within (0, 1).
        quantiles: (L,) the quantiles there, non-decreasing, at least 0.
        in_family: score in [0, 1]: how much the data resemble what the model was trained on, as
            the share of fresh draws of the training laws, of about as many rows, in which less is
            recognised; near 0 also where the data lie far from all draws.
        unit: "nats" or "bits".
        evidence: after `refine`, what the rows proved, in `unit`; else None.
    """

    mean: float
    levels: tuple[float, ...]
    quantiles: tuple[float, ...]
    in_family: float
    unit: str = "nats"
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        # Lists, as JSON gives them back, become tuples: equal posteriors compare equal.
        object.__setattr__(self, "levels", tuple(self.levels))
        object.__setattr__(self, "quantiles", tuple(self.quantiles))
        if isinstance(self.evidence, dict):
            object.__setattr__(self, "evidence", Evidence(**self.evidence))
        assert len(self.levels) == len(self.quantiles) >= 3
        assert self.unit in UNITS

    @property
    def median(self) -> float:
        """The quantile at level 0.5, in `unit`."""
        return float(self.quantile(0.5))

    def quantile(self, levels: ArrayLike) -> np.ndarray:
        """Quantiles at any levels, monotone in the level and at least 0.

        Linear in logit(level) on the scale ln(MI + OFFSET) of the network, so that the tails beyond
        the known levels are exponential there, with the slope of the outer two segments.

        Args:
            levels: a number or an array, each value in (0, 1).

        Returns:
            Array of the shape of `levels`, in `unit`.

        Raises:
            ParameterError: a level is not strictly between 0 and 1.
        """
        levels = _shares("Levels", levels)
        offset = OFFSET * UNITS[self.unit]
        heights = _join(_logit(levels), _logit(self.levels), np.log(np.add(self.quantiles, offset)))
        return np.maximum(np.exp(heights) - offset, 0.0)

    def interval(self, coverage: float = 0.9) -> tuple[float, float]:
        """Central prediction interval (low, high), in `unit`.

        Raises:
            ParameterError: `coverage` is not strictly between 0 and 1.
        """
        share = _shares("coverage", coverage)
        if share.ndim:
            raise ParameterError(f"coverage: expected one number, got {coverage!r:.80}.")
        low, high = self.quantile([(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)

    def at_most(self, most: float) -> "Posterior":
        """The same posterior, no part of it above a bound in `unit`."""
        if self.quantiles[-1] <= most and self.mean <= most:
            return self
        quantiles = tuple(min(quantile, most) for quantile in self.quantiles)
        return dataclasses.replace(self, mean=min(self.mean, most), quantiles=quantiles)

    def to_bits(self) -> "Posterior":
        """The same posterior in bits."""
        return self._in("bits")

    def to_nats(self) -> "Posterior":
        """The same posterior in nats."""
        return self._in("nats")

    def plot(self, truth: float | None = None) -> "alt.LayerChart":
        """The posterior as fifty dots, each of them 2 % of the probability: an Altair chart.

        Args:
            truth: where it is known, in `unit`; a red rule marks it.

        Raises:
            ModuleNotFoundError: Altair is not installed; it comes with `mist-core[plot]`.
        """
        try:
            from mist_core.inference.plot import quantile_dots
        except ModuleNotFoundError as error:
            text = f"A plot needs {error.name}: pip install 'mist-core[plot]'"
            raise ModuleNotFoundError(text, name=error.name) from error
        return quantile_dots(self, truth)

    def to_dict(self) -> dict:
        """Plain numbers and strings, ready for JSON; `Posterior(**p.to_dict())` equals `p`."""
        return dataclasses.asdict(self)

    def _in(self, unit: str) -> "Posterior":
        if unit == self.unit:
            return self
        factor = UNITS[unit] / UNITS[self.unit]
        quantiles = tuple(factor * quantile for quantile in self.quantiles)
        evidence = self.evidence and self.evidence.times(factor)
        return dataclasses.replace(
            self, mean=factor * self.mean, quantiles=quantiles, unit=unit, evidence=evidence
        )

    def __repr__(self) -> str:
        low, high = self.interval()
        return (
            f"Posterior(mean {self.mean:.3f} {self.unit}, 90 % interval {low:.3f} to {high:.3f}, "
            f"in-family {self.in_family:.2f})"
        )

    def _repr_html_(self) -> str:
        return _card(self)


def _shares(name: str, values: ArrayLike) -> np.ndarray:
    try:
        numbers = np.asarray(values)
        if numbers.dtype.kind not in "biufO":  # of complex numbers a half would be lost
            raise TypeError
        with np.errstate(over="ignore"):
            numbers = numbers.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise ParameterError(f"{name}: expected numbers, got {values!r:.80}.") from error
    if not np.all((numbers > 0) & (numbers < 1)):
        raise ParameterError(f"{name} must lie strictly between 0 and 1, got {values!r:.80}.")
    return numbers


def _logit(levels: ArrayLike) -> np.ndarray:
    levels = np.asarray(levels, dtype=float)
    return np.log(levels) - np.log1p(-levels)


def _join(at: np.ndarray, knots: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Piecewise linear through (knots, heights); outside, lines with the outer two segments' slope.

    One segment alone is short and noisy at levels such as 0.99 to 0.995.
    """
    first = (heights[2] - heights[0]) / (knots[2] - knots[0])
    last = (heights[-1] - heights[-3]) / (knots[-1] - knots[-3])
    below = np.minimum(at - knots[0], 0.0) * first
    above = np.maximum(at - knots[-1], 0.0) * last
    return np.interp(at, knots, heights) + below + above


_CARD = """\
<div style="display:inline-block;max-width:24em;padding:.7em 1em;border:1px solid #8888;\
border-radius:.5em;font-family:sans-serif;line-height:1.4">
<div><b style="font-size:1.3em">{mean}</b> {unit} <span style="opacity:.75">of mutual information\
</span></div>
<svg viewBox="0 0 300 40" width="300" height="40" role="img" aria-label="{summary}">
<line x1="10" x2="290" y1="26" y2="26" stroke="currentColor" stroke-opacity=".4"/>
<line x1="{low_at}" x2="{high_at}" y1="14" y2="14" stroke="#4a90d9" stroke-width="4"/>
<line x1="{q25_at}" x2="{q75_at}" y1="14" y2="14" stroke="#4a90d9" stroke-width="10"/>
<circle cx="{mean_at}" cy="14" r="4" fill="#fff" stroke="#222" stroke-width="1.5"/>
<text x="10" y="38" font-size="11" fill="currentColor">0</text>
<text x="290" y="38" font-size="11" fill="currentColor" text-anchor="end">{end}</text>
</svg>
<div style="opacity:.85">{summary}</div>{warning}
</div>"""

_WARNING = "\n<div><b>Unlike the training data:</b> trust it less.</div>"


def _card(posterior: Posterior) -> str:
    """A card that needs no style sheet, script or network, and takes its text colour from the page.

    The thick bar is the 50 % interval, the thin one the 90 % interval, the dot the mean.
    """
    (low, high), (q25, q75) = posterior.interval(0.9), posterior.interval(0.5)
    # An axis that ends at 0.00 would have no scale.
    end = max(1.1 * high, 1.1 * posterior.mean, 0.01)
    places = {"low_at": low, "high_at": high, "q25_at": q25, "q75_at": q75}
    places["mean_at"] = posterior.mean
    summary = f"90 % interval {low:.3f} to {high:.3f}; in-family {posterior.in_family:.2f}"
    texts = {"mean": f"{posterior.mean:.3f}", "unit": posterior.unit, "end": f"{end:.2f}"}
    return _CARD.format(
        **{name: f"{10 + 280 * value / end:.1f}" for name, value in places.items()},
        **{name: html.escape(text) for name, text in texts.items()},
        summary=html.escape(summary),
        warning=_WARNING if posterior.in_family < DOUBTFUL else "",
    )
