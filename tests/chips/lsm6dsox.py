"""Model of LSM6DSOX, LSM6DSO and LSM6DSO32: registers, clock, and the FIFO that goes on filling."""

import struct
from collections import deque
from math import pi

from tests.chips.chip import Chip, ModelViolationError, Register, Vector, VectorSignal, at_rest, not_turning
from tests.chips.clock import VirtualClock

RATE_HZ = {0: 0.0, **{code: 6667.0 / 2 ** (10 - code) for code in range(1, 11)}}
ACCEL_MG = {
    "lsm6dsox": {0: 0.061, 1: 0.488, 2: 0.122, 3: 0.244},
    "lsm6dso": {0: 0.061, 1: 0.488, 2: 0.122, 3: 0.244},
    "lsm6dso32": {0: 0.122, 1: 0.976, 2: 0.244, 3: 0.488},
}
GYRO_MDPS = {0: 8.75, 1: 4.375, 2: 17.5, 4: 35.0, 6: 70.0}
FIFO_WORDS = 512
WORD_BYTES = 7
MOST_WORDS_PER_SLOT = 3
RESET_S = 0.015
GYRO_START_S = 0.07
TICKS_PER_SLOT_AT_6667_HZ = 6  # 40 kHz timestamp clock over 6667 Hz, one oscillator for both

MAP = {
    0x01: Register("FUNC_CFG_ACCESS"),
    0x02: Register("PIN_CTRL", reset=0x3F, writable=0xC0),
    0x07: Register("FIFO_CTRL1", writable=0xFF),
    0x08: Register("FIFO_CTRL2", writable=0xD7),
    0x09: Register("FIFO_CTRL3", writable=0xFF),
    0x0A: Register("FIFO_CTRL4", writable=0xF7),
    0x0F: Register("WHO_AM_I", reset=0x6C),
    0x10: Register("CTRL1_XL", writable=0xFE),
    0x11: Register("CTRL2_G", writable=0xFE),
    0x12: Register("CTRL3_C", reset=0x04, writable=0x7C, commands=0x01),
    0x13: Register("CTRL4_C", writable=0x6A),
    0x14: Register("CTRL5_C", writable=0xFF),
    0x15: Register("CTRL6_C", writable=0xFF),
    0x16: Register("CTRL7_G", writable=0xF2),
    0x17: Register("CTRL8_XL", writable=0xFF),
    0x18: Register("CTRL9_XL", reset=0xE0, writable=0xFE),
    0x19: Register("CTRL10_C", writable=0x20),
    0x1E: Register("STATUS_REG"),
    0x3A: Register("FIFO_STATUS1"),
    0x3B: Register("FIFO_STATUS2"),
    0x40: Register("TIMESTAMP0"),
    0x41: Register("TIMESTAMP1"),
    0x42: Register("TIMESTAMP2", commands=0xFF),
    0x43: Register("TIMESTAMP3"),
    0x63: Register("INTERNAL_FREQ_FINE"),
    0x78: Register("FIFO_DATA_OUT_TAG"),
    **{0x79 + i: Register(f"FIFO_DATA_OUT_{i}") for i in range(6)},
}


