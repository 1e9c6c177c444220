"""The words of the field, each in a sentence or two; texts mark them as [[word]]."""

import re

GLOSSARY: dict[str, str] = {
    "mutual information": "What one group of columns tells about another: the average logarithm of "
    "how much likelier a pair of values is together than apart. 0 means independent.",
    "conditional mutual information": "What one group of columns still tells about another where a "
    "third is known; it can be less than without the third, or more.",
    "nat": "The unit of information with natural logarithms; one nat makes a guess 2.72 times as "
    "good on average. 1 nat is 1.44 bits.",
    "bit": "The unit of information with logarithms to base 2: the answer to one fair yes-or-no "
    "question. 1 bit is 0.69 nats.",
    "Pearson": "Pearson's correlation: how well a straight line fits. It can be 0 where one column "
    "decides the other.",
    "Spearman": "The correlation of ranks: how well an increasing curve fits.",
    "KSG": "The estimator of Kraskov, Stögbauer and Grassberger (2004): counts of neighbours, near "
    "in one side among those near in both.",
    "CCA": "Canonical correlation analysis (Hotelling, 1936): the strongest linear relations "
    "between two groups of columns. Exact for normal data, blind for the rest.",
    "canonical pair": "The two weighted sums, one of each side, that correlate most.",
    "copula": "The joint law of the ranks: what is left of a law when the scale of each column is "
    "taken away. Mutual information depends on it alone.",
    "PIT": "Probability integral transform: the level at which the truth lies in a predicted "
    "distribution. Honest predictions make it uniform.",
    "pinball": "The loss whose minimum is a quantile: a miss above costs as much as the level "
    "says, one below the rest. A network trained with it learns quantiles.",
    "coverage": "The share of intervals that hold the truth. An honest 90 % interval has a "
    "coverage of 90 %.",
    "interval score": "Width, plus a fine of 2/α times the miss where the truth lies outside of an "
    "interval of level 1 − α (Gneiting and Raftery, 2007). Less is better.",
    "bias": "The mean error over many datasets: what more datasets of the same size do not cure.",
    "bootstrap": "Estimating again from rows drawn with replacement, to see how far an estimate "
    "moves. It cannot see a bias.",
    "efficiency bound": "The least standard error that a regular estimator can have with n rows: "
    "the deviation of the pointwise information, over √n.",
    "pointwise information": "ln p(x, y) / (p(x) p(y)) at one pair of values; its mean is the "
    "mutual information.",
    "invertible": "A change that can be undone. It loses nothing, so mutual information stays.",
    "posterior": "What the estimator answers: not one number, but a distribution of numbers that "
    "the truth may be.",
    "amortized": "Learned once from many examples, so that a new dataset costs one evaluation.",
    "information bottleneck": "A summary T of X that forgets as much of X as it can while it keeps "
    "what X tells about Y (Tishby et al., 1999).",
    "forward selection": "Taking columns one after the other: each time the one that tells most "
    "beyond those already taken.",
    "truth": "The mutual information of the law the rows were drawn from, known because we chose "
    "the law.",
}
_MARK = re.compile(r"\[\[([^]|]+)(?:\|([^]]+))?\]\]")


def anchor(term: str) -> str:
    """The term as it stands after # in the address of the glossary."""
    return re.sub(r"[^a-z]+", "-", term.lower())


def with_hints(text: str) -> str:
    """Markdown in which each [[term]] or [[term|as written]] shows its meaning under the mouse.

    Raises:
        KeyError: a term that the glossary lacks.
    """
    return _MARK.sub(lambda found: _hint(found[1], found[2] or found[1]), text)


def without_marks(text: str) -> str:
    """The text with each marked word as it is written."""
    return _MARK.sub(lambda found: found[2] or found[1], text)


def _hint(term: str, written: str) -> str:
    return f'[{written}](glossary#{anchor(term)} "{GLOSSARY[term]}")'
