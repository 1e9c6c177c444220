"""Builds the wheel and uses it as a stranger would: `make wheel-test`.

For each Python of 3.11, 3.12 and 3.13 that is found, a fresh environment outside the repository
gets the wheel with scikit-learn, everything pinned by requirements.txt. There README's first
snippet prints what README says, scikit-learn's checks pass, `mist --help` answers, and mypy reads
the types of `tests/typed_use.py`. Prints sizes and times.

    python -m tests.measure.wheel [PYTHON ...]
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
MOST_BYTES = 60 * 10**6
# Functions that need no estimator at hand, the head of refine, a name that the wheel lacks.
USE = """
import numpy as np, pandas as pd, mist_core
x = np.random.default_rng(0).standard_normal((200, 2))
frame = pd.DataFrame({"a": x[:, 0], "b": x.sum(1), "c": ["odd", "even"] * 100})
found = mist_core.associations(frame, "b")
assert list(found.x) == ["a", "c"] and mist_core.estimate(x[:, 0], x.sum(1)).mean > 0.2
assert mist_core.MISTEstimator.load().refine(x[:, 0], x.sum(1), seconds=2).mean > 0.2
try:
    mist_core.MISTEstimator.load("paper")
except mist_core.WeightsError as error:
    assert "repository" in str(error)
assert "site-packages" in mist_core.__file__
"""


def main(pythons: list[str]) -> None:
    """Builds once, then tries each Python; the first failure ends it."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
        assert wheel.stat().st_size < MOST_BYTES
        for python in pythons or found_pythons():
            use(python, wheel, Path(folder) / "environment")


def build(folder: Path) -> Path:
    """The wheel, in this folder."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder]
    subprocess.run([*pip, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def found_pythons() -> list[str]:
    """Interpreters on the path, or kept by pyenv, that run: one a version."""
    found = []
    for version in VERSIONS:
        kept = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")
        candidates = [shutil.which(f"python{version}"), *map(str, kept)]
        found += [python for python in candidates if python and _is(python, version)][:1]
    return found


def _is(python: str, version: str) -> bool:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd="/")
    return answer.stdout.strip() == version


def use(python: str, wheel: Path, folder: Path) -> None:
    """Installs the wheel into a fresh environment and does all that the module says."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    start = time.perf_counter()
    _install(folder, f"{wheel}[sklearn]")
    seconds, size = time.perf_counter() - start, _size(folder)
    _install(folder, "pytest", "mypy")
    code, output = _snippet()
    assert _run(folder, "python", "-c", code) == output
    _run(folder, "python", "-c", USE)
    assert "scan" in _run(folder, "mist", "--help")
    for name in ("test_sklearn.py", "typed_use.py"):
        shutil.copy(ROOT / "tests" / name, folder)
    checks = _run(folder, "python", "-m", "pytest", "-q", "test_sklearn.py").splitlines()[-1]
    _run(folder, "python", "-m", "mypy", "--ignore-missing-imports", "typed_use.py")
    version = _run(folder, "python", "--version").strip()
    print(f"{version}: installed in {seconds:.0f} s, {size / 1e9:.2f} GB; {checks}", flush=True)


def _install(folder: Path, *what: str) -> None:
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    pins = ["--constraint", ROOT / "requirements.txt"]
    subprocess.run([*pip, *pins, *what], check=True, cwd=folder)


def _run(folder: Path, program: str, *arguments: str) -> str:
    command = [folder / "bin" / program, *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def _snippet() -> tuple[str, str]:
    """README's first Python, and what it says that this prints."""
    readme = (ROOT / "README.md").read_text()
    return re.search(r"```python\n(.*?)```\s*```text\n(.*?)```", readme, flags=re.DOTALL).groups()


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if not file.is_symlink())


if __name__ == "__main__":
    main(sys.argv[1:])
