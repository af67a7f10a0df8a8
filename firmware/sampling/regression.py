"""A running straight line of host time over a count, for chips whose rate is only nearly known.

The idea of a decaying regression instead of arrival times is Klipper's.
"""

from math import exp, isfinite, sqrt

_OUTLIER_SDS = 5.0
_OUTLIERS_TO_RESTART = 5
_RESIDUAL_MEMORY = 32
_RATE_SD_LEAST = 1e-4  # by which an oscillator wanders with its temperature
_BEAT = 5.0  # stamps of a steady rhythm beat against the chip's and are no independent errors


class Regression:
    """A decaying straight line of host time (s) over a count, with a prior for its slope.

    `s_per_count`: slope expected before anything was seen.
    `stamp_sd_s`: standard deviation of one host stamp. A larger value trusts the expected slope
    longer and calls fewer stamps outliers.
    `rate_sd`: how far off the expected slope may be, as a fraction; default 3 %, for chips.
    `memory_s`: age at which an observation counts for 1/e; default 60 s. Longer is smoother, shorter
    follows a chip that warms up faster.
    """

    def __init__(
        self, s_per_count: float, *, stamp_sd_s: float, rate_sd: float = 0.03, memory_s: float = 60.0
    ) -> None:
        if not s_per_count > 0 or not stamp_sd_s > 0:
            raise ValueError("a regression needs a positive slope and a positive deviation")
        self._stamp_sd_s = stamp_sd_s
        self._memory_s = memory_s
        self.outliers = 0
        self._in_a_row = 0
        self._expect(s_per_count, rate_sd)

    @property
    def started(self) -> bool:
        """Whether anything was observed since the start or the last restart."""
        return self._weight > 0.0

    @property
    def s_per_count(self) -> float:
        """The slope as estimated so far."""
        return (self._sxy + self._stiffness * self._expected) / (self._sxx + self._stiffness)

    @property
    def residual_s(self) -> float:
        """Root mean square of recent stamps against the line as it was before each."""
        return sqrt(self._residual_power)

    def observe(self, count: float, host_s: float, within_s: float = 0.0) -> bool:
        """Take one pair; return False when it was ignored as an outlier.

        `within_s`: how far off the stamp may be where that is known; what is more than `stamp_sd_s`
        weighs less.

        A stamp further from the line than five deviations is ignored, unless five in a row are: then
        the line has really moved and starts anew there with the slope it had. A stamp that is not a
        number is an outlier.
        """
        if not isfinite(count + host_s + within_s):
            self.outliers += 1
            return False
        if self.started:
            residual_s = host_s - self.host_s(count)
            if abs(residual_s) > _OUTLIER_SDS * self._deviation_s(count):
                self.outliers += 1
                self._in_a_row += 1
                if self._in_a_row < _OUTLIERS_TO_RESTART:
                    return False
                self.restart()
            else:
                self._residual_power += (residual_s**2 - self._residual_power) / _RESIDUAL_MEMORY
        self._in_a_row = 0
        self._add(count, host_s, min(1.0, self._stamp_sd_s / max(within_s, self._stamp_sd_s)) ** 2)
        return True

    def host_s(self, count: float) -> float:
        """Host time (s) of a count. Raise ValueError before the first observation."""
        if not self.started:
            raise ValueError("no host time is known yet: observe first")
        return self._host_s + (count - self._count) * self.s_per_count

    def count(self, host_s: float) -> float:
        """The count reached at a host time (s), with its fraction."""
        if not self.started:
            raise ValueError("no host time is known yet: observe first")
        return self._count + (host_s - self._host_s) / self.s_per_count

    def restart(self) -> None:
        """Forget where the line is but keep its slope, as well as it is known: the counter began anew, the
        oscillator did not.
        """
        s_per_count, rate_sd = self.s_per_count, self._rate_sd
        if self._sxx > 0.0:
            seen_sd = _BEAT * self._stamp_sd_s / (sqrt(self._sxx) * s_per_count)
            rate_sd = max(_RATE_SD_LEAST, min(rate_sd, seen_sd))
        self._expect(s_per_count, rate_sd)

    def _expect(self, s_per_count: float, rate_sd: float) -> None:
        self._expected = s_per_count
        self._rate_sd = rate_sd
        self._stiffness = (self._stamp_sd_s / (rate_sd * s_per_count)) ** 2
        self._weight = self._count = self._host_s = self._sxx = self._sxy = 0.0
        self._residual_power = self._last_s = 0.0
        self._in_a_row = 0

    def _add(self, count: float, host_s: float, weight: float) -> None:
        decay = exp(-max(host_s - self._last_s, 0.0) / self._memory_s) if self._weight else 0.0
        self._last_s = host_s
        self._weight = self._weight * decay + weight
        from_mean = count - self._count
        self._count += from_mean * weight / self._weight
        self._host_s += (host_s - self._host_s) * weight / self._weight
        self._sxx = self._sxx * decay + weight * from_mean * (count - self._count)
        self._sxy = self._sxy * decay + weight * from_mean * (host_s - self._host_s)

    def _deviation_s(self, count: float) -> float:
        stamp_sd_s = max(self._stamp_sd_s, self.residual_s)
        leverage = (count - self._count) ** 2 / (self._sxx + self._stiffness)
        return stamp_sd_s * sqrt(1.0 + 1.0 / self._weight + leverage)
