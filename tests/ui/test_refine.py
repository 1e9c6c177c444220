"""Refinements take turns on a server, and say what they found."""

import threading
import time

import pytest

from mist_core.inference.posterior import Posterior
from mist_core.refinement.evidence import Evidence
from ui import refine


def posterior(evidence: Evidence) -> Posterior:
    return Posterior(0.5, (0.05, 0.5, 0.95), (0.4, 0.5, 0.6), 0.5, evidence=evidence)


def test_the_sentence_tells_what_the_rows_prove():
    text = refine.about(posterior(Evidence(0.47, 0.02, 136, 2.6, False)))
    assert "**0.50 nats**" in text
    assert "prove 0.47 ± 0.02 nats (136 steps, 3 s)" in text


def test_too_few_rows_are_told():
    assert refine.about(posterior(Evidence(None, None, 0, 0.0, False, "Too few."))) == "Too few."


def test_one_refinement_waits_for_the_other():
    running, said, order = threading.Event(), [], []

    def slow(progress):
        running.set()
        time.sleep(0.5)
        order.append("first")

    first = threading.Thread(target=refine._in_turn, args=(lambda share, words: None, slow))
    first.start()
    running.wait(5)
    refine._in_turn(lambda share, words: said.append(words), lambda progress: order.append("next"))
    first.join()
    assert order == ["first", "next"]
    assert said[0] == refine.WAITING


def test_a_cancelled_refinement_gives_its_turn_back():
    def cancelled(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refine._in_turn(lambda share, words: None, cancelled)
    assert refine._in_turn(lambda share, words: None, lambda progress: "done") == "done"
