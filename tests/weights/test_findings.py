"""The overview of all weights says of each file what its card says."""

from mist_core.weights.findings import overview

CARD = {"meta": "general", "datasets": 10, "minutes": 1.5, "scores": {"mae": 0.1}, "date": "today"}
CARDS = {"general": CARD, "mine": CARD | {"meta": "{}"}}


def test_each_file_has_a_row_and_the_default_is_named():
    found = overview(CARDS, "mine", ["general"])
    assert "**mine**" in found.sentence and "any of 2" in found.sentence
    table = found.table.set_index("name")
    assert table.default.to_dict() == {"general": "", "mine": "yes"}
    assert table["from"].to_dict() == {"general": "shipped", "mine": "kept here"}
    assert table.laws.to_dict() == {"general": "general", "mine": "composed"}
