"""The public face: trained weights in, one posterior of the mutual information per dataset out."""

import functools
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mist_core.checkpoint import Checkpoint
from mist_core.errors import InputError, ParameterError, WeightsError
from mist_core.inference.as_bmi import EstimateResult, EstimatorParameters
from mist_core.inference.batching import batches, side_by_side
from mist_core.inference.ceiling import ceilings, labels
from mist_core.inference.column_types import Types
from mist_core.inference.copies import without_copies
from mist_core.inference.counts import COUNTED, counted
from mist_core.inference.curves import without_functions
from mist_core.inference.elliptical_opinion import converged
from mist_core.inference.inputs import read_varying
from mist_core.inference.loading import choose_device, find
from mist_core.inference.posterior import Posterior
from mist_core.inference.second_opinion import heard, heard_refined
from mist_core.networks.base import Network
from mist_core.networks.quantiles import LEVELS, Prediction
from mist_core.networks.registry import load_network
from mist_core.refinement.evidence import Evidence
from mist_core.refinement.head import Answer
from mist_core.refinement.refine import Progress, refine, require_seconds
from mist_core.statistics.summary import Pair
from mist_core.threads import alone, cores

# Independent rows alone give a plug-in estimate of 1 / 2n on average, for each parameter of their
# dependence. A quantile of less than this share of it is not told from 0 by so few rows.
CHANCE = 0.1


