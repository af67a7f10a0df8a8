"""Swing along the way of a set, for a leg that does not hang: there its turning about itself shows too.

On hands and knees gravity lies across the shank, so up moves in the sensor frame when the leg turns about its
long axis as well as when it swings. The turning differs from rep to rep and the swing does not: the mean way
of the set's reps is the swing's.
"""

from collections.abc import Sequence
from math import atan2

from tracker.progress import Tilt, Vector, dot, level_part


class SetTilt(Tilt):
    """Progress is the angle (rad) between up now and up in the start pose, along the set's way.

    Before the first rep of a set there is none: then it is the whole angle, as `Tilt` measures it.
    """

    def __init__(self, least_range_rad: float, start: Vector) -> None:
        """`start`: direction of up in the sensor frame in the start pose."""
        super().__init__(least_range_rad, start)
        self._set_way: Vector | None = None
        self._ahead: tuple[Vector, Vector] | None = None

    def learn(self, start: Vector, peak: Vector) -> None:
        """Take the way of a rep into the set's; a longer one tells more."""
        x, y, z = self._set_way or (0.0, 0.0, 0.0)
        self._set_way = (x + peak[0] - start[0], y + peak[1] - start[1], z + peak[2] - start[2])
        self._ahead = None

    def new_set(self) -> None:
        """Forget the way."""
        self._set_way = self._ahead = None

    def measure(self, pose: Vector) -> float:
        """Return the swing (rad) away from the start pose, less than nothing on its other side."""
        towards = self._towards(self.start)
        if towards is None:
            return super().measure(pose)
        return atan2(dot(pose, towards), dot(pose, self.start))

    def refined(self, poses: Sequence[Vector], start: Vector, peak: Vector) -> list[float]:
        """Return the swing (rad) from this movement's own start."""
        towards = self._towards(start)
        if towards is None:
            return super().refined(poses, start, peak)
        return [atan2(dot(pose, towards), dot(pose, start)) for pose in poses]

    def apart(self, one: Vector, other: Vector) -> float:
        """Return the angle between two poses (rad) along the way."""
        towards = self._towards(other)
        return (
            super().apart(one, other) if towards is None else abs(atan2(dot(one, towards), dot(one, other)))
        )

    def _towards(self, start: Vector) -> Vector | None:
        """Return the direction at right angles to a start pose in which up goes along the way."""
        if self._set_way is None:
            return None
        if self._ahead is None or self._ahead[0] is not start:
            towards = level_part(self._set_way, start)
            if towards is None:
                return None
            self._ahead = start, towards
        return self._ahead[1]
