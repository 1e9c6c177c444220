"""`python -m mist_core evaluate conditional`: estimators of I(X;Y|Z) where it is known."""

import argparse
import time
import warnings
from pathlib import Path

import pandas as pd

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.benchmarks.conditional import Question, dataset, questions
from mist_core.benchmarks.conditional_peers import PEERS, Peer, installed
from mist_core.benchmarks.conditional_scores import rendered, scored, summarised
from mist_core.commands.options import count
from mist_core.errors import ParameterError
from mist_core.inference.conditional import checksums

HELP = "conditional information and transfer entropy, ours beside its peers"
ROWS, SEEDS = (200, 1000, 5000), 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--estimators", default=",".join(PEERS), help="names, by commas")
    parser.add_argument("--rows", type=count, nargs="+", default=list(ROWS))
    parser.add_argument("--seeds", type=count, default=SEEDS, help="datasets a law and n")
    parser.add_argument("--out", type=Path, help="path without its ending")


def main(options: argparse.Namespace) -> None:
    """Asks every estimator that is installed about every law; prints and stores the answers."""
    start = time.perf_counter()
    names = options.estimators.split(",")
    if unknown := set(names) - set(PEERS):
        raise ParameterError(f"estimators: {', '.join(unknown)} unknown; have {', '.join(PEERS)}.")
    asked = {name: PEERS[name] for name in names if installed(PEERS[name])}
    rows = [
        row
        for place, question in enumerate(questions())
        for n in options.rows
        for seed in range(options.seeds)
        for row in _answers(question, place, n, seed, asked)
    ]
    table = pd.DataFrame(rows)
    print(rendered(table))
    command = ["evaluate", "conditional", "--estimators", ",".join(names)]
    command += ["--rows", *map(str, options.rows), "--seeds", str(options.seeds)]
    summary = provenance.provenance(command, {}, time.perf_counter() - start)
    summary |= {"benchmark": "conditional", **checksums()}
    summary |= {"scores": summarised(scored(table))}
    provenance.save_result(options.out or paths.RESULTS / "conditional", summary, table)


def _answers(
    question: Question, place: int, n: int, seed: int, asked: dict[str, Peer]
) -> list[dict]:
    sides = dataset(place, n, seed, question)
    known = {"law": question.name, "group": question.group, "columns": question.columns}
    known |= {"truth": question.truth, "n_samples": n, "seed": seed}
    found, widest = [], max(side.shape[1] for side in sides[:2])
    for name, peer in asked.items():
        if n > peer.most_rows or seed >= peer.most_seeds or widest > peer.most_columns:
            continue
        start = time.perf_counter()
        try:
            estimate, low, high = peer.answer(*sides, question.in_time)
        except (ValueError, ArithmeticError, RuntimeError) as error:
            warnings.warn(f"{peer.title} on {question.name}: {error}", stacklevel=1)
            continue
        seconds = time.perf_counter() - start
        answer = {"estimate": estimate, "low": low, "high": high, "seconds": seconds}
        found.append(known | {"estimator": name} | answer)
    return found
