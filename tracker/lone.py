"""Finds lone samples that cannot be: a bit flipped on the wire, which neither I2C nor most chips notice."""

from collections.abc import Sequence

Row = list[float]

DENSE = 5
"""After fewer samples close together, one that is not is no break: a slow stream's times only jitter."""

RINGS_WITHIN = 10
"""A sample that stands alone so few samples after another passes: what rings at half the sampling rate goes
to and fro, and without one side of it the leg would seem to turn."""


class LoneSamples:
    """Passes the samples of one stream on, except those that stand alone.

    A sample further than `largest_step` from the one before it waits for the next one. Where that is
    back, to within half of it, nothing moved: the sample in between was corrupt and is dropped. A real
    jolt lasts longer, or does not end where it began, and passes whole, one sample late. The first sample
    after a break has none to be held against: it waits for one that is near, and is dropped where the next
    is not. The first of all is believed.
    """

    def __init__(self, columns: slice, largest_step: float, *, together_s: float = 0.03) -> None:
        """`columns`: the columns of a row that are looked at. `largest_step`: in their unit; larger lets
        more corrupt samples pass and holds fewer real ones. `together_s`: samples further apart in time
        tell nothing of each other, so that of a stream of fewer than 33 a second all pass.
        """
        self._columns = columns
        self._looked_at = range(0)
        self._largest_step = largest_step
        self._together_s = together_s
        self._before: Row | None = None
        self._held: Row | None = None
        self._first: Row | None = None
        self._in_a_row = 0
        self._since_alone = RINGS_WITHIN
        self.dropped_s: tuple[float, float] | None = None

    def sift(self, row: Row) -> Sequence[Row]:
        """Take a row, time first; return those that are good now, in order: none, one or two.

        `dropped_s`: from when until when nothing is known now because a sample stood alone, else None.
        """
        self.dropped_s = None
        before, held = self._before, self._held
        if before is None:
            self._looked_at = range(*self._columns.indices(len(row)))
            self._before = row
            return (row,)
        if self._first is not None:
            return self._after_first(self._first, row)
        self._since_alone += 1
        if row[0] - before[0] > self._together_s:
            return self._broken(before, row)
        self._in_a_row += 1
        if held is None:
            if self._near(row, before, self._largest_step):
                self._before = row
                return (row,)
            self._held = row
            return ()
        self._before, self._held = row, None
        if not self._near(row, before, 0.5 * self._largest_step):
            return (held, row)
        self.dropped_s = before[0], row[0]
        return (held, row) if self._rings() else (row,)

    def _broken(self, before: Row, row: Row) -> Sequence[Row]:
        """Take the first row after a break; one that was held before it stands alone for good."""
        if self._in_a_row < DENSE:
            self._before, held, self._held, self._in_a_row = row, self._held, None, 0
            return (row,) if held is None else (held, row)
        if self._held is not None:
            self.dropped_s, self._held = (before[0], row[0]), None
        self._first = row
        return ()

    def _after_first(self, first: Row, row: Row) -> Sequence[Row]:
        together = row[0] - first[0] <= self._together_s
        near = self._near(row, first, self._largest_step)
        if not near:
            self.dropped_s = first[0], row[0]
            if together:
                self._first = row
                return ()
        self._before, self._first = row, None
        if not together:
            self._in_a_row = 0
        return (first, row) if near else (row,)

    def _rings(self) -> bool:
        """Whether another sample stood alone just now."""
        rings, self._since_alone = self._since_alone < RINGS_WITHIN, 0
        return rings

    def _near(self, row: Row, other: Row, step: float) -> bool:
        """Whether no column that is looked at is further than `step` from the other row's."""
        for i in self._looked_at:  # noqa: SIM110 - a generator costs more than all of this
            if abs(row[i] - other[i]) > step:
                return False
        return True
