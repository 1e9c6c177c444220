"""A column of words: classes, or names that tell nothing."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from mist_core.markdown import percent
from mist_core.tables.columns import kinds
from mist_core.tables.columns.cells import Distinct
from mist_core.tables.columns.classes import is_truth, labels_of, merged
from mist_core.tables.columns.column import CLASS, IDENTIFIER, Column
from mist_core.tables.columns.missing import doubtful_words
from mist_core.tables.columns.numbers import Numbers
from mist_core.tables.columns.seen import SHOWN, Interpreted, Seen

_SOME = 0.2  # share of numbers among words that is worth a word


def as_words(seen: Seen, numbers: Numbers, because: str | None = None) -> Interpreted:
    """The column as one of words; `because` says why its numbers are none."""
    missing = seen.missing_words()
    distinct, kept = seen.distinct, pa.array(~missing)
    present = Distinct(distinct.texts.filter(kept), distinct.counts[~missing], distinct.codes)
    _, labels = labels_of(present)
    kind, reason = _kind(seen, len(labels), int(present.counts.sum()))
    said = [because, reason] if because else [reason]
    said += _said_spellings(present, labels) + seen.said_missing(missing)
    share = seen.share(numbers.are_numbers, missing)
    if not because and share > _SOME:
        said.append(f"{percent(share)} of the cells are numbers")
    column = Column(
        seen.name,
        kind,
        "; ".join(said),
        distinct.spread(np.where(missing, np.nan, numbers.values), np.nan),
        seen.cells,
        no_value=distinct.spread(missing, True),
        spelled=True,
        reading=seen.reading,
    )
    return Interpreted(column)


def _kind(seen: Seen, n_labels: int, n_cells: int) -> tuple[str, str]:
    wanted = seen.reading.kind
    if wanted in (CLASS, IDENTIFIER):
        return wanted, "; ".join([f"you chose to read it as {wanted}", *merged(n_labels)])
    return kinds.of_words(n_labels, n_cells)


def _said_spellings(present: Distinct, labels: Sequence[str]) -> list[str]:
    if is_truth(present) and len(labels) < len(present.texts):
        return [f"spellings of {' and '.join(sorted(labels))} taken as one"]
    said = []
    if len(labels) < len(present.texts):
        said.append("texts that look alike on a screen taken as one")
    if len({label.casefold() for label in labels}) < len(labels):
        said.append("some differ in case alone")
    doubtful = doubtful_words(present)
    if doubtful:
        said.append(f"kept as a class though it may mean missing: {', '.join(doubtful[:SHOWN])}")
    return said
