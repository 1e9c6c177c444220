"""The published meta-distribution is the published one, and its streams never meet."""

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from mist_core.distributions.numerics.randomness import STREAMS, Source, source, stream
from mist_core.distributions.transforms.maps import Asinh, HalfCube, WigglyX, WigglyY
from mist_core.errors import ParameterError
from mist_core.priors.batch import Composition, concatenate, draw_law
from mist_core.priors.paper import (
    PAPER_BASES,
    PAPER_DIMS,
    PAPER_FAMILIES,
    PAPER_IN_FAMILY,
    PAPER_OUT_OF_FAMILY,
    PAPER_ROWS,
    PAPER_TRAIN,
    Paper,
    draw_paper,
)
from mist_core.priors.registry import META_DISTRIBUTIONS, meta_distribution
from mist_core.statistics.canonical import spectrum
from mist_core.statistics.marginals import marginals
from mist_core.statistics.scaling import gaussian_information


def fresh(seed=0, name="train", index=0):
    return source(stream(seed, name, index))


def states(sequence):
    """Everything that a source makes of a seed sequence."""
    return tuple(tuple(child.generate_state(4, np.uint64)) for child in sequence.spawn(2))


def test_streams_share_no_seed():
    drawn = [
        states(stream(seed, name, index))
        for seed, name, index in itertools.product((0, 1, 20261121), STREAMS, range(300))
    ]
    singles = [state for pair in drawn for state in pair]
    assert len(set(singles)) == len(singles)


def test_streams_share_no_dataset():
    rows = Counter(
        row.tobytes()
        for name, index in itertools.product(STREAMS, range(5))
        for dataset in Paper(rows=(10, 12)).draw(32, fresh(0, name, index)).x
        for row in dataset.numpy()
    )
    assert set(rows.values()) == {1}


def test_an_unknown_stream_is_an_error():
    with pytest.raises(KeyError):
        stream(0, "testing", 0)


def test_the_same_place_in_a_stream_gives_the_same_datasets():
    first, again, other = (Paper().draw(16, fresh(3, "train", index)) for index in (7, 7, 8))
    assert torch.equal(first.x, again.x) and torch.equal(first.y, again.y)
    assert torch.equal(first.mutual_information, again.mutual_information)
    assert first.families == again.families
    assert first.x.shape != other.x.shape or not torch.equal(first.x, other.x)


def test_sixteen_families_train_and_the_test_families_stand_where_they_should():
    assert len(set(PAPER_TRAIN)) == 16
    assert set(PAPER_IN_FAMILY) <= set(PAPER_TRAIN)
    assert not set(PAPER_OUT_OF_FAMILY) & set(PAPER_TRAIN)
    assert {"additive-wiggly", "normal-2pair-base", "student-2pair-halfcube"} <= set(PAPER_TRAIN)
    assert Counter(PAPER_FAMILIES[name].base for name in PAPER_TRAIN) == {
        "normal-dense": 3,
        "normal-sparse": 2,
        "normal-lvm": 2,
        "normal-2pair": 1,
        "student-dense": 2,
        "student-sparse": 3,
        "student-2pair": 2,
        "additive": 1,
    }


def test_every_family_has_the_same_share():
    batch = Paper(rows=(10, 10), dims=(2, 2)).draw(160, fresh())
    assert Counter(batch.families) == dict.fromkeys(PAPER_TRAIN, 10)


def test_a_count_that_is_no_multiple_favours_no_family():
    meta, shares = Paper(rows=(10, 10), dims=(2, 2)), Counter()
    for index in range(400):
        shares.update(meta.draw(4, fresh(0, "train", index)).families)
    assert set(shares) == set(PAPER_TRAIN)
    assert max(shares.values()) < 100 + 5 * math.sqrt(100)


def test_rows_and_dimensions_fill_their_published_ranges_evenly():
    meta = Paper(families=("normal-dense-base",))
    shapes = [meta.draw(1, fresh(0, "train", index)).x.shape for index in range(600)]
    rows, dims = (np.array([shape[k] for shape in shapes]) for k in (1, 2))
    for values, (low, high) in ((rows, PAPER_ROWS), (dims, PAPER_DIMS)):
        assert values.min() >= low and values.max() <= high
        assert values.min() <= low + 0.02 * (high - low)
        assert values.max() >= high - 0.02 * (high - low)
        spread = (high - low + 1) / math.sqrt(12 * len(values))
        assert values.mean() == pytest.approx((low + high) / 2, abs=3.5 * spread)
    assert (PAPER_ROWS, PAPER_DIMS) == ((10, 500), (2, 32))


@dataclass(frozen=True)
class Recording(Source):
    """A source that notes which ranges are asked of it."""

    ranges: list = field(default_factory=list)

    def uniform(self, low, high, *shape):
        self.ranges.append((low, high, *shape))
        return super().uniform(low, high, *shape)

    def integers(self, low, high, *shape):
        self.ranges.append(("integers", low, high, *shape))
        return super().integers(low, high, *shape)


