"""A composed meta-distribution is its text, there and back; other texts are refused."""

import json

import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import ParameterError
from mist_core.priors.general import General
from mist_core.priors.paper import Paper
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import MOST_ROWS, Mixed, from_text, to_text
from mist_core.weights.law_descriptions import describe

SMALL_PAPER = Paper(("normal-dense-base", "additive-wiggly"), rows=(10, 40), dims=(2, 3))
SMALL_GENERAL = General(rows=(10, 60), dims=2, blocks=("curve", "ring"), published=0.0)
MIXED = Mixed((SMALL_PAPER, SMALL_GENERAL), (0.25, 0.75))


@pytest.mark.parametrize("meta", [Paper(), General(), SMALL_PAPER, SMALL_GENERAL, MIXED])
def test_a_text_gives_back_what_it_was_made_of(meta):
    assert from_text(to_text(meta)) == meta
    assert meta_distribution(to_text(meta)) == meta


def test_the_same_text_gives_the_same_draws():
    draws = [
        meta_distribution(to_text(MIXED)).draw(8, source(stream(1, "train", 5))) for _ in range(2)
    ]
    assert torch.equal(draws[0].x, draws[1].x)


def test_a_mixture_draws_its_parts_as_often_as_their_shares_say():
    randomness = source(stream(0, "train", 0))
    names = [MIXED.draw(1, randomness).families[0] for _ in range(400)]
    published = sum(name in SMALL_PAPER.families for name in names)
    assert abs(published - 100) < 4 * (400 * 0.25 * 0.75) ** 0.5


def test_without_the_published_share_only_the_chosen_blocks_are_drawn():
    randomness = source(stream(0, "train", 1))
    draws = [SMALL_GENERAL.draw(8, randomness) for _ in range(30)]
    blocks = set().union(*(c.blocks for batch in draws for c in batch.compositions))
    assert blocks <= {"curve", "ring", "independent"}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "pickle"},
        {"rows": [1, 50]},
        {"rows": [50, 10]},
        {"rows": [10, MOST_ROWS + 1]},
        {"rows": "10"},
        {"dims": [2, 1000]},
        {"dims": 5},
        {"families": []},
        {"families": ["__import__"]},
        {"surprise": 1},
    ],
)
def test_a_text_outside_the_ranges_is_refused_with_a_sentence(changes):
    text = json.dumps(json.loads(to_text(SMALL_PAPER)) | changes)
    with pytest.raises(ParameterError, match="expected"):
        from_text(text)


@pytest.mark.parametrize("text", ["{", "{}", "[]", "1", "[" * 9000, '{"kind": []}'])
def test_any_other_text_is_refused_with_a_sentence(text):
    with pytest.raises(ParameterError, match="expected"):
        from_text(text)


def test_shares_must_sum_to_one():
    text = json.dumps(json.loads(to_text(MIXED)) | {"shares": [0.5, 0.6]})
    with pytest.raises(ParameterError, match="sum to 1"):
        from_text(text)


def test_a_card_describes_each_part_of_a_mixture():
    words = describe(to_text(MIXED))
    assert "25\u00a0% of the draws: 2 published families" in words
    assert "| `ring` |" in words and "| `gaussian` |" not in words
