"""A look at a foreign weights file before anything of it is loaded.

A safetensors file begins with the length of its header and the header, JSON that lists each
tensor's type, shape and place. All of it is checked here against what a network of this package
can be, so that neither a huge allocation nor an unknown type is ever tried.
"""

import json
import math

from mist_core.checkpoint import FORMAT
from mist_core.errors import WeightsError

MOST_BYTES = 50_000_000
MOST_HEADER = 2_000_000
# Largest numbers a network's config may hold; together they allow about a gigabyte.
MOST_SETTING, MOST_LAYERS = 2048, 32
_SIZES = {"F16": 2, "F32": 4, "F64": 8, "I64": 8, "I32": 4, "BOOL": 1}


def check_header(content: bytes) -> dict:
    """The header's tensors by name, after all checks that need no tensor.

    Raises:
        WeightsError: the file is too large, not safetensors, not ours, or lists something odd.
    """
    _require(len(content) <= MOST_BYTES, "size", f"at most {MOST_BYTES:,} bytes")
    header, start = _header(content)
    metadata = header.pop("__metadata__", {})
    ours = isinstance(metadata, dict) and metadata.get("format") == FORMAT
    _require(ours, "format", f"weights of this package, {FORMAT!r}")
    _check_config(metadata.get("card"))
    _check_places([_extent(tensor) for tensor in header.values()], len(content) - start)
    return header


def _header(content: bytes) -> tuple[dict, int]:
    length = int.from_bytes(content[:8], "little")
    fits = len(content) >= 8 and 2 <= length <= min(MOST_HEADER, len(content) - 8)
    _require(fits, "header", "a safetensors file")
    header = _json(content[8 : 8 + length], "header")
    return header, 8 + length


def _check_config(card: object) -> None:
    _require(isinstance(card, str), "card", "the model card in the metadata")
    config = _json(card, "card").get("config")
    _require(isinstance(config, dict), "config", "an object that describes the network")
    for name, value in config.items():
        most = MOST_LAYERS if "layers" in name or name == "witnesses" else MOST_SETTING
        fine = not isinstance(value, int | float) or 0 <= value <= most
        fit = f"numbers from 0 to {MOST_SETTING}, layers and witnesses to {MOST_LAYERS}"
        _require(fine, "config", fit)


def _extent(tensor: object) -> tuple[int, int]:
    """Where a tensor begins and ends, once its type, shape and size agree."""
    _require(isinstance(tensor, dict), "header", "an object for each tensor")
    kind, shape, place = (tensor.get(key) for key in ("dtype", "shape", "data_offsets"))
    _require(isinstance(kind, str) and kind in _SIZES, "dtype", f"one of {', '.join(_SIZES)}")
    _require(_are_whole(shape) and len(shape) <= 4, "shape", "at most four whole numbers")
    _require(_are_whole(place) and len(place) == 2, "data_offsets", "two whole numbers")
    _require(
        place[1] - place[0] == _SIZES[kind] * math.prod(shape), "data_offsets", "the tensor's size"
    )
    return place[0], place[1]


def _check_places(extents: list[tuple[int, int]], size: int) -> None:
    """The tensors lie one after the other and fill the file."""
    end = 0
    for start, stop in sorted(extents):
        _require(start == end, "data_offsets", "tensors without gaps or overlaps")
        end = stop
    _require(extents and end == size, "size", "exactly the bytes the header lists")


def _json(text: str | bytes, field: str) -> dict:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    _require(isinstance(value, dict), field, "a JSON object")
    return value


def _are_whole(values: object) -> bool:
    return isinstance(values, list) and all(type(v) is int and v >= 0 for v in values)


def _require(fine: object, field: str, expected: str) -> None:
    if not fine:
        raise WeightsError(f"The file is no weights file: {field}: expected {expected}.")
