"""A study that grows while the Calibration page shows it, and the buttons that stop it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.calibration import judge
from mist_core.calibration.growing import GrowingStudy
from mist_core.calibration.study import Datasets
from ui import shell as ui

REFRESH = 1.0  # seconds between two drawings of the figures


def live_study(study: Datasets, weights: str, n_peers: int) -> GrowingStudy:
    """This session's study of these settings: a new one when they have changed."""
    key = (study, weights, n_peers, ui.weights_hash(weights), ui.weights_hash(judge.CLASSIC))
    if st.session_state.get("calibration-key") != key:
        classic = ui.estimator(judge.CLASSIC) if n_peers else None
        rest = judge.follow(study, ui.estimator(weights), classic, n_peers)
        st.session_state["calibration-study"] = GrowingStudy(rest)
        st.session_state["calibration-key"] = key
    return st.session_state["calibration-study"]


def stop_or_go_on(grown: GrowingStudy, study: Datasets) -> None:
    """The button that fits."""
    if grown.running:
        st.button("Stop", on_click=setattr, args=(grown, "running", False))
    elif grown.done < study.n_datasets and not grown.error:
        st.button("Go on", on_click=setattr, args=(grown, "running", True))


def report(bar: DeltaGenerator, grown: GrowingStudy, study: Datasets) -> None:
    """How far it is; here Streamlit sees whether a button was pressed."""
    done = grown.done
    state = "Drawing" if grown.running else "Stopped" if done < study.n_datasets else "Finished"
    bar.progress(done / study.n_datasets, f"{state}: {done:,} of {study.n_datasets:,} datasets")
