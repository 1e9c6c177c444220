"""A survey as a notebook that reads the same table, asks the same, and finds the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from mist_core.inference.posterior import UNITS
from mist_core.inspection.export import Made
from mist_core.inspection.result import Survey
from mist_core.notebook import Step, Story
from mist_core.tables.bundled import DATASETS
from mist_core.tables.columns.column import UNSAID
from mist_core.tables.table import Table

TITLE = "What depends on what?"
MOST_SHOWN = 10  # pairs whose numbers are compared


@dataclass(frozen=True)
class Asked:
    """What a survey was asked.

    Attributes:
        target, sources, seed: as `survey` takes them.
        header, sheet: as `read_table` takes them.
    """

    target: Sequence[str] | None = None
    sources: Sequence[Sequence[str]] | None = None
    seed: int = 0
    header: bool | None = None
    sheet: str | None = None


def story(table: Table, survey: Survey, asked: Asked, made: Made, unit: str) -> Story:
    """The notebook of a complete survey.

    Args:
        table: read as the user said.
        survey: of it.
        asked: what was asked.
        made: what of.
        unit: shown on the page.
    """
    steps = (
        opened(table, made.table, asked.header, asked.sheet),
        Step(_SURVEY.format(asked=asked), "What depends on what, the strongest first, in nats:"),
    )
    values = UNITS[unit] * survey.pairs.mutual_information.head(MOST_SHOWN)
    factor = "" if unit == "nats" else f"{UNITS[unit]!r} * "
    shown = {f"{factor}told[{place}]": float(value) for place, value in enumerate(values)}
    return Story(TITLE, steps, shown, made.weights, made.weights_sha256)


def opened(table: Table, name: str, header: bool | None = None, sheet: str | None = None) -> Step:
    """A cell that reads the same table as `table`, its columns as the user said.

    Args:
        table: to be read again.
        name: of the bundled table or of the file; untrusted text.
        header, sheet: as `read_table` takes them.
    """
    template = _BUNDLED if name in DATASETS else _FILE
    lines = [template.format(name=name, header=header, sheet=sheet, sha256=table.sha256)]
    said = {c.name: c.reading for c in table.columns if c.reading != UNSAID}
    if said:
        lines.append(_READINGS.format(said=said))
    return Step("\n".join(lines), _ABOUT_BUNDLED if name in DATASETS else _ABOUT_FILE)


_ABOUT_BUNDLED = "The table comes with the package:"
_ABOUT_FILE = "Put the file beside this notebook; another one is refused:"
_CHECK = 'assert table.sha256 == "{sha256}", "This is another table than the page read."\n'
_BUNDLED = f"""\
from mist_core.tables.bundled import DATASETS

table = DATASETS[{{name!r}}].load()
{_CHECK}"""
_FILE = f"""\
from mist_core.tables import read_table

table = read_table({{name!r}}, header={{header!r}}, sheet={{sheet!r}})
{_CHECK}"""
_READINGS = """\
from mist_core.tables.columns.column import Reading

table = table.with_readings({said!r})
"""
_SURVEY = """\
from mist_core.inspection import survey

found = survey(estimator, table, {asked.target!r}, {asked.sources!r}, seed={asked.seed})
told = found.pairs.mutual_information
found.pairs
"""
