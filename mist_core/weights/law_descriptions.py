"""What the meta-distributions hold, in sentences and tables for a model card.

The numbers and the sentences about blocks are read from the meta-distributions themselves; other
sentences stand here, and tests hold them against what is really drawn.
"""

from dataclasses import replace

from mist_core.distributions.families import FAMILIES
from mist_core.distributions.transforms.named import TRANSFORMS
from mist_core.errors import ParameterError
from mist_core.markdown import percent, table
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import (
    INDEPENDENT,
    LEAST_TOLERANCE,
    LONG_ROWS,
    MOST_BLOCKS,
    MOST_ROUNDED,
    REDUNDANT,
    REDUNDANT_SIDE,
    REPEATED,
    ROUNDED,
    TALL_CELLS,
    TALL_DIM,
    TALL_ROWS,
    TOLERANCE,
    General,
)
from mist_core.priors.like_table import LikeTable
from mist_core.priors.paper import (
    PAPER_BASES,
    PAPER_IN_FAMILY,
    PAPER_OUT_OF_FAMILY,
    PAPER_TRANSFORMS,
    Paper,
)
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import Mixed
from mist_core.priors.synthesis.random_latent import KINDS

# Of the laws and transforms the app lists, most of them bmi's: what `general` draws.
GENERAL_FAMILIES = {
    "bivariate-normal": "yes, block `gaussian`",
    "normal-dense": "yes, block `gaussian`, correlations up to 0.9",
    "normal-sparse": "yes, block `gaussian`",
    "normal-2pair": "yes, block `gaussian`",
    "normal-lvm": "yes, block `gaussian`",
    "student-identity": "yes, block `student`",
    "student-dense": "yes, block `student`",
    "student-sparse": "yes, block `student`",
    "student-2pair": "yes, block `student`",
    "additive": "yes, block `additive`, another noise in each column",
    "bimodal": "no; its copula is that of a normal pair",
    "gaussian-mixture": "yes, block `mixture`, with random clusters",
}
GENERAL_TRANSFORMS = {
    "base": "yes",
    "half-cube": "yes",
    "asinh": "yes",
    "normal-cdf": "only after asinh: the CDF alone makes ties of heavy tails",
    "wiggly": "yes, both waves on either side",
    "spiral": "yes, in any plane, up to one and a half times as fast as bmi's, either way round",
    "swiss-roll": "among random coils that show one column as two, 0.3 to 2 turns",
    "rotation": "among random linear maps, condition number up to 3, in one of three up to 100",
    "running-sums": "among random linear maps",
    "reversal": "yes: columns are always shuffled",
}


def describe(name: str) -> str:
    """The meta-distribution as Markdown; a name this version does not know says so."""
    try:
        meta = meta_distribution(name)
    except ParameterError:
        return "This version of the code does not know that meta-distribution."
    return _describe(meta)


def _describe(meta: MetaDistribution) -> str:
    if isinstance(meta, Mixed):
        if _differ_in_rows_alone(meta.parts):
            return f"{_paper(meta.parts[0])}\n\n{_other_rows(meta)}"
        parts = zip(meta.shares, map(_describe, meta.parts), strict=True)
        return "\n\n".join(f"{_share(share)} of the draws: {text}" for share, text in parts)
    if isinstance(meta, LikeTable):
        return _like_table(meta)
    return _general(meta) if isinstance(meta, General) else _paper(meta)


def _differ_in_rows_alone(parts: tuple[MetaDistribution, ...]) -> bool:
    papers = all(isinstance(part, Paper) for part in parts)
    return papers and len({replace(part, rows=(0, 0)) for part in parts}) == 1


def _share(of_all: float) -> str:
    """A share in percent, with a digit more where it is so small that none would be left."""
    return percent(of_all, 1 if of_all < 0.01 else 0)


def _other_rows(meta: Mixed) -> str:
    """What the parts after the first one have instead of its rows."""
    parts = list(zip(meta.shares, meta.parts, strict=True))[1:]
    words = [
        f"{_share(share)} of the draws have n in {p.rows[0]} to {p.rows[1]}" for share, p in parts
    ]
    return f"But {' and '.join(words)}, uniform there."


