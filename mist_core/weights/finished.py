"""What the card of a finished training holds, and the check that it does."""

from pathlib import Path

from mist_core.errors import WeightsError


def runs_behind(card: dict) -> list[dict]:
    """Settings of the runs in order, each of which went on from the weights of the one before."""
    return [*card.get("earlier_runs", []), card["run"]]


TEXT, OBJECT, LIST, WHOLE, NUMBER = str, dict, list, int, (int, float)


MOST = 1e15


FIELDS = {
    "meta": TEXT,
    "date": TEXT,
    "config": OBJECT,
    "run": OBJECT,
    "scores": OBJECT,
    "versions": OBJECT,
    "curve": LIST,
    "steps": WHOLE,
    "datasets": WHOLE,
    "parameters": WHOLE,
    "minutes": NUMBER,
}


RUN_FIELDS = {"meta": TEXT, "seed": WHOLE, "minutes": NUMBER}


SCORES = {
    "loss": "loss: pinball of ln(MI + 0.02), plus a tenth of the mean's scaled squared error",
    "mse": "mean squared error of the mean, nats²",
    "mae": "mean absolute error of the mean, nats",
    "coverage_90": "share of truths inside the 90 % interval",
}


NETWORKS = {
    "mist": "Invariant statistics, and where `encoder_dim` is not 0 a set encoder over rows, under "
    "one head that weighs the plug-in estimates among them and corrects their mean. Pooled with it "
    "are `witnesses` small networks, where there are any, each of which reads half of the "
    "statistics. Where there are `kinds`, readers of such halves learn to name them: where they "
    "know none together, `in_family` is low.",
    "classic": "The published architecture: a set transformer over rows, without statistics, for "
    "at most `max_dim` columns a side.",
}


def require_finished(path: Path, card: dict) -> None:
    """Raises WeightsError unless the card has what the end of a training run writes."""
    for name, kind in FIELDS.items():
        _require(_is(card.get(name), kind), path, name)
    _require(_is(card.get("earlier_runs", []), LIST), path, "earlier_runs")
    for run in runs_behind(card):
        fine = _is(run, OBJECT) and all(_is(run.get(n), kind) for n, kind in RUN_FIELDS.items())
        _require(fine, path, "run")
    _require(card["config"].get("architecture") in [*NETWORKS], path, "config: architecture")
    for name in SCORES:
        _require(_is(card["scores"].get(name), NUMBER), path, f"scores: {name}")
    _require(card["curve"] and all(map(_is_point, card["curve"])), path, "curve")


def _require(fine: bool, path: Path, field: str) -> None:
    if not fine:
        raise WeightsError(
            f"{path}: {field}: missing or of the wrong kind; a card needs the weights file that "
            "a finished training run wrote."
        )


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether it is of that kind, which a boolean never is, and of a size that can be drawn."""
    fine = isinstance(value, kind) and not isinstance(value, bool)
    return fine and (not isinstance(value, NUMBER) or abs(value) < MOST)


def _is_point(point: object) -> bool:
    if not (isinstance(point, dict) and isinstance(point.get("validation"), dict)):
        return False
    start = point.get("start") or {"loss": 0}
    numbers = [point.get("datasets"), point.get("minutes"), point["validation"].get("loss")]
    numbers += [start.get("loss") if isinstance(start, dict) else None]
    return all(_is(number, NUMBER) for number in [*numbers, point.get("train_loss", 0)])
