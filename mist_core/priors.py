"""The meta-distributions by name; a JSON text is the name of a composed one."""

from collections.abc import Callable

from mist_core.composed import from_text
from mist_core.errors import ParameterError
from mist_core.general import General
from mist_core.meta_distribution import PAPER_TRAIN, MetaDistribution, Paper

META_DISTRIBUTIONS: dict[str, Callable[[], MetaDistribution]] = {
    "paper": Paper,
    "paper-no-additive": lambda: Paper(tuple(f for f in PAPER_TRAIN if "additive" not in f)),
    "general": General,
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
