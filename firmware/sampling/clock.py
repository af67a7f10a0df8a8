"""When samples were taken: chip time or counted samples, laid on the host's monotonic clock.

A chip's oscillator is up to several percent off its name, and Python sees a sample when it wakes up,
not when it was taken. So the time of a sample comes from the chip (its own clock, or the number of
the sample), and a running regression tells what host time that is. Only host stamps handed in are
used, never a clock read here: the same stamps give the same times, and a step of the wall clock does
nothing.
"""

from collections.abc import Sequence
from math import floor, isfinite, sqrt

import numpy as np

from firmware.sampling.regression import Regression
from firmware.sampling.tally import Tally
from tracker.blocks import CountArray, FloatArray

_EARLIEST = 0.3
_MOST_HELD = 64
_LATE = 0.1  # of a period: from a look to its stamp
_NEARLY = 0.95  # of a period: a chip may be faster than by name, and two come within less


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

    `rate_hz`: samples per second by name. What a break cost is told by the time that passed: every number
    that fits is remembered, and those that later readings contradict are dropped. So it is right to the
    sample as long as the chip kept running and the break is short against the stability of its oscillator
    (a minute or so); where more than one number fits for good, `fewer` and `more` say so.
    """

    def __init__(self, rate_hz: float) -> None:
        period_s = 1.0 / rate_hz
        self._line = Regression(period_s, stamp_sd_s=period_s / sqrt(12.0))
        self._tally = Tally(rate_hz)
        self.doubtful = False
        self.corrected = 0
        self._newest = 0
        self._broken = False
        self._held: list[tuple[int, float]] = []
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

    @property
    def fewer(self) -> int:
        """By how many samples the losses told so far may in all be too many."""
        return self._tally.fewer

    @property
    def more(self) -> int:
        """By how many samples the losses told so far may in all be too few."""
        return self._tally.more

    def may_have_another(self, host_s: float) -> bool:
        """Tell whether a sample can have come since the last one placed: its time is near, or not known."""
        if not self._tally.certain or not self._line.started:
            return True
        return self._line.count(host_s) > self._newest + 1 - _EARLIEST

    def made_by(self, host_s: float) -> tuple[int, int]:
        """Return how many samples the chip made since the last one placed if it ran until then: at least,
        and at most.
        """
        made = self._tally.count(host_s)
        if made is None:
            return 0, 0
        return max(floor(made[0]) - self._newest, 0), max(floor(made[1] + _LATE) - self._newest, 0)

    def broke(self) -> None:
        """Samples were thrown away since the last ones placed; how many nobody counted."""
        self._broken = True

    def restart(self) -> None:
        """The chip begins anew, as after a configuration; the rate learned is kept."""
        self._line.restart()
        self._tally.restart()
        self._broken = True
        self._held.clear()

    def place(
        self,
        samples: int,
        host_s: float,
        *,
        left: int = 0,
        since_s: float | None = None,
        asked_s: float | None = None,
    ) -> tuple[FloatArray, int]:
        """Return host times (s) of the next `samples`, and how many were lost before them.

        How many of them are a correction of what was told before is left in `corrected`, and in `doubtful`
        whether another number fits as well.

        `host_s`: when the chip was looked at. `left`: samples it had besides, not read yet.
        `since_s`: an earlier look at which the newest sample was not there yet; without it, it is at
        most one period old. `asked_s`: when this look began. Times never decrease. The number lost is
        negative where a loss told before proves too large.
        """
        self.corrected = 0
        if not samples:
            return np.empty(0), 0
        period_s = self._line.s_per_count
        window_s = period_s if since_s is None else host_s - since_s
        missed = self._broken or (since_s is not None and window_s >= _NEARLY * period_s)
        taken_s = host_s - min(window_s, period_s) / 2
        lost = self._lost_to_restart(samples + left, taken_s)
        told = self._newest + samples + left + lost
        below = (0.0, since_s) if since_s is not None and not missed else (1.0, asked_s or host_s)
        change, self.corrected = self._tally.see(
            told,
            below,
            host_s,
            missed=missed,
            slack=0.0 if since_s is None else 1.0 - _NEARLY,
            expected=self._line.count(host_s) if self._line.started else None,
        )
        self._held = [(number + self.corrected, stamp_s) for number, stamp_s in self._held]
        lost += change
        self.doubtful = missed and not self._tally.certain
        self._broken = False
        first = self._newest + lost + 1
        self._newest += lost + samples
        self._observe(self._newest + left, taken_s)
        times_s = np.array([self._line.host_s(first + i) for i in range(samples)], dtype=np.float64)
        np.maximum.accumulate(np.maximum(times_s, self._latest_s), out=times_s)
        self._latest_s = float(times_s[-1])
        return times_s, lost

    def _lost_to_restart(self, arrived: int, taken_s: float) -> int:
        """How many samples would have been made while the chip began anew, so that times go on."""
        if self._line.started or not isfinite(self._latest_s):
            return 0
        newest = self._newest + round((taken_s - self._latest_s) / self._line.s_per_count)
        return max(newest - arrived - self._newest, 0)

    def _observe(self, newest: int, taken_s: float) -> None:
        """Follow the chip's rate; readings whose number is in doubt wait until it is certain."""
        self._held.append((newest, taken_s))
        if self._line.started and not self._tally.certain and len(self._held) < _MOST_HELD:
            return
        for number, stamp_s in self._held:
            self._line.observe(number, stamp_s)
        self._held.clear()


def _signed(ticks: int) -> int:
    """The step nearest to zero that is `ticks` modulo 32 bits."""
    return (ticks + 2**31) % 2**32 - 2**31
