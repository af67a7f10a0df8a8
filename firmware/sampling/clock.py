"""When samples were taken: chip time or counted samples, laid on the host's monotonic clock.

A chip's oscillator is up to several percent off its name, and Python sees a sample when it wakes up,
not when it was taken. So the time of a sample comes from the chip (its own clock, or the number of
the sample), and a running regression tells what host time that is. Only host stamps handed in are
used, never a clock read here: the same stamps give the same times, and a step of the wall clock does
nothing.
"""

from collections.abc import Sequence
from math import fsum, isfinite, sqrt

import numpy as np

from firmware.sampling.regression import Regression
from tracker.blocks import CountArray, FloatArray

_TRIAL = 8
_EARLIEST = 0.3
_DOUBT = 0.25
_NEARLY = 0.9  # of a period: another one can come while the result of the first is being read


class ChipClock:
    """For a chip with a clock of its own: 32 bits of ticks, which wrap and may be reset.

    `tick_s`: length of a tick as far as known. `resets`: how often the chip's clock was seen to have
    begun anew. Observe about once a second, and first of all after each `restart`.
    """

    def __init__(self, tick_s: float, *, stamp_sd_s: float = 0.5e-3) -> None:
        self.resets = 0
        self._line = Regression(tick_s, stamp_sd_s=stamp_sd_s)
        self._reference: int | None = None
        self._backwards: int | None = None
        self._latest_s = -np.inf

    @property
    def tick_s(self) -> float:
        """Length of a tick in host time, as estimated so far (s)."""
        return self._line.s_per_count

    @property
    def residual_s(self) -> float:
        """Root mean square of recent observations against the line (s)."""
        return self._line.residual_s

    @property
    def outliers(self) -> int:
        """Observations that were ignored."""
        return self._line.outliers

    def observe(self, ticks: int, host_s: float, within_s: float = 0.0) -> None:
        """Take a reading of the chip's clock, its host time and how exact that is, in the order of time.

        A clock that seems to run backwards began anew if the next reading says so too; otherwise the
        reading was disturbed.
        """
        if self._reference is not None and _signed(ticks - self._reference) < 0:
            earlier, self._backwards = self._backwards, ticks
            if earlier is None or _signed(ticks - earlier) < 0:
                return
            self.resets += 1
            self.restart()
        self._backwards = None
        unwrapped = self._unwrap(ticks)
        if self._line.observe(unwrapped, host_s, within_s):
            self._reference = unwrapped

    def restart(self) -> None:
        """The chip's clock begins anew, as after a configuration; the rate learned is kept."""
        self._reference = None
        self._backwards = None
        self._line.restart()

    def times(self, ticks: CountArray | Sequence[int]) -> FloatArray:
        """Host times (s) of samples, given their ticks in order, within 14 hours of the last reading.

        They never decrease, also where the regression is corrected between two calls. Raise ValueError
        before the first observation.
        """
        times_s = np.array([self._line.host_s(self._unwrap(int(t))) for t in ticks], dtype=np.float64)
        if len(times_s):
            np.maximum.accumulate(np.maximum(times_s, self._latest_s), out=times_s)
            self._latest_s = float(times_s[-1])
        return times_s

    def _unwrap(self, ticks: int) -> int:
        if self._reference is None:
            return ticks
        return self._reference + _signed(ticks - self._reference)


class SampleClock:
    """For a chip without a clock: the number of a sample is its time.

    `rate_hz`: samples per second by name. After a break the number of lost samples is estimated from
    the time that passed and checked over the next eight readings, so that it is right to the sample as
    long as the chip kept running and the break is short against the stability of its oscillator
    (a minute or so); otherwise within one sample per restart.
    """

    def __init__(self, rate_hz: float) -> None:
        period_s = 1.0 / rate_hz
        self._line = Regression(period_s, stamp_sd_s=period_s / sqrt(12.0))
        self.doubtful = False
        self._newest = 0
        self._broken = False
        self._trial: list[float] | None = None
        self._latest_s = -np.inf

    @property
    def rate_hz(self) -> float:
        """Samples per second of host time, as estimated so far."""
        return 1.0 / self._line.s_per_count

    @property
    def residual_s(self) -> float:
        """Root mean square of recent readings against the line (s); sampling alone gives 0.29 periods."""
        return self._line.residual_s

    @property
    def outliers(self) -> int:
        """Readings that were ignored."""
        return self._line.outliers

    def may_have_another(self, host_s: float) -> bool:
        """Tell whether a sample can have come since the last one placed: its time is near, or not known."""
        if self._trial is not None or not self._line.started:
            return True
        return self._line.count(host_s) > self._newest + 1 - _EARLIEST

    def broke(self) -> None:
        """Samples were thrown away since the last ones placed; how many nobody counted."""
        self._broken = True

    def restart(self) -> None:
        """The chip begins anew, as after a configuration; the rate learned is kept."""
        self._line.restart()
        self._broken = True
        self._trial = None

    def place(
        self, samples: int, host_s: float, *, left: int = 0, since_s: float | None = None
    ) -> tuple[FloatArray, int]:
        """Return host times (s) of the next `samples`, and how many were lost before them.

        Whether one was lost although none is told, because the time that passed fits both, is left in
        `doubtful`.

        `host_s`: when the chip was looked at. `left`: samples it had besides, not read yet.
        `since_s`: an earlier look at which the newest sample was not there yet; without it, it is at
        most one period old. Times never decrease. The number lost is negative where a loss told
        before proves too large.
        """
        if not samples:
            return np.empty(0), 0
        period_s = self._line.s_per_count
        window_s = period_s if since_s is None else host_s - since_s
        missed = window_s >= _NEARLY * period_s and since_s is not None
        taken_s = host_s - min(window_s, period_s) / 2
        self.doubtful = False
        lost = self._lost(samples + left, taken_s) if self._broken or missed else 0
        first = self._newest + lost + 1
        self._newest += lost + samples
        lost += self._observe(self._newest + left, taken_s)
        times_s = np.array([self._line.host_s(first + i) for i in range(samples)], dtype=np.float64)
        np.maximum.accumulate(np.maximum(times_s, self._latest_s), out=times_s)
        self._latest_s = float(times_s[-1])
        return times_s, lost

    def _lost(self, arrived: int, taken_s: float) -> int:
        self._broken = False
        if self._line.started:
            count = self._line.count(taken_s)
            newest = round(count)
            near_both = abs(count - newest) > 0.5 - _DOUBT
            self.doubtful = near_both or self._line.young or self._trial is not None
            self._trial = []
        elif isfinite(self._latest_s):
            newest = self._newest + round((taken_s - self._latest_s) / self._line.s_per_count)
        else:
            return 0
        return max(newest - arrived - self._newest, 0)

    def _observe(self, newest: int, taken_s: float) -> int:
        if self._trial is None:
            self._line.observe(newest, taken_s)
            return 0
        self._trial.append((taken_s - self._line.host_s(newest)) / self._line.s_per_count)
        if len(self._trial) < _TRIAL:
            return 0
        missing = round(fsum(self._trial) / _TRIAL)
        self._trial = None
        self._newest += missing
        return missing


def _signed(ticks: int) -> int:
    """The step nearest to zero that is `ticks` modulo 32 bits."""
    return (ticks + 2**31) % 2**32 - 2**31
