"""Parameters of laws come from anywhere and belong to the law afterwards."""

import numpy as np
import pytest

from mist_core.distributions.elliptical import Multinormal


@pytest.mark.parametrize("writeable", [True, False])
def test_a_law_keeps_its_parameters_whatever_becomes_of_the_array(writeable):
    covariance = np.array([[1.0, 0.8], [0.8, 1.0]])
    view = covariance.view()
    view.flags.writeable = writeable  # pandas hands out arrays that must not be written to
    law = Multinormal(view, 1)
    covariance[:] = np.eye(2)
    assert law.mutual_information().item() == pytest.approx(-0.5 * np.log(1 - 0.8**2))
