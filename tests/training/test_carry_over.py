"""A trunk carried over to other statistics answers as before, until it learns of the new ones."""

from dataclasses import replace

import pytest
import torch

from mist_core.errors import WeightsError
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.training.carry_over import carry_over, joined

SMALL = MISTConfig(
    blocks=("sizes", "spectra-scores", "grids"), hidden_dim=32, num_layers=2, encoder_dim=0
)
LATER = replace(SMALL, blocks=("sizes", "dimensions", "grids", "directions", "spectra-scores"))


def fitted(config, seed):
    torch.manual_seed(seed)
    network = MIST(config).eval()
    x = torch.randn(64, 100, 2, generator=torch.Generator().manual_seed(seed))
    network.fit_inputs(network.prepare(x, x + torch.randn_like(x)))
    return network


def test_the_same_statistics_in_other_places_give_the_same_answer():
    earlier, later = fitted(SMALL, 0), fitted(LATER, 1)
    torch.nn.init.normal_(earlier.head.choice.weight)
    carry_over(earlier, later)
    later.head.choice.bias.data[later.head.choice.bias == -4.0] = -1e9
    x = torch.randn(8, 200, 2, generator=torch.Generator().manual_seed(2))
    y = x + torch.randn(8, 200, 2, generator=torch.Generator().manual_seed(3))
    before, after = (n(n.prepare(x, y)).quantiles for n in (earlier, later))
    # Statistics are bounded softly on the scale of each network.
    torch.testing.assert_close(after, before, rtol=0.15, atol=0.05)


def test_a_network_joined_with_itself_answers_as_alone():
    network = fitted(SMALL, 0)
    torch.nn.init.normal_(network.head.choice.weight)
    x = torch.randn(2, 8, 200, 2, generator=torch.Generator().manual_seed(2))
    both, alone = joined(network, network).eval(), network
    inputs = alone.prepare(*x)
    torch.testing.assert_close(both(inputs).mean, alone(inputs).mean, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        both(inputs).quantiles, alone(inputs).quantiles, rtol=0.02, atol=0.01
    )


def test_trunks_of_other_shapes_are_refused():
    with pytest.raises(WeightsError, match="one shape"):
        carry_over(fitted(SMALL, 0), fitted(replace(LATER, hidden_dim=16), 1))
