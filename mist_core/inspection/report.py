"""A survey as one HTML file that holds all it shows and fetches nothing."""

import html
import json
from collections.abc import Mapping

import pandas as pd

from mist_core import __version__
from mist_core.charts import specification, to_svg
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.inspection import findings
from mist_core.inspection.export import Made
from mist_core.inspection.paper import drawn
from mist_core.inspection.result import Survey
from mist_core.tables.preflight import COLUMN, KIND, REASON, preflight
from mist_core.tables.table import Table

MOST_ROWS = 200
SHOWN = {
    "x": "x",
    "y": "y",
    "mutual_information": "MI",
    "low": "low",
    "high": "high",
    "gaussian_correlation": "as a correlation",
    "pearson": "Pearson",
    "spearman": "Spearman",
    "strength": "strength",
    "p": "p",
    "q": "q",
    "rows": "rows",
    "flags": "careful",
}
_IN_NATS = ["mutual_information", "low", "high"]
_DIGITS = {**dict.fromkeys(_IN_NATS, 3), "gaussian_correlation": 2, "pearson": 2, "spearman": 2}


def report(table: Table, survey: Survey, made: Made, unit: str, date: str) -> bytes:
    """The whole report; texts of the table are escaped wherever they stand.

    Args:
        table: read as the user said.
        survey: of it.
        made: what of.
        unit: shown.
        date: on which it was made, as text.
    """
    figures = drawn(survey, unit)
    text = _PAGE.format(
        title=html.escape(f"What depends on what in {made.table}"),
        headline=html.escape(headline(survey, unit)),
        figures="\n".join(_figure(name, figures[name]) for name in figures),
        pairs=_html(readable(survey, unit)),
        unit=unit,
        notes="\n".join(f"<p>{html.escape(note)}</p>" for note in _notes(survey)),
        columns=_html(preflight(table)[[COLUMN, KIND, REASON]]),
        made=_html(_origin(table, made, date)),
        scripts=_scripts(figures),
    )
    return text.encode()


def headline(survey: Survey, unit: str) -> str:
    """The strongest dependence in plain words, or that there is none."""
    known, factor = findings.measured(survey), UNITS[unit]
    standing = known[findings.found(known)]
    if standing.empty:
        return f"Nothing stands out from chance, at q < {findings.STANDS_OUT}."
    best = standing.iloc[0]
    return (
        f"{best['x']} and {best['y']} tell most of each other: "
        f"{factor * best['mutual_information']:.2f} {unit} (90 % interval "
        f"{factor * best['low']:.2f} to {factor * best['high']:.2f}, q = "
        f"{findings.chance(best['q'])}). {len(standing):,} of {survey.n_tested:,} pairs stand out "
        "from chance."
    )


def readable(survey: Survey, unit: str) -> pd.DataFrame:
    """The strongest MOST_ROWS pairs with the digits that mean something."""
    known = findings.measured(survey).head(MOST_ROWS)[list(SHOWN)]
    known[_IN_NATS] *= UNITS[unit]
    for name, digits in _DIGITS.items():
        known[name] = [("" if pd.isna(v) else f"{v:.{digits}f}") for v in known[name]]
    for name in ("p", "q"):
        known[name] = known[name].map(findings.chance)
    return known.rename(columns=SHOWN)


def _notes(survey: Survey) -> list[str]:
    notes = [findings.ABOUT_INTERVALS]
    if survey.n_drawn < survey.n_rows:
        notes.append(f"From {survey.n_drawn:,} of {survey.n_rows:,} rows, drawn at random.")
    if len(survey.pairs) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS} of {len(survey.pairs):,} pairs.")
    return notes + [
        f"Left out: {x}{f' and {y}' if y else ''}: {why}" for x, y, why in survey.left_out
    ]


def _origin(table: Table, made: Made, date: str) -> pd.DataFrame:
    lines = {
        "table": made.table,
        "rows and columns": f"{table.n_rows:,} × {len(table.columns):,}",
        "SHA-256 of the table": made.table_sha256,
        "weights": made.weights,
        "SHA-256 of the weights": made.weights_sha256,
        "version": __version__,
        "date": date,
        "to cite": made.citation,
    }
    return pd.DataFrame({"what": list(lines), "": list(lines.values())})


def _figure(name: str, found: Finding) -> str:
    """A picture that stands there without scripts, and that a script makes answer the mouse."""
    picture = to_svg(found.charts[0])
    words = html.escape(" ".join([found.about, *found.notes]))
    return f'<figure><div id="{name}">{picture}</div><figcaption>{words}</figcaption></figure>'


def _scripts(figures: Mapping[str, Finding]) -> str:
    """Vega and the figures; no text of the table can end the script that it stands in."""
    if not figures:
        return ""
    import vl_convert

    specs = {name: specification(found.charts[0]) for name, found in figures.items()}
    data = json.dumps(specs).replace("<", "\\u003c")
    bundle = vl_convert.javascript_bundle().replace("</script", "<\\/script")
    return f"<script>{bundle}</script>\n<script>{_EMBED % data}</script>"


def _html(frame: pd.DataFrame) -> str:
    return frame.to_html(index=False, escape=True, border=0, na_rep="")


_EMBED = """
for (const [name, spec] of Object.entries(%s))
  vegaEmbed("#" + name, spec, {actions: false, renderer: "svg"});
"""
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1F2933; background: white; }}
table {{ border-collapse: collapse; font-size: 14px; }}
th, td {{ text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #D5DADF;
  overflow-wrap: anywhere; vertical-align: top; }}
.wide {{ overflow-x: auto; }}
figure {{ margin: 1.5rem 0; overflow-x: auto; }}
figcaption {{ color: #4A5560; }}
@media print {{ figure, tr {{ break-inside: avoid; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p><strong>{headline}</strong></p>
{figures}
<h2>Pairs, the strongest first (MI in {unit})</h2>
<div class="wide" tabindex="0">{pairs}</div>
{notes}
<h2>How the columns were read</h2>
<div class="wide" tabindex="0">{columns}</div>
<h2>What made this</h2>
<div class="wide" tabindex="0">{made}</div>
{scripts}
</body>
</html>
"""
