"""Model of the NAU7802 with a load cell: power-up, calibration, settling, conversions, saturation."""

from collections import deque

from tests.chips.chip import Chip, ModelViolationError, Register, ScalarSignal
from tests.chips.clock import VirtualClock

MAP = {
    0x00: Register("PU_CTRL", writable=0xD7),
    0x01: Register("CTRL1", writable=0xFF),
    0x02: Register("CTRL2", writable=0xF3, commands=0x04),
    **{0x03 + i: Register(f"OCAL1_B{2 - i}", writable=0xFF) for i in range(3)},
    **{0x06 + i: Register(f"GCAL1_B{3 - i}", reset=0x80 * (i == 1), writable=0xFF) for i in range(4)},
    0x11: Register("I2C_CTRL", writable=0xBF),
    0x12: Register("ADCO_B2"),
    0x13: Register("ADCO_B1"),
    0x14: Register("ADCO_B0"),
    0x15: Register("ADC", writable=0x30, readable=False),
    0x1B: Register("PGA", writable=0xF9),
    0x1C: Register("POWER", writable=0xFF),
    0x1F: Register("DEVICE_REV", reset=0x0F),
}
RATE_SPS = {0: 10.0, 1: 20.0, 2: 40.0, 3: 80.0, 7: 320.0}
RAIL = 0x7FFFFF
PUR_S = 200e-6
RESET_S = 1e-3
LDO_RAMP_S = 0.5
CALIBRATION_S = 0.344
SETTLING = 5
INTERNAL_OFFSET = 30_000
RAMP_OFFSET = 200_000
CHOPPER_OFFSET = 9_000


def unloaded(_t_s: float) -> float:
    """Force on a cell with nothing on it (N)."""
    return 0.0


