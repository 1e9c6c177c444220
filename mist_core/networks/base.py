"""What every network can do, whatever its architecture.

Dimension letters: B datasets; n rows, p and q columns of a dataset.
"""

import abc

from torch import Tensor, nn

from mist_core.networks.quantiles import Prediction


class Network(nn.Module, abc.ABC):
    """One interface for every architecture: data of one shape in, ragged batches through.

    Attributes:
        config: a frozen dataclass; its `architecture` names the class in `model.build_network`.
        kinds: names of the laws it learns to recognise; see `recognition.held`.
    """

    kinds: tuple[str, ...] = ()

    @abc.abstractmethod
    def prepare(self, x: Tensor, y: Tensor, *, soft: bool = False) -> dict[str, Tensor]:
        """Inputs of B datasets of one shape, x (B, n, p) and y (B, n, q); leading dimension B.

        With `soft` the inputs are differentiable in x and y where the architecture allows it.
        """

    def prepare_draws(self, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        """`prepare` for draws of a prior: their rows and sides come in random order already."""
        return self.prepare(x, y)

    @abc.abstractmethod
    def collate(self, parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """One batch from prepared parts of different shapes, padded; lengths travel along."""

    @abc.abstractmethod
    def forward(self, inputs: dict[str, Tensor]) -> Prediction:
        """Predict; no dataset sees its batch mates."""

    def use_encoder(self, due: bool) -> bool:
        """Let a costly part, left out as training starts, join when due; says if it takes part."""
        return False

    def fit_inputs(self, inputs: dict[str, Tensor]) -> None:
        """Fit input scales to a first large batch of training data, before training."""

    def fit_family(self, inputs: dict[str, Tensor]) -> None:
        """Fit what `in_family` compares with, on data of the training laws, after training."""

    def fit_fresh(self, inputs: dict[str, Tensor], truth: Tensor) -> None:
        """Fit ranks of familiarity and how wide quantiles lie to fresh draws, after the above."""

    def forget_fresh(self) -> None:
        """Undo what `fit_fresh` does to the answers: before more training, which it follows."""
