"""Lesson 1: what mutual information is."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import torch

from mist_core.distributions.base import Law
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.planar import PlanarMixture
from mist_core.explore.figures import Fan
from mist_core.explore.findings import estimates
from mist_core.explore.scenario import LAWS, Scene
from mist_core.inference.posterior import Posterior
from mist_core.lessons.figures import rows_of
from mist_core.lessons.lesson import Figure, Lesson, Question, Reference, Screen, Step, nearest
from mist_core.surfaces import two_surfaces

GRID = 81  # nodes a side
TOLD = 8  # nodes from one to the next whose heights are told as numbers
# Ends of the grid: where a shape has nearly all of its mass.
REACH = {"line": 4.0, "cross": 4.0, "ring": 2.4, "steps": 5.5, "independent": 4.0}
GUESSES = (0.0, 0.2, 0.5, 1.0, 2.0)  # nats
# A shape, and its parameters where the sides depend weakly, clearly and strongly.
SURFACES: dict[str, tuple[str, tuple[dict, dict, dict]]] = {
    "line": ("bivariate-normal", tuple({"correlation": r} for r in (0.5, 0.8, 0.95))),
    "cross": ("cross", tuple({"correlation": r} for r in (0.7, 0.9, 0.97))),
    "ring": ("ring", tuple({"noise": s} for s in (0.5, 0.3, 0.16))),
    "steps": ("simpson", tuple({"correlation": 0.8, "distance": d} for d in (1.5, 2.0, 2.5))),
    "independent": ("bivariate-normal", ({"correlation": 0.0},) * 3),
}
STRENGTHS = ("weakly", "clearly", "strongly")
# Shapes that no line fits.
BENT: dict[str, Scene] = {
    "ring": Scene("ring", (("noise", 0.1),)),
    "parabola": Scene("parabola", (("noise", 0.3),)),
    "cross": Scene("cross", (("correlation", 0.95),)),
    "growing noise": Scene("growing-noise", (("growth", 4.0),)),
    "waves": Scene("sine", (("periods", 2.5), ("noise", 0.3))),
}

LESSON = Lesson(
    "meaning",
    "What it is",
    (
        Screen(
            "surfaces",
            "Two surfaces",
            (
                "The left surface says how often each pair of values comes up.",
                "The right one says how often it would, if X and Y had nothing to do with each "
                "other.",
                "[[mutual information|Mutual information]] is how far the two lie apart: the "
                "logarithm of their ratio, averaged over the pairs that do come up.",
            ),
            r"I(X;Y) = \mathrm{E}\,\ln\frac{p(x, y)}{p(x)\, p(y)}",
        ),
        Screen(
            "correlation",
            "Not correlation",
            (
                "[[Pearson|Pearson's correlation]] asks how well a straight line fits.",
                "Where the best line is flat it says 0, even if X tells a lot about Y.",
                "[[mutual information|Mutual information]] is 0 only where X tells nothing at all.",
            ),
            r"\begin{gathered} I(X;Y) = 0 \\ \iff p(x, y) = p(x)\, p(y) \end{gathered}",
        ),
    ),
    (
        Reference(
            "Shannon (1948), A Mathematical Theory of Communication",
            "10.1002/j.1538-7305.1948.tb01338.x",
        ),
        Reference("Cover and Thomas (2006), Elements of Information Theory", "10.1002/047174882X"),
    ),
)


def surfaces(shape: str, strength: str) -> Step:
    """The joint density beside the product of its margins, and how far they lie apart."""
    family, choices = SURFACES[shape]
    values = choices[STRENGTHS.index(strength)]
    law = _planar(family, values)
    nodes, joint, product = densities(law, REACH[shape])
    apart = float(np.where(joint > 0, joint * np.log(joint / product), 0).sum() * _cell(nodes))
    truth = law.mutual_information().item()
    options = tuple(f"{guess:g}" for guess in GUESSES)
    question = Question(
        "How many nats do these two surfaces lie apart, about?",
        options,
        nearest(truth, GUESSES),
        f"the logarithm of their ratio averages **{apart:.2f} nats** over the left surface.",
    )
    takeaway = (
        f"The surfaces lie **{apart:.2f} nats** apart. A pair that comes up is, on (geometric) "
        f"average, e^{apart:.2f} = **{math.exp(apart):.1f} times** as likely as if X and Y were "
        "independent."
    )
    titles = ("together: p(x, y)", "apart: p(x) p(y)")
    scene = Scene(family, tuple(values.items()))
    return Step(
        (
            Figure(
                two_surfaces(nodes, nodes, joint.T, product.T, titles),
                _heights(nodes, joint, product),
            ),
        ),
        f"Two surfaces over the plane, {apart:.2f} nats apart",
        question,
        takeaway,
        explore=scene.address(500),
        numbers={"apart": apart, "truth": truth},
        code=f"meaning.surfaces({shape!r}, {strength!r})",
    )


def densities(law: Law, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes (GRID,) of both axes, and p(x, y) and p(x) p(y) there, (GRID, GRID), x by rows."""
    nodes = torch.linspace(-reach, reach, GRID, dtype=torch.float64)
    joint = law.log_joint(nodes[:, None], nodes[None, :]).exp()
    alone = [margin.exp() for margin in law.log_margins(nodes, nodes)]
    return nodes.numpy(), joint.numpy(), torch.outer(*alone).numpy()