class Nau7802Model(Chip):
    """`force` (N) pulls at a cell of `rating_n` with `output_v_per_v` at its rating.

    `broken_wire`: the input floats to the rail. `calibration_fails`: CAL_ERR is set. `silent`: no
    conversion ever becomes ready. `conversions` counts all made since power-up, `overwritten` those
    that nobody had read when the next came.
    """

    name = "nau7802"
    registers = MAP
    boot_s = 0.001

    def __init__(
        self,
        clock: VirtualClock,
        *,
        force: ScalarSignal = unloaded,
        rating_n: float = 200.0 * 9.80665,
        output_v_per_v: float = 2e-3,
        rate_error: float = 0.0,
    ) -> None:
        self.force = force
        self.rating_n = rating_n
        self.output_v_per_v = output_v_per_v
        self.broken_wire = False
        self.calibration_fails = False
        self.silent = False
        self.conversions = 0
        self.overwritten = 0
        self.times_s: deque[float] = deque(maxlen=100_000)
        super().__init__(clock, rate_error=rate_error)

    def power_up(self) -> None:
        super().power_up()
        self.reset_began_s: float | None = None
        self.digital_on_s: float | None = None
        self.analogue_on_s: float | None = None
        self.calibrating_until_s: float | None = None
        self.next_s: float | None = None
        self.result = 0
        self.result_ready = False
        self.latched: int | None = None
        self.unsettled = 0
        self.offset = INTERNAL_OFFSET

    def period_s(self) -> float:
        """Time between conversions on the true clock (s)."""
        return 1.0 / (RATE_SPS[self.values[0x02] >> 4 & 7] * (1.0 + self.rate_error))

    def powered(self) -> bool:
        """Tell whether the digital part is up (PUR)."""
        return self.digital_on_s is not None and self.clock.now() >= self.digital_on_s + PUR_S

    def catch_up(self) -> None:
        now = self.clock.now()
        if self.calibrating_until_s is not None and now >= self.calibrating_until_s:
            self._calibrated(self.calibrating_until_s)
        while self.next_s is not None and self.next_s <= now:
            self._convert(self.next_s)
            self.next_s += self.period_s()

    def started(self) -> None:
        self.latched = None

    def wrote(self, address: int, value: int) -> None:
        if address == 0x00:
            self._power(value)
            return
        if not self.powered():
            raise ModelViolationError(f"nau7802: register {address:#04x} written before PUR")
        if self.calibrating_until_s is not None:
            raise ModelViolationError("nau7802: written while its calibration runs")
        if address == 0x01 and value >> 3 & 7 < 5:
            raise ModelViolationError("nau7802: excitation above 3.0 V from a supply of 3.3 V")
        if address == 0x02:
            if value >> 4 & 7 not in RATE_SPS:
                raise ModelViolationError(f"nau7802: rate code {value >> 4 & 7} is undefined")
            if value & 0x03:
                raise ModelViolationError("nau7802: only the internal offset calibration is modelled")
            if value & 0x04:
                self._calibrate()
        if address == 0x11 and value:
            raise ModelViolationError("nau7802: I2C_CTRL is not modelled")
        self._restart()

    def fetched(self, address: int) -> int:
        if address == 0x00:
            ready = self.result_ready and not self.silent
            return self.values[0] & 0xD7 | self.powered() << 3 | ready << 5
        if not self.powered():
            raise ModelViolationError(f"nau7802: register {address:#04x} read before PUR")
        if address == 0x12:
            self.latched = self.result & 0xFFFFFF
            self.result_ready = False
        if 0x12 <= address <= 0x14:
            if self.latched is None:
                raise ModelViolationError("nau7802: result read in pieces")
            return self.latched >> (8 * (0x14 - address)) & 0xFF
        return self.values[address]

    def _power(self, value: int) -> None:
        now = self.clock.now()
        if value & 0x01:
            self.power_up()
            self.values[0x00] = value
            self.reset_began_s = now
            return
        if self.reset_began_s is not None:
            if now - self.reset_began_s < RESET_S:
                raise ModelViolationError("nau7802: reset pulse shorter than 1 ms")
            self.reset_began_s = None
        self.digital_on_s = (self.digital_on_s or now) if value & 0x02 else None
        self.analogue_on_s = (self.analogue_on_s or now) if value & 0x84 == 0x84 else None
        self._restart()

    def _restart(self) -> None:
        converting = self.values[0x00] & 0x96 == 0x96 and self.calibrating_until_s is None
        self.next_s = self.clock.now() + self.period_s() if converting else None
        self.unsettled = SETTLING
        self.result_ready = False

    def _calibrate(self) -> None:
        if self.analogue_on_s is None:
            raise ModelViolationError("nau7802: calibration without analogue supply")
        self.calibrating_until_s = self.clock.now() + CALIBRATION_S
        self.next_s = None

    def _calibrated(self, t_s: float) -> None:
        self.calibrating_until_s = None
        self.values[0x02] &= ~0x04
        if self.calibration_fails:
            self.values[0x02] |= 0x08
        self.offset = -self._ramp(t_s - CALIBRATION_S)
        self.next_s = t_s + self.period_s()
        self.unsettled = SETTLING

    def _ramp(self, t_s: float) -> int:
        """The offset of a regulator that still rises (counts)."""
        on_s = self.analogue_on_s if self.analogue_on_s is not None else t_s
        return int(RAMP_OFFSET * max(0.0, 1.0 - (t_s - on_s) / LDO_RAMP_S))

    def _convert(self, t_s: float) -> None:
        self.overwritten += self.result_ready
        self.conversions += 1
        self.times_s.append(t_s)
        (self.result,) = self.counted((self._counts(t_s),), RAIL)
        self.note(t_s, (self.result,))
        self.result_ready = True

    def _counts(self, t_s: float) -> int:
        if self.broken_wire:
            return RAIL
        gain = 1 if self.values[0x1B] & 0x10 else 2 ** (self.values[0x01] & 7)
        share = self.force(t_s) / self.rating_n * self.output_v_per_v * gain / 0.5
        if self.values[0x1B] & 0x08:
            share = -share
        if self.values[0x02] & 0x80:
            share = 0.0
        counts = share * 2**23
        if self.unsettled:
            self.unsettled -= 1
            counts = counts / 2 + 12_345
        counts += self.offset + self._ramp(t_s)
        if self.values[0x15] != 0x30:
            counts += CHOPPER_OFFSET
        if not self.values[0x1C] & 0x80:
            counts += self.random.randrange(-4000, 4000)
        return max(-RAIL - 1, min(RAIL, round(counts)))
