"""The test grids are the published ones, and no two cells share a dataset."""

import dataclasses

import numpy as np
import pytest
import torch

from mist_core.benchmarks.grids import N_SAMPLES, REDRAWS, TEST_ENTROPY, extended_cells, grid_cells
from mist_core.distributions.numerics.randomness import source
from mist_core.priors.paper import PAPER_BASES, PAPER_IN_FAMILY, PAPER_TRANSFORMS


def test_the_grids_are_the_published_ones_ten_times():
    cells = grid_cells()
    assert len(cells) == REDRAWS * (6 + 7) * 20
    assert N_SAMPLES[0] == 10 and N_SAMPLES[-1] == 500 and len(set(N_SAMPLES)) == 20
    assert {cell.dim_x for cell in cells} == set(range(2, 33))
    assert all(cell.dim_x == cell.dim_y and cell.draws == 9 for cell in cells)
    assert len({cell.task for cell in cells if cell.task in PAPER_IN_FAMILY}) == 6


def test_redraws_are_the_spawned_children_of_the_test_entropy():
    cell = grid_cells()[3 * 260 + 17]
    child = np.random.SeedSequence(TEST_ENTROPY).spawn(10)[3].spawn(260)[17]
    assert cell.dim_x == int(source(child).rng.integers(2, 33))


def test_fewer_redraws_are_the_first_ones():
    assert grid_cells(2) == grid_cells()[: 2 * 260]


@pytest.mark.parametrize("cells", [grid_cells(), extended_cells()], ids=["published", "extended"])
def test_every_cell_has_a_stream_of_its_own(cells):
    assert len({cell.stream for cell in cells}) == len(cells)


def test_the_two_grids_share_no_stream():
    assert not {c.stream for c in grid_cells()} & {c.stream for c in extended_cells()}


def test_a_cell_always_draws_the_same_data_and_no_other_cell_does():
    cell = grid_cells(1)[0]
    twin = dataclasses.replace(cell, stream=(REDRAWS, 0))
    assert torch.equal(cell.draw().x, cell.draw().x)
    assert not torch.equal(cell.draw().x, twin.draw().x)


def test_the_extended_grid_crosses_every_family_with_every_transform_and_shape():
    cells = extended_cells()
    assert {c.task for c in cells} == {f"{b}-{t}" for b in PAPER_BASES for t in PAPER_TRANSFORMS}
    assert {c.family for c in cells} == PAPER_BASES.keys()
    assert max(c.n_samples for c in cells) == 2000 and max(c.dim_x for c in cells) == 32
    assert len(cells) == 8 * 4 * 8 * 5


def test_a_smaller_extended_grid_has_the_same_datasets():
    small = extended_cells(rows=(50,), dims=(4,), draws=10)
    assert set(small) < set(extended_cells())
