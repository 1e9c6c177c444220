"""Uploaded predictions are scored against stored truths, and their mistakes are named."""

import pandas as pd
import pytest

from mist_core.errors import TableError
from mist_core.leaderboard import uploads
from tests.benchmarks.tables import answers

KNOWN = uploads.datasets(answers("ksg", "cca"))


def csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def test_datasets_are_listed_once_whoever_was_asked():
    assert len(KNOWN) == 4 and "estimator" not in KNOWN


def test_the_filled_in_template_is_scored_dataset_by_dataset():
    filled = uploads.template(KNOWN).assign(estimate=[0.1, 0.2, 0.3, 0.4])
    table = uploads.judge("mine.csv", csv(filled.sample(frac=1, random_state=0)), KNOWN)
    assert table.estimate.tolist() == [0.1, 0.2, 0.3, 0.4] and (table.truth == 1).all()
    assert set(table.estimator) == {"mine.csv (yours)"}


def test_the_template_alone_predicts_nothing():
    with pytest.raises(TableError, match="no finite number in its column estimate"):
        uploads.judge("mine.csv", csv(uploads.template(KNOWN)), KNOWN)


def test_rows_left_out_and_infinite_ones_are_not_scored():
    some = uploads.template(KNOWN).assign(estimate=[0.1, float("inf"), None, 0.4])
    table = uploads.judge("mine.csv", csv(some), KNOWN)
    assert table["draw"].tolist() == [0, 3]


def test_a_benchmark_with_parts_asks_for_them():
    assert "part" not in uploads.template(KNOWN)
    assert "part" in uploads.template(KNOWN.assign(part="whole"))


def test_an_empty_column_of_parts_is_as_none():
    filled = uploads.template(KNOWN).assign(estimate=0.5, part="")
    assert len(uploads.judge("mine.csv", csv(filled), KNOWN)) == 4


def test_one_row_for_several_datasets_is_refused():
    row = uploads.template(KNOWN).assign(estimate=0.5)[:1].drop(columns="draw")
    with pytest.raises(TableError, match="one row for several datasets"):
        uploads.judge("mine.csv", csv(row), KNOWN)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00junk", "cannot be read as CSV"),
        (b"task,seed\na,1\n", "has no column n_samples, estimate"),
        (b"task,n_samples,seed,estimate\na,1,0,=cmd()\n", "column estimate holds something"),
        (b"task,n_samples,seed,estimate\nother,1,0,0.3\n", "names none of the 4 datasets"),
    ],
)
def test_a_file_of_no_use_is_refused_with_a_reason(content, sentence):
    with pytest.raises(TableError, match=sentence):
        uploads.judge("mine.csv", content, KNOWN)
