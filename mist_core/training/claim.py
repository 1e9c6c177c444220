"""A run's folder belongs to one recipe: shards of another one are never read by mistake."""

import json
from dataclasses import asdict
from pathlib import Path

from mist_core.errors import JobError
from mist_core.files import read_json, write_whole
from mist_core.networks.registry import config_dict
from mist_core.training.shards import Recipe


def claim(folder: Path, recipe: Recipe) -> None:
    """Make the folder, or clear it of shards half written; note what its shards are made of.

    Raises:
        JobError: the folder holds shards of another recipe.
    """
    made_of = {
        "network": config_dict(recipe.network),
        "meta": asdict(recipe.meta),
        "seed": recipe.seed,
        "size": recipe.size,
    }
    folder.mkdir(parents=True, exist_ok=True)
    text, path = json.dumps(made_of, indent=1), folder / "recipe.json"
    if path.exists() and not _agree(_recipe_in(path), json.loads(text)):
        raise JobError(
            f"The folder {folder} holds data of a run with other laws, statistics, seed or shard "
            "size: choose another folder, or remove it."
        )
    write_whole(path, text.encode())
    for cut_short in folder.glob("*.part"):  # by a kill in the middle of writing
        cut_short.unlink(missing_ok=True)


def _recipe_in(path: Path) -> object:
    """What a recipe's file tells; nothing, where it is damaged and there are no shards yet.

    Raises:
        JobError: nobody knows any more what the shards are made of.
    """
    told = read_json(path)
    if told is None and next(path.parent.glob("shard-*"), None):
        raise JobError(
            f"{path} is damaged, and it alone says what the shards beside it are made of: remove "
            "the folder, and start the run anew."
        )
    return {} if told is None else told


def _agree(before: object, now: object) -> bool:
    """Whether two recipes are the same in all that both of them tell: versions add settings."""
    if isinstance(before, dict) and isinstance(now, dict):
        return all(_agree(before[name], now[name]) for name in before.keys() & now.keys())
    return before == now
