"""How the ankle turned by the gyroscope alone, over the last minute.

Inclination by gravity takes a leg that speeds up for one that leans, and unlearns it over seconds. For a leg
of length L and a time constant tau of the inclination, a turning leg then seems to turn by L times its
angular acceleration / (g tau) too fast: its speed seems to change L / (g tau) too soon, 29 ms for 0.85 m and
3 s. Over one movement the gyroscope alone, free of its bias, is truer.
"""

from math import sqrt

from tracker.gaps import GapParams
from tracker.poses import PoseHistory, Quaternion, rotated, turn_between, up_in_sensor, whole_turn_rad
from tracker.progress import Vector, angle_between

LEAST_TURN_RAD = 0.1
"""A smaller turn tells no axis."""

MOST_MISSED = 0.7
"""Share of a swing by gravity under which the gyroscope did not see it; a pose that comes round may be off by
a quarter."""

STILL_RAD = 0.015
"""A leg that hangs still turns by less than this in a quarter of a second; one that walks by more."""

SEEN_STILL_S = 0.1
"""So much of a rest must be seen: in it, a leg that swings by 0.4 rad once a second turns by 0.08 rad."""

COMES_ROUND_S = GapParams().settles_far_s
"""So long after missing samples the inclination may still come round to gravity."""


class Turned:
    """Keeps orientations against a frame that stands still, beside those against the world."""

    def __init__(self, poses: PoseHistory) -> None:
        """`poses`: world_from_sensor, of the same sensor."""
        self._poses = poses
        self._turned = PoseHistory()

    def add(self, t_s: float, frame_from_sensor: Quaternion) -> None:
        """Take one orientation, against any frame that stands still."""
        self._turned.add(t_s, frame_from_sensor)

    def axis(self, start_s: float, end_s: float) -> Vector | None:
        """Return the axis (unit vector, sensor frame) about which the ankle turned between two moments.

        None where it hardly turned, or no sample is near them.
        """
        start, end = self._turned.at(start_s), self._turned.at(end_s)
        if start is None or end is None:
            return None
        w, x, y, z = turn_between(start, end)
        size = sqrt(x * x + y * y + z * z)
        if size < LEAST_TURN_RAD / 2.0:
            return None
        if w < 0.0:
            size = -size
        return x / size, y / size, z / size

    def missed(self, start_s: float, peak_s: float) -> bool:
        """Whether samples were missing of so much of a swing that the gyroscope has it far too small."""
        poses = [self._poses.at(t_s) for t_s in (start_s, peak_s)]
        turned = [self._turned.at(t_s) for t_s in (start_s, peak_s)]
        if poses[0] is None or poses[1] is None or turned[0] is None or turned[1] is None:
            return False
        start, peak = up_in_sensor(poses[0]), up_in_sensor(poses[1])
        (w, x, y, z), level = turned[1], rotated(turned[0], start)
        told = rotated((w, -x, -y, -z), level)
        return angle_between(start, told) < MOST_MISSED * angle_between(start, peak)

    def hung_still(self, end_s: float, for_s: float) -> bool:
        """Whether all that was seen of the leg for so long before a moment hung still, where samples were
        missing a while ago.

        Then the inclination still comes round to gravity, and a leg that hangs still seems to move.
        """
        history, start_s = self._turned, end_s - for_s
        if history.broken_s(end_s - SEEN_STILL_S, end_s) > 0.0:
            return False
        turned = [pose for _, pose in history.between(start_s, end_s)]
        lately_broken = history.broken_s(end_s - COMES_ROUND_S, end_s) > 0.0
        return (
            bool(turned)
            and lately_broken
            and all(whole_turn_rad(turned[-1], pose) < STILL_RAD for pose in turned)
        )

    def ups(self, start_s: float, end_s: float, level_s: float) -> list[tuple[float, Vector]]:
        """Return the directions of up in the sensor frame over `[start_s, end_s]`, with their times.

        Up is taken from gravity at `level_s`, when the leg is best at rest, and turned from there. Empty
        where no sample is near that, or none was kept.
        """
        pose, reference = self._poses.at(level_s), self._turned.at(level_s)
        if pose is None or reference is None:
            return []
        level = rotated(reference, up_in_sensor(pose))
        return [
            (t_s, rotated((w, -x, -y, -z), level))
            for t_s, (w, x, y, z) in self._turned.between(start_s, end_s)
        ]
