"""The set encoder sees sets of rows, two exchangeable sides and lengths, never padding."""

import pytest
import torch

from mist_core.networks.set_encoder import ColumnPool, SetEncoder, collate_tokens, tokens
from mist_core.statistics.canonical import COORDINATES

TOLERANCE = 1e-5


@pytest.fixture
def encoder():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return SetEncoder(16).eval()


def sides(n, dim_x, dim_y, count=3):
    generator = torch.Generator().manual_seed(n)
    a, b = (torch.randn(count, n, d, generator=generator) for d in (dim_x, dim_y))
    return a, b + 0.5 * a[..., :1].square()


def encoded(encoder, *pairs, rows=64):
    with torch.no_grad():
        return encoder(collate_tokens([tokens(a, b, rows=rows) for a, b in pairs]))


def test_tokens_hold_coordinates_and_lengths():
    a, b = sides(20, 1, 3)
    made = tokens(a, b, rows=16)
    assert made["values"].shape == (3, 16, 2, COORDINATES)
    torch.testing.assert_close(made["values"][:, :, 1, :3].float(), b[:, :16], atol=2e-3, rtol=1e-3)
    assert made["values"][:, :, 0, 1:].abs().max() == 0
    assert made["columns"].tolist() == [[1, 3]] * 3
    assert made["rows"].tolist() == [16] * 3


def test_outliers_fit_half_precision():
    a, b = sides(20, 1, 1)
    assert torch.isfinite(tokens(1e9 * a, b, rows=16)["values"]).all()


@pytest.mark.parametrize("dims", [(1, 1), (3, 2), (4, 4)])
def test_row_order_changes_nothing(encoder, dims, generator):
    a, b = sides(40, *dims)
    order = torch.randperm(40, generator=generator)
    torch.testing.assert_close(
        encoded(encoder, (a[:, order], b[:, order])),
        encoded(encoder, (a, b)),
        atol=TOLERANCE,
        rtol=0,
    )


@pytest.mark.parametrize("dims", [(1, 1), (3, 2), (1, 4)])
def test_exchanging_the_sides_changes_nothing(encoder, dims):
    a, b = sides(40, *dims)
    torch.testing.assert_close(
        encoded(encoder, (b, a)), encoded(encoder, (a, b)), atol=TOLERANCE, rtol=0
    )


def test_padding_and_batch_mates_change_nothing(encoder):
    short, long = sides(10, 1, 2), sides(60, 4, 3)
    together = encoded(encoder, short, long)
    alone = torch.cat([encoded(encoder, short), encoded(encoder, long)])
    torch.testing.assert_close(together, alone, atol=TOLERANCE, rtol=0)


def test_what_padded_rows_hold_is_never_seen(encoder):
    inputs = collate_tokens([tokens(*sides(10, 1, 2), rows=64), tokens(*sides(30, 4, 4), rows=64)])
    soiled = {**inputs, "values": inputs["values"].clone()}
    soiled["values"][:3, 10:] = 7.0
    with torch.no_grad():
        torch.testing.assert_close(encoder(soiled), encoder(inputs), atol=TOLERANCE, rtol=0)


def test_missing_columns_are_never_seen(encoder):
    a, b = sides(20, 1, 2)
    before = encoded(encoder, (a, b))
    with torch.no_grad():
        encoder.place[2:] += 1.0
    torch.testing.assert_close(encoded(encoder, (a, b)), before, atol=TOLERANCE, rtol=0)
    with torch.no_grad():
        encoder.place[1:2] += 1.0
    assert (encoded(encoder, (a, b)) - before).abs().max() > 100 * TOLERANCE


def test_rows_pair_the_sides(encoder, generator):
    """Shuffling one side alone destroys the dependence, and the encoder notices."""
    a, b = sides(40, 1, 1)
    shuffled = b[:, torch.randperm(40, generator=generator)]
    gap = (encoded(encoder, (a, shuffled)) - encoded(encoder, (a, b))).abs().amax(-1)
    assert gap.min() > 100 * TOLERANCE


def test_column_order_carries_the_canonical_order(encoder):
    """Coordinates come sorted, so their place means something and exchanging them is seen."""
    a, b = sides(40, 3, 3)
    gap = (encoded(encoder, (a.flip(-1), b)) - encoded(encoder, (a, b))).abs().amax(-1)
    assert gap.min() > 100 * TOLERANCE


def test_pooling_one_column_is_reading_its_value():
    pool = ColumnPool(8, num_heads=2)
    x = torch.randn(5, 3, 8, generator=torch.Generator().manual_seed(0))
    only_second = torch.tensor([True, False, True])
    torch.testing.assert_close(pool(x, only_second), pool.to_value(x[:, 1]))
