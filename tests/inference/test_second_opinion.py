"""What is heard beside a network: nothing where both agree, and the rows where it is astray."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from mist_core import MISTEstimator
from mist_core.checkpoint import save_checkpoint
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import WeightsError
from mist_core.inference.second_opinion import PAIRS, heard, heard_refined
from mist_core.inference.second_opinion_given import GIVEN, heard_given
from mist_core.networks.quantiles import LEVELS, MEDIAN, OFFSET, Prediction, level_weights
from mist_core.networks.second_opinion import (
    SecondOpinion,
    SecondOpinionConfig,
    load_second_opinion,
    weighed,
)
from mist_core.paths import SECOND_OPINION, SECOND_OPINION_GIVEN, WEIGHTS
from mist_core.priors.general import General
from mist_core.refinement.evidence import Evidence
from mist_core.refinement.refine import Refined
from mist_core.statistics import neighbours_given
from mist_core.statistics.second_opinion import LEAST_ROWS, MOST_COLUMNS, read
from mist_core.statistics.summary import Pair, views
from mist_core.statistics.triple import triple
from mist_core.training.second_opinion_draws import LESSONS, drawn
from mist_core.training.second_opinion_fit import fit

HEARD = {"new": SecondOpinionConfig().new, "shared": SecondOpinionConfig().shared}


def told(median: float, spread: float) -> Prediction:
    """One answer whose ln(MI + OFFSET) is normal."""
    quantiles = math.log(median + OFFSET) + spread * torch.special.ndtri(LEVELS)[None]
    mean = ((quantiles.exp() - OFFSET) * level_weights()).sum(-1)
    return Prediction(mean, quantiles, torch.tensor([0.8]))


def test_where_both_agree_the_network_has_the_word():
    own = told(0.5, 0.03)
    both = weighed(own, told(0.51, 0.05).log_quantiles, **HEARD)
    torch.testing.assert_close(both.quantiles[:, 3:-3], own.quantiles[:, 3:-3], atol=0.008, rtol=0)
    assert both.mean.item() == pytest.approx(own.mean.item(), abs=0.005)
    assert both.in_family.item() == own.in_family.item()


def test_a_network_far_outside_what_the_rows_allow_is_not_heard():
    own, other = told(0.2, 0.03), told(0.9, 0.03)
    both = weighed(own, other.log_quantiles, **HEARD)
    assert both.quantiles[0, MEDIAN].item() == pytest.approx(0.9, abs=0.02)
    assert both.mean.item() == pytest.approx(0.9, abs=0.03)
    assert both.in_family.item() < 0.05


def test_a_second_opinion_that_knows_little_moves_nothing():
    own = told(0.2, 0.03)
    both = weighed(own, told(0.5, 1.5).log_quantiles, **HEARD)
    assert both.quantiles[0, MEDIAN].item() == pytest.approx(0.2, abs=0.003)


def test_the_quantiles_of_both_together_ascend():
    generator = torch.Generator().manual_seed(0)
    own, other = torch.randn(2, 200, len(LEVELS), generator=generator).sort(-1).values
    prediction = Prediction(own.exp().mean(-1), own, torch.rand(200, generator=generator))
    assert (weighed(prediction, other, **HEARD).log_quantiles.diff(dim=-1) >= 0).all()


@pytest.mark.parametrize(
    ("rows", "columns", "step"), [(LEAST_ROWS - 1, 1, 0), (2000, MOST_COLUMNS // 2 + 1, 0)]
)
def test_of_few_rows_and_of_many_columns_the_network_answers_alone(rows, columns, step):
    x, y = torch.randn(2, 1, rows, columns, generator=torch.Generator().manual_seed(1))
    own = told(0.2, 0.03)
    assert heard(own, Pair(x, y)) is own


def test_of_tied_values_the_network_answers_alone():
    x, y = torch.randn(2, 1, 2000, 1, generator=torch.Generator().manual_seed(1))
    own = told(0.7, 0.03)
    alone = heard(own, Pair(x.round(decimals=1), y))
    torch.testing.assert_close(alone.log_quantiles, own.log_quantiles)
    assert (heard(own, Pair(x, y)).quantiles[:, MEDIAN] < 0.4).all()


def test_a_refined_answer_is_weighed_alike_and_keeps_its_evidence():
    x, y = torch.randn(2, 2000, 1, generator=torch.Generator().manual_seed(1))
    own = told(0.7, 0.03)
    evidence = Evidence(0.1, 0.01, 10, 1.0, False)
    found = Refined(own.mean.item(), tuple(own.quantiles[0].tolist()), evidence)
    both = heard_refined(found, 0.8, x, y)
    assert both.mean < 0.4 and both.evidence is evidence
    assert heard_refined(found, 0.8, x[: LEAST_ROWS - 1], y[: LEAST_ROWS - 1]) is found


def test_the_statistics_know_neither_order_nor_side():
    x, y = torch.randn(2, 1, 2000, 2, generator=torch.Generator().manual_seed(2)).double()
    y = x + y
    order = torch.randperm(2000, generator=torch.Generator().manual_seed(3))
    plain = read(views(x, y))[0]
    torch.testing.assert_close(read(views(x[:, order], y[:, order]))[0], plain)
    torch.testing.assert_close(read(views(y, x))[0], plain, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(read(views(x.exp(), y.pow(3)))[0], plain)


def test_answers_of_a_network_under_laws_new_to_it_come_nearer():
    """Networks of the published laws, asked about boards, squares and mixtures."""
    laws = General(
        rows=(2500, 3500), dims=2, blocks=("checkerboard", "square", "mixture"), published=0.0
    )
    estimator = MISTEstimator.load(WEIGHTS / "paper.safetensors")
    alone, together = [], []
    for index in range(6):
        batch = laws.draw(8, source(stream(3, "validation", index)))
        with torch.inference_mode():
            own = estimator.network(estimator.network.prepare(batch.x, batch.y))
        both = heard(own, Pair(batch.x, batch.y))
        for errors, prediction in ((alone, own), (together, both)):
            errors.append((prediction.mean - batch.mutual_information).abs().mean().item())
    assert np.mean(together) < np.mean(alone) / 2


def test_a_damaged_file_or_that_of_another_subject_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_checkpoint(path, {"a": torch.zeros(1)}, {"config": {"architecture": "mist"}})
    for wrong in (path, SECOND_OPINION_GIVEN):
        with pytest.raises(WeightsError, match="expected second-opinion weights"):
            load_second_opinion(wrong, PAIRS)
    assert isinstance(load_second_opinion(SECOND_OPINION, PAIRS), SecondOpinion)
    assert isinstance(load_second_opinion(SECOND_OPINION_GIVEN, GIVEN), SecondOpinion)


def sides(rows: int, columns: int = 1) -> list[torch.Tensor]:
    """X and Y that follow Z and are bound by what it leaves of them; (1, rows, columns) each."""
    z, e, f = torch.randn(3, 1, rows, columns, generator=torch.Generator().manual_seed(4)).double()
    return [torch.sin(2 * z) + e, e.square() + 0.5 * f + z, z]


@pytest.mark.parametrize(("rows", "columns"), [(neighbours_given.LEAST_ROWS - 1, 1), (400, 3)])
def test_given_z_of_few_rows_and_of_many_columns_the_head_answers_alone(rows, columns):
    own = told(0.2, 0.03)
    assert heard_given(own, triple(*sides(rows, columns))) is own


def test_given_z_of_rows_in_time_and_of_tied_values_the_head_answers_alone():
    own, (x, y, z) = told(0.2, 0.03), sides(600)
    assert heard_given(own, triple(x, y, z, ordered=True)) is own
    alone = heard_given(own, triple(x, y, z.round(decimals=1)))
    torch.testing.assert_close(alone.log_quantiles, own.log_quantiles)
    assert (heard_given(own, triple(x, y, z)).quantiles[:, MEDIAN] > 0.4).all()


def test_statistics_given_z_know_neither_order_nor_side_nor_increasing_maps():
    x, y, z = sides(600)
    order = torch.randperm(600, generator=torch.Generator().manual_seed(3))
    plain = neighbours_given.read(triple(x, y, z))[0]
    assert plain.shape == (1, GIVEN.num_features)
    others = [
        (x[:, order], y[:, order], z[:, order]),
        (y, x, z),
        (x.exp(), y.pow(3), z.exp()),
    ]
    for other in others:
        torch.testing.assert_close(
            neighbours_given.read(triple(*other))[0], plain, atol=1e-4, rtol=1e-4
        )


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_second_opinion_is_trained_alike_whoever_draws(lesson):
    draws = [drawn(lesson, 8, 3, jobs, lambda one: None) for jobs in (1, 2)]
    torch.testing.assert_close(draws[0].statistics, draws[1].statistics)
    assert set(sum(draws[0].kinds, ())) <= {*lesson.kinds, "independent"}
    many = draws[0].part(np.resize(np.arange(len(draws[0].truth)), 2000))
    many = replace(many, kinds=(("independent",),) * 2000)  # which every member learns from
    network, scores = fit(lesson, many, SecondOpinionConfig(members=1, hidden_dim=8), 1)
    assert network.subject is lesson.subject
    assert {columns for columns in scores} <= {"2", "3 to 5", "6 to 8"}
