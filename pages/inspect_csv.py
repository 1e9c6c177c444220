"""Inspect a table: which columns tell most about the one you care about."""

import streamlit as st
from sklearn.datasets import load_diabetes

st.title("Inspect a table")
st.dataframe(load_diabetes(as_frame=True, scaled=False).frame, width="stretch")
