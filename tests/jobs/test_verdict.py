"""The verdict on a run: keep what is better by more than chance, discard the rest."""

import dataclasses

import pytest

from mist_core.jobs.comparison import EVERYTHING, IN_FAMILY, OWN, Comparison
from mist_core.jobs.findings import verdict


def compared(bench: str, before: float, after: float, error: float = 0.01) -> Comparison:
    return Comparison(bench, 400, 0.2, 0.2, 0.1, 0.9, 0.9, before, after, error)


@pytest.mark.parametrize(
    ("common", "own", "words"),
    [
        ((0.30, 0.25), (0.2, 0.2), "Better: keep."),
        ((0.30, 0.25), (0.2, 0.3), "Better: keep."),
        ((0.30, 0.30), (0.2, 0.1), "Better on your laws: keep."),
        ((0.30, 0.35), (0.2, 0.1), "Better on your laws: keep."),
        ((0.30, 0.29), (0.2, 0.19), "No gain: discard."),  # within two standard errors
        ((0.30, 0.40), (0.2, 0.3), "No gain: discard."),
    ],
)
def test_what_is_better_by_more_than_chance_is_kept(common, own, words):
    found = [compared(OWN, *own), compared(IN_FAMILY, 0.1, 0.1), compared(EVERYTHING, *common)]
    said = verdict(found, "nats").sentence
    assert said.startswith(f"**{words}**")
    by_chance = sum(abs(before - after) < 0.02 for before, after in (common, own))
    assert said.count("by no more than chance, from") == by_chance
    assert ("forgotten" in said) == (words.startswith("Better on") and common[1] > common[0] + 0.02)


def test_without_a_standard_error_nothing_is_called_better():
    found = [compared(OWN, 0.2, 0.1), compared(EVERYTHING, 0.3, 0.1)]
    found = [dataclasses.replace(c, wis_error=float("nan")) for c in found]
    assert "No gain" in verdict(found, "nats").sentence


def test_bits_are_nats_over_ln_2():
    found = [compared(OWN, 0.2, 0.1), compared(EVERYTHING, 0.3, 0.1)]
    nats, bits = (verdict(found, unit).table for unit in ("nats", "bits"))
    assert bits.wis_after[0] == pytest.approx(nats.wis_after[0] * 1.4427, rel=1e-4)
