"""All pairs at a glance."""

from mist_core.inspection.findings import heatmap
from ui.inspector.clickable import show_clickable
from ui.inspector.view import View


def show(view: View) -> None:
    show_clickable(view, heatmap(view.survey()), "heatmap")
