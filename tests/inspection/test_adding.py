"""What columns add to others is said in the order in which they add it, and nothing else is."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator
from mist_core.charts import to_svg
from mist_core.errors import TableError
from mist_core.inspection.adding import adding, overlap
from mist_core.inspection.adding_findings import added, overlapping
from mist_core.tables.table import Table, table_from_frame

EVIL = "[a](http://b) $x$"
N = 500


@pytest.fixture(scope="module")
def estimator():
    return MISTEstimator.load()


@pytest.fixture(scope="module")
def table() -> Table:
    """y is made of x and of a column with an evil name; a copy of x and noise stand beside them."""
    rng = np.random.default_rng(0)
    x, evil, noise = rng.standard_normal((3, N))
    columns = {
        "x": x,
        "copy": x + 0.3 * rng.standard_normal(N),
        EVIL: evil,
        "noise": noise,
        "gaps": np.where(rng.random(N) < 0.5, np.nan, x),
        "y": x + 0.6 * evil + 0.3 * rng.standard_normal(N),
    }
    return table_from_frame(pd.DataFrame(columns))


@pytest.fixture(scope="module")
def found(estimator, table):
    return adding(estimator, table, "y")


def test_a_copy_adds_nothing_though_it_tells_much_alone(found):
    assert [name for name, _ in found.taken] == ["x", EVIL]
    assert [name for name, _ in found.alone][:2] == ["x", "copy"]
    assert found.left_out == ("gaps",) and found.rows == N


def test_the_sentence_names_them_letter_by_letter_in_the_unit_shown(found):
    shown = added(found, "bits")
    first = found.taken[0][1].added.mean / math.log(2)
    assert f"**x** tells most about y, {first:.2f} bits." in shown.sentence
    assert "(http://b)" not in shown.sentence and "add, one after the other" in shown.sentence
    assert shown.table["column"].tolist()[:2] == ["x", EVIL]
    assert "<svg" in to_svg(shown.charts[0]) and len(shown.shown) == 4


def test_two_columns_that_tell_the_same_share_it(estimator, table):
    alike = overlap(estimator, table, "x", "copy", "y")
    apart = overlap(estimator, table, "x", EVIL, "y")
    assert alike.shared > 0.3 and apart.shared < 0
    assert "is the same" in overlapping(alike, ("x", "copy", "y"), "nats").sentence
    told = overlapping(apart, ("x", EVIL, "y"), "nats")
    assert "explain each other" in told.sentence and "(http://b)" not in told.sentence
    assert len(told.shown) == 4


def test_nothing_is_taken_from_noise(estimator):
    rng = np.random.default_rng(1)
    noise = table_from_frame(pd.DataFrame(rng.standard_normal((200, 3)), columns=["a", "b", "y"]))
    found = adding(estimator, noise, "y")
    if not found.taken:
        assert "No column surely tells" in added(found, "nats").sentence
    assert len(found.taken) <= 1


def test_without_another_column_there_is_nothing_to_compare(estimator):
    alone = table_from_frame(pd.DataFrame({"y": np.arange(50.0)}))
    with pytest.raises(TableError, match="few gaps"):
        adding(estimator, alone, "y")
