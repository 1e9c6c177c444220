"""Cells to numbers: signs, units, currencies, thousands, exponents, limits of detection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.tables.columns.marks import DECIMAL, NAMES, THOUSANDS, Marks, find_marks, plain

_PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_CLEARLY_DECIMAL = (
    r"^[+-]?(?:[0-9]*\.(?:[0-9]{0,2}|[0-9]{4,})|0\.[0-9]+|[0-9]{4,}\.[0-9]+)(?:[eE]|$)"
)
_CURRENCIES = (
    r"(?:[A-Z]{1,3})?\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|RUB|BRL|AUD|CAD|SEK|NOK|DKK|PLN|CZK|HUF"
    r"|ZAR|MXN|KRW|TRY|Rs\.?|kr\.?|Fr\.?"
)
_NUMBER = (
    r"^(?P<about>(?:[~≈∼] ?|ca\. ?)?)"
    r"(?P<limit>(?:[<>≤≥]=?)?) ?(?P<open>\(?)(?P<sign>[+-]?) ?(?P<before>(?:"
    + _CURRENCIES
    + r")?) ?"
    r"(?P<minus>-?)(?P<body>[0-9](?:[0-9.,' ]*[0-9.,])?|[.,][0-9]+)"
    r"(?P<exponent>(?: ?(?:[eEdD]|[×x*·] ?10\^?)[+-]?[0-9]+)?) ?"
    r"(?P<after>(?:[^0-9\s.,():/<>=;+'_*†‡±-][^\s()0-9_*†‡±]{0,9}(?:[23](?:/[^\s()0-9]{1,5})?)?"
    r"(?: [^\s()0-9*†‡±\[]{1,11})?|\+)?)(?P<close>\)?)(?P<trail>-?)"
    # A footnote's mark, or how far off it may be: 45.7*, 45.7 [2], 45.7 ± 0.3, 45.7(3).
    r"(?P<aside>(?: ?(?:\*{1,3}|[†‡]|\[[0-9a-z]\]|(?:±|\+/-) ?[0-9.,]+)|\([0-9]{1,3}\))?)$"
)
# Letters and marks of other scripts and typographers, as a keyboard has them.
_TYPED = str.maketrans(
    {
        **dict.fromkeys("−‒–﹣－", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("’‘ʼ′´", "'"),
        **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060", ""),
        **{chr(0xFF10 + i): str(i) for i in range(10)},
        **{chr(0x0660 + i): str(i) for i in range(10)},
        **{chr(0x06F0 + i): str(i) for i in range(10)},
        **{"．": ".", "，": ",", "٫": ".", "％": "%", "＋": "+", "（": "(", "）": ")"},
    }
)
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6}
_TIMES |= {"b": 1e9, "bn": 1e9, "mrd": 1e9, "billion": 1e9, "trillion": 1e12}
_ORDINALS = {"st", "nd", "rd", "th"}


@dataclass(frozen=True, eq=False)
class Numbers:
    """What (k,) different texts are as numbers.

    Attributes:
        values: (k,) float64, NaN where a text is no number, or one too large for a float.
        beyond: (k,) numbers all the same: limits of detection and numbers too large.
        marks: what point and comma do.
        said: how they were read, a few words each.
    """

    values: np.ndarray
    beyond: np.ndarray
    marks: Marks
    said: tuple[str, ...]

    @property
    def are_numbers(self) -> np.ndarray:
        """(k,) True for numbers, also where no value can be given."""
        return self.beyond | ~np.isnan(self.values)


def read_numbers(
    texts: pa.StringArray, counts: np.ndarray, hint: str | None = None, default: str = "."
) -> Numbers:
    """The numbers that different texts of a column are, seen together.

    Args:
        texts: (k,) different texts.
        counts: (k,) cells that hold each.
        hint: the decimal mark; None finds out.
        default: the decimal mark where nothing tells.
    """
    typed = as_typed(texts)
    if hint != "," and _are_plain(typed):
        values = _floats(typed)
        return _finite(values, np.zeros(len(values), bool), Marks({".": DECIMAL}), ())
    return _read_parts(typed, counts, hint, default)


def as_typed(texts: pa.StringArray) -> pa.StringArray:
    """The texts with minus signs, blanks, apostrophes and digits as on a keyboard."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts
    return pa.array([text.translate(_TYPED).strip() for text in texts.to_pylist()], pa.string())


def _are_plain(texts: pa.StringArray) -> bool:
    """Whether all are as a computer writes them, and no point can be one of thousands."""
    if not pc.all(pc.match_substring_regex(texts, _PLAIN)).as_py():
        return False
    if not pc.any(pc.match_substring(texts, ".")).as_py():
        return True
    return any(
        pc.any(pc.match_substring_regex(part, _CLEARLY_DECIMAL)).as_py()
        for part in (texts[:1_000], texts[1_000:])
    )


def _floats(texts: pa.Array) -> np.ndarray:
    """(k,) float64 of texts in computer notation, NaN for null."""
    signless = pc.replace_substring_regex(texts, r"^\+", "")
    return pc.cast(signless, pa.float64()).to_numpy(zero_copy_only=False)


def _finite(values: np.ndarray, limits: np.ndarray, marks: Marks, said: Sequence[str]) -> Numbers:
    beyond = limits | np.isinf(values)
    return Numbers(np.where(beyond, np.nan, values), beyond, marks, tuple(said))


