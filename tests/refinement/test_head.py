"""The head weighs what critics prove against what a network says."""

import numpy as np
import pytest
import torch

from mist_core.errors import JobError, WeightsError
from mist_core.networks.quantiles import LEVELS
from mist_core.refinement.evidence import NUMBERS
from mist_core.refinement.head import Answer, HeadConfig, RefineHead, load_head, read
from mist_core.training import head_fit
from mist_core.training.head_fit import Draws, fit, load_draws, scores


def draws(count: int, wrong: float = 0.3, seed: int = 0) -> Draws:
    """A bound that is right up to its error, and a network that is at times far off."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0, 2, count)
    rows = np.exp(rng.uniform(np.log(200), np.log(30_000), count))
    error = 1 / np.sqrt(rows)
    e = dict.fromkeys(NUMBERS, np.zeros(count)) | {"n_samples": rows, "deviation": np.ones(count)}
    e |= {"df": np.full(count, 4.0), "sample": np.full(count, 0.5), "standard_error": error}
    for name in ("bound", "plug_in", "bound_late", "train_late"):
        e[name] = truth + error * rng.standard_normal(count)
    centre = truth + 0.02 * rng.standard_normal(count) + (rng.random(count) < wrong) * 0.5
    quantiles = centre[:, None] + 0.02 * torch.special.ndtri(LEVELS.double()).numpy()
    told = np.concatenate([centre[:, None], np.full((count, 1), 0.5), quantiles], 1)
    return Draws(
        torch.from_numpy(np.stack([e[name] for name in NUMBERS], 1)).float(),
        torch.from_numpy(told[:, None]).float(),
        torch.from_numpy(truth).float(),
        torch.arange(count) // 4,
        np.array(["law"] * count),
        ("network",),
    )


def answer_of(draws: Draws) -> Answer:
    told = draws.answers[:, 0]
    return Answer(told[:, 0], told[:, 1], told[:, 2:])


@pytest.fixture(scope="module")
def fitted() -> tuple[RefineHead, list[dict]]:
    before = head_fit.STEPS
    head_fit.STEPS = 300
    found = fit(draws(1200), [1.0], HeadConfig(hidden_dim=32, members=2), 0, lambda line: None)
    head_fit.STEPS = before
    return found


def test_a_head_learns_when_the_network_is_wrong(fitted):
    head, told = fitted
    fresh = draws(600, seed=1)
    answer = answer_of(fresh)
    mean, quantiles = head(fresh.numbers, answer)
    network = scores(answer.quantiles, fresh.truth)
    assert (mean - fresh.truth).abs().mean() < 0.4 * network["mae"]
    assert 0.8 < scores(quantiles, fresh.truth)["coverage_90"] <= 1
    assert 0.8 < told[0]["coverage_90"] <= 1


def test_quantiles_ascend_and_are_never_negative(fitted):
    fresh = draws(200, seed=2)
    answer = answer_of(fresh)
    quantiles = fitted[0](fresh.numbers, answer)[1]
    assert (quantiles >= 0).all()
    assert (quantiles.diff(dim=1) >= 0).all()


def test_far_more_rows_than_were_trained_on_give_narrower_answers(fitted):
    few = draws(300, wrong=0.0, seed=3)
    numbers = few.numbers.clone()
    factor = 1e6 / numbers[:, NUMBERS.index("n_samples")]
    numbers[:, NUMBERS.index("n_samples")] = 1e6
    numbers[:, NUMBERS.index("standard_error")] /= factor.sqrt()
    answer = answer_of(few)
    before, after = (fitted[0](n, answer)[1] for n in (few.numbers, numbers))
    width = (q[:, -4] - q[:, 3] for q in (before, after))
    before, after = (w.median() for w in width)
    assert after < before


def test_the_reading_has_no_gaps_where_evidence_is_extreme():
    answer = Answer(torch.zeros(1), torch.zeros(1), torch.zeros(1, len(LEVELS)))
    for value in (0.0, -1e6, 1e6):
        numbers = torch.full((1, len(NUMBERS)), value)
        for name in ("n_samples", "df", "sample", "deviation"):
            numbers[0, NUMBERS.index(name)] = max(value, 1.0)
        assert read(numbers, answer).features.isfinite().all()


def test_other_weights_are_no_head():
    with pytest.raises(WeightsError, match=r"expected the head of `refine`"):
        load_head("weights/general.safetensors")


def test_draws_of_other_evidence_are_refused(tmp_path):
    path = tmp_path / "draws.npz"
    np.savez(path, about='{"numbers": ["bound"], "weights": ["general"]}')
    with pytest.raises(JobError, match="draw it anew"):
        load_draws(path, "general")
