"""What the columns of a second table tell about a column of the first, without joining them.

    from mist_core.joins import informing, likely_keys

    key, other_key = likely_keys(table, other)
    found = informing(estimator, table, key, "price", other, other_key)
    found.survey.pairs          # the second table's columns, the most telling first

Each table gives the 1,024 keys of smallest hash. The hash is one for both, so these are the same
keys where both tables have them, and a random sample of all that they share: coordinated sketches,
as of Santos, Bessa, Chirigati, Musco and Freire, "Correlation sketches for approximate join-
correlation queries", SIGMOD 2021. Rows of one key are aggregated: the mean of numbers and dates,
the most frequent class.

Imports inspection.
"""

from mist_core.joins.informing import Informing, informing
from mist_core.joins.keys import KEYS, Keys, likely_keys, shared

__all__ = ["KEYS", "Informing", "Keys", "informing", "likely_keys", "shared"]
