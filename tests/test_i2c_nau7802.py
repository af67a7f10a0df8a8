"""NAU7802 driver against its register-level model with a 200 kg load cell."""

import pytest

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus, TransferError
from firmware.i2c.nau7802 import Conversion, Nau7802, Settings, decode
from firmware.i2c.registers import ChipError
from tests.chips.bus import BCM2835, CONTROLLERS, Controller, Fault, ModelBus
from tests.chips.chip import Register, ScalarSignal
from tests.chips.clock import VirtualClock
from tests.chips.nau7802 import Nau7802Model

COUNTS_PER_KG = 21474.8  # 2 mV/V of 0.5 V/V over gain 128, 24 bits signed, 200 kg
G = 9.80665


class Bench:
    def __init__(
        self,
        force: ScalarSignal = lambda t: 0.0,
        *,
        rate_sps: int = 80,
        controller: Controller = BCM2835,
        rate_error: float = 0.0,
    ) -> None:
        self.clock = VirtualClock()
        self.chip = Nau7802Model(self.clock, force=force, rate_error=rate_error)
        self.model = ModelBus(self.clock, {0x2A: self.chip}, controller=controller, keep_log=True)
        self.slept: list[float] = []
        self.driver = Nau7802(
            Bus(self.model, "i2c-1"), Settings(rate_sps=rate_sps), now=self.clock.now, sleep=self.sleep
        )
        self.conversions: list[Conversion] = []

    def sleep(self, duration_s: float) -> None:
        self.slept.append(duration_s)
        self.clock.sleep(duration_s)

    def run(self, duration_s: float, every_s: float = 0.005) -> None:
        end_s = self.clock.now() + duration_s
        while self.clock.now() < end_s:
            self.clock.sleep(every_s)
            conversion = self.driver.read()
            if conversion is not None:
                self.conversions.append(conversion)


def test_decode_is_signed_big_endian() -> None:
    decoded = [decode(bytes.fromhex(h)) for h in ("000000", "000102", "7fffff", "800000", "ffffff", "fffe01")]
    assert decoded == [0, 0x102, 8388607, -8388608, -1, -511]
    with pytest.raises(ValueError, match="2 bytes"):
        decode(b"\x00\x00")


@pytest.mark.parametrize(("rate_sps", "ctrl2"), [(80, 0x30), (320, 0x70)])
def test_configuration_leaves_the_registers_as_the_sequence_says(rate_sps: int, ctrl2: int) -> None:
    bench = Bench(rate_sps=rate_sps)
    bench.driver.configure()
    expected = {"PU_CTRL": 0x96, "CTRL1": 0x2F, "CTRL2": ctrl2, "ADC": 0x30, "PGA": 0x00, "POWER": 0x80}
    assert {name: bench.chip[name] for name in expected} == expected
    assert bench.driver.healthy()


def test_configuration_takes_its_time_but_not_more() -> None:
    # 0.6 s for the regulator, 0.344 s for calibration, twice six conversions of 12.5 ms.
    bench = Bench()
    bench.driver.configure()
    assert 1.1 < bench.clock.now() < 1.25
    assert max(bench.slept) == pytest.approx(0.6)


def test_configuration_can_be_stepped_so_that_others_are_not_kept_waiting() -> None:
    bench = Bench()
    for wait_s in bench.driver.configuring():
        bench.clock.sleep(wait_s)
    assert bench.driver.healthy()


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
@pytest.mark.parametrize("kg", [0.0, 0.1, 20.0, 200.0, -5.0])
def test_force_has_the_cells_scale_from_the_first_reading(kg: float, controller: Controller) -> None:
    bench = Bench(lambda t: kg * G, controller=controller)
    bench.driver.configure()
    bench.run(0.5)
    assert len(bench.conversions) >= 38
    for conversion in bench.conversions:
        assert conversion.counts == pytest.approx(kg * COUNTS_PER_KG, abs=0.001 * abs(kg) * COUNTS_PER_KG + 1)
        assert not conversion.saturated


