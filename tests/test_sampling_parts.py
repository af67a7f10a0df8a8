"""Track, schedule and presence by themselves."""

from collections.abc import Iterator

import pytest

from firmware.errors import FaultError
from firmware.i2c.bus import TransferError
from firmware.i2c.registers import ChipError
from firmware.sampling.account import Account, Reason
from firmware.sampling.presence import Presence, State
from firmware.sampling.schedule import Schedule
from firmware.sampling.track import Track
from tests.chips.clock import VirtualClock
from tracker.blocks import Stream

LOAD = Stream.LOAD


def gaps_of(track: Track, end_s: float) -> list[tuple[float, float, str]]:
    _, gaps = track.take(end_s)
    return [(round(g.start_s, 6), round(g.end_s, 6), g.reason) for g in gaps]


def started(at_s: float = 0.0) -> Track:
    track = Track(LOAD, start_s=100.0)
    track.add(100.0 + at_s, (1,))
    return track


def test_a_track_gives_each_sample_to_the_block_of_its_time() -> None:
    track = started()
    for number in range(1, 5):
        track.add(100.0 + 0.01 * number, (number,))
    samples, gaps = track.take(0.0199)
    assert samples is not None
    assert samples.t_s.tolist() == pytest.approx([0.0, 0.01])
    assert samples.counts.tolist() == [[1], [1]]
    assert gaps == []
    assert track.waiting == 3
    assert track.complete_s == pytest.approx(0.04)
    assert track.hand_over() == Account(delivered=2)
    assert track.hand_over() == Account()


def test_a_gap_reaches_from_the_last_sample_to_the_next_and_is_cut_with_the_blocks() -> None:
    track = started()
    track.lose(3, Reason.OVERRUN)
    track.add(100.05, (2,))
    assert gaps_of(track, 0.02) == [(0.0, 0.02, "overrun")]
    assert gaps_of(track, 0.04) == [(0.02, 0.04, "overrun")]
    assert gaps_of(track, 0.06) == [(0.04, 0.05, "overrun")]
    assert gaps_of(track, 0.08) == []
    account = track.hand_over()
    assert (account.gaps, account.lost, account.missing) == (1, {Reason.OVERRUN: 3}, 3)


def test_a_stream_given_up_has_a_gap_in_every_block_until_a_sample_comes() -> None:
    track = started()
    track.take(0.02)
    track.add(100.021, (1,))
    track.give_up(100.04, Reason.AWAY)
    assert track.complete_s == pytest.approx(0.04)
    assert gaps_of(track, 0.04) == [(0.021, 0.04, "not answering")]
    track.give_up(100.06, Reason.AWAY)
    assert gaps_of(track, 0.06) == [(0.04, 0.06, "not answering")]
    track.add(100.065, (2,))
    assert gaps_of(track, 0.08) == [(0.06, 0.065, "not answering")]
    assert track.hand_over().gaps == 1


def test_a_sample_of_a_block_already_cut_is_lost() -> None:
    track = started()
    track.give_up(100.04, Reason.AWAY)
    track.take(0.04)
    track.add(100.03, (2,))
    track.add(100.05, (3,))
    samples, gaps = track.take(0.06)
    assert samples is not None
    assert samples.counts.tolist() == [[3]]
    assert [(g.start_s, round(g.end_s, 6), g.reason) for g in gaps] == [(0.04, 0.05, "came too late")]
    assert track.hand_over().lost == {Reason.LATE: 1}


def test_a_corrected_loss_opens_no_gap() -> None:
    track = started()
    track.correct(-1, Reason.OVERRUN)
    track.add(100.01, (2,))
    assert gaps_of(track, 0.02) == []
    assert track.hand_over().missing == -1


def test_accounts_add_up() -> None:
    total = Account()
    for number in (1, 2):
        account = Account(number, number, number, number, number, number, number, number, number)
        account.lost[Reason.BUS] = number
        total.add(account)
    assert total == Account(3, 3, 3, 3, 3, 3, 3, 3, 3, total.lost)
    assert total.lost == {Reason.BUS: 3}


