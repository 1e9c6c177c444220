"""`python -m mist_core card`: write the model card of a weights file."""

import argparse
import os
from pathlib import Path

from mist_core.charts import to_svg
from mist_core.checkpoint import load_checkpoint
from mist_core.paths import IMAGES, RESULTS
from mist_core.weights import model_card
from mist_core.weights.finished import require_finished
from mist_core.weights.judgements import judgements_of
from mist_core.weights.learning_curve import learning_curve


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the weights file and the folders of its results and its picture."""
    parser.add_argument("weights", type=Path, help="weights file; its card is written beside it")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of stored results")
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder for the curve")


def main(options: argparse.Namespace) -> None:
    """Writes NAME.md beside NAME.safetensors, and the picture curve-NAME.svg.

    Raises:
        WeightsError: the file is no checkpoint, or not that of a finished training run.
    """
    path = options.weights
    checkpoint = load_checkpoint(path)
    require_finished(path, checkpoint.card)
    judgements = judgements_of(options.results, checkpoint.sha256)
    picture = options.images / f"curve-{path.stem}.svg"
    text = model_card.render(path, checkpoint, judgements, os.path.relpath(picture, path.parent))
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(to_svg(learning_curve(checkpoint.card["curve"], name=path.stem)))
    path.with_suffix(".md").write_text(text)
    print(f"Wrote {path.with_suffix('.md')} and {picture.name}; stored results: {len(judgements)}")
