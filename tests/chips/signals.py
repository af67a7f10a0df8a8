"""Signals for chips from arrays on an even grid: what a simulated session exerts, over virtual time."""

from collections.abc import Callable
from typing import Generic, TypeVar

from tests.chips.chip import Vector
from tracker.blocks import FloatArray

_PIECE = 512

ValueT = TypeVar("ValueT")


class Repeated(Generic[ValueT]):
    """A signal that begins anew at `start_s` and every `period_s` after it."""

    def __init__(self, signal: Callable[[float], ValueT], start_s: float, period_s: float) -> None:
        self._signal = signal
        self._start_s = start_s
        self._period_s = period_s

    def __call__(self, t_s: float) -> ValueT:
        passed_s = t_s - self._start_s
        return self._signal(t_s if passed_s < 0.0 else self._start_s + passed_s % self._period_s)


class GridScalar:
    """A quantity (n,) as a function of virtual time: straight lines between the points of the grid.

    The first point is at `start_s`, the next one `step_s` later. Before the first and after the last the
    quantity stays as it is there.
    """

    def __init__(self, values: FloatArray, step_s: float, start_s: float) -> None:
        self._values = values
        self._per_s = 1.0 / step_s
        self._start_s = start_s
        self._last = len(values) - 1
        self._first = 1
        self._piece: list[float] = []

    def __call__(self, t_s: float) -> float:
        place = (t_s - self._start_s) * self._per_s
        place = 0.0 if place < 0.0 else min(place, self._last - 1e-6)
        index = int(place)
        share = place - index
        at = index - self._first
        if not 0 <= at < len(self._piece) - 1:
            self._first, at = index, 0
            self._piece = self._values[index : index + _PIECE].tolist()
        piece = self._piece
        return piece[at] + share * (piece[at + 1] - piece[at])


class GridVector:
    """A quantity with three axes, (n, 3), as `GridScalar` has one with one."""

    def __init__(self, values: FloatArray, step_s: float, start_s: float) -> None:
        self._values = values
        self._per_s = 1.0 / step_s
        self._start_s = start_s
        self._last = len(values) - 1
        self._first = 1
        self._piece: list[list[float]] = []

    def __call__(self, t_s: float) -> Vector:
        place = (t_s - self._start_s) * self._per_s
        place = 0.0 if place < 0.0 else min(place, self._last - 1e-6)
        index = int(place)
        share = place - index
        at = index - self._first
        if not 0 <= at < len(self._piece) - 1:
            self._first, at = index, 0
            self._piece = self._values[index : index + _PIECE].tolist()
        x, y, z = self._piece[at]
        next_x, next_y, next_z = self._piece[at + 1]
        return (x + share * (next_x - x), y + share * (next_y - y), z + share * (next_z - z))
