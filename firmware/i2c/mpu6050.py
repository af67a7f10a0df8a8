"""MPU-6050: accelerometer and gyroscope that many people already own, for the ankle cuff.

Address 0x68, or 0x69 with AD0 high. 100 to 250 samples/s, ranges 2 to 16 g and 250 to 2000 degrees/s.
The chip has no clock to read and its rate is a few percent off its name: times come from counting
samples (`sampling.clock`). Its FIFO of 1024 bytes has no tags, so after an overflow or a broken read
nothing tells where a sample begins: it is emptied, and the loss is for the sample clock to estimate.
Registers and sequence: InvenSense, MPU-6000/MPU-6050 register map RM-MPU-6000A and product
specification PS-MPU-6000A-00 rev 3.4. What it shows is as old as its filter of 44 Hz makes it, about a
sample, which `DELAY_S` takes back. Not done here: temperature, motion processor, auxiliary bus.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import radians

import numpy as np

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus
from firmware.i2c.drain import Drain
from firmware.i2c.registers import Registers
from tracker.blocks import CountArray

ADDRESSES = (0x68, 0x69)

SMPLRT_DIV = 0x19
CONFIG = 0x1A
GYRO_CONFIG = 0x1B
ACCEL_CONFIG = 0x1C
FIFO_EN = 0x23
INT_ENABLE = 0x38
SIGNAL_PATH_RESET = 0x68
USER_CTRL = 0x6A
PWR_MGMT_1 = 0x6B
PWR_MGMT_2 = 0x6C
FIFO_COUNT = 0x72
FIFO_R_W = 0x74
WHO_AM_I = 0x75

DEVICE_RESET = 0x80
PATHS_RESET = 0x07
CLKSEL_PLL_X = 0x01
DLPF_44_HZ = 0x03
ACCEL_AND_GYRO = 0x78
USER_FIFO_RESET = 0x04
USER_FIFO_EN = 0x40

IDENTITY = 0x68
IDENTITIES = {
    IDENTITY: "MPU-6050",
    0x70: "MPU-6500",
    0x71: "MPU-9250",
    0x72: "a clone of the MPU-6050",
    0x73: "MPU-9255",
    0x74: "MPU-6515",
    0x98: "ICM-20689",
}

DELAY_S = 0.00485
"""Of the filter in use: 4.9 ms for the accelerometer, 4.8 ms for the gyroscope (register map, DLPF_CFG)."""

_RESET_S = 0.1
_START_S = 0.1
_INTERNAL_RATE_HZ = 1000
_RATES_HZ = (100, 125, 200, 250)
_ACCEL_CODES = {2: 0, 4: 1, 8: 2, 16: 3}
_GYRO_CODES = {250: 0, 500: 1, 1000: 2, 2000: 3}
_SAMPLE_BYTES = 12
_FIFO_BYTES = 1024
_NEARLY_FULL_BYTES = _FIFO_BYTES - 3 * _SAMPLE_BYTES
_BURST_SAMPLES = 36  # 432 bytes, 39 ms at 100 kHz: inside the bus's timeout of 50 ms
_STANDARD_GRAVITY = 9.80665


@dataclass(frozen=True, slots=True)
class Settings:
    """What the chip is set to; BadInputError names what it cannot do.

    `rate_hz`: samples per second by name; 200 resolves a phase change, more costs bus time.
    `accel_range_g`: a larger range survives impacts, with proportionally coarser counts.
    `gyro_range_dps`: as above; a hard kick reaches 600 degrees/s at the ankle.
    """

    rate_hz: int = 200
    accel_range_g: int = 8
    gyro_range_dps: int = 1000

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("rate_hz", self.rate_hz, _RATES_HZ),
            ("accel_range_g", self.accel_range_g, tuple(_ACCEL_CODES)),
            ("gyro_range_dps", self.gyro_range_dps, tuple(_GYRO_CODES)),
        ):
            if value not in allowed:
                options = ", ".join(map(str, allowed))
                raise BadInputError(f"{name} is {value!r}; the MPU-6050 takes {options}")

    @property
    def accel_mps2_per_count(self) -> float:
        """16384 counts per g at 2 g, and in proportion."""
        return self.accel_range_g / 32768 * _STANDARD_GRAVITY

    @property
    def gyro_radps_per_count(self) -> float:
        """The range over 32768 counts; the datasheet rounds it to 131 ... 16.4 counts per degree/s."""
        return radians(self.gyro_range_dps / 32768)


def decode(data: bytes) -> CountArray:
    """Whole samples of 12 bytes: accelerometer then gyroscope, big-endian signed counts, (n, 6).

    Raise ValueError for a cut sample.
    """
    if len(data) % _SAMPLE_BYTES:
        raise ValueError(f"{len(data)} bytes are no whole samples")
    return np.frombuffer(data, dtype=">i2").reshape(-1, 6).astype(np.int64)


class Mpu6050:
    """One chip. `model`: what its identity says it is; `overruns`: how often its FIFO was emptied."""

    def __init__(
        self,
        bus: Bus,
        address: int = ADDRESSES[0],
        settings: Settings | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings or Settings()
        self.model = IDENTITIES[IDENTITY]
        self.overruns = 0
        self._registers = Registers(bus, address, "MPU-6050")
        self._now = now
        self._sleep = sleep
        self._broken = False
        self._uneven = False

    def configure(self) -> None:
        """Reset the chip and start sampling, which takes 0.3 s; may be repeated at any time.

        Relatives with the same registers are taken as well: `warning` then says so. Raise ChipError
        with the likely cause, TransferError when the chip does not answer.
        """
        for wait_s in self.configuring():
            self._sleep(wait_s)

    def configuring(self) -> Iterator[float]:
        """`configure` in steps: yields the time to wait (s), so that other chips need not wait too."""
        registers = self._registers
        self.model = IDENTITIES[registers.identify(WHO_AM_I, IDENTITIES, "MPU-6050")]
        registers.write(PWR_MGMT_1, DEVICE_RESET)
        yield _RESET_S
        registers.write(SIGNAL_PATH_RESET, PATHS_RESET)
        yield _RESET_S
        for register, value in self._configuration():
            registers.configure(register, value)
        yield _START_S
        self._restart_fifo()

    @property
    def warning(self) -> str | None:
        """What is doubtful about the chip found, None for a true MPU-6050."""
        if self.model == IDENTITIES[IDENTITY]:
            return None
        return f"{self._registers.where} is {self.model}: its registers fit, its noise and drift may not"

    def read(self) -> Drain:
        """Take out of the FIFO what is in it, at most 36 samples, as one burst.

        What is left comes with the next read. A FIFO that is nearly full or out of step is emptied
        instead, and the drain says `overrun`. Raise TransferError when the bus fails; the FIFO is then
        emptied by the next read, since part of a sample may be gone.
        """
        asked_s = self._now()
        waiting = int.from_bytes(self._registers.read(FIFO_COUNT, 2), "big")
        host_s = self._now()
        uneven, self._uneven = self._uneven, waiting % _SAMPLE_BYTES != 0
        if self._broken or waiting > _NEARLY_FULL_BYTES or (uneven and self._uneven):
            self.overruns += 1
            self._restart_fifo()
            return _drain(host_s, decode(b""), overrun=True)
        samples = min(waiting // _SAMPLE_BYTES, _BURST_SAMPLES)
        if not samples:
            return _drain(host_s, decode(b""), idle=not waiting)
        self._broken = True
        data = self._registers.read(FIFO_R_W, samples * _SAMPLE_BYTES, consuming=True)
        self._broken = False
        return _drain(host_s, decode(data), left=waiting // _SAMPLE_BYTES - samples, asked_s=asked_s)

    def healthy(self) -> bool:
        """Tell whether the settings are still in place; a chip that reset itself sleeps."""
        expected = dict(self._configuration()) | {USER_CTRL: USER_FIFO_EN, FIFO_EN: ACCEL_AND_GYRO}
        for first, count in ((USER_CTRL, 3), (SMPLRT_DIV, 4), (FIFO_EN, 1)):
            found = self._registers.read(first, count)
            if any(expected[first + i] != value for i, value in enumerate(found)):
                return False
        return True

    def close(self) -> None:
        """Put the chip to sleep, as it is after power comes."""
        self._registers.write(PWR_MGMT_1, DEVICE_RESET)

    def _configuration(self) -> list[tuple[int, int]]:
        return [
            (PWR_MGMT_1, CLKSEL_PLL_X),
            (PWR_MGMT_2, 0),
            (CONFIG, DLPF_44_HZ),
            (SMPLRT_DIV, _INTERNAL_RATE_HZ // self.settings.rate_hz - 1),
            (GYRO_CONFIG, _GYRO_CODES[self.settings.gyro_range_dps] << 3),
            (ACCEL_CONFIG, _ACCEL_CODES[self.settings.accel_range_g] << 3),
            (INT_ENABLE, 0),
        ]

    def _restart_fifo(self) -> None:
        registers = self._registers
        self._broken = True
        registers.configure(FIFO_EN, 0)
        registers.write(USER_CTRL, USER_FIFO_RESET)
        registers.configure(USER_CTRL, USER_FIFO_EN)
        registers.configure(FIFO_EN, ACCEL_AND_GYRO)
        self._broken = False
        self._uneven = False


def _drain(
    host_s: float,
    counts: CountArray,
    *,
    left: int = 0,
    overrun: bool = False,
    idle: bool = False,
    asked_s: float | None = None,
) -> Drain:
    nothing_lost = np.zeros(len(counts), dtype=np.int64)
    return Drain(host_s, counts, None, nothing_lost, left=left, overrun=overrun, idle=idle, asked_s=asked_s)
