"""Samples of a file: read as they are written, judged as any study, refused in a sentence."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core.calibration.judge import follow
from mist_core.calibration.samples import EXAMPLE_SAMPLES, Samples, example, read_samples
from mist_core.errors import TableError
from mist_core.inference.estimator import general
from mist_core.tables.table import read_table

ONE = "x1,y1\n" + "\n".join(f"{k % 5},{(k * k) % 7}.5" for k in range(9))


def read(text: str, typed: float | None = None) -> Samples:
    return read_samples(read_table(text.encode(), header=True), typed)


def test_the_example_is_read_back_as_it_was_made():
    frame = example()
    study = read(frame.to_csv(index=False))
    assert study.n_datasets == EXAMPLE_SAMPLES
    third = frame[frame["sample"] == 3]
    np.testing.assert_allclose(study.samples[2].x[:, 0], third.x1)
    np.testing.assert_allclose(study.samples[2].y[:, 0], third.y1)
    assert study.samples[2].truth == third.truth.iloc[0]


def test_the_truth_of_the_example_is_that_of_its_correlation():
    frame = example()
    for _, rows in frame.groupby("sample"):
        r = np.corrcoef(rows.x1, rows.y1)[0, 1]
        assert -math.log1p(-(r**2)) / 2 == pytest.approx(rows.truth.iloc[0], abs=0.25)


def test_intervals_hold_the_truths_of_the_example():
    study = read(example().to_csv(index=False))
    table = pd.concat(follow(study, general()), ignore_index=True)
    assert list(table.number) == list(range(EXAMPLE_SAMPLES))
    assert list(table.truth) == [sample.truth for sample in study.samples]
    assert table.truth.between(table.low, table.high).mean() > 0.75


def test_rows_of_samples_may_stand_in_any_order_and_samples_differ_in_length():
    frame = example().drop(index=range(10))
    mixed = frame.sample(frac=1, random_state=0)
    study = read(mixed.to_csv(index=False))
    assert sorted(len(s.x) for s in study.samples) == [90] + [100] * (EXAMPLE_SAMPLES - 1)
    numbers = [first for first, _, _ in study.draws()]
    sizes = [len(batch.x) for _, batch, _ in study.draws()]
    assert numbers == list(np.cumsum([0, *sizes[:-1]])) and sum(sizes) == study.n_datasets


def test_one_sample_takes_its_truth_from_whoever_types_it():
    study = read(ONE, 0.25)
    assert [s.truth for s in study.samples] == [0.25] and study.typed == 0.25
    assert study != read(ONE, 0.3) and study == read(ONE, 0.25)


@pytest.mark.parametrize(
    ("text", "typed", "words"),
    [
        (ONE, None, "no column truth"),
        (ONE, -0.1, "0 or more"),
        (ONE, math.inf, "0 or more"),
        (ONE.replace("x1", "height"), 0.1, "is none of sample, truth, x1"),
        (ONE.replace("y1", "x2"), 0.1, "0 columns whose names begin with y"),
        (ONE.replace("4,", "four,"), 0.1, "1 cell without a finite number"),
        ("x1,y1\n1,2\n2,3\n", 0.1, "2 rows: 4 or more"),
        ("sample,x1,y1\n" + "a,1,2\nb,2,3\n" * 5, 0.1, "Several samples need a column truth"),
        ("sample,x1,y1,truth\na,1,2,1\na,2,3,2\na,4,4,1\na,5,6,1\n", None, "truths 1 and 2"),
        ("sample,x1,y1,truth\na,1,2,-1\na,2,3,-1\na,4,4,-1\na,5,6,-1\n", None, "0 or more"),
        (
            "sample,x1,y1,truth\na,1,2,1\n,2,3,1\na,4,4,1\na,5,6,1\n",
            None,
            "sample is empty in 1 row:",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(text, typed, words):
    with pytest.raises(TableError, match=words):
        read(text, typed)
