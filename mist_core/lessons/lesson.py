"""What a lesson is made of: fixed words, and what is computed of the data on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

Drawn = Any
"""An Altair chart, or where something turns in space a plotly figure."""


@dataclass(frozen=True)
class Reference:
    """A publication: authors, year and title as one line, and its DOI, or `url` where it has none.

    The Journal of Machine Learning Research gives none.
    """

    line: str
    doi: str = ""
    url: str = ""

    def markdown(self) -> str:
        """The line, with a link."""
        if self.doi:
            return f"{self.line}. [doi:{self.doi}](https://doi.org/{self.doi})"
        return f"{self.line}. [{self.url.removeprefix('https://')}]({self.url})"


@dataclass(frozen=True)
class Screen:
    """One idea.

    Attributes:
        key: in the address.
        title: of one line.
        sentences: three; [[term]] marks a word of the glossary.
        formula: LaTeX.
    """

    key: str
    title: str
    sentences: tuple[str, str, str]
    formula: str


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        key: in the address.
        title: of two or three words.
        screens: in order.
        references: with DOI.
    """

    key: str
    title: str
    screens: tuple[Screen, ...]
    references: tuple[Reference, ...]

    def screen(self, key: str | None) -> Screen:
        """The screen of that key, else the first."""
        return next((screen for screen in self.screens if screen.key == key), self.screens[0])


@dataclass(frozen=True)
class Question:
    """A question whose answer the data on screen give.

    Attributes:
        text: one sentence.
        options: to choose among.
        right: place of the right one, found from the data.
        why: what the data say, in Markdown.
    """

    text: str
    options: tuple[str, ...]
    right: int
    why: str

    @property
    def answer(self) -> str:
        return self.options[self.right]

    def verdict(self, guess: str) -> str:
        """What a guess is worth."""
        return f"Yes: {self.why}" if guess == self.answer else f"No, **{self.answer}**: {self.why}"


@dataclass(frozen=True)
class Figure:
    """A picture, and the numbers that it shows.

    Attributes:
        drawn: the picture.
        numbers: as a table, with names that a reader knows.
    """

    drawn: Drawn
    numbers: pd.DataFrame


@dataclass(frozen=True)
class Step:
    """What a screen shows of its data.

    Attributes:
        figures: finished, beside each other.
        about: what they show, with the result, for those who cannot see them.
        question: answered by the data.
        takeaway: what to remember, with the numbers on screen.
        revealed: figures that would give the answer away.
        table: the numbers behind it.
        explore: parameters of the Explore page that show the same data; None where it cannot.
        numbers: what the texts claim, for whoever checks it.
        code: the expression that makes this step again, `estimator` given; "" where nothing can.
    """

    figures: tuple[Figure, ...]
    about: str
    question: Question
    takeaway: str
    revealed: tuple[Figure, ...] = ()
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    explore: Mapping[str, str | list[str]] | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    code: str = ""


def nearest(value: float, choices: Sequence[float]) -> int:
    """Place of the choice nearest to a value."""
    return int(np.argmin(np.abs(np.asarray(choices) - value)))
