"""The picture of a posterior counts its probability in dots."""

import numpy as np
import pytest

from mist_core.charts import to_svg
from mist_core.inference.plot import DOTS, stacked
from mist_core.inference.posterior import Posterior

WIDE = Posterior(0.5, (0.05, 0.25, 0.5, 0.75, 0.95), (0.1, 0.3, 0.5, 0.7, 1.2), in_family=0.9)
NOTHING = Posterior(0.0, (0.05, 0.5, 0.95), (0.0, 0.0, 0.0), in_family=0.9)


@pytest.mark.parametrize("posterior", [WIDE, NOTHING])
def test_each_of_fifty_dots_has_a_place_of_its_own(posterior):
    dots = stacked(posterior)
    assert len(dots) == DOTS
    assert not dots.duplicated(["value", "place"]).any()
    assert dots.inside.sum() == 46  # of levels 1, 3, ..., 99 %, those within 5 to 95 %


def test_half_of_the_dots_lie_on_either_side_of_the_median():
    assert np.median(stacked(WIDE).value) == pytest.approx(WIDE.median, abs=0.05)


def test_the_picture_bears_the_numbers_in_its_unit_and_the_truth_where_known():
    picture = to_svg(WIDE.to_bits().plot(truth=0.7))
    assert f"{WIDE.to_bits().median:.3f} bits" in picture
    assert "red: the truth" in picture
    assert "truth" not in to_svg(WIDE.plot())


def test_a_posterior_of_nothing_is_drawn_too():
    assert "0.000 nats" in to_svg(NOTHING.plot())
