"""The training runs behind a weights file, in Markdown: their commands and their settings."""

import shlex

from mist_core.markdown import code, shown, table
from mist_core.networks.mist import MISTConfig
from mist_core.training.architectures import ARCHITECTURES, SETTINGS
from mist_core.training.config import TrainConfig
from mist_core.weights.finished import runs_behind

# The command says these; a seed and a budget are never left to a default.
ALWAYS = ("minutes", "seed")
# How a machine was used, not what was learned.
OF_THE_MACHINE = {"threads", "workers", "capacity"}


def describe_runs(file: str, card: dict) -> str:
    """A command for each run, and a table of all settings with a column for each.

    Args:
        file: the weights file, as the commands name it.
        card: its card.
    """
    runs = runs_behind(card)
    first = {"architecture": architecture(card["config"])}
    starts = [first if number == 0 else {"init": file} for number in range(len(runs))]
    commands = [train_command(file, run, start) for run, start in zip(runs, starts, strict=True)]
    left_out = {"meta", "init", *ALWAYS} | OF_THE_MACHINE
    names = [name for name in dict.fromkeys(k for run in runs for k in run) if name not in left_out]
    rows = [[code(name), *(shown(run.get(name)) for run in runs)] for name in names]
    header = ["setting", *(f"run {number}" for number in range(1, len(runs) + 1))]
    return "\n".join(["```sh", *commands, "```", "", table(header, rows)])


def train_command(file: str, run: dict, start: dict) -> str:
    """What to type for such a run: where it starts, and what differs from today's defaults."""
    words = {"meta": run["meta"], **start, **{name: run[name] for name in ALWAYS}, "out": file}
    for name in SETTINGS:
        key = name.replace("-", "_")
        told = run.get(key)
        usual = told == getattr(TrainConfig, key) or not isinstance(told, int | float)
        if not usual and key not in OF_THE_MACHINE | set(ALWAYS):
            words[name] = told
    options = [part for name, word in words.items() for part in (f"--{name}", _word(word))]
    return shlex.join(["python", "-m", "mist_core", "train", *options])


def _word(value: object) -> str:
    """As `code`, for a shell: what is left of a text of unknown origin is one word."""
    return f"{value:g}" if isinstance(value, float) else code(value).strip("`")


def architecture(config: dict) -> str:
    """The name on the command line that fixes most of this config, or did in earlier versions."""

    def agreeing(name: str) -> int:
        fields = ARCHITECTURES[name].items()
        agree = [_listed(config.get(key)) == _listed(value) for key, value in fields]
        return 2 * sum(agree) - len(agree)

    kind = [name for name in ARCHITECTURES if _same_kind(ARCHITECTURES[name], config)]
    return max(kind, key=agreeing)


def _same_kind(fields: dict, config: dict) -> bool:
    """The same class of network and statistics, both with or both without a set encoder."""
    encoders = [bool(c.get("encoder_dim", MISTConfig.encoder_dim)) for c in (fields, config)]
    same = fields["architecture"] == config["architecture"]
    same &= "blocks" not in fields or _listed(fields["blocks"]) == _listed(config.get("blocks"))
    return same and (config["architecture"] != "mist" or encoders[0] == encoders[1])


def _listed(value: object) -> object:
    """A config's tuples, which come back from JSON as lists."""
    return list(value) if isinstance(value, tuple) else value
