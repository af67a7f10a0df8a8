"""Stuck values: a sensor that repeats what it gave before, which none with noise of its own does.

The noise of an inertial sensor, and that of the load cell's converter, is of the order of a count or more:
that all axes of a sense stay the same for 0.2 s is no chance, whatever the sensor feels. The encoder is not
watched: at rest it may repeat its angle for good, so its values alone cannot tell.
"""

from collections.abc import Mapping

from tracker.blocks import STUCK_S, Stream

_REPEATS = 10
"""And at least so many samples: after a gap two may be alike, far apart as they are."""

_LIVELY = 3
"""So many samples in a row must differ before a sense is believed again: one may change and stick anew."""

SENSES: Mapping[Stream, tuple[slice, ...]] = {
    Stream.CABLE: (),
    Stream.LOAD: (slice(0, 1),),
    Stream.PELVIS: (slice(0, 3), slice(3, 6)),
    Stream.ANKLE: (slice(0, 3), slice(3, 6)),
}
"""Which columns of a sample are of one sense that always carries noise: accelerometer, gyroscope, load."""


class _Sense:
    """One sense. `stuck`: whether it has been the same for too long, and not lively since."""

    __slots__ = ("_changes", "_columns", "_repeats", "_since_s", "_values", "stuck")

    def __init__(self, columns: slice) -> None:
        self.stuck = False
        self._columns = columns
        self._values: tuple[int, ...] = ()
        self._since_s = 0.0
        self._repeats = 0
        self._changes = 0

    def take(self, t_s: float, row: tuple[int, ...]) -> None:
        values = row[self._columns]
        if values == self._values:
            self._changes = 0
            self._repeats += 1
            self.stuck = self.stuck or (t_s - self._since_s >= STUCK_S and self._repeats >= _REPEATS)
            return
        self._values, self._since_s, self._repeats = values, t_s, 0
        self._changes += 1
        self.stuck = self.stuck and self._changes < _LIVELY


class StuckWatch:
    """Watches the samples of one stream. `stuck`: whether the last one is no measurement."""

    def __init__(self, stream: Stream) -> None:
        self.stuck = False
        self._senses = [_Sense(columns) for columns in SENSES[stream]]

    def take(self, t_s: float, row: tuple[int, ...]) -> bool:
        """Take the next sample, in the order of time, and tell whether its sensor is stuck."""
        for sense in self._senses:
            sense.take(t_s, row)
        self.stuck = any(sense.stuck for sense in self._senses)
        return self.stuck
