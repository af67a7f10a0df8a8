"""The bus: its transactions, its retries and the words of its errors."""

import errno
import fcntl
import os

import pytest
import smbus2.smbus2
from smbus2 import i2c_msg

from firmware.errors import FaultError
from firmware.i2c.bus import Bus, BusUnavailableError, TransferError
from firmware.i2c.registers import ChipError, Registers
from tests.chips.bus import BCM2835, CONTROLLERS, DESIGNWARE, I2C_GPIO, Controller, Fault, ModelBus
from tests.chips.chip import Chip, ModelViolationError, Register
from tests.chips.clock import VirtualClock

ADDRESS = 0x20


class Memory(Chip):
    """Sixteen plain registers, one of them read-only, one with reserved bits."""

    name = "memory"
    registers = {a: Register(f"R{a}", reset=a, writable=0xFF) for a in range(14)} | {
        14: Register("READ_ONLY", reset=0x5A),
        15: Register("HALF", reset=0xF0, writable=0x0F),
    }


def bench(controller: Controller = BCM2835) -> tuple[VirtualClock, Memory, ModelBus, Bus]:
    clock = VirtualClock()
    chip = Memory(clock)
    model = ModelBus(clock, {ADDRESS: chip}, controller=controller, keep_log=True)
    return clock, chip, model, Bus(model, "i2c-1")


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
def test_written_registers_come_back_in_one_transaction_each(controller: Controller) -> None:
    _, _, model, bus = bench(controller)
    bus.write(ADDRESS, 3, b"\x11\x22")
    assert bus.read(ADDRESS, 2, 4) == b"\x02\x11\x22\x05"
    assert model.load.log == [(ADDRESS, 3, 0), (ADDRESS, 2, 4)]
    assert bus.transactions == 2


def test_wire_time_is_counted_bit_by_bit() -> None:
    # START, address, register, repeated START, address, 14 bytes, STOP: 3 + 9 * 17 bits of 2.5 us = 390 us.
    clock, _, model, bus = bench()
    bus.read(ADDRESS, 0, 14)
    assert clock.now() == pytest.approx(390e-6)
    assert model.load.busy_s == pytest.approx(390e-6)


TRANSIENT = [
    (BCM2835, Fault.NACK, 121),
    (BCM2835, Fault.SHORT, 5),
    (DESIGNWARE, Fault.ARBITRATION, 11),
    (DESIGNWARE, Fault.NACK, 121),
    (I2C_GPIO, Fault.NACK, 6),
    (I2C_GPIO, Fault.DATA_NACK, 5),
    (BCM2835, Fault.HANG, 110),
]


@pytest.mark.fault(1, 5)
@pytest.mark.parametrize(("controller", "fault", "number"), TRANSIENT)
def test_one_transient_error_is_retried_and_counted(
    controller: Controller, fault: Fault, number: int
) -> None:
    _, _, model, bus = bench(controller)
    model.inject(fault, address=ADDRESS)
    assert bus.read(ADDRESS, 4, 1) == b"\x04"
    assert dict(bus.errors) == {(ADDRESS, number): 1}


@pytest.mark.parametrize(("controller", "fault", "number"), TRANSIENT)
def test_retries_are_bounded(controller: Controller, fault: Fault, number: int) -> None:
    _, _, model, bus = bench(controller)
    model.inject(fault, address=ADDRESS, times=50)
    with pytest.raises(TransferError) as caught:
        bus.read(ADDRESS, 4, 1)
    tries = 2 if number == 110 else 3
    assert dict(bus.errors) == {(ADDRESS, number): tries}
    assert (caught.value.address, caught.value.errno) == (ADDRESS, number)
    assert "i2c-1 address 0x20" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, FaultError)


def test_a_hang_costs_the_short_timeout_of_virtual_time() -> None:
    clock, _, model, bus = bench()
    model.inject(Fault.HANG, address=ADDRESS)
    bus.read(ADDRESS, 0, 1)
    assert 0.05 < clock.now() < 0.051


def test_a_stuck_bus_fails_every_address_within_a_tenth_of_a_second() -> None:
    clock, _, model, bus = bench()
    model.stuck = True
    with pytest.raises(TransferError, match="hangs"):
        bus.read(ADDRESS, 0, 1)
    assert clock.now() == pytest.approx(0.1)
    model.stuck = False
    assert bus.read(ADDRESS, 9, 1) == b"\x09"


def test_a_read_that_consumes_is_repeated_only_when_nothing_can_be_gone() -> None:
    _, _, model, bus = bench()
    model.inject(Fault.NACK, address=ADDRESS)
    assert bus.read(ADDRESS, 4, 2, consuming=True) == b"\x04\x05"
    model.inject(Fault.SHORT, address=ADDRESS, after_bytes=1)
    with pytest.raises(TransferError):
        bus.read(ADDRESS, 4, 2, consuming=True)
    assert bus.errors[ADDRESS, errno.EIO] == 1


