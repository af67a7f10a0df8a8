"""Reader of the load cell's converter: a look whether a conversion is ready."""

from math import inf

from firmware.i2c.bus import TransferError
from firmware.i2c.nau7802 import Conversion, Nau7802
from firmware.sampling.account import Reason
from firmware.sampling.clock import SampleClock
from firmware.sampling.track import Track

_SATURATED_S = 0.25
_COMPLAINT = "the load cell is at the end of its range: take the load off, or look for a broken wire"


class LoadReader:
    """Fills the load stream with raw conversions.

    A conversion at the end of the range is no measurement: it counts as lost, and the stream is
    interrupted until there is one again. One that comes too early to be true and is the one before once
    more is a misread ready bit; it is thrown away as corrupt.
    """

    settling_s = 0.0
    backlog = False

    def __init__(self, driver: Nau7802) -> None:
        self.driver = driver
        self.complaint: str | None = None
        self._clock = SampleClock(driver.settings.rate_sps)
        self._counts: int | None = None
        self._anew = True
        self._cause = Reason.TICKS
        self._saturated_since_s: float | None = None
        self._stopped_s = inf

    def begin(self, track: Track, ended_s: float) -> None:
        """The chip was set up anew; what passed meanwhile was no conversion lost."""
        if not self._anew:
            track.account.unread += self._clock.made_by(min(ended_s, self._stopped_s))[1]
        self._clock.restart()
        self._stopped_s = inf
        self._anew = True
        self._cause = Reason.TICKS

    def read(self, turn: int, track: Track) -> None:
        """Take a conversion if one is ready."""
        try:
            conversion = self.driver.read()
        except TransferError:
            self._clock.broke()
            self._cause = Reason.BUS
            raise
        if conversion is None:
            self._miss()
            return
        self._stopped_s = inf
        fresh = conversion.counts != self._counts
        self._counts = conversion.counts
        if fresh or self._clock.may_have_another(conversion.host_s):
            self._place(conversion, track)
        else:
            track.account.corrupt += 1

    def finish(self, track: Track) -> None:
        """No conversion waits here."""

    def _miss(self) -> None:
        """Nothing is ready. Where a conversion must have been by now, the chip has stopped before."""
        if self._stopped_s == inf and self._clock.made_by(self.driver.looked_s)[0]:
            self._stopped_s = self.driver.looked_s

    def _place(self, conversion: Conversion, track: Track) -> None:
        fewer, more = self._clock.fewer, self._clock.more
        times_s, lost = self._clock.place(
            1, conversion.host_s, since_s=conversion.since_s, asked_s=conversion.asked_s
        )
        track.doubt(self._clock.fewer - fewer, self._clock.more - more)
        host_s = float(times_s[0])
        if not self._anew:
            track.correct(self._clock.corrected, self._cause)
            track.lose(lost - self._clock.corrected, self._cause)
            if self._clock.doubtful:
                track.interrupt(self._cause)
        self._anew = False
        self._cause = Reason.TICKS
        if conversion.saturated:
            self._reject(host_s, track)
        else:
            self._saturated_since_s = self.complaint = None
            track.add(host_s, (conversion.counts,))

    def _reject(self, host_s: float, track: Track) -> None:
        if self._saturated_since_s is None:
            self._saturated_since_s = host_s
        if host_s - self._saturated_since_s > _SATURATED_S:
            self.complaint = _COMPLAINT
        track.lose(1, Reason.SATURATED)
        track.give_up(host_s, Reason.SATURATED)
