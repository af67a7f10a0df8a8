"""Which sensors are on which bus, and how each of them is polled."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware.i2c.as5600 import As5600
from firmware.i2c.bus import Bus
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.nau7802 import Nau7802
from firmware.sampling.cable_reader import CableReader
from firmware.sampling.imu_reader import imu_reader
from firmware.sampling.load_reader import LoadReader
from firmware.sampling.source import Source
from firmware.sampling.track import Track
from tracker.blocks import Stream

Imu = Lsm6dsox | Mpu6050

_DRAIN_TURNS = 5
_PELVIS_TURN = 2
_QUICK_DRAIN_TURNS = 2
_QUICK_PELVIS_TURN = 1
_QUICK_LOAD_SPS = 100
_QUICK_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Wired:
    """The sensors on one bus. Encoder and load cell are looked at every 5 ms, FIFOs every 25 ms.

    A load cell of 320 conversions/s keeps only the last one, for 3 ms: it is looked at every 1.7 ms, so
    that a host which wakes up to 1 ms late misses none, and the FIFOs every 10 ms, so that no burst
    lasts as long as a conversion. That needs a bus of 400 kHz, of which all sensors then take 37 % instead
    of 27.
    """

    bus: Bus
    cable: As5600 | None = None
    load: Nau7802 | None = None
    pelvis: Imu | None = None
    ankle: Imu | None = None

    @property
    def looks(self) -> int:
        """How many ticks there must be in 5 ms."""
        return _QUICK_LOOKS if self._quick else 1

    def sources(self, start_s: float, now: Callable[[], float], looks: int = 1) -> list[Source]:
        """Return a source for each sensor, in the order of polling; session time begins at `start_s`.

        `looks`: ticks in 5 ms, as many as `looks` of every bus asks for. A quick load cell comes first:
        what is read before it varies from tick to tick.
        """
        sources = []
        if self.load is not None:
            every = 1 if self._quick else looks
            reader, track = LoadReader(self.load), Track(Stream.LOAD, start_s)
            rate_hz = self.load.settings.rate_sps
            sources.append(Source(reader, track, now, every=every, rate_hz=rate_hz))
        if self.cable is not None:
            cable = Source(CableReader(self.cable), Track(Stream.CABLE, start_s), now, every=looks)
            sources.insert(len(sources) if self._quick else 0, cable)
        drain, pelvis = _DRAIN_TURNS, _PELVIS_TURN
        if self._quick:
            drain, pelvis = _QUICK_DRAIN_TURNS, _QUICK_PELVIS_TURN
        for stream, chip, turn in (
            (Stream.PELVIS, self.pelvis, pelvis),
            (Stream.ANKLE, self.ankle, 0),
        ):
            if chip is not None:
                sources.append(
                    Source(
                        imu_reader(chip, now),
                        Track(stream, start_s),
                        now,
                        every=drain * looks,
                        phase=turn * looks,
                        rate_hz=chip.settings.rate_hz,
                    )
                )
        return sources

    @property
    def _quick(self) -> bool:
        return self.load is not None and self.load.settings.rate_sps > _QUICK_LOAD_SPS
