"""Which configs can be those of a network: each field's type and range.

A weights file may come from anywhere. A width of 0, a text where a number belongs or a hundred
thousand names are refused here, before anything is built.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mist_core.errors import WeightsError
from mist_core.networks.recalibration import NUM_FEATURES, ROWS
from mist_core.statistics import summary

# Weights of all layers, at most: about twenty times those of the shipped networks.
MOST_WEIGHTS = 20_000_000


@dataclass(frozen=True)
class Limit:
    """What a field may hold.

    Attributes:
        fits: whether a value is of the right type and in range.
        words: what is expected.
    """

    fits: Callable[[object], bool]
    words: str


def whole(least: int, most: int) -> Limit:
    """A whole number in a range."""
    return Limit(
        lambda value: type(value) is int and least <= value <= most,
        f"a whole number from {least} to {most}",
    )


def number(least: float, most: float) -> Limit:
    """Any number in a range."""
    return Limit(
        lambda value: type(value) in (int, float) and least <= value <= most,
        f"a number from {least:g} to {most:g}",
    )


def one_of(names: tuple[str, ...]) -> Limit:
    """One of some names."""
    return Limit(
        lambda value: isinstance(value, str) and value in names, f"one of {', '.join(names)}"
    )


def some_of(names: tuple[str, ...]) -> Limit:
    """One or more of some names, each at most once."""
    return Limit(
        lambda value: _are_distinct_texts(value) and 0 < len(value) <= len(names),
        f"one or more names, each once, of {', '.join(names)}",
    )


def texts(most: int, longest: int) -> Limit:
    """Distinct short texts."""
    return Limit(
        lambda value: (
            _are_distinct_texts(value)
            and len(value) <= most
            and max(map(len, value), default=0) <= longest
        ),
        f"at most {most} different texts of at most {longest} letters",
    )


def numbers(count: int) -> Limit:
    """So many numbers, or none."""
    return Limit(
        lambda value: (
            isinstance(value, list | tuple)
            and len(value) in (0, count)
            and all(type(v) in (int, float) and abs(v) < 1e6 for v in value)
        ),
        f"{count} numbers or none",
    )


def or_none(limit: Limit) -> Limit:
    """The same, or nothing."""
    return Limit(lambda value: value is None or limit.fits(value), f"{limit.words}, or nothing")


LIMITS: dict[str, dict[str, Limit]] = {
    "mist": {
        "blocks": some_of(tuple(summary.BLOCKS)),
        "hidden_dim": whole(1, 4096),
        "num_layers": whole(0, 32),
        "dropout": number(0.0, 0.9),
        "encoder_dim": whole(0, 512),
        "encoder_rows": whole(1, 4096),
        "tokens": one_of(("canonical", "canonical-raw", "columns")),
        "raw_rows": or_none(whole(0, 10**9)),
        "witnesses": whole(0, 32),
        "companions": whole(0, 32),
        "kinds": texts(256, 100),
        "closeness": number(0.0, 100.0),
        "architecture": one_of(("mist",)),
        "spread": numbers(ROWS * NUM_FEATURES),
    },
    "classic": {
        "max_dim": whole(1, 256),
        "token_dim": whole(1, 512),
        "embed_dim": whole(1, 1024),
        "num_heads": whole(1, 64),
        "num_seeds": whole(1, 64),
        "num_inducing": whole(1, 256),
        "num_layers": whole(0, 32),
        "num_pooled": whole(1, 64),
        "hidden_dim": whole(1, 4096),
        "architecture": one_of(("classic",)),
    },
}


def require_config(config: dict) -> None:
    """Refuse a config that no network of this package has.

    Raises:
        WeightsError: an unknown architecture or field, or a value of another type or out of range.
    """
    architecture = config.get("architecture")
    if not isinstance(architecture, str) or architecture not in LIMITS:
        raise WeightsError(
            f"Unknown architecture {architecture!r:.80}: expected one of {', '.join(LIMITS)}."
        )
    limits = LIMITS[architecture]
    for name, value in config.items():
        if name not in limits:
            raise WeightsError(f"Unknown field {name!r:.80} in the network's config.")
        if not limits[name].fits(value):
            raise WeightsError(f"{name}: expected {limits[name].words}, got {value!r:.80}.")
    if unknown := set(config.get("blocks", ())) - set(summary.BLOCKS):
        raise WeightsError(f"Unknown statistics {min(unknown)!r:.80} in the network's config.")
    width = max(config.get(name, 0) for name in ("hidden_dim", "embed_dim"))
    if width**2 * max(1, config.get("num_layers", 0)) > MOST_WEIGHTS:
        raise WeightsError(f"Expected at most {MOST_WEIGHTS:,} weights in all layers.")
    if architecture == "classic" and config.get("embed_dim", 64) % config.get("num_heads", 4):
        raise WeightsError("embed_dim: expected a multiple of num_heads.")


def _are_distinct_texts(value: object) -> bool:
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        return False
    return len(set(value)) == len(value)
