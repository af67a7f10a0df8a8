"""Model of the MPU-6050: registers and the FIFO of bytes that knows no samples."""

import struct
from collections import deque
from math import pi

from tests.chips.chip import Chip, ModelViolationError, Register, VectorSignal, at_rest, not_turning
from tests.chips.clock import VirtualClock

MAP = {
    **{0x06 + i: Register(f"OFFSET_{i}", writable=0xFF) for i in range(6)},
    0x19: Register("SMPLRT_DIV", writable=0xFF),
    0x1A: Register("CONFIG", writable=0x3F),
    0x1B: Register("GYRO_CONFIG", writable=0xF8),
    0x1C: Register("ACCEL_CONFIG", writable=0xF8),
    0x23: Register("FIFO_EN", writable=0xFF),
    0x24: Register("I2C_MST_CTRL", writable=0xFF),
    0x37: Register("INT_PIN_CFG", writable=0xFE),
    0x38: Register("INT_ENABLE", writable=0x19),
    0x3A: Register("INT_STATUS"),
    **{0x3B + i: Register(f"OUT_{i}") for i in range(14)},
    0x68: Register("SIGNAL_PATH_RESET", commands=0x07, readable=False),
    0x6A: Register("USER_CTRL", writable=0xF0, commands=0x0F),
    0x6B: Register("PWR_MGMT_1", reset=0x40, writable=0x6F, commands=0x80),
    0x6C: Register("PWR_MGMT_2", writable=0xFF),
    0x72: Register("FIFO_COUNTH"),
    0x73: Register("FIFO_COUNTL"),
    0x74: Register("FIFO_R_W", writable=0xFF),
    0x75: Register("WHO_AM_I", reset=0x68),
}
ACCEL_PER_G = (16384.0, 8192.0, 4096.0, 2048.0)
GYRO_PER_DPS = (131.0, 65.5, 32.8, 16.4)
FIFO_BYTES = 1024
MOST_SAMPLE_BYTES = 14
RESET_S = 0.1
GYRO_START_S = 0.06
ACCEL_START_S = 0.02
DELAY_S = (
    (0.0, 0.00098),
    (0.002, 0.0019),
    (0.003, 0.0028),
    (0.0049, 0.0048),
    (0.0085, 0.0083),
    (0.0138, 0.0134),
    (0.019, 0.0186),
)
"""By DLPF_CFG: how late the filters of accelerometer and gyroscope are (register map, section 4.3)."""


