"""What happened while samples were missing, as far as the samples on either side tell.

A leg cannot turn back and forth within a tenth of a second, so what it did in a short gap follows from
how fast it was before and after. That the gap was there is marked all the same (`tracker.gaps`).
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tracker.progress import Vector

BEFORE_S = 0.04
"""Time before a gap over which the change of the turning rate is taken; longer is calmer and later."""

FASTEST_RADPS = 8.0
"""No shank turns faster, not in gait: what does rings of a blow, and tells nothing of the gap before it."""

Sample = tuple[float, float, float, float]
"""Time (s) and angular rate (rad/s)."""


class TurnInGap:
    """How fast a leg turned on the mean while samples were missing.

    The turning rate is taken for the parabola through three of its samples: one a moment before the gap,
    the last before it, and the first after it.
    """

    def __init__(self) -> None:
        """Start with no sample seen."""
        self._last: Sample | None = None
        self._before: Sample | None = None
        self._earlier: Sample | None = None

    def sample(self, t_s: float, gx: float, gy: float, gz: float) -> None:
        """Take one sample's angular rate (rad/s, sensor frame)."""
        self._last = (t_s, gx, gy, gz)
        if self._before is None or t_s - self._before[0] >= BEFORE_S:
            self._earlier, self._before = self._before, self._last

    def mean_rate(self, t_s: float, rate: Vector) -> Vector:
        """Return the mean rate (rad/s) from the last sample until this one, the first after the gap.

        With `r` the rates and `h`, `d` the times from a moment before to the last and from there to now, the
        parabola's mean is `(r1 + r2) / 2 - c d^2 / 6`, where `c` is its second divided difference.
        """
        last, earlier = self._last, self._earlier
        if last is None:
            return rate
        if max(map(abs, rate)) > FASTEST_RADPS:
            return last[1:]
        straight = tuple(0.5 * (a + b) for a, b in zip(last[1:], rate, strict=True))
        if earlier is None or last[0] - earlier[0] > 3.0 * BEFORE_S:
            x, y, z = straight
            return x, y, z
        d, h = t_s - last[0], last[0] - earlier[0]
        x, y, z = (
            mean - ((r2 - r1) / d - (r1 - r0) / h) / (d + h) * d * d / 6.0
            for mean, r0, r1, r2 in zip(straight, earlier[1:], last[1:], rate, strict=True)
        )
        return x, y, z


MISSING = 2.5
"""An interval of more than so many usual ones lacks samples."""

MOST_POINTS = 2000
"""In one gap, however long it is and however close together the samples are."""

BESIDE_S = 0.04
"""Time on either side of a gap over which speed is taken."""


def bridged(t: Sequence[float], p: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    """Return a curve with what it lacks filled in, at its usual interval.

    `t` (s, not decreasing), `p`: progress. In a gap it goes as the cubic that leaves and arrives with the
    speeds on either side (Hermite). A curve without gaps is returned as it is.
    """
    if len(t) < 3:
        return t, p
    steps = [b - a for a, b in pairwise(t)]
    usual_s = median(steps)
    if usual_s <= 0.0 or max(steps) <= MISSING * usual_s:
        return t, p
    times, values = [t[0]], [p[0]]
    for i, step_s in enumerate(steps):
        if step_s > MISSING * usual_s:
            n = min(round(step_s / usual_s), MOST_POINTS)
            leaves, arrives = _speed(t, p, i, -1) * step_s, _speed(t, p, i + 1, 1) * step_s
            for k in range(1, n):
                s = k / n
                times.append(t[i] + s * step_s)
                # Hermite's cubic by its differences from the straight line between its ends.
                rise = p[i + 1] - p[i]
                bend = (leaves - rise) * (1.0 - s) - (arrives - rise) * s
                values.append(p[i] + s * rise + s * (1.0 - s) * bend)
        times.append(t[i + 1])
        values.append(p[i + 1])
    return times, values


def _speed(t: Sequence[float], p: Sequence[float], edge: int, way: int) -> float:
    """Return the mean speed beside a gap: from its edge the given way, over `BESIDE_S`."""
    other = edge
    while 0 <= other + way < len(t) and abs(t[other] - t[edge]) < BESIDE_S:
        other += way
    width_s = t[other] - t[edge]
    return (p[other] - p[edge]) / width_s if width_s else 0.0
