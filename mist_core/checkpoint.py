"""Weights and model card in one safetensors file: written atomically, loaded strictly.

The card (a JSON object: format, config, seed, steps, scores, ...) travels in the file's metadata
with a digest of card and tensors together, so that a damaged byte anywhere is noticed. Nothing is
ever unpickled.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from mist_core import plain_json
from mist_core.errors import WeightsError
from mist_core.files import content_of, write_whole

FORMAT = "mist-1"
# The shipped networks have a few million parameters; beyond this a path is a mistake.
MAX_BYTES = 1 << 30


@dataclass(frozen=True)
class Checkpoint:
    """What a weights file holds.

    Attributes:
        tensors: name -> tensor, on the CPU, every value finite.
        card: the model card; `card["config"]` rebuilds the network.
        sha256: hexadecimal digest of the file's bytes.
    """

    tensors: dict[str, Tensor]
    card: dict
    sha256: str


def save_checkpoint(path: str | Path, tensors: dict[str, Tensor], card: dict) -> None:
    """Write tensors and card to `path`; a reader sees the old file or the new one, never half.

    Args:
        path: the file to write; its folder must exist.
        tensors: name -> tensor of any device; shared storage is allowed (each name gets a copy).
        card: JSON-serialisable; the key "format" is set here.

    Raises:
        WeightsError: a tensor or a number of the card is not finite, or the card is not JSON.
        OSError: as `mist_core.files.write_whole`.
    """
    path = Path(path)
    write_whole(path, packed(path, tensors, card))


def packed(path: Path, tensors: dict[str, Tensor], card: dict) -> bytes:
    """What `save_checkpoint` writes; `path` stands in messages.

    Raises:
        WeightsError: as `save_checkpoint`.
    """
    copies = {name: _own_copy(tensor) for name, tensor in tensors.items()}
    _require_finite(path, copies)
    text = _card_text(path, card)
    metadata = {"format": FORMAT, "card": text, "digest": _digest(text, copies)}
    return safetensors.torch.save(copies, metadata)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a file written by `save_checkpoint`.

    Raises:
        WeightsError: the file is missing, too large, truncated, damaged, not ours, or holds a
            value that is not finite; the message names the file and the field.
    """
    path = Path(path)
    content = _read(path)
    tensors = _parse_tensors(path, content)
    metadata = _parse_metadata(path, content)
    card = _parse_card(path, metadata)
    if metadata.get("digest") != _digest(metadata["card"], tensors):
        raise WeightsError(f"{path}: digest: the contents are damaged; copy the file again.")
    _require_finite(path, tensors)
    return Checkpoint(tensors, card, sha256(content))


def sha256(content: bytes) -> str:
    """What tells two contents apart, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _own_copy(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()


def _card_text(path: Path, card: dict) -> str:
    try:
        return json.dumps({**card, "format": FORMAT}, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise WeightsError(
            f"{path}: card: expected finite JSON values, got something else ({error})."
        ) from error


def _digest(text: str, tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(json.dumps([name, str(tensor.dtype), list(tensor.shape)]).encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise WeightsError(f"{path}: size: expected at most {MAX_BYTES} bytes, got {size}.")
        return content_of(path, MAX_BYTES)
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:  # no system has files of such names
        raise WeightsError(f"{str(path)!r:.80}: cannot be read ({error}).") from error


def _parse_tensors(path: Path, content: bytes) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load(content)
    # safetensors signals a dtype that torch lacks by KeyError, an odd shape by the other two.
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"{path}: header: expected a complete safetensors file, got {len(content)} bytes that "
            f"are truncated, damaged or something else ({error})."
        ) from error


def _parse_metadata(path: Path, content: bytes) -> dict:
    """The header's metadata; safetensors has checked by now that the header is JSON."""
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    if metadata.get("format") != FORMAT:
        raise WeightsError(
            f"{path}: format: expected {FORMAT!r}, got {metadata.get('format')!r:.80}; these are "
            "not weights of this package."
        )
    return metadata


def _parse_card(path: Path, metadata: dict) -> dict:
    text = metadata.get("card")
    try:
        card = plain_json.parse(text) if isinstance(text, str) else None
    except json.JSONDecodeError:
        card = None
    except ValueError as error:
        raise WeightsError(f"{path}: {error}.") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise WeightsError(f"{path}: card: expected a JSON object with format {FORMAT!r}.")
    return card


def _require_finite(path: Path, tensors: dict[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        bad = int((~torch.isfinite(tensor)).sum())
        if bad:
            raise WeightsError(
                f"{path}: tensor {name}: {bad} of {tensor.numel()} values are not finite."
            )
