"""Curves on an even grid: resampling, smoothing without delay, speed, and a parabola through points.

Plain floats throughout, so that the result is the same on every processor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import fsum

Curve = tuple[Sequence[float], Sequence[float]]
"""Times (s, not decreasing) and values."""


def resampled(curve: Curve, grid: Sequence[float]) -> list[float]:
    """Return the curve's values at the times of an increasing grid, straight between its samples."""
    times, values = curve
    last = len(times) - 1
    right = 0
    result = []
    for t in grid:
        while right < last and times[right] < t:
            right += 1
        left = max(right - 1, 0)
        width = times[right] - times[left]
        if t >= times[right] or width <= 0.0:
            result.append(values[right])
        else:
            slope = (values[right] - values[left]) / width
            result.append(values[left] + slope * max(0.0, t - times[left]))
    return result


def smoothed(values: Sequence[float], width: int) -> list[float]:
    """Return means over `width` values to either side, over fewer near the ends, always centred."""
    sums = [0.0, *accumulate(values)]
    n = len(values)
    result = []
    for i in range(n):
        k = min(i, n - 1 - i, width)
        result.append((sums[i + k + 1] - sums[i - k]) / (2 * k + 1))
    return result


def speeds(values: Sequence[float], step_s: float) -> list[float]:
    """Return central differences (units/s) of values a step apart; one at either end is left out."""
    return [(b - a) / (2.0 * step_s) for a, b in zip(values, values[2:], strict=False)]


@dataclass(frozen=True, slots=True)
class Parabola:
    """y = a + b x + c x^2."""

    a: float
    b: float
    c: float

    def at(self, x: float) -> float:
        """Return y."""
        return self.a + x * (self.b + x * self.c)


def fitted_parabola(x: Sequence[float], y: Sequence[float]) -> Parabola | None:
    """Fit by least squares (normal equations about the mean, Cramer's rule).

    None for fewer than five points, or where x takes no three different values.
    """
    n = len(x)
    if n < 5:
        return None
    mean_x, mean_y = fsum(x) / n, fsum(y) / n
    u = [value - mean_x for value in x]
    v = [value - mean_y for value in y]
    s2, s3, s4 = fsum(a * a for a in u), fsum(a * a * a for a in u), fsum(a * a * a * a for a in u)
    # Rows, with sum u = sum v = 0:  a n + c s2 = 0;  b s2 + c s3 = t1;  a s2 + b s3 + c s4 = t2.
    determinant = n * (s2 * s4 - s3 * s3) - s2 * s2 * s2
    if determinant <= 1e-9 * n * s2 * s4:
        return None
    t1 = fsum(a * b for a, b in zip(u, v, strict=True))
    t2 = fsum(a * a * b for a, b in zip(u, v, strict=True))
    c = n * (t2 * s2 - t1 * s3) / determinant
    b = (t1 - c * s3) / s2
    a = -c * s2 / n
    return Parabola(mean_y + a - mean_x * (b - mean_x * c), b - 2.0 * mean_x * c, c)
