"""Times are taken in turn, without the warm-up, and who is too slow is left out and says so."""

import json

import pandas as pd
import pytest

from mist_core.__main__ import main
from mist_core.benchmarks import speed, speed_scores
from mist_core.benchmarks.base import Answer, Estimator
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.speed import ONE, Timed, measure_table, time_in_turn
from mist_core.benchmarks.speed_scores import growth, render_table


class Clock(Estimator):
    """An estimator whose time is a power of n; the first call at a shape is much slower."""

    identity = "1"

    def __init__(self, exponent: float, failure: str | None = None):
        self.exponent, self.failure, self.calls = exponent, failure, []
        self.name = f"n^{exponent}"
        self.timed = Timed(self, ONE)

    def answer(self, datasets):
        shape = tuple(datasets[0].x.shape)
        warm = shape in self.calls
        self.calls.append(shape)
        seconds = 1e-6 * shape[0] ** self.exponent * (1 if warm else 100)
        return [Answer(None if self.failure else 1.0, seconds, self.failure)]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "rows")


ROWS = (100, 1000, 4000)


def test_the_exponent_of_growth_is_found(journal):
    clocks = [Clock(1.0), Clock(2.0)]
    table = measure_table([c.timed for c in clocks], journal, rows=ROWS, dims=(1,), repeats=2)
    slopes = {r["estimator"]: r["exponent"] for r in growth(table)}
    assert slopes == {"n^1.0": pytest.approx(1.0), "n^2.0": pytest.approx(2.0)}
    assert "2.00" in render_table(table, growth(table))


def test_the_warm_up_is_not_counted(journal):
    clock = Clock(1.0)
    table = measure_table([clock.timed], journal, rows=(100,), dims=(2,), repeats=3)
    assert table.seconds[0] == pytest.approx(1e-4)
    assert table.repeats[0] == 3 and len(clock.calls) == 4


def test_one_shape_timed_again_is_a_row_of_the_table(journal):
    clock = Clock(1.0)
    table = measure_table([clock.timed], journal, rows=(100,), dims=(2,), repeats=3)
    ((_, again),) = time_in_turn([clock.timed], 2, 100, repeats=3)
    assert again["seconds"] == table.seconds[0] and again["repeats"] == 3


def test_who_would_take_too_long_is_left_out(journal):
    clock = Clock(2.0)
    table = measure_table([clock.timed], journal, rows=ROWS, dims=(1,), limit=2)
    assert list(table.seconds.notna()) == [True, True, False]
    assert table.failure[2].startswith("Left out: it would take about")
    assert (4000, 1) not in clock.calls


def test_a_failure_stands_in_its_cell(journal):
    table = measure_table([Clock(1.0, failure="no").timed], journal, rows=(100,), dims=(1,))
    assert table.failure[0] == "no" and pd.isna(table.seconds[0])
    assert "n = 100: no" in render_table(table, growth(table))


def test_shapes_that_are_finished_are_not_timed_again(tmp_path):
    first, second = Clock(1.0), Clock(1.0)
    measure_table([first.timed], Journal(tmp_path / "rows"), rows=(100,), dims=(1, 2))
    measure_table([second.timed], Journal(tmp_path / "rows"), rows=(100,), dims=(1, 2))
    assert first.calls and second.calls == []


@pytest.mark.bmi
def test_speed_is_stored_as_a_table_and_as_ratios_to_ksg(
    tiny_weights, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(speed_scores, "BATCH", 3)
    monkeypatch.setattr(speed, "BATCH", 3)
    monkeypatch.setattr(speed, "PEERS", ("ksg", "cca", "sklearn-ksg"))
    command = ["evaluate", "speed", "--repeats", "1", "--rows", "20,40", "--dims", "1,2"]
    command += ["--weights", str(tiny_weights), "--out", str(tmp_path / "speed.parquet")]
    assert main(command) == 0
    assert "of KSG" in capsys.readouterr().out
    stored = json.loads((tmp_path / "speed.json").read_text())
    measured = stored["speed"]
    assert measured["ratios"]["single"] == measured["single"] / measured["ksg"]
    table = pd.read_parquet(tmp_path / "speed.parquet")
    assert set(table.estimator) == {"mist-tiny", "ksg", "cca", "sklearn-ksg"}
    assert set(table.task) == {"one estimate", "a batch"} and len(table) == 5 * 4
    wide = table[(table.estimator == "sklearn-ksg") & (table.dim_x == 2)]
    assert wide.failure.str.contains("single columns").all()
    assert table[table.failure.isna()].seconds.gt(0).all()


def test_ratios_below_one_are_faster_than_ksg():
    ratios = speed_scores.Speed(ksg=0.2, single=0.1, batched=0.025, batch=256, repeats=5).ratios()
    assert ratios == {"single": 0.5, "batched": 0.125}
