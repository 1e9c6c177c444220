"""Charts of estimates: their tables and their words hold MIST, the others and the truth."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.base import Answer
from mist_core.explore.figures import Fan
from mist_core.explore.findings import TRUTH, estimates, growth, repeated
from mist_core.explore.repeats import MIST

FAN = Fan(0.5, tuple((c, 0.5 - 0.3 * c, 0.5 + 0.3 * c) for c in (0.99, 0.9, 0.75, 0.5, 0.25)))
BESIDE = {"KSG": Answer(0.43, 0.1), "CCA": Answer(None, 0.1, "why"), "MINE": None}


def test_the_description_of_the_estimates_holds_them_all():
    assert estimates(FAN, 0.41, BESIDE, "nats").sentence == (
        "MIST 0.500 nats, 90 % interval 0.230 to 0.770; KSG 0.430; CCA none; the truth 0.410 nats"
    )


@pytest.mark.parametrize(("unit", "factor"), [("nats", 1.0), ("bits", 1 / math.log(2))])
def test_the_table_of_the_estimates_holds_mist_the_truth_and_who_has_answered(unit, factor):
    table = estimates(FAN, 0.41, BESIDE, unit).numbers.set_index("estimator")
    assert list(table.index) == ["MIST", "KSG", "CCA", TRUTH]
    told = table[f"MI ({unit})"]
    # The fan and the truth come in the unit shown, the others' answers in nats.
    assert (told["MIST"], told[TRUTH]) == (0.5, 0.41)
    assert told["KSG"] == pytest.approx(0.43 * factor) and math.isnan(told["CCA"])
    assert tuple(table.loc["MIST", ["from (5 %)", "to (95 %)"]]) == FAN.interval(0.9)


def test_the_table_of_the_curve_has_a_row_for_each_number_of_rows_and_the_others_beside():
    rivals = pd.DataFrame({"n": [10, 100], "estimator": "KSG", "estimate": [0.2, 0.4]})
    found = growth([10, 100, 1000], [FAN] * 3, 0.41, "nats", rivals=rivals)
    table = found.numbers
    assert list(table["rows"]) == [10, 100, 1000] and (table[TRUTH] == 0.41).all()
    np.testing.assert_array_equal(table["KSG"], [0.2, 0.4, np.nan])
    ordered = table[["from (5 %)", "from (25 %)", "median (nats)", "to (75 %)", "to (95 %)"]]
    assert (ordered.T.diff().iloc[1:] > 0).all().all()
    assert "10 rows" in found.sentence and "1,000 rows" in found.sentence
    assert "truth 0.410 nats" in found.sentence


def test_few_rows_have_one_end_and_nobody_knows_the_truth_of_a_table():
    found = growth([10], [FAN], None, "nats")
    assert found.sentence.count("rows") == 1 and TRUTH not in found.numbers


def test_errors_of_repeated_draws_are_told_beside_the_truth():
    table = pd.DataFrame({"estimator": MIST, "dataset": range(2), "estimate": [0.3, 0.5]})
    found = repeated(table, 0.4, "nats")
    assert found.sentence == "Root mean squared error over 2 datasets, nats: MIST 0.100."
    assert found.numbers[["estimator", TRUTH]].to_numpy().tolist() == [[MIST, 0.4]]
