"""`python -m mist_core train`: a run on the command line, its progress one line at a time."""

import argparse
import contextlib
import json
from pathlib import Path

from mist_core.errors import JobError
from mist_core.files import storing
from mist_core.paths import home
from mist_core.training.architectures import ARCHITECTURES, SETTINGS, progress_line
from mist_core.training.config import TrainConfig
from mist_core.training.control import Mailbox
from mist_core.training.trainer import Trainer


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the defaults of the settings are those of `TrainConfig`."""
    parser.add_argument(
        "--meta", required=True, help="meta-distribution: paper, general, or a JSON text"
    )
    parser.add_argument("--out", required=True, type=Path, help="weights file to write")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="mist")
    parser.add_argument("--init", help="weights file to start from")
    parser.add_argument("--trunk", help="weights of other statistics whose trunk goes into it")
    parser.add_argument("--folder", type=Path, help="run folder; .mist/runs/NAME unless given")
    for name, kind in SETTINGS.items():
        parser.add_argument(f"--{name}", type=kind)


def main(options: argparse.Namespace) -> None:
    """Train, printing progress; the same command after an interruption goes on where it stood.

    Raises:
        JobError: the folder of the weights file does not exist, or another process is at work
            in the run's folder.
        StorageError: the run's folder cannot be written.
    """
    if not options.out.parent.is_dir():
        raise JobError(f"The folder {options.out.parent} does not exist: create it first.")
    folder = options.folder or home() / "runs" / options.out.stem
    chosen = {name.replace("-", "_"): getattr(options, name.replace("-", "_")) for name in SETTINGS}
    config = TrainConfig(
        meta=options.meta,
        out=options.out,
        folder=folder,
        network=ARCHITECTURES[options.architecture],
        init=options.init,
        trunk=options.trunk,
        **{name: value for name, value in chosen.items() if value is not None},
    )
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        progress = (folder / "progress.jsonl").open("a")
    with progress:

        def report(point: dict) -> None:
            with contextlib.suppress(OSError):  # a full disk ends no run that only talks
                print(progress_line(point), flush=True)
                print(json.dumps(point), file=progress, flush=True)

        Trainer(config, report, Mailbox(folder)).run()
