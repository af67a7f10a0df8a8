"""A bus with modelled chips: takes real `smbus2.i2c_msg` objects as `smbus2.SMBus.i2c_rdwr` does.

Time passes bit by bit at the configured speed, so chips go on sampling while they are read. Each
controller has the Linux driver's own rules and error numbers.
"""

import errno
from collections.abc import Iterable
from ctypes import memmove, string_at
from dataclasses import dataclass, field
from enum import Enum

from smbus2 import i2c_msg

from tests.chips.chip import Chip
from tests.chips.clock import VirtualClock

I2C_M_RD = 1
LONGEST_MESSAGE = 8192
MOST_MESSAGES = 42


class Fault(Enum):
    """What can go wrong with a transaction."""

    NACK = "address not acknowledged"
    DATA_NACK = "written byte not acknowledged"
    SHORT = "clock stretched too long, transfer cut short"
    ARBITRATION = "arbitration lost"
    HANG = "no end of transfer until the adapter's timeout"


@dataclass(frozen=True)
class Controller:
    """Rules and error numbers of one Linux controller driver."""

    name: str
    numbers: dict[Fault, int]
    one_read_and_last: bool = False
    zero_length: bool = True
    one_address: bool = False


BCM2835 = Controller(
    "bcm2835",
    {
        Fault.NACK: errno.EREMOTEIO,
        Fault.DATA_NACK: errno.EREMOTEIO,
        Fault.SHORT: errno.EIO,
        Fault.HANG: errno.ETIMEDOUT,
    },
    one_read_and_last=True,
)
DESIGNWARE = Controller(
    "designware",
    {
        Fault.NACK: errno.EREMOTEIO,
        Fault.DATA_NACK: errno.EREMOTEIO,
        Fault.SHORT: errno.EIO,
        Fault.ARBITRATION: errno.EAGAIN,
        Fault.HANG: errno.ETIMEDOUT,
    },
    zero_length=False,
    one_address=True,
)
I2C_GPIO = Controller(
    "i2c-gpio",
    {
        Fault.NACK: errno.ENXIO,
        Fault.DATA_NACK: errno.EIO,
        Fault.SHORT: errno.ETIMEDOUT,
        Fault.HANG: errno.ETIMEDOUT,
    },
)
CONTROLLERS = (BCM2835, DESIGNWARE, I2C_GPIO)


@dataclass
class Injected:
    """A fault to come: at `address` (None: any), after `after_bytes` bytes were read, `times` times.

    Only written bytes can be refused, so a DATA_NACK comes before the first byte is read.
    """

    fault: Fault
    address: int | None
    times: int
    after_bytes: int


@dataclass
class Load:
    """What the bus has carried: `busy_s` of wire time in `transactions`, and the log of them."""

    busy_s: float = 0.0
    transactions: int = 0
    log: list[tuple[int, int | None, int]] = field(default_factory=list)


