"""Progress: the one number along which a movement is followed, and the poses it is measured from.

A pose is what a sensor says of where the leg is: cable travel (m), or the direction of up in the
sensor frame (a unit vector). Movements are remembered as poses, so that they can be measured again
when the reference has become better.
"""

from collections.abc import Sequence
from math import asin, atan2, sqrt
from typing import Protocol, TypeVar

Vector = tuple[float, float, float]
PoseT = TypeVar("PoseT")
PoseT_contra = TypeVar("PoseT_contra", contravariant=True)


class Progress(Protocol[PoseT_contra]):
    """Measures progress along the rep from a pose, in the units of `least_range`.

    `signed`: whether progress is less than nothing on the other side of the start.
    """

    least_range: float
    signed: bool

    def measure(self, pose: PoseT_contra) -> float:
        """Return progress, growing outwards."""
        ...

    def aim(self, start: PoseT_contra, peak: PoseT_contra) -> None:
        """Learn the way a movement went, on its return: what lies beyond its start is less than nothing."""
        ...

    def release(self) -> None:
        """Forget the way: the next movement may go anywhere."""
        ...

    def refined(self, poses: Sequence[PoseT_contra], start: PoseT_contra, peak: PoseT_contra) -> list[float]:
        """Return progress of a whole movement, now that its start and peak are known: m or rad."""
        ...

    def swung(self, ups: Sequence[Vector], start: Vector, peak: Vector) -> list[float] | None:
        """Return progress (rad) by the directions of up in the sensor frame, None where it is no swing."""
        ...

    def positions(self, poses: Sequence[PoseT_contra]) -> list[float] | None:
        """Return cable travel (m) of the poses, None where progress is no travel."""
        ...

    def apart(self, one: PoseT_contra, other: PoseT_contra) -> float:
        """Return how far two poses are apart, in the units of progress, whatever way."""
        ...

    def way(self, start: PoseT_contra, peak: PoseT_contra) -> Vector | None:
        """Return the direction a movement took (unit vector), None where there is only one way."""
        ...

    def learn(self, start: PoseT_contra, peak: PoseT_contra) -> None:
        """Take a rep of the set."""
        ...

    def new_set(self) -> None:
        """Begin a set: another movement may follow."""
        ...


class CableTravel:
    """Progress is cable travel (m)."""

    def __init__(self, least_range_m: float) -> None:
        """`least_range_m`: the smallest range that can be a rep."""
        self.least_range = least_range_m
        self.signed = True

    def measure(self, pose: float) -> float:
        """Return the travel itself."""
        return pose

    def aim(self, start: float, peak: float) -> None:
        """Do nothing: travel is signed."""

    def release(self) -> None:
        """Do nothing."""

    def refined(self, poses: Sequence[float], start: float, peak: float) -> list[float]:
        """Return the travel itself (m)."""
        return list(poses)

    def swung(self, ups: Sequence[Vector], start: Vector, peak: Vector) -> list[float] | None:
        """Return None: travel is no swing."""
        return None

    def positions(self, poses: Sequence[float]) -> list[float] | None:
        """Return the travel itself (m)."""
        return list(poses)

    def apart(self, one: float, other: float) -> float:
        """Return the travel between two positions (m)."""
        return abs(one - other)

    def way(self, start: float, peak: float) -> Vector | None:
        """Return None: a cable goes out, or in."""
        return None

    def learn(self, start: float, peak: float) -> None:
        """Do nothing: there is only one way."""

    def new_set(self) -> None:
        """Do nothing."""


def angle_between(a: Vector, b: Vector) -> float:
    """Return the angle (rad) between two unit vectors; exact for small angles, where acos is not."""
    dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    half_chord = 0.5 * sqrt(dx * dx + dy * dy + dz * dz)
    return 2.0 * asin(half_chord if half_chord < 1.0 else 1.0)


class Tilt:
    """Progress is the angle (rad) between up now and up in the start pose.

    With a hanging leg this is the swing of its long axis, whatever way round the sensor sits and
    however the leg turns about itself. On the return it is the angle along the way out, which goes on
    below zero where the leg comes back beyond its start: without a sign it would seem to turn there. Far
    beyond it does turn, as in gait, where the leg swings through.
    """

    def __init__(self, least_range_rad: float, start: Vector) -> None:
        """`start`: direction of up in the sensor frame in the start pose."""
        self.least_range = least_range_rad
        self.signed = False
        self.start = start
        self._way: tuple[Vector, Vector, float] | None = None

    def measure(self, pose: Vector) -> float:
        """Return the swing away from the start pose (rad); along the way out once that is known."""
        if self._way is None:
            return angle_between(pose, self.start)
        start, towards, lowest = self._way
        along = atan2(dot(pose, towards), dot(pose, start))
        return along if along >= lowest else 2.0 * lowest - along

    def aim(self, start: Vector, peak: Vector) -> None:
        """Measure along the way from start to peak from now on."""
        towards = level_part(peak, start)
        beyond = -_BEYOND * angle_between(peak, start)
        self._way = None if towards is None else (start, towards, beyond)

    def release(self) -> None:
        """Measure the plain angle again."""
        self._way = None

    def refined(self, poses: Sequence[Vector], start: Vector, peak: Vector) -> list[float]:
        """Return the swing (rad) from this movement's own start towards its peak."""
        return swing_angles(poses, start, peak, None)

    def swung(self, ups: Sequence[Vector], start: Vector, peak: Vector) -> list[float] | None:
        """Return the same."""
        return self.refined(ups, start, peak)

    def positions(self, poses: Sequence[Vector]) -> list[float] | None:
        """Return None: a swing is no travel."""
        return None

    def apart(self, one: Vector, other: Vector) -> float:
        """Return the angle between two poses (rad)."""
        return angle_between(one, other)

    def way(self, start: Vector, peak: Vector) -> Vector | None:
        """Return the horizontal direction of up's displacement, in the sensor frame."""
        return level_part(peak, start)

    def learn(self, start: Vector, peak: Vector) -> None:
        """Do nothing: the way is each movement's own."""

    def new_set(self) -> None:
        """Do nothing."""


