"""Orientations of the ankle over the last minute, what was felt in them, and what is read from one."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from itertools import islice
from math import atan2, fsum, pi, sqrt

from tracker.progress import Vector

Quaternion = tuple[float, float, float, float]


class PoseHistory:
    """Keeps world_from_sensor quaternions (w, x, y, z) with their times, and the specific force felt then."""

    def __init__(self, span_s: float = 70.0, nearest_s: float = 0.1) -> None:
        """`span_s`: how long a pose is kept. `nearest_s`: a pose further away in time is not given; a longer
        silence is a break."""
        self._span_s = span_s
        self._nearest_s = nearest_s
        self._times: deque[float] = deque()
        self._quaternions: deque[Quaternion] = deque()
        self._forces: deque[Vector | None] = deque()
        self._breaks: deque[tuple[float, float]] = deque()

    @property
    def empty(self) -> bool:
        """Whether no pose was ever seen."""
        return not self._times

    def add(self, t_s: float, world_from_sensor: Quaternion, force: Vector | None = None) -> None:
        """Take one orientation, and the specific force (m/s2, sensor frame) where it is to be kept."""
        times, quaternions = self._times, self._quaternions
        if times and t_s - times[-1] > self._nearest_s:
            self._breaks.append((times[-1], t_s))
        times.append(t_s)
        quaternions.append(world_from_sensor)
        self._forces.append(force)
        while t_s - times[0] > self._span_s:
            times.popleft()
            quaternions.popleft()
            self._forces.popleft()
            if self._breaks and self._breaks[0][1] < times[0]:
                self._breaks.popleft()

    def at(self, t_s: float) -> Quaternion | None:
        """Return the orientation nearest in time, None where there is none near enough."""
        right = bisect_left(self._times, t_s)
        near = [i for i in (right - 1, right) if 0 <= i < len(self._times)]
        if not near:
            return None
        best = min(near, key=lambda i: abs(self._times[i] - t_s))
        return self._quaternions[best] if abs(self._times[best] - t_s) <= self._nearest_s else None

    def mean(self, start_s: float, end_s: float) -> Quaternion | None:
        """Return the mean orientation over `[start_s, end_s]`, during which the leg hardly moves; the one
        nearest to its middle where the interval holds no sample."""
        inside = [q for _, q in self.between(start_s, end_s)]
        if not inside:
            return self.at(0.5 * (start_s + end_s))
        first = inside[0]
        alike = [
            q if fsum(a * b for a, b in zip(q, first, strict=True)) >= 0.0 else _opposite(q) for q in inside
        ]
        w, x, y, z = (fsum(q[i] for q in alike) for i in range(4))
        norm = 1.0 / sqrt(w * w + x * x + y * y + z * z)
        return w * norm, x * norm, y * norm, z * norm

    def between(self, start_s: float, end_s: float) -> Iterator[tuple[float, Quaternion]]:
        """Yield the orientations of `[start_s, end_s]` with their times."""
        first = bisect_left(self._times, start_s)
        for t_s, q in zip(
            islice(self._times, first, None), islice(self._quaternions, first, None), strict=True
        ):
            if t_s > end_s:
                return
            yield t_s, q

    def felt(self, start_s: float, end_s: float) -> Iterator[tuple[float, Quaternion, Vector]]:
        """Yield the orientations of `[start_s, end_s]` in which a force was kept, with times and forces."""
        first = bisect_left(self._times, start_s)
        kept = zip(self.between(start_s, end_s), islice(self._forces, first, None), strict=False)
        for (t_s, q), force in kept:
            if force is not None:
                yield t_s, q, force

    def broken_s(self, start_s: float, end_s: float) -> float:
        """Return how long (s) orientations were missing in an interval: in breaks that touch it."""
        return fsum(b - a for a, b in self._breaks if a < end_s and start_s < b)


def _opposite(q: Quaternion) -> Quaternion:
    """Return the other quaternion of the same rotation."""
    return -q[0], -q[1], -q[2], -q[3]


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


def turned_rad(pose: Quaternion, reference: Quaternion) -> float:
    """Return by how much `pose` is turned about the vertical against `reference` (rad, -pi to pi).

    The twist about up of the rotation between the two in the world: the same however the sensor is
    mounted, and hardly touched by a tilt.
    """
    w, x, y, z = pose
    rw, rx, ry, rz = reference
    scalar = w * rw + x * rx + y * ry + z * rz
    about_up = -w * rz - x * ry + y * rx + z * rw
    return wrapped(2.0 * atan2(about_up, scalar))


def turn_between(one: Quaternion, other: Quaternion) -> Quaternion:
    """Return the rotation (w, x, y, z) from one orientation to the other, in the sensor frame of the one."""
    w, x, y, z = one
    ow, ox, oy, oz = other
    return (
        w * ow + x * ox + y * oy + z * oz,
        w * ox - x * ow - y * oz + z * oy,
        w * oy + x * oz - y * ow - z * ox,
        w * oz - x * oy + y * ox - z * ow,
    )


def whole_turn_rad(one: Quaternion, other: Quaternion) -> float:
    """Return the angle (rad, 0 to pi) of the rotation between two orientations, whatever its axis."""
    w, x, y, z = turn_between(one, other)
    return 2.0 * atan2(sqrt(x * x + y * y + z * z), abs(w))


def wrapped(angle_rad: float) -> float:
    """Return the angle in [-pi, pi)."""
    return (angle_rad + pi) % (2.0 * pi) - pi
