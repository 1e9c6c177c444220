import numpy as np
import pandas as pd
import pytest
import torch

from mist_core.benchmarks.base import NEURAL
from mist_core.benchmarks.efficiency import (
    NAMED,
    OTHERS,
    TRAINED,
    efficiency_cells,
    known_laws,
    within_rows,
)
from mist_core.benchmarks.efficiency_scores import summarize_efficiency, typical
from mist_core.benchmarks.estimators import Function
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.kept_out import LAWS
from mist_core.benchmarks.kept_out.truths import truths
from mist_core.benchmarks.runner import evaluate
from mist_core.benchmarks.tasks import quantile_columns, tidy
from mist_core.distributions.families import FAMILIES

LARGEST = 1_000_000


def test_both_groups_are_there_and_each_kept_out_construction_once():
    laws = known_laws()
    others = [LAWS[name].kind for name, law in laws.items() if law.group == OTHERS]
    assert sorted(others) == sorted({law.kind for law in LAWS.values()})
    assert {name for name, law in laws.items() if law.group == TRAINED} == set(NAMED)


def test_each_truth_is_known_to_a_fifth_of_the_bound_at_the_most_rows():
    for name, law in known_laws().items():
        error = truths()[name].standard_error if law.group == OTHERS else _error(name)
        assert error <= law.deviation / LARGEST**0.5 / 5 * 1.001, name


def _error(name):
    law = FAMILIES[NAMED[name].family].build(NAMED[name].dim, NAMED[name].dim)
    return law.standard_error().item()


def test_the_bound_of_a_normal_pair_is_its_correlation():
    # i = c + quadratic form, whose variance is rho^2: sd(i) = |rho| (two canonical pairs add up).
    assert known_laws()["normal pair"].deviation == pytest.approx(0.75, rel=0.02)


def test_the_plug_in_of_a_normal_pair_reaches_the_bound():
    law, rng = known_laws()["normal pair"], np.random.default_rng(0)
    n = 2000
    errors = []
    for _ in range(200):
        rho = np.corrcoef(*(side[:, 0] for side in law.sample(n, rng)))[0, 1]
        errors.append(-0.5 * np.log(1 - rho**2) - law.truth)
    assert np.std(errors) == pytest.approx(law.deviation / n**0.5, rel=0.15)


def test_many_rows_are_drawn_less_often():
    cells = efficiency_cells(rows=(1000, LARGEST), n_seeds=4)
    counts = pd.Series([cell.n_samples for cell in cells]).value_counts()
    assert counts[1000] == 4 * len(known_laws()) and counts[LARGEST] == len(known_laws())


def test_a_cell_draws_the_same_rows_again():
    cell = efficiency_cells(rows=(50,), n_seeds=1)[-1]
    first, again = cell.draw(), cell.draw()
    assert torch.equal(first.x, again.x) and first.x.shape == (1, 50, cell.dim_x)


def test_who_is_too_slow_for_so_many_rows_is_not_asked():
    slow = Function("slow", lambda x, y: 1.0, "1")
    slow.kind = NEURAL
    (cell,) = efficiency_cells(rows=(20_000,), n_seeds=1)[:1]
    (answer,) = within_rows(slow).answer(cell.datasets())
    assert answer.estimate is None and answer.failure.startswith("Not asked about more than 10,000")
    fast = Function("fast", lambda x, y: 1.0, "1")
    assert within_rows(fast) is fast


def test_an_error_of_the_bound_scores_one():
    law = known_laws()["normal pair"]
    table = _table("normal pair", TRAINED, 400, law.truth + law.deviation / 20, law.truth)
    (record,) = summarize_efficiency(table)
    assert record["ratio"] == pytest.approx(1.0)
    assert record["bound"] == pytest.approx(law.deviation / 20)
    assert record["coverage"] == 1.0 and record["failed"] == 0


def test_the_middle_of_the_laws_is_their_median():
    tables = [
        _table(name, TRAINED, 400, law.truth + k * law.deviation / 20, law.truth)
        for k, (name, law) in enumerate(list(known_laws().items())[:3])
    ]
    found = typical(pd.DataFrame(summarize_efficiency(pd.concat(tables))))
    assert found.ratio.item() == pytest.approx(1.0) and found.laws.item() == 3


def test_a_run_without_any_answer_has_no_middle(tmp_path):
    nobody, journal = Function("nobody", lambda x, y: float("nan"), "1"), Journal(tmp_path / "j")
    table = tidy(evaluate(nobody, efficiency_cells(rows=(50,), n_seeds=1)[:2], journal))
    records = summarize_efficiency(table)
    assert all(record["ratio"] is None and record["failed"] == 1 for record in records)
    assert typical(pd.DataFrame(records)).empty


def _table(name, group, n, estimate, truth):
    key = {"estimator": "e", "task": group, "family": name, "part": "", "n_samples": n}
    key |= {"dim_x": 1, "dim_y": 1, "seed": 0, "draw": 0, "truth": truth, "estimate": estimate}
    quantiles = dict.fromkeys(quantile_columns(), truth)
    return tidy([key | quantiles | {"seconds": 0.1, "failure": None}])
