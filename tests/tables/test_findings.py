"""What the table page shows holds what was found, and its texts do nothing else."""

import pandas as pd
import pytest

from mist_core.charts import to_svg
from mist_core.tables.association import Association, Ranking
from mist_core.tables.findings import pair, ranked, told
from mist_core.tables.table import table_from_frame

EVIL = "[a](http://b) $x$"
FOUND = tuple(
    Association((name,), 90, told, told / 2, 2 * told, float("inf"), flags)
    for name, told, flags in (("b", 0.6, ()), (EVIL, 0.3, ("few rows",)))
)
RANKING = Ranking(("y",), FOUND, (), n_rows=200, n_drawn=100)


@pytest.mark.parametrize(("unit", "first"), [("nats", "0.60 nats"), ("bits", "0.87 bits")])
def test_a_ranking_has_its_table_chart_and_sentence_in_the_unit_shown(unit, first):
    found = ranked(RANKING, unit)
    assert first in found.sentence.replace("\\", "") and "<svg" in to_svg(found.sheet())
    assert found.shown[f"MI ({unit})"][0] == pytest.approx(float(first.split()[0]), abs=0.01)
    assert any("100 of 200 rows" in note for note in found.notes)


def test_names_from_a_table_show_letter_by_letter():
    sentence, careful = told(FOUND[1], ("y",), "nats")
    assert EVIL not in sentence and EVIL in sentence.replace("\\", "").replace("\u2060", "")
    assert careful.replace("\\", "") == "Careful: few rows."


def test_a_pair_is_drawn_from_the_rows_that_have_both():
    table = table_from_frame(pd.DataFrame({"x": [1.0, 2.0, None, 4.0], "y": [1.0, None, 3.0, 4.0]}))
    found = pair(table, "x", "y")
    assert len(found.table) == 2 and found.about == "x against y"
