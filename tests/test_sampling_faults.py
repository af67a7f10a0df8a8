"""Faults of the bus and of whole chips: what is lost is said, the others go on, all is whole in a second."""

import pytest

from firmware.sampling.account import Reason
from tests.chips.bus import BCM2835, CONTROLLERS, DESIGNWARE, Controller, Fault
from tests.sampling_bench import STREAMS, UP_S, Bench, since
from tests.test_sampling_corruption import BatteryGauge
from tracker.blocks import Stream

IMUS = ("lsm6dsox", "mpu6050")
CHIPS = [(stream, "lsm6dsox") for stream in STREAMS] + [(Stream.ANKLE, "mpu6050")]
WITHIN_S = 1.0

LOAD_SETUP_S = 1.2
"""The converter's own power-up: 0.6 s of its regulator, 0.34 s of calibration, twice six conversions."""

OFFSETS = (0.0, 0.007, 0.018)
"""Moments of a fault within the 25 ms after which everything was looked at once."""


def running(ankle: str = "lsm6dsox", *, controller: Controller = BCM2835, rate_error: float = 0.0) -> Bench:
    bench = Bench(ankle=ankle, controller=controller, rate_error=rate_error)
    bench.begin()
    return bench


def others(stream: Stream) -> tuple[Stream, ...]:
    return tuple(s for s in STREAMS if s is not stream)


@pytest.mark.fault(1)
@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
@pytest.mark.parametrize("ankle", IMUS)
def test_one_transaction_that_fails_is_repeated_and_costs_nothing(controller: Controller, ankle: str) -> None:
    bench = running(ankle, controller=controller)
    faults = set(controller.numbers) - {Fault.HANG}
    for fault in faults:
        for stream in STREAMS:
            bench.fail(fault, stream)
            bench.run(0.05)
    bench.settle()
    assert bench.ledger.bus_errors == 3 * len(faults)
    assert not any(bench.account(stream).lost for stream in STREAMS)
    bench.assert_whole(UP_S)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_read_not_acknowledged_for_good_costs_what_the_chip_does_not_keep(stream: Stream) -> None:
    bench = running()
    for offset_s in OFFSETS:
        bench.run(offset_s)
        failed_s = bench.now_s
        bench.fail(Fault.NACK, stream, times=3)
        bench.run(0.3)
        bench.assert_whole(failed_s, others(stream))
    bench.settle()
    assert bench.ledger.bus_errors == 9
    assert bench.account(stream).lost == ({Reason.BUS: 3} if stream is Stream.CABLE else {})
    bench.assert_whole(failed_s + 0.1)


@pytest.mark.parametrize("ankle", IMUS)
def test_samples_that_go_with_a_broken_burst_are_counted_and_leave_a_gap(ankle: str) -> None:
    bench = running(ankle)
    for after_bytes in (3, 17, 40):
        bench.fail(Fault.SHORT, Stream.ANKLE, after_bytes=after_bytes, times=3)
        bench.run(0.3)
    bench.settle()
    account = bench.account(Stream.ANKLE)
    assert 3 <= account.missing <= 3 * 12
    assert account.gaps == 1 + 3
    bench.assert_whole(UP_S + 0.9)


@pytest.mark.fault(5)
def test_arbitration_lost_in_a_burst_is_a_broken_burst() -> None:
    bench = running(controller=DESIGNWARE)
    bench.fail(Fault.ARBITRATION, Stream.ANKLE, after_bytes=30, times=3)
    bench.settle()
    assert 1 <= bench.account(Stream.ANKLE).missing <= 6
    bench.assert_whole(UP_S + 0.2)


def test_a_conversion_that_goes_with_a_broken_read_is_missed() -> None:
    bench = running()
    for after_bytes in (1, 2, 1, 2):
        bench.run_until(lambda: bench.load.next_s is not None and bench.sampler.next_s > bench.load.next_s)
        # The look at the ready bit is too short to be cut; the three tries to read the result are.
        bench.fail(Fault.SHORT, Stream.LOAD, after_bytes=after_bytes, times=4)
        bench.run(0.2)
    bench.settle()
    assert bench.account(Stream.LOAD).lost == {Reason.BUS: 4}
    bench.assert_whole(bench.now_s - 0.5)


