"""The estimator answers alike however the same data come: alone, in a batch, in any container.

The network has random weights here: what is tested is the way from data to answers and back, which
no amount of training changes.
"""

import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

import mist_core
from mist_core import InputError, MISTEstimator, ParameterError, WeightsError
from mist_core.checkpoint import save_checkpoint
from mist_core.inference import batching, loading
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.registry import config_dict

TOLERANCE = 1e-5
TINY = MISTConfig(hidden_dim=32, num_layers=1, encoder_dim=8, encoder_rows=32)


def random_weights(folder, config):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = MIST(config)
        # The head starts small and the encoder muted: louder, so that a difference is heard.
        torch.nn.init.normal_(network.fuse.weight, std=0.1)
        torch.nn.init.normal_(network.head.out.weight, std=0.1)
    card = {"config": config_dict(network), "meta": "random"}
    save_checkpoint(folder / "random.safetensors", network.state_dict(), card)
    return folder / "random.safetensors"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return random_weights(tmp_path_factory.mktemp("weights"), TINY)


@pytest.fixture(scope="module")
def mist(weights):
    return MISTEstimator.load(weights, device="cpu")


def correlated(n, dim_x=1, dim_y=1, seed=0):
    rng = np.random.default_rng(seed)
    x, noise = rng.standard_normal((n, dim_x)), rng.standard_normal((n, dim_y))
    return x, x[:, :1] + noise


def same(first, second, tolerance=TOLERANCE):
    assert first.mean == pytest.approx(second.mean, abs=tolerance)
    assert first.quantiles == pytest.approx(second.quantiles, abs=tolerance)
    assert first.in_family == pytest.approx(second.in_family, abs=0.01)


def test_different_data_get_different_answers(mist):
    assert mist.estimate(*correlated(60)) != pytest.approx(mist.estimate(*correlated(60, 3, 2)))


def test_the_estimate_is_the_mean_of_the_posterior_in_nats(mist):
    posterior = mist.posterior(*correlated(60, 2, 3))
    assert posterior.unit == "nats"
    assert mist.estimate(*correlated(60, 2, 3)) == posterior.mean


def test_the_same_data_give_the_same_answer_to_the_last_bit(mist, weights):
    data = correlated(60, 2, 3)
    assert mist.posterior(*data) == mist.posterior(*data)
    assert MISTEstimator.load(weights, device="cpu").posterior(*data) == mist.posterior(*data)


def test_a_batch_of_pairs_answers_as_each_pair_alone(mist):
    shapes = [(40, 1, 1), (40, 2, 3), (4, 1, 1), (40, 1, 1), (55, 2, 3), (40, 2, 3), (40, 1, 1)]
    pairs = [correlated(*shape, seed=seed) for seed, shape in enumerate(shapes)]
    together = mist.posteriors(pairs)
    assert len(together) == len(pairs)
    for pair, answer in zip(pairs, together, strict=True):
        same(answer, mist.posterior(*pair))


@pytest.mark.parametrize("limit", ["BATCH_NUMBERS", "WAITING_NUMBERS"])
def test_batches_of_any_size_answer_alike(mist, monkeypatch, limit):
    pairs = [correlated(40 + seed % 2, 2, 1, seed=seed) for seed in range(8)]
    together = mist.posteriors(pairs)
    monkeypatch.setattr(batching, limit, 1)
    for one, other in zip(mist.posteriors(pairs), together, strict=True):
        same(one, other)


def test_pairs_may_come_from_a_generator_and_there_may_be_none(mist):
    assert len(mist.posteriors(correlated(20, seed=seed) for seed in range(3))) == 3
    assert mist.posteriors([]) == []


def test_one_axis_is_one_column(mist):
    x, y = correlated(50)
    assert mist.posterior(x[:, 0], y[:, 0]) == mist.posterior(x, y)


@pytest.mark.parametrize(
    "hold",
    [torch.tensor, pd.DataFrame, np.ndarray.tolist, np.asfortranarray],
    ids=["torch", "pandas", "lists", "Fortran order"],
)
def test_every_container_gives_the_same_answer(mist, hold):
    x, y = correlated(50, 3, 2)
    assert mist.posterior(hold(x), hold(y)) == mist.posterior(x, y)


