"""Table of contents of the MIST app; `streamlit run app.py` shows it."""

import streamlit as st

st.navigation(
    [
        st.Page("pages/explore.py", title="Explore", default=True),
        st.Page("pages/inspect_csv.py", title="Your table"),
        st.Page("pages/calibration.py", title="Calibration"),
        st.Page("pages/benchmark.py", title="Benchmark"),
        st.Page("pages/train.py", title="Train"),
        st.Page("pages/weights.py", title="Weights"),
        st.Page("pages/home.py", title="About"),
    ]
).run()
