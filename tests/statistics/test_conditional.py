"""Statistics of three sides: what leaves them as they are, and what they can be computed of."""

import pytest
import torch

from mist_core.statistics import conditional
from mist_core.statistics.codes import codes
from mist_core.statistics.neighbours import Search
from mist_core.statistics.neighbours import conditional as nearest
from mist_core.statistics.triple import predicted, triple

RAW = ("partial-raw",)


def rows(n=300, p=2, q=1, r=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(2, n, r, dtype=torch.float64, generator=generator)
    x = torch.randn(2, n, p, dtype=torch.float64, generator=generator) + z[..., :1]
    y = torch.randn(2, n, q, dtype=torch.float64, generator=generator) + z[..., :1] + x[..., :1]
    return x, y, z


def read(x, y, z, **how):
    return conditional.summarize(triple(x, y, z, **how))


def test_exchanging_x_and_y_changes_nothing():
    x, y, z = rows()
    assert torch.allclose(read(x, y, z), read(y, x, z), atol=1e-3)


def test_the_order_of_rows_changes_nothing():
    x, y, z = rows()
    order = torch.randperm(x.shape[1], generator=torch.Generator().manual_seed(1))
    shuffled = read(*(side[:, order] for side in (x, y, z)))
    assert torch.allclose(read(x, y, z), shuffled, atol=1e-3)


def test_increasing_maps_of_columns_change_only_what_is_read_of_the_raw_frame():
    x, y, z = rows()
    kept = [
        (block(triple(x, y, z)), block(triple(x.exp(), y.pow(3), z.sinh())))
        for name, block in conditional.BLOCKS.items()
        if name not in RAW
    ]
    for before, after in kept:
        assert torch.allclose(before, after, atol=2e-3)


@pytest.mark.parametrize("n", [4, 5, 9])
def test_few_rows_constants_and_copies_give_finite_numbers(n):
    x, y, z = rows(n)
    for sides in ((x, y, z), (x, y, 0 * z), (x, x, z), (x, y, x), (x.sign(), y.sign(), z.sign())):
        assert read(*sides).isfinite().all()
        assert read(*sides, ordered=True).isfinite().all()


def test_the_number_of_statistics_does_not_depend_on_the_shape():
    assert read(*rows(40, 5, 3, 7)).shape[1] == conditional.count()
    assert conditional.estimates().max() < conditional.count()


def test_a_function_of_z_is_predicted_and_noise_is_not():
    generator = torch.Generator().manual_seed(3)
    z = torch.randn(1, 2000, 1, generator=generator)
    told = triple(z, z, z, hashed=False).functions
    noise = torch.randn(1, 2000, 1, generator=generator)
    for target, share in (((2 * z).sin(), 0.95), (z.square() - 1, 0.95), (noise, 0.0)):
        guess = predicted(told, target)
        explained = 1 - (target - guess).var() / target.var()
        assert explained.item() == pytest.approx(share, abs=0.06)


def test_tables_of_classes_give_their_own_information():
    generator = torch.Generator().manual_seed(4)
    a, b = (torch.randint(0, 2, (1, 4000, 1), generator=generator) for _ in range(2))
    both = (a ^ b).double()  # a and b know nothing of one another until both is known
    found = codes(triple(a.double(), b.double(), both))
    assert (found[0, :3].exp() - 0.01).tolist() == pytest.approx([0.693] * 3, abs=0.01)


def test_nearest_neighbours_know_a_normal_law():
    x, y, z = rows(4000, 1, 1, 1, seed=5)
    found = nearest(x, y, z, Search(2000, 4000, (1,)))[:, 0]
    assert found.tolist() == pytest.approx([0.5 * torch.tensor(2.0).log().item()] * 2, abs=0.06)


def test_rows_in_time_tell_how_long_they_remember():
    x, y, z = rows(400, 1, 1, 1)
    walk = x.cumsum(1)
    free, long = (
        conditional.serial(triple(side, side + y, 0 * z, ordered=True)) for side in (x, walk)
    )
    assert (long[:, 0] > free[:, 0] + 0.5).all()
    assert not conditional.serial(triple(walk, y, z)).any()
