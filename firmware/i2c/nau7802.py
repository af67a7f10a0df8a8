"""NAU7802: 24-bit converter of the load cell.

Address 0x2A, fixed. 80 or 320 conversions/s by name, from a free-running oscillator; the real rate is
measured by `sampling.clock`. Gain 128 and excitation 3.0 V from the chip's own regulator, the most a
3.3 V supply allows; a 200 kg cell of 2 mV/V then gives 21475 counts per kg. Conversions are found by
polling the CR bit: the ready line stays high between conversions above 40 per second. Registers and
sequence: Nuvoton, NAU7802 datasheet r1.7. Not done here: the second channel, the chip's temperature,
taring inside the chip (the offset registers' sign is doubtful; tare in software).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus
from firmware.i2c.registers import ChipError, Registers

ADDRESS = 0x2A

PU_CTRL = 0x00
CTRL1 = 0x01
CTRL2 = 0x02
ADCO_B2 = 0x12
ADC = 0x15
PGA = 0x1B
POWER = 0x1C
DEVICE_REV = 0x1F

REVISION = 0x0F
RR = 0x01
PUD = 0x02
PUA = 0x04
PUR = 0x08
CS = 0x10
CR = 0x20
AVDDS = 0x80
VLDO_3V0 = 0x28
GAIN_128 = 0x07
CALS = 0x04
CAL_ERR = 0x08
CHOPPER_OFF = 0x30
PGA_CAP_EN = 0x80

FULL_SCALE = 0x7FFFFF

_RATE_CODES = {80: 3, 320: 7}
_RESET_S = 0.01
_LIMIT_PUR_S = 0.1
_ANALOGUE_WAKE_UP_S = 0.6
_LIMIT_CALIBRATION_S = 1.0
_SETTLING_CONVERSIONS = 6


@dataclass(frozen=True, slots=True)
class Settings:
    """What the chip is set to.

    `rate_sps`: conversions per second by name. 80 is enough for force over a rep; 320 shows impacts,
    is noisier, takes four times the bus and must be looked at more than 320 times a second.
    """

    rate_sps: int = 80

    def __post_init__(self) -> None:
        if self.rate_sps not in _RATE_CODES:
            raise BadInputError(f"rate_sps is {self.rate_sps}; the NAU7802 is used with 80 or 320")


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion, which became ready after `since_s` and at the latest at `host_s` (host time, s).

    When these are a conversion period apart or more, another one may have been missed. A result is
    overwritten by the next one until it is read, so `host_s` comes after the reading, which a disturbed bus
    can draw out over several conversions. `asked_s`: when this look began; none later than this conversion
    was ready then.
    """

    counts: int
    since_s: float
    host_s: float
    asked_s: float

    @property
    def saturated(self) -> bool:
        """At the end of the range: the cell is overloaded or a wire is broken."""
        return self.counts >= FULL_SCALE or self.counts < -FULL_SCALE


def decode(data: bytes) -> int:
    """The signed big-endian 24-bit result. Raise ValueError for any other length."""
    if len(data) != 3:
        raise ValueError(f"{len(data)} bytes are no 24-bit result")
    return int.from_bytes(data, "big", signed=True)


class Nau7802:
    """One chip. `looked_s`: host time at which it was last known what it had."""

    def __init__(
        self,
        bus: Bus,
        settings: Settings | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings or Settings()
        self._registers = Registers(bus, ADDRESS, "NAU7802")
        self._now = now
        self._sleep = sleep
        self.looked_s = 0.0
        self._crs = _RATE_CODES[self.settings.rate_sps] << 4

    def configure(self) -> None:
        """Power up, calibrate the internal offset and start converting; takes about 1.2 s.

        May be repeated at any time. Raise ChipError with the likely cause, TransferError when the
        chip does not answer.
        """
        for wait_s in self.configuring():
            self._sleep(wait_s)

    def configuring(self) -> Iterator[float]:
        """`configure` in steps: yields the time to wait (s), so that other chips need not wait too.

        The revision can only be read once the digital part is up, so it comes after the reset.
        """
        registers = self._registers
        registers.write(PU_CTRL, RR)
        yield _RESET_S
        registers.write(PU_CTRL, 0)
        registers.write(PU_CTRL, PUD)
        yield _RESET_S
        yield from registers.wait(PU_CTRL, PUR, PUR, "its power-up", _LIMIT_PUR_S)
        registers.identify(DEVICE_REV, {REVISION: "NAU7802"}, "NAU7802", bits=0x0F)
        registers.configure(PU_CTRL, PUD | PUA | AVDDS, bits=PUD | PUA | AVDDS)
        registers.configure(CTRL1, VLDO_3V0 | GAIN_128)
        registers.configure(CTRL2, self._crs)
        registers.write(ADC, CHOPPER_OFF)
        registers.configure(PGA, 0)
        registers.configure(POWER, PGA_CAP_EN)
        yield _ANALOGUE_WAKE_UP_S
        registers.configure(PU_CTRL, self._running, bits=self._running)
        yield from self._discard()
        registers.write(CTRL2, self._crs | CALS)
        yield from registers.wait(CTRL2, CALS, 0, "its calibration", _LIMIT_CALIBRATION_S)
        if registers.read(CTRL2, 1)[0] & CAL_ERR:
            raise ChipError(f"{registers.where}: its calibration failed; check the cell's wiring")
        yield from self._discard()

    def read(self) -> Conversion | None:
        """Return the conversion that is ready, None when none is; the result is read in one burst."""
        since_s = self.looked_s
        looking_s = self._now()
        if not self._registers.read(PU_CTRL, 1)[0] & CR:
            self.looked_s = looking_s
            return None
        ready_s = self._now()
        counts = decode(self._registers.read(ADCO_B2, 3))
        self.looked_s = ready_s
        return Conversion(counts, since_s, self._now(), looking_s)

    def healthy(self) -> bool:
        """Tell whether the settings are still in place; a chip that reset itself is powered down.

        Powered down it has no register but PU_CTRL, which is therefore read alone and first.
        """
        registers = self._registers
        return (
            registers.read(PU_CTRL, 1)[0] & self._running == self._running
            and registers.read(CTRL1, 2) == bytes((VLDO_3V0 | GAIN_128, self._crs))
            and registers.read(PGA, 2) == bytes((0, PGA_CAP_EN))
        )

    def close(self) -> None:
        """Power the analogue and the digital part down."""
        self._registers.write(PU_CTRL, 0)

    @property
    def _running(self) -> int:
        return PUD | PUA | CS | AVDDS

    def _discard(self) -> Iterator[float]:
        period_s = 1.0 / self.settings.rate_sps
        for _ in range(_SETTLING_CONVERSIONS):
            yield from self._registers.wait(PU_CTRL, CR, CR, "a conversion", 0.1 + 3.0 * period_s)
            self._registers.read(ADCO_B2, 3)
        self.looked_s = self._now()
