"""Stored benchmark results read back: all of one benchmark as one table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from mist_core.benchmarks.estimators import PREFIX
from mist_core.benchmarks.scores import HIGH, LOW
from mist_core.leaderboard.error_analysis import with_errors
from mist_core.leaderboard.labels import KINDS, YOURS, Label, label, labelled

# What makes the stored results; docs/reproduce.md has the same lines.
_NEURAL = ("mine", "infonce", "nwj", "donsker-varadhan")
_CLASSICAL = ("ksg", "cca", "histogram", "kde")
COMMANDS: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "mtest": (
        (("mist-paper",), "evaluate mtest --weights paper"),
        (("mist-general",), "evaluate mtest --weights general"),
        (("mist-paper-no-additive",), "evaluate mtest --weights paper-no-additive"),
        (("mist-classic",), "evaluate mtest --weights classic"),
        (_CLASSICAL, "evaluate mtest --estimators ksg,cca,histogram,kde"),
        (_NEURAL, "evaluate mtest --estimators mine,infonce,nwj,dv --every 20"),
        (("neighbour-ratio",), "evaluate mtest --estimators neighbour-ratio --redraws 1"),
    ),
    "mtest-extended": (
        (
            ("mist-paper", "mist-general", "cca"),
            "evaluate mtest-extended --weights paper,general --estimators mist,cca",
        ),
    ),
    "bmi40": (
        (("mist-general",), "evaluate bmi40 --weights general"),
        (("mist-general-refined",), "evaluate bmi40 --estimators refined"),
        (_CLASSICAL, "evaluate bmi40 --estimators ksg,cca,histogram,kde"),
        (_NEURAL, "evaluate bmi40 --estimators mine,infonce,nwj,dv --every 20"),
        (("minde",), "evaluate bmi40 --estimators minde --every 20"),
        (
            ("bridge", "kernel-fft"),
            "evaluate bmi40 --estimators bridge,kernel-fft --every 20",
        ),
    ),
    "selfconsistency": (
        (
            ("mist-general", *_CLASSICAL),
            "evaluate selfconsistency --estimators mist,ksg,cca,histogram,kde",
        ),
        (_NEURAL, "evaluate selfconsistency --estimators mine,infonce,nwj,dv --seeds 1"),
    ),
    "efficiency": (
        (("mist-general",), "evaluate efficiency"),
        (("mist-general-refined",), "evaluate efficiency --estimators refined"),
        (("cca", "ksg", "sklearn-ksg"), "evaluate efficiency --estimators cca,ksg,sklearn-ksg"),
        (("mine", "infonce"), "evaluate efficiency --estimators mine,infonce --seeds 1"),
    ),
    "speed": ((("mist-general", "ksg", "cca", "mine", "sklearn-ksg"), "evaluate speed"),),
}

# Under which name a file has the summary of its table.
SCORES = {"speed": "growth"}
# What every stored file says of where it comes from.
_ORIGIN = {"command", "date", "hardware", "weights"}


# Of ours, those that COMMANDS judge.
_OURS = ("paper", "general", "general-refined", "paper-no-additive", "classic")
_JUDGED = {PREFIX + name for name in _OURS}


@dataclass(frozen=True)
class Origin:
    """Where numbers come from.

    Attributes:
        name: file name without its ending.
        command: what to type to repeat it.
        date: on which it ran, ISO.
        machine: its processor, cores, threads and GPU.
        weights: SHA-256 of those of ours that it judged, by estimator.
    """

    name: str
    command: str
    date: str
    machine: str
    weights: dict[str, str]


@dataclass(frozen=True)
class Results:
    """All that is stored of one benchmark; what follows from it is worked out once.

    Attributes:
        benchmark: its name.
        origins: where the answers of each estimator come from.
        labels: how each is shown.
        table: a row an estimator and dataset, as `tasks.tidy`, nats, or of speed, as
            `speed.measure_table`; with `title` and `kind` as labelled.
        scores: the files' own summaries, records as the benchmark's `summarize` makes them or, of
            speed, `speed_scores.growth`; with `title` and `kind`, too.
        unreadable: files of no use, such as one that is being written.
        stamp: differs where the content does.
    """

    benchmark: str
    origins: dict[str, Origin]
    labels: dict[str, Label]
    table: pd.DataFrame
    scores: pd.DataFrame
    unreadable: tuple[str, ...] = ()
    stamp: tuple = ()

    @cached_property
    def estimators(self) -> list[str]:
        """Ours first, then kind by kind, the nearest to the truth first."""
        return list(self.table.estimator.unique()) if len(self.table) else []

    @cached_property
    def errors(self) -> pd.DataFrame:
        """The rows that have an estimate, as `accuracy.with_errors` makes them."""
        return with_errors(self.table)

    def title(self, name: str) -> str:
        """An estimator's name for a reader."""
        return self.labels[name].title

    def errors_of(self, name: str) -> pd.DataFrame:
        """The rows of `errors` of one estimator."""
        return self.errors[self.errors.estimator == name]

    def missing(self) -> list[tuple[list[str], str]]:
        """Titles of estimators without stored results, each group with the command for them."""
        wanted = COMMANDS[self.benchmark]
        lacks = [([n for n in names if n not in self.estimators], text) for names, text in wanted]
        return [
            ([label(name, _JUDGED).title for name in names], f"python -m mist_core {text}")
            for names, text in lacks
            if names
        ]

    def joined(self, table: pd.DataFrame, scores: list[dict]) -> "Results":
        """With the answers of a user's estimator, and their summary."""
        content = pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()
        labels = {name: Label(name, YOURS) for name in table.estimator.unique()}
        more = labelled(pd.DataFrame(scores), labels)
        return Results(
            self.benchmark,
            self.origins,
            self.labels | labels,
            pd.concat([self.table, labelled(table, labels)], ignore_index=True),
            pd.concat([self.scores, more], ignore_index=True),
            self.unreadable,
            (*self.stamp, content),
        )


