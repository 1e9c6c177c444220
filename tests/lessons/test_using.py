"""Lesson 6: the climb ends at the hidden direction; no class is told more than ln 2; a copy is
left out, and a column that tells nothing by itself is taken.
"""

import math

import numpy as np
import pytest

from mist_core.inference.estimator import general
from mist_core.lessons import climbing, selecting, squeezing, using
from mist_core.sklearn import MISTSelector


@pytest.fixture(scope="module")
def climb():
    return using.climb(0, general().mutual_information, general().posteriors, lambda share: None)


def test_the_estimate_leads_to_the_hidden_direction(climb):
    step = using.projection(climb)
    assert step.numbers["reached"] > 0.9 and step.question.answer == "0.95"
    assert step.numbers["best"] > step.numbers["first"] + 0.2
    assert step.numbers["fresh"] == pytest.approx(step.numbers["whole"], abs=0.25)
    assert f"**{step.numbers['best']:.2f} nats**" in step.takeaway
    assert len(step.figures[0].drawn.frames) == climbing.STEPS + 1


def test_directions_have_length_one_and_y_depends_on_the_hidden_one_alone(climb):
    np.testing.assert_allclose(np.linalg.norm(climb.path, axis=1), 1, atol=1e-5)
    square = (climb.x @ climb.hidden) ** 2
    assert np.std(climb.y - square) == pytest.approx(climbing.NOISE, rel=0.15)


def test_a_classifier_learns_through_its_bottleneck_and_tells_at_most_ln_2():
    shares = []
    course = using.squeezed(0.3, 0, general().posteriors, shares.append)
    step = using.bottleneck(course, 0.3, "")
    assert step.numbers["right"] > 0.9
    assert course.told.iloc[0] < 0.1 and 0.45 < step.numbers["told"] <= math.log(2) + 1e-6
    # What T tells about the class is told by X, so X is kept at least as well.
    assert step.numbers["kept"] > step.numbers["told"] - 0.15
    assert f"**{step.numbers['told']:.2f} nats**" in step.takeaway
    assert shares == sorted(shares)


def test_what_is_stored_has_the_rows_of_its_seed_and_reaches_its_direction(climb):
    kept = using.stored()
    np.testing.assert_array_equal(kept.climb.x, climb.x)
    np.testing.assert_array_equal(kept.climb.y, climb.y)
    assert using.projection(kept.climb).numbers["reached"] > 0.9
    assert (
        len(kept.course) == squeezing.POINTS + 1 and kept.course.told.iloc[-1] <= math.log(2) + 1e-6
    )


@pytest.fixture(scope="module", params=range(3))
def selected(request):
    return using.select(request.param, general(), lambda share: None)


def test_a_ranking_takes_the_copy_and_forward_selection_the_partner(selected):
    assert selected.ranked == ("A", "B") and selected.chosen == ("A", "D")
    assert selected.alone.set_index("column").middle["D"] < 0.02
    adds = selected.adds.set_index("column")
    assert adds.low["B"] < 0.01 and adds.low["D"] > 0.2


def test_what_the_partner_adds_is_near_what_it_truly_adds(selected):
    assert selected.adds.set_index("column").middle["D"] == pytest.approx(added_by_sign(), abs=0.2)
    assert selected.by_choice > selected.by_rank + 0.2


def test_the_answer_and_the_takeaway_are_those_of_the_numbers(selected):
    step = using.selection(selected)
    assert step.question.answer == "D" and step.question.options == ("B", "C", "D")
    assert f"**{selected.by_choice:.2f} nats**" in step.takeaway
    assert "B is A measured once more" in step.takeaway


def test_the_selector_of_scikit_learn_takes_the_same_two(selected):
    table = selected.table
    features = table[list(selecting.NAMES)]
    taken = MISTSelector(k=2, method="conditional").fit(features, table["Y"]).order_
    assert tuple(selecting.NAMES[place] for place in taken) == selected.chosen


def added_by_sign() -> float:
    """I(D; Y | A) of the lesson's law: of Y = ±a + normal noise, over a; nats, by sampling."""
    rng = np.random.default_rng(0)
    spread = math.hypot(selecting.WEAK, selecting.NOISE)
    a, noise = rng.standard_normal((2, 200_000))
    # ln p(y | a, d) - ln p(y | a), where y = a + spread * noise, d = 1.
    other = -0.5 * ((2 * a + spread * noise) / spread) ** 2 + 0.5 * noise**2
    return float(np.mean(math.log(2) - np.logaddexp(0, other)))