class MISTEstimator:
    """Amortized estimator of mutual information in nats; stateless, so threads may share it.

    Examples:
        >>> estimator = MISTEstimator.load()                   # doctest: +SKIP
        >>> estimator.posterior(x, y).interval(coverage=0.9)   # doctest: +SKIP
    """

    def __init__(self, network: Network, checkpoint: Checkpoint):
        self.network = network.requires_grad_(False)
        self.card = checkpoint.card
        self.sha256 = checkpoint.sha256
        self._process = os.getpid()

    @classmethod
    def load(
        cls, name_or_path: str | Path = "general", device: str | torch.device = "auto"
    ) -> "MISTEstimator":
        """Load shipped weights by name ("general", "paper", "classic") or any file by its path.

        Args:
            name_or_path: a bare name stands for weights/<name>.safetensors.
            device: "auto" (CUDA where there is one), "cpu", or "cuda[:index]".

        Raises:
            WeightsError: there are no such weights, or the file is not a valid checkpoint.
            ParameterError: the device does not exist here.
        """
        return cls(*load_network(find(name_or_path), choose_device(device)))

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def posterior(self, x: Any, y: Any, types: Types = None) -> Posterior:
        """Distribution of I(X;Y) given the rows of x and y.

        Args:
            x: (n,) or (n, dim_x): NumPy, torch, pandas or lists; n >= 4.
            y: (n,) or (n, dim_y), rows paired with those of `x`. Constant columns of either side
                change nothing, nor do copies of rows where values recur with them alone, nor
                columns that are smooth functions of others of their side.
            types: forces column types; see `mist_core.inference.column_types`.

        Returns:
            A Posterior in nats.

        Raises:
            InputError: see `mist_core.inference.inputs.read_pair`.
        """
        return self._answer(*_read(x, y, types))

    def refine(
        self,
        x: Any,
        y: Any,
        seconds: float = 10.0,
        progress: Progress | None = None,
        types: Types = None,
    ) -> Posterior:
        """`posterior`, made better by critics that learn from these rows for some seconds.

        The critics are scored on rows they did not see: `evidence` of the answer holds that lower
        bound. The same rows and seconds give the same answer on one machine.

        Args:
            x, y, types: as `posterior`.
            seconds: how long critics learn, on two cores of a laptop; a fixed number of steps that
                follows from it, n and the dimensions, never from the clock.
            progress: called with the share that is done; where it returns False the critics learn
                no further, and `evidence.cut_short` says so; an exception ends all.

        Raises:
            InputError: as `posterior`.
            ParameterError: `seconds` is below 1 or above 600.
            WeightsError: weights/refine.safetensors is missing or damaged.
        """
        require_seconds(seconds)
        x, y = _read(x, y, types)
        instant = self._answer(x, y)
        codes = labels(x.unsqueeze(0)), labels(y.unsqueeze(0))
        if counted(*codes)[0]:
            return replace(instant, evidence=Evidence(None, None, 0, 0.0, False, COUNTED))
        told = torch.tensor([instant.mean]), torch.tensor([instant.in_family])
        answer = Answer(*told, torch.tensor([instant.quantiles]))
        found = refine(x.to(self.device), y.to(self.device), answer, seconds, progress)
        found = heard_refined(found, instant.in_family, x, y)
        refined = replace(
            instant, mean=found.mean, quantiles=found.quantiles, evidence=found.evidence
        )
        return refined.at_most(ceilings(*codes).item())

    def conditional(self, x: Any, y: Any, z: Any, types: Types = None) -> Posterior:
        """Distribution of I(X;Y|Z), what X and Y still tell of one another where Z is known.

        By a head of its own, weights/conditional.safetensors; a constant Z gives `posterior`.

        Args:
            x, y, types: as `posterior`.
            z: (n,) or (n, dim_z), rows paired with theirs.

        Raises:
            InputError: as `posterior`.
            WeightsError: weights/conditional.safetensors is missing or damaged.
        """
        from mist_core.inference.conditional import answer  # its parts only where it is asked for

        return answer(x, y, z, types, without_condition=self.posterior)

    def posteriors(self, pairs: Iterable[tuple[Any, Any]], types: Types = None) -> list[Posterior]:
        """One posterior per pair (x, y), in order; pairs of one shape run together.

        The pairs are read as they are needed: a generator keeps memory bounded.

        Raises:
            InputError: as `posterior`, with the number of the offending pair.
        """
        answers = dict(self.stream(pairs, types))
        return [answers[place] for place in range(len(answers))]

    def stream(
        self, pairs: Iterable[tuple[Any, Any]], types: Types = None
    ) -> Iterator[tuple[int, Posterior]]:
        """As `posteriors`, each with its number as soon as it is known, in any order."""
        threads = cores() if self.device.type == "cpu" else 1
        for batch, found in side_by_side(
            lambda b: self._infer(b.x, b.y), batches(_read_all(pairs, types)), threads
        ):
            yield from zip(batch.places, found, strict=True)

    def estimate(self, x: Any, y: Any) -> float:
        """Point estimate of I(X;Y) in nats, the posterior's mean; arguments as `posterior`."""
        return self.posterior(x, y).mean

    def mutual_information(self, x: Tensor, y: Tensor) -> Tensor:
        """Point estimate as a scalar tensor, differentiable in x and y.

        Ranks are smooth here, so the value differs a little from `estimate`. Statistics that count
        (neighbours, grid cells) take part in the value, not in the gradient. A constant column gets
        a zero gradient; where directions tie exactly (indicators of classes, duplicated columns)
        the derivative does not exist, and what comes is not to be used.

        Args:
            x: (n,) or (n, dim_x) floating-point tensor.
            y: (n,) or (n, dim_y).

        Returns:
            () tensor, nats, on the estimator's device.

        Raises:
            InputError: not tensors, or as `posterior`.
        """
        if not (isinstance(x, Tensor) and isinstance(y, Tensor)):
            raise InputError("mutual_information expects torch tensors; use estimate for the rest.")
        x, y = (side.unsqueeze(0) for side in read_varying(x, y))
        inputs = self._prepare(x, y, soft=True)
        return self.network(inputs).mean.squeeze(0)

    def estimate_with_info(self, x: Any, y: Any) -> EstimateResult:
        """The estimate with its 90 % interval, as bmi's benchmark asks for it."""
        posterior = self.posterior(x, y)
        low, high = posterior.interval()
        information = {"low": low, "high": high, "in_family": posterior.in_family}
        return EstimateResult(posterior.mean, additional_information=information)

    def parameters(self) -> EstimatorParameters:
        """What identifies this estimator, as bmi's benchmark asks for it."""
        return EstimatorParameters(str(self.card.get("meta")), self.sha256)

    def __repr__(self) -> str:
        return f"MISTEstimator(meta {self.card.get('meta')!r}, sha256 {self.sha256[:12]})"

    def _answer(self, x: Tensor, y: Tensor) -> Posterior:
        """To one dataset, (n, dim_x) and (n, dim_y).

        On one thread: the many small steps gain nothing from a second, which only waits, and takes
        a core of others in doing so.
        """
        with alone():
            return self._infer(x.unsqueeze(0), y.unsqueeze(0))[0]

    @torch.inference_mode()
    def predict(self, pair: Pair) -> Prediction:
        """What the network and the second opinion say of B datasets.

        Answers add to it what copulas that fit make of it.
        """
        return heard(self.network(self._prepare(pair.x, pair.y)), pair)

    @torch.inference_mode()
    def _infer(self, x: Tensor, y: Tensor) -> list[Posterior]:
        """One posterior for each of B datasets, x (B, n, dim_x) and y (B, n, dim_y)."""
        pair = Pair(x, y)
        prediction = converged(self.predict(pair), pair)
        assert prediction.in_family is not None
        columns = (prediction.mean, prediction.quantiles, prediction.in_family)
        if not all(column.isfinite().all() for column in columns):
            raise WeightsError("These weights give no finite answer to these data: take others.")
        levels = tuple(LEVELS.double().round(decimals=3).tolist())
        least = CHANCE / (2 * x.shape[1])
        answers = []
        codes = labels(x), labels(y)
        numbers = (column.tolist() for column in (*columns, ceilings(*codes)))
        for mean, quantiles, in_family, most, counts in zip(*numbers, counted(*codes), strict=True):
            if counts:
                mean, quantiles, in_family = counts.mean, counts.quantiles(levels), 1.0
            told = tuple(q if q >= least else 0.0 for q in quantiles)
            answers.append(Posterior(mean, levels, told, in_family).at_most(most))
        return answers

    def _prepare(self, x: Tensor, y: Tensor, *, soft: bool = False) -> dict[str, Tensor]:
        if self.device.type == "cuda" and self._process != os.getpid():
            raise ParameterError(
                "A forked process cannot use its parent's GPU: start processes with 'spawn', or "
                "load the estimator with device='cpu'."
            )
        return self.network.prepare(x.to(self.device), y.to(self.device), soft=soft)


