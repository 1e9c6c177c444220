"""Lesson 6: the climb ends at the hidden direction; no class is told more than ln 2."""

import math

import numpy as np
import pytest

from mist_core.inference.estimator import general
from mist_core.lessons import climbing, squeezing, using


@pytest.fixture(scope="module")
def climb():
    return using.climb(0, general().mutual_information, general().posteriors, lambda share: None)


def test_the_estimate_leads_to_the_hidden_direction(climb):
    step = using.projection(climb)
    assert step.numbers["reached"] > 0.9 and step.question.answer == "0.95"
    assert step.numbers["best"] > step.numbers["first"] + 0.2
    assert step.numbers["fresh"] == pytest.approx(step.numbers["whole"], abs=0.25)
    assert f"**{step.numbers['best']:.2f} nats**" in step.takeaway
    assert len(step.figures[0].frames) == climbing.STEPS + 1


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
