"""Readers of the inertial sensors: a FIFO drained now and then, its samples put at their own times."""

from collections.abc import Callable, Sequence
from typing import Protocol

from firmware.i2c.bus import TransferError
from firmware.i2c.drain import Drain
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from firmware.sampling.account import Reason
from firmware.sampling.clock import ChipClock, SampleClock
from firmware.sampling.track import Track

_FIRST_LOOK_S = 0.02
_LATER_LOOK_S = 1.0


class Placing(Protocol):
    """How the samples of a drain find their times."""

    def begin(self) -> None:
        """The chip begins anew."""

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

    def begin(self) -> None:
        """Begin anew with the rate learnt before, or the one the chip was trimmed to."""
        if self._clock is None:
            self._clock = ChipClock(self._driver.tick_s)
        self._clock.restart()
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
        return times_s


class CountedPlacing:
    """By counting, for a chip without a clock."""

    def __init__(self, rate_hz: float) -> None:
        self._clock = SampleClock(rate_hz)
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
            track.give_up(drain.host_s, Reason.OVERRUN)
        times_s, lost = self._clock.place(len(drain.counts), drain.host_s, left=drain.left)
        if len(times_s) and self._anew:
            self._anew = False
        elif lost:
            track.lose(lost, Reason.OVERRUN)
        placed_s: list[float] = times_s.tolist()
        return placed_s


class ImuReader:
    """Drains one inertial sensor. The stream it fills has the chip's axes and counts."""

    settling_s = 0.15

    def __init__(self, driver: Lsm6dsox | Mpu6050, placing: Placing) -> None:
        self.driver = driver
        self.backlog = False
        self.complaint: str | None = None
        self._placing = placing
        self._cause = Reason.CORRUPT

    def begin(self, track: Track) -> None:
        """The chip was set up anew."""
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
        times_s = self._placing.times(drain, track)
        lost = drain.lost_before.tolist()
        for host_s, row, missing in zip(times_s, drain.counts.tolist(), lost, strict=True):
            if missing:
                track.lose(missing, self._cause)
                self._cause = Reason.CORRUPT
            track.add(host_s, tuple(row))
        self.backlog = drain.left > 0


def imu_reader(driver: Lsm6dsox | Mpu6050, now: Callable[[], float]) -> ImuReader:
    """Return the reader for this kind of chip; `now` is the host's monotonic clock."""
    if isinstance(driver, Lsm6dsox):
        return ImuReader(driver, ClockedPlacing(driver, now))
    return ImuReader(driver, CountedPlacing(driver.settings.rate_hz))