@pytest.mark.fault(3)
def test_conversions_overwritten_while_a_result_is_read_again_are_counted() -> None:
    """A result that hangs for 50 ms is the newest of four by then, and the one that was ready is gone."""
    bench = running()
    bench.run_until(lambda: bench.load.next_s is not None and bench.sampler.next_s > bench.load.next_s)
    bench.fail(Fault.HANG, Stream.LOAD, after_bytes=1, times=2)
    bench.run(0.1)
    bench.settle()
    assert bench.ledger.bus_errors == 1
    assert bench.account(Stream.LOAD).missing == 4


@pytest.mark.fault(3)
@pytest.mark.parametrize(("stream", "ankle"), CHIPS)
def test_one_hang_costs_the_others_no_more_than_its_own_time(stream: Stream, ankle: str) -> None:
    bench = running(ankle)
    for number, offset_s in enumerate(OFFSETS, start=1):
        bench.run(offset_s)
        hung_s = bench.now_s
        bench.fail(Fault.HANG, stream, times=2)
        bench.run(0.6)
        # Twice the timeout of 50 ms: twenty ticks, eight conversions; a FIFO keeps what it has.
        lost = {s: bench.account(s).missing for s in STREAMS}
        # The chip itself is left alone for 0.1 s, and for twice as long after each further hang.
        alone = 2**number - 1
        most = {s: number + (alone if s is stream else 0) for s in STREAMS}
        assert 19 * number <= lost[Stream.CABLE] <= 21 * most[Stream.CABLE] + 5 * number
        assert 7 * number - 1 <= lost[Stream.LOAD] <= 8 * most[Stream.LOAD] + 2 * number
        assert 18 * number <= bench.ledger.missed_ticks <= 23 * number
        if stream is not Stream.ANKLE:
            assert lost[Stream.ANKLE] == 0
    bench.settle(0.8)
    bench.assert_whole(hung_s + WITHIN_S)


@pytest.mark.parametrize(("stream", "ankle"), CHIPS)
def test_a_chip_that_hangs_for_half_a_second_is_back_within_a_second(stream: Stream, ankle: str) -> None:
    bench = running(ankle)
    bench.fail(Fault.HANG, stream, times=1000)
    bench.run(0.5)
    bench.model.relent()
    back_s = bench.now_s
    bench.settle(1.5)
    bench.assert_whole(back_s + WITHIN_S)


@pytest.mark.fault(4)
def test_a_chip_that_hangs_for_good_is_named_and_the_others_have_their_rate() -> None:
    bench = running()
    bench.fail(Fault.HANG, Stream.ANKLE, times=100_000)
    bench.run(12.0)
    assert list(bench.ledger.faults) == [Stream.ANKLE]
    assert "hangs" in bench.ledger.faults[Stream.ANKLE]
    before = {s: bench.account(s).delivered for s in STREAMS}
    bench.run(15.0)
    # Tried every 5 s, at 0.1 s each.
    assert bench.account(Stream.CABLE).delivered - before[Stream.CABLE] > 0.97 * 15.0 * 200.0
    assert bench.account(Stream.LOAD).delivered - before[Stream.LOAD] > 0.97 * 15.0 * 80.0
    assert bench.account(Stream.ANKLE).delivered == before[Stream.ANKLE]


@pytest.mark.fault(4)
@pytest.mark.parametrize("ankle", IMUS)
def test_a_bus_that_is_held_low_is_named_on_all_streams_and_whole_when_released(ankle: str) -> None:
    bench = running(ankle)
    for held_s in (0.03, 0.4, 4.0):
        stuck_s = bench.now_s
        bench.model.stuck = True
        bench.run(held_s)
        assert sum(source.track.waiting for source in bench.sampler._sources) < 200
        if held_s > 1.0:
            assert set(bench.ledger.faults) == set(STREAMS)
            assert all("hangs" in text for text in bench.ledger.faults.values())
            first = next(s for s in since(bench.blocks, stuck_s) if len(s.health.faults) == len(STREAMS))
            assert first.block.end_s < stuck_s + 0.5
            # A tick lasts as long as its transfers hang: 0.3 s with three chips.
            assert bench.ledger.end_s > bench.now_s - 0.5
        bench.model.stuck = False
        released_s = bench.now_s
        bench.run(1.5)
        bench.assert_whole(released_s + WITHIN_S)
    bench.settle()