def test_probe_tells_who_is_there() -> None:
    _, chip, _, bus = bench(DESIGNWARE)
    assert bus.probe(ADDRESS)
    assert not bus.probe(0x21)
    chip.present = False
    assert not bus.probe(ADDRESS)


def test_an_address_claimed_by_the_kernel_is_a_permanent_error() -> None:
    _, _, model, bus = bench()
    model.claimed.add(ADDRESS)
    with pytest.raises(BusUnavailableError, match=r"i2c-1 address 0x20: claimed by a kernel driver; remove"):
        bus.read(ADDRESS, 0, 1)
    assert bus.transactions == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "no such bus; switch I2C on"),
        (errno.EACCES, "usermod -aG i2c"),
        (errno.EOPNOTSUPP, "cannot do the transfer"),
        (errno.ENOTTY, "check that it is an I2C bus"),
    ],
)
def test_permanent_errors_of_opening_name_cause_and_cure(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BusUnavailableError) as caught:
        Bus.open(7)
    assert str(caught.value).startswith("i2c-7: ")
    assert words in str(caught.value)


@pytest.mark.fault(3)
def test_opening_sets_the_short_timeout_in_units_of_ten_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int, int]] = []
    opened: list[str] = []

    def open_(path: str, _flags: int) -> int:
        opened.append(path)
        return 1234

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "close", lambda fd: opened.append(f"closed {fd}"))
    monkeypatch.setattr(smbus2.smbus2, "ioctl", lambda *_: 0)
    monkeypatch.setattr(fcntl, "ioctl", lambda *arguments: calls.append(arguments))
    bus = Bus.open(1)
    bus.close()
    # I2C_TIMEOUT is 0x0702 in linux/i2c-dev.h; 50 ms are 5 units of 10 ms.
    assert calls == [(1234, 0x0702, 5)]
    assert opened == ["/dev/i2c-1", "closed 1234"]


def test_the_driver_side_cannot_ask_for_more_than_the_kernel_carries() -> None:
    _, _, _, bus = bench()
    with pytest.raises(ValueError, match="8193"):
        bus.read(ADDRESS, 0, 8193)


def test_a_setting_that_is_not_taken_is_an_error_with_its_likely_cause() -> None:
    _, chip, _, bus = bench()
    registers = Registers(bus, ADDRESS, "MEMORY")
    registers.configure(5, 0x42)
    assert chip.values[5] == 0x42
    chip.flips[5] = [(0, 1)]
    with pytest.raises(ChipError, match=r"MEMORY at 0x20 .*: register 0x05 reads 0x42 after writing 0x40"):
        registers.configure(5, 0x40)
    chip.flips[5] = [(0, 1)]
    registers.configure(5, 0x40, bits=0xFD)


def test_waiting_has_an_end() -> None:
    _, _, _, bus = bench()
    registers = Registers(bus, ADDRESS, "MEMORY")
    assert list(registers.wait(3, 0x01, 0x01, "its start", 0.1)) == []
    before = bus.transactions
    with pytest.raises(ChipError, match=r"its start did not finish within 0\.1 s"):
        list(registers.wait(3, 0x01, 0x00, "its start", 0.1))
    # Looks at 0, 5, ... 100 ms.
    assert bus.transactions - before == 21


def test_the_model_refuses_what_the_bcm2835_refuses() -> None:
    _, _, model, _ = bench()
    two_reads = [i2c_msg.read(ADDRESS, 1), i2c_msg.read(ADDRESS, 1)]
    with pytest.raises(OSError, match="has to be last") as caught:
        model.i2c_rdwr(*two_reads)
    assert caught.value.errno == errno.EOPNOTSUPP
    _, _, pi5, _ = bench(DESIGNWARE)
    pi5.i2c_rdwr(*two_reads)


def test_the_model_ends_a_transfer_that_outlasts_the_timeout() -> None:
    clock = VirtualClock()
    model = ModelBus(clock, {ADDRESS: Memory(clock)}, speed_hz=1_000)
    with pytest.raises(OSError, match="longer than") as caught:
        model.i2c_rdwr(i2c_msg.write(ADDRESS, b"\x00"), i2c_msg.read(ADDRESS, 8))
    assert caught.value.errno == errno.ETIMEDOUT


def test_the_model_refuses_undefined_access() -> None:
    _, _, _, bus = bench()
    with pytest.raises(ModelViolationError, match="undefined"):
        bus.read(ADDRESS, 14, 3)
    with pytest.raises(ModelViolationError, match="read-only"):
        bus.write(ADDRESS, 14, b"\x00")
    with pytest.raises(ModelViolationError, match="reserved bits"):
        bus.write(ADDRESS, 15, b"\x00")
    bus.write(ADDRESS, 15, b"\xf3")
    assert bus.read(ADDRESS, 15, 1) == b"\xf3"