def _read_parts(
    typed: pa.StringArray, counts: np.ndarray, hint: str | None, default: str
) -> Numbers:
    """Numbers among signs, units and marks."""
    parts = pc.extract_regex(typed, _NUMBER)
    matched = np.flatnonzero(pc.is_valid(parts).to_numpy(zero_copy_only=False))
    parts, counts = parts.take(pa.array(matched)), counts[matched]
    field = {name: parts.field(name) for name in ("body", "exponent", "limit")}
    units = _Units.of(parts, counts)
    # With an exponent a mark can only be the decimal one: 4,568e+01.
    scientific = pc.not_equal(field["exponent"], "")
    marks = find_marks(field["body"], counts, hint, default, scientific)
    exponents = pc.replace_substring_regex(field["exponent"], r"^ ?(?:[eEdD]|[×x*·] ?10\^?)", "e")
    found = _floats(pc.binary_join_element_wise(plain(field["body"], marks), exponents, ""))
    negative = _any_of(parts, "sign", "minus", "trail") | _in_parentheses(parts)
    found = np.where(negative, -found, found) * units.factors
    found[~units.usual] = np.nan
    values, limits = np.full(len(typed), np.nan), np.zeros(len(typed), bool)
    values[matched] = found
    limits[matched] = _filled(field["limit"]) & ~np.isnan(found)
    said = (*units.said, *_said(marks, parts, negative), *_said_asides(parts))
    return _finite(values, limits, marks, said)


@dataclass(frozen=True, eq=False)
class _Units:
    """The unit or currency most cells have.

    Attributes:
        usual: (k,) whether a cell has it, or none.
        factors: (k,) what a cell is multiplied with: 1000 for 1.2k.
        said: the unit, a few words.
    """

    usual: np.ndarray
    factors: np.ndarray
    said: tuple[str, ...]

    @classmethod
    def of(cls, parts: pa.StructArray, counts: np.ndarray) -> _Units:
        around = pc.binary_join_element_wise(parts.field("before"), parts.field("after"), " ")
        encoded = around.dictionary_encode()
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        units = [_unit(*text.split(" ", 1)) for text in encoded.dictionary.to_pylist()]
        cells = np.bincount(codes, counts, len(units)) if units else np.zeros(0)
        scaled = _are_multiples(units, cells)
        keys = [unit[:2] if scaled else (unit[0], unit[3]) for unit in units]
        usual = _most_frequent(keys, cells)
        chosen = np.array([key in (("", ""), usual) for key in keys], bool)
        factors = np.array([unit[2] if scaled else 1.0 for unit in units])
        said = (f"in {' '.join(filter(None, usual))}",) if any(usual) else ()
        said += ("k, M and the like multiplied out",) if scaled else ()
        return cls(chosen[codes], factors[codes], said)


def _are_multiples(units: Sequence[tuple], cells: np.ndarray) -> bool:
    """Whether k, M and the like are multiples here, not units: several of them, or 1.2k and 850."""
    multiples = {unit[3].lower() for unit in units if unit[2] != 1}
    known = np.array([unit[2] != 1 or not unit[3] for unit in units], bool)
    alone = any(not unit[3] for unit in units) and multiples == {"k"}
    return (len(multiples) > 1 or alone) and cells[known].sum() >= 0.8 * cells.sum()


def _unit(before: str, after: str) -> tuple[str, str, float, str]:
    """(currency, unit without its multiple, multiple, whole unit)."""
    before, after = before.rstrip("."), after.strip()
    if after.lower() in _ORDINALS:
        return before, "order (1st, 2nd)", 1.0, "order (1st, 2nd)"
    if after.lower() in _TIMES:
        return before, "", _TIMES[after.lower()], after
    # Years and year, stars and star.
    single = after[:-1] if len(after) > 3 and after.endswith("s") else after
    return before, single, 1.0, single


def _most_frequent(keys: Sequence[tuple[str, str]], cells: np.ndarray) -> tuple[str, str]:
    """The unit of at least half of the cells, or none."""
    total: dict[tuple[str, str], float] = {}
    for key, count in zip(keys, cells, strict=True):
        total[key] = total.get(key, 0.0) + count
    return next((key for key, count in total.items() if count >= 0.5 * cells.sum()), ("", ""))


def _filled(texts: pa.Array) -> np.ndarray:
    return pc.not_equal(texts, "").to_numpy(zero_copy_only=False)


def _any_of(parts: pa.StructArray, *names: str) -> np.ndarray:
    return np.logical_or.reduce(
        [pc.equal(parts.field(name), "-").to_numpy(zero_copy_only=False) for name in names]
    )


def _in_parentheses(parts: pa.StructArray) -> np.ndarray:
    return _filled(parts.field("open")) & _filled(parts.field("close"))


def _said(marks: Marks, parts: pa.StructArray, negative: np.ndarray) -> list[str]:
    said = [
        f"thousands by {NAMES[mark]}s" for mark, role in marks.roles.items() if role == THOUSANDS
    ]
    decimals = [NAMES[mark] for mark, role in marks.roles.items() if role == DECIMAL]
    if decimals != ["point"] and decimals:
        said.append(f"decimal {' and '.join(decimals)}")
    if pc.any(pc.match_substring_regex(parts.field("body"), "[0-9] [0-9]")).as_py():
        said.append("thousands by blanks")
    if pc.any(pc.match_substring(parts.field("body"), "'")).as_py():
        said.append("thousands by apostrophes")
    if (_in_parentheses(parts) & negative).any():
        said.append("negative in parentheses")
    return said


def _said_asides(parts: pa.StructArray) -> list[str]:
    about = int(_filled(parts.field("about")).sum())
    asides = pc.unique(pc.replace_substring_regex(parts.field("aside"), "[0-9.,]+", "…"))
    shown = [text.strip() for text in asides.to_pylist() if text]
    said = ["marks of approximation (~) left out"] if about else []
    return said + ([f"what stands behind left out: {' '.join(shown[:3])}"] if shown else [])
