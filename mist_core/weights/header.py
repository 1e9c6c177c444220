"""A look at a foreign weights file before anything of it is loaded.

A safetensors file begins with the length of its header and the header, JSON that lists each
tensor's type, shape and place. All of it is checked here against what a network of this package
can be, so that neither a huge allocation nor an unknown type is ever tried.
"""

import json
import math
from pathlib import Path

from mist_core import plain_json
from mist_core.checkpoint import FORMAT
from mist_core.errors import WeightsError
from mist_core.files import opened
from mist_core.networks.limits import require_config

MOST_BYTES = 50_000_000
MOST_HEADER = 2_000_000
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


def architecture_of(path: Path) -> str | None:
    """What kind of network a file says it holds, from its header alone; None where it says nothing.

    Nothing is checked but that.
    """
    try:
        with opened(path) as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, MOST_HEADER)))
        return json.loads(header["__metadata__"]["card"])["config"]["architecture"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _check_config(card: object) -> None:
    _require(isinstance(card, str), "card", "the model card in the metadata")
    config = _json(card, "card").get("config")
    _require(isinstance(config, dict), "config", "an object that describes the network")
    try:
        require_config(config)
    except WeightsError as error:
        raise WeightsError(f"The file is no weights file: config: {error}") from error


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
        value = plain_json.parse(text)
    except json.JSONDecodeError:
        value = None
    except ValueError as error:
        raise WeightsError(f"The file is no weights file: {field}: {error}.") from error
    _require(isinstance(value, dict), field, "a JSON object")
    return value


def _are_whole(values: object) -> bool:
    return isinstance(values, list) and all(type(v) is int and v >= 0 for v in values)


def _require(fine: object, field: str, expected: str) -> None:
    if not fine:
        raise WeightsError(f"The file is no weights file: {field}: expected {expected}.")
