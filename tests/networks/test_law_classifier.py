"""The recogniser: it names kinds of laws, and a kind it was never shown is less familiar."""

import copy
from dataclasses import replace

import pytest
import torch
from sklearn.metrics import roc_auc_score

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.networks.law_classifier import READERS, STRANGE, Recogniser, recognition_loss
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.scoring import training_loss
from mist_core.priors.paper import Paper
from mist_core.training.labels import KINDS, OTHER, blocks_in, held, read_blocks

FEATURES = 6
# Three kinds: around points on three axes.
CENTERS = 4.0 * torch.eye(3, FEATURES).roll(1, -1)


def drawn(kind, count, seed):
    """(count, FEATURES) statistics of one kind; the first grows with the rows."""
    generator = torch.Generator().manual_seed(seed)
    return CENTERS[kind] + torch.randn(count, FEATURES, generator=generator)


@pytest.fixture(scope="module")
def taught():
    """One that has learned the first two kinds."""
    torch.manual_seed(0)
    recogniser = Recogniser([torch.arange(FEATURES), torch.arange(FEATURES - 1)], 2)
    optimiser = torch.optim.Adam(recogniser.parameters(), lr=2e-3)
    data = torch.cat([drawn(0, 1000, 1), drawn(1, 1000, 2)])
    known = torch.eye(2).repeat_interleave(1000, 0)
    for _ in range(60):
        optimiser.zero_grad()
        recognition_loss(recogniser(data), known).backward()
        optimiser.step()
    recogniser.eval().requires_grad_(False)
    recogniser.fit(data[torch.randperm(2000)])
    known = torch.cat([drawn(0, 3000, 3), drawn(1, 3000, 4)])
    recogniser.rank(known, answer(known))
    return recogniser


def answer(data):
    """(B,) stands for the information found."""
    return data[:, 4]


def test_datasets_hold_their_blocks_and_what_is_none_holds_something_else():
    labels = [("curve", "gaussian"), ("independent",), ("a user's table",), ()]
    names = [{KINDS[place] for place in row.nonzero().flatten()} for row in held(labels, KINDS)]
    assert names == [{"curve", "gaussian"}, {"independent"}, {OTHER}, {OTHER}]


def test_a_published_law_is_one_block():
    batch = Paper(("student-sparse-asinh", "normal-lvm-wiggly", "additive-wiggly")).draw(
        3, source(stream(0, "train", 0))
    )
    assert set(blocks_in(batch)) == {("student",), ("gaussian",), ("additive",)}


def test_labels_of_earlier_files_are_read_as_they_were_meant():
    assert read_blocks(["curve", "ring"]) == ("curve", "ring") == read_blocks("curve+ring")
    assert read_blocks("normal-lvm-wiggly") == ("gaussian",)


def test_a_network_without_kinds_is_told_none():
    assert held([("curve",), ("ring",)], ()).shape == (2, 0)
    assert recognition_loss(None, held([("curve",)], ())) == 0


def test_strange_datasets_hold_no_kind():
    known, odds = held([("curve",), ("ring",)], KINDS), torch.zeros(3, 2, len(KINDS))
    odds[:2] = 50 * (2 * known.float() - 1).unsqueeze(1)
    odds[2] = -50
    assert recognition_loss(odds, known) < 1e-6
    odds[2, 1, 0] = 50
    assert recognition_loss(odds, known) == pytest.approx(50 / odds.numel())


def test_strange_statistics_reach_the_recogniser_alone():
    mist = MIST(MISTConfig(hidden_dim=16, num_layers=1, encoder_dim=0, kinds=KINDS, dropout=0.0))
    x = torch.randn(6, 30, 2, generator=torch.Generator().manual_seed(0))
    inputs = mist.prepare(x, x.square())
    alone = mist.train()(inputs)
    beside = mist(inputs | {STRANGE: inputs["features"][:2]})
    assert torch.equal(alone.log_quantiles, beside.log_quantiles)
    assert beside.kinds.shape == (8, READERS, len(KINDS))


