"""What the Benchmark page shows of times: findings, each worked out once."""

import pandas as pd

from mist_core.findings import Finding
from mist_core.leaderboard import figures, speed_text, times
from mist_core.leaderboard.results import Results
from mist_core.markdown import plain


def seconds(results: Results) -> Finding:
    """Seconds an estimate at every shape."""
    table = times.timed(results.table)
    sentence = f"{speed_text.about_speed(table)} {speed_text.about_timing(table)}"
    return Finding(sentence, table, shown=times.time_table(table))


def across(found: Finding, column: str, fixed: dict[str, int], about: str) -> Finding:
    """Time against rows or columns, the other one being fixed.

    Args:
        found: of `seconds`.
        column: "n_samples" or "dim_x".
        fixed: the other's value, by its name.
        about: the latter in words.
    """
    table = found.table
    ((name, value),) = fixed.items()
    titles = list(dict.fromkeys(table.title))
    part = table[table[name] == value]
    chart = figures.time_chart(part, titles, column, about=about)
    return Finding(_told(part, column), part, (chart,), about=f"Seconds an estimate, {about}")


def _told(part: pd.DataFrame, column: str) -> str:
    """The seconds of each where there is most of what grows."""
    known = part.dropna(subset=["seconds"])
    most = known[column].max()
    last = known[known[column] == most].sort_values("seconds").itertuples()
    told = ", ".join(f"{plain(one.title)} {one.seconds:.2g}" for one in last)
    words = {"n_samples": "rows", "dim_x": "columns a side"}
    return f"At {most:,} {words[column]}: {told}."


def growth(results: Results) -> Finding:
    """How time grows with rows."""
    table = times.growth_table(times.timed(results.scores))
    return Finding(speed_text.about_growth(results.scores), table, shown=table)


def throughput(rates: pd.DataFrame) -> Finding:
    """Datasets a second that are drawn and learned from, of `results.throughput`."""
    return Finding(speed_text.about_throughput(rates), rates, shown=times.throughput_table(rates))


def again(table: pd.DataFrame, shape: str) -> Finding:
    """Times taken here, at a shape, beside the stored ones: `stored (s)` and `now (s)`."""
    return Finding(speed_text.about_timing_again(table, shape), table, shown=table)
