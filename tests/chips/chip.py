"""What all modelled chips share: a strict register file that lives in virtual time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from random import Random

from tests.chips.clock import VirtualClock

Vector = tuple[float, float, float]


class ModelViolationError(AssertionError):
    """The code under test did what no datasheet defines; a real chip might do anything now."""


@dataclass(frozen=True)
class Register:
    """One register as the datasheet tells it.

    `writable`: bits that may be changed; all others must be written with their reset value.
    `commands`: bits that may be written as 1, act at once and read 0 afterwards (or clear by themselves).
    """

    name: str
    reset: int = 0
    writable: int = 0
    commands: int = 0
    readable: bool = True


class Chip:
    """A chip behind an address. Subclasses add behaviour in `catch_up`, `wrote` and `fetched`.

    `present` False: nobody acknowledges. `flips`: by register, the (byte index, bit) pairs to be
    flipped on the wire in the next read that starts there.
    `rate_error`: the chip's oscillator runs faster by this fraction.
    `noise_counts`: standard deviation of what the chip adds to each of its counts. No real sensor is without;
    none makes the counts those of the signal.
    `stuck`: every sample repeats the one before. `skips`: of so many samples one is never made, 0 for none.
    `noted`: where a list is put here, each sample the chip takes, with its true time: (s, counts).
    """

    name = "chip"
    boot_s = 0.0
    registers: Mapping[int, Register] = {}

    def __init__(self, clock: VirtualClock, *, rate_error: float = 0.0, seed: int = 1) -> None:
        self.clock = clock
        self.rate_error = rate_error
        self.random = Random(seed)
        self.present = True
        self.flips: dict[int, list[tuple[int, int]]] = {}
        self.stuck = False
        self.skips = 0
        self.noise_counts = 0.0
        self._counted: tuple[int, ...] | None = None
        self.noted: list[tuple[float, tuple[int, ...]]] | None = None
        self.values: dict[int, int] = {}
        self.pointer = 0
        self.awake_s = clock.now()
        self.power_up()

    def answers(self) -> bool:
        """Tell whether the chip acknowledges its address now."""
        return self.present and self.clock.now() >= self.awake_s

    def power_up(self) -> None:
        """Put every register to its reset value, as after power comes (back)."""
        self.values = {address: register.reset for address, register in self.registers.items()}
        self.pointer = 0

    def brown_out(self) -> None:
        """The supply dips: silent for `boot_s`, then back at its defaults as if nothing had happened."""
        self.catch_up()
        self.power_up()
        self.awake_s = self.clock.now() + self.boot_s

    def __getitem__(self, name: str) -> int:
        """The present value of the register called `name`, for tests."""
        for address, register in self.registers.items():
            if register.name == name:
                return self.values[address]
        raise KeyError(name)

    def note(self, t_s: float, counts: tuple[int, ...]) -> None:
        """Remember a sample where that is wanted."""
        if self.noted is not None:
            self.noted.append((t_s, counts))

    @cached_property
    def _noise(self) -> Iterator[int]:
        """Noise drawn once and gone round: its length has no divisor in common with the number of axes."""
        draw = Random(1)
        return cycle([round(draw.gauss(0.0, self.noise_counts)) for _ in range(997)])

    def counted(self, counts: tuple[int, ...], most: int) -> tuple[int, ...]:
        """What becomes of the counts of a sample, of a range up to `most`: noise, or the one before again."""
        if self.stuck and self._counted is not None:
            return self._counted
        if self.noise_counts:
            noise = self._noise
            counts = tuple(c if abs(c) >= most else max(-most, min(most, c + next(noise))) for c in counts)
        self._counted = counts
        return counts

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""

    def wrote(self, address: int, value: int) -> None:
        """React to a register write; the value is stored already, command bits included."""

    def fetched(self, address: int) -> int:
        """The byte a read of `address` gives; side effects of reading happen here."""
        return self.values[address]

    def next_pointer(self, address: int) -> int:
        """Where the address pointer stands after an access in a burst."""
        return address + 1

    def started(self) -> None:
        """A START condition addressed this chip."""

    def receive(self, data: bytes) -> bool:
        """Take a write message: pointer, then values. False would mean it is not acknowledged."""
        if not data:
            raise ModelViolationError(f"{self.name}: empty write")
        self.pointer = data[0]
        for value in data[1:]:
            self._write(self.pointer, value)
            self.pointer = self.next_pointer(self.pointer)
        return True

    def send(self) -> int:
        """Give one byte of a read message."""
        self.catch_up()
        register = self.registers.get(self.pointer)
        if register is None or not register.readable:
            raise ModelViolationError(f"{self.name}: read of undefined register {self.pointer:#04x}")
        value = self.fetched(self.pointer)
        self.pointer = self.next_pointer(self.pointer)
        return value

    def send_burst(self, count: int, byte_s: float) -> bytes:
        """Give the next `count` bytes of a read message, each of which takes `byte_s` to leave."""
        send, sleep = self.send, self.clock.sleep
        data = []
        for _ in range(count):
            data.append(send())
            sleep(byte_s)
        return bytes(data)

    def _write(self, address: int, value: int) -> None:
        self.catch_up()
        register = self.registers.get(address)
        if register is None:
            raise ModelViolationError(f"{self.name}: write to undefined register {address:#04x}")
        allowed = register.writable | register.commands
        if not allowed:
            raise ModelViolationError(f"{self.name}: write to read-only {register.name}")
        if (value ^ register.reset) & ~allowed & 0xFF:
            changed = f"{register.name} written {value:#04x}, reserved bits changed"
            raise ModelViolationError(f"{self.name}: {changed}")
        self.values[address] = value
        self.wrote(address, value)


def at_rest(_t_s: float) -> Vector:
    """Specific force of a chip that lies still with z up (m/s2)."""
    return (0.0, 0.0, 9.80665)


def not_turning(_t_s: float) -> Vector:
    """Angular rate of a chip that does not turn (rad/s)."""
    return (0.0, 0.0, 0.0)


VectorSignal = Callable[[float], Vector]
ScalarSignal = Callable[[float], float]
