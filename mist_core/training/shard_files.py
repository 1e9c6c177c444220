"""Files of drawn datasets: written whole, and known to be damaged when they are."""

import json
import os
import zlib
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from mist_core.errors import JobError
from mist_core.training.labels import Blocks, read_blocks

FAMILIES, CHECKSUM = "families", "crc32"
# What is learned from, and the blocks in each dataset.
Labelled = tuple[dict[str, Tensor], list[Blocks]]


def read_labelled(path: Path) -> Labelled:
    """A shard's file, and the blocks in each of its datasets.

    Raises:
        JobError: the file is missing, empty, cut short, damaged, or none of ours.
    """
    try:
        with safetensors.safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.offset_keys()}
            told = file.metadata()
        labels = [read_blocks(label) for label in json.loads(told[FAMILIES])]
        if {len(tensor) for tensor in tensors.values()} - {len(labels)}:
            raise ValueError("not as many labels as datasets")
        if told.get(CHECKSUM, checksum := _checksum(tensors)) != checksum:
            raise ValueError("the checksum is another one")
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise JobError(f"{path} is no file of drawn datasets, or is damaged ({error}).") from error
    return tensors, labels


def write_labelled(path: Path, tensors: dict[str, Tensor], labels: list[Blocks]) -> None:
    """Write a file for `read_labelled`; a reader sees none of it or all of it.

    Not fsynced: what a power cut takes is drawn again.

    Raises:
        OSError: there is no room for it.
    """
    temporary = path.with_suffix(f".{os.getpid()}.part")
    told = {FAMILIES: json.dumps(labels), CHECKSUM: _checksum(tensors)}
    try:
        safetensors.torch.save_file(tensors, temporary, told)
        os.replace(temporary, path)
    except SafetensorError as error:  # which wraps what the system said
        raise OSError(str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def validation_path(folder: Path, index: int) -> Path:
    return folder / f"validation-{index:06d}.safetensors"


def strange_path(folder: Path, index: int) -> Path:
    return folder / f"strange-{index:06d}.safetensors"


def shard_path(folder: Path, index: int) -> Path:
    return folder / f"shard-{index:06d}.safetensors"


def _checksum(tensors: dict[str, Tensor]) -> str:
    found = 0
    for _, tensor in sorted(tensors.items()):
        found = zlib.crc32(tensor.contiguous().numpy().tobytes(), found)
    return f"{found:08x}"
