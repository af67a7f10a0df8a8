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

_DRAIN_TICKS = 5
_PELVIS_PHASE = 2


@dataclass(frozen=True, slots=True)
class Wired:
    """The sensors on one bus. Encoder and load cell are looked at in every tick, FIFOs every 25 ms."""

    bus: Bus
    cable: As5600 | None = None
    load: Nau7802 | None = None
    pelvis: Imu | None = None
    ankle: Imu | None = None

    def sources(self, start_s: float, now: Callable[[], float]) -> list[Source]:
        """Return a source for each sensor, in the order of polling; session time begins at `start_s`."""
        sources = []
        if self.cable is not None:
            sources.append(Source(CableReader(self.cable), Track(Stream.CABLE, start_s), now))
        if self.load is not None:
            sources.append(Source(LoadReader(self.load), Track(Stream.LOAD, start_s), now))
        for stream, chip, phase in (
            (Stream.PELVIS, self.pelvis, _PELVIS_PHASE),
            (Stream.ANKLE, self.ankle, 0),
        ):
            if chip is not None:
                reader = imu_reader(chip, now)
                track = Track(stream, start_s)
                sources.append(Source(reader, track, now, every=_DRAIN_TICKS, phase=phase))
        return sources
