"""Drops lone samples of the cable that cannot be: a bit flipped on the wire, which I2C does not notice."""

from collections.abc import Sequence

from tracker.lone import Row

LONE_M = 0.004
LONE_S = 0.008
"""No cable goes so far and back in two such intervals: that would be 12 g. A flipped bit does, and might move
a boundary by 40 ms; a smaller one by no more than 16."""


class LoneTravel:
    """Passes the samples of the cable on, except those that stand alone.

    A sample further than `LONE_M` from the one before it, as each is of a cable that runs, waits for the
    next. Where that is back, to within half of it, the one in between is dropped. Where it was is known
    from its neighbours, so that nothing is missing. Of a stream slower than 125 a second all pass.
    """

    dropped_s = None
    """Nothing is unknown where a sample was dropped."""

    def __init__(self) -> None:
        """Start with no sample seen."""
        self._before: Row | None = None
        self._held: Row | None = None

    def sift(self, row: Row) -> Sequence[Row]:
        """Take a time (s) and a position (m); return those that are good now, in order: none, one or two."""
        before, held = self._before, self._held
        if before is None:
            self._before = row
            return (row,)
        if held is not None:
            self._before, self._held = row, None
            together = row[0] - before[0] <= 2.0 * LONE_S
            back = abs(row[1] - before[1]) < 0.5 * LONE_M
            return (row,) if together and back else (held, row)
        if abs(row[1] - before[1]) > LONE_M and row[0] - before[0] <= LONE_S:
            self._held = row
            return ()
        self._before = row
        return (row,)
