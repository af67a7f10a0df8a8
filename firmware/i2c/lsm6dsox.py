"""LSM6DSOX: accelerometer and gyroscope of the ankle cuff and the pelvis.

Also LSM6DSO and LSM6DSO32, which answer with the same identity: the variant must be configured, and
`check_gravity` at rest tells a wrong one. Address 0x6A, or 0x6B with SA0 high. 104, 208 or 417 samples/s,
ranges 2 to 32 g and 125 to 2000 degrees/s, each rate several percent off its name: times come from
the chip's clock of 25 us. All samples pass through the FIFO of 512 words, 0.8 s at 208 Hz. What a sample
shows is older by the chip's low-pass filters, of which no document at hand gives the delay: at 208 Hz they
pass up to 104 Hz (acceleration) and 67 Hz (rate); that is about half a sample, and not taken back.
Registers and sequence: ST, LSM6DSOX datasheet and application note AN5272 (FIFO of the same family:
DS12140 and AN5192). Not done here: interrupts, compression, the embedded functions, the I3C bus.
"""

import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import hypot, radians
from typing import Literal

import numpy as np

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus, TransferError
from firmware.i2c.drain import Drain
from firmware.i2c.registers import ChipError, Registers
from firmware.i2c.slots import Assembly, Continuity, Slot, Word
from tracker.blocks import CountArray

ADDRESSES = (0x6A, 0x6B)

FIFO_CTRL1 = 0x07
FIFO_CTRL2 = 0x08
FIFO_CTRL3 = 0x09
FIFO_CTRL4 = 0x0A
WHO_AM_I = 0x0F
CTRL1_XL = 0x10
CTRL2_G = 0x11
CTRL3_C = 0x12
CTRL4_C = 0x13
CTRL9_XL = 0x18
CTRL10_C = 0x19
FIFO_STATUS1 = 0x3A
TIMESTAMP0 = 0x40
TIMESTAMP2 = 0x42
INTERNAL_FREQ_FINE = 0x63
FIFO_DATA_OUT_TAG = 0x78

IDENTITY = 0x6C
SW_RESET = 0x01
BDU = 0x40
IF_INC = 0x04
DRDY_MASK = 0x08
CTRL9_RESET = 0xE0
I3C_DISABLE = 0x02
TIMESTAMP_EN = 0x20
TIMESTAMP_RESET = 0xAA
FIFO_BYPASS = 0x00
FIFO_STREAM = 0x06
TIMESTAMP_EACH = 0x40
OVER_RUN_LATCHED = 0x08
DIFF_FIFO_HIGH = 0x03
WATERMARK_WORDS = 24

_WORD = struct.Struct("<Bhhh")
_TICK_S = 25e-6
_RATE_CODES = {104: 4, 208: 5, 417: 6}
_PERIOD_TICKS = {104: 384, 208: 192, 417: 96}
_GYRO_CODES = {250: 0, 125: 1, 500: 2, 1000: 4, 2000: 6}
_ACCEL_CODES = {
    "lsm6dsox": {2: 0, 16: 1, 4: 2, 8: 3},
    "lsm6dso": {2: 0, 16: 1, 4: 2, 8: 3},
    "lsm6dso32": {4: 0, 32: 1, 8: 2, 16: 3},
}
_SETTLING_TICKS = 4000  # 0.1 s; the gyroscope takes 70 ms to start
_START_TICKS = 4  # from the clock's reset to the FIFO's start, at 400 kHz
_WORDS_PER_SAMPLE = 3
_BURST_WORDS = 63  # 441 bytes, 40 ms at 100 kHz: inside the bus's timeout of 50 ms
_STANDARD_GRAVITY = 9.80665

