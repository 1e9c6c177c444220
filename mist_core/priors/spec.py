"""Meta-distributions a user composes, as one JSON text that says all of them.

The text is the name: it goes on the command line and on the model card, and gives the same draws
wherever it is read. Kinds are `paper`, `general`, `table` (like a user's table, whose fitted sides
it names), and `mixed`, several with their shares.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from mist_core.distributions.numerics.randomness import Source
from mist_core.errors import ParameterError
from mist_core.priors.batch import Batch, MetaDistribution
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import General
from mist_core.priors.like_table import LikeTable
from mist_core.priors.paper import PAPER_FAMILIES, Paper
from mist_core.priors.sides import is_digest

MOST_ROWS, MOST_DIMS, LEAST_ROWS = 20_000, 64, 10
_KINDS = {"paper": Paper, "general": General, "table": LikeTable}
_LONGEST = 10_000  # characters: nothing composed on a page comes near


@dataclass(frozen=True)
class Mixed(MetaDistribution):
    """Each draw is of one of several meta-distributions.

    Attributes:
        parts: the meta-distributions.
        shares: how often each is drawn; they sum to 1.
    """

    parts: tuple[MetaDistribution, ...]
    shares: tuple[float, ...]

    def draw(self, count: int, source: Source) -> Batch:
        return self.parts[source.rng.choice(len(self.parts), p=self.shares)].draw(count, source)


def to_text(meta: MetaDistribution) -> str:
    """The JSON text that `from_text` reads back as an equal meta-distribution."""
    return json.dumps(_to_dict(meta), sort_keys=True)


def from_text(text: str) -> MetaDistribution:
    """The meta-distribution a text describes; the text may come from anywhere.

    Raises:
        ParameterError: not such a text, or a value outside the ranges that can be trained on.
    """
    _require(len(text) <= _LONGEST, f"at most {_LONGEST} characters")
    try:
        return _from_dict(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        if isinstance(error, ParameterError):
            raise
        raise _unfit("a JSON object of a kind of meta-distribution") from error


def _to_dict(meta: MetaDistribution) -> dict:
    if isinstance(meta, Mixed):
        parts = [_to_dict(part) for part in meta.parts]
        return {"kind": "mixed", "parts": parts, "shares": meta.shares}
    kind = next(name for name, type_ in _KINDS.items() if type(meta) is type_)
    return {"kind": kind, **asdict(meta)}


def _from_dict(values: object) -> MetaDistribution:
    _require(isinstance(values, dict), "a JSON object")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    kind = values.pop("kind")
    if kind == "mixed":
        return _mixed(**values)
    _require(kind in _KINDS, f"a kind of {', '.join(_KINDS)} or mixed")
    unknown = set(values) - {field.name for field in fields(_KINDS[kind])}
    _require(not unknown, f"no field {', '.join(sorted(map(str, unknown)))}")
    meta = _KINDS[kind](**values)
    _check_rows(meta.rows)
    {"paper": _check_paper, "general": _check_general, "table": _check_table}[kind](meta)
    return meta


def _mixed(parts: Sequence[dict], shares: Sequence[float]) -> Mixed:
    _require(1 <= len(parts) <= 4 and len(shares) == len(parts), "one to four parts, a share each")
    fine = all(share > 0 for share in shares) and bool(np.isclose(sum(shares), 1))
    _require(fine, "positive shares that sum to 1")
    return Mixed(tuple(map(_from_dict, parts)), tuple(map(float, shares)))


def _check_rows(rows: Sequence[int]) -> None:
    _require(
        _is_range(rows, LEAST_ROWS, MOST_ROWS), f"rows from {LEAST_ROWS} to {MOST_ROWS}, in order"
    )


def _check_paper(meta: Paper) -> None:
    _require(_is_range(meta.dims, 2, MOST_DIMS), f"dims from 2 to {MOST_DIMS}, in order")
    _check_names(meta.families, tuple(PAPER_FAMILIES), "families")


def _check_general(meta: General) -> None:
    _require(_is_whole(meta.dims) and 1 <= meta.dims <= MOST_DIMS, f"dims from 1 to {MOST_DIMS}")
    _require(_is_whole(meta.cells) and 0 < meta.cells <= 200_000, "cells from 1 to 200000")
    for name in ("published", "tall", "long"):
        _require(0 <= getattr(meta, name) <= 1, f"{name} from 0 to 1")
    _check_names(meta.blocks, tuple(BLOCKS), "blocks")


def _check_table(meta: LikeTable) -> None:
    _require(is_digest(meta.sides), "sides named by a SHA-256")
    _require(isinstance(meta.held_out, bool), "held_out to be true or false")


def _check_names(names: Sequence[str], known: Sequence[str], what: str) -> None:
    unknown = sorted({str(name) for name in names} - set(known))
    _require(names and not unknown, f"one or more {what} of {', '.join(known)}")


def _is_range(ends: Sequence[int], least: int, most: int) -> bool:
    return len(ends) == 2 and all(map(_is_whole, ends)) and least <= ends[0] <= ends[1] <= most


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _require(fine: object, expected: str) -> None:
    if not fine:
        raise _unfit(expected)


def _unfit(expected: str) -> ParameterError:
    return ParameterError(f"meta-distribution: expected {expected}; compose it anew on Train.")
