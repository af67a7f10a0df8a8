"""How far the ankle swung between two moments, by its orientation."""

from math import degrees

from tracker.poses import PoseHistory, up_in_sensor, whole_turn_rad
from tracker.progress import angle_between


class Swing:
    """Measures swings of one leg.

    Of a leg that hangs, gravity shows the whole swing and nothing of the leg's turning about itself. Of one
    that lies across gravity it shows no part that goes to the side, a fifth of a kick on the diagonal, and as
    much of the turning as of the swing: there the whole turn counts, in which the turning, at right angles to
    the swing, hardly does.
    """

    def __init__(self, poses: PoseHistory, *, lies: bool) -> None:
        """`poses`: of the ankle. `lies`: whether the leg lies across gravity at the start."""
        self._poses = poses
        self._lies = lies

    def swing_deg(self, start_s: float, peak_s: float) -> float | None:
        """Return the swing between two moments, None where no orientation is near one of them."""
        start, peak = self._poses.at(start_s), self._poses.at(peak_s)
        if start is None or peak is None:
            return None
        if self._lies:
            return degrees(whole_turn_rad(start, peak))
        return degrees(angle_between(up_in_sensor(start), up_in_sensor(peak)))
