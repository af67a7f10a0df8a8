"""The registers of one chip: writes that are read back, and errors that name the chip."""

from collections.abc import Iterator, Mapping

from firmware.errors import FaultError
from firmware.i2c.bus import Bus

_POLL_S = 0.005


class ChipError(FaultError):
    """A chip answers, but not as it should: wrong identity, lost setting, failed calibration."""


class Registers:
    """The 8-bit registers of the chip called `chip` at `address`."""

    def __init__(self, bus: Bus, address: int, chip: str) -> None:
        self.where = f"{chip} at {address:#04x} on {bus.name}"
        self._bus = bus
        self._address = address

    def read(self, register: int, count: int, *, consuming: bool = False) -> bytes:
        """Read consecutive registers in one burst; `consuming` as in `Bus.read`."""
        return self._bus.read(self._address, register, count, consuming=consuming)

    def write(self, register: int, *values: int) -> None:
        """Write consecutive registers without reading back: for commands and self-clearing bits."""
        self._bus.write(self._address, register, bytes(values))

    def configure(self, register: int, value: int, *, bits: int = 0xFF) -> None:
        """Write one register and read it back; raise ChipError unless the chip holds these `bits`."""
        self.write(register, value)
        found = self.read(register, 1)[0]
        if (found ^ value) & bits:
            raise ChipError(
                f"{self.where}: register {register:#04x} reads {found:#04x} after writing {value:#04x}; "
                "the chip lost power, the wiring is disturbed or it is not the chip it claims to be"
            )

    def wait(self, register: int, bits: int, wanted: int, what: str, limit_s: float) -> Iterator[float]:
        """Poll until `bits` of the register equal `wanted`, yielding the time to wait between two looks.

        Raise ChipError when `what` takes longer than `limit_s`.
        """
        for _ in range(round(limit_s / _POLL_S) + 1):
            if self.read(register, 1)[0] & bits == wanted:
                return
            yield _POLL_S
        raise ChipError(f"{self.where}: {what} did not finish within {limit_s:g} s; check its supply")

    def identify(self, register: int, known: Mapping[int, str], expected: str, *, bits: int = 0xFF) -> int:
        """Read `bits` of the identity register; raise ChipError unless the value is in `known`."""
        found = self.read(register, 1)[0] & bits
        if found not in known:
            options = ", ".join(f"{value:#04x} {name}" for value, name in known.items())
            raise ChipError(
                f"{self.where}: identity is {found:#04x}, expected {options}; "
                f"another chip is at this address, or it is no {expected}"
            )
        return found
