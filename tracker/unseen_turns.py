"""Turns of the pulley nobody saw: after a gap the cable goes on from where the ankle has the leg.

How many turns went by is told by the speeds beside the gap, which is a guess where it is long. A turn too
much or too little looks like a pull of 0.2 m that never came. The leg that swung meanwhile knows better.
"""

from collections.abc import Sequence
from typing import NamedTuple

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

STILL_M = 0.02
STILL_S = 0.2
"""An ankle that was silent too knows how the leg hangs again when it tells no more than this of a swing in
this time: what it has of a leg that is braked is off by 0.2 m, as travel of the cable."""

WAITS_S = 1.2
"""How long after a gap the ankle is waited for; until then the cable's samples are held back."""

Sample = tuple[float, float]
"""Time (s) and position (m)."""


class _Doubt(NamedTuple):
    """The cable's last sample before a gap, the start of the movement in progress then, and the gap's end."""

    from_s: float
    from_m: float
    start_s: float
    until_s: float


class UnseenTurns:
    """Keeps the cable's position where the leg has it, whenever turns may have been missed."""

    def __init__(self, gaps: GapWatch, poses: PoseHistory) -> None:
        """`gaps`: those of the cable among them. `poses`: of the ankle of a lifter who stands."""
        self._gaps = gaps
        self._poses = poses
        self._known_s = float("-inf")
        self._last: Sample | None = None
        self._offset_m = 0.0
        self._doubt: _Doubt | None = None
        self._held: list[Sample] = []

    def righted(self, t_s: float, position_m: float, start_s: float) -> Sequence[Sample]:
        """Return where the cable is and was: nothing while the ankle is waited for to tell, and then what was
        held back. Call it for each sample.

        `start_s`: when the movement in progress began, or might have.
        """
        gap = self._gaps.latest(Stream.CABLE)
        if gap is not None and self._known_s < gap.end_s <= t_s:
            self._known_s = gap.end_s
            if gap.reason == TURNS_AMBIGUOUS:
                self._doubt_from(start_s, t_s)
        if self._doubt is None:
            self._last = t_s, position_m
            return ((t_s, position_m - self._offset_m),)
        if t_s - self._doubt.until_s > 2.0 * WAITS_S:
            self._held.clear()
        self._held.append((t_s, position_m))
        if not self._decided(self._doubt, t_s, position_m):
            return ()
        return self.released()

    def _doubt_from(self, start_s: float, until_s: float) -> None:
        """Doubt what comes after a gap. What an earlier doubt holds back is at yet another turn, and goes."""
        self._held.clear()
        if self._doubt is not None:
            self._doubt = self._doubt._replace(until_s=until_s)
        elif self._last is not None:
            self._doubt = _Doubt(*self._last, start_s, until_s)

    def released(self) -> Sequence[Sample]:
        """Return what is held back, where it is by what is known so far, and wait no longer."""
        if self._doubt is None or not self._held:
            return ()
        righted = [(at_s, there_m - self._offset_m) for at_s, there_m in self._held]
        self._doubt, self._last = None, self._held[-1]
        self._held.clear()
        return righted

    def _decided(self, doubt: _Doubt, t_s: float, position_m: float) -> bool:
        """Whether it is known by now which turn it is, or never will be."""
        poses = self._poses
        if poses.at(doubt.start_s) is None or poses.at(doubt.from_s) is None:
            return True
        late = t_s - doubt.until_s >= WAITS_S
        swung_m = self._swung_m(doubt, t_s)
        if swung_m is None:
            return late
        if poses.broken_s(doubt.from_s, t_s) > 0.0 and not self._hangs_still(doubt, t_s, swung_m):
            return late
        off_m = position_m - doubt.from_m - swung_m
        if abs(off_m) > LEAST_TURN_M:
            self._offset_m += off_m
        return True

    def _hangs_still(self, doubt: _Doubt, t_s: float, swung_m: float) -> bool:
        before_s = t_s - STILL_S
        before_m = None if before_s < doubt.until_s else self._swung_m(doubt, before_s)
        return before_m is not None and abs(swung_m - before_m) < STILL_M

    def _swung_m(self, doubt: _Doubt, t_s: float) -> float | None:
        """Return how far the leg has gone out since, as travel of the cable; None where no ankle tells."""
        start, before, after = (self._poses.at(at_s) for at_s in (doubt.start_s, doubt.from_s, t_s))
        if start is None or before is None or after is None:
            return None
        up = up_in_sensor(start)
        swung = (angle_between(up, up_in_sensor(pose)) for pose in (after, before))
        return M_PER_RAD * (next(swung) - next(swung))