class Lsm6dsoxModel(Chip):
    """`acceleration` (m/s2, specific force) and `rate` (rad/s) are functions of virtual time.

    `slots_made` counts samples put into the FIFO, `words_overwritten` words that fell out of it.
    `trimmed` False: INTERNAL_FREQ_FINE knows nothing of `rate_error`, as after a change of temperature.
    """

    name = "lsm6dsox"
    registers = MAP
    boot_s = 0.01

    def __init__(
        self,
        clock: VirtualClock,
        *,
        acceleration: VectorSignal = at_rest,
        rate: VectorSignal = not_turning,
        variant: str = "lsm6dsox",
        identity: int = 0x6C,
        rate_error: float = 0.0,
        trimmed: bool = True,
    ) -> None:
        self.acceleration = acceleration
        self.rate = rate
        self.variant = variant
        self.identity = identity
        self.trimmed = trimmed
        self.slots_made = 0
        self.words_overwritten = 0
        super().__init__(clock, rate_error=rate_error)

    def power_up(self) -> None:
        super().power_up()
        self.values[0x0F] = self.identity
        trim = round(self.rate_error / 0.0015) if self.trimmed else 0
        self.values[0x63] = trim & 0xFF
        self.fifo: deque[bytes] = deque()
        self.overrun_latched = False
        self.resetting_until_s: float | None = None
        self.clock_zero_s = self.clock.now()
        self.clock_zero_ticks = 0
        self.next_slot_s: float | None = None
        self.gyro_on_s = 0.0
        self.accel_on_s = 0.0
        self.slot_index = 0
        self.word = b""
        self.level = 0

    def ticks(self, t_s: float) -> int:
        """The chip's clock at a moment of virtual time."""
        if not self.values[0x19] & 0x20:
            return 0
        elapsed = (t_s - self.clock_zero_s) * (1.0 + self.rate_error) / 25e-6
        return (self.clock_zero_ticks + int(elapsed + 1e-6)) % 2**32

    def slot_s(self) -> float:
        """Time between samples on the true clock (s)."""
        code = max(self.values[0x10] >> 4, self.values[0x11] >> 4)
        return TICKS_PER_SLOT_AT_6667_HZ * 2.0 ** (10 - code) * 25e-6 / (1.0 + self.rate_error)

    def catch_up(self) -> None:
        now = self.clock.now()
        if self.resetting_until_s is not None and now >= self.resetting_until_s:
            addressed = self.pointer  # of the bus interface, which goes on while the registers are reset
            self.power_up()
            self.pointer = addressed
        if self.next_slot_s is None or self.next_slot_s > now:
            return
        slot_s = self.slot_s()
        while self.next_slot_s <= now:
            if not self.skips or round(self.next_slot_s / slot_s) % self.skips:
                self._sample(self.next_slot_s)
            self.next_slot_s += slot_s

    def started(self) -> None:
        self.word = b""

    def wrote(self, address: int, value: int) -> None:
        if self.resetting_until_s is not None:
            raise ModelViolationError("lsm6dsox: written while its reset runs")
        match address:
            case 0x0A:
                if value & 7 not in (0, 6):
                    raise ModelViolationError(f"lsm6dsox: FIFO mode {value & 7} is not modelled")
                if not value & 7:
                    self.fifo.clear()
                    self.overrun_latched = False
                else:
                    self.slot_index = 0
            case 0x10 | 0x11:
                self._rate_changed(address)
            case 0x12 if value & 0x01:
                if self.values[0x0A] & 7:
                    raise ModelViolationError("lsm6dsox: reset with the FIFO on can end in I3C-only mode")
                self.resetting_until_s = self.clock.now() + RESET_S
            case 0x19:
                self.clock_zero_s = self.clock.now()
            case 0x42:
                if value != 0xAA:
                    raise ModelViolationError(f"lsm6dsox: TIMESTAMP2 written {value:#04x}")
                self.clock_zero_s = self.clock.now()
                self.clock_zero_ticks = 0
                self.values[0x42] = 0

    def fetched(self, address: int) -> int:
        if 0x40 <= address <= 0x43:
            return self.ticks(self.clock.now()) >> (8 * (address - 0x40)) & 0xFF
        if address == 0x3A:
            self.level = len(self.fifo)
            return self.level & 0xFF
        if address == 0x3B:
            full = len(self.fifo) == FIFO_WORDS
            latched = self.overrun_latched
            self.overrun_latched = False
            watermark = self.values[0x07] | (self.values[0x08] & 1) << 8
            reached = bool(watermark) and self.level >= watermark
            return reached << 7 | (full and latched) << 6 | full << 5 | latched << 3 | self.level >> 8
        if address == 0x78:
            if not self.fifo:
                raise ModelViolationError("lsm6dsox: FIFO read beyond its content")
            self.word = self.fifo.popleft()
            return self.word[0]
        if 0x79 <= address <= 0x7E:
            if not self.word:
                raise ModelViolationError("lsm6dsox: FIFO data read without its tag")
            return self.word[address - 0x78]
        return self.values[address]

    def next_pointer(self, address: int) -> int:
        if not self.values[0x12] & 0x04:
            return address
        return 0x78 if address == 0x7E else address + 1

    def send_burst(self, count: int, byte_s: float) -> bytes:
        """As for any chip; whole words at once where the FIFO cannot overflow before they have left."""
        self.catch_up()
        words = min(count // WORD_BYTES, len(self.fifo))
        if (
            self.pointer != 0x78
            or not self.values[0x12] & 0x04
            or not words
            or self._may_fill(count * byte_s)
        ):
            return super().send_burst(count, byte_s)
        data = [self.fifo.popleft() for _ in range(words)]
        self.word = data[-1]
        self.clock.sleep(words * WORD_BYTES * byte_s)
        return b"".join(data) + super().send_burst(count - words * WORD_BYTES, byte_s)

    def _may_fill(self, within_s: float) -> bool:
        if self.next_slot_s is None:
            return False
        slots = within_s / self.slot_s() + 1.0
        return len(self.fifo) + MOST_WORDS_PER_SLOT * slots >= FIFO_WORDS

    def _rate_changed(self, address: int) -> None:
        now = self.clock.now()
        if self.values[address] >> 4 not in RATE_HZ:
            raise ModelViolationError(f"lsm6dsox: rate code {self.values[address] >> 4} is not modelled")
        if address == 0x11:
            self.gyro_on_s = now
            if self.values[0x11] >> 1 & 7 not in GYRO_MDPS:
                raise ModelViolationError(f"lsm6dsox: gyro range {self.values[0x11] >> 1 & 7} is undefined")
        else:
            self.accel_on_s = now
        running = self.values[0x10] >> 4 or self.values[0x11] >> 4
        self.next_slot_s = now + self.slot_s() if running else None

    def _sample(self, t_s: float) -> None:
        if self.values[0x0A] & 7 != 6:
            return
        words = []
        counts = self.counted(self._accel(t_s) + self._gyro(t_s), 0x7FFF)
        accel, gyro = counts[:3], counts[3:]
        self.note(t_s, counts)
        gyro_code, accel_code = self.values[0x09] >> 4, self.values[0x09] & 0x0F
        for code, odr in ((gyro_code, self.values[0x11] >> 4), (accel_code, self.values[0x10] >> 4)):
            if code not in (0, odr):
                raise ModelViolationError(f"lsm6dsox: batched at code {code} while sampling at {odr}")
        if gyro_code and self.values[0x11] >> 4:
            words.append((0x01, struct.pack("<3h", *gyro)))
        if accel_code and self.values[0x10] >> 4:
            words.append((0x02, struct.pack("<3h", *accel)))
        if self.values[0x0A] >> 6 == 1 and self.values[0x19] & 0x20:
            words.append((0x04, struct.pack("<IH", self.ticks(t_s), 0)))
        turn = self.slot_index % max(len(words), 1)
        for tag, data in words[turn:] + words[:turn]:
            self._push(tag, data)
        self.slot_index += 1
        self.slots_made += 1

    def _push(self, tag: int, data: bytes) -> None:
        head = tag << 3 | (self.slot_index & 3) << 1
        head |= head.bit_count() & 1
        if len(self.fifo) == FIFO_WORDS:
            self.fifo.popleft()
            self.words_overwritten += 1
            self.overrun_latched = True
        self.fifo.append(bytes((head,)) + data)

    def _gyro(self, t_s: float) -> tuple[int, ...]:
        if t_s < self.gyro_on_s + GYRO_START_S:
            return self._unsettled()
        per_rad = 180.0 / pi * 1000.0 / GYRO_MDPS[self.values[0x11] >> 1 & 7]
        return _counts(self.rate(t_s), per_rad)

    def _accel(self, t_s: float) -> tuple[int, ...]:
        if t_s < self.accel_on_s + 2.5 * self.slot_s():
            return self._unsettled()
        per_g = 1000.0 / ACCEL_MG[self.variant][self.values[0x10] >> 2 & 3]
        return _counts(self.acceleration(t_s), per_g / 9.80665)

    def _unsettled(self) -> tuple[int, ...]:
        if self.values[0x13] & 0x08:
            return (0x7FFF, 0x7FFE, 0x7FFD)
        return (1234, -4321, 777)


def _counts(vector: Vector, per_unit: float) -> tuple[int, ...]:
    x, y, z = vector
    counts = (round(x * per_unit), round(y * per_unit), round(z * per_unit))
    if min(counts) >= -32768 and max(counts) <= 32767:
        return counts
    return tuple(max(-32768, min(32767, count)) for count in counts)
