"""Orientations of the ankle over the last minute, and what is read from one."""

from bisect import bisect_left
from collections import deque

from tracker.progress import Vector

Quaternion = tuple[float, float, float, float]


class PoseHistory:
    """Keeps world_from_sensor quaternions (w, x, y, z) with their times."""

    def __init__(self, span_s: float = 70.0, nearest_s: float = 0.1) -> None:
        """`span_s`: how long a pose is kept. `nearest_s`: a pose further away in time is not given."""
        self._span_s = span_s
        self._nearest_s = nearest_s
        self._times: deque[float] = deque()
        self._quaternions: deque[Quaternion] = deque()

    @property
    def empty(self) -> bool:
        """Whether no pose was ever seen."""
        return not self._times

    def add(self, t_s: float, world_from_sensor: Quaternion) -> None:
        """Take one orientation."""
        times, quaternions = self._times, self._quaternions
        times.append(t_s)
        quaternions.append(world_from_sensor)
        while t_s - times[0] > self._span_s:
            times.popleft()
            quaternions.popleft()

    def at(self, t_s: float) -> Quaternion | None:
        """Return the orientation nearest in time, None where there is none near enough."""
        right = bisect_left(self._times, t_s)
        near = [i for i in (right - 1, right) if 0 <= i < len(self._times)]
        if not near:
            return None
        best = min(near, key=lambda i: abs(self._times[i] - t_s))
        return self._quaternions[best] if abs(self._times[best] - t_s) <= self._nearest_s else None


def rotated(q: Quaternion, v: Vector) -> Vector:
    """Return `v` rotated by the unit quaternion `q` (w, x, y, z)."""
    w, x, y, z = q
    tx = 2.0 * (y * v[2] - z * v[1])
    ty = 2.0 * (z * v[0] - x * v[2])
    tz = 2.0 * (x * v[1] - y * v[0])
    return (
        v[0] + w * tx + y * tz - z * ty,
        v[1] + w * ty + z * tx - x * tz,
        v[2] + w * tz + x * ty - y * tx,
    )


def up_in_sensor(world_from_sensor: Quaternion) -> Vector:
    """Return the direction of up in the sensor frame."""
    w, x, y, z = world_from_sensor
    return rotated((w, -x, -y, -z), (0.0, 0.0, 1.0))
