"""What the tab of a second table shows: a finding; names are escaped."""

import dataclasses

from mist_core.findings import Finding
from mist_core.inspection.findings import against
from mist_core.joins.informing import Informing
from mist_core.joins.keys import KEYS
from mist_core.markdown import percent


def told(found: Informing, unit: str) -> Finding:
    """What the second table's columns tell about the target, and from how many keys."""
    finding = against(found.table, found.survey, unit)
    notes = [_drawn(found), *_aggregated(found), *finding.notes]
    return dataclasses.replace(finding, notes=tuple(notes))


def _drawn(found: Informing) -> str:
    which = "drawn at random among those" if found.keys == KEYS else "all"
    return (
        f"From {found.keys:,} keys, {which} that both tables have: some {percent(found.share)} of "
        "the first table's keys are in the second. Neither table was joined."
    )


def _aggregated(found: Informing) -> list[str]:
    if found.most_repeated == 1:
        return []
    return [
        f"Up to {found.most_repeated:,} rows of one key were made one: the mean of numbers, the "
        "most frequent class."
    ]
