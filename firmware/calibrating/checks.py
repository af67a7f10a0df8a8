"""Checks: the figures a calibration is accepted by, each with its limit and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from firmware.calibrating.console import Console
from firmware.errors import FaultError
from tracker.calibration import CableCalibration, ImuCalibration, LoadCalibration

C = TypeVar("C", ImuCalibration, CableCalibration, LoadCalibration)

_NAME_WIDTH = 22
_SHOWN_WIDTH = 26


class RefusedError(FaultError):
    """What was measured cannot be accepted; nothing is saved."""


@dataclass(frozen=True, slots=True)
class Check:
    """`shown`: the figure with its unit and, where it has one, its limit. `todo`: when it is not `fine`."""

    name: str
    shown: str
    fine: bool
    todo: str

    def __str__(self) -> str:
        """One line of the table."""
        line = f"  {'pass' if self.fine else 'FAIL'}  {self.name:{_NAME_WIDTH}}  {self.shown}"
        return line if self.fine else f"{line:{_NAME_WIDTH + _SHOWN_WIDTH}}  -> {self.todo}"


@dataclass(frozen=True, slots=True)
class Measured(Generic[C]):
    """A calibration that passed its checks, and the figures it passed by."""

    calibration: C
    figures: dict[str, float]


def require(checks: Iterable[Check], console: Console, what: str) -> None:
    """Show the checks; raise RefusedError, naming those that failed, unless all are fine."""
    failed = []
    for check in checks:
        console.say(str(check))
        if not check.fine:
            failed.append(check)
    if failed:
        names = ", ".join(check.name for check in failed)
        raise RefusedError(
            f"{what} not calibrated, nothing was saved; failed: {names}. First: {failed[0].todo}"
        )