class Mpu6050Model(Chip):
    """`acceleration` (m/s2, specific force) and `rate` (rad/s) are functions of virtual time.

    `samples_made` counts samples written to the FIFO; `bytes_overwritten` what fell out of it.
    """

    name = "mpu6050"
    registers = MAP
    boot_s = 0.1

    def __init__(
        self,
        clock: VirtualClock,
        *,
        acceleration: VectorSignal = at_rest,
        rate: VectorSignal = not_turning,
        identity: int = 0x68,
        rate_error: float = 0.0,
    ) -> None:
        self.acceleration = acceleration
        self.rate = rate
        self.identity = identity
        self.samples_made = 0
        self.times_s: deque[float] = deque(maxlen=100_000)
        self.bytes_overwritten = 0
        super().__init__(clock, rate_error=rate_error)

    def power_up(self) -> None:
        super().power_up()
        self.values[0x75] = self.identity
        self.fifo: deque[int] = deque()
        self.busy_until_s = self.clock.now()
        self.awake_since_s = 0.0
        self.next_s: float | None = None
        self.overflowed = False
        self.count_latched: int | None = None

    def period_s(self) -> float:
        """Time between samples on the true clock (s)."""
        base_hz = 8000.0 if self.values[0x1A] & 7 in (0, 7) else 1000.0
        return (1 + self.values[0x19]) / (base_hz * (1.0 + self.rate_error))

    def delays_s(self) -> tuple[float, float]:
        """How much older than its sample is what accelerometer and gyroscope show (s)."""
        return DELAY_S[self.values[0x1A] & 7]

    def catch_up(self) -> None:
        now = self.clock.now()
        if self.next_s is None or self.next_s > now:
            return
        period_s = self.period_s()
        while self.next_s <= now:
            self._sample(self.next_s)
            self.next_s += period_s

    def started(self) -> None:
        self.count_latched = None

    def receive(self, data: bytes) -> bool:
        if self.clock.now() < self.busy_until_s:
            raise ModelViolationError("mpu6050: accessed while its reset runs")
        return super().receive(data)

    def wrote(self, address: int, value: int) -> None:
        now = self.clock.now()
        match address:
            case 0x6B if value & 0x80:
                self.power_up()
                self.busy_until_s = now + RESET_S
            case 0x6B:
                if value & 0x27 not in (1, 2, 3):
                    raise ModelViolationError(f"mpu6050: clock source {value & 7} is not one to measure with")
                asleep = bool(value & 0x40)
                self.awake_since_s = now
                self.next_s = None if asleep else now + self.period_s()
            case 0x68:
                self.values[0x68] = 0
                self.busy_until_s = now + RESET_S
            case 0x6A:
                if value & 0xB0:
                    raise ModelViolationError(f"mpu6050: USER_CTRL {value:#04x} is not modelled")
                if value & 0x04:
                    if value & 0x40:
                        raise ModelViolationError("mpu6050: FIFO reset while the FIFO is enabled")
                    self.fifo.clear()
                    self.overflowed = False
                self.values[0x6A] = value & 0xF0
            case 0x23:
                if value & 0x07:
                    raise ModelViolationError("mpu6050: there is no slave on the auxiliary bus")
            case 0x19 | 0x1A if self.next_s is not None:
                self.next_s = now + self.period_s()

    def fetched(self, address: int) -> int:
        if address == 0x3A:
            overflowed, self.overflowed = self.overflowed, False
            return overflowed << 4
        if 0x3B <= address <= 0x48:
            raise ModelViolationError("mpu6050: output registers are not modelled, use the FIFO")
        if address == 0x72:
            self.count_latched = len(self.fifo)
            return self.count_latched >> 8
        if address == 0x73:
            if self.count_latched is None:
                raise ModelViolationError("mpu6050: FIFO_COUNT read in pieces")
            return self.count_latched & 0xFF
        if address == 0x74:
            if not self.fifo:
                raise ModelViolationError("mpu6050: FIFO read beyond its content")
            return self.fifo.popleft()
        return self.values[address]

    def next_pointer(self, address: int) -> int:
        return address if address == 0x74 else address + 1

    def send_burst(self, count: int, byte_s: float) -> bytes:
        """As for any chip; at once where the FIFO cannot overflow before the bytes have left."""
        self.catch_up()
        bytes_made = MOST_SAMPLE_BYTES * (count * byte_s / self.period_s() + 1.0)
        if self.pointer != 0x74 or count > len(self.fifo) or len(self.fifo) + bytes_made >= FIFO_BYTES:
            return super().send_burst(count, byte_s)
        self.clock.sleep(count * byte_s)
        return bytes([self.fifo.popleft() for _ in range(count)])

    def _sample(self, t_s: float) -> None:
        enabled = self.values[0x23]
        if not self.values[0x6A] & 0x40 or not enabled:
            return
        data = b""
        counts = self.counted((*self._accel(t_s), *self._gyro(t_s)), 0x7FFF)
        accel, gyro = counts[:3], counts[3:]
        self.note(t_s - 0.5 * sum(self.delays_s()), counts)
        if enabled & 0x08:
            data += struct.pack(">3h", *accel)
        if enabled & 0x80:
            data += struct.pack(">h", 0)
        data += b"".join(struct.pack(">h", gyro[i]) for i in range(3) if enabled & (0x40 >> i))
        self.fifo.extend(data)
        while len(self.fifo) > FIFO_BYTES:
            self.fifo.popleft()
            self.bytes_overwritten += 1
            self.overflowed = True
        self.samples_made += 1
        self.times_s.append(t_s)

    def _accel(self, t_s: float) -> list[int]:
        if t_s < self.awake_since_s + ACCEL_START_S:
            return [1111, -2222, 3333]
        per_g = ACCEL_PER_G[self.values[0x1C] >> 3 & 3]
        return [_clamped(x / 9.80665 * per_g) for x in self.acceleration(t_s - self.delays_s()[0])]

    def _gyro(self, t_s: float) -> list[int]:
        if t_s < self.awake_since_s + GYRO_START_S or self.values[0x6C]:
            return [4444, -5555, 6666]
        per_dps = GYRO_PER_DPS[self.values[0x1B] >> 3 & 3]
        return [_clamped(x * 180.0 / pi * per_dps) for x in self.rate(t_s - self.delays_s()[1])]


def _clamped(value: float) -> int:
    return max(-32768, min(32767, round(value)))
