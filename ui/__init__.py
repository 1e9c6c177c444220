"""What the pages share: the only bridge between Streamlit and `mist_core`."""
