"""Watch the estimator work on a law whose mutual information is known."""

import streamlit as st

st.title("Explore")
