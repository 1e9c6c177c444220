"""What a study shows is what its rows say: shares, their chance, fair comparisons, plain words."""

import re

import numpy as np
import pandas as pd
import pytest

from mist_core.calibration import bins, methods, summary, text
from mist_core.calibration import stored as stored_studies
from mist_core.calibration.figures import shape_chart
from mist_core.calibration.findings import beside, findings, grids, method_table
from mist_core.calibration.judge import MIST
from mist_core.calibration.summary import in_unit
from mist_core.charts import to_svg

CHARTED = {"reliability", "pit", "strip", "width", "shapes", "laws"}


def study(count: int, *, width: float = 0.9, family: str = "ring", **columns) -> pd.DataFrame:
    """Truths at 1 with evenly spread PIT, inside their 90 % interval in `width` of the cases."""
    pit = (np.arange(count) + 0.5) / count
    shift = (pit - 0.5) / (width / 2)  # the interval's half width is 1
    rows = {
        "method": MIST,
        "number": range(count),
        "family": family,
        "laws": [family.split("+")] * count,
        "n_samples": np.linspace(10, 500, count).astype(int),
        "dim_x": 1 + np.arange(count) % 3,
        "dim_y": 2,
        "truth": 1.0,
        "low": np.maximum(0.0, -shift),
        "high": 2.0 - shift,
        "pit": 0.5 + (pit - 0.5) * 0.9 / width,
    }
    return pd.DataFrame(rows | columns)


def peers(rows: pd.DataFrame, offset: float) -> pd.DataFrame:
    """Point intervals off the truth by so much, on every other dataset; half of them failed."""
    seen = rows.iloc[::2].assign(method="ksg-bootstrap", low=rows.truth + offset)
    seen["high"] = seen.low
    seen.loc[seen.index[::2], ["low", "high"]] = np.nan
    return pd.concat([rows, seen], ignore_index=True)


def test_even_pit_is_on_the_diagonal_and_inside_every_band():
    table = summary.reliability(study(1000))
    assert len(table) == 19
    assert np.allclose(table.empirical, table.nominal, atol=0.002)
    assert table.inside.all() and summary.pit_histogram(study(1000)).inside.all()


def test_intervals_too_narrow_fall_below_the_diagonal():
    table = summary.reliability(study(1000, width=0.6))
    assert (table.empirical < table.nominal).all()
    assert not table.inside.any()
    assert "less than they claim" in text.about_reliability(table)


def test_the_band_is_the_binomial_one():
    row = summary.reliability(study(400)).set_index("nominal").loc[0.5]
    half = 1.96 * np.sqrt(0.25 / 400)  # the normal approximation
    assert row.lowest == pytest.approx(0.5 - half, abs=0.003)
    assert row.highest == pytest.approx(0.5 + half, abs=0.003)


def test_a_dataset_of_two_blocks_counts_for_both():
    table = summary.by_law(study(100, family="curve+ring")).set_index("law")
    assert list(table.datasets[["curve", "ring"]]) == [100, 100]
    assert table.coverage["ring"] == pytest.approx(0.9)
    assert table.lowest["ring"] < 0.9 < table.highest["ring"]


def test_laws_far_from_90_percent_are_named():
    rows = pd.concat([study(100, family="good"), study(100, width=0.5, family="bad")])
    words = text.about_laws(summary.by_law(rows))
    assert "50\u00a0% (bad, 100 datasets)" in words and "1 of the 2 laws" in words


def test_cells_of_rows_and_columns_hold_every_dataset_once():
    cells = summary.by_shape(study(300))
    assert cells.datasets.sum() == 300
    assert set(cells.d) == {"2", "3 to 4"}  # of the wider side
    assert "20 to 49" in set(cells.n)


def test_numbers_in_the_cells_are_narrow_enough_for_a_phone():
    drawn = shape_chart(summary.by_shape(study(300))).to_dict()
    (cells,) = drawn["datasets"].values()
    assert all(re.fullmatch(r"\d{1,3}", cell["label"]) for cell in cells)
    assert drawn["title"]["subtitle"][0].startswith("in percent")


def test_coarse_bins_split_all_datasets_by_rows_and_by_columns():
    rows = study(2000).assign(truth=np.where(np.arange(2000) % 10 == 0, 0.0, 1.0))
    table = bins.by_bins(rows).set_index("bin")
    assert table.datasets["all"] == 2000
    assert table.datasets["independent"] == 200
    for name in ("n ", "d "):
        assert table.datasets[table.index.str.startswith(name)].sum() == 2000
    assert table.datasets["n 50 to 199"] == rows.n_samples.between(50, 199).sum()
    shares = [table.loc["all", f"{level:.0%}"] for level in bins.COARSE_LEVELS]
    assert shares == pytest.approx(bins.COARSE_LEVELS, abs=0.01)
    assert table.furthest["all"] < 0.01


def test_a_bin_whose_intervals_are_too_narrow_is_far_from_its_promise():
    table = bins.by_bins(study(1000, width=0.6)).set_index("bin")
    assert table.loc["all", "90%"] == pytest.approx(0.6, abs=0.01)
    assert table.furthest["all"] == pytest.approx(0.3, abs=0.03)


