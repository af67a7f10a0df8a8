"""AS5600: angle of the magnet on the pulley's axle.

Address 0x36, fixed. 4096 counts a turn, read as often as wanted; 200 Hz here. The chip samples every
150 us by itself and has no clock, no FIFO and no identity: any chip at 0x36 would answer (a LiPo gauge
MAX17048 does). Registers and sequence: ams, AS5600 datasheet v1-06. Not done here: the scaled angle
with its jump at the border, the PWM and analogue outputs, and anything that burns the chip's fuses.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus
from firmware.i2c.registers import ChipError, Registers

ADDRESS = 0x36

CONF = 0x07
STATUS = 0x0B
RAW_ANGLE = 0x0C
AGC = 0x1A

MAGNET_DETECTED = 0x20
MAGNET_TOO_WEAK = 0x10
MAGNET_TOO_STRONG = 0x08

COUNTS_PER_TURN = 4096
_NOISE_COUNTS = 8  # readings of a standing magnet stay within; 0.043 degrees rms are half a count

_FILTER_CODES = {16: 0, 8: 1, 4: 2, 2: 3}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the chip is set to.

    `filter_samples`: slow filter of 2, 4, 8 or 16 samples; 2 settles in 0.29 ms with 0.043 degrees of
    noise. A larger value is quieter and later: 16 settles in 2.2 ms with 0.015 degrees.
    """

    filter_samples: int = 2

    def __post_init__(self) -> None:
        if self.filter_samples not in _FILTER_CODES:
            raise BadInputError(f"filter_samples is {self.filter_samples}; the AS5600 takes 2, 4, 8 or 16")


@dataclass(frozen=True, slots=True)
class Angle:
    """Where the magnet stands, 0 to 4095, and the host time of looking (s)."""

    counts: int
    host_s: float


def decode(data: bytes) -> int:
    """The 12-bit big-endian angle. Raise ValueError when the four bits above it are not zero."""
    counts = int.from_bytes(data, "big")
    if len(data) != 2 or counts >= COUNTS_PER_TURN:
        raise ValueError(f"{data.hex()} is no angle of 12 bits")
    return counts


class As5600:
    """One chip. `corrupt` counts readings that were no angle."""

    def __init__(
        self, bus: Bus, settings: Settings | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings or Settings()
        self.corrupt = 0
        self._registers = Registers(bus, ADDRESS, "AS5600")
        self._now = now

    def configure(self) -> None:
        """Set filter and power mode, which the chip forgets with its power.

        A missing magnet is no error here, `magnet_fault` tells. Raise ChipError when the chip's status
        has bits that an AS5600 never sets, TransferError when it does not answer.
        """
        for _ in self.configuring():
            pass

    def configuring(self) -> Iterator[float]:
        """`configure` in steps, as the other chips have it; this one never waits."""
        status = self._registers.read(STATUS, 1)[0]
        if status & ~(MAGNET_DETECTED | MAGNET_TOO_WEAK | MAGNET_TOO_STRONG):
            raise ChipError(
                f"{self._registers.where}: status {status:#04x} is none of an AS5600; "
                "another chip is at this address, a battery gauge perhaps"
            )
        for offset, value in enumerate(self._configuration()):
            self._registers.configure(CONF + offset, value)
        yield from ()

    def read(self) -> Angle | None:
        """Read the raw angle in one burst; None when the bytes are no angle, which `corrupt` counts.

        The register is addressed each time although the chip keeps it: after a silent reset the chip
        would otherwise give another register's bytes.
        """
        before_s = self._now()
        data = self._registers.read(RAW_ANGLE, 2)
        host_s = (before_s + self._now()) / 2
        try:
            return Angle(decode(data), host_s)
        except ValueError:
            self.corrupt += 1
            return None

    def magnet_fault(self) -> str | None:
        """Return what is wrong with the magnet and what to do, None when it is fine."""
        status = self._registers.read(STATUS, 1)[0]
        if not status & MAGNET_DETECTED:
            return "no magnet: fix it to the axle, 0.5 to 3 mm before the chip"
        if status & MAGNET_TOO_WEAK:
            return "magnet too weak: bring it closer to the chip"
        if status & MAGNET_TOO_STRONG:
            return "magnet too strong: move it away from the chip"
        return None

    def gain(self) -> int:
        """Return the automatic gain, 0 to 128 at 3.3 V: small for a strong magnet, best in the middle."""
        return self._registers.read(AGC, 1)[0]

    def healthy(self) -> bool:
        """Tell whether the settings are still in place; a chip that reset itself has the slow filter."""
        return self._registers.read(CONF, 2) == self._configuration()

    def close(self) -> None:
        """Nothing to stop: the chip samples for as long as it has power."""

    def _configuration(self) -> bytes:
        return bytes((_FILTER_CODES[self.settings.filter_samples], 0x00))


@dataclass(frozen=True, slots=True)
class Step:
    """One unwrapped reading.

    `position_counts`: counts over all turns, zero at the first reading's zero.
    `ambiguous`: whole turns may be missing between this reading and the one before, or it cannot
    follow from it; the caller must treat the two as separated by a gap.
    """

    position_counts: int
    ambiguous: bool


class Unwrapper:
    """Turns angles into a position over many turns, and says when that is not possible.

    `max_turns_per_s`: no axle turns faster than this; default 30, twice the 16 of a cable at 3 m/s
    over a 60 mm pulley. A step is clear when exactly one number of whole turns agrees with it: always
    up to 17 ms between readings, never beyond 33 ms. A larger value asks for quicker readings.
    """

    def __init__(self, max_turns_per_s: float = 30.0) -> None:
        if not max_turns_per_s > 0:
            raise ValueError(f"max_turns_per_s is {max_turns_per_s}; it must be positive")
        self._max_turns_per_s = max_turns_per_s
        self._last: Angle | None = None
        self._position = 0

    def add_turns(self, number: int) -> None:
        """Count on from so many turns further: something else told that they were missed."""
        self._position += number * COUNTS_PER_TURN

    def step(self, angle: Angle) -> Step:
        """Take the next reading. After an ambiguous step counting goes on from the nearest turn."""
        last, self._last = self._last, angle
        if last is None:
            self._position = angle.counts
            return Step(self._position, ambiguous=False)
        half = COUNTS_PER_TURN // 2
        nearest = (angle.counts - last.counts + half) % COUNTS_PER_TURN - half
        reach = (angle.host_s - last.host_s) * self._max_turns_per_s * COUNTS_PER_TURN + _NOISE_COUNTS
        other = COUNTS_PER_TURN - abs(nearest)
        self._position += nearest
        return Step(self._position, ambiguous=abs(nearest) > reach or other <= reach)
