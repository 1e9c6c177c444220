"""What a single cell looks like: the cheap test by which headers and delimiters are found."""

import re
from collections import Counter
from collections.abc import Sequence

NUMBER, DATE, EMPTY, WORD = "number", "date", "empty", "word"
_EMPTY = {"", "na", "n/a", "nan", "null", "none", "-", "--", "?", ".", "\\n", "<na>", "#n/a"}
_MINUS = str.maketrans("−–\u00a0\u202f\u2009’", "--   '")
_NUMBER = re.compile(
    r"[<>≤≥~]?\s?\(?[+-]?\s?"
    r"(?:[$€£¥₹₩₽]|[A-Z]{3} |CHF|USD|EUR|Rs\.?|R\$)?\s?[+-]?"
    r"(?:\d[\d.,' ]*|[.,]\d+)(?:[eEdD][+-]?\d+)?"
    r"\s?(?:%|‰|[$€£¥₹₩₽]|°[CFK]?|[a-zA-Zµ/²³]{1,6})?\)?-?"
)
_DATE = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,? )?"
    r"(?:\d{1,4}[-./ ](?:\d{1,2}|[^\W\d]{3,9}\.?)[-./, ]{1,2}\d{1,4}"
    r"|[^\W\d]{3,9}\.? \d{1,2},? \d{4})"
    r"(?:[T ,]+\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
)


def shape(cell: str) -> str:
    """One of number, date, empty and word."""
    cell = cell.strip().translate(_MINUS)
    if cell.lower() in _EMPTY:
        return EMPTY
    if _DATE.fullmatch(cell):
        return DATE
    return NUMBER if _NUMBER.fullmatch(cell) else WORD


def usual_shapes(records: Sequence[Sequence[str]], width: int) -> list[str]:
    """The shape that at least four in five cells of each column have, else word.

    Read from the last half of the records, where titles and headers are far.
    """
    records = records[len(records) // 2 :]
    shapes = []
    for position in range(width):
        seen = Counter(shape(record[position]) for record in records if len(record) > position)
        seen.pop(EMPTY, None)
        usual, count = seen.most_common(1)[0] if seen else (WORD, 0)
        shapes.append(usual if count >= 0.8 * seen.total() else WORD)
    return shapes