@pytest.mark.fault(6)
@pytest.mark.parametrize(("stream", "ankle"), CHIPS)
def test_a_chip_that_reset_itself_is_noticed_within_a_second_and_set_up_again(
    stream: Stream, ankle: str
) -> None:
    bench = running(ankle)
    setup_s = LOAD_SETUP_S if stream is Stream.LOAD else 0.4
    for number, offset_s in enumerate(OFFSETS, start=1):
        bench.run(offset_s)
        reset_s = bench.now_s
        bench.chips[stream].brown_out()
        bench.run(1.9)
        assert bench.account(stream).restarts == number
        later = since(bench.blocks, reset_s - 0.1)
        up_s = next(s.block.end_s for s in later if s.health.accounts[stream].restarts)
        assert up_s - setup_s < reset_s + WITHIN_S
        gaps = [gap for s in later for gap in s.block.gaps]
        assert {gap.stream for gap in gaps} == {stream}
        assert {gap.reason for gap in gaps} <= {Reason.RESET, Reason.BUS, Reason.AWAY}
        assert Reason.RESET in {gap.reason for gap in gaps}
        bench.assert_whole(reset_s + max(WITHIN_S, setup_s + 0.3))
        bench.assert_whole(reset_s, others(stream))
    bench.settle()


@pytest.mark.parametrize(("ankle", "worst_s"), [("lsm6dsox", 0.5e-3), ("mpu6050", 3e-3)])
def test_after_a_reset_the_rate_is_still_known(ankle: str, worst_s: float) -> None:
    bench = running(ankle, rate_error=0.03)
    bench.run(3.0)
    bench.ankle.brown_out()
    bench.run(0.5)
    bench.ledger.followed[Stream.ANKLE].worst_s = 0.0
    bench.settle(1.0)
    assert 0.0 < bench.ledger.followed[Stream.ANKLE].worst_s < worst_s


def test_what_a_chip_took_before_its_first_block_and_nobody_could_read_is_counted() -> None:
    """The bus is stuck just after the setup: the first samples come when their blocks have been cut."""
    bench = running()
    bench.ankle.brown_out()
    bench.run_until(lambda: bench.ankle["FIFO_CTRL4"] != 0)
    bench.model.stuck = True
    bench.run(0.6)
    bench.model.stuck = False
    bench.settle()
    assert bench.account(Stream.ANKLE).lost[Reason.LATE] > 20


def test_losses_soon_after_a_restart_are_told_while_the_other_sensors_hold_up_the_blocks() -> None:
    """The load cell comes back and loses conversions before the block with its first can be cut."""
    bench = running()
    bench.load.brown_out()
    bench.run(1.0)
    bench.run_until(lambda: bench.load.made == bench.load.starts[-1] + 10)
    bench.ankle.brown_out()
    bench.run(0.05)
    bench.fail(Fault.HANG, Stream.CABLE, times=2)
    bench.settle(0.6)
    assert bench.account(Stream.LOAD).restarts == bench.account(Stream.ANKLE).restarts == 1
    assert bench.ledger.followed[Stream.LOAD].lost > 5


@pytest.mark.fault(9)
@pytest.mark.parametrize(("stream", "ankle"), CHIPS)
def test_a_chip_that_vanishes_is_named_and_taken_back_when_it_returns(stream: Stream, ankle: str) -> None:
    bench = running(ankle)
    for away_s in (0.03, 0.2, 0.35, 3.0):
        gone_s = bench.now_s
        bench.chips[stream].present = False
        bench.run(away_s)
        if away_s > 1.0:
            assert list(bench.ledger.faults) == [stream]
            assert "nothing answers" in bench.ledger.faults[stream]
            named = [s for s in since(bench.blocks, gone_s) if stream in s.health.faults]
            assert named[0].block.end_s < gone_s + 0.5
            assert not [s for s in named if stream in s.block.streams]
        bench.chips[stream].present = True
        back_s = bench.now_s
        bench.run(1.3)
        bench.assert_whole(back_s + WITHIN_S)
        bench.assert_whole(gone_s, others(stream))
    assert bench.account(stream).restarts == 0
    bench.settle()


