"""The picture of the Explore page as Python: a script, and a notebook that checks its numbers."""

from mist_core.inference.posterior import Posterior
from mist_core.notebook import Step, Story, loading


def script(drawing: str, weights: str, unit: str) -> str:
    """Python that prints the numbers on show.

    Args:
        drawing: Python that leaves x, y and `truth`, in nats.
        weights: name of those that answer.
        unit: shown.
    """
    return "\n".join([loading(weights), drawing, _ASKED.format(**_in(unit)), _TRUTH[unit]])


def story(title: str, drawing: str, answer: Posterior, weights: str, sha256: str) -> Story:
    """The same as a notebook.

    Args:
        title: of the notebook, escaped.
        drawing, weights: as `script`.
        answer: on the page, in the unit shown there.
        sha256: of the weights.
    """
    low, high = answer.interval(0.9)
    asked = _ASKED.format(**_in(answer.unit)) + _TRUTH[answer.unit]
    steps = (
        Step(drawing, "The sample:"),
        Step(asked, "What MIST says of it, beside the truth:"),
        Step(_PLOT, "Each dot is 2 % of the probability:"),
    )
    return Story(
        title,
        steps,
        {"answer.median": answer.median, "low": low, "high": high},
        weights,
        sha256,
    )


def _in(unit: str) -> dict[str, str]:
    return {"unit": unit, "converted": "" if unit == "nats" else f".to_{unit}()"}


_PLOT = """\
import altair as alt

alt.renderers.enable("svg")  # needs no network
answer.plot()
"""
_ASKED = """\
answer = estimator.posterior(x, y){converted}
low, high = answer.interval(0.9)
print(f"{{answer.median:.4f}} {unit}, 90 % interval {{low:.4f}} to {{high:.4f}}")
"""
_TRUTH = {
    "nats": 'print(f"the truth: {truth:.4f} nats")\n',
    "bits": 'import math\n\nprint(f"the truth: {truth / math.log(2):.4f} bits")\n',
}
