"""`python -m mist_core evaluate selection`: who finds the columns that matter."""

import argparse
import time
from pathlib import Path

import joblib
import pandas as pd
from numpy import ndarray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedKFold

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.benchmarks.selection import LAWS, TABLES
from mist_core.benchmarks.selection_scores import (
    LAW,
    TABLE,
    by_columns,
    by_law,
    of_blanket,
    rendered,
)
from mist_core.benchmarks.selectors import SELECTORS, Selector
from mist_core.commands.options import count
from mist_core.errors import ParameterError
from mist_core.inference.conditional import checksums
from mist_core.inference.estimator import general
from mist_core.interrupts import quiet_children

HELP = "selectors of columns, on laws whose Markov blanket is known and on real tables"
ROWS, SEEDS, FOLDS = (300, 1000), 3, 3
# Columns that selectors which stop by themselves may take of a law, at most.
MOST = 10
LENGTHS = (1, 2, 3, 4, 6, 8)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--selectors", default=",".join(SELECTORS), help="names, by commas")
    parser.add_argument("--laws", default=",".join(LAWS), help="names, by commas; '' for none")
    parser.add_argument("--tables", default=",".join(TABLES), help="names, by commas; '' for none")
    parser.add_argument("--rows", type=count, nargs="+", default=list(ROWS))
    parser.add_argument("--seeds", type=count, default=SEEDS, help="datasets a law and n")
    parser.add_argument("--jobs", type=count, default=1, help="datasets side by side")
    parser.add_argument("--out", type=Path, help="path without its ending")


def main(options: argparse.Namespace) -> None:
    """Asks every selector about every law and table; prints and stores what they took."""
    start = time.perf_counter()
    names = _known("selectors", options.selectors, SELECTORS)
    laws = _known("laws", options.laws, LAWS)
    tables = _known("tables", options.tables, TABLES)
    asked = {name: SELECTORS[name] for name in names}
    work = [
        joblib.delayed(_on_law)(name, n, seed, asked)
        for name in laws
        for n in options.rows
        for seed in range(options.seeds)
    ]
    work += [
        joblib.delayed(_on_table)(name, fold, asked) for name in tables for fold in range(FOLDS)
    ]
    with quiet_children():
        parts = joblib.Parallel(options.jobs, return_as="generator")(work)
    table = pd.DataFrame(row for part in parts for row in part)
    print(rendered(table))
    command = ["evaluate", "selection", "--selectors", options.selectors]
    command += ["--rows", *map(str, options.rows), "--seeds", str(options.seeds)]
    seconds = time.perf_counter() - start
    summary = provenance.provenance(command, {"general": general()}, seconds)
    summary |= {"benchmark": "selection", **checksums()}
    summary |= {"laws": by_law(table).round(4).to_dict("records")}
    summary |= {"tables": by_columns(table).round(4).to_dict("records")}
    provenance.save_result(options.out or paths.RESULTS / "selection", summary, table)


def _known(what: str, words: str, known: dict) -> list[str]:
    names = [name for name in words.split(",") if name]
    if unknown := [name for name in names if name not in known]:
        raise ParameterError(f"{what}: {', '.join(unknown)} unknown; have {', '.join(known)}.")
    return names


def _on_law(name: str, n: int, seed: int, asked: dict[str, Selector]) -> list[dict]:
    """What each takes of one dataset of a law; who does not stop is told how many there are."""
    law, rows = LAWS[name], []
    columns, target = law.dataset(list(LAWS).index(name), n, seed)
    for key, selector in asked.items():
        most = MOST if selector.stops else len(law.blanket)
        if not most:
            continue
        taken, seconds = _timed(selector, columns, target, law.target_is_class, most)
        told = {"kind": LAW, "name": name, "selector": key, "n_samples": n, "seed": seed}
        told |= {"columns": len(taken), "seconds": seconds}
        rows.append(told | of_blanket(taken, law.blanket))
    return rows


def _on_table(name: str, fold: int, asked: dict[str, Selector]) -> list[dict]:
    """Accuracy on rows that neither selector nor classifier saw, by the number of columns."""
    columns, target = TABLES[name](return_X_y=True)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(columns, target)
    seen, unseen = list(folds)[fold]
    rows = []
    for key, selector in asked.items():
        if not selector.ranks:
            continue
        taken, seconds = _timed(selector, columns[seen], target[seen], True, max(LENGTHS))
        for length in (length for length in LENGTHS if length <= len(taken)):
            part = columns[:, taken[:length]]
            told = {"kind": TABLE, "name": name, "selector": key, "n_samples": len(seen)}
            told |= {"seed": fold, "columns": length, "seconds": seconds}
            accuracy = _accuracy(part[seen], target[seen], part[unseen], target[unseen])
            rows.append(told | {"accuracy": accuracy})
    return rows


def _timed(
    selector: Selector, columns: ndarray, target: ndarray, is_class: bool, most: int
) -> tuple[list[int], float]:
    start = time.perf_counter()
    taken = selector.order(columns, target, is_class, most)
    return taken, time.perf_counter() - start


def _accuracy(x: ndarray, y: ndarray, new_x: ndarray, new_y: ndarray) -> float:
    """Of one and the same classifier, trees that take columns of any scale."""
    classifier = ExtraTreesClassifier(100, random_state=0)
    return float(classifier.fit(x, y).score(new_x, new_y))
