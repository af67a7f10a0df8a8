"""Chips whose samples carry their own number, so that every one can be followed from the chip to a block.

`starts` of each holds the number of the first sample after every reset: samples of two such lives do not
follow from each other. `moment_s` tells when a recent sample was really taken.
"""

import struct
from bisect import bisect_right

from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import GYRO_START_S, Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.nau7802 import Nau7802Model
from tracker.blocks import CountArray

KEPT = 4096
PIECE = 1 << 14


class Moments:
    """When the latest samples were taken (s), by number."""

    def __init__(self) -> None:
        self._moments_s = [0.0] * KEPT

    def note(self, number: int, t_s: float) -> None:
        self._moments_s[number % KEPT] = t_s

    def __getitem__(self, number: int) -> float:
        return self._moments_s[number % KEPT]


def life_of(number: int, starts: list[int]) -> int:
    """The life of the chip in which a sample was made."""
    return bisect_right(starts, number)


def axes_of(number: int) -> tuple[int, int, int]:
    return number % PIECE, number // PIECE % PIECE, number // PIECE**2


def numbers_of(counts: CountArray) -> list[int]:
    """Numbers of IMU samples, shape (n, 6); each carries its number twice."""
    numbers = counts[:, 0] + PIECE * (counts[:, 1] + PIECE * counts[:, 2])
    again = counts[:, 3] + PIECE * (counts[:, 4] + PIECE * counts[:, 5])
    assert (numbers == again).all(), "halves of two samples put together, or an invented one"
    found: list[int] = numbers.tolist()
    return found


class NumberedLsm6dsox(Lsm6dsoxModel):
    """`made` counts FIFO slots. `wrong_times`: so many of the next time words carry a flipped bit."""

    def __init__(self, clock: VirtualClock, *, rate_error: float = 0.0, trimmed: bool = True) -> None:
        self.moments_s = Moments()
        self.starts: list[int] = []
        self.wrong_times = 0
        super().__init__(clock, rate_error=rate_error, trimmed=trimmed)

    @property
    def made(self) -> int:
        return self.slots_made

    @property
    def inside(self) -> int:
        """Samples that wait in the FIFO, cut ones included."""
        return -(-len(self.fifo) // 3)

    def power_up(self) -> None:
        super().power_up()
        self.starts.append(self.slots_made)

    def _sample(self, t_s: float) -> None:
        self.moments_s.note(self.slots_made, t_s)
        super()._sample(t_s)

    def _gyro(self, t_s: float) -> tuple[int, ...]:
        settled = t_s >= self.gyro_on_s + GYRO_START_S
        return axes_of(self.slots_made) if settled else self._unsettled()

    def _accel(self, t_s: float) -> tuple[int, ...]:
        settled = t_s >= self.accel_on_s + 2.5 * self.slot_s()
        return axes_of(self.slots_made) if settled else self._unsettled()

    def _push(self, tag: int, data: bytes) -> None:
        if tag == 0x04 and self.wrong_times > 0:
            self.wrong_times -= 1
            (ticks,) = struct.unpack("<I", data[:4])
            data = struct.pack("<I", ticks ^ 1 << self.random.randrange(8, 32)) + data[4:]
        super()._push(tag, data)


class NumberedMpu6050(Mpu6050Model):
    """`made` counts samples from the FIFO's first start on, also those taken while it was off."""

    def __init__(self, clock: VirtualClock, *, rate_error: float = 0.0) -> None:
        self.moments_s = Moments()
        self.starts: list[int] = []
        self.made = 0
        super().__init__(clock, rate_error=rate_error)

    @property
    def inside(self) -> int:
        return len(self.fifo) // 12

    def power_up(self) -> None:
        super().power_up()
        self.started_fifo = False
        self.starts.append(self.made)

    def _sample(self, t_s: float) -> None:
        keeping = bool(self.values[0x6A] & 0x40 and self.values[0x23])
        self.started_fifo |= keeping
        if not self.started_fifo:
            return
        self.moments_s.note(self.made, t_s - 0.5 * sum(self.delays_s()))
        super()._sample(t_s)
        self.made += 1

    def _accel(self, t_s: float) -> list[int]:
        return list(axes_of(self.made))

    def _gyro(self, t_s: float) -> list[int]:
        return list(axes_of(self.made))


class NumberedNau7802(Nau7802Model):
    """`made` counts all conversions. A broken wire has the rail instead of a number."""

    def __init__(self, clock: VirtualClock, *, rate_error: float = 0.0) -> None:
        self.moments_s = Moments()
        self.starts: list[int] = []
        super().__init__(clock, rate_error=rate_error)

    @property
    def made(self) -> int:
        return self.conversions

    @property
    def inside(self) -> int:
        return int(self.result_ready)

    def power_up(self) -> None:
        super().power_up()
        self.starts.append(self.conversions)

    def _counts(self, t_s: float) -> int:
        number = self.conversions - 1
        self.moments_s.note(number, t_s)
        return super()._counts(t_s) if self.broken_wire else number
