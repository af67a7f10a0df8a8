"""What the cable saw before it fell silent, for the ankle that takes over."""

from collections.abc import Iterable
from itertools import pairwise
from math import inf

from tracker.movement import LONG_SILENCE_S, Level
from tracker.reps import OwnRange

BEGAN_ALIKE_S = 0.5
"""By so much cable and ankle may differ on when a movement began."""


class Witness:
    """Travel of the cable up to when it was last believed, and when the last movement in it began."""

    def __init__(self, began_s: float, travel: Iterable[Level[float]], own: OwnRange) -> None:
        """`began_s`: when the movement began that the cable was in. `travel`: of it and before, in order
        of time. `own`: the lifter's own range along the cable.
        """
        self._began_s = began_s
        self._travel = tuple(travel)
        self._least_m, self._returned = own.smallest_rep, own.params.returned

    def saw_begin(self, start_s: float) -> bool:
        """Whether a movement that begins about then was seen to begin."""
        return abs(start_s - self._began_s) < BEGAN_ALIKE_S

    def denies(self, start_s: float, end_s: float) -> bool:
        """Whether all of a movement was seen, and the cable did not go out and come back in it as in a rep.

        A lifter who walks away from the pulley swings the leg to and fro, and the cable only goes out.
        """
        seen = [level for level in self._travel if level.t_s >= start_s]
        since_end_m = [level.pose for level in seen if level.t_s >= end_s]
        if not since_end_m or seen[0].t_s - start_s > LONG_SILENCE_S:
            return False
        if any(after.t_s - before.t_s > LONG_SILENCE_S for before, after in pairwise(seen)):
            return False
        furthest_m = max(level.pose for level in seen if level.t_s <= end_s)
        out_m, back_m = furthest_m - seen[0].pose, furthest_m - min(since_end_m)
        return out_m < self._least_m or back_m < self._returned * out_m


NO_WITNESS = Witness(-inf, (), OwnRange(0.0))
"""Where there was no cable."""
