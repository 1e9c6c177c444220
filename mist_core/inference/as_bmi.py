"""What bmi's benchmark asks of an estimator, without bmi."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class EstimateResult:
    """Stand-in for bmi.interface.EstimateResult: using the estimator does not require bmi."""

    mi_estimate: float
    time_in_seconds: float | None = None
    additional_information: dict = field(default_factory=dict)


@dataclass(frozen=True)
class EstimatorParameters:
    """What bmi stores beside an estimator's results; `dict` as its pydantic models have it."""

    meta: str
    sha256: str

    def dict(self) -> dict[str, str]:
        return asdict(self)
