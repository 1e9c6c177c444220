"""What is downloaded stays data."""

import pandas as pd
import pytest

from mist_core.spreadsheet import to_csv


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_downloaded_cell_cannot_start_a_formula(cell):
    text = to_csv(pd.DataFrame({cell: [cell, "safe"]})).decode()
    assert text.splitlines()[0].startswith(("'", "\"'", "\"'"))
    assert f"'{cell}" in text


def test_negative_numbers_stay_numbers_in_a_download():
    assert to_csv(pd.DataFrame({"x1": [-1.5]})) == b"x1\n-1.5\n"
