"""Words of a tagged FIFO put together to samples, and samples that never came counted.

Every sampling instant (slot) of the chip leaves one word per sensor and one with its time. The order
inside a slot is not defined; the words of one slot share a counter that runs 0 to 3.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from firmware.i2c.registers import ChipError

Axes = tuple[int, int, int]


class Tag(IntEnum):
    """Kinds of FIFO words used here (FIFO_DATA_OUT_TAG, bits 7:3)."""

    GYRO = 0x01
    ACCEL = 0x02
    TIMESTAMP = 0x04


_TAGS = frozenset(tag.value for tag in Tag)
_WORDS_PER_SLOT = len(_TAGS)


class Word(NamedTuple):
    """One FIFO word; `tag` is 0 where the parity of the tag byte is wrong."""

    tag: int
    counter: int
    axes: Axes

    @property
    def ticks(self) -> int:
        """The four bytes of a timestamp word."""
        return (self.axes[0] & 0xFFFF) | (self.axes[1] & 0xFFFF) << 16


class Slot(NamedTuple):
    """One complete sample with the chip's time of it."""

    ticks: int
    accel: Axes
    gyro: Axes


class Assembly:
    """Groups words by their slot counter.

    A slot that misses a word is dropped: its time is then missing, which `Continuity` counts. Until a
    sensor has given its first valid sample, words from 0x7FFD up are its way to say "not ready"; later
    they are real, a saturated sensor. `corrupt` counts words with a wrong parity or an unknown tag.
    """

    NOT_READY = 0x7FFD

    def __init__(self) -> None:
        self.corrupt = 0
        self._words: dict[int, Word] = {}
        self._counter: int | None = None
        self._ready: set[int] = set()

    def cut(self) -> None:
        """Forget a half-read slot: words between it and the next ones may be gone."""
        self._words = {}
        self._counter = None

    def add(self, words: Iterable[Word]) -> list[Slot]:
        """Return the slots completed by these words, in order."""
        slots = []
        for word in words:
            if word.tag not in _TAGS:
                self.corrupt += 1
                continue
            if word.counter != self._counter or word.tag in self._words:
                self._words = {}
                self._counter = word.counter
            self._words[word.tag] = word
            if len(self._words) == _WORDS_PER_SLOT:
                if self._all_ready():
                    slots.append(self._complete())
                self.cut()
        return slots

    def _all_ready(self) -> bool:
        if len(self._ready) == 2:
            return True
        for tag in (Tag.GYRO, Tag.ACCEL):
            if self._words[tag].axes[0] < self.NOT_READY:
                self._ready.add(tag)
        return len(self._ready) == 2

    def _complete(self) -> Slot:
        words = self._words
        return Slot(words[Tag.TIMESTAMP].ticks, words[Tag.ACCEL].axes, words[Tag.GYRO].axes)


class Continuity:
    """Checks that the time of each slot follows from the one before, and counts slots in between.

    `period_ticks`: chip ticks between slots. A time that is no multiple of it is held until the next
    slot tells whether the time was corrupt or the stream really jumped; so is the very first. A gap of
    less than `NEAR` periods is believed at once. Ticks are 32 bits and wrap.
    """

    NEAR = 64

    def __init__(self, period_ticks: int) -> None:
        self.corrupt = 0
        self._period = period_ticks
        self._last: int | None = None
        self._held: Slot | None = None

    def accept(self, slot: Slot) -> list[tuple[Slot, int]]:
        """Return the slots now known to be good, each with the number of slots lost before it."""
        held, self._held = self._held, None
        if held is not None:
            if self._follows(slot.ticks, held.ticks, 1):
                return [self._take(held), self._take(slot)]
            self.corrupt += 1
        if self._follows(slot.ticks, self._last, self.NEAR):
            return [self._take(slot)]
        self._held = slot
        return []

    def _follows(self, ticks: int, before: int | None, most: int) -> bool:
        if before is None:
            return False
        elapsed = (ticks - before) % 2**32
        periods = self._periods(elapsed)
        slack = 4 + elapsed // 512
        return 1 <= periods <= most and abs(elapsed - periods * self._period) <= slack

    def _periods(self, elapsed: int) -> int:
        return (elapsed + self._period // 2) // self._period

    def _take(self, slot: Slot) -> tuple[Slot, int]:
        lost = 0
        if self._last is not None:
            elapsed = (slot.ticks - self._last) % 2**32
            if elapsed >= 2**31:
                raise ChipError("the chip's clock ran backwards: it was reset behind the driver's back")
            lost = max(self._periods(elapsed) - 1, 0)
        self._last = slot.ticks
        return slot, lost
