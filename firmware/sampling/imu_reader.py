"""Readers of the inertial sensors: a FIFO drained now and then, its samples put at their own times."""

from collections.abc import Callable, Sequence
from math import floor, inf
from typing import Protocol

from firmware.i2c.bus import TransferError
from firmware.i2c.drain import Drain
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import DELAY_S, Mpu6050
from firmware.sampling.account import Reason
from firmware.sampling.clock import ChipClock, SampleClock
from firmware.sampling.track import Track

_MOST_COUNTS = 32767
_FIRST_LOOK_S = 0.02
_LATER_LOOK_S = 1.0
_CLOCK_WITHIN_S = 1e-3


class Placing(Protocol):
    """How the samples of a drain find their times."""

    def begin(self) -> None:
        """The chip begins anew."""

    def made_by(self, host_s: float) -> tuple[int, int]:
        """Return how many samples the chip made since the last one placed if it ran until then: at least,
        and at most.
        """

    def prepare(self) -> None:
        """Ask the chip what is needed to place what it gives next. Raise TransferError when the bus fails."""

    def times(self, drain: Drain, track: Track) -> Sequence[float]:
        """Return the host times (s) of the samples; what was lost before the first goes to the track."""


class ClockedPlacing:
    """By the chip's own clock, which is compared with the host's: often at first, then once a second."""

    def __init__(self, driver: Lsm6dsox, now: Callable[[], float]) -> None:
        self._driver = driver
        self._now = now
        self._clock: ChipClock | None = None
        self._began_s = 0.0
        self._look_s = 0.0
        self._newest_s: float | None = None

    def begin(self) -> None:
        """Begin anew with the rate learnt before, or the one the chip was trimmed to."""
        if self._clock is None:
            self._clock = ChipClock(self._driver.tick_s)
        self._clock.restart()
        self._newest_s = None
        self._began_s = self._look_s = self._now()

    def prepare(self) -> None:
        """Look at the chip's clock where that is due."""
        now_s = self._now()
        if now_s >= self._look_s:
            assert self._clock is not None
            self._clock.observe(*self._driver.read_time())
            pause_s = min(max((now_s - self._began_s) / 4.0, _FIRST_LOOK_S), _LATER_LOOK_S)
            self._look_s = now_s + pause_s

    def times(self, drain: Drain, track: Track) -> Sequence[float]:
        """Lay the chip's times on the host's."""
        assert self._clock is not None
        assert drain.ticks is not None
        times_s: list[float] = self._clock.times(drain.ticks).tolist()
        self._newest_s = times_s[-1] if times_s else self._newest_s
        return times_s

    def made_by(self, host_s: float) -> tuple[int, int]:
        """By the time since the newest sample; the chip's clock lies on the host's within a millisecond."""
        if self._newest_s is None or self._clock is None:
            return 0, 0
        period_s = self._driver.period_ticks * self._clock.tick_s
        since_s = host_s - self._newest_s
        least, most = (since_s - _CLOCK_WITHIN_S) / period_s, (since_s + _CLOCK_WITHIN_S) / period_s
        return max(floor(least), 0), max(floor(most), 0)


class CountedPlacing:
    """By counting, for a chip without a clock."""

    def __init__(self, rate_hz: float, delay_s: float) -> None:
        """`delay_s`: how much older than a sample is what it shows; its time is put back by as much."""
        self._clock = SampleClock(rate_hz)
        self._delay_s = delay_s
        self._anew = True

    def begin(self) -> None:
        """Begin anew with the rate learnt before."""
        self._clock.restart()
        self._anew = True

    def prepare(self) -> None:
        """There is nothing to ask."""

    def times(self, drain: Drain, track: Track) -> Sequence[float]:
        """Count on; what a break cost is told by the time that passed, and set right a little later."""
        if drain.overrun:
            self._clock.broke()
            track.give_up(drain.host_s - self._delay_s, Reason.OVERRUN)
        fewer, more = self._clock.fewer, self._clock.more
        times_s, lost = self._clock.place(
            len(drain.counts), drain.host_s, left=drain.left, asked_s=drain.asked_s
        )
        track.doubt(self._clock.fewer - fewer, self._clock.more - more)
        if len(times_s) and self._anew:
            self._anew = False
        else:
            track.correct(self._clock.corrected, Reason.OVERRUN)
            track.lose(lost - self._clock.corrected, Reason.OVERRUN)
        placed_s: list[float] = (times_s - self._delay_s).tolist()
        return placed_s

    def made_by(self, host_s: float) -> tuple[int, int]:
        """By the rate learnt."""
        return (0, 0) if self._anew else self._clock.made_by(host_s)


class ImuReader:
    """Drains one inertial sensor. The stream it fills has the chip's axes and counts.

    A sample in which the gyroscope is at the end of its range is handed on and leads a gap: the leg turned
    further than it can tell. The accelerometer may be there at a heel strike, which turns nothing.
    """

    settling_s = 0.15

    def __init__(self, driver: Lsm6dsox | Mpu6050, placing: Placing) -> None:
        self.driver = driver
        self.backlog = False
        self.complaint: str | None = None
        self._placing = placing
        self._cause = Reason.CORRUPT
        self._stopped_s = inf

    def begin(self, track: Track, ended_s: float) -> None:
        """The chip was set up anew; what it may still have made before is told as unread."""
        track.account.unread += self._placing.made_by(min(ended_s, self._stopped_s))[1]
        self._stopped_s = inf
        self._cause = Reason.CORRUPT
        self._placing.begin()
        self.complaint = getattr(self.driver, "warning", None)

    def read(self, turn: int, track: Track) -> None:
        """Drain the FIFO."""
        self._placing.prepare()
        try:
            drain = self.driver.read()
        except TransferError:
            self._cause = Reason.BUS
            raise
        account = track.account
        account.settling += drain.settling
        account.corrupt += drain.corrupt
        account.overruns += drain.overrun
        if drain.overrun:
            self._cause = Reason.OVERRUN
        if not drain.idle:
            self._stopped_s = inf
        elif self._stopped_s == inf and self._placing.made_by(drain.host_s)[0]:
            self._stopped_s = drain.host_s
        times_s = self._placing.times(drain, track)
        lost = drain.lost_before.tolist()
        for host_s, row, missing in zip(times_s, drain.counts.tolist(), lost, strict=True):
            if missing:
                track.lose(missing, self._cause)
                self._cause = Reason.CORRUPT
            if max(row[3:]) >= _MOST_COUNTS or min(row[3:]) <= -_MOST_COUNTS:
                track.interrupt(Reason.SATURATED)
            track.add(host_s, tuple(row))
        self.backlog = drain.left > 0

    def finish(self, track: Track) -> None:
        """No sample waits here."""


def imu_reader(driver: Lsm6dsox | Mpu6050, now: Callable[[], float]) -> ImuReader:
    """Return the reader for this kind of chip; `now` is the host's monotonic clock."""
    if isinstance(driver, Lsm6dsox):
        return ImuReader(driver, ClockedPlacing(driver, now))
    return ImuReader(driver, CountedPlacing(driver.settings.rate_hz, DELAY_S))
