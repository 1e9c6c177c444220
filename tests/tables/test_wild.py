"""Files as they come in the wild are read as they were meant, or refused with what to do."""

import pytest

from mist_core.errors import TableError
from mist_core.tables import Table, read_table
from tests.tables.malformed import MALFORMED
from tests.tables.wild import WILD, agrees

FILES = WILD | MALFORMED
READ = {name: wild for name, wild in FILES.items() if not wild.refused}
REFUSED = {name: wild for name, wild in FILES.items() if wild.refused}


@pytest.mark.parametrize("name", READ)
def test_a_wild_file_is_read_as_it_was_meant(name):
    frame = read_table(READ[name].data).to_frame()
    assert list(frame) == [column.strip() for column in READ[name].meant]
    for position, (column, meant) in enumerate(READ[name].meant.items()):
        assert agrees(frame.iloc[:, position], meant), column


@pytest.mark.parametrize("name", [name for name in READ if READ[name].said])
def test_what_was_done_to_it_is_said(name):
    assert READ[name].said in all_said(read_table(READ[name].data))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_gets_one_sentence(name):
    with pytest.raises(TableError, match=REFUSED[name].refused) as error:
        read_table(REFUSED[name].data)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def all_said(table: Table) -> str:
    return " ".join([table.note, *(column.reason for column in table.columns)])
