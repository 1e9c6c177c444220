"""The tiny estimator: its counts, its loss, and that it learns."""

import itertools

import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.lessons import learning, tiny


def ticking(step):
    """A clock that goes on by `step` seconds at each look."""
    count = itertools.count()
    return lambda: step * next(count)


def test_counts_sum_to_nothing_and_see_ranks_only():
    x, y = torch.randn(2, 3, tiny.ROWS, generator=torch.Generator().manual_seed(0))
    full = tiny.counts(x, y)
    assert full.shape == (3, 64) and full.sum() == pytest.approx(0, abs=1e-4)
    torch.testing.assert_close(tiny.counts(x.exp(), y**3), full)
    diagonal = tiny.counts(x, x).reshape(3, 8, 8)[0]
    torch.testing.assert_close(diagonal, 8 * torch.eye(8) - 1)


def test_the_median_of_the_truths_has_the_least_loss_at_its_level():
    truth = torch.linspace(0, 1, 101)
    losses = [tiny.pinball(torch.full((101, 5), q), truth).item() for q in (0.3, 0.5, 0.7)]
    assert min(losses) == losses[1]


def test_the_laws_are_drawn_with_their_truths():
    counts, truth = tiny.draw(30, source(stream(0, "test", 0)))
    assert counts.shape == (30, 64) and truth.shape == (30,)
    assert (truth >= 0).all() and truth.std() > 0.2


def test_quantiles_rise():
    assert (tiny.Tiny()(torch.randn(9, 64)).diff(dim=-1) > 0).all()


def test_a_few_steps_teach_it_something_and_the_same_seed_the_same():
    points = list(tiny.train(30.0, 0, ticking(0.25)))
    assert points[0].datasets == 0 and points[-1].error < 0.7 * points[0].error
    assert [p.datasets for p in points] == sorted(p.datasets for p in points)
    again = list(tiny.train(30.0, 0, ticking(0.25)))
    assert again[-1].answers == points[-1].answers


def test_the_stored_training_is_whole_and_what_is_said_of_it_is_in_it(tmp_path):
    points = learning.replay()
    assert len(points) > 15 and points[0].datasets == 0
    step = learning.learned(points, 0)
    assert float(step.question.answer) == 0.05
    assert f"**{points[-1].error:.3f} nats**" in step.takeaway
    inside = [low <= truth <= high for truth, low, _, high in points[-1].answers]
    assert sum(inside) / len(inside) == pytest.approx(points[-1].coverage, abs=0.15)


def test_a_line_that_is_being_written_is_left_out(tmp_path):
    file = tmp_path / "points.jsonl"
    line = learning.replay()[0].line()
    file.write_text(f"{line}\n{line[:40]}")
    assert len(tiny.read(file)) == 1
    assert tiny.read(tmp_path / "none") == []
