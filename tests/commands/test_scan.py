"""`mist scan` prints the associations of a file, or stores them."""

import numpy as np
import pandas as pd
import pytest

from mist_core.__main__ import main


@pytest.fixture
def table(tmp_path):
    x = np.random.default_rng(2).standard_normal((60, 2))
    frame = pd.DataFrame({"size\x1b[2J": x[:, 0], "price": x[:, 0] + x[:, 1], "noise": x[:, 1]})
    frame.to_csv(tmp_path / "houses.csv", index=False)
    return tmp_path / "houses.csv"


def test_a_file_becomes_a_ranked_list(table, capsys):
    assert main(["scan", str(table), "--target", "price", "--unit", "bits"]) == 0
    printed = capsys.readouterr().out
    head, *lines = printed.splitlines()
    assert "MI (bits)" in head and len(lines) == 2
    assert "\x1b" not in printed  # a terminal would obey it


def test_the_result_can_be_stored(table, capsys):
    out = table.with_name("found.csv")
    assert main(["scan", str(table), "--out", str(out)]) == 0
    assert len(pd.read_csv(out)) == 3 and "3 pairs in nats" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.csv"], "TableError: nowhere.csv: there is no such file"),
        (["Wine", "--target", "taste"], "TableError: The table has no column 'taste'"),
        (["Wine", "--weights", "best"], "WeightsError: There are no weights 'best'"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(words, sentence, capsys):
    assert main(["scan", *words]) == 1
    assert capsys.readouterr().err.startswith(sentence)