@pytest.mark.fault(23)
def test_ticks_stay_on_their_grid_and_are_never_made_up_for() -> None:
    schedule = Schedule(10.0)
    assert schedule.next_s == 10.0
    assert schedule.arrive(10.0) == 0
    assert schedule.arrive(10.0061) == 1
    assert schedule.next_s == pytest.approx(10.01)
    assert schedule.arrive(10.0312) == 6
    assert schedule.missed == 4
    assert schedule.next_s == pytest.approx(10.035)
    # Woken too early: the tick that was due is still the next one.
    assert schedule.arrive(10.0349) == 7
    with pytest.raises(ValueError, match="a tick of 0"):
        Schedule(0.0, 0.0)


class FakeChip:
    """A chip that can be set up in two steps, or not."""

    def __init__(self) -> None:
        self.error: FaultError | None = None
        self.kept = True
        self.setups = self.asked = 0

    def configuring(self) -> Iterator[float]:
        self._fail()
        yield 0.1
        self._fail()
        self.setups += 1

    def healthy(self) -> bool:
        self.asked += 1
        self._fail()
        return self.kept

    def close(self) -> None:
        """Nothing to stop."""

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


HANG = TransferError("i2c-1 address 0x2a: the bus hangs", 0x2A, 110)
NACK = TransferError("i2c-1 address 0x2a: nothing answers", 0x2A, 121)


def tries(error: FaultError, seconds: float) -> list[float]:
    """Moments at which a chip that fails so is tried."""
    clock, chip = VirtualClock(), FakeChip()
    chip.error = error
    presence = Presence(chip, clock.now)
    moments_s = []
    while clock.now() < seconds:
        before_s = presence._next_s
        presence.bring_up()
        if presence._next_s != before_s:
            moments_s.append(round(clock.now(), 2))
        clock.sleep(0.005)
    return moments_s


def test_a_chip_is_set_up_in_steps_that_never_wait() -> None:
    clock, chip = VirtualClock(), FakeChip()
    presence = Presence(chip, clock.now)
    assert [presence.bring_up() for _ in range(3)] == [False, False, False]
    clock.sleep(0.1)
    assert presence.bring_up()
    assert presence.state is State.RUNNING
    assert presence.fresh
    assert chip.setups == 1


def test_a_chip_that_hangs_is_left_alone_for_longer_and_longer() -> None:
    assert tries(HANG, 20.0) == pytest.approx([0.0, 0.1, 0.3, 0.7, 1.5, 3.1, 6.3, 11.3, 16.3], abs=0.06)


def test_a_chip_that_is_not_there_is_looked_for_often() -> None:
    assert tries(NACK, 3.0) == pytest.approx([0.0, 0.1, 0.3, 0.7, 1.1, 1.5, 1.9, 2.3, 2.7], abs=0.06)


def test_hurry_brings_the_next_try_forward_and_never_puts_it_off() -> None:
    clock, chip = VirtualClock(), FakeChip()
    presence = Presence(chip, clock.now)
    chip.error = HANG
    for _ in range(6):
        presence.leave(HANG)
    presence.hurry(0.4)
    clock.sleep(0.39)
    presence.hurry(0.4)
    chip.error = None
    assert not presence.bring_up()
    clock.sleep(0.02)
    presence.bring_up()
    clock.sleep(0.1)
    assert presence.bring_up()


@pytest.mark.parametrize(("kept", "trusted"), [(True, True), (False, True), (True, False)])
def test_a_chip_that_comes_back_goes_on_only_if_it_kept_its_settings(kept: bool, trusted: bool) -> None:
    clock, chip = VirtualClock(), FakeChip()
    presence = Presence(chip, clock.now)
    presence.bring_up()
    clock.sleep(0.1)
    presence.bring_up()
    presence.leave(NACK if trusted else ChipError("delivers nothing"), trusted=trusted)
    assert presence.trouble is not None
    chip.kept = kept
    clock.sleep(0.2)
    presence.bring_up()
    clock.sleep(0.1)
    assert presence.bring_up()
    assert presence.fresh is not (kept and trusted)
    assert chip.setups == (1 if kept and trusted else 2)


def test_a_steady_run_makes_the_waits_short_again() -> None:
    clock, chip = VirtualClock(), FakeChip()
    presence = Presence(chip, clock.now)
    for _ in range(8):
        presence.leave(HANG)
    presence.hurry()
    presence.bring_up()
    clock.sleep(0.1)
    assert presence.bring_up()
    clock.sleep(1.1)
    presence.leave(HANG)
    clock.sleep(0.11)
    assert presence.bring_up()