class ModelBus:
    """`chips` by address on a controller. `log` of `load` holds (address, register, bytes read)."""

    def __init__(
        self,
        clock: VirtualClock,
        chips: dict[int, Chip],
        *,
        controller: Controller = BCM2835,
        speed_hz: int = 400_000,
        timeout_s: float = 0.05,
        keep_log: bool = False,
    ) -> None:
        self.clock = clock
        self.chips = chips
        self.controller = controller
        self.timeout_s = timeout_s
        self.stuck = False
        self.claimed: set[int] = set()
        self.load = Load()
        self.closed = False
        self._bit_s = 1.0 / speed_hz
        self._byte_s = 9 * self._bit_s
        self._head_s = 10 * self._bit_s
        self._keep_log = keep_log
        self._injected: list[Injected] = []

    def inject(
        self, fault: Fault, *, address: int | None = None, times: int = 1, after_bytes: int = 0
    ) -> None:
        """Let the next `times` transactions with `address` fail."""
        if fault not in self.controller.numbers:
            raise ValueError(f"{self.controller.name} knows no {fault}")
        self._injected.append(Injected(fault, address, times, after_bytes))

    def relent(self) -> None:
        """Let the faults that were still to come not happen."""
        self._injected.clear()

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        """Carry one transaction, as the ioctl would."""
        if self.closed:
            raise OSError(errno.EBADF, "bus is closed")
        self._check_form(i2c_msgs)
        self.load.transactions += 1
        started_s = self.clock.now()
        try:
            self._carry(i2c_msgs)
        finally:
            took_s = self.clock.now() - started_s
            self.load.busy_s += took_s
        if took_s > self.timeout_s:
            raise OSError(errno.ETIMEDOUT, "transfer longer than the adapter's timeout")

    def close(self) -> None:
        self.closed = True

    def _check_form(self, messages: tuple[i2c_msg, ...]) -> None:
        controller = self.controller
        if not 0 < len(messages) <= MOST_MESSAGES:
            raise OSError(errno.EINVAL, "message count")
        last = messages[-1]
        for message in messages:
            length, address = message.len, message.addr
            if length > LONGEST_MESSAGE:
                raise OSError(errno.EINVAL, "message length")
            if message is not last and controller.one_read_and_last and message.flags & I2C_M_RD:
                raise OSError(errno.EOPNOTSUPP, "only one read message supported, has to be last")
            if not length and not controller.zero_length:
                raise OSError(errno.EOPNOTSUPP, "no zero length")
            if controller.one_address and address != last.addr:
                raise OSError(errno.EINVAL, "one target address per transaction")
            if address in self.claimed:
                raise OSError(errno.EBUSY, "address is in use")

    def _carry(self, messages: tuple[i2c_msg, ...]) -> None:
        if self.stuck:
            self._hang()
        fault = self._due(messages[0].addr) if self._injected else None
        if self._keep_log:
            self._note(messages)
        sleep = self.clock.sleep
        for message in messages:
            sleep(self._head_s)
            chip = self.chips.get(message.addr)
            if chip is None or not chip.answers() or (fault is not None and fault.fault is Fault.NACK):
                sleep(self._bit_s)
                self._fail(Fault.NACK)
                return
            chip.catch_up()
            chip.started()
            if message.flags & I2C_M_RD:
                self._carry_read(chip, message, fault)
            else:
                self._carry_write(chip, message, fault)
        sleep(self._bit_s)

    def _carry_write(self, chip: Chip, message: i2c_msg, fault: Injected | None) -> None:
        count = message.len
        self.clock.sleep(count * self._byte_s)
        if fault is not None and (fault.fault is Fault.DATA_NACK or fault.after_bytes == 0):
            self._end_early(fault)
        if not chip.receive(string_at(message.buf, count)):
            self._fail(Fault.DATA_NACK)

    def _carry_read(self, chip: Chip, message: i2c_msg, fault: Injected | None) -> None:
        first = chip.pointer
        count = message.len
        byte_s = self._byte_s
        if fault is not None and fault.after_bytes < count:
            chip.send_burst(fault.after_bytes, byte_s)
            self._end_early(fault)
        data = chip.send_burst(count, byte_s)
        if chip.flips:
            data = _flipped(data, chip.flips.pop(first, ()))
        memmove(message.buf, data, count)

    def _due(self, address: int) -> Injected | None:
        for injected in self._injected:
            if injected.address in (None, address):
                injected.times -= 1
                if injected.times <= 0:
                    self._injected.remove(injected)
                return injected
        return None

    def _end_early(self, fault: Injected) -> None:
        if fault.fault is Fault.HANG:
            self._hang()
        self._fail(fault.fault)

    def _hang(self) -> None:
        self.clock.sleep(self.timeout_s)
        self._fail(Fault.HANG)

    def _fail(self, fault: Fault) -> None:
        raise OSError(self.controller.numbers[fault], fault.value)

    def _note(self, messages: tuple[i2c_msg, ...]) -> None:
        first = messages[0]
        register = string_at(first.buf, 1)[0] if not first.flags & I2C_M_RD and first.len else None
        read = sum(m.len for m in messages if m.flags & I2C_M_RD)
        self.load.log.append((first.addr, register, read))


def _flipped(data: bytes, flips: Iterable[tuple[int, int]]) -> bytes:
    disturbed = bytearray(data)
    for index, bit in flips:
        if index < len(disturbed):
            disturbed[index] ^= 1 << bit
    return bytes(disturbed)