def test_x_and_y_may_come_in_different_containers(mist):
    x, y = correlated(50)
    assert mist.posterior(pd.Series(x[:, 0]), torch.tensor(y)) == mist.posterior(x, y)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_data_and_weights_may_live_on_different_devices(mist, weights):
    x, y = correlated(50, 3, 2)
    on_gpu = MISTEstimator.load(weights, device="cuda")
    same(on_gpu.posterior(x, torch.tensor(y)), mist.posterior(x, y), tolerance=1e-3)
    same(mist.posterior(torch.tensor(x).cuda(), y), mist.posterior(x, y))


def test_renamed_classes_give_the_same_answer(mist):
    x, y = correlated(60)
    words = np.array(["low", "middle", "high"])[np.digitize(y[:, 0], [-1, 1])]
    renamed = pd.Series(words).map({"low": "zebra", "middle": "ant", "high": "fox"})
    answer = mist.posterior(x, words)
    assert mist.posterior(x, renamed) == answer
    assert mist.posterior(x, renamed.astype("category")) == answer
    assert mist.posterior(x, np.digitize(y[:, 0], [-1, 1]), types={"y": "class"}) == answer
    assert mist.posteriors([(x, np.digitize(y[:, 0], [-1, 1]))], types={"y": "class"}) == [answer]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: np.ones_like(x),
        lambda x: np.hstack([x, x, np.zeros_like(x)]),
        lambda x: np.round(x),
        lambda x: x > 0,
        lambda x: 1e9 + 1e-3 * x,
        lambda x: np.sign(x) * np.abs(x) ** 40,
        lambda x: x[:4],
    ],
    ids=["constant", "duplicated", "tied", "boolean", "offset", "heavy tails", "four rows"],
)
def test_degenerate_data_get_a_finite_answer(mist, spoil):
    x, y = correlated(40)
    spoilt = spoil(x)
    posterior = mist.posterior(spoilt, y[: len(spoilt)])
    assert posterior.mean >= 0 and np.all(np.isfinite(posterior.quantiles))
    assert np.isfinite(posterior.mean) and 0 <= posterior.in_family <= 1


def test_bad_input_is_refused_and_its_place_among_the_pairs_named(mist):
    x, y = correlated(40)
    with pytest.raises(InputError, match="x has 40 rows and y has 39"):
        mist.posterior(x, y[1:])
    with pytest.raises(InputError, match="Pair 1: x has 40 rows and y has 39"):
        mist.posteriors([(x, y), (x, y[1:])])


