"""A few quantities that are known with an uncertainty: mean and covariance, refined by measurements.

The update is the Kalman filter's for one scalar at a time (Bierman, "Factorization methods for discrete
sequential estimation", 1977, ch. 2); plain floats, since there are five quantities and one measurement
every few seconds.
"""

from collections.abc import Sequence
from math import fsum


class Gaussian:
    """`mean[i]` and `covariance[i][j]` of quantities that were unknown by their variances at first."""

    def __init__(self, mean: Sequence[float], variances: Sequence[float]) -> None:
        """The quantities start independent of each other."""
        self.mean = list(mean)
        n = len(self.mean)
        self.covariance = [[variances[i] if i == j else 0.0 for j in range(n)] for i in range(n)]

    def blur(self, i: int, variance: float) -> None:
        """Let quantity `i` have changed by an unknown amount of this variance."""
        self.covariance[i][i] += variance

    def advance(self, i: int, rate: int, dt: float) -> None:
        """Let quantity `i` have changed by quantity `rate` for a time `dt`."""
        p = self.covariance
        self.mean[i] += self.mean[rate] * dt
        n = len(self.mean)
        for j in range(n):
            p[i][j] += dt * p[rate][j]
        for j in range(n):
            p[j][i] += dt * p[j][rate]

    def variance(self, row: Sequence[float]) -> float:
        """Return the variance of a linear combination of the quantities."""
        return fsum(h * v for h, v in zip(row, self._times(row), strict=True))

    def measure(self, row: Sequence[float], innovation: float, variance: float) -> None:
        """Take a measurement of a linear combination.

        `innovation`: measured minus expected. `variance`: of the measurement's own error.
        """
        along = self._times(row)
        total = fsum(h * v for h, v in zip(row, along, strict=True)) + variance
        p = self.covariance
        for i, gain in enumerate(along):
            self.mean[i] += gain / total * innovation
            for j, other in enumerate(along):
                p[i][j] -= gain * other / total

    def _times(self, row: Sequence[float]) -> list[float]:
        return [fsum(p * h for p, h in zip(line, row, strict=True)) for line in self.covariance]