@pytest.mark.parametrize(("rate_sps", "every_s"), [(80, 0.005), (320, 0.0025)])
@pytest.mark.parametrize("rate_error", [-0.03, 0.0, 0.03])
def test_every_conversion_is_seen_once_and_bracketed_in_time(
    rate_sps: int, every_s: float, rate_error: float
) -> None:
    bench = Bench(rate_sps=rate_sps, rate_error=rate_error)
    bench.driver.configure()
    made, overwritten = bench.chip.conversions, bench.chip.overwritten
    bench.run(5.0, every_s)
    assert bench.chip.overwritten == overwritten
    assert bench.chip.conversions - made - len(bench.conversions) in (0, 1)
    for conversion, made_s in zip(bench.conversions, list(bench.chip.times_s)[made:], strict=False):
        assert conversion.since_s < made_s <= conversion.host_s
        assert conversion.host_s - conversion.since_s < 0.95 / rate_sps


def test_a_reading_is_one_poll_and_one_burst() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.clock.sleep(0.013)
    bench.model.load.log.clear()
    assert bench.driver.read() is not None
    assert bench.driver.read() is None
    assert bench.model.load.log == [(0x2A, 0x00, 1), (0x2A, 0x12, 3), (0x2A, 0x00, 1)]


def test_a_late_reading_says_that_others_may_be_missing() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.2)
    bench.clock.sleep(0.1)
    conversion = bench.driver.read()
    assert conversion is not None
    assert conversion.host_s - conversion.since_s > 0.1
    assert bench.chip.overwritten >= 6


@pytest.mark.parametrize("kg", [-1000.0, 1000.0])
def test_overload_is_saturated(kg: float) -> None:
    bench = Bench(lambda t: kg * G)
    bench.driver.configure()
    bench.run(0.1)
    assert all(c.saturated for c in bench.conversions)
    assert len(bench.conversions) > 5


@pytest.mark.fault(15)
def test_a_broken_wire_is_saturated_and_back_when_mended() -> None:
    bench = Bench(lambda t: 10.0 * G)
    bench.driver.configure()
    bench.chip.broken_wire = True
    bench.run(0.2)
    broken = bench.conversions[-1]
    assert broken.saturated
    bench.chip.broken_wire = False
    bench.run(0.2)
    mended = bench.conversions[-1]
    assert not mended.saturated
    assert bench.conversions[-1].counts == pytest.approx(10.0 * COUNTS_PER_KG, rel=1e-4)


def test_the_first_transaction_may_be_refused_once() -> None:
    bench = Bench()
    bench.model.inject(Fault.NACK, address=0x2A)
    bench.driver.configure()
    assert bench.driver.healthy()


def test_failures_of_the_sequence_name_the_likely_cause() -> None:
    wrong = Bench()
    wrong.chip.registers = dict(wrong.chip.registers) | {0x1F: Register("DEVICE_REV", reset=0x04)}
    with pytest.raises(ChipError, match="identity is 0x04"):
        wrong.driver.configure()
    failed = Bench()
    failed.chip.calibration_fails = True
    with pytest.raises(ChipError, match="calibration failed; check the cell's wiring"):
        failed.driver.configure()
    silent = Bench()
    silent.chip.silent = True
    with pytest.raises(ChipError, match=r"a conversion did not finish within .*; check its supply"):
        silent.driver.configure()
    absent = Bench()
    absent.chip.present = False
    with pytest.raises(TransferError, match="nothing answers"):
        absent.driver.configure()


def test_a_silent_reset_is_noticed_and_repaired() -> None:
    bench = Bench(lambda t: 7.0 * G)
    bench.driver.configure()
    bench.run(0.2)
    bench.chip.brown_out()
    bench.clock.sleep(0.01)
    # A powered-down NAU7802 answers with PU_CTRL alone; nothing is ever ready.
    assert bench.driver.read() is None
    assert not bench.driver.healthy()
    bench.driver.configure()
    assert bench.driver.healthy()
    bench.run(0.2)
    assert bench.conversions[-1].counts == pytest.approx(7.0 * COUNTS_PER_KG, rel=1e-4)


@pytest.mark.parametrize("name", ["CTRL1", "CTRL2", "POWER"])
def test_health_notices_any_setting_that_is_gone(name: str) -> None:
    bench = Bench()
    bench.driver.configure()
    address = next(a for a, register in bench.chip.registers.items() if register.name == name)
    bench.chip.values[address] = 0
    assert not bench.driver.healthy()


def test_a_stuck_ready_bit_gives_no_conversion() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.chip.silent = True
    bench.run(0.3)
    assert bench.conversions == []


def test_closing_powers_down() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.driver.close()
    assert bench.chip["PU_CTRL"] == 0


def test_an_impossible_rate_is_refused() -> None:
    with pytest.raises(BadInputError, match="rate_sps is 100"):
        Settings(rate_sps=100)
