"""The MIST app; `streamlit run app.py` serves it.

Streamlit imports this file once for the server, and runs it at each visit for the pages.
"""

import streamlit as st
from starlette.middleware import Middleware

from ui.server import OwnPagesOnly, SafeHeaders
from ui.sheet import Styled

if __name__ == "__main__":
    st.navigation(
        [
            st.Page("pages/start.py", title="Start here"),
            st.Page("pages/explore.py", title="Explore", default=True),
            st.Page("pages/learn.py", title="Learn"),
            st.Page("pages/plan.py", title="Lecture plan"),
            st.Page("pages/glossary.py", title="Glossary"),
            st.Page("pages/inspect_csv.py", title="Your table"),
            st.Page("pages/calibration.py", title="Calibration"),
            st.Page("pages/benchmark.py", title="Benchmark"),
            st.Page("pages/train.py", title="Train"),
            st.Page("pages/weights.py", title="Weights"),
            st.Page("pages/home.py", title="About"),
        ]
    ).run()
else:
    shells = [Middleware(SafeHeaders), Middleware(OwnPagesOnly), Middleware(Styled)]
    app = st.App("app.py", middleware=shells)
