"""Sides of a table: their rows follow it, tell what is known, and travel in a strict file."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from mist_core.checkpoint import save_checkpoint
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import ParameterError, TableError, WeightsError
from mist_core.paths import home
from mist_core.priors import sides
from mist_core.priors.like_table import LikeTable
from mist_core.priors.paper import Paper
from mist_core.priors.sides import load_sides
from mist_core.priors.spec import Mixed, from_text, to_text
from mist_core.priors.synthesis import flow
from mist_core.priors.synthesis.synthesizer import fit_side
from mist_core.tables.table import table_from_frame
from mist_core.training.adaptation.adapt import adapt
from mist_core.training.adaptation.side import simulate
from mist_core.weights.law_descriptions import describe


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    """A data folder of its own, and flows that are hardly fitted."""
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(flow, "MOST_STEPS", 20)


def table(count=150, seed=0):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=count)
    b = a + rng.normal(size=count)
    kind = np.where(b + rng.normal(size=count) > 0, "red", "blue")
    grade = rng.integers(1, 5, count).astype(float)
    y = rng.exponential(size=count)
    return table_from_frame(pd.DataFrame({"a": a, "b": b, "kind": kind, "grade": grade, "y": y}))


def draws(meta, count=16, index=0):
    return meta.draw(count, source(stream(0, "train", index)))


def test_a_draw_has_the_columns_of_the_table_and_rows_in_range():
    found = adapt(table(), ["a", "b", "kind"], ["y"])
    batch = draws(found.meta)
    assert batch.x.shape[2] == 4  # two numbers and an indicator of each class
    assert batch.y.shape[2] == 1
    assert found.meta.rows[0] <= batch.x.shape[1] <= found.meta.rows[1]
    assert batch.x.isfinite().all() and (batch.mutual_information >= 0).all()


def test_the_text_names_the_sides_and_the_same_draws_come_back():
    meta = adapt(table(), ["a", "b"], ["y"]).meta
    mixed = Mixed((meta, Paper()), (0.5, 0.5))
    assert from_text(to_text(mixed)) == mixed
    again = from_text(to_text(meta))
    assert torch.equal(draws(meta).x, draws(again).x)
    assert not torch.equal(draws(meta).x, draws(LikeTable(meta.sides, meta.rows, True)).x)


def test_the_card_says_what_it_was_trained_on():
    assert "Look-alikes of a user's table" in describe(to_text(LikeTable("0" * 64, (10, 20))))


def test_discrete_columns_follow_their_shares_and_their_neighbours(generator):
    source_table = table(2000)
    numbers = torch.from_numpy(np.stack([source_table[n].numbers for n in "ab"], 1))
    codes = torch.from_numpy((source_table["kind"].values == "red").to_numpy(float))[:, None]
    side = fit_side(numbers, codes, (True,), seed=0)
    simulated = simulate(side, 2000, generator)
    assert simulated[:, 2].mean().item() == pytest.approx(codes.mean().item(), abs=0.04)
    expected = np.corrcoef(numbers[:, 1], codes[:, 0])[0, 1]
    assert np.corrcoef(simulated[:, 1], simulated[:, 2])[0, 1] == pytest.approx(expected, abs=0.08)


def test_given_the_carrier_the_other_discrete_columns_know_nothing_of_the_rest(generator):
    first = torch.randint(3, (3000, 1), generator=generator).double()
    second = (first + torch.randint(2, (3000, 1), generator=generator)).clamp_max(2)
    side = fit_side(torch.empty(3000, 0).double(), torch.cat([first, second], 1), (0, 0), seed=0)
    latent = torch.randn(40_000, 1, generator=generator)
    given = torch.searchsorted(side.edges(0), latent)
    rows = side.push(given, 0, generator=generator)
    assert torch.equal(rows[:, 0].long(), given[:, 0])
    assert np.corrcoef(rows.T)[0, 1] > 0.4
    for code in range(3):
        inside = given[:, 0] == code
        assert abs(np.corrcoef(latent[inside, 0], rows[inside, 1])[0, 1]) < 0.03


def test_a_side_of_one_column_needs_no_flow_and_says_so():
    found = adapt(table(), ["a", "b", "kind"], ["y"])
    assert "one column needs no flow" in found.y.sentences()[0]
    assert "few values, which no flow can give" in found.x.sentences()[1]
    assert "energy distance" in found.x.sentences()[-1]
    assert found.x.discrete == ("kind",)
    assert set(found.x.simulated["kind"]) <= {"red", "blue"}


def test_two_sides_of_classes_need_no_flow_at_all():
    found = adapt(table(), ["kind"], ["grade"])
    batch = draws(found.meta)
    assert batch.x.shape[2] == 2 and batch.y.shape[2] == 1
    assert set(batch.y.unique().tolist()) == {1.0, 2.0, 3.0, 4.0}


@pytest.mark.parametrize(
    ("x", "y", "count", "words"),
    [
        (["a"], ["y"], 30, "30 complete rows"),
        (["a", "y"], ["y"], 150, "on both sides"),
        ([], ["y"], 150, "at least one column for X"),
        (["a"], ["none"], 150, "no column 'none'"),
    ],
)
def test_what_cannot_be_imitated_is_a_sentence(x, y, count, words):
    with pytest.raises(TableError, match=words):
        adapt(table(count), x, y)


@pytest.mark.parametrize("change", ["cut", "byte", "other name", "foreign", "huge"])
def test_a_file_of_sides_is_strict(change):
    meta = adapt(table(), ["a", "b"], ["y"]).meta
    path = home() / "sides" / f"{meta.sides}.safetensors"
    content = bytearray(path.read_bytes())
    digest = meta.sides
    if change == "cut":
        path.write_bytes(content[:-10])
    elif change == "byte":
        content[-5] ^= 1
        path.write_bytes(content)
    elif change == "other name":
        digest = "0" * 64
        path.rename(path.with_name(f"{digest}.safetensors"))
    elif change == "foreign":
        save_checkpoint(path, {"t": torch.zeros(1)}, {"config": {}})
    else:
        path.write_bytes(bytes(sides.MOST_BYTES + 1))
    load_sides.cache_clear()
    with pytest.raises(WeightsError):
        load_sides(digest, home().resolve())
    with pytest.raises(ParameterError, match="not at hand"):
        LikeTable(digest, (10, 20)).pair(0)
    assert not LikeTable(digest, (10, 20)).at_hand()
    (flaw,) = sides.flaws()
    flaw.remedies["Set it aside"]()
    assert sides.flaws() == []


def test_a_table_whose_sides_were_damaged_is_not_at_hand_and_can_be_fitted_again():
    meta = adapt(table(), ["a", "b"], ["y"]).meta
    assert meta.at_hand() and sides.flaws() == []
    path = home() / "sides" / f"{meta.sides}.safetensors"
    path.write_bytes(path.read_bytes()[:99])
    assert not meta.at_hand()
    again = adapt(table(), ["a", "b"], ["y"]).meta
    assert again.at_hand()
    # A fit that comes out as before writes the damaged file anew; one that does not leaves it.
    assert len(sides.flaws()) == (again.sides != meta.sides)


def test_a_shape_is_checked_before_anything_is_made_of_it():
    huge = {"knots": [10**9], "levels": [], "classes": []}
    with pytest.raises(WeightsError, match="from 2 to 64"):
        sides._build(huge, {})


@pytest.mark.parametrize("digest", ["../../etc/passwd", "A" * 64, 5, None])
def test_nothing_but_a_digest_becomes_part_of_a_path(digest):
    text = json.dumps({"kind": "table", "sides": digest, "rows": [10, 20], "held_out": False})
    with pytest.raises(ParameterError, match="SHA-256"):
        from_text(text)
