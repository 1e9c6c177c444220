"""What a network has learned, carried over to one that reads other statistics.

A changed statistic would throw away millions of draws. But the trunk hangs on it by one linear map,
whose columns are moved to where the same statistic, or the one that took its place, stands now; new
statistics start without weight. So the answers are at first about those of before, and training
goes on from there.
"""

from dataclasses import replace

import torch
from torch import Tensor

from mist_core.errors import WeightsError
from mist_core.networks.mist import MIST
from mist_core.statistics import summary

# Of an estimate that the earlier network did not know, among those that are weighed: little.
UNKNOWN = -4.0


@torch.no_grad()
def joined(earlier: MIST, later: MIST) -> MIST:
    """`later` with the trunk of `earlier` as its main network, and its own main one as a companion.

    Raises:
        WeightsError: as `carry_over`.
    """
    config = later.config
    network = MIST(replace(config, companions=config.companions + 1))
    state = later.state_dict()
    own = {name: state[name] for name in state if name.startswith(("embed.", "blocks.", "head."))}
    companion = f"companions.{config.companions}."
    network.load_state_dict(state | {companion + name: tensor for name, tensor in own.items()})
    carry_over(earlier, network)
    return network


@torch.no_grad()
def carry_over(earlier: MIST, later: MIST) -> None:
    """Put the main network of `earlier` into `later`, whose statistics keep their own scale.

    Raises:
        WeightsError: the two trunks differ in width or depth.
    """
    sizes = [
        (n.config.hidden_dim, n.config.num_layers, n.config.raw_rows) for n in (earlier, later)
    ]
    if sizes[0] != sizes[1]:
        raise WeightsError(f"Expected trunks of one shape, got {sizes[0]} and {sizes[1]}.")
    places = _places(earlier.config.blocks, later.config.blocks)  # (F_later,), -1 where new
    known = places >= 0
    old = places[known]
    # z_earlier = z_later * ratio + shift, statistic by statistic; ignored ones have scale 0.
    scale = later.feature_scale[known]
    ratio = torch.where(scale > 0, earlier.feature_scale[old] / scale.clamp_min(1e-12), 0.0)
    shift = (later.feature_mean[known] - earlier.feature_mean[old]) * earlier.feature_scale[old]
    columns = earlier.embed.weight[:, old]
    later.embed.weight.zero_()
    later.embed.weight[:, known] = columns * ratio
    later.embed.bias.copy_(earlier.embed.bias + columns @ shift)
    later.blocks.load_state_dict(earlier.blocks.state_dict())
    later.head.norm.load_state_dict(earlier.head.norm.state_dict())
    later.head.out.load_state_dict(earlier.head.out.state_dict())
    _carry_choice(earlier, later, places)


def _carry_choice(earlier: MIST, later: MIST, places: Tensor) -> None:
    """The weights of the plug-in estimates; that there is no information is the last of them."""
    rank = {place: k for k, place in enumerate(earlier.estimates.tolist())}
    weight, bias = later.head.choice.weight, later.head.choice.bias
    weight.zero_()
    bias.fill_(UNKNOWN)
    for row, place in enumerate(later.estimates.tolist()):
        source = rank.get(int(places[place]))
        if source is not None:
            weight[row] = earlier.head.choice.weight[source]
            bias[row] = earlier.head.choice.bias[source]
    weight[-1], bias[-1] = earlier.head.choice.weight[-1], earlier.head.choice.bias[-1]


def _places(earlier: tuple[str, ...], later: tuple[str, ...]) -> Tensor:
    """(F,) where each statistic of the later blocks stands among the earlier ones, or -1.

    NAME-2 took the place of NAME: number by number where both have as many, else the first scales.
    """
    start, at = {}, 0
    for name in earlier:
        start[name] = at
        at += summary.count((name,))
    parts = []
    for name in later:
        width = summary.count((name,))
        source = name if name in start else name.removesuffix("-2")
        if source not in start:
            parts.append(torch.full((width,), -1))
        elif summary.count((source,)) == width:
            parts.append(start[source] + torch.arange(width))
        else:
            parts.append(_of_scales(source, width, start[source]))
    return torch.cat(parts)


def _of_scales(source: str, width: int, start: int) -> Tensor:
    """(width,) places where only the first scales are known: estimates, then their logarithms."""
    found = torch.full((width,), -1)
    known, half = summary.count((source,)) // 2, width // 2
    for k in range(known):
        found[k], found[half + k] = start + k, start + known + k
    return found
