"""A fault of form: which, and how bad, on one scale for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

FaultName = Literal[
    "direction_narrow",
    "direction_wide",
    "fast_return",
    "no_hold",
    "momentum",
    "slack",
    "short_range",
    "knee_bent",
    "hips_open",
    "back_arched",
]

FAULT_NAMES: tuple[FaultName, ...] = get_args(FaultName)
"""Also the order of faults that are equally severe."""

LARGE = 1.0
"""The severity from which a single occurrence is worth a word to the lifter."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """One fault in one rep.

    `severity`: 0.0 at the fault's own limit, `LARGE` where it is large, and more beyond: what is measured, on
    the straight line through those two. Never negative: short of the limit there is no fault. Each family's
    parameters say where its limit and its large are.
    """

    name: FaultName
    severity: float


def beyond(name: FaultName, value: float, limit: float, large: float) -> FormFault | None:
    """Return the fault of a value at or past its limit, on the side on which `large` lies; else None."""
    severity = (value - limit) / (large - limit)
    return FormFault(name, severity) if severity >= 0.0 else None


def worst_first(faults: Iterable[FormFault | None]) -> tuple[FormFault, ...]:
    """Return the faults that were found, the most severe first."""
    found = [fault for fault in faults if fault is not None]
    return tuple(sorted(found, key=lambda fault: (-fault.severity, FAULT_NAMES.index(fault.name))))
