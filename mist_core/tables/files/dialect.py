"""How a text file tells its cells apart: delimiter and quotation marks."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mist_core.tables.columns.shapes import WORD, usual_shapes
from mist_core.tables.files.layout import usual_width
from mist_core.tables.files.unwrapping import RULER

_DELIMITERS = "\t;|,^~\x1f\x01"  # of two that fit alike the earlier is taken
_ENOUGH = 0.5  # below this score columns may be set out by blanks


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart.

    Attributes:
        delimiter: one character.
        quote: the quotation mark.
        escape: what stands before a quotation mark within quotes; the mark itself as a rule.
        blanks: whether blanks stand between a delimiter and an opening quotation mark.
        rulers: whether lines of dashes stand among the rows.
    """

    delimiter: str
    quote: str = '"'
    escape: str = '"'
    blanks: bool = False
    rulers: bool = False

    def records(self, text: str) -> list[tuple[int, list[str]]]:
        """(number of the line after it, cells) of each record that is not empty."""
        reader = csv.reader(
            io.StringIO(text),
            delimiter=self.delimiter,
            quotechar=self.quote,
            doublequote=self.escape == self.quote,
            escapechar=None if self.escape == self.quote else self.escape,
            skipinitialspace=self.blanks,
        )
        return list(_without_blank_lines(reader))


def find_dialect(sample: str, delimiter: str | None) -> Dialect:
    """The dialect under which most records agree on a width and most cells look like something."""
    # More often than not, as quoted text may hold a delimiter, a blank and a quotation mark, too.
    blanks = len(re.findall(r"[,;|\t] +\"", sample)) > len(re.findall(r"[,;|\t]\"", sample))
    quote = "'" if _by_apostrophes(sample) else '"'
    escape = "\\" if f"\\{quote}" in sample and quote * 2 not in sample else quote
    rulers = bool(RULER.search(sample))
    candidates = [Dialect(mark, quote, escape, blanks, rulers) for mark in delimiter or _DELIMITERS]
    scores = {dialect: _score(dialect, sample) for dialect in candidates}
    best = max(scores, key=scores.get)
    if delimiter is None and scores[best] < _ENOUGH:
        spaced = Dialect(" ", quote, escape, rulers=rulers)
        if _score(spaced, with_plain_delimiters(sample, spaced)) > max(scores[best], _ENOUGH):
            return spaced
    return best


def _by_apostrophes(sample: str) -> bool:
    """Whether cells stand in 'apostrophes'."""
    quoted = len(re.findall(r"(?:^|[,;|\t])'[^'\n]*'(?=[,;|\t\n]|$)", sample, re.MULTILINE))
    return quoted >= 2 and '"' not in sample and quoted * 2 >= sample.count("'") * 0.8


def _score(dialect: Dialect, sample: str) -> float:
    """Share of records of the usual width, times how many of the columns have one shape."""
    sample = RULER.sub("", sample) if dialect.rulers else sample
    records = [record for _, record in dialect.records(sample)]
    if not records or (width := usual_width(records)) < 2:
        return 0.0
    fitting = [record for record in records if len(record) == width]
    shapes = usual_shapes(fitting, width)
    typed = sum(kind != WORD for kind in shapes) / width
    return len(fitting) / len(records) * (1 + typed)


def with_plain_delimiters(text: str, dialect: Dialect) -> str:
    """The text with one delimiter between cells, and none between a delimiter and a quotation.

    Rulers become empty lines, which are no rows.
    """
    text = RULER.sub("", text) if dialect.rulers else text
    if dialect.delimiter == " ":
        return re.sub(r"(?m)^ +| +$|(?<=\S)[ \t]+(?=\S)", _one_blank, text)
    if dialect.blanks:
        mark, quote = re.escape(dialect.delimiter), dialect.quote
        return re.sub(rf"(?m)(^|{mark}) +(?={quote})", r"\1", text)
    return text


def _one_blank(blanks: re.Match) -> str:
    return " " if blanks.start() and blanks.string[blanks.start() - 1] != "\n" else ""


def _without_blank_lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if len(cells) > 1 or any(cells):
                yield reader.line_num, cells
    except csv.Error:  # a cell larger than the module's limit
        return
