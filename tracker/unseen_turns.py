"""Turns of the pulley nobody saw: the encoder tells the place within a turn, the ankle which turn it is.

How many turns went by is told by the speeds beside the gap, which is a guess where it is long. A turn too
much or too little looks like a pull of 0.2 m that never came. The leg that swung meanwhile knows better.
"""

from tracker.blocks import TURNS_AMBIGUOUS, Stream
from tracker.gaps import GapWatch
from tracker.poses import PoseHistory, up_in_sensor
from tracker.progress import angle_between

M_PER_RAD = 0.75
"""Cable that a leg lets out for each radian of its swing: the distance from hip to ankle, less for a cable
that is not pulled along the way. From 0.6 to 0.9 m for grown lifters; half a second of a kick is 0.4 rad, and
is told to 0.06 m."""

LEAST_TURN_M = 0.08
"""The cable is believed where it is less than this off the leg: less than half a turn of a 60 mm pulley."""


class UnseenTurns:
    """Keeps the cable's position where the leg has it, whenever turns may have been missed."""

    def __init__(self, gaps: GapWatch, poses: PoseHistory) -> None:
        """`gaps`: those of the cable among them. `poses`: of the ankle of a lifter who stands."""
        self._gaps = gaps
        self._poses = poses
        self._known_s = float("-inf")
        self._last: tuple[float, float] | None = None
        self._offset_m = 0.0

    def righted(self, t_s: float, position_m: float, start_s: float) -> float:
        """Return where the cable is. Call it for each sample.

        `start_s`: when the movement in progress began, or might have.
        """
        last, self._last = self._last, (t_s, position_m)
        gap = self._gaps.latest(Stream.CABLE)
        if gap is not None and gap.end_s > self._known_s:
            self._known_s = gap.end_s
            swung_m = self._swung_m(last[0], t_s, start_s) if last is not None else None
            if gap.reason == TURNS_AMBIGUOUS and last is not None and swung_m is not None:
                off_m = position_m - last[1] - swung_m
                self._offset_m += off_m if abs(off_m) > LEAST_TURN_M else 0.0
        return position_m - self._offset_m

    def _swung_m(self, from_s: float, until_s: float, start_s: float) -> float | None:
        """Return how far the leg went out meanwhile, as travel of the cable; None where no ankle tells."""
        start, before, after = (self._poses.at(t_s) for t_s in (start_s, from_s, until_s))
        if start is None or before is None or after is None:
            return None
        up = up_in_sensor(start)
        swung = (angle_between(up, up_in_sensor(pose)) for pose in (after, before))
        return M_PER_RAD * (next(swung) - next(swung))
