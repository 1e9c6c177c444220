"""Lesson 1: what stands on screen is what the laws say."""

import math

import numpy as np
import pytest

from mist_core.explore.scenario import Scene
from mist_core.inference.estimator import general
from mist_core.lessons import meaning


@pytest.mark.parametrize("shape", meaning.SURFACES)
@pytest.mark.parametrize("strength", meaning.STRENGTHS)
def test_the_two_surfaces_lie_as_far_apart_as_the_law_says(shape, strength):
    step = meaning.surfaces(shape, strength)
    assert step.numbers["apart"] == pytest.approx(step.numbers["truth"], abs=0.003)
    guesses = np.abs(np.array(meaning.GUESSES) - step.numbers["truth"])
    assert float(step.question.answer) == meaning.GUESSES[int(guesses.argmin())]
    assert f"**{step.numbers['apart']:.2f} nats**" in step.takeaway


def test_a_surface_and_its_margins_are_densities():
    law = meaning._planar("bivariate-normal", {"correlation": 0.8})
    nodes, joint, product = meaning.densities(law, 6.0)
    cell = (nodes[1] - nodes[0]) ** 2
    assert joint.sum() * cell == pytest.approx(1, abs=1e-4)
    assert product.sum() * cell == pytest.approx(1, abs=1e-4)
    assert meaning.surfaces("line", "clearly").numbers["truth"] == pytest.approx(
        -0.5 * math.log(1 - 0.8**2), abs=1e-6
    )


@pytest.mark.parametrize("shape", meaning.BENT)
def test_no_line_fits_and_still_x_tells_about_y(shape):
    step = meaning.correlation(shape, 2000, 0, general().posterior)
    assert abs(step.numbers["pearson"]) < 0.25
    assert step.numbers["truth"] > 0.4
    assert step.numbers["median"] == pytest.approx(step.numbers["truth"], abs=0.12)
    truth, line = step.numbers["truth"], -0.5 * math.log1p(-(step.numbers["pearson"] ** 2))
    assert f"**{line:.2f} nats**" in step.takeaway and f"**{truth:.2f}**" in step.takeaway


def test_the_link_to_explore_leads_to_the_same_rows():
    step = meaning.correlation("ring", 200, 3, general().posterior)
    scene = Scene(step.explore["law"], (("noise", float(step.explore["noise"])),), seed=3)
    assert step.explore["rows"] == "200" and step.explore["seed"] == "3"
    np.testing.assert_array_equal(scene.draw(200).first(200).table(), step.table)