@pytest.mark.fault(11)
def test_what_answers_in_an_encoders_place_after_it_was_unplugged_is_refused() -> None:
    bench = running()
    address, encoder = bench.address[Stream.CABLE], bench.cable
    encoder.present = False
    bench.run(0.4)
    swapped_s = bench.now_s
    bench.model.chips[address] = BatteryGauge(bench.clock)
    bench.run(2.0)
    assert "battery gauge" in bench.ledger.faults[Stream.CABLE]
    assert not [s for s in since(bench.blocks, swapped_s) if Stream.CABLE in s.block.streams]
    bench.assert_whole(UP_S, others(Stream.CABLE))
    encoder.present, bench.model.chips[address] = True, encoder
    back_s = bench.now_s
    bench.run(7.0)
    bench.assert_whole(back_s + 6.0)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_chip_that_is_missing_from_the_start_is_taken_when_it_comes(stream: Stream) -> None:
    bench = Bench()
    bench.chips[stream].present = False
    bench.run(2.5)
    assert list(bench.ledger.faults) == [stream]
    bench.assert_whole(1.5, others(stream))
    bench.chips[stream].present = True
    bench.run(2.5)
    bench.assert_whole(2.5 + WITHIN_S + (LOAD_SETUP_S if stream is Stream.LOAD else 0.0))


@pytest.mark.fault(7)
@pytest.mark.parametrize(("ankle", "kept_s"), [("lsm6dsox", 0.82), ("mpu6050", 0.4)])
@pytest.mark.parametrize("rate_error", [-0.03, 0.03])
def test_what_overran_while_the_process_slept_is_counted_to_the_sample(
    ankle: str, kept_s: float, rate_error: float
) -> None:
    bench = Bench(ankle=ankle, rate_error=rate_error)
    bench.run(12.0)
    overruns = 0
    for pause_s in (0.3, 0.55, 1.0, 5.0):
        missed, late = bench.ledger.missed_ticks, bench.account(Stream.CABLE).missing
        bench.clock.sleep(pause_s)
        woke_s = bench.now_s
        bench.run(1.0)
        # Emptying a full FIFO takes eight bursts of 10 ms.
        missed = bench.ledger.missed_ticks - missed
        assert 0 <= missed - pause_s / 0.005 + 1 <= 11
        assert bench.account(Stream.CABLE).missing - late == missed
        bench.assert_whole(woke_s + 0.3)
        overruns += pause_s > kept_s
        # No time is compressed or stretched: what comes after the break is at its moment, to a sample.
        assert bench.ledger.followed[Stream.ANKLE].worst_s < 0.006
        # A full FIFO may overflow once more while it is emptied.
        assert overruns <= bench.account(Stream.ANKLE).overruns <= 2 * overruns
        assert bench.account(Stream.ANKLE).gaps == 1 + bench.account(Stream.ANKLE).overruns
    bench.settle()
    account = bench.account(Stream.ANKLE)
    assert account.lost.keys() == {Reason.OVERRUN}


@pytest.mark.parametrize(("ankle", "worst_s"), [("lsm6dsox", 0.5e-3), ("mpu6050", 3e-3)])
@pytest.mark.parametrize("rate_error", [-0.03, 0.03])
@pytest.mark.parametrize("trimmed", [True, False])
def test_rates_three_percent_off_their_name_leave_every_sample_at_its_time(
    ankle: str, worst_s: float, rate_error: float, trimmed: bool
) -> None:
    bench = Bench(ankle=ankle, rate_error=rate_error, trimmed=trimmed, lateness_s=0.003)
    bench.run(UP_S + 1.0)
    for followed in bench.ledger.followed.values():
        followed.worst_s = 0.0
    bench.settle(6.0)
    bench.assert_whole(UP_S + 1.0)
    # The LSM6DSOX tells its time, of the other chips the rhythm of polling is all that is known.
    worst = {stream: followed.worst_s for stream, followed in bench.ledger.followed.items()}
    assert worst[Stream.LOAD] < 3e-3
    assert worst[Stream.ANKLE] < worst_s


@pytest.mark.fault(23)
@pytest.mark.parametrize("ankle", IMUS)
def test_a_host_that_is_busy_half_of_the_time_counts_its_late_ticks_and_moves_no_sample(ankle: str) -> None:
    """Each tick comes up to 30 ms late, six times its interval."""
    bench = Bench(ankle=ankle, lateness_s=0.03)
    bench.run(UP_S + 1.0)
    for followed in bench.ledger.followed.values():
        followed.worst_s = 0.0
    before = bench.ledger.missed_ticks, bench.account(Stream.CABLE).lost[Reason.TICKS]
    bench.settle(6.0)
    missed = bench.ledger.missed_ticks - before[0]
    assert missed > 300
    assert bench.account(Stream.CABLE).lost[Reason.TICKS] - before[1] == missed
    assert bench.account(Stream.ANKLE).lost == {}
    worst = {stream: followed.worst_s for stream, followed in bench.ledger.followed.items()}
    assert worst[Stream.ANKLE] < 0.004
    assert worst[Stream.LOAD] < 0.016
