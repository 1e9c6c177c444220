"""The stored results that judge given weights, read back and told in Markdown."""

import json
from pathlib import Path

from mist_core.benchmarks.bmi_scores import POOR
from mist_core.benchmarks.published import PUBLISHED
from mist_core.benchmarks.scores import ALL, BINS, SPLITS
from mist_core.markdown import code, shown, table


def judgements_of(folder: Path, sha256: str) -> dict[str, dict]:
    """The results in `folder` that judge the weights with this digest, by file name."""
    stored = {file.name: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}
    return {
        name: result
        for name, result in stored.items()
        if isinstance(result, dict) and _name_in(result, sha256)
    }


def describe_judgement(name: str, result: dict, sha256: str) -> str:
    """A result's command, date and machine, and what it says of the weights of this digest."""
    machine = result["hardware"]
    origin = (
        f"{code(name)}, {code(result['date'])}, {shown(result['seconds'])} s on "
        f"{code(machine['cpu'])}, {shown(machine['cores'])} cores, GPU: {shown(machine['gpu'])}:"
    )
    numbers = _numbers(result, _name_in(result, sha256))
    return "\n\n".join([origin, code(result["command"]), *numbers])


def _name_in(result: dict, sha256: str) -> str | None:
    """What the result calls the weights of this digest, or None if it does not judge them."""
    judged = result.get("weights") or {}
    return next((name for name, origin in judged.items() if origin.get("sha256") == sha256), None)


def _numbers(result: dict, name: str) -> list[str]:
    """The numbers of a result of a kind that this version knows."""
    if result.get("benchmark") == "mtest":
        return [_mtest([r for r in result["scores"] if r["estimator"] == name])]
    if result.get("benchmark") == "bmi40":
        return [_bmi([r for r in result["scores"] if r["estimator"] == name])]
    if "speed" in result:
        return [_speed(result["speed"])]
    return []


def _mtest(records: list[dict]) -> str:
    """Squared errors beside the published ones, then coverage, each with its standard error."""
    scores = {(r["split"], r["n"]): r for r in records if not r["family"]}
    rows = []
    for in_family, split in SPLITS.items():
        cells = [_estimate(scores[split, n], "mse") for n in (*BINS, ALL)]
        rows.append([f"MSE, {split}, nats²", *cells])
        for title, errors in PUBLISHED.items():
            rows.append([f"published {title} *", *(f"{e:.3g}" for e in errors[in_family]), ""])
    for split in SPLITS.values():
        cells = [_estimate(scores[split, n], "coverage") for n in (*BINS, ALL)]
        rows.append([f"inside the 90 % interval, {split}", *cells])
    note = (
        "± standard error, clustered by (redraw, n, family, d). * arXiv 2511.18945, own protocol: "
        "averages over bootstrap resamples."
    )
    return table(["", *(f"n in {n}" for n in BINS), ALL], rows) + f"\n\n{note}"


def _estimate(record: dict, score: str) -> str:
    value, error = record[score], record[f"{score}_se"]
    return "–" if value is None else f"{value:.3g}" + (f" ± {error:.1g}" if error else "")


def _bmi(records: list[dict]) -> str:
    """Errors and coverage on bmi's tasks by n."""
    rows = [
        ["mean absolute error, nats", *(f"{r['mae']:.3f}" for r in records)],
        [f"tasks worse than {POOR}, of {records[0]['tasks']}", *(str(r["poor"]) for r in records)],
        ["inside the 90 % interval", *(f"{r['coverage']:.3f}" for r in records)],
    ]
    return table(["bmi's tasks", *(f"n = {r['n']:,}" for r in records)], rows)


def _speed(speed: dict) -> str:
    rows = [
        ["bmi's KSG", f"{1000 * speed['ksg']:.1f}"],
        ["one estimate", f"{1000 * speed['single']:.1f}"],
        ["one estimate of a batch", f"{1000 * speed['batched']:.1f}"],
    ]
    return table(["n = 500, 16 + 16 columns", "ms"], rows)
