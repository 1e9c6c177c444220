"""The shipped weights answer as they did: on any Python, with any NumPy."""

import numpy as np
import pytest

from tests.inference.reference import ANSWERS, NAMES, answers, datasets


def test_there_are_answers_of_all_shipped_weights():
    assert set(np.load(ANSWERS).files) == set(NAMES)
    assert len(datasets()) == 20


@pytest.mark.parametrize("weights", NAMES)
def test_answers_are_the_stored_ones(weights):
    # A millionth of a nat, or of the number: single precision has no more.
    np.testing.assert_allclose(answers(weights), np.load(ANSWERS)[weights], rtol=1e-6, atol=1e-6)
