"""One sensor as the sampler sees it: read when it is due, watched, given up and taken back."""

from collections.abc import Callable
from typing import Protocol

from firmware.errors import FaultError
from firmware.i2c.bus import BusUnavailableError, TransferError
from firmware.i2c.registers import ChipError
from firmware.sampling.account import Reason
from firmware.sampling.presence import Driver, Presence, State, hangs
from firmware.sampling.rate import RateWatch
from firmware.sampling.track import Track
from tracker.blocks import Stream

PATIENCE_S = 0.25
_CHECK_S = 0.5
_SILENCE_S = 0.1
_LONGEST_LOOK_S = 0.02


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

    def begin(self, track: Track, ended_s: float) -> None:
        """The chip was set up anew: nothing it gave before tells about what comes now.

        `ended_s`: host time by which its run before was over.
        """

    def read(self, turn: int, track: Track) -> None:
        """Put what the chip has into the track; `turn` counts the reads that were due.

        Raise TransferError when the bus fails, ChipError when the chip must be set up again.
        """

    def finish(self, track: Track) -> None:
        """Nothing will be read any more: put into the track what waits in the reader, or count it as lost."""


class Source:
    """The sensor behind a reader, filling a track.

    `every`, `phase`: read in every so-manieth tick, from that one on. While nothing comes, the stream
    waits `patience_s` for samples that the chip may still hold; a larger value keeps more of them, and
    delays every stream by as much. Then the stream is given up until samples come again, so that no
    sensor can hold up the blocks. `rate_hz`: samples a second by name, zero where there is no such thing.
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
        rate_hz: float = 0.0,
    ) -> None:
        self.track = track
        self._reader = reader
        self._presence = Presence(reader.driver, now)
        self._now = now
        self._every = every
        self._phase = phase
        self._patience_s = patience_s
        self._rate = RateWatch(rate_hz)
        self._due = 0
        self._check_s = 0.0
        self._polled_s = 0.0
        self._quiet_s = 0.0
        self._hopeless = True
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
        if self._given_up:
            return self._presence.trouble
        if self.track.stuck:
            return self._no_sample
        return self._too_slow or self._reader.complaint

    def hurry(self, within_s: float = 0.0) -> None:
        """Try a chip that is away again within this time."""
        self._presence.hurry(within_s)

    def finish(self) -> None:
        """Nothing will be read any more; never raises for a fault."""
        self._reader.finish(self.track)

    def close(self) -> None:
        """Stop the chip. Raise TransferError when it does not answer."""
        self._reader.driver.close()

    def poll(self, tick: int, now_s: float) -> None:
        """Do what is due in this tick, which began at `now_s`; never waits, never raises for a fault."""
        self._wait(now_s)
        if (self.running or self._brought_up()) and (tick >= self._due or self._reader.backlog):
            self._due = tick + self._every - (tick - self._phase) % self._every
            self._read(tick, now_s)
        if self._given_up:
            self._rate.restart()
            self.track.give_up(now_s, self._why)
        else:
            self._rate.look(now_s, self.track.came)
        self.track.slow = self._rate.slow_hz is not None

    def _wait(self, now_s: float) -> None:
        """Count the time without samples; while the process slept nobody could have heard any."""
        passed_s = now_s - self._polled_s
        self._quiet_s += min(passed_s, _LONGEST_LOOK_S) if self.running else passed_s
        self._polled_s = now_s

    def _brought_up(self) -> bool:
        if not self._presence.bring_up():
            if self.away and self._why is Reason.STARTING:
                self._why = Reason.AWAY
            return False
        self._check_s = self._now() + _CHECK_S
        self._quiet_s = 0.0
        self._hopeless = False
        self._due = 0
        if self._presence.fresh:
            self._quiet_s -= self._reader.settling_s
            self.track.account.restarts += self._begun
            self._begun = True
            self._reader.begin(self.track, self._presence.ended_s)
        return True

    def _read(self, tick: int, now_s: float) -> None:
        complete_s = self.track.complete_s
        try:
            self._reader.read((tick - self._phase) // self._every, self.track)
            self._listen(now_s, heard=self.track.complete_s > complete_s and not self.track.stuck)
            if self.running and now_s >= self._check_s:
                self._check(now_s)
        except TransferError as error:
            if hangs(error) or self._quiet_s > self._patience_s:
                self._leave(error)
        except BusUnavailableError as error:
            self._leave(error)
        except ChipError as error:
            self._start_over(str(error))

    def _listen(self, now_s: float, *, heard: bool) -> None:
        """A chip that answers but brings its stream no further is looked at sooner, then set up anew."""
        if heard:
            self._quiet_s = 0.0
        elif self._quiet_s > self._patience_s:
            self._why = Reason.STUCK if self.track.stuck else Reason.SILENT
            self._hopeless = True
            self._presence.leave(ChipError(self._no_sample), trusted=False)
        elif self._quiet_s > _SILENCE_S:
            self._check_s = now_s

    @property
    def _no_sample(self) -> str:
        """What is wrong with a chip that answers, and measures nothing."""
        if self.track.stuck:
            return f"the {self.stream} sensor repeats the same values: if this stays, replace it"
        return f"the {self.stream} sensor answers but delivers nothing"

    @property
    def _too_slow(self) -> str | None:
        """What is wrong where too few samples come."""
        found_hz = self._rate.slow_hz
        if found_hz is None:
            return None
        by_name = f"{self._rate.expected_hz:g} samples/s come as {found_hz:.0f}"
        return f"{by_name}: end what else uses the bus or the computer; else the chip is at fault"

    def _check(self, now_s: float) -> None:
        self._check_s = now_s + _CHECK_S
        if not self._reader.driver.healthy():
            self._start_over(f"the {self.stream} sensor lost its settings; look for a loose supply wire")

    def _leave(self, error: FaultError) -> None:
        self._why = Reason.AWAY
        self._presence.leave(error)

    def _start_over(self, reason: str) -> None:
        self._why = Reason.RESET
        self._hopeless = True
        self._presence.start_over(reason)

    @property
    def _given_up(self) -> bool:
        return self._hopeless or self._quiet_s > self._patience_s
