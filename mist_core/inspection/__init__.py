"""What depends on what in a table, and how sure we are: all pairs, or all against a target.

    from mist_core.inspection import survey, surveys

    found = survey(estimator, table)                   # every pair of columns
    found = survey(estimator, table, "price")          # every column against one
    found = survey(estimator, table, ["a", "b"], [["c", "d"]])      # a group against another
    for found in surveys(estimator, table): ...        # results as they come; `break` cancels

`survey` takes `progress`, called with the survey so far, and `cancelled`, asked as often. A
`Survey` says how far it got (`stage`, `done`, `total`, `seconds_left`, `is_done`), of how many rows
(`n_rows`, `n_drawn`, `n_repeated`), what was left out and why (`left_out`), and what the screen may
have missed (`screen`, where there were too many pairs for the network). `Survey.pairs` is a tidy
frame, a row a pair, the strongest first, of `COLUMNS`:

    x, y                   the columns' names; a group's are joined by " + "; y is the target
    mutual_information     posterior mean, nats
    low, q25, median, q75, high     quantiles at .05, .25, .5, .75, .95; low to high holds 90 %
    gaussian_correlation   that of a Gaussian with as much information, sqrt(1 - exp(-2 I))
    pearson, spearman      NaN where a side has no order
    strength               in words: "may be none", "weak", "moderate", "strong", "very strong"
    missed_by_correlation  whether neither correlation sees half of it
    rows                   complete ones of the pair
    p, q                   evidence against independence; q by Benjamini and Hochberg, all pairs
    p_from                 "stored null", "tail" (extrapolated beyond it) or "permutation"
    smallest_p             the smallest that could have come by counting
    statistic              what p is of, nats; see `basis`
    in_family              how much the data resemble what the network was trained on, 0 to 1
    flags                  what to be careful about, by "; "
    asked                  "every pair"; of a wide table "screen" (its strongest) or "audit" (drawn
                           at random among the others)

Imports tables and inference. Evidence reads ranks alone and no weights: new weights need no new
null.
"""

from mist_core.inspection.result import COLUMNS, Screen, Survey
from mist_core.inspection.survey import survey, surveys

__all__ = ["COLUMNS", "Screen", "Survey", "survey", "surveys"]
