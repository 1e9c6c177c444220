"""The benchmark scores what it says: fixed test grids, the truth, honest standard errors."""

import dataclasses
import json
import math
import platform

import numpy as np
import pandas as pd
import pytest
import torch

from mist_core import evaluation_command, speed
from mist_core.__main__ import COMMANDS, main
from mist_core.checkpoint import save_checkpoint
from mist_core.estimator import MISTEstimator
from mist_core.evaluation import (
    DRAWS,
    N_SAMPLES,
    REDRAWS,
    TEST_ENTROPY,
    Cell,
    grid_cells,
    quantile_columns,
    score_baseline,
    score_network,
)
from mist_core.evaluation_summary import clustered_mean, render, summarize
from mist_core.meta_distribution import source
from mist_core.model import LEVELS, MIST, MISTConfig, Network, Prediction, config_dict
from mist_core.runs import hardware

SMALL = [cell for cell in grid_cells(2) if cell.n_samples <= 36 and cell.dim <= 12]


class Averages(Network):
    """Predicts the average of x as the mean, and as quantiles the levels: easy to check."""

    def __init__(self):
        super().__init__()
        self.anchor = torch.nn.Parameter(torch.zeros(()))

    def prepare(self, x, y, *, soft=False):
        return {"average": x.mean((1, 2)) + y.mean((1, 2))}

    def collate(self, parts):
        raise NotImplementedError

    def in_family(self, inputs):
        raise NotImplementedError

    def forward(self, inputs):
        count = len(inputs["average"])
        return Prediction(inputs["average"], LEVELS.log().expand(count, -1))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    network = MIST(MISTConfig(hidden_dim=16, num_layers=1, encoder_dim=0))
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_checkpoint(path, network.state_dict(), {"config": config_dict(network), "meta": "paper"})
    return path


def scored(**columns) -> pd.DataFrame:
    """A table of perfect estimates with 90 % intervals from 0 to 2, one cell each row."""
    count = len(next(iter(columns.values())))
    table = pd.DataFrame(
        {"estimator": "e", "in_family": True, "family": "f", "redraw": 0, "dim": 2}
        | {
            "n_samples": range(10, 10 + count),
            "truth": 1.0,
            "mean": 1.0,
            "q0.05": 0.0,
            "q0.95": 2.0,
        }
        | columns
    )
    return table


def whole(table: pd.DataFrame, n: str = "all n") -> dict:
    """The record of all families together."""
    return next(r for r in summarize(table) if r["family"] is None and r["n"] == n)


def test_the_grids_are_the_published_ones_ten_times():
    cells = grid_cells()
    assert len(cells) == REDRAWS * (6 + 7) * 20
    assert N_SAMPLES[0] == 10 and N_SAMPLES[-1] == 500 and len(set(N_SAMPLES)) == 20
    assert {cell.dim for cell in cells} == set(range(2, 33))
    assert len({cell.family for cell in cells if cell.in_family}) == 6


def test_redraws_are_the_spawned_children_of_the_test_entropy():
    cell = grid_cells()[3 * 260 + 17]
    child = np.random.SeedSequence(TEST_ENTROPY).spawn(10)[3].spawn(260)[17]
    assert cell.dim == int(source(child).rng.integers(2, 33))


def test_fewer_redraws_are_the_first_ones():
    assert grid_cells(2) == grid_cells()[: 2 * 260]


def test_a_cell_always_draws_the_same_data_and_no_other_cell_does():
    cell = SMALL[0]
    twin = dataclasses.replace(cell, redraw=cell.redraw + 1)
    assert torch.equal(cell.draw().x, cell.draw().x)
    assert not torch.equal(cell.draw().x, twin.draw().x)


def test_rows_belong_to_their_dataset_and_its_truth():
    twin = dataclasses.replace(SMALL[0], redraw=REDRAWS)  # of one shape: they share a batch
    cells = [*SMALL[::7], twin]
    table = score_network(Averages(), cells)
    assert len(table) == DRAWS * len(cells)
    for cell in cells:
        data = cell.draw()
        rows = table[(table.redraw == cell.redraw) & (table.family == cell.family)]
        rows = rows[rows.n_samples == cell.n_samples].sort_values("draw")
        assert list(rows["draw"]) == list(range(DRAWS))
        averages = data.x.mean((1, 2)) + data.y.mean((1, 2))
        assert np.allclose(rows["mean"], averages, atol=1e-6)
        assert np.array_equal(rows["truth"], data.mutual_information)


def test_every_quantile_level_has_a_column():
    table = score_network(Averages(), SMALL[:1])
    assert {"q0.05", "q0.5", "q0.95"} <= set(quantile_columns()) <= set(table)
    assert (table["median"] == table["q0.5"]).all()
    assert table["q0.05"].iloc[0] < table["q0.95"].iloc[0]


