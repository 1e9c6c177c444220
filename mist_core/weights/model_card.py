"""`python -m mist_core card FILE`: a model card made from a weights file and the stored results.

Nothing is written by hand: what the file does not hold and no stored run measured is not said.
"""

import argparse
import os
from pathlib import Path
from urllib.parse import quote

from mist_core.benchmarks.provenance import RESULTS
from mist_core.charts import to_svg
from mist_core.checkpoint import Checkpoint, load_checkpoint
from mist_core.errors import WeightsError
from mist_core.markdown import code, shown, table
from mist_core.weights.history import describe_runs, runs_behind
from mist_core.weights.judged_runs import describe_run, runs_of
from mist_core.weights.law_descriptions import describe
from mist_core.weights.learning_curve import learning_curve

IMAGES = Path(__file__).parents[2] / "docs/images"
TEXT, OBJECT, LIST, WHOLE, NUMBER = str, dict, list, int, (int, float)
MOST = 1e15
FIELDS = {
    "meta": TEXT,
    "date": TEXT,
    "config": OBJECT,
    "run": OBJECT,
    "scores": OBJECT,
    "versions": OBJECT,
    "curve": LIST,
    "steps": WHOLE,
    "datasets": WHOLE,
    "parameters": WHOLE,
    "minutes": NUMBER,
}
RUN_FIELDS = {"meta": TEXT, "seed": WHOLE, "minutes": NUMBER}
SCORES = {
    "loss": "loss: pinball of ln(MI + 0.02), plus a tenth of the mean's scaled squared error",
    "mse": "mean squared error of the mean, nats²",
    "mae": "mean absolute error of the mean, nats",
    "coverage_90": "share of truths inside the 90 % interval",
}
_PUBLISHED = (
    "Trained on the published laws only, for comparison with the publication (arXiv 2511.18945) on "
    "its test grids. For your own data take `general`."
)
PURPOSES = {
    "general": "Mutual information of two groups of columns, whatever kind of dependence they "
    "have: the weights for your own data.",
    "paper": _PUBLISHED,
    "paper-few-rows": _PUBLISHED,
    "general-no-ring": "Trained as `general`, without rings: a family to be taught on the Train "
    "page, and to see what happens on it before. For your own data take `general`.",
    "paper-no-additive": "Trained on the published laws without the additive ones, to see what "
    "happens on families that are really new. For your own data take `general`.",
}
NETWORKS = {
    "mist": "Invariant statistics, and where `encoder_dim` is not 0 a set encoder over rows, under "
    "one head that weighs the plug-in estimates among them and corrects their mean. Pooled with it "
    "are `witnesses` small networks, where there are any, each of which reads half of the "
    "statistics. Where there are `kinds`, readers of such halves learn to name them: where they "
    "know none together, `in_family` is low.",
    "classic": "The published architecture: a set transformer over rows, without statistics, for "
    "at most `max_dim` columns a side.",
}
LIMITS = """\
- A 90 % interval holds the truth in 90 % of cases on average over the laws above. It is not a
  promise for each law.
- Beyond these laws, dimensions and numbers of rows the answer is an extrapolation. `in_family`
  near 0 marks data unlike the training data; it cannot notice every way of being different.
- Validation draws are of the training laws. Only the stored results below are test data.
- Mutual information says that columns depend on each other, not that one causes the other."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the weights file and the folders of its results and its picture."""
    parser.add_argument("weights", type=Path, help="weights file; its card is written beside it")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of stored runs")
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder for the curve")


def main(options: argparse.Namespace) -> None:
    """Writes NAME.md beside NAME.safetensors, and the picture curve-NAME.svg.

    Raises:
        WeightsError: the file is no checkpoint, or not that of a finished training run.
    """
    path = options.weights
    checkpoint = load_checkpoint(path)
    require_finished(path, checkpoint.card)
    runs = runs_of(options.results, checkpoint.sha256)
    picture = options.images / f"curve-{path.stem}.svg"
    text = render(path, checkpoint, runs, os.path.relpath(picture, path.parent))
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(to_svg(learning_curve(checkpoint.card["curve"], name=path.stem)))
    path.with_suffix(".md").write_text(text)
    print(f"Wrote {path.with_suffix('.md')} and {picture.name}; stored runs: {len(runs)}")


