"""Words of a tagged FIFO put together, and the samples that never came counted."""

import pytest

from firmware.i2c.registers import ChipError
from firmware.i2c.slots import Assembly, Continuity, Slot, Word


def at(ticks: int) -> Slot:
    return Slot(ticks, (0, 0, 0), (0, 0, 0))


def test_a_slot_without_all_its_words_is_dropped() -> None:
    assembly = Assembly()
    ready = [Word(1, 0, (1, 1, 1)), Word(2, 0, (2, 2, 2)), Word(4, 0, (192, 0, 0))]
    cut = [Word(1, 1, (1, 1, 1)), Word(4, 1, (384, 0, 0))]
    whole = [Word(4, 2, (576, 0, 0)), Word(2, 2, (3, 3, 3)), Word(1, 2, (4, 4, 4))]
    assert assembly.add(ready + cut + whole) == [
        Slot(192, (2, 2, 2), (1, 1, 1)),
        Slot(576, (3, 3, 3), (4, 4, 4)),
    ]


def test_a_jump_is_believed_only_when_the_next_slot_confirms_it() -> None:
    steady = Continuity(192)
    assert steady.accept(at(0)) == []
    assert steady.accept(at(192)) == [(at(0), 0), (at(192), 0)]
    assert steady.accept(at(192 * 1000)) == []
    assert steady.accept(at(192 * 1001)) == [(at(192 * 1000), 998), (at(192 * 1001), 0)]
    assert steady.accept(at(192 * 1002 + 2**20)) == []
    assert steady.accept(at(192 * 1003)) == [(at(192 * 1003), 1)]
    assert steady.corrupt == 1


def test_a_clock_that_runs_backwards_is_a_fault() -> None:
    continuity = Continuity(192)
    for ticks in (9_999_808, 10_000_000, 10_000_192, 192):
        continuity.accept(at(ticks))
    with pytest.raises(ChipError, match="backwards"):
        continuity.accept(at(384))


def test_words_that_are_no_samples_are_counted_and_nothing_more() -> None:
    assembly = Assembly()
    words = [Word(1, 0, (1, 1, 1)), Word(0, 0, (9, 9, 9)), Word(2, 0, (2, 2, 2)), Word(4, 0, (192, 0, 0))]
    assert assembly.add(words) == [Slot(192, (2, 2, 2), (1, 1, 1))]
    assert assembly.corrupt == 1


def test_a_slot_read_in_two_parts_is_whole_unless_cut() -> None:
    def parts(cut: bool) -> list[Slot]:
        assembly = Assembly()
        first = assembly.add([Word(1, 3, (1, 1, 1))])
        if cut:
            assembly.cut()
        return first + assembly.add([Word(2, 3, (2, 2, 2)), Word(4, 3, (192, 0, 0))])

    assert parts(cut=False) == [Slot(192, (2, 2, 2), (1, 1, 1))]
    assert parts(cut=True) == []


def test_not_ready_ends_for_good_with_the_first_valid_sample_of_each_sensor() -> None:
    assembly = Assembly()

    def slot(counter: int, accel_x: int, gyro_x: int) -> list[Slot]:
        first = {1: gyro_x, 2: accel_x, 4: 7}
        return assembly.add(Word(tag, counter, (x, 0, 0)) for tag, x in first.items())

    assert slot(0, 0x7FFD, 0x7FFF) == []
    assert slot(1, 12, 0x7FFD) == []
    assert len(slot(2, 12, 0x7FFC)) == 1
    assert len(slot(3, 0x7FFF, 0x7FFF)) == 1
