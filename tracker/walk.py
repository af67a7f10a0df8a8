"""Reads from the walk in which way round the cuff is worn.

In gait the shank swings about its left-right axis, fast forwards when the foot is carried through and
slower backwards when it stands (Aminian et al., "Spatio-temporal parameters of gait measured by an
ambulatory system using miniature gyroscopes", Journal of Biomechanics 35 (2002)). The principal axis of
angular rate in the sensor frame is that axis, and the faster way tells its sense. Where the lifter walked
to, and how often they turned, does not matter.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum, sqrt

from tracker.progress import Vector


@dataclass(frozen=True, slots=True)
class WalkParams:
    """`step_s`: time between the rates that are kept: gait holds nothing faster than 10 Hz.
    `span_s`: how long they are kept. `window_s`: gait is looked for in windows so long.
    `least_radps`: root mean square rate of a window of gait; kicks and steps back stay below.
    `windows`: of gait, at least: fewer are a step or two.
    `flat`: share of the rate that lies along the axis, at least.
    `level`: largest cosine between the axis and up.
    `uneven`: how much faster forwards than backwards, as the ratio of summed cubes to summed absolute cubes.
    """

    step_s: float = 0.03
    span_s: float = 60.0
    window_s: float = 1.0
    least_radps: float = 1.5
    windows: int = 3
    flat: float = 0.8
    level: float = 0.35
    uneven: float = 0.2


class Walk:
    """Remembers how the ankle turned."""

    def __init__(self, params: WalkParams | None = None) -> None:
        """Start with no sample seen."""
        self.params = params or WalkParams()
        self._next_s = 0.0
        self._rates: deque[tuple[float, Vector]] = deque()

    def sample(self, t_s: float, rate: Vector) -> None:
        """Take one sample's angular rate (rad/s, sensor frame)."""
        if t_s < self._next_s:
            return
        self._next_s = t_s + self.params.step_s
        rates = self._rates
        rates.append((t_s, rate))
        if t_s - rates[0][0] > self.params.span_s:
            rates.popleft()

    def forward(self, start_s: float, end_s: float, up: Vector) -> Vector | None:
        """Return the direction of forwards (unit vector, sensor frame), None where there was no gait.

        `start_s`, `end_s`: where gait is looked for. `up`: in the sensor frame, of the leg that hangs then.
        """
        p = self.params
        gait: list[Vector] = []
        windows = 0
        for window in self._windows(start_s, end_s):
            if fsum(x * x + y * y + z * z for x, y, z in window) >= len(window) * p.least_radps**2:
                windows += 1
                gait.extend(window)
        if windows < p.windows:
            return None
        axis, share = _principal_axis(gait)
        along = [axis[0] * x + axis[1] * y + axis[2] * z for x, y, z in gait]
        cubes, sizes = fsum(a * a * a for a in along), fsum(abs(a * a * a) for a in along)
        tilted = axis[0] * up[0] + axis[1] * up[1] + axis[2] * up[2]
        if share < p.flat or abs(tilted) > p.level or abs(cubes) < p.uneven * sizes:
            return None
        left = (-axis[0], -axis[1], -axis[2]) if cubes > 0.0 else axis
        x = left[1] * up[2] - left[2] * up[1]
        y = left[2] * up[0] - left[0] * up[2]
        z = left[0] * up[1] - left[1] * up[0]
        size = sqrt(x * x + y * y + z * z)
        return x / size, y / size, z / size

    def _windows(self, start_s: float, end_s: float) -> Iterator[list[Vector]]:
        """Cut the rates into windows; the last one, which is not full, is left out."""
        window: list[Vector] = []
        began_s = start_s
        for t_s, rate in self._rates:
            if not start_s <= t_s < end_s:
                continue
            if not window:
                began_s = t_s
            elif t_s - began_s >= self.params.window_s:
                yield window
                window, began_s = [], t_s
            window.append(rate)


def _principal_axis(vectors: list[Vector]) -> tuple[Vector, float]:
    """Return the axis along which the vectors are largest, and its share of their summed squares.

    Power iteration on the matrix of second moments, from its largest column.
    """
    xx, xy, xz = (fsum(v[0] * v[i] for v in vectors) for i in range(3))
    yy, yz = fsum(v[1] * v[1] for v in vectors), fsum(v[1] * v[2] for v in vectors)
    zz = fsum(v[2] * v[2] for v in vectors)
    x, y, z = max(((xx, xy, xz), (xy, yy, yz), (xz, yz, zz)), key=lambda c: c[0] ** 2 + c[1] ** 2 + c[2] ** 2)
    size = 0.0
    for _ in range(50):
        x, y, z = xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z
        size = sqrt(x * x + y * y + z * z)
        x, y, z = x / size, y / size, z / size
    return (x, y, z), size / (xx + yy + zz)
