"""Stored results become one leaderboard: the fuller run wins, published numbers keep their mark."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.consistency_scores import render_checks, summarize_checks
from mist_core.leaderboard import results as benchmark_results
from mist_core.leaderboard.board import board, in_unit, wide
from mist_core.leaderboard.checks import check_cells, check_table
from mist_core.leaderboard.labels import OTHER, OURS, PUBLISHED, YOURS, label
from mist_core.leaderboard.text import about_board, about_checks, about_missing
from tests.benchmarks.tables import answers, score, shown, store


def test_of_two_runs_of_one_estimator_the_larger_one_counts(tmp_path):
    store(tmp_path, "early", answers("cca", count=8, error=0.5), date="2026-01-01")
    store(tmp_path, "late", answers("cca", count=4, error=0.1), date="2026-01-02")
    results = benchmark_results.read("mtest", tmp_path)
    assert len(results.table) == 8 and results.origins["cca"].name == "early"
    assert results.scores.mae.dropna().unique() == pytest.approx([0.5])


def test_of_two_runs_of_one_size_the_later_one_counts(tmp_path):
    store(tmp_path, "b", answers("cca", error=0.5), date="2026-01-01")
    store(tmp_path, "a", answers("cca", error=0.1), date="2026-01-02")
    assert benchmark_results.read("mtest", tmp_path).origins["cca"].name == "a"


def test_runs_of_one_benchmark_join_and_those_of_others_stay_out(tmp_path):
    store(tmp_path, "one", answers("ksg"))
    store(tmp_path, "two", answers("mist-paper"))
    (tmp_path / "sampler.json").write_text(json.dumps({"command": "bench-sampler"}))
    results = benchmark_results.read("mtest", tmp_path)
    assert results.estimators == ["mist-paper", "ksg"] and not results.unreadable
    assert benchmark_results.read("bmi40", tmp_path).table.empty


def test_a_file_that_is_being_written_is_named_and_stops_nothing(tmp_path):
    store(tmp_path, "whole", answers("ksg"))
    (tmp_path / "half.json").write_text('{"benchmark": "mte')
    results = benchmark_results.read("mtest", tmp_path)
    assert results.unreadable == ("half.json",) and results.estimators == ["ksg"]


def test_the_stamp_changes_with_every_stored_run(tmp_path):
    before = benchmark_results.stamp(tmp_path)
    store(tmp_path, "one", answers("ksg"))
    assert benchmark_results.stamp(tmp_path) != before


def test_a_missing_run_is_told_with_the_command_that_adds_it(tmp_path):
    store(tmp_path, "some", answers("ksg", "cca", "histogram"))
    sentences = about_missing(benchmark_results.read("mtest", tmp_path))
    assert any(
        s.startswith("Kernel density: no") and "--estimators ksg,cca,histogram,kde" in s
        for s in sentences
    )


def test_the_commands_that_add_runs_stand_in_the_docs():
    docs = (Path(__file__).parents[2] / "docs/reproduce.md").read_text()
    commands = [text for group in benchmark_results.COMMANDS.values() for _, text in group]
    assert [command for command in commands if f"-m mist_core {command}" not in docs] == []


def test_published_numbers_are_marked_and_name_their_source():
    table = mtest([score("ksg", 0.1)])
    published = table[table.kind == PUBLISHED]
    assert set(published.title) == {"MIST *", "MIST_QR *"}
    assert published.source.str.contains("2511.18945").all()
    first = published[(published.title == "MIST *") & (published.n == "(300, 500]")]
    assert dict(zip(first.split, first.error, strict=True)) == {
        "in-family": 0.28,
        "published out-of-family": 8.8,
    }


def test_errors_in_bits_are_squared_where_the_measure_is():
    grids, tasks = (board(name, pd.DataFrame()) for name in ("mtest", "bmi40"))
    ratio = 1 / np.log(2)
    assert (in_unit(grids, "mtest", "bits").error / grids.error).unique() == pytest.approx(ratio**2)
    assert (in_unit(tasks, "bmi40", "bits").error / tasks.error).unique() == pytest.approx(ratio)


def test_the_wide_table_has_a_row_an_estimator_and_a_column_a_split_and_n():
    table = wide(mtest([score("ksg", 0.5), score("cca", 0.5)]))
    assert list(table.estimator) == ["KSG", "CCA", "MIST *", "MIST_QR *"]
    assert table["in-family, n [10, 100]"][0] == pytest.approx(0.25)
    assert table.datasets[0] == 4 and table.datasets[2] == 0


def test_the_headline_names_the_lowest_error():
    scores = pd.DataFrame([score("ksg", 0.5), score("mist-paper", 0.1)])
    sentence = about_board(board("mtest", shown(scores)), "error")
    assert sentence.startswith("**MIST paper** has the lowest error in 1 of 1 column")
    assert "Ours are below every published number in 1 of 1" in sentence


def test_with_published_numbers_only_the_headline_says_so():
    sentence = about_board(board("bmi40", pd.DataFrame()), "error")
    assert "No run is stored yet" in sentence and "0.06, by Alice Base" in sentence


def test_nobody_can_upload_an_estimator_of_ours(tmp_path):
    store(tmp_path, "one", answers("mist-paper"))
    results = benchmark_results.read("mtest", tmp_path).joined(answers("mist-paper (yours)"), [])
    kinds = {name: label.kind for name, label in results.labels.items()}
    assert kinds == {"mist-paper": OURS, "mist-paper (yours)": YOURS}


def test_only_the_run_knows_which_weights_are_ours():
    assert label("mist-x", {"mist-x"}).kind == OURS and label("mist-x", {}).kind == OTHER


def test_who_answered_fewer_datasets_does_not_compete():
    few = score("ksg", 0.01) | {"datasets": 3, "failed": 1}
    sentence = about_board(mtest([few, score("mist-paper", 0.1)]), "error")
    assert sentence.startswith(
        "**MIST paper** has the lowest error in 1 of 1 column, and ran alone"
    )


def test_a_law_without_an_answer_is_none_that_holds():
    records = summarize_checks(check_answers({"a": 0.01, "b": np.nan}))
    cells = check_cells(shown(pd.DataFrame(records)), "nats")
    assert cells.verdict.tolist() == ["none"] and cells.label.tolist() == ["– 1/2"]
    assert "KSG 0" in about_checks(cells, "nats") and "1 of 2 laws" in render_checks(records)


def test_the_name_of_a_users_file_is_no_markdown():
    sentence = about_board(mtest([score("a*b [c](d).csv", 0.1)]), "error")
    assert r"**a\*b \[c\]\(d\)\.csv** has" in sentence


def test_ticks_show_the_law_that_breaks_a_check_most():
    scores = shown(pd.DataFrame(summarize_checks(check_answers({"a": 0.01, "b": 0.3}))))
    cells = check_cells(scores, "nats")
    assert cells.law.tolist() == ["b"] and cells.label.tolist() == ["✗ 0.300"]
    table = check_table(scores, "nats")
    assert table["KSG"].tolist() == ["✓ 0.010", "✗ 0.300"]
    assert "KSG 0" in about_checks(cells, "nats")


def test_a_check_without_an_answer_is_neither_passed_nor_failed():
    scores = shown(pd.DataFrame(summarize_checks(check_answers({"a": np.nan}))))
    assert check_cells(scores, "nats").verdict.tolist() == ["none"]


def mtest(scores: list[dict]) -> pd.DataFrame:
    """The leaderboard of the published grids with these scores."""
    return board("mtest", shown(pd.DataFrame(scores)))


def check_answers(by_law: dict[str, float]) -> pd.DataFrame:
    """Estimates of independent pairs, a law each."""
    table = pd.DataFrame({"family": list(by_law), "estimate": list(by_law.values())})
    constant = {"estimator": "ksg", "task": "independence", "part": "independent"}
    return table.assign(**constant, n_samples=100, seed=0, failure=None)
