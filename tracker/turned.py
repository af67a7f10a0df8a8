"""How the ankle turned by the gyroscope alone, over the last minute.

Inclination by gravity takes a leg that speeds up for one that leans, and unlearns it over seconds. For a leg
of length L and a time constant tau of the inclination, a turning leg then seems to turn by L times its
angular acceleration / (g tau) too fast: its speed seems to change L / (g tau) too soon, 29 ms for 0.85 m and
3 s. Over one movement the gyroscope alone, free of its bias, is truer.
"""

from tracker.poses import PoseHistory, Quaternion, rotated, up_in_sensor
from tracker.progress import Vector


class Turned:
    """Keeps orientations against a frame that stands still, beside those against the world."""

    def __init__(self, poses: PoseHistory) -> None:
        """`poses`: world_from_sensor, of the same sensor."""
        self._poses = poses
        self._turned = PoseHistory()

    def add(self, t_s: float, frame_from_sensor: Quaternion) -> None:
        """Take one orientation, against any frame that stands still."""
        self._turned.add(t_s, frame_from_sensor)

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
