"""A model card made from a weights file and the stored results.

Nothing is written by hand: what the file does not hold and no stored result measured is not said.
"""

from pathlib import Path
from urllib.parse import quote

from mist_core.checkpoint import Checkpoint
from mist_core.markdown import code, shown, table
from mist_core.weights.finished import NETWORKS, SCORES, runs_behind
from mist_core.weights.history import describe_runs
from mist_core.weights.judgements import describe_judgement
from mist_core.weights.law_descriptions import describe

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
LIMITS = """\
- A 90 % interval holds the truth in 90 % of cases on average over the laws above. It is not a
  promise for each law.
- Beyond these laws, dimensions and numbers of rows the answer is an extrapolation. `in_family`
  near 0 marks data unlike the training data; it cannot notice every way of being different.
- Validation draws are of the training laws. Only the stored results below are test data.
- Mutual information says that columns depend on each other, not that one causes the other."""


def render(path: Path, checkpoint: Checkpoint, judgements: dict[str, dict], picture: str) -> str:
    """The card as Markdown.

    Args:
        path: of the weights file; the card shows its name and its folder's name.
        checkpoint: what it holds; a file may come from anywhere, so its texts are not trusted.
        judgements: stored results by file name.
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
            describe_judgement(name, result, checkpoint.sha256)
            for name, result in judgements.items()
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
