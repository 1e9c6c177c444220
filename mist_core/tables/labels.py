"""Names of columns short enough for a chart or a table, and still told apart."""

import itertools
from collections import defaultdict
from collections.abc import Sequence

from mist_core.tables.columns.cells import shortened, unique_names


def labels(names: Sequence[str], longest: int) -> dict[str, str]:
    """A label of at most so many letters for each name, all of them different.

    Long names lose their middle; those that begin and end alike keep what differs, with some of
    what stands before it.
    """
    alike = defaultdict(list)
    for name in dict.fromkeys(names):
        alike[shortened(name, longest)].append(name)
    short = {}
    for label, group in alike.items():
        short |= {group[0]: label} if len(group) == 1 else _where_they_differ(group, longest)
    # Should two of them still agree, they are numbered.
    return dict(zip(short, unique_names(list(short.values())), strict=True))


def _where_they_differ(names: Sequence[str], longest: int) -> dict[str, str]:
    begin = _alike(names)
    end = _alike([name[begin:][::-1] for name in names])
    return {name: _window(name, begin, len(name) - end, longest - 2) for name in names}


def _alike(names: Sequence[str]) -> int:
    """Letters at the beginning that all names share."""
    places = zip(*names, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda letters: len(set(letters)) == 1, places))


def _window(name: str, begin: int, end: int, width: int) -> str:
    """So many letters of a name, from `begin` to `end` first of all."""
    last = min(end, begin + width)
    first = max(0, last - width)
    return ("…" if first else "") + name[first:last] + ("…" if last < len(name) else "")