@functools.cache
def general() -> MISTEstimator:
    """The general estimator, loaded once for all one-liners."""
    return MISTEstimator.load()


def estimate(x: Any, y: Any, types: Types = None) -> Posterior:
    """Distribution of I(X;Y) in nats given the rows of x and y, by the general weights.

    >>> estimate(x, y).interval(0.9)                           # doctest: +SKIP

    Arguments and errors as of `MISTEstimator.posterior`.
    """
    return general().posterior(x, y, types)


def _read(x: Any, y: Any, types: Types) -> tuple[Tensor, Tensor]:
    """(n, e) and (n, f): what the network is shown of two sides, nothing twice."""
    return without_functions(*without_copies(*read_varying(x, y, types)))


def _read_all(pairs: Iterable, types: Types) -> Iterator[tuple[int, Tensor, Tensor]]:
    try:
        pairs = iter(pairs)
    except TypeError:
        raise InputError(f"Expected pairs (x, y) in a row, got {type(pairs).__name__}.") from None
    for place, pair in enumerate(pairs):
        try:
            x, y = pair
        except (TypeError, ValueError) as error:
            raise InputError(f"Pair {place}: expected two sides, (x, y): {error}.") from None
        try:
            yield place, *_read(x, y, types)
        except InputError as error:
            raise InputError(f"Pair {place}: {error}") from error
