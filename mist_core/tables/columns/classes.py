"""Texts to classes: spellings of true and false, and the merging of rare classes."""

import numpy as np

from mist_core.inference.cells import MAX_CLASSES
from mist_core.tables.columns.cells import Distinct, as_seen

OTHERS, MISSING = "(all others)", "(missing)"
_TRUTH = ({"true", "false"}, {"t", "f"}, {"yes", "no"}, {"y", "n"}, {"ja", "nein"}, {"oui", "non"})


def labels_of(distinct: Distinct) -> tuple[np.ndarray, list[str]]:
    """(k,) which label each text has, and the labels.

    TRUE, True and true are one label; other words are told apart by their case, since AA, Aa and
    aa may differ. What nobody can tell apart on a screen is one label, like New York with a
    no-break space.
    """
    texts = distinct.folded if is_truth(distinct) else map(as_seen, distinct.texts.to_pylist())
    texts = list(texts)
    numbers = {label: i for i, label in enumerate(dict.fromkeys(texts))}
    return np.array([numbers[text] for text in texts], np.int64), list(numbers)


def is_truth(distinct: Distinct) -> bool:
    """Whether the cells say true and false, or yes and no, in whatever case."""
    return len(distinct.texts) <= 12 and any(set(distinct.folded) <= pair for pair in _TRUTH)


def class_of_each(codes: np.ndarray, labels: list, *, as_class: bool) -> tuple[np.ndarray, list]:
    """Codes and labels of at most `MAX_CLASSES` classes that all occur.

    Args:
        codes: (n_rows,) position of a cell's label; -1 where missing.
        labels: the labels.
        as_class: whether missing cells are a class of their own.
    """
    if as_class and (codes < 0).any():
        codes = np.where(codes < 0, len(labels), codes)
        labels = [*labels, _unused(MISSING, labels)]
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    kept = np.flatnonzero(counts)
    if len(kept) > MAX_CLASSES:
        kept = np.sort(np.argsort(-counts, kind="stable")[: MAX_CLASSES - 1])
    places = np.full(len(labels) + 1, len(kept))
    places[kept], places[-1] = np.arange(len(kept)), -1
    found = places[codes]
    names = [labels[i] for i in kept]
    return found, [*names, _unused(OTHERS, names)] if (found == len(kept)).any() else names


def _unused(label: str, labels: list) -> str:
    while label in labels:
        label = f"({label})"
    return label


def merged(n_labels: int) -> list[str]:
    """What is said where classes are merged."""
    if n_labels <= MAX_CLASSES:
        return []
    most = MAX_CLASSES - 1
    return [f"all but the {most} most frequent of {n_labels:,} classes merged into one"]
