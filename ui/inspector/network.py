"""The strongest dependences, as lines between columns."""

from mist_core.inspection.findings import network
from ui.inspector.clickable import show_clickable
from ui.inspector.view import View


def show(view: View) -> None:
    show_clickable(view, network(view.survey()), "network")
