"""One I2C bus: transactions with bounded retries, and errors that name cause and cure.

Only combined transactions (`I2C_RDWR`) are used. The address travels in the message, so one call is
one atomic transaction for the kernel, and no call depends on an address set before. A transaction
is a write, or a write followed by one read: the controller of the Raspberry Pi Zero to 4 refuses
any other combination (EOPNOTSUPP), that of the Pi 5 would take it.

One object per bus, used by one thread. Speed is set at boot (`dtparam=i2c_arm_baudrate=400000`).
"""

import errno
import fcntl
import math
from collections import Counter
from ctypes import string_at
from typing import Protocol, cast

from smbus2 import SMBus, i2c_msg

from firmware.errors import FaultError

I2C_TIMEOUT = 0x0702
"""The ioctl that sets how long the controller waits for a transfer, in units of 10 ms."""

NOT_ACKNOWLEDGED = frozenset({errno.ENXIO, errno.EREMOTEIO})
"""Nobody answered the address, so no byte was read: 121 on the Pi's controllers, 6 in software."""

TRANSIENT = NOT_ACKNOWLEDGED | {errno.EIO, errno.EAGAIN, errno.ETIMEDOUT}
"""What a loose wire, a disturbed or a hanging bus gives; worth another try."""

TIMEOUT_S = 0.05
_TRIES = 3
_TRIES_AFTER_HANG = 2
_LONGEST_READ = 8192  # the kernel's limit for one message


class BusUnavailableError(FaultError):
    """The bus cannot be used as it is set up; trying again will not help."""


class TransferError(FaultError):
    """A transfer failed for good after its tries. `address` and `errno` say where and how."""

    def __init__(self, message: str, address: int, number: int) -> None:
        super().__init__(message)
        self.address = address
        self.errno = number


class Adapter(Protocol):
    """What is needed of `smbus2.SMBus`."""

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None: ...

    def close(self) -> None: ...


class Bus:
    """One bus. `errors` counts failed tries by (address, errno); `transactions` counts all tries."""

    def __init__(self, adapter: Adapter, name: str) -> None:
        self.name = name
        self.errors: Counter[tuple[int, int]] = Counter()
        self.transactions = 0
        self._adapter = adapter

    @classmethod
    def open(cls, number: int, *, timeout_s: float = TIMEOUT_S) -> "Bus":
        """Open `/dev/i2c-<number>`.

        `timeout_s`: how long one transfer may take before it counts as hanging; default 50 ms instead
        of the kernel's 1 s, so that one dead chip does not starve the others. It also bounds a burst:
        50 ms are 2200 bytes at 400 kHz and 550 at 100 kHz. Rounded up to 10 ms.
        Raise BusUnavailableError with cause and cure.
        """
        name = f"i2c-{number}"
        try:
            return cls(open_adapter(number, timeout_s), name)
        except OSError as error:
            raise BusUnavailableError(_unavailable(name, None, error.errno)) from error

    def write(self, address: int, register: int, values: bytes) -> None:
        """Write `values` to consecutive registers from `register` on."""
        self._transfer(address, bytes((register,)) + values, 0, consuming=False)

    def read(self, address: int, register: int, count: int, *, consuming: bool = False) -> bytes:
        """Read `count` bytes from `register` on, in one transaction.

        `consuming`: the read takes bytes out of the chip (a FIFO). It is then only repeated while
        nobody acknowledged the address; after any other failure bytes may be gone, and the caller
        must find out how many.
        """
        return self._transfer(address, bytes((register,)), count, consuming=consuming)

    def probe(self, address: int) -> bool:
        """Tell whether a chip acknowledges `address`, by reading one byte (a Pi 5 has no shorter way)."""
        try:
            self._transfer(address, b"", 1, consuming=False)
        except TransferError:
            return False
        return True

    def close(self) -> None:
        """Release the bus; the chips keep their state."""
        self._adapter.close()

    def _transfer(self, address: int, written: bytes, count: int, *, consuming: bool) -> bytes:
        if count > _LONGEST_READ:
            raise ValueError(f"a message of {count} bytes; the kernel takes {_LONGEST_READ}")
        tries = 0
        while True:
            messages = [i2c_msg.write(address, written)] if written else []
            reply = i2c_msg.read(address, count) if count else None
            if reply is not None:
                messages.append(reply)
            tries += 1
            self.transactions += 1
            try:
                self._adapter.i2c_rdwr(*messages)
            except OSError as error:
                number = error.errno or 0
                self.errors[address, number] += 1
                if number not in TRANSIENT:
                    raise BusUnavailableError(_unavailable(self.name, address, number)) from error
                repeatable = number in NOT_ACKNOWLEDGED or not consuming
                limit = _TRIES_AFTER_HANG if number == errno.ETIMEDOUT else _TRIES
                if tries >= limit or not repeatable:
                    message = _failed(self.name, address, number, tries)
                    raise TransferError(message, address, number) from error
            else:
                return string_at(reply.buf, count) if reply is not None else b""


def open_adapter(number: int, timeout_s: float = TIMEOUT_S) -> Adapter:
    """Open the device of a bus and set its timeout; raise OSError."""
    adapter = SMBus(number)
    try:
        fcntl.ioctl(cast(int, adapter.fd), I2C_TIMEOUT, math.ceil(timeout_s * 100 - 1e-9))
    except OSError:
        adapter.close()
        raise
    return adapter


def _unavailable(name: str, address: int | None, number: int | None) -> str:
    where = name if address is None else f"{name} address {address:#04x}"
    match number:
        case errno.ENOENT:
            cause = "no such bus; switch I2C on (`sudo raspi-config nonint do_i2c 0`) or correct its number"
        case errno.EACCES | errno.EPERM:
            cause = "no permission; `sudo usermod -aG i2c $USER`, then log in again"
        case errno.EBUSY:
            cause = "claimed by a kernel driver; remove its dtoverlay from /boot/firmware/config.txt"
        case errno.EOPNOTSUPP:
            cause = "this controller cannot do the transfer; use a bus with plain I2C (`i2cdetect -F` tells)"
        case _:
            cause = f"unusable (errno {number}); check that it is an I2C bus and its driver is loaded"
    return f"{where}: {cause}"


def _failed(name: str, address: int, number: int, tries: int) -> str:
    where = f"{name} address {address:#04x}"
    after = f"errno {number}, tried {tries} times" if tries > 1 else f"errno {number}"
    if number in NOT_ACKNOWLEDGED:
        return f"{where}: nothing answers ({after}); check power, wiring and the address"
    if number == errno.ETIMEDOUT:
        return f"{where}: the bus hangs ({after}); look for a line held low or a chip without power"
    return f"{where}: the transfer was disturbed ({after}); check cable length, pull-ups and bus speed"