def render(path: Path, checkpoint: Checkpoint, runs: dict[str, dict], picture: str) -> str:
    """The card as Markdown.

    Args:
        path: of the weights file; the card shows its name and its folder's name.
        checkpoint: what it holds; a file may come from anywhere, so its texts are not trusted.
        runs: stored runs by file name.
        picture: relative path of the learning curve.
    """
    card, file = checkpoint.card, f"{path.resolve().parent.name}/{path.name}"
    sections = {
        f"# {code(path.stem)}": [
            PURPOSES.get(card["meta"], "Weights with a meta-distribution of their own."),
            f"![The losses of the run as it drew more data]({quote(Path(picture).as_posix())})",
        ],
        "## Training laws": [
            f"The meta-distribution {code(card['meta'])}.",
            describe(card["meta"]),
        ],
        "## Network": _network(card),
        "## Training": _training(file, card),
        "## Limits": [LIMITS],
        "## Stored results": [
            describe_run(name, run, checkpoint.sha256) for name, run in runs.items()
        ]
        or ["No run in `results/` has judged these weights."],
        "## File": [_identity(file, checkpoint)],
    }
    return "\n\n".join(p for title, parts in sections.items() for p in (title, *parts)) + "\n"


def _network(card: dict) -> list[str]:
    config = card["config"]
    rows = [[code(name), shown(value)] for name, value in config.items() if name != "architecture"]
    rows.append(["parameters in all", shown(card["parameters"])])
    return [NETWORKS[config["architecture"]], table(["config", "value"], rows)]


def _training(file: str, card: dict) -> list[str]:
    scores = [[words, shown(card["scores"][name])] for name, words in SCORES.items()]
    seeds = ", ".join(str(run["seed"]) for run in runs_behind(card))
    count = card["run"].get("validation")  # older cards do not say
    draws = f"{count:,} validation draws" if count else "validation draws"
    return [
        f"{card['datasets']:,} distinct datasets drawn, {card['steps']:,} steps, "
        f"{card['minutes']:g} minutes; random seed {seeds}.",
        describe_runs(file, card),
        f"The finished weights on {draws} of the same laws, from a stream of their own:",
        table(["score", "value"], scores),
    ]


def _identity(file: str, checkpoint: Checkpoint) -> str:
    card = checkpoint.card
    rows = [["file", code(file)], ["sha256", code(checkpoint.sha256)], ["date", code(card["date"])]]
    rows += [[code(name), code(version)] for name, version in card["versions"].items()]
    return table(["what", "value"], rows)


def require_finished(path: Path, card: dict) -> None:
    """Raises WeightsError unless the card has what the end of a training run writes."""
    for name, kind in FIELDS.items():
        _require(_is(card.get(name), kind), path, name)
    _require(_is(card.get("earlier_runs", []), LIST), path, "earlier_runs")
    for run in runs_behind(card):
        fine = _is(run, OBJECT) and all(_is(run.get(n), kind) for n, kind in RUN_FIELDS.items())
        _require(fine, path, "run")
    _require(card["config"].get("architecture") in [*NETWORKS], path, "config: architecture")
    for name in SCORES:
        _require(_is(card["scores"].get(name), NUMBER), path, f"scores: {name}")
    _require(card["curve"] and all(map(_is_point, card["curve"])), path, "curve")


def _require(fine: bool, path: Path, field: str) -> None:
    if not fine:
        raise WeightsError(
            f"{path}: {field}: missing or of the wrong kind; a card needs the weights file that "
            "a finished training run wrote."
        )


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether it is of that kind, which a boolean never is, and of a size that can be drawn."""
    fine = isinstance(value, kind) and not isinstance(value, bool)
    return fine and (not isinstance(value, NUMBER) or abs(value) < MOST)


def _is_point(point: object) -> bool:
    if not (isinstance(point, dict) and isinstance(point.get("validation"), dict)):
        return False
    numbers = [point.get("datasets"), point.get("minutes"), point["validation"].get("loss")]
    return all(_is(number, NUMBER) for number in [*numbers, point.get("train_loss", 0)])
