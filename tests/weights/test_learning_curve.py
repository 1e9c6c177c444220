"""A learning curve shows both losses of a run, on a sheet that reads on any page."""

import pytest

from mist_core.weights.learning_curve import learning_curve


def point(datasets: int, loss: float) -> dict:
    """A point whose training loss is 0.01 above the one on validation draws."""
    return {
        "datasets": datasets,
        "minutes": datasets / 1000,
        "train_loss": loss + 0.01,
        "validation": {"loss": loss},
    }


def test_the_curve_holds_both_losses_of_each_point():
    chart = learning_curve([point(1, 0.3), point(2, 0.2)], name="a").to_dict()
    (rows,) = chart["datasets"].values()
    assert sorted(row["loss"] for row in rows) == pytest.approx([0.2, 0.21, 0.3, 0.31])
    assert chart["config"]["background"] == "white"
    assert chart["encoding"]["x"]["field"] == "datasets"


def test_points_without_a_training_loss_draw_the_other():
    curve = [{k: v for k, v in point(n, 0.3).items() if k != "train_loss"} for n in (1, 2)]
    (rows,) = learning_curve(curve, name="a").to_dict()["datasets"].values()
    assert len(rows) == 2


def test_the_curve_of_a_run_that_draws_no_more_goes_on_in_time():
    curve = [point(2048, 0.3), *(point(4096, 0.2) | {"minutes": m} for m in (8.0, 9.0))]
    assert learning_curve(curve, name="a").to_dict()["encoding"]["x"]["field"] == "minutes"


def test_waiting_for_data_once_does_not_change_the_axis():
    curve = [point(2048, 0.3), point(2048, 0.29), point(4096, 0.2)]
    assert learning_curve(curve, name="a").to_dict()["encoding"]["x"]["field"] == "datasets"


def test_first_losses_far_above_the_others_are_counted_not_drawn_to_scale():
    curve = [point(k, 9.0 if k == 1 else 0.1) for k in range(1, 9)]
    chart = learning_curve(curve, name="a").to_dict()
    assert chart["encoding"]["y"]["scale"]["domain"][1] < 0.3
    assert "2 early points" in chart["title"]["subtitle"][-1]
