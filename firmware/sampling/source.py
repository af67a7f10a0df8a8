"""One sensor as the sampler sees it: read when it is due, watched, given up and taken back."""

from collections.abc import Callable
from typing import Protocol

from firmware.errors import FaultError
from firmware.i2c.bus import BusUnavailableError, TransferError
from firmware.i2c.registers import ChipError
from firmware.sampling.account import Reason
from firmware.sampling.presence import Driver, Presence, State, hangs
from firmware.sampling.track import Track
from tracker.blocks import Stream

PATIENCE_S = 0.25
_CHECK_S = 0.5
_SILENCE_S = 0.1


class Reader(Protocol):
    """How one kind of chip is read.

    `driver`: the chip. `settling_s`: how long it is silent after its setup. `backlog`: whether more
    waits in the chip than one read takes. `complaint`: what is wrong although samples come.
    """

    @property
    def driver(self) -> Driver: ...

    @property
    def settling_s(self) -> float: ...

    @property
    def backlog(self) -> bool: ...

    @property
    def complaint(self) -> str | None: ...

    def begin(self, track: Track) -> None:
        """The chip was set up anew: nothing it gave before tells about what comes now."""

    def read(self, tick: int, track: Track) -> bool:
        """Put what the chip has into the track; return whether it gave any sign of sampling.

        Raise TransferError when the bus fails, ChipError when the chip must be set up again.
        """


class Source:
    """The sensor behind a reader, filling a track.

    `every`, `phase`: read in every so-manieth tick, from that one on. While a chip fails, its stream
    waits `patience_s` for samples that it may still hold; a larger value keeps more of them, and delays
    every stream by as much. Then the stream is given up until samples come again.
    """

    def __init__(
        self,
        reader: Reader,
        track: Track,
        now: Callable[[], float],
        *,
        every: int = 1,
        phase: int = 0,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.track = track
        self._reader = reader
        self._presence = Presence(reader.driver, now)
        self._now = now
        self._every = every
        self._phase = phase
        self._patience_s = patience_s
        self._due = 0
        self._check_s = 0.0
        self._heard_s = -float("inf")
        self._failing_since_s: float | None = -float("inf")
        self._why = Reason.STARTING
        self._begun = False

    @property
    def stream(self) -> Stream:
        """The stream it fills."""
        return self.track.stream

    @property
    def running(self) -> bool:
        """Whether the chip is being read."""
        return self._presence.state is State.RUNNING

    @property
    def away(self) -> bool:
        """Whether the chip failed and waits for another try."""
        return self._presence.state is State.AWAY

    @property
    def fault(self) -> str | None:
        """What is wrong with the sensor and what to do; None when it is fine."""
        return self._presence.trouble if self._given_up(self._now()) else self._reader.complaint

    def hurry(self, within_s: float = 0.0) -> None:
        """Try a chip that is away again within this time."""
        self._presence.hurry(within_s)

    def close(self) -> None:
        """Stop the chip. Raise TransferError when it does not answer."""
        self._reader.driver.close()

    def poll(self, tick: int, now_s: float) -> None:
        """Do what is due in this tick, which began at `now_s`; never waits, never raises for a fault."""
        if (self.running or self._brought_up()) and (tick >= self._due or self._reader.backlog):
            self._due = tick + self._every - (tick - self._phase) % self._every
            self._read(tick, now_s)
        if self._given_up(now_s):
            self.track.give_up(now_s, self._why)

    def _brought_up(self) -> bool:
        if not self._presence.bring_up():
            if self.away and self._why is Reason.STARTING:
                self._why = Reason.AWAY
            return False
        now_s = self._now()
        self._check_s = now_s + _CHECK_S
        self._heard_s = now_s
        self._failing_since_s = None
        self._due = 0
        if self._presence.fresh:
            self._heard_s += self._reader.settling_s
            self.track.account.restarts += self._begun
            self._begun = True
            self._reader.begin(self.track)
        return True

    def _read(self, tick: int, now_s: float) -> None:
        try:
            if now_s >= self._check_s and not self._checked(now_s):
                return
            heard = self._reader.read(tick, self.track)
        except TransferError as error:
            self._failed(error, now_s)
        except ChipError as error:
            self._start_over(str(error))
        except BusUnavailableError as error:
            self._leave(error, now_s)
        else:
            if heard:
                self._heard_s = now_s
                self._failing_since_s = None
            elif now_s - self._heard_s > self._patience_s:
                self._why = Reason.SILENT
                self._leave(ChipError(f"the {self.stream} sensor answers but delivers nothing"), now_s)
            elif now_s - self._heard_s > _SILENCE_S:
                self._check_s = now_s

    def _checked(self, now_s: float) -> bool:
        self._check_s = now_s + _CHECK_S
        if self._reader.driver.healthy():
            return True
        self._start_over(f"the {self.stream} sensor lost its settings; look for a loose supply wire")
        return False

    def _failed(self, error: TransferError, now_s: float) -> None:
        if self._failing_since_s is None:
            self._failing_since_s = now_s
        if hangs(error) or now_s - self._failing_since_s > self._patience_s:
            self._leave(error, now_s)

    def _leave(self, error: FaultError, now_s: float) -> None:
        silent = isinstance(error, ChipError)
        if not silent:
            self._why = Reason.AWAY
        if self._failing_since_s is None:
            self._failing_since_s = -float("inf") if silent else now_s
        self._presence.leave(error, trusted=not silent)

    def _start_over(self, reason: str) -> None:
        self._why = Reason.RESET
        self._failing_since_s = -float("inf")
        self._presence.start_over(reason)

    def _given_up(self, now_s: float) -> bool:
        since_s = self._failing_since_s
        return since_s is not None and now_s - since_s > self._patience_s