OFF_DIAGONAL, STRENGTH, DF = (0, 0.5, 7), (0.1, 5, 7), (1, 10, 7)
N_INTERACTING = ("integers", 1, 4, 7)
PUBLISHED_RANGES = {
    "normal-dense": [OFF_DIAGONAL],
    "normal-sparse": [N_INTERACTING, STRENGTH],
    "normal-lvm": [N_INTERACTING, (0, 1, 7), (0.1, 3, 7), (0, 1.5, 7), (0.1, 5, 7)],
    "normal-2pair": [STRENGTH],
    "student-dense": [OFF_DIAGONAL, DF],
    "student-sparse": [N_INTERACTING, STRENGTH, DF],
    "student-2pair": [STRENGTH, DF],
    "additive": [(0.1, 2, 7, 4)],
}


@pytest.mark.parametrize("base", PAPER_BASES)
def test_parameters_are_drawn_from_their_published_ranges(base):
    randomness = fresh()
    recording = Recording(randomness.rng, randomness.generator)
    law = PAPER_BASES[base](4, 7, recording)
    assert recording.ranges == PUBLISHED_RANGES[base]
    assert (law.dim_x, law.dim_y, law.batch_shape) == (4, 4, (7,))


def test_uniform_and_integer_draws_fill_their_ranges():
    randomness = fresh()
    numbers = randomness.uniform(-1, 3, 4000)
    assert -1 <= numbers.min() < -0.99 and 2.99 < numbers.max() < 3
    assert set(randomness.integers(2, 5, 500).tolist()) == {2, 3, 4, 5}


@pytest.mark.parametrize("base", PAPER_BASES)
def test_the_truth_is_the_mean_of_the_pointwise_information(base):
    randomness = fresh(5)
    law = PAPER_BASES[base](3, 8, randomness)
    x, y = law.sample(20_000, generator=randomness.generator)
    pointwise = law.pointwise_mutual_information(x, y)
    deviation = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (deviation < 5 * pointwise.std(-1) / 20_000**0.5 + 1e-9).all()


@pytest.mark.parametrize(
    ("name", "transforms"),
    [
        ("halfcube", (HalfCube(), HalfCube())),
        ("asinh", (Asinh(), Asinh())),
        ("wiggly", (WigglyX(), WigglyY())),
    ],
)
def test_a_transformed_family_is_its_base_family_seen_through_the_transform(name, transforms):
    base, seen = (draw_paper(f"normal-dense-{t}", 30, 3, 4, fresh()) for t in ("base", name))
    torch.testing.assert_close(seen.x, transforms[0](base.x))
    torch.testing.assert_close(seen.y, transforms[1](base.y))
    assert torch.equal(seen.mutual_information, base.mutual_information)


def test_each_dataset_of_a_mixed_draw_keeps_its_own_truth():
    """Normal scores make every normal family Gaussian again, where the plug-in is consistent."""
    batch = Paper(rows=(3000, 3000), dims=(2, 2)).draw(64, fresh(1))
    normal = torch.tensor([family.startswith("normal") for family in batch.families])
    frame = spectrum(marginals(batch.x[normal]).scores, marginals(batch.y[normal]).scores)
    plug_in = gaussian_information(frame.squared_correlations(0.0)).sum(-1)
    assert normal.sum() == 32
    torch.testing.assert_close(plug_in, batch.mutual_information[normal], atol=0.15, rtol=0)


def test_truths_are_finite_and_not_negative_even_at_no_dependence():
    batch = draw_paper("normal-sparse-base", 10, 32, 200, fresh())
    assert torch.isfinite(batch.mutual_information).all()
    assert batch.mutual_information.min() >= 0
    assert batch.mutual_information.dtype == torch.float64
    assert batch.x.dtype == batch.y.dtype == torch.float32


def test_batches_of_one_shape_become_one():
    law = PAPER_BASES["normal-dense"](2, 3, fresh())
    names = [(Composition.of(str(k)),) * 3 for k in (0, 1)]
    parts = [draw_law(law, 5, fresh(index=k), names[k]) for k in (0, 1)]
    joined = concatenate(parts)
    assert joined.families == ("0", "0", "0", "1", "1", "1")
    assert torch.equal(joined.x[3:], parts[1].x)
    assert joined.chosen([4, 0]).families == ("1", "0")
    assert torch.equal(joined.chosen([4, 0]).y, joined.y[[4, 0]])
    assert torch.equal(joined.mutual_information, torch.cat([law.mutual_information()] * 2))


def test_meta_distributions_go_by_name():
    assert set(META_DISTRIBUTIONS) >= {"paper", "paper-no-additive", "general"}
    for part in meta_distribution("paper-no-additive").parts:
        assert set(PAPER_TRAIN) - set(part.families) == {"additive-wiggly"}
    with pytest.raises(ParameterError, match="expected one of paper"):
        meta_distribution("papers")
