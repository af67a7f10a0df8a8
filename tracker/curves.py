"""The curves on which the boundaries of a movement's phases are found, from all that is known of it."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Generic

from tracker.bridging import bridged
from tracker.movement import LONG_SILENCE_S, Ending, Movement
from tracker.phases import BY_CABLE, Boundaries, find_boundaries
from tracker.poses import PoseHistory
from tracker.progress import PoseT, Progress, Vector
from tracker.repetition import Travel
from tracker.sway import Sway
from tracker.swung import swung_travel
from tracker.turned import Turned

_Curve = tuple[Sequence[float], Sequence[float]]


class Curves(Generic[PoseT]):
    """Turns movements along one kind of progress into curves, and learns how the hips sway."""

    def __init__(self, progress: Progress[PoseT], poses: PoseHistory | None, turned: Turned | None) -> None:
        """`poses`: of the ankle, where progress is travel that swings the leg. `turned`: how it turned."""
        self._progress = progress
        self._poses = poses
        self._turned = turned
        self._sway = Sway()

    def boundaries(self, movement: Movement[PoseT], *, by_ankle: bool = False) -> Boundaries:
        """Put the movement's phase boundaries where it really turned.

        `by_ankle`: as the ankle has it, as far as it can tell, since the stack went elsewhere.
        """
        start, peak = movement.start, movement.peak
        end_s = movement.end.t_s if movement.ending is Ending.RETURNED else None
        curve = self._swung(movement) if by_ankle else self._steadied(movement)
        if curve is None:
            curve = bridged(*self._moved(movement))
        params = BY_CABLE if self._progress.positions([start.pose]) and not by_ankle else None
        return find_boundaries(*curve, start.t_s, peak.t_s, end_s, params)

    def _moved(self, movement: Movement[PoseT]) -> _Curve:
        """Return the movement's own progress with its times; of a swing, as the gyroscope has it if it can.

        After 0.6 s without samples the gyroscope puts boundaries off by 21 ms on the mean, gravity by 86.
        But the gyroscope never learns of a way that it missed.
        """
        start, peak = movement.start, movement.peak
        ups = self._ups(movement)
        if self._turned is not None and movement.longest_silence_s > LONG_SILENCE_S:
            ups = () if self._turned.missed(start.t_s, peak.t_s) else ups
        if ups and ups[0][0] <= start.t_s and ups[-1][0] >= movement.end.t_s:
            times, directions = [t_s for t_s, _ in ups], [up for _, up in ups]
            last = len(times) - 1
            at_start, at_peak = (
                directions[min(bisect_left(times, level.t_s), last)] for level in (start, peak)
            )
            swung = self._progress.swung(directions, at_start, at_peak)
            if swung is not None:
                return times, swung
        poses = [level.pose for level in movement.trace]
        return [level.t_s for level in movement.trace], self._progress.refined(poses, start.pose, peak.pose)

    def _ups(self, movement: Movement[PoseT]) -> Sequence[tuple[float, Vector]]:
        """Return the directions of up in the ankle's sensor frame, with their times; empty where unknown."""
        if self._turned is None:
            return ()
        return self._turned.ups(movement.trace[0].t_s, movement.trace[-1].t_s, movement.start.t_s)

    def _steadied(self, movement: Movement[PoseT]) -> _Curve | None:
        """Return travel without the hips' sway, None where progress is no travel or the ankle cannot tell."""
        travel = self.travel(movement)
        if travel is None or self._poses is None:
            return None
        ups = self._ups(movement)
        return self._sway.steadied(
            (travel.t_s, travel.position_m), ups, movement.start.t_s, movement.peak.t_s
        )

    def _swung(self, movement: Movement[PoseT]) -> _Curve | None:
        """Return travel as the ankle's swing has it, None where progress is none or poses are missing."""
        travel = self.travel(movement)
        if travel is None or self._poses is None:
            return None
        curve = (travel.t_s, travel.position_m)
        return swung_travel(curve, self._poses, movement.start.t_s, movement.peak.t_s)

    def travel(self, movement: Movement[PoseT]) -> Travel | None:
        """Return the cable travel of a movement, None where progress is no travel."""
        positions = self._progress.positions([level.pose for level in movement.trace])
        if positions is None:
            return None
        times = [level.t_s for level in movement.trace]
        return Travel(*bridged(times, positions))
