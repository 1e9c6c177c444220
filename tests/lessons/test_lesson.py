"""What all lessons have: three sentences, a formula, references, and words that are explained."""

import pytest

from mist_core.lessons.course import COURSE
from mist_core.lessons.glossary import GLOSSARY, anchor, with_hints
from mist_core.lessons.lesson import Question, nearest

SCREENS = [screen for lesson in COURSE.values() for screen in lesson.screens]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.key)
def test_a_screen_has_three_sentences_and_a_formula(screen):
    assert len(screen.sentences) == 3 and screen.formula
    for sentence in screen.sentences:
        assert sentence.endswith(".") and "[[" not in with_hints(sentence)


def test_keys_of_screens_are_unique():
    keys = [screen.key for screen in SCREENS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("lesson", COURSE.values(), ids=COURSE)
def test_a_lesson_names_its_sources_by_doi(lesson):
    assert lesson.references
    for reference in lesson.references:
        if reference.doi:
            assert reference.doi.startswith("10.")
            assert f"(https://doi.org/{reference.doi})" in reference.markdown()
        else:  # JMLR gives none
            assert "(https://jmlr.org/papers/" in reference.markdown()


def test_marked_words_become_links_with_their_meaning():
    text = with_hints("[[KSG]] and [[nat|nats]].")
    assert text.startswith(f'[KSG](glossary#ksg "{GLOSSARY["KSG"]}")')
    assert f'[nats](glossary#nat "{GLOSSARY["nat"]}")' in text
    with pytest.raises(KeyError):
        with_hints("[[no such word]]")


def test_the_words_of_the_glossary_have_anchors_of_their_own():
    assert len({anchor(term) for term in GLOSSARY}) == len(GLOSSARY)
    assert {"nat", "bit", "KSG", "CCA", "PIT", "copula", "canonical pair"} <= GLOSSARY.keys()
    assert {"pinball", "coverage"} <= GLOSSARY.keys()
    assert not [text for text in GLOSSARY.values() if '"' in text]


def test_a_guess_is_judged_by_the_data():
    question = Question("How much?", ("0", "1"), nearest(0.8, (0, 1)), "it is 0.8.")
    assert question.verdict("1") == "Yes: it is 0.8."
    assert question.verdict("0") == "No, **1**: it is 0.8."
