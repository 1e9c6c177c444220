"""What the table page shows holds what was found, and its texts do nothing else."""

import pandas as pd

from mist_core.tables.association import Association
from mist_core.tables.findings import pair, told
from mist_core.tables.table import table_from_frame

EVIL = "[a](http://b) $x$"
FOUND = Association((EVIL,), 90, 0.3, 0.15, 0.6, float("inf"), ("few rows",))


def test_names_from_a_table_show_letter_by_letter():
    sentence, careful = told(FOUND, ("y",), "nats")
    assert EVIL not in sentence and EVIL in sentence.replace("\\", "").replace("\u2060", "")
    assert careful.replace("\\", "") == "Careful: few rows."


def test_a_pair_is_drawn_from_the_rows_that_have_both():
    table = table_from_frame(pd.DataFrame({"x": [1.0, 2.0, None, 4.0], "y": [1.0, None, 3.0, 4.0]}))
    found = pair(table, "x", "y")
    assert len(found.table) == 2 and found.about == "x against y"
