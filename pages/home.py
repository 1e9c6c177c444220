"""What the app is for, in a few sentences, and where to go next."""

import streamlit as st

st.title("MIST")
