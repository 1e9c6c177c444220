"""Runs the notebooks of `notebooks/` and writes them with their outputs: `make notebooks`."""

import jupytext
import nbformat

from mist_core.paths import ROOT
from tests.notebooks.executed import executed


def main() -> None:
    """From each source its notebook, cells named after their places."""
    for source in sorted((ROOT / "notebooks").glob("*.py")):
        made = executed(jupytext.read(source))
        for place, cell in enumerate(made.cells):
            cell["id"] = f"cell-{place}"
            cell.metadata.pop("execution", None)
        nbformat.write(made, source.with_suffix(".ipynb"))
        print(source.stem)


if __name__ == "__main__":
    main()
