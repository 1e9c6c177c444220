"""Datasets of one law: its own truth each time, other rows each time, and the same again."""

import itertools

import pandas as pd
import pytest
import torch

from mist_core.calibration.judge import follow
from mist_core.calibration.study import A_DRAW, OneLaw
from mist_core.distributions.shapes import SHAPES
from mist_core.errors import ParameterError
from mist_core.inference.estimator import general

RING = OneLaw("ring", (("noise", 0.2),), 1, 1, (), 60, 10, 3)


def test_every_dataset_has_the_truth_of_the_law_and_rows_of_its_own():
    batches = [batch for _, batch, _ in RING.draws()]
    assert [len(batch.x) for batch in batches] == [A_DRAW, A_DRAW, 2]
    truth = SHAPES["ring"].build(1, 1, noise=0.2).mutual_information()
    assert all((batch.mutual_information == truth).all() for batch in batches)
    x = torch.cat([batch.x for batch in batches])
    assert x.shape == (10, 60, 1) and len(x.flatten().unique()) == 600
    again = next(iter(RING.draws()))[1]
    torch.testing.assert_close(again.x, batches[0].x)


def test_transforms_bend_the_rows_and_leave_the_truth():
    plain = OneLaw("normal-dense", (), 2, 2, (), 20, 4)
    bent = OneLaw("normal-dense", (), 2, 2, ("half-cube",), 20, 4)
    (_, a, _), (_, b, _) = next(iter(plain.draws())), next(iter(bent.draws()))
    assert not torch.equal(a.x, b.x)
    torch.testing.assert_close(a.mutual_information, b.mutual_information)


def test_a_transform_that_does_not_fit_says_so():
    with pytest.raises(ParameterError):
        next(OneLaw("normal-dense", (), 2, 2, ("swiss-roll",), 20, 4).draws())


def test_it_is_judged_as_any_study():
    table = pd.concat(itertools.islice(follow(RING, general()), 2), ignore_index=True)
    assert set(table.family) == {"ring"} and set(table.n_samples) == {60}
    assert table.low.le(table.high).all()
