"""A machine with modelled chips, and somebody who follows the instructions of a guided measurement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import pi, sin
from pathlib import Path
from random import Random

from firmware.calibrating.host import Host
from firmware.calibrating.keeping import Bench
from firmware.config import Sensors
from firmware.i2c.bus import Bus
from tests.chips.as5600 import As5600Model
from tests.chips.bus import ModelBus
from tests.chips.chip import Chip, Vector
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.nau7802 import Nau7802Model

G = 9.80665
NOW = datetime(2026, 5, 1, 17, 30, tzinfo=UTC)


class Machine:
    """What the chips feel now; tests and the person at the machine change it.

    `force_n`: at the cell. `moves`: (from s, speed m/s, until s) of the cable, added up.
    """

    def __init__(self, *, diameter_m: float = 0.064, rate_error: float = 0.0) -> None:
        self.clock = VirtualClock()
        self.random = Random(7)
        self.force_n = 0.0
        self.force_noise_n = 0.3
        self.diameter_m = diameter_m
        self.moves: list[tuple[float, float, float]] = []
        self.tremble_m = 0.0
        self.slipped_m = 0.0
        self.gravity: Vector = (0.3, -4.0, 8.95)
        self.shake_mps2 = 0.02
        self.turning_radps: Vector = (0.010, -0.004, 0.002)
        self.gyro_noise_radps = 0.001
        self.load = Nau7802Model(self.clock, force=self._force, rate_error=rate_error)
        self.encoder = As5600Model(self.clock, angle=self._angle)
        self.set_gain(64)
        self.ankle = Lsm6dsoxModel(
            self.clock, acceleration=self._specific_force, rate=self._rate, rate_error=rate_error
        )
        self.chips: dict[int, Chip] = {0x2A: self.load, 0x36: self.encoder, 0x6A: self.ankle}
        self.bus = ModelBus(self.clock, self.chips)

    def set_gain(self, gain: int) -> None:
        self.encoder.values[0x1A] = gain

    def with_mpu(self, identity: int = 0x68) -> Mpu6050Model:
        del self.chips[0x6A]
        chip = Mpu6050Model(self.clock, acceleration=self._specific_force, rate=self._rate, identity=identity)
        self.chips[0x68] = chip
        return chip

    def pull(self, length_m: float, speed_mps: float = 0.4, after_s: float = 0.5) -> None:
        """Move the cable by a length from now on."""
        begin_s = self.clock.now() + after_s
        signed = speed_mps if length_m > 0 else -speed_mps
        self.moves.append((begin_s, signed, begin_s + abs(length_m) / speed_mps))

    def travel_m(self, t_s: float) -> float:
        return sum(speed * (min(t_s, end) - begin) for begin, speed, end in self.moves if t_s > begin)

    def _force(self, t_s: float) -> float:
        return self.force_n + self.random.gauss(0.0, self.force_noise_n)

    def _angle(self, t_s: float) -> float:
        trembling = self.tremble_m * sin(20.0 * t_s)
        return 1.0 + 2.0 * (self.travel_m(t_s) + trembling - self.slipped_m) / self.diameter_m

    def _specific_force(self, t_s: float) -> Vector:
        x, y, z = (self.random.gauss(value, self.shake_mps2) for value in self.gravity)
        return x, y, z

    def _rate(self, t_s: float) -> Vector:
        x, y, z = (self.random.gauss(value, self.gyro_noise_radps) for value in self.turning_radps)
        return x, y, z


class Person:
    """A console whose person does what `does` says at each instruction, and answers with `answers`."""

    attended = True

    def __init__(
        self,
        machine: Machine,
        does: list[Callable[[], None]] | None = None,
        answers: list[str] | None = None,
        *,
        accepts: bool = True,
    ) -> None:
        self.machine = machine
        self.does = list(does or ())
        self.answers = list(answers or ())
        self.takes = accepts
        self.lines: list[str] = []
        self.asked_to_accept = 0

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def say(self, text: str = "") -> None:
        self.lines.append(text)

    def ask(self, question: str) -> str:
        self.lines.append(question)
        self.machine.clock.sleep(20.0)
        return self.answers.pop(0)

    def ready(self, instruction: str) -> None:
        self.lines.append(instruction)
        self._do()
        self.machine.clock.sleep(15.0)

    def begin(self, instruction: str) -> None:
        self.lines.append(instruction)
        self.machine.clock.sleep(0.05)
        self._do()

    def done(self) -> bool:
        return self.machine.clock.now() > max(end for _, _, end in self.machine.moves) + 1.0

    def accepts(self, question: str) -> bool:
        self.lines.append(question)
        self.asked_to_accept += 1
        return self.takes

    @contextmanager
    def progress(self, name: str, seconds: float) -> Iterator[Callable[[float], None]]:
        reached = [0.0]
        yield lambda passed_s: reached.append(passed_s)
        assert reached == sorted(reached)
        assert 0.9 * seconds < reached[-1] < 1.1 * seconds

    def _do(self) -> None:
        if self.does:
            self.does.pop(0)()


class Nobody(Person):
    """A script: nobody answers, and what happens at the machine happens by itself."""

    attended = False

    def ask(self, question: str) -> str:
        raise AssertionError("a script was asked")

    def ready(self, instruction: str) -> None:
        self.lines.append(instruction)
        self._do()

    def done(self) -> bool:
        return False


def bench(machine: Machine, path: Path, console: Person, sensors: Sensors | None = None) -> Bench:
    return Bench(
        sensors or Sensors(),
        path,
        console,
        host=Host(machine.clock.now, machine.clock.sleep),
        open_bus=lambda number: Bus(machine.bus, f"i2c-{number}"),
        utc=lambda: NOW,
        clock_set=lambda: True,
        appliance=lambda: None,
    )


def metres_per_count(diameter_m: float) -> float:
    return pi * diameter_m / 4096
