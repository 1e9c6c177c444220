"""A pair looked at closely uses the rows that both columns have, and the same ones each time."""

import re

import numpy as np
import pandas as pd
import pytest

from mist_core.charts import to_svg
from mist_core.errors import TableError
from mist_core.inference.posterior import Posterior
from mist_core.inspection.figures import network_chart
from mist_core.inspection.network_layout import places
from mist_core.inspection.obstacles import check
from mist_core.inspection.pair import Rows, answer, counted, growing
from mist_core.inspection.shuffling import shuffled
from mist_core.tables.table import table_from_frame

N = 400


class Counting:
    """Tells how many rows it saw."""

    def posteriors(self, pairs):
        return [Posterior(len(x), (0.05, 0.5, 0.95), (0, len(x), 999), 0.5) for x, _ in pairs]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(N)
    frame = pd.DataFrame({"x": x, "y": x**2, "noise": rng.standard_normal(N)})
    frame.loc[:9, "y"] = np.nan
    return table_from_frame(frame)


def test_the_answer_is_of_the_rows_that_both_have(table):
    posterior, association = answer(Counting(), Rows.of(table, "x", "y"))
    assert posterior.mean == association.n_samples == N - 10


def test_the_answer_grows_with_the_rows_up_to_all(table):
    grown = growing(Counting(), Rows.of(table, "x", "y"))
    assert [n for n, _ in grown] == [10, 20, 50, 100, 200, N - 10]
    assert [posterior.mean for _, posterior in grown] == [n for n, _ in grown]


def test_copies_of_rows_count_once(table):
    twice = table_from_frame(pd.concat([table.to_frame()] * 2, ignore_index=True))
    rows = Rows.of(twice, "x", "noise", counted(twice))
    assert len(rows) == N and len(Rows.of(twice, "x", "noise")) == 2 * N


def test_classes_are_shuffled_as_classes(table):
    frame = pd.DataFrame({"kind": list("abcd") * 50, "far": [1.0, 5.0, 2.0, 9.0] * 50})
    assert shuffled(Rows.of(table_from_frame(frame), "kind", "far"), shuffles=49).p == 0.02


def test_drawn_rows_keep_their_partners(table):
    rows = Rows.of(table, "x", "y").drawn(50)
    assert len(rows) == 50 and np.allclose(rows.x["x"] ** 2, rows.y["y"])


def test_shuffles_show_what_chance_does(table):
    dependent, chance = (
        shuffled(Rows.of(table, "x", name), shuffles=99) for name in ("y", "noise")
    )
    assert dependent.p == 0.01 and chance.p > 0.05
    assert dependent.sentence.startswith("None of 99 shuffles show as much dependence as the 390")
    assert shuffled(Rows.of(table, "x", "noise"), shuffles=99).p == chance.p
    assert "these rows" in to_svg(dependent.finding().charts[0])


def test_nodes_have_places_of_their_own_inside_the_frame():
    edges = np.array([[0, 1], [1, 2], [3, 4]])
    at = places(5, edges, np.ones(3))
    apart = np.linalg.norm(at[:, None] - at, axis=-1)[np.triu_indices(5, 1)]
    assert np.abs(at).max() <= 1 and apart.min() > 0.15
    assert np.array_equal(at, places(5, edges, np.ones(3)))


def test_heavier_edges_are_shorter():
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    at = places(4, edges, np.array([5.0, 1.0, 1.0, 1.0]))
    lengths = np.linalg.norm(at[edges[:, 0]] - at[edges[:, 1]], axis=1)
    assert lengths.argmin() == 0


WORDS = re.compile(r'<text[^>]*translate\(([-\d.]+),([-\d.]+)\)"[^>]*>([^<]+)</text>')


@pytest.mark.parametrize("width", [330, 450, 820])
@pytest.mark.parametrize("seed", range(4))
def test_a_number_of_a_network_lies_on_no_other_and_on_no_name(seed, width):
    rng = np.random.default_rng(seed)
    names = ["LDL", "HDL", "bmi", "cholesterol", "blood pressure", "progression", "log glucose"]
    pairs = [(a, b) for place, a in enumerate(names) for b in names[:place]]
    chosen = [pairs[place] for place in rng.permutation(len(pairs))[:14]]
    edges = pd.DataFrame(chosen, columns=["x", "y"])
    edges = edges.assign(strength=np.sort(rng.uniform(0.3, 0.95, 14))[::-1], missed=False)
    drawn = WORDS.findall(to_svg(network_chart(edges).properties(width=width)))
    numbers = [(float(x), float(y), text) for x, y, text in drawn if text.startswith(".")]
    others = [(float(x), float(y), text) for x, y, text in drawn if text in names]
    assert len(numbers) >= 10 and len(others) == len(names)
    for place, one in enumerate(numbers):
        for other in (*numbers[:place], *others):
            across = 3 * (len(one[2]) + len(other[2]))  # letters are six pixels wide
            assert abs(one[0] - other[0]) >= across or abs(one[1] - other[1]) >= 11


def test_a_table_of_use_meets_no_obstacle_and_useless_columns_are_named(table):
    check(table)
    frame = pd.DataFrame({"same": ["x"] * 60, "name": [f"n{i}" for i in range(60)]})
    with pytest.raises(TableError, match="same has one value only and name has a value of its own"):
        check(table_from_frame(frame))
