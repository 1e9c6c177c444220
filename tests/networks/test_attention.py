"""Attention over sets: symmetries, masks, and gradients that reach every parameter."""

import math

import pytest
import torch

from mist_core.networks.attention import ISAB, MAB, PMA

D, HEADS = 32, 4
SETS = {"ISAB": ISAB(D, HEADS, 6), "ISAB of two points": ISAB(D, HEADS, 2)}
BLOCKS = {**SETS, "PMA": PMA(D, HEADS, 3)}


def random_sets(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(params=BLOCKS)
def block(request):
    return BLOCKS[request.param]


@pytest.mark.parametrize("name", SETS)
def test_set_blocks_are_permutation_equivariant(name):
    x, order = random_sets(2, 7, D), torch.tensor([3, 1, 6, 0, 2, 5, 4])
    torch.testing.assert_close(SETS[name](x[:, order]), SETS[name](x)[:, order])


def test_pooling_is_permutation_invariant_and_has_a_fixed_size():
    x, order = random_sets(2, 7, D), torch.tensor([3, 1, 6, 0, 2, 5, 4])
    pooled = BLOCKS["PMA"](x)
    assert pooled.shape == (2, 3, D)
    torch.testing.assert_close(BLOCKS["PMA"](x[:, order]), pooled)


def test_padding_changes_nothing(block):
    x = random_sets(2, 5, D)
    padded = torch.cat([x, 100 * random_sets(2, 4, D, seed=1)], dim=1)
    mask = torch.arange(9).expand(2, 9) >= 5
    alone, masked = block(x), block(padded, mask)
    torch.testing.assert_close(masked[:, : alone.shape[1]], alone)


def test_padding_matters_where_it_is_not_masked(block):
    x = random_sets(2, 5, D)
    padded = torch.cat([x, random_sets(2, 4, D, seed=1)], dim=1)
    alone = block(x)
    assert (block(padded)[:, : alone.shape[1]] - alone).abs().max() > 1e-3


def test_batch_mates_change_nothing(block):
    x = random_sets(3, 5, D)
    mask = torch.arange(5) >= torch.tensor([[5], [2], [3]])
    torch.testing.assert_close(block(x, mask)[1:2], block(x[1:2], mask[1:2]))


def test_mab_agrees_with_attention_written_out():
    mab, query, keys = MAB(D, 1), random_sets(1, 2, D), random_sets(1, 5, D, seed=1)
    q = mab.to_query(mab.norm_query(query))
    k, v = mab.to_key_value(mab.norm_key(keys)).chunk(2, dim=-1)
    weights = (q @ k.transpose(1, 2) / math.sqrt(D)).softmax(dim=-1)
    hidden = query + mab.output(weights @ v)
    torch.testing.assert_close(mab(query, keys), hidden + mab.mlp(hidden))


def test_every_parameter_receives_a_gradient(block):
    block.zero_grad()
    (block(random_sets(2, 5, D)) * random_sets(1, 1, D, seed=1)).sum().backward()
    for name, parameter in block.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 1e-6, name


def test_leading_dimensions_are_free(block):
    x = random_sets(2, 3, 5, D)
    torch.testing.assert_close(block(x).flatten(0, 1), block(x.flatten(0, 1)))


def test_bf16_autocast_stays_close_to_float32(block):
    x, mask = random_sets(2, 5, D), torch.arange(5).expand(2, 5) >= 4
    with torch.autocast("cpu", torch.bfloat16):
        low = block(x, mask)
    assert low.dtype == torch.float32
    torch.testing.assert_close(low, block(x, mask), atol=0.05, rtol=0.05)
