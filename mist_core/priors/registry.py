"""The meta-distributions by name; a JSON text is the name of a composed one."""

import functools
from collections.abc import Callable

from mist_core.errors import ParameterError
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.blocks import BLOCKS, FAMILIES
from mist_core.priors.general import General
from mist_core.priors.paper import FEW_ROWS, FEW_ROWS_SHARES, PAPER_FAMILIES, PAPER_TRAIN, Paper
from mist_core.priors.spec import Mixed, from_text


def _few_rows(families: tuple[str, ...]) -> MetaDistribution:
    """The published laws, few rows more often."""
    return Mixed(tuple(Paper(families, rows) for rows in FEW_ROWS), FEW_ROWS_SHARES)


def _without(name: str) -> MetaDistribution:
    """`general` less one family: one to be met for the first time after training."""
    return General(blocks=tuple(block for block in BLOCKS if block not in FAMILIES[name]))


NOT_ADDITIVE = tuple(f for f in PAPER_TRAIN if PAPER_FAMILIES[f].base != "additive")
META_DISTRIBUTIONS: dict[str, Callable[[], MetaDistribution]] = {
    "paper": Paper,
    "paper-few-rows": lambda: _few_rows(PAPER_TRAIN),
    "paper-no-additive": lambda: _few_rows(NOT_ADDITIVE),
    "general": General,
    **{f"general-no-{name}": functools.partial(_without, name) for name in FAMILIES},
}


def meta_distribution(name: str) -> MetaDistribution:
    """A meta-distribution by name.

    Raises:
        ParameterError: no such name, or a text that `composed` does not take.
    """
    if name.lstrip().startswith("{"):
        return from_text(name)
    if name not in META_DISTRIBUTIONS:
        raise ParameterError(
            f"Unknown meta-distribution {name!r}: expected one of {', '.join(META_DISTRIBUTIONS)}."
        )
    return META_DISTRIBUTIONS[name]()
