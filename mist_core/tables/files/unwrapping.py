"""What stands around the cells of a text: rulers, whole lines in quotation marks, merge marks."""

import csv
import re
from collections.abc import Sequence

from mist_core.errors import TableError

# Lines of dashes, as printed tables have them: +----+----+, ---|---, ==== ====
RULER = re.compile(r"(?m)^[ \t]*[+|]?[-=:+| ]*[-=]{3}[-=:+| ]*$")
_CONFLICT = re.compile(r"(?m)^(?:<{7} .*|>{7} .*|={7})$")
_KEYED = re.compile(r"([^\W\d]\w*|\d+)[:=](?=\S)")


def require_no_conflict(sample: str) -> None:
    """Refuse a text with the marks of a merge that failed."""
    found = list(_CONFLICT.finditer(sample))
    if len(found) >= 3:
        line = sample.count("\n", 0, found[0].start()) + 1
        raise TableError(f"Line {line} is the mark of a merge conflict: resolve it first.")


def require_no_keys(records: Sequence[Sequence[str]]) -> None:
    """Refuse cells that all repeat the names of their columns, like day=35."""
    keys = [_key(records, position) for position in range(min(map(len, records), default=0))]
    named = [key for key in keys if key]
    if len(records) > 2 and len(set(named)) > 1 and len(named) > len(keys) / 2:
        raise TableError(
            f"Each cell repeats the name of its column, as {records[0][keys.index(named[0])][:40]} "
            "does: write the names once, in the first line, and only the values below."
        )


def _key(records: Sequence[Sequence[str]], position: int) -> str:
    """What all cells of a column begin with, before : or =; empty where they differ."""
    found = [_KEYED.match(record[position]) for record in records]
    keys = {match[1] for match in found if match}
    return keys.pop() if all(found) and len(keys) == 1 else ""


def unwrapped(lines: Sequence[str]) -> list[str] | None:
    """Lines that each stood in quotation marks as a whole, without these; None where not so."""
    filled = [line for line in lines if line.strip()]
    if len(filled) < 2 or not all(line.startswith('"') and line.endswith('"') for line in filled):
        return None
    records = [next(csv.reader([line]), []) for line in filled]
    inner = [record[0] for record in records if len(record) == 1]
    marked = all(re.search(r"[,;\t|]", line) for line in inner)
    return inner if len(inner) == len(filled) and marked else None
