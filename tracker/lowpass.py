"""Second-order Butterworth low-passes, scalar and causal: of any number of channels, and of a vector.

Until its time constant has passed, each gives the plain mean of what it saw.
"""

from collections.abc import Sequence
from math import sqrt, tan


class _Coefficients:
    """What both filters share. The cutoff is `sqrt(2) / (2 pi tau)`, so that step and delay are those of a
    first-order filter of time constant `tau` (Laidig and Seel 2023, section 3.3).
    """

    __slots__ = ("_a1", "_a2", "_b0", "_count", "_interval_s", "_tau_s")

    def __init__(self, tau_s: float) -> None:
        """`tau_s`: time constant (s), larger smooths longer."""
        self._tau_s = tau_s
        self._count = 0
        self._interval_s = self._b0 = self._a1 = self._a2 = 0.0

    def set_interval(self, interval_s: float) -> None:
        """Take the sampling interval (s); the state is kept."""
        c = tan(sqrt(2.0) / (2.0 * self._tau_s) * interval_s)
        d = c * c + sqrt(2.0) * c + 1.0
        self._interval_s = interval_s
        self._b0 = c * c / d
        self._a1 = 2.0 * (c * c - 1.0) / d
        self._a2 = (1.0 - sqrt(2.0) * c + c * c) / d

    def restart(self) -> None:
        """Forget everything but the interval."""
        self._count = 0


class LowPass(_Coefficients):
    """Filters channels together (transposed direct form II)."""

    __slots__ = ("_one", "_two", "values")

    def __init__(self, tau_s: float, channels: int) -> None:
        """`tau_s`: time constant (s), larger smooths longer."""
        super().__init__(tau_s)
        self._one = [0.0] * channels
        self._two = [0.0] * channels
        self.values = [0.0] * channels

    def update(self, samples: Sequence[float]) -> list[float]:
        """Take one sample of each channel and return the filtered values (also `values`)."""
        if self._count >= 0:
            return self._average(samples)
        values, one, two = self.values, self._one, self._two
        b0, a1, a2 = self._b0, self._a1, self._a2
        for i, x in enumerate(samples):
            y = b0 * x + one[i]
            one[i] = 2.0 * b0 * x - a1 * y + two[i]
            two[i] = b0 * x - a2 * y
            values[i] = y
        return values

    def _average(self, samples: Sequence[float]) -> list[float]:
        """The start: the mean so far, which becomes the filter's steady state when tau has passed."""
        self._count += 1
        for i, x in enumerate(samples):
            mean = x if self._count == 1 else self.values[i] + (x - self.values[i]) / self._count
            self.values[i] = mean
        if self._count * self._interval_s >= self._tau_s:
            self._count = -1
            for i, mean in enumerate(self.values):
                self._one[i] = mean * (1.0 - self._b0)
                self._two[i] = mean * (self._b0 - self._a2)
        return self.values


class VectorLowPass(_Coefficients):
    """Filters a vector; the same as three channels, written out since it runs for every sample."""

    __slots__ = ("_state", "value")

    def __init__(self, tau_s: float) -> None:
        """`tau_s`: time constant (s), larger smooths longer."""
        super().__init__(tau_s)
        self.value = (0.0, 0.0, 0.0)
        self._state = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def doubt(self, kept_s: float) -> None:
        """Let what was filtered weigh no more than a mean over `kept_s`; the interval must be known."""
        count = round(kept_s / self._interval_s)
        if kept_s < self._tau_s and not 0 <= self._count <= count:
            self._count = count

    def update(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Take one sample and return the filtered vector (also `value`)."""
        if self._count >= 0:
            return self._average(x, y, z)
        x1, y1, z1, x2, y2, z2 = self._state
        b0, a1, a2 = self._b0, self._a1, self._a2
        x, y, z = b0 * x, b0 * y, b0 * z
        u, v, w = x + x1, y + y1, z + z1
        self._state = (
            x + x - a1 * u + x2,
            y + y - a1 * v + y2,
            z + z - a1 * w + z2,
            x - a2 * u,
            y - a2 * v,
            z - a2 * w,
        )
        self.value = value = (u, v, w)
        return value

    def _average(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        self._count += 1
        u, v, w = self.value if self._count > 1 else (x, y, z)
        n = self._count
        u, v, w = u + (x - u) / n, v + (y - v) / n, w + (z - w) / n
        self.value = (u, v, w)
        if n * self._interval_s >= self._tau_s:
            self._count = -1
            one, two = 1.0 - self._b0, self._b0 - self._a2
            self._state = (u * one, v * one, w * one, u * two, v * two, w * two)
        return self.value
