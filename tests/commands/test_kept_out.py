"""Scores on laws that no prior holds: each error is counted once, and where it was doubted."""

import pandas as pd
import pytest

from mist_core.commands.kept_out import scored


def answers(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Of laws with truth 1 and bound 0.1: (law, estimate, in_family), intervals .2 and .4 wide."""
    table = pd.DataFrame(rows, columns=["law", "estimate", "in_family"])
    ends = {"low": -0.1, "high": 0.1, "least": -0.2, "most": 0.2}
    return table.assign(
        truth=1.0, bound=0.1, **{name: table.estimate + by for name, by in ends.items()}
    )


def test_errors_are_means_over_laws_and_gross_misses_lie_outside_nearly_all():
    scores = scored(answers(("a", 1.05, 0.5), ("a", 1.15, 0.001), ("b", 1.5, 0.001)))
    assert scores["absolute_error"] == pytest.approx((0.1 + 0.5) / 2)
    assert scores["error_over_bound"] == pytest.approx(3)
    assert scores["coverage"] == pytest.approx(1 / 3)
    assert scores["gross"] == pytest.approx(1 / 3)
    assert (scores["gross_doubted"], scores["others_doubted"]) == (1.0, 0.5)


def test_without_gross_misses_no_share_of_them_is_told():
    assert scored(answers(("a", 1.0, 0.5)))["gross_doubted"] is None
