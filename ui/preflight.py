"""How a table was read, and the controls that change it."""

import pandas as pd
import streamlit as st

from mist_core.checkpoint import sha256
from mist_core.tables import Table, preflight, read_table
from ui import shell as ui

TYPES = ["csv", "tsv", "txt", "dat", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet", "feather"]
_HEADER = {"guess": None, "yes": True, "no": False}
_PREVIEW = 100  # rows
HEADER, NOW = "upload-header", "readings-now"


def uploaded(data: bytes, key: str = HEADER) -> Table:
    """The table in an uploaded file, read as the user says; `key` parts several on a page."""
    header = st.segmented_control(
        "Names in the first line",
        list(_HEADER),
        default="guess",
        required=True,
        key=key,
        persist_state="session",
    )
    # Streamlit's own cache key would look at a part of an upload only.
    digest = sha256(data)
    table = _read(digest, _HEADER[header], None, data)
    if len(table.sheets) > 1:
        sheet = st.selectbox(
            "Sheet", table.sheets, key=_sheet(digest, key), persist_state="session"
        )
        table = _read(digest, _HEADER[header], sheet, data)
    st.caption(ui.plain(table.note))
    return table


def as_read(data: bytes) -> Table:
    """The same table on another page, with all that was said of it there."""
    digest = sha256(data)
    table = _read(digest, header_said(), sheet_said(digest), data)
    edited, found = st.session_state.get(f"{NOW}-{digest}"), preflight.preflight(table)
    if edited is None or edited.shape != found.shape:
        return table
    return preflight.as_said(table, found, edited)


def header_said() -> bool | None:
    """What was said of the first line of the upload, as `read_table` takes it."""
    return _HEADER[st.session_state.get(HEADER, "guess")]


def sheet_said(sha256: str) -> str | None:
    """The sheet that was chosen of an uploaded workbook."""
    return st.session_state.get(_sheet(sha256))


def _sheet(sha256: str, key: str = HEADER) -> str:
    return f"{key}-sheet-{sha256}"


@st.cache_resource(max_entries=4, scope="session", show_spinner="Reading the table …")
def _read(sha256: str, header: bool | None, sheet: str | None, _data: bytes) -> Table:
    return read_table(_data, header=header, sheet=sheet)


def choose_readings(table: Table, key: str) -> Table:
    """The table with its columns read as the user says, in a table of how they were read."""
    found = preflight.preflight(table)
    with st.expander(f"{_summary(table)}: see and change how they are read"):
        edited = _edited(found, key)
        st.caption(f"The first {_PREVIEW} rows")
        st.dataframe(table.to_frame(_PREVIEW), height=240, hide_index=True)
    return preflight.as_said(table, found, edited)


def _edited(found: pd.DataFrame, key: str) -> pd.DataFrame:
    """The table as the user changes it; another page's visit keeps the changes."""
    widget, start, now = (f"{name}-{key}" for name in ("readings", "readings-start", NOW))
    if widget not in st.session_state:
        # The editor forgets its changes where it is not drawn, and begins with the last ones then.
        st.session_state[start] = st.session_state.get(now, found)
    begun = st.session_state.get(start, found)
    st.session_state[now] = st.data_editor(
        begun if begun.shape == found.shape else found,
        hide_index=True,
        disabled=list(preflight.FOUND),
        column_config=_controls(found),
        key=widget,
    )
    return st.session_state[now]


@st.cache_resource(
    max_entries=16, show_spinner=False, hash_funcs={Table: lambda t: (t.sha256, t.note)}
)
def _summary(table: Table) -> str:
    return preflight.summary(table)


def _controls(found: pd.DataFrame) -> dict:
    kinds = list(dict.fromkeys([*preflight.KINDS, *found[preflight.KIND]]))
    choices = {
        preflight.KIND: kinds,
        preflight.DECIMAL: list(preflight.DECIMALS),
        preflight.ORDER: list(preflight.DATE_ORDERS),
    }
    helps = {
        preflight.ALSO_MISSING: "Cells that stand for a missing value, by commas: -99, unknown",
        preflight.ALSO_VALUES: "Cells that are values though they look like gaps, by commas: none",
        preflight.GAPS_AS_CLASS: "Where the column is a class, missing cells are one more",
    }
    columns = {
        name: st.column_config.SelectboxColumn(options=options, required=name == preflight.KIND)
        for name, options in choices.items()
    }
    for name in (preflight.ALSO_MISSING, preflight.ALSO_VALUES):
        columns[name] = st.column_config.TextColumn(help=helps[name])
    columns[preflight.REASON] = st.column_config.TextColumn(width="medium")
    columns[preflight.GAPS_AS_CLASS] = st.column_config.CheckboxColumn(
        help=helps[preflight.GAPS_AS_CLASS]
    )
    return columns
