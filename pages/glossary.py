"""Glossary: the words of the field, each in a sentence or two."""

import streamlit as st

from mist_core.lessons.glossary import GLOSSARY, anchor
from ui import shell as ui

ui.page("Glossary")
st.title("The words", anchor=False)
for term in sorted(GLOSSARY, key=str.lower):
    st.header(term, anchor=anchor(term))
    st.markdown(GLOSSARY[term])