def stamp(folder: Path) -> tuple:
    """What changes whenever a stored file does."""
    files = sorted([*folder.glob("*.json"), *folder.glob("*.parquet")])
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def read(benchmark: str, folder: Path) -> Results:
    """All results of a benchmark; of an estimator in several files the most, then the latest."""
    unreadable: list[str] = []
    found = sorted(_stored(benchmark, folder, unreadable), key=lambda stored: stored[0]["date"])
    best: dict[str, tuple[dict, pd.DataFrame]] = {}
    for summary, table in found:
        for name, rows in table.groupby("estimator", sort=False):
            if name not in best or len(rows) >= len(best[name][1]):
                best[name] = (summary, rows)
    labels = {name: label(name, summary["weights"]) for name, (summary, _) in best.items()}
    names = sorted(best, key=lambda name: _rank(labels[name], best[name][1]))
    tables = [best[name][1] for name in names]
    scores = [
        score
        for name in names
        for score in best[name][0].get(SCORES.get(benchmark, "scores"), ())
        if score["estimator"] == name
    ]
    return Results(
        benchmark,
        {name: _origin(best[name][0]) for name in names},
        {name: labels[name] for name in names},
        labelled(pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(), labels),
        labelled(pd.DataFrame(scores), labels),
        tuple(unreadable),
        (benchmark, *stamp(folder)),
    )


def throughput(folder: Path) -> tuple[pd.DataFrame, Origin] | None:
    """The stored result of `bench-sampler`: datasets a second; None where there is none.

    Returns:
        `what`, `total` (a second of wall-clock time), `per_core` (a second of one core's time),
        and where they come from.
    """
    try:
        summary = json.loads((folder / "sampler.json").read_text())
        rates = pd.DataFrame(summary["datasets_a_second"]).T
        return rates.rename_axis("what").reset_index(), _origin(summary | {"name": "sampler"})
    except (OSError, ValueError, KeyError):
        return None


def _stored(
    benchmark: str, folder: Path, unreadable: list[str]
) -> Iterator[tuple[dict, pd.DataFrame]]:
    for file in sorted(folder.glob("*.json")):
        try:
            summary = json.loads(file.read_text())
            if isinstance(summary, dict) and summary.get("benchmark") == benchmark:
                if missing := _ORIGIN - set(summary):
                    raise ValueError(f"no {', '.join(missing)}")
                summary["name"] = file.stem
                yield summary, _table(file.with_suffix(".parquet"))
        except (OSError, ValueError):  # JSON's and Parquet's errors are ValueErrors
            unreadable.append(file.name)


def _rank(shown: Label, rows: pd.DataFrame) -> tuple[int, float]:
    return KINDS.index(shown.kind), (rows.estimate - rows.truth).dropna().abs().median()


def _table(file: Path) -> pd.DataFrame:
    """The rows without the quantiles that nobody draws, their numbers in double precision."""
    names = pq.read_schema(file).names
    table = pd.read_parquet(file, columns=[n for n in names if n[0] != "q" or n in (LOW, HIGH)])
    return table.astype(dict.fromkeys(table.select_dtypes("float32"), "float64"))


def _origin(summary: dict) -> Origin:
    machine = summary["hardware"]
    gpu = f", {machine['gpu']}" if machine["gpu"] else ""
    return Origin(
        summary["name"],
        summary["command"],
        summary["date"],
        f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads{gpu}",
        {name: origin["sha256"] for name, origin in summary["weights"].items()},
    )