def test_it_names_what_it_has_learned(taught):
    for kind in (0, 1):
        assert (taught(drawn(kind, 500, 5)).mean(1).argmax(-1) == kind).float().mean() > 0.95


def test_familiarity_is_uniform_under_the_laws_it_has_learned(taught):
    known = torch.cat([drawn(0, 2000, 6), drawn(1, 2000, 7)])
    scores = taught.familiarity(known, answer(known))
    levels = torch.linspace(0.1, 0.9, 9)
    shares = (scores[:, None] < levels).float().mean(0)
    torch.testing.assert_close(shares, levels, atol=0.03, rtol=0)


def test_a_kind_it_was_never_shown_is_less_familiar(taught):
    data = torch.cat([drawn(2, 1000, 10), drawn(0, 500, 8), drawn(1, 500, 9)])
    scores = taught.familiarity(data, answer(data))
    assert roc_auc_score([0] * 1000 + [1] * 1000, scores) > 0.9


def test_little_evidence_is_stranger_where_there_is_much_information(taught):
    """With little information all evidence is little; there it says nothing."""
    weak, strong = torch.zeros(2000), torch.ones(2000)
    known = torch.cat([drawn(0, 2000, 11) / 3, drawn(1, 2000, 12)])
    taught = copy.deepcopy(taught)
    taught.rank(known, torch.cat([weak, strong]))
    data = drawn(0, 300, 13) / 3
    alike = taught.familiarity(data, weak[:300])
    assert taught.familiarity(data, strong[:300]).mean() < alike.mean() - 0.1


def test_what_is_one_kind_to_one_reader_and_another_to_the_next_is_strange():
    """Each reader alone knows such data; a kind takes all of them."""
    torch.manual_seed(0)
    recogniser = Recogniser([torch.tensor([0, 1, 2]), torch.tensor([0, 3, 4])], 2)
    optimiser = torch.optim.Adam(recogniser.parameters(), lr=2e-3)
    # Kind 0 shows in columns 1 and 3, kind 1 in columns 2 and 4: a reader sees one of each.
    shifts = 4.0 * torch.tensor([[0, 1, 0, 1, 0], [0, 0, 1, 0, 1], [0, 1, 0, 0, 1]])
    noise = torch.randn(3000, 5, generator=torch.Generator().manual_seed(1))
    data, mixed = noise[:2000] + shifts[:2].repeat(1000, 1), noise[2000:] + shifts[2]
    for _ in range(60):
        optimiser.zero_grad()
        recognition_loss(recogniser(data), torch.eye(2).repeat(1000, 1)).backward()
        optimiser.step()
    recogniser.eval().requires_grad_(False)
    for reader in recogniser.readers:
        assert reader(mixed).amax(-1).median() > reader(data).amax(-1).quantile(0.1)
    recogniser.fit(data)
    recogniser.rank(data, data[:, 0])
    assert recogniser.familiarity(mixed, mixed[:, 0]).mean() < 0.1


def test_it_teaches_the_main_network_nothing_and_learns_nothing_from_the_truth():
    mist = MIST(MISTConfig(hidden_dim=16, num_layers=1, encoder_dim=0, kinds=KINDS)).train()
    x = torch.randn(6, 30, 2, generator=torch.Generator().manual_seed(0))
    prediction = mist(mist.prepare(x, x.square()))
    parts = {True: [], False: []}
    for name, parameter in mist.named_parameters():
        parts[name.startswith("recogniser")].append(parameter)
    known = held([("square",)] * 6, KINDS)
    losses = {True: recognition_loss(prediction.kinds, known)}
    losses[False] = training_loss(replace(prediction, kinds=None), torch.ones(6))
    for own, loss in losses.items():
        grads = torch.autograd.grad(loss, parts[not own], retain_graph=True, allow_unused=True)
        assert all(grad is None for grad in grads)