def correlation(
    shape: str, n_samples: int, seed: int, ask: Callable[[np.ndarray, np.ndarray], Posterior]
) -> Step:
    """Rows of a shape that no line fits, their correlation, and what they tell all the same.

    Args:
        shape: key of `BENT`.
        n_samples: rows.
        seed: of the rows.
        ask: from x and y, (n, 1) each, to the posterior.
    """
    bent = BENT[shape]
    scene = Scene(bent.family, bent.parameters, seed=seed)
    sample = scene.draw(n_samples).first(n_samples)
    pearson = float(np.corrcoef(sample.x[:, 0], sample.y[:, 0])[0, 1])
    answer = ask(sample.x, sample.y)
    low, high = answer.interval(0.9)
    question = Question(
        f"Pearson's correlation is {pearson:z.2f} here. How many nats does X tell about Y, about?",
        tuple(f"{guess:g}" for guess in GUESSES),
        nearest(sample.truth, GUESSES),
        f"it is **{sample.truth:.2f} nats**, because the law has that much.",
    )
    told = estimates(Fan.of(answer), sample.truth, {}, "nats")
    linear = -0.5 * math.log1p(-(pearson**2))
    takeaway = (
        f"A straight line would tell **{linear:.2f} nats**; the truth is **{sample.truth:.2f}**. "
        f"From these {n_samples:,} rows MIST says {answer.median:.2f} ({low:.2f} to {high:.2f})."
    )
    return Step(
        (rows_of(sample.x[:, 0], sample.y[:, 0], x_title="X", y_title="Y"),),
        f"{n_samples:,} rows of the shape {shape}, with a Pearson correlation of {pearson:z.2f}",
        question,
        takeaway,
        revealed=(Figure(told.charts[0], told.numbers),),
        table=sample.table(),
        explore=scene.address(n_samples),
        numbers={"pearson": pearson, "truth": sample.truth, "median": answer.median},
        code=f"meaning.correlation({shape!r}, {n_samples}, {seed}, estimator.posterior)",
    )


def _planar(family: str, values: dict) -> Law:
    """A law of the plane that knows its density."""
    if family == "bivariate-normal":
        return PlanarMixture(
            torch.zeros(1, 2), bivariate_correlation(values["correlation"]).expand(1, 2, 2)
        )
    return LAWS[family].build(1, 1, **values)


def _heights(nodes: np.ndarray, joint: np.ndarray, product: np.ndarray) -> pd.DataFrame:
    """Both surfaces at some of the nodes."""
    across, up = np.meshgrid(nodes[::TOLD], nodes[::TOLD], indexing="ij")
    heights = {"p(x, y)": joint[::TOLD, ::TOLD], "p(x) p(y)": product[::TOLD, ::TOLD]}
    columns = {"x": across, "y": up} | heights
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()})


def _cell(nodes: np.ndarray) -> float:
    return float(nodes[1] - nodes[0]) ** 2
