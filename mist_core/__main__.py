"""`mist COMMAND`, or `python -m mist_core COMMAND`: scans, training, benchmarks from a terminal.

Each command is a module with `configure(parser)` and `main(options)`, imported only when asked for.
"""

import argparse
import importlib
import os
import sys

from mist_core import __version__
from mist_core.errors import MISTError, ParameterError

COMMANDS = {
    "scan": ("mist_core.commands.scan", "what a table's columns tell about one another"),
    "train": ("mist_core.commands.train", "train a network and keep its weights"),
    "adapt": ("mist_core.commands.adapt", "fine-tune weights on data like a table's"),
    "evaluate": ("mist_core.commands.evaluate", "score estimators where the truth is known"),
    "calibrate": ("mist_core.commands.calibrate", "coverage of the truth, beside resampled peers"),
    "leave-out": ("mist_core.commands.leave_out", "train without each family, judge on it"),
    "ablate": ("mist_core.commands.ablate", "train without parts of the inputs, and compare"),
    "train-refine": ("mist_core.commands.train_refine", "train the head that reads evidence"),
    "lesson-using": ("mist_core.commands.lesson_using", "what the sixth lesson shows at first"),
    "tiny": ("mist_core.commands.tiny", "train the tiny estimator of a lesson"),
    "train-conditional": ("mist_core.commands.train_conditional", "train the head of I(X;Y|Z)"),
    "train-second-opinion": (
        "mist_core.commands.train_second_opinion",
        "train what is heard beside a network",
    ),
    "train-elliptical": (
        "mist_core.commands.train_elliptical",
        "train how far copulas are trusted beside a network",
    ),
    "train-plane": (
        "mist_core.commands.train_plane",
        "train how far off neighbours of two columns are",
    ),
    "bench-sampler": (
        "mist_core.commands.bench_sampler",
        "datasets a second, beside bmi's sampler",
    ),
    "null": ("mist_core.commands.null", "draw what p-values of a scan are measured by"),
    "kept-out": ("mist_core.commands.kept_out", "errors on laws that no prior holds"),
    "card": ("mist_core.commands.card", "write the model card of a weights file"),
}

# What the packages a command needs come with; "bench" unless it stands here.
EXTRAS = {"scan": "tables", "train": "train", "adapt": "train"}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; an error its user can mend is printed as its sentence.

    Args:
        arguments: those of this process if None.

    Returns:
        The exit status: 0, 1 after such an error or one of the system, 130 after Ctrl-C.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        _require_letters(arguments)
        _run(arguments)
    except MISTError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        print(f"{type(error).__name__}: {error.strerror or error}{place}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; what was finished is kept.", file=sys.stderr)
        return 130
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("mist_core"):
            raise
        extra = EXTRAS.get(arguments[0], "bench")
        print(f"This needs {error.name}: pip install 'mist-core[{extra}]'", file=sys.stderr)
        return 1
    return 0


def _require_letters(words: list[str]) -> None:
    """Names of files that are no text cannot be kept in the files that tell what was done."""
    for word in words:
        if word != word.encode(errors="ignore").decode():
            raise ParameterError(f"{word!a:.200}: expected words in UTF-8.")


def _run(arguments: list[str]) -> None:
    command = arguments[0] if arguments else None
    parser = argparse.ArgumentParser(prog="mist")
    parser.add_argument("--version", action="version", version=f"mist-core {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (module, summary) in COMMANDS.items():
        subparser = commands.add_parser(name, help=summary)
        if name == command:
            chosen = importlib.import_module(module)
            chosen.configure(subparser)
    options = parser.parse_args(arguments)
    chosen.main(options)


if __name__ == "__main__":
    sys.exit(main())
