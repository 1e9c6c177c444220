"""`mist scan` prints the associations of a file, or stores them."""

import numpy as np
import pandas as pd
import pytest

from mist_core.__main__ import main
from mist_core.commands import scan


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


def test_a_result_that_cannot_be_written_is_a_sentence(table, capsys, full_disk):
    for out in (table.parent / "nowhere" / "found.csv", table.parent):
        assert main(["scan", str(table), "--out", str(out)]) == 1
        assert "cannot be written" in capsys.readouterr().err


def test_cells_and_headings_start_no_formula(tmp_path):
    x = np.random.default_rng(2).standard_normal((60, 2))
    pd.DataFrame({"=1+1": x[:, 0], "b": x[:, 1]}).to_csv(tmp_path / "t.csv", index=False)
    assert main(["scan", str(tmp_path / "t.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    assert "\n=1+1" not in (tmp_path / "out.csv").read_text()


def test_an_error_of_the_system_and_ctrl_c_are_sentences(table, capsys, monkeypatch):
    for error, status in (
        (OSError(28, "No space left on device", "x"), 1),
        (KeyboardInterrupt, 130),
    ):

        def fail(*arguments, error=error, **options):
            raise error

        monkeypatch.setattr(scan, "associations", fail)
        assert main(["scan", str(table)]) == status
        assert len(capsys.readouterr().err.splitlines()) == 1
