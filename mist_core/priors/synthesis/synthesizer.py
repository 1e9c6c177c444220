"""One side of a table as something that turns standard normal rows into look-alikes of its rows."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mist_core.priors.synthesis.flow import Flow, FlowConfig, fit_flow
from mist_core.priors.synthesis.gaussian_copula import DiscreteColumns

# A number whose commonest value has a larger share of the rows is drawn like a class.
MOST_TIED = 0.1


@dataclass(frozen=True)
class SideConfig:
    """Shape of a side.

    Attributes:
        knots: of each numeric column, see `FlowConfig`.
        levels: values of each discrete column.
        classes: whether the values of each discrete column have no order; such a column becomes
            one indicator a value, as the estimator reads it.
    """

    knots: tuple[int, ...]
    levels: tuple[int, ...]
    classes: tuple[bool, ...]


class Side(nn.Module):
    """Numeric columns by a flow, discrete ones by a Gaussian copula beside it.

    Args:
        config: its shape; the parameters come from `fit_side` or a file.
    """

    def __init__(self, config: SideConfig) -> None:
        super().__init__()
        self.config = config
        self.flow = Flow(FlowConfig(config.knots)) if config.knots else None
        self.discrete = DiscreteColumns(config.levels, len(config.knots)) if config.levels else None

    @property
    def dim(self) -> int:
        """Standard normal columns that `push` takes: the numeric columns, or the one carrier."""
        return len(self.config.knots) or 1

    def edges(self, carrier: int) -> Tensor | None:
        """Where to cut the carrier's normal; None where the numeric columns carry."""
        return None if self.flow is not None else self.discrete.edges(carrier)

    def push(self, u: Tensor, carrier: int, *, generator: torch.Generator) -> Tensor:
        """Rows that look like the side's.

        What the rows tell of the rest of the world is exactly what `u` tells: the numeric columns
        are an invertible map of it, and the discrete ones chance beside it.

        Args:
            u: (*batch, dim) standard normal, or (*batch, 1) bins of the carrier.
            carrier: the discrete column that carries where there is no numeric one.
            generator: of the chance.

        Returns:
            (*batch, width) numeric columns, then the discrete ones, classes as indicators, float32.
        """
        parts = [] if self.flow is None else [self.flow.push(u)]
        if self.discrete is not None:
            if self.flow is None:
                given = u[..., 0].long()
                codes = self.discrete.codes_given(carrier, given, generator=generator)
            else:
                codes = self.discrete.codes(u, generator=generator)
            parts += self._encoded(codes)
        return torch.cat(parts, -1)

    def decode(self, rows: Tensor) -> Tensor:
        """(n, width) of `push` to (n, columns): indicators to their values again."""
        columns, at = [*rows.double().unbind(-1)][: len(self.config.knots)], len(self.config.knots)
        for k, (count, is_class) in enumerate(self._discrete_shapes):
            if is_class:
                codes = rows[..., at : at + count].argmax(-1)
                columns.append(self.discrete.values(k)[codes])
            else:
                columns.append(rows[..., at].double())
            at += count if is_class else 1
        return torch.stack(columns, -1)

    @property
    def _discrete_shapes(self) -> zip:
        return zip(self.config.levels, self.config.classes, strict=True)

    def _encoded(self, codes: Tensor) -> list[Tensor]:
        parts = []
        for k, (count, is_class) in enumerate(self._discrete_shapes):
            if is_class:
                parts.append(nn.functional.one_hot(codes[..., k], count).float())
            else:
                parts.append(self.discrete.values(k)[codes[..., k]].float()[..., None])
        return parts


def fit_side(
    numeric: Tensor,
    discrete: Tensor,
    classes: tuple[bool, ...],
    *,
    seed: int,
    progress: Callable[[float], None] = lambda share: None,
) -> Side:
    """A side whose pushed rows follow the given ones.

    Args:
        numeric: (n, a) float64, each column with at least two values; a may be 0.
        discrete: (n, b) float64 values or class numbers, likewise; a + b >= 1.
        classes: b flags, True where the values are class numbers.
        seed: of everything random in the fit.
        progress: takes the share done.
    """
    flow = fit_flow(numeric, seed=seed, progress=progress) if numeric.shape[1] else None
    levels = tuple(len(column.unique()) for column in discrete.unbind(-1))
    side = Side(SideConfig(flow.config.knots if flow else (), levels, classes))
    if flow is not None:
        side.flow = flow
    if side.discrete is not None:
        u = flow.pull(numeric) if flow else numeric
        side.discrete.fit(discrete, u)
    return side.eval()
