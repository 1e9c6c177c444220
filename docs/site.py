"""What the site has beside `docs/`: the README as first page, the cards of weights, the notebooks.

Links in these files are those of the repository, so that each reads as a plain file; here they are
turned towards the pages of the site. MkDocs calls the functions whose names begin with `on_`.
"""

import posixpath
import re
from pathlib import Path

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbconvert import MarkdownExporter

ROOT = Path(__file__).parents[1]
TEXTS = {"README.md": "index.md"} | {
    path.relative_to(ROOT).as_posix(): path.relative_to(ROOT).as_posix()
    for path in sorted(ROOT.glob("weights/*.md"))
}
NOTEBOOKS = {
    f"notebooks/{path.name}": f"notebooks/{path.stem}.md"
    for path in sorted(ROOT.glob("notebooks/*.ipynb"))
}
# Files that texts link to, as they are.
ATTACHED = {"results/ablation.json": "results/ablation.json"}
SITE = TEXTS | NOTEBOOKS | ATTACHED
REPOSITORY = {place: path for path, place in SITE.items()}
LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside of `docs/`."""
    for path, place in (TEXTS | ATTACHED).items():
        files.append(File.generated(config, place, content=(ROOT / path).read_text()))
    for path, place in NOTEBOOKS.items():
        for name, content in _pages(ROOT / path, place).items():
            files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between files of the repository as links between pages."""
    here = page.file.src_uri
    path = REPOSITORY.get(here, f"docs/{here}")
    return LINK.sub(lambda link: link[1] + _turned(link[2], path, here) + link[3], markdown)


def _turned(link: str, path: str, here: str) -> str:
    """A link in the file `path` of the repository as it must be on the page `here`."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    place = SITE.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else "")
    return posixpath.relpath(place, posixpath.dirname(here) or ".") if place else link


def _pages(path: Path, place: str) -> dict[str, str | bytes]:
    """A notebook as Markdown, and its figures beside it."""
    stem = Path(place).stem
    resources = {"unique_key": stem}
    text, found = MarkdownExporter().from_notebook_node(
        nbformat.read(path, as_version=4), resources=resources
    )
    folder = posixpath.dirname(place)
    figures = {f"{folder}/{name}": content for name, content in found["outputs"].items()}
    return {place: text, **figures}