class Lift:
    """Progress is the height (m) of the ankle above its joint's level, as learnt by `LiftLearner`.

    A leg that turns about a joint carries the ankle to the height `lever . up`, with `up` in the
    sensor frame: linear, free of drift, and blind to the leg's turning about its own axis.
    """

    def __init__(self, least_range_m: float) -> None:
        """`least_range_m`: the smallest lift that can be a rep."""
        self.least_range = least_range_m
        self.signed = True
        self.lever: Vector = (0.0, 0.0, 0.0)

    def hangs(self, pose: Vector) -> bool:
        """Whether the leg hangs or stands in this pose rather than lies: then height barely tells a swing.

        Height grows with the square of the swing from upright: a kick half as far rises a quarter as high.
        """
        lever = self.lever
        length = sqrt(lever[0] ** 2 + lever[1] ** 2 + lever[2] ** 2)
        return length > _SHORTEST_M and abs(dot(lever, pose)) > _HANGING * length

    def measure(self, pose: Vector) -> float:
        """Return the height (m); zero while nothing has been learnt."""
        lever = self.lever
        return lever[0] * pose[0] + lever[1] * pose[1] + lever[2] * pose[2]

    def aim(self, start: Vector, peak: Vector) -> None:
        """Do nothing: height is signed."""

    def release(self) -> None:
        """Do nothing."""

    def refined(self, poses: Sequence[Vector], start: Vector, peak: Vector) -> list[float]:
        """Return the swing (rad) of the leg's long axis."""
        return swing_angles(poses, start, peak, self.lever)

    def swung(self, ups: Sequence[Vector], start: Vector, peak: Vector) -> list[float] | None:
        """Return the same."""
        return self.refined(ups, start, peak)

    def positions(self, poses: Sequence[Vector]) -> list[float] | None:
        """Return None: the ankle's height is no cable travel."""
        return None

    def apart(self, one: Vector, other: Vector) -> float:
        """Return the difference of two heights (m)."""
        return abs(self.measure(one) - self.measure(other))

    def way(self, start: Vector, peak: Vector) -> Vector | None:
        """Return None: a lift goes up."""
        return None

    def learn(self, start: Vector, peak: Vector) -> None:
        """Do nothing: there is only one way."""

    def new_set(self) -> None:
        """Do nothing."""


def swing_angles(poses: Sequence[Vector], start: Vector, peak: Vector, lever: Vector | None) -> list[float]:
    """Return the swing (rad) of a leg for each direction of up in the sensor frame.

    For a leg that hangs upright at the start: the angle from start towards peak in the plane of the
    two, blind to the leg's turning about itself. For one that lies, as its `lever` (m, sensor frame)
    tells: the rise of its long axis against the horizon.
    """
    if lever is not None:
        length = sqrt(lever[0] ** 2 + lever[1] ** 2 + lever[2] ** 2)
        if length > 0.0 and abs(dot(lever, start)) < _UPRIGHT * length:
            return [asin(max(-1.0, min(1.0, dot(lever, pose) / length))) for pose in poses]
    towards = level_part(peak, start)
    if towards is None:
        return [0.0] * len(poses)
    return [atan2(dot(pose, towards), dot(pose, start)) for pose in poses]


_BEYOND = 0.12
"""Share of the way out by which a return may overshoot the start and still be the same movement."""

_UPRIGHT = 0.85
"""Cosine of the lean up to which a leg counts as hanging upright."""

_HANGING = 0.6
"""The same where its lever was learnt a moment ago and may be tens of degrees off."""

_SHORTEST_M = 0.1
"""A shorter lever is no leg's: the limb rolls in place, or barely moved."""


def level_part(vector: Vector, up: Vector) -> Vector | None:
    """Return the direction of the part of `vector` at right angles to the unit vector `up`, if it has one."""
    along = dot(vector, up)
    x, y, z = vector[0] - along * up[0], vector[1] - along * up[1], vector[2] - along * up[2]
    size = sqrt(x * x + y * y + z * z)
    return None if size == 0.0 else (x / size, y / size, z / size)


def dot(a: Vector, b: Vector) -> float:
    """Return the inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