def test_peers_are_compared_with_mist_on_the_datasets_where_they_could_run():
    (row,) = methods.by_method(peers(study(100), 3.0)).to_dict("records")
    assert (row["datasets"], row["failed"], row["coverage"]) == (25, 25, 0.0)
    assert row["score"] == pytest.approx(20 * 3)  # no width, and 2 / 0.1 a nat of miss
    assert row["lead"] == pytest.approx(row["score"] - row["mist_score"])


def test_who_has_the_better_interval_score_is_said_with_both_scores():
    better = methods.by_method(peers(study(100), 0.0))
    assert (
        "of which less is better, better than MIST: KSG, bootstrap, 0.000 nats where MIST has "
    ) in text.about_methods(better, "nats")
    worse = methods.by_method(peers(study(100), 3.0))
    words = text.about_methods(worse, "nats")
    assert "none is better than MIST; the nearest is KSG, bootstrap, 60.000 nats where" in words
    assert "hold 0\u00a0% of the truths" in words
    assert "KSG, bootstrap, 86.562 bits where" in beside(worse, "bits").sentence


def test_a_peer_that_is_better_in_a_bin_is_named_with_its_split_and_rows():
    better = peers(study(100), 0.0).assign(in_family=True)
    found = grids(better, "nats")
    assert "in-family, n in [10, 100]: KSG, bootstrap, 0.000 nats where MIST has " in (
        found.sentence
    )


def test_independent_draws_are_reported_by_themselves():
    rows = pd.concat([study(100), study(10, truth=0.0, low=0.0, high=0.04)])
    assert len(summary.dependent(rows)) == 100
    words = findings(rows, "bits")["independence"].sentence
    assert "10 draws are independent" in words and "ends at 0.058 bits" in words
    none = findings(study(100), "nats")["independence"]
    assert none.sentence == "None of these draws is independent."


@pytest.mark.parametrize("count", [1, 4, 300])
def test_every_figure_is_drawn_from_the_first_dataset_on(count):
    found = findings(study(count), "bits")
    charted = CHARTED if count > 1 else CHARTED - {"width", "shapes"}
    assert found.keys() == charted | {"headline", "independence", "methods"}
    for name in charted:
        assert found[name].sentence and "<svg" in to_svg(found[name].sheet())
    assert len(found["laws"].shown) == 1


def test_datasets_of_one_shape_have_no_figure_of_what_shapes_do():
    found = findings(study(40).assign(n_samples=500, dim_x=2, dim_y=2), "nats")
    assert CHARTED - found.keys() == {"width", "shapes"}


def test_without_a_dependent_draw_there_is_nothing_to_draw_yet():
    found = findings(study(4, truth=0.0), "nats")
    assert found["headline"].sentence == text.NONE_YET and not CHARTED & found.keys()


def test_no_table_is_worked_out_twice(monkeypatch):
    calls = []
    for module in (summary, methods):
        for name in (
            "reliability",
            "pit_histogram",
            "by_law",
            "by_shape",
            "width_by_rows",
            "strip",
            "coverage",
            "independence",
            "by_method",
        ):
            if work := getattr(module, name, None):

                def counted(rows, work=work, name=name):
                    calls.append(name)
                    return work(rows)

                monkeypatch.setattr(module, name, counted)
    findings(peers(study(100), 3.0), "nats")
    assert len(calls) == 9 and len(set(calls)) == 9


def test_bits_change_amounts_but_no_share():
    laws = summary.by_law(study(100))
    bits = in_unit(laws, "bits")
    assert bits.width[0] == pytest.approx(laws.width[0] / np.log(2))
    assert (bits.coverage == laws.coverage).all()
    table = method_table(methods.by_method(peers(study(100), 3.0)), "bits")
    assert table["score (bits)"][0] == pytest.approx(60 / np.log(2), abs=1e-3)


def test_a_run_comes_back_as_it_was_stored(tmp_path):
    chosen = stored_studies.Study("general", (10, 50), (1, 4), 30, seed=3)
    origin = {"command": "c", "date": "2026-01-01", "weights": {MIST: {"sha256": "0"}}}
    stored_studies.save(tmp_path / "run", chosen, study(30), origin)
    stored = stored_studies.load("run", tmp_path)
    assert stored.study == chosen and len(stored.table) == 30
    assert stored_studies.load("missing", tmp_path) is None


def test_the_published_architecture_has_the_name_it_has_on_the_benchmark_page_and_is_explained():
    stored = stored_studies.load("calibration-general")
    found = findings(stored.table, "nats")["methods"]
    assert "MIST classic" in set(found.shown["intervals of"])
    assert "MIST classic has the published architecture." in found.sentence


def test_on_the_published_grids_no_interval_score_is_below_that_of_mist_in_any_bin_of_rows():
    stored = stored_studies.load(stored_studies.GRIDS)
    table = methods.on_grids(stored.table)
    assert len(table) == 2 * 3 * 5
    assert (table.lead[table.datasets > 0] > 0).all()


def test_silence_is_counted_on_independent_draws_and_evidence_on_clear_ones():
    silent = study(10, truth=0.0).assign(low=[0.0] * 9 + [0.1])
    clear = study(4, n_samples=1000, truth=0.1).assign(low=[0.0, 0.01, 0.01, 0.01])
    faint = study(4, n_samples=1000, truth=0.09).assign(low=0.0)
    few = study(4, n_samples=999, truth=3.0).assign(low=0.0)
    found = bins.detection(pd.concat([silent, clear, faint, few], ignore_index=True))
    assert found == {"silent": pytest.approx(0.9), "found": pytest.approx(0.75)}