def test_a_baseline_is_scored_on_the_same_datasets():
    mine, theirs = score_network(Averages(), SMALL[:3]), score_baseline("ksg", SMALL[:3])
    keys = ["redraw", "family", "n_samples", "dim", "draw", "truth"]
    pd.testing.assert_frame_equal(mine[keys], theirs[keys])
    assert theirs["mean"].notna().all() and theirs["failure"].isna().all()


def test_cca_counts_as_failed_where_rows_are_too_few():
    cell = Cell("normal-dense-base", True, redraw=0, n_samples=10, dim=4, number=0)
    wider = dataclasses.replace(cell, n_samples=11)
    assert score_baseline("cca", [cell])["failure"].str.contains("needs more than").all()
    assert score_baseline("cca", [wider])["mean"].notna().all()
    record = whole(score_baseline("cca", [cell, wider]).assign(estimator="cca"))
    assert (record["datasets"], record["failed"]) == (DRAWS, DRAWS)


def test_a_constant_error_is_the_bias_and_its_square_the_mse():
    record = whole(scored(mean=[1.3, 1.3, 1.3]))
    assert record["bias"] == pytest.approx(0.3)
    assert record["mse"] == pytest.approx(0.09)
    assert record["mse_se"] == pytest.approx(0.0, abs=1e-12)


def test_coverage_is_of_the_truth():
    record = whole(scored(truth=[1.0, 2.0, 2.1, -0.1]))
    assert record["coverage"] == 0.5


@pytest.mark.parametrize(
    ("n", "name"),
    [(100, "[10, 100]"), (101, "(100, 300]"), (300, "(100, 300]"), (301, "(300, 500]")],
)
def test_bins_of_n_include_their_upper_end(n, name):
    assert whole(scored(n_samples=[n]), name)["datasets"] == 1


def test_with_one_value_a_cluster_the_error_is_the_usual_one():
    values = pd.Series([1.0, 4.0, 2.0, 7.0])
    mean, error = clustered_mean(values, pd.DataFrame({"cell": range(4)}))
    assert mean == values.mean()
    assert error == pytest.approx(values.std() / math.sqrt(4))


def test_repeating_a_value_within_its_cluster_adds_no_certainty():
    values, clusters = pd.Series([1.0, 4.0, 2.0]), pd.DataFrame({"cell": range(3)})
    often = values.repeat(9).reset_index(drop=True)
    repeated = clusters.loc[np.repeat(range(3), 9)].reset_index(drop=True)
    assert clustered_mean(often, repeated) == pytest.approx(clustered_mean(values, clusters))


def test_undefined_scores_are_missing_not_nan():
    record = whole(scored(mean=[1.0]), "(300, 500]")
    assert record["datasets"] == 0 and record["mse"] is None and record["mse_se"] is None


def test_the_printed_table_marks_the_published_numbers():
    text = render(summarize(scored(mean=[1.0, 1.5, 2.0])))
    assert "MIST *" in text and "* published, own protocol" in text
    assert "0.417 ± 0.3" in text


def test_mtest_prints_and_stores_what_it_takes_to_repeat_it(weights, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(evaluation_command, "grid_cells", lambda n_redraws: SMALL[:4])
    monkeypatch.setattr(torch, "set_num_threads", lambda n: None)
    out = tmp_path / "run"
    assert main(["evaluate", "mtest", "--weights", str(weights), "--out", str(out)]) == 0
    assert "in-family" in capsys.readouterr().out
    text = (tmp_path / "run.json").read_text()
    summary = json.loads(text, parse_constant=pytest.fail)
    assert summary["weights"]["sha256"] == MISTEstimator.load(weights).sha256
    assert "--weights tiny" in summary["command"]
    assert str(tmp_path) not in text
    table = pd.read_parquet(tmp_path / "run.parquet")
    assert len(table) == DRAWS * 4 and (table.estimator == "mist").all()


def test_speed_is_stored_as_ratios_to_ksg(weights, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(speed, "BATCH", 3)
    command = ["evaluate", "speed", "--weights", str(weights), "--repeats", "1"]
    assert main([*command, "--out", str(tmp_path / "speed")]) == 0
    assert "of KSG" in capsys.readouterr().out
    measured = json.loads((tmp_path / "speed.json").read_text())["speed"]
    assert measured["ratios"]["single"] == measured["single"] / measured["ksg"]


def test_ratios_below_one_are_faster_than_ksg():
    ratios = speed.Speed(ksg=0.2, single=0.1, batched=0.025, repeats=5).ratios()
    assert ratios == {"single": 0.5, "batched": 0.125}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--weights", "nowhere"], "WeightsError: No weights named 'nowhere'"),
        (["--estimators", "kgs"], "ParameterError: Expected estimators among mist, ksg"),
    ],
)
def test_a_mistake_is_answered_with_one_sentence(arguments, sentence, capsys):
    assert main(["evaluate", "mtest", *arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_hardware_is_named_without_the_host():
    described = hardware()
    assert described["cpu"] and described["cores"] >= 1 and described["threads"] >= 1
    assert platform.node() not in described.values()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0 and command in capsys.readouterr().out
