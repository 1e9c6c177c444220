"""Calibration studies: the laws asked for, the truth beside each interval, an honest PIT."""

import functools

import numpy as np
import pandas as pd
import pytest
import torch

from mist_core.benchmarks.baselines.resampling import RESAMPLED
from mist_core.calibration import study
from mist_core.calibration.judge import CLASSIC, MIST, follow, pit
from mist_core.calibration.stored import BINS
from mist_core.calibration.study import LAWS, Study
from mist_core.checkpoint import save_checkpoint
from mist_core.errors import ParameterError
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.networks.mist import MIST as Network
from mist_core.networks.mist import MISTConfig
from mist_core.networks.quantiles import LEVELS
from mist_core.networks.registry import config_dict
from mist_core.paths import RESULTS
from mist_core.priors.general import INDEPENDENCE
from mist_core.priors.paper import PAPER_IN_FAMILY

QUANTILES = tuple(np.maximum(np.linspace(-0.3, 1, len(LEVELS)), 0))
ATOM = Posterior(0.2, tuple(LEVELS.double().tolist()), QUANTILES, in_family=1.0)
SMALL = functools.partial(Study, rows=(12, 40), dims=(2, 3), n_datasets=20)


@pytest.fixture(scope="module")
def estimator(tmp_path_factory) -> MISTEstimator:
    """Random weights: what is tested here holds for any."""
    torch.manual_seed(0)
    network = Network(MISTConfig(hidden_dim=16, num_layers=1, encoder_dim=0))
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_checkpoint(path, network.state_dict(), {"config": config_dict(network), "meta": "paper"})
    return MISTEstimator.load(path)


def test_the_ten_line_recount_of_a_stored_run_gives_its_coverage():
    for path in set(RESULTS.glob("calibration-*.parquet")) - {RESULTS / f"{BINS}.parquet"}:
        rows = pd.read_parquet(path)
        rows = rows[(rows.method == "mist") & (rows.truth > 0)]
        for coverage in (0.1, 0.3, 0.5, 0.7, 0.9):
            low, high = (rows[f"q{(1 + side * coverage) / 2:.3g}"] for side in (-1, 1))
            held = (low <= rows.truth) & (rows.truth <= high)
            by_pit = (rows.pit - 0.5).abs() <= coverage / 2 + 1e-6
            assert held.mean() == pytest.approx(by_pit.mean(), abs=0.002)
        assert held.mean() == pytest.approx(rows.truth.between(rows.low, rows.high).mean())


@pytest.mark.parametrize("laws", LAWS)
def test_every_choice_of_laws_draws_inside_its_ranges(laws):
    first, batch, _ = next(SMALL(laws, dims=(1 if "general" in laws else 2, 4)).draws())
    assert first == 0
    assert 12 <= batch.x.shape[1] <= 40
    assert max(batch.x.shape[2], batch.y.shape[2]) <= 4
    assert (batch.mutual_information >= 0).all()


def test_a_single_family_is_drawn_alone_or_independent():
    names = {name for _, b, _ in SMALL("general ring", dims=(1, 4)).draws() for name in b.families}
    assert "ring" in names <= {"ring", INDEPENDENCE}
    names = {name for _, b, _ in SMALL("paper additive-base").draws() for name in b.families}
    assert names == {"additive-base"}


def test_the_in_family_choice_is_the_published_one():
    draws = SMALL("paper in-family", n_datasets=100).draws()
    assert {name for _, batch, _ in draws for name in batch.families} == set(PAPER_IN_FAMILY)


def test_equal_studies_draw_equal_datasets_and_other_seeds_others():
    same, again, other = (
        next(SMALL("general", dims=(1, 4), seed=seed).draws())[1] for seed in (1, 1, 2)
    )
    assert torch.equal(same.x, again.x)
    assert same.x.shape != other.x.shape or not torch.equal(same.x, other.x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"laws": "nonsense"}, "Expected laws among paper in-family"),
        ({"rows": (40, 12)}, "range of rows must rise from 4 or more; got 40 to 12"),
        ({"rows": (3, 12)}, "range of rows"),
        ({"dims": (1, 3)}, "range of dims must rise from 2"),
        ({"n_datasets": 0}, "at least one dataset"),
    ],
)
def test_bad_choices_get_one_sentence(change, message):
    good = {"laws": "paper in-family", "rows": (12, 40), "dims": (2, 3), "n_datasets": 20}
    with pytest.raises(ParameterError, match=message):
        Study(**good | change)


def test_laws_that_do_not_fit_the_ranges_get_one_sentence(monkeypatch):
    with pytest.raises(ParameterError, match=r"at most 1 columns .* widen the ranges"):
        next(SMALL("general product", dims=(1, 1)).draws())
    monkeypatch.setattr(study, "MOST_TRIES", 2)
    with pytest.raises(ParameterError, match=r"None of 2 draws .* widen the ranges"):
        next(SMALL("general ring", rows=(39, 39), dims=(60, 60)).draws())


def test_each_dataset_is_judged_once_and_peers_see_the_same_ones(estimator):
    table = pd.concat(follow(SMALL("paper in-family"), estimator, estimator, 3))
    ours = table[table.method == MIST].set_index("number")
    assert list(ours.index) == list(range(20))
    for method in (CLASSIC, *RESAMPLED):
        theirs = table[table.method == method].set_index("number")
        assert len(theirs) == 3
        assert (theirs.truth == ours.truth[theirs.index]).all()
    answers = ours.loc[theirs.index, ["low", "high"]].to_numpy()
    twins = table[table.method == CLASSIC][["low", "high"]].to_numpy()
    assert np.allclose(answers, twins)  # the same weights on the same data


def test_columns_that_the_published_architecture_cannot_take_are_a_failure_of_its_own(estimator):
    classic = MISTEstimator.load("classic")
    wide = Study("general gaussian", rows=(20, 30), dims=(40, 64), n_datasets=4)
    table = pd.concat(follow(wide, estimator, classic, 4))
    theirs = table[table.method == CLASSIC]
    assert len(theirs) > 0 and theirs.failure.str.contains("at most 32 columns").all()
    assert table[table.method == MIST].low.notna().all()


def test_the_pit_of_a_quantile_is_its_level():
    for level in (0.3, 0.5, 0.77, 0.95):
        assert pit(QUANTILES, float(ATOM.quantile(level)), 0.5) == pytest.approx(level, abs=1e-6)


def test_truths_drawn_from_the_posterior_have_a_uniform_pit_in_spite_of_the_atom():
    rng = np.random.default_rng(0)
    values = [pit(QUANTILES, float(ATOM.quantile(u)), rng.random()) for u in rng.random(4000)]
    assert 0.15 < np.mean([v <= 0.2 for v in values]) < 0.25
    counts, _ = np.histogram(values, bins=10, range=(0, 1))
    assert (np.abs(counts / 4000 - 0.1) < 0.02).all()