Variant = Literal["lsm6dsox", "lsm6dso", "lsm6dso32"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the chip is set to; BadInputError names what it cannot do.

    `variant`: the chip as printed on its board; cannot be found out over the bus.
    `rate_hz`: samples per second by name; 208 resolves a phase change, more costs bus time.
    `accel_range_g`: a larger range survives impacts, with proportionally coarser counts.
    `gyro_range_dps`: as above; a hard kick reaches 600 degrees/s at the ankle.
    """

    variant: Variant = "lsm6dsox"
    rate_hz: int = 208
    accel_range_g: int = 8
    gyro_range_dps: int = 1000

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("variant", self.variant, list(_ACCEL_CODES)),
            ("rate_hz", self.rate_hz, list(_RATE_CODES)),
            ("accel_range_g", self.accel_range_g, sorted(_ACCEL_CODES.get(self.variant, ()))),
            ("gyro_range_dps", self.gyro_range_dps, sorted(_GYRO_CODES)),
        ):
            if value not in allowed:
                options = ", ".join(map(str, allowed))
                raise BadInputError(f"{name} is {value!r}; {self.variant} takes {options}")

    @property
    def accel_mps2_per_count(self) -> float:
        """0.061 mg per count at 2 g, and in proportion."""
        return 0.0305e-3 * self.accel_range_g * _STANDARD_GRAVITY

    @property
    def gyro_radps_per_count(self) -> float:
        """35 millidegrees per second and count at 1000 degrees/s, and in proportion."""
        return radians(35e-6 * self.gyro_range_dps)


def decode(data: bytes) -> list[Word]:
    """FIFO words of 7 bytes: tag, slot counter and three little-endian signed counts.

    The tag byte has even parity, which ST's own FIFO decoder requires too; a word without it gets
    tag 0. Raise ValueError for a cut word.
    """
    if len(data) % _WORD.size:
        raise ValueError(f"{len(data)} bytes are no whole FIFO words")
    return [
        Word(0 if head.bit_count() & 1 else head >> 3, head >> 1 & 3, (x, y, z))
        for head, x, y, z in _WORD.iter_unpack(data)
    ]


def check_gravity(accel_counts: CountArray, settings: Settings) -> float:
    """Return the length of the mean acceleration at rest in g; raise ChipError unless near 1.

    `accel_counts`: shape (n, 3), some tenths of a second of a chip that lies still.
    """
    length = hypot(*accel_counts.mean(axis=0).tolist()) * settings.accel_mps2_per_count / _STANDARD_GRAVITY
    if 0.9 <= length <= 1.1:
        return length
    advice = "hold the sensor still and try again, or replace it"
    if 0.45 <= length <= 0.55:
        advice = f"half of it: set the variant to lsm6dso32, it is no {settings.variant}"
    elif 1.8 <= length <= 2.2:
        advice = f"twice of it: set the variant to lsm6dsox or lsm6dso, it is no {settings.variant}"
    raise ChipError(f"the accelerometer feels {length:.2f} g at rest instead of 1: {advice}")


class Lsm6dsox:
    """One chip. `tick_s` is the chip's own estimate of its tick, `period_ticks` how many there are between
    samples; `overruns` counts FIFO overruns.
    """

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
        self.tick_s = _TICK_S
        self.overruns = 0
        self._registers = Registers(bus, address, self.settings.variant.upper())
        self._now = now
        self._sleep = sleep
        self.period_ticks = _PERIOD_TICKS[self.settings.rate_hz]
        self._assembly = Assembly()
        self._continuity = Continuity(self.period_ticks)
        self._delivering = False

    def configure(self) -> None:
        """Reset the chip and start sampling with its clock at zero; may be repeated at any time.

        Raise ChipError with the likely cause, TransferError when it does not answer.
        """
        for wait_s in self.configuring():
            self._sleep(wait_s)

    def configuring(self) -> Iterator[float]:
        """`configure` in steps: yields the time to wait (s), so that other chips need not wait too."""
        registers = self._registers
        registers.identify(WHO_AM_I, {IDENTITY: "LSM6DSO/DSOX/DSO32"}, "LSM6DSOX")
        registers.write(FIFO_CTRL4, FIFO_BYPASS)
        registers.write(CTRL3_C, SW_RESET)
        yield from registers.wait(CTRL3_C, SW_RESET, 0, "its reset", 0.05)
        for register, value in self._configuration():
            registers.configure(register, value)
        fine = int.from_bytes(registers.read(INTERNAL_FREQ_FINE, 1), signed=True)
        self.tick_s = _TICK_S * (1.0 - 0.0015 * fine)
        self._start_over()
        registers.write(TIMESTAMP2, TIMESTAMP_RESET)
        registers.configure(FIFO_CTRL4, TIMESTAMP_EACH | FIFO_STREAM)

    def read(self) -> Drain:
        """Take out of the FIFO what is in it, at most 21 samples, as one burst.

        What is left comes with the next read. Raise TransferError when the bus fails; words that
        went with it are counted as lost by the next read.
        """
        low, high = self._registers.read(FIFO_STATUS1, 2)
        host_s = self._now()
        overrun = bool(high & OVER_RUN_LATCHED)
        if overrun:
            self.overruns += 1
            self._assembly.cut()
        waiting = low | (high & DIFF_FIFO_HIGH) << 8
        words = self._burst(min(waiting, _BURST_WORDS)) if waiting else []
        corrupt = self._corrupt()
        samples = []
        settling = 0
        for slot in self._assembly.add(words):
            for sample, lost in self._continuity.accept(slot) if self._settled(slot) else ():
                if not self._delivering:
                    self._delivering = True
                    settling = (sample.ticks - _START_TICKS) // self.period_ticks
                samples.append((sample, lost))
        return Drain(
            host_s=host_s,
            counts=np.array([slot.accel + slot.gyro for slot, _ in samples], dtype=np.int64).reshape(-1, 6),
            ticks=np.array([slot.ticks for slot, _ in samples], dtype=np.int64),
            lost_before=np.array([lost for _, lost in samples], dtype=np.int64),
            left=(waiting - len(words)) // _WORDS_PER_SAMPLE,
            settling=settling,
            corrupt=self._corrupt() - corrupt,
            overrun=overrun,
            idle=not waiting,
        )

    def read_time(self) -> tuple[int, float, float]:
        """Return the chip's clock (ticks, 32 bits), the host time of reading it, and within what (s).

        The four bytes are not taken at one moment: about one reading in a hundred is 256 ticks ahead,
        which a regression shows as an outlier.
        """
        before_s = self._now()
        ticks = int.from_bytes(self._registers.read(TIMESTAMP0, 4), "little")
        after_s = self._now()
        return ticks, (before_s + after_s) / 2, (after_s - before_s) / 2

    def healthy(self) -> bool:
        """Tell whether the settings are still in place; a chip that reset itself is back at zero."""
        expected = dict(self._configuration()) | {FIFO_CTRL4: TIMESTAMP_EACH | FIFO_STREAM}
        for first, count in ((FIFO_CTRL1, 4), (CTRL1_XL, 4), (CTRL9_XL, 2)):
            found = self._registers.read(first, count)
            if any(expected[first + i] != value for i, value in enumerate(found)):
                return False
        return True

    def close(self) -> None:
        """Stop sampling: both sensors off, FIFO empty."""
        for register in (FIFO_CTRL4, CTRL1_XL, CTRL2_G):
            self._registers.write(register, 0)

    def _configuration(self) -> list[tuple[int, int]]:
        rate = _RATE_CODES[self.settings.rate_hz]
        accel = _ACCEL_CODES[self.settings.variant][self.settings.accel_range_g]
        gyro = _GYRO_CODES[self.settings.gyro_range_dps]
        return [
            (CTRL9_XL, CTRL9_RESET | I3C_DISABLE),
            (CTRL3_C, BDU | IF_INC),
            (CTRL4_C, DRDY_MASK),
            (CTRL10_C, TIMESTAMP_EN),
            (FIFO_CTRL1, WATERMARK_WORDS),
            (FIFO_CTRL2, 0),
            (FIFO_CTRL3, rate << 4 | rate),
            (CTRL1_XL, rate << 4 | accel << 2),
            (CTRL2_G, rate << 4 | gyro << 1),
        ]

    def _burst(self, words: int) -> list[Word]:
        try:
            return decode(self._registers.read(FIFO_DATA_OUT_TAG, words * _WORD.size, consuming=True))
        except TransferError:
            self._assembly.cut()
            raise

    def _corrupt(self) -> int:
        return self._assembly.corrupt + self._continuity.corrupt

    def _settled(self, slot: Slot) -> bool:
        return self._delivering or slot.ticks >= _SETTLING_TICKS

    def _start_over(self) -> None:
        self._assembly = Assembly()
        self._continuity = Continuity(self.period_ticks)
        self._delivering = False