def _like_table(meta: LikeTable) -> str:
    few, many = meta.rows
    return (
        "Look-alikes of a user's table: laws with standard normal sides (canonical correlations "
        "in half of the draws, else folded copulas, lengths that depend on each other, or "
        f"independence, {_share(KINDS['independent'])}), each side turned at random and pushed "
        "through a flow fitted to the table's columns, which leaves the information as it is. "
        "Columns of few values are drawn beside them by a Gaussian copula; a side of nothing else "
        f"is one such column cut from a normal. n is log-uniform in {few} to {many}."
    )


def _paper(meta: Paper) -> str:
    few, many = meta.rows
    least, most = meta.dims
    rows = [
        (f"`{base}`", *(_mark(meta, f"{base}-{transform}") for transform in PAPER_TRANSFORMS))
        for base in PAPER_BASES
    ]
    shown = {base.replace("-", "") for base in (*PAPER_BASES, *PAPER_TRANSFORMS)}
    missing = [n for n in (*FAMILIES, *TRANSFORMS) if n.replace("-", "") not in shown]
    return "\n\n".join(
        [
            f"{len(meta.families)} published families (arXiv 2511.18945), equally likely; as many "
            f"columns of X as of Y, uniform in {least} to {most}; n uniform in {few} to {many}. "
            "Truths in closed form.",
            table(("law", *PAPER_TRANSFORMS), rows),
            f"In training there is none of: {', '.join(f'`{n}`' for n in missing)}; no unequal "
            "dimensions, classes or independent draws either.",
        ]
    )


def _mark(meta: Paper, family: str) -> str:
    if family in meta.families:
        return "trained"
    return "test only" if family in PAPER_IN_FAMILY + PAPER_OUT_OF_FAMILY else "–"


def _general(meta: General) -> str:
    few, many = meta.rows
    blocks = [(f"`{b}`", f"{BLOCKS[b].weight:g}", BLOCKS[b].sentence) for b in meta.blocks]
    named = GENERAL_FAMILIES | GENERAL_TRANSFORMS
    return "\n\n".join(
        [
            f"One to {MOST_BLOCKS} independent blocks, whose mutual information adds up, and "
            "columns of pure noise around them. Then each side goes through an invertible map: "
            "increasing maps of single columns, linear maps, spirals, or none; the columns are "
            "shuffled. Blocks of classes are shuffled only. "
            f"{_share(REDUNDANT * REDUNDANT_SIDE)} of the sides show their columns as more, on a "
            "coil or beside smooth functions of them; "
            f"{_share(REPEATED)} of the groups of laws repeat rows, and the columns of "
            f"{_share(ROUNDED)} of the groups of up to {MOST_ROUNDED} columns a side are rounded.",
            f"n is log-uniform in {few} to {many:,}; a side has one column in a third of the "
            f"draws, else log-uniform up to {meta.dims}, as far as n times columns stays below "
            f"{meta.cells:,}; {_share(meta.tall)} of the draws have at least {TALL_ROWS:,} rows "
            f"and {TALL_DIM} columns a side, and up to {TALL_CELLS} times as many values, and "
            f"{_share(meta.long)} have up to {LONG_ROWS[1]:,} rows and as many values as these. "
            f"In {_share(INDEPENDENT)} of the groups of laws X and Y are drawn apart, "
            f"so that nothing is to be found; {_share(meta.published)} of the draws are of the "
            "published laws (`paper`), up to 32 + 32 columns. Truths are in closed form, by "
            f"quadrature, or by Monte Carlo with a standard error below {TOLERANCE} / √n a block, "
            f"or {LEAST_TOLERANCE} nats where that is more.",
            "The blocks, with how often each is drawn relative to the others that fit, as this "
            "version of the code has them:",
            table(("block", "weight", "what it is"), blocks),
            "Of bmi's and the app's families and transforms, training draws:",
            table(("name", "drawn"), [(f"`{name}`", note) for name, note in named.items()]),
        ]
    )
