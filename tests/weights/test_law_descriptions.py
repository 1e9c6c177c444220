"""What a card says of the training laws is what training draws."""

import re

import numpy as np
import pytest
import torch

from mist_core.distributions.families import FAMILIES
from mist_core.distributions.numerics.randomness import Source
from mist_core.distributions.transforms.maps import Compose
from mist_core.distributions.transforms.named import TRANSFORMS
from mist_core.distributions.transforms.random import PerColumn, random_maps
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.paper import PAPER_TRAIN
from mist_core.priors.registry import META_DISTRIBUTIONS
from mist_core.weights.law_descriptions import (
    GENERAL_FAMILIES,
    GENERAL_TRANSFORMS,
    describe,
)


def test_every_block_and_every_known_name_has_its_sentence():
    assert all(block.sentence.endswith(".") for block in BLOCKS.values())
    assert all(block.sentence in describe("general") for block in BLOCKS.values())
    assert GENERAL_FAMILIES.keys() == FAMILIES.keys()
    assert GENERAL_TRANSFORMS.keys() == TRANSFORMS.keys()


def test_the_table_of_published_laws_marks_the_training_families():
    rows = [line.strip("| ").split(" | ") for line in describe("paper").splitlines()]
    (header,) = [row for row in rows if row[0] == "law"]
    marks = {
        f"{row[0].strip('`')}-{transform}": mark
        for row in rows
        if len(row) == len(header)
        for transform, mark in zip(header[1:], row[1:], strict=True)
    }
    assert {family for family, mark in marks.items() if mark == "trained"} == set(PAPER_TRAIN)


def test_every_meta_distribution_is_described_and_no_other():
    for name in META_DISTRIBUTIONS:
        assert "| --- |" in describe(name)
    assert "does not know" in describe("other")


def test_laws_that_differ_in_rows_alone_are_listed_once():
    said = describe("paper-few-rows")
    assert said.count("`student-sparse`") == describe("paper").count("`student-sparse`") == 1
    assert (
        "22\u00a0% of the draws have n in 10 to 100 and 27\u00a0% of the draws have n in 10 to 25"
        in said
    )


@pytest.mark.parametrize("name", META_DISTRIBUTIONS)
def test_shares_are_written_as_everywhere_else_and_none_is_rounded_to_nothing(name):
    assert not re.search(r"\d%|\b0 %", describe(name))


def kinds_of(transform) -> set[str]:
    """Names of the transforms that a random map is composed of, whatever their nesting."""
    if not isinstance(transform, Compose | PerColumn):
        return {type(transform).__name__}
    parts = transform.transforms if isinstance(transform, Compose) else transform.maps
    return set().union(*map(kinds_of, parts))


def test_the_transforms_said_to_be_drawn_are_those_drawn():
    source = Source(np.random.default_rng(0), torch.Generator().manual_seed(0))
    drawn = set().union(*(kinds_of(random_maps([3], 2, source)[0]) for _ in range(200)))
    said = {name for name, sentence in GENERAL_TRANSFORMS.items() if sentence != "no"}
    named = {type(TRANSFORMS[name].for_x(3)).__name__ for name in said - {"rotation", "swiss-roll"}}
    assert drawn == named | {"WigglyY"}  # rotations are linear maps here; rolls are `redundant`
