"""Samples with known truth on the Calibration page: the format, an example, one's own file."""

import streamlit as st

from mist_core.calibration.samples import (
    EXAMPLE,
    FORMAT,
    Samples,
    example,
    needs_truth,
    read_samples,
)
from mist_core.checkpoint import sha256
from mist_core.tables import Table, read_table
from ui import shell as ui
from ui.preflight import TYPES


def choose_samples() -> Samples:
    """Those of an uploaded file; until there is one those of the example."""
    with st.expander("Your file: its format and an example", expanded=True):
        st.markdown(FORMAT)
        st.download_button(
            "Example (CSV)", lambda: _example().decode(), EXAMPLE, "text/csv", on_click="ignore"
        )
        upload = st.file_uploader("Samples with known truth", type=TYPES, key="samples")
        if upload is None:
            st.caption("Until there is a file, the figures show the samples of the example.")
            return read_samples(_table(sha256(_example()), _example()))
        data = upload.getvalue()
        table = _table(sha256(data), data)
        return read_samples(table, _typed() if needs_truth(table) else None, upload.name)


def show_samples(study: Samples) -> None:
    """How many there are, and how long."""
    rows = [len(sample.x) for sample in study.samples]
    least, most = min(rows), max(rows)
    long = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    many = "1 sample" if len(rows) == 1 else f"{len(rows):,} samples"
    st.markdown(f"{many} of {long} rows from {ui.plain(study.file)}.")


def _typed() -> float:
    return st.number_input(
        "Its true mutual information (nats)", 0.0, 1000.0, 0.5, format="%.4f", key="typed-truth"
    )


@st.cache_data(show_spinner=False)
def _example() -> bytes:
    return example().to_csv(index=False).encode()


@st.cache_resource(max_entries=4, scope="session", show_spinner="Reading the samples …")
def _table(sha256: str, _data: bytes) -> Table:
    return read_table(_data, header=True)
