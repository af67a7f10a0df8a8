"""Model of the AS5600: raw angle of a magnet, its status, and the address pointer that stands still."""

from math import pi

from tests.chips.chip import Chip, ModelViolationError, Register, ScalarSignal
from tests.chips.clock import VirtualClock

MAP = {
    0x00: Register("ZMCO"),
    0x01: Register("ZPOS_HIGH"),
    0x02: Register("ZPOS_LOW"),
    0x03: Register("MPOS_HIGH"),
    0x04: Register("MPOS_LOW"),
    0x05: Register("MANG_HIGH"),
    0x06: Register("MANG_LOW"),
    0x07: Register("CONF_HIGH", writable=0x3F),
    0x08: Register("CONF_LOW", writable=0xFF),
    0x0B: Register("STATUS"),
    0x0C: Register("RAW_ANGLE_HIGH"),
    0x0D: Register("RAW_ANGLE_LOW"),
    0x0E: Register("ANGLE_HIGH"),
    0x0F: Register("ANGLE_LOW"),
    0x1A: Register("AGC"),
    0x1B: Register("MAGNITUDE_HIGH"),
    0x1C: Register("MAGNITUDE_LOW"),
}
PAIRS = (0x0C, 0x0E, 0x1B)
SAMPLING_S = 150e-6
HYSTERESIS = 10


def standing(_t_s: float) -> float:
    """Angle of a magnet that stands still (rad)."""
    return 1.0


class As5600Model(Chip):
    """`angle`: angle of the magnet over all turns (rad) as a function of virtual time.

    `magnet`: "good", "weak", "strong" or "lost"; a lost magnet gives an arbitrary angle.
    """

    name = "as5600"
    registers = MAP
    boot_s = 0.01

    def __init__(self, clock: VirtualClock, *, angle: ScalarSignal = standing) -> None:
        self.angle = angle
        self.magnet = "good"
        self.latched = 0
        super().__init__(clock)

    def raw(self, t_s: float) -> int:
        """The angle the chip holds at a moment of virtual time (counts)."""
        if self.magnet == "lost":
            return self.random.randrange(4096)
        sampled_s = t_s // SAMPLING_S * SAMPLING_S
        (counts,) = self.counted((int(self.angle(sampled_s) / (2.0 * pi) * 4096.0),), 2**31)
        self.note(sampled_s, (counts,))
        return counts % 4096

    def fetched(self, address: int) -> int:
        if address == 0x0B:
            return {"good": 0x20, "weak": 0x30, "strong": 0x28, "lost": 0x10}[self.magnet]
        if address == 0x0C:
            self.latched = self.raw(self.clock.now())
            return self.latched >> 8
        if address == 0x0D:
            return self.latched & 0xFF
        if address in (0x0E, 0x0F):
            stuck = max(self.raw(self.clock.now()), HYSTERESIS)
            return stuck >> 8 if address == 0x0E else stuck & 0xFF
        return self.values[address]

    def next_pointer(self, address: int) -> int:
        if address == 0x0B:
            return -1
        if address - 1 in PAIRS:
            return address - 1
        return address + 1

    def send(self) -> int:
        if self.pointer == -1:
            raise ModelViolationError("as5600: burst beyond STATUS is undefined")
        return super().send()

    def wrote(self, address: int, value: int) -> None:
        if address == 0x08 and value & 0x30 == 0x30:
            raise ModelViolationError("as5600: output stage 3 is undefined")
