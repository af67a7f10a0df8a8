"""Drops lone values of one quantity that cannot be: a bit flipped on the wire, which I2C does not notice."""

from collections.abc import Sequence

from tracker.lone import Row

_ALIKE = 2.0
"""Where a sample is so many times further from one of the two beside it than from the other, that one may be
what stands alone."""


class LoneValues:
    """Passes the samples of one quantity on, except those that stand alone.

    A sample further than `lone` from the one before it waits for the next. Where it stands out beyond both,
    by more than that, it is dropped: what moves goes on, or comes back more slowly. What it was is known from
    them, so that nothing is missing. Samples further apart than `together_s` tell nothing of each other.
    """

    def __init__(self, lone: float, together_s: float, *, share: float = 0.0) -> None:
        """`lone`: in the quantity's unit; larger lets more corrupt samples pass, and delays fewer.
        `share`: or so much of what the samples beside it are, if that is more.
        """
        self._lone = lone
        self._share = share
        self._together_s = together_s
        self._before: Row | None = None
        self._held: Row | None = None

    def sift(self, row: Row) -> Sequence[Row]:
        """Take a time (s) and a value; return those that are good now, in order: none, one or two."""
        before, held, self._held = self._before, self._held, None
        good: list[Row] = []
        if held is not None and before is not None and not self._stands_out(before, held, row):
            before = held
            good.append(held)
        if before is not None and self._far(before, row):
            self._before, self._held = before, row
        else:
            self._before = row
            good.append(row)
        return good

    def _far(self, before: Row, row: Row) -> bool:
        together = row[0] - before[0] <= self._together_s
        return together and abs(row[1] - before[1]) > max(self._lone, self._share * abs(before[1]))

    def _stands_out(self, before: Row, held: Row, after: Row) -> bool:
        out, back = held[1] - before[1], held[1] - after[1]
        less, more = sorted((abs(out), abs(back)))
        far = max(self._lone, 0.5 * self._share * (abs(before[1]) + abs(after[1])))
        together = after[0] - held[0] <= self._together_s
        return together and out * back > 0.0 and less > far and more < _ALIKE * less
