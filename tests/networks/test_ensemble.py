"""Witnesses: each learns by itself, and pooled quantiles are those of the mixture."""

from dataclasses import replace

import torch

from mist_core.networks.ensemble import MAIN_WEIGHT, pooled, read_by
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.quantiles import CENTRAL_90, LEVELS, MEDIAN
from mist_core.networks.registry import build_network, config_dict
from mist_core.networks.scoring import training_loss, witness_loss

# Which of 24 blocks the first four witnesses read.
CHOSEN = [
    [0, 1, 2, 3, 11, 13, 15, 18, 19, 20, 21],
    [0, 2, 4, 5, 7, 9, 12, 14, 16, 17, 18, 19, 21],
    [0, 1, 3, 6, 7, 8, 11, 12, 14, 18, 19, 20],
    [0, 1, 4, 5, 7, 9, 10, 12, 16, 19, 20, 22, 23],
]
CONFIG = MISTConfig(hidden_dim=16, num_layers=1, encoder_dim=0, dropout=0.0, witnesses=3)


def normal(median, width):
    """(1, L) quantiles of a normal law whose central 90 % are as wide as told."""
    low, high = CENTRAL_90
    scores = torch.special.ndtri(LEVELS)
    return (median + width * scores / (scores[high] - scores[low]))[None]


def network():
    torch.manual_seed(0)
    return MIST(CONFIG)


def data(count=6, n=40, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x, y = (torch.randn(count, n, 2, generator=generator) for _ in "xy")
    return x, y + x


def test_witnesses_that_say_the_same_change_nothing():
    main = normal(-1.0, 0.7)
    torch.testing.assert_close(pooled(main, main.repeat(4, 1)[None]), main, atol=0.03, rtol=0)


def test_pooled_quantiles_are_those_of_the_mixture(generator):
    main, others = normal(0.0, 1.0), [normal(2.0, 0.5), normal(-1.0, 3.0)]
    found = pooled(main, torch.cat(others)[None])[0]
    scale = (LEVELS * 0 + 1).new_tensor([1.0, 0.5, 3.0]) / 3.2897
    middle = torch.tensor([0.0, 2.0, -1.0])
    share = torch.tensor([MAIN_WEIGHT, *[(1 - MAIN_WEIGHT) / 2] * 2])
    below = (share * torch.special.ndtr((found[:, None] - middle) / scale)).sum(-1)
    torch.testing.assert_close(below, LEVELS, atol=0.02, rtol=0)
    assert (found.diff() >= 0).all()


def test_a_pool_widens_to_where_the_witnesses_lie():
    main = normal(0.0, 0.2)
    found = pooled(main, normal(1.0, 0.2).repeat(3, 1)[None])[0]
    low, high = CENTRAL_90
    assert found[high] > 0.8
    assert found[low] > main[0, low] - 0.02
    assert found[MEDIAN] - main[0, MEDIAN] < 0.1


def test_a_witness_reads_the_first_block_and_about_half_of_the_others():
    blocks = tuple(f"block {k}" for k in range(41))
    read = [read_by(blocks, number) for number in range(20)]
    assert all(one[0] == blocks[0] for one in read)
    assert len(set(read)) == 20
    assert 15 < sum(map(len, read)) / 20 < 23
    assert read_by(blocks, 3) == read[3]


def test_what_shipped_witnesses_read_never_changes():
    """Their places are not in the file: another choice would feed them what they never learned."""
    read = [read_by(tuple(f"block {k}" for k in range(24)), number) for number in range(4)]
    chosen = [[int(name.split()[1]) for name in one] for one in read]
    assert chosen == CHOSEN


def test_while_they_learn_witnesses_answer_beside_the_main_network_and_later_in_the_pool():
    mist = network()
    inputs = mist.prepare(*data())
    learning = mist.train()(inputs)
    assert learning.witnesses.shape == (6, 3, len(LEVELS))
    answer = mist.eval()(inputs)
    assert answer.witnesses is None
    expected = pooled(learning.log_quantiles, learning.witnesses)
    torch.testing.assert_close(answer.log_quantiles, expected)
    torch.testing.assert_close(answer.mean, learning.mean)


def test_the_loss_teaches_every_witness_and_none_through_another():
    mist = network().train()
    inputs, truth = mist.prepare(*data()), torch.linspace(0.1, 1.0, 6)
    prediction = mist(inputs)
    alone_loss = training_loss(replace(prediction, witnesses=None), truth)
    assert training_loss(prediction, truth) == alone_loss  # one scale for all networks
    witness_loss(prediction, truth).backward()
    of_all = [parameter.grad for parameter in mist.witnesses[1].parameters()]
    assert any(grad.abs().sum() > 0 for grad in of_all)
    alone = network().train()
    prediction = alone(alone.prepare(*data()))
    witness_loss(replace(prediction, witnesses=prediction.witnesses[:, 1:2]), truth).backward()
    for ours, theirs in zip(of_all, alone.witnesses[1].parameters(), strict=True):
        torch.testing.assert_close(ours, theirs.grad)


def test_the_same_config_builds_the_same_network():
    mist = network().eval()
    again = build_network(config_dict(mist)).eval()
    again.load_state_dict(mist.state_dict())
    inputs = mist.prepare(*data())
    assert torch.equal(again(inputs).log_quantiles, mist(inputs).log_quantiles)