def test_threads_may_share_an_estimator(mist):
    pairs = [correlated(60, 2, 2, seed=seed) for seed in range(4)]
    expected, found = [mist.posterior(*pair) for pair in pairs], {}

    def answer(place):
        found[place] = mist.posterior(*pairs[place])

    threads = [threading.Thread(target=answer, args=(place,)) for place in range(len(pairs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for place, posterior in found.items():
        same(posterior, expected[place])


def test_nothing_global_changes(weights):
    before = torch.get_num_threads(), torch.random.get_rng_state(), np.random.get_state()[1].copy()
    MISTEstimator.load(weights).posterior(*correlated(40))
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.random.get_rng_state(), before[1])
    assert np.array_equal(np.random.get_state()[1], before[2])
    assert torch.is_grad_enabled()


class TestDifferentiableEstimate:
    def test_it_is_a_scalar_close_to_the_estimate(self, mist):
        x, y = map(torch.tensor, correlated(300, 2, 2))
        value = mist.mutual_information(x, y)
        assert value.shape == ()
        assert value.item() == pytest.approx(mist.estimate(x, y), rel=0.2)

    def test_its_gradient_is_the_slope_where_no_statistic_counts(self, tmp_path):
        counting = ("grids", "neighbours", "pairs", "dimensions", "circles")
        blocks = tuple(name for name in TINY.blocks if not name.startswith(counting))
        mist = MISTEstimator.load(random_weights(tmp_path, replace(TINY, blocks=blocks)))
        # Fewer rows than the encoder's subsample: a swap of ranks cannot exchange rows.
        x, y = map(torch.tensor, correlated(30, 2, 1))
        direction = torch.tensor(correlated(30, 2, 1, seed=1)[0])
        step = torch.zeros((), dtype=torch.float64, requires_grad=True)
        mist.mutual_information(x + step * direction, y).backward()
        ahead, behind = (mist.mutual_information(x + h * direction, y) for h in (3e-3, -3e-3))
        assert step.grad.item() == pytest.approx((ahead - behind).item() / 6e-3, rel=0.02)

    def test_both_sides_get_a_gradient(self, mist):
        x, y = (torch.tensor(side, requires_grad=True) for side in correlated(50))
        mist.mutual_information(x[:, 0], y[:, 0]).backward()
        for side in (x, y):
            assert torch.isfinite(side.grad).all() and side.grad.abs().max() > 0

    def test_a_constant_column_gets_a_zero_gradient_and_spoils_no_other(self, mist):
        x, y = map(torch.tensor, correlated(50, 2, 1))
        x = torch.cat([x, torch.ones(50, 1)], 1).requires_grad_()
        mist.mutual_information(x, y).backward()
        assert torch.isfinite(x.grad).all() and x.grad[:, :2].abs().max() > 0
        assert not x.grad[:, 2].any()

    def test_weights_get_none(self, mist):
        x, y = (torch.tensor(side, requires_grad=True) for side in correlated(50))
        mist.mutual_information(x, y).backward()
        assert all(parameter.grad is None for parameter in mist.network.parameters())

    def test_it_wants_tensors(self, mist):
        with pytest.raises(InputError, match="expects torch tensors"):
            mist.mutual_information(*correlated(50))


class TestLoading:
    def test_weights_come_by_name_or_by_path(self, weights, monkeypatch):
        monkeypatch.setattr(loading, "WEIGHTS", weights.parent)
        by_name = MISTEstimator.load("random")
        assert by_name.sha256 == MISTEstimator.load(weights).sha256
        assert by_name.card["meta"] == "random" and by_name.device.type in ("cpu", "cuda")

    def test_an_unknown_name_lists_the_known_ones(self, weights, monkeypatch):
        monkeypatch.setattr(loading, "WEIGHTS", weights.parent)
        with pytest.raises(WeightsError, match=r"No weights named 'best' in .*there are: random"):
            MISTEstimator.load("best")

    @pytest.mark.parametrize("path", ["nowhere/best", "best.safetensors", "./best.safetensors"])
    def test_a_missing_path_is_named(self, path):
        with pytest.raises(WeightsError, match=r"best.*cannot be read \(No such file"):
            MISTEstimator.load(path)

    @pytest.mark.parametrize("device", ["abacus", "meta", "cuda:99"])
    def test_a_device_that_is_not_here_is_refused(self, weights, device):
        with pytest.raises(ParameterError, match=device):
            MISTEstimator.load(weights, device=device)

    def test_it_prints_what_it_is(self, mist):
        assert repr(mist) == f"MISTEstimator(meta 'random', sha256 {mist.sha256[:12]})"


def test_it_runs_in_the_benchmark_of_bmi(mist, tmp_path):
    benchmark = pytest.importorskip("bmi.benchmark")
    from bmi.utils import save_sample

    x, y = correlated(50, 2, 2)
    save_sample(tmp_path / "sample.csv", x, y)
    result = benchmark.run_estimator(mist, "mist", tmp_path / "sample.csv", "task", seed=0)
    result.dump(tmp_path / "result.yaml")
    assert result.success, result.additional_information
    assert result.mi_estimate == pytest.approx(mist.estimate(x, y), abs=1e-4)
    assert result.additional_information["low"] <= result.additional_information["high"]
    assert mist.parameters().dict() == {"meta": "random", "sha256": mist.sha256}


def test_importing_the_core_imports_neither_jax_nor_bmi_nor_streamlit():
    program = "import sys, mist_core; print(*{'jax', 'bmi', 'streamlit'} & set(sys.modules))"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == ""


def test_the_package_offers_what_it_documents():
    assert all(hasattr(mist_core, name) for name in mist_core.__all__)
