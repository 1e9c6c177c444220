"""What the app is for, in a few sentences."""

import streamlit as st

from ui import shell as ui

ui.page("About")
st.title("MIST: mutual information with an interval")
st.markdown(
    """
Mutual information is what the rows of two groups of columns, **X** and **Y**, tell about each
other: zero when they are independent, and the same after any invertible change of either side.

MIST was trained on many datasets drawn from laws whose mutual information is known. It reads a
dataset once and answers with a **distribution**: a mean, a median and an interval. Nothing is
fitted to your data, so an answer takes a fraction of a second.

- **Start here** and **Learn** show what mutual information is and how it is estimated, in seven
  lessons that ask before they tell; the **lecture plan** makes 45 minutes of them.
- **Explore** draws a sample from a law you choose and puts the answer beside the truth and beside
  other estimators. The link in the address bar always leads back to the picture on show.
- **Your table** reads a CSV file and ranks its columns by what they tell about the one you pick.
- **Calibration** counts how often the intervals hold the truth, on laws you choose, on samples of
  yours and on a large table.
- **Benchmark** shows who errs where: MIST, the usual estimators and, if you like, your own.
- **Train** teaches a network more laws, or laws like your table's columns, in the background, and
  says whether to keep it.
- **Weights** compares networks, exports them, brings them in, and chooses the one that every page
  starts with.

What to keep in mind:

- A 90 % interval holds the truth in 90 % of cases **on average over the laws MIST was trained on**.
  It is not a promise for each law; data unlike those laws are marked as such.
- Values are in nats; the switch shows them in bits (1 nat is 1.443 bits).
- Mutual information says that columns depend on each other, not that one causes the other.
- Your data stay on this machine: the app listens on it alone and sends nothing anywhere.
"""
)
