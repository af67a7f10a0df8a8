"""A sensor that repeats the same values, or gives too few: noticed, named, its reps marked, taken back."""

from functools import cache, partial
from itertools import takewhile

import pytest

from firmware.sampling.account import Reason, Sampled
from firmware.sampling.rate import RateWatch
from firmware.sampling.stuck import StuckWatch
from firmware.sampling.track import Track
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.virtual_rig import VirtualRig
from tracker.blocks import SLOW, SLOW_S, STUCK, STUCK_S, Gap, Stream
from tracker.calibration import apply
from tracker.gaps import GapWatch
from tracker.messages import Event, Rep
from tracker.pipeline import Tracker

ANKLE, LOAD, CABLE = Stream.ANKLE, Stream.LOAD, Stream.CABLE


def row(number: int, *, accel: int | None = None, gyro: int | None = None) -> tuple[int, ...]:
    """A sample of an inertial sensor; a sense that is not given moves with the number."""
    a, g = number if accel is None else accel, number if gyro is None else gyro
    return (a, a, a, g, g, g)


@pytest.mark.parametrize("sense", ["accel", "gyro"])
def test_one_sense_that_stays_the_same_is_enough(sense: str) -> None:
    watch = StuckWatch(ANKLE)
    stuck = [watch.take(0.005 * number, row(number, **{sense: 7})) for number in range(60)]
    first = stuck.index(True)
    assert 0.005 * first == pytest.approx(STUCK_S, abs=0.006)
    assert all(stuck[first:])


def test_a_sense_is_believed_again_when_it_is_lively_and_not_for_one_change() -> None:
    watch = StuckWatch(LOAD)
    for number in range(30):
        watch.take(0.0125 * number, (5,))
    assert [watch.take(1.0 + 0.0125 * n, (counts,)) for n, counts in enumerate((6, 6, 7, 8, 9, 9))] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_one_axis_that_does_not_move_and_an_encoder_at_rest_are_well() -> None:
    ankle, cable = StuckWatch(ANKLE), StuckWatch(CABLE)
    for number in range(1000):
        assert not ankle.take(0.005 * number, (0, 0, number % 2, 0, number % 3, 0))
        assert not cable.take(0.005 * number, (4711,))


def test_a_rate_is_too_low_under_four_fifths_of_its_name_and_well_again_above() -> None:
    watch, now_s, number = RateWatch(80.0), 0.0, 0.0
    for rate_hz, expected in ((76.0, None), (56.0, 62.0), (78.0, None)):
        for _ in range(800):
            now_s, number = now_s + 0.005, number + 0.005 * rate_hz
            watch.look(now_s, int(number))
        assert watch.slow_hz == (None if expected is None else pytest.approx(expected, abs=2.0))


def test_a_host_that_slept_has_no_slow_streams() -> None:
    watch, now_s, number = RateWatch(80.0), 0.0, 0
    for step in range(4000):
        now_s += 1.0 if step % 100 == 0 else 0.0125
        watch.look(now_s, number := number + 1)
        assert watch.slow_hz is None


@pytest.mark.fault(12, 14)
@pytest.mark.parametrize(("reason", "seen_after_s"), [(STUCK, STUCK_S), (SLOW, SLOW_S)])
def test_what_came_before_it_was_noticed_is_doubtful_too(reason: str, seen_after_s: float) -> None:
    gaps = GapWatch()
    gaps.declare(Gap(LOAD, 10.0, 10.01, reason))
    assert gaps.within(10.1 - seen_after_s, 9.95) == ("gap_load",)
    assert gaps.within(5.0, 9.9 - seen_after_s) == ()
    assert gaps.within(10.2, 11.0) == ()


def test_samples_of_a_stuck_sensor_are_counted_as_lost_and_leave_a_gap() -> None:
    track = Track(LOAD, 0.0)
    for number in range(80):
        track.add(0.0125 * number, (number if number < 20 else 7,))
    samples, gaps = track.take(1.0)
    assert samples is not None
    assert [gap.reason for gap in gaps] == [Reason.STUCK]
    assert track.stuck
    account = track.hand_over()
    assert account.delivered + account.lost[Reason.STUCK] == 80
    assert 0.0125 * account.delivered == pytest.approx(0.25 + STUCK_S, abs=0.026)


ONE_REP = SessionPlan(sets=((RepPlan(),),), calibrate=False, walk_in=False, rest_s=1.0)
STRUCK_S, MENDED_S, END_S = 10.3, 12.0, 16.5
"""The rep is from 9.8 to 13.8 s of the session."""


@cache
def session() -> GymSession:
    return simulate(ONE_REP)


def tracked(rig: VirtualRig, until_s: float = END_S) -> tuple[list[Sampled], Rep]:
    """Run the rig so far and track it; return the blocks and the one rep."""
    tracker, calibration = Tracker(rig.setup), rig.calibration
    blocks: list[Sampled] = []
    events: list[Event] = []
    for sampled in takewhile(lambda each: each.block.end_s < until_s, rig.blocks()):
        blocks.append(sampled)
        events += tracker.process(apply(calibration, sampled.block))
    (rep,) = [event for event in [*events, *tracker.finish()] if isinstance(event, Rep)]
    return blocks, rep


def struck(stream: Stream, name: str, value: int) -> VirtualRig:
    """A rig in which something is wrong with a chip for a while, in the middle of the rep."""
    rig = VirtualRig(session())
    chip = rig.chips[stream]
    rig.at(STRUCK_S, partial(setattr, chip, name, value))
    rig.at(MENDED_S, partial(setattr, chip, name, 0))
    return rig


def between(blocks: list[Sampled], from_s: float, until_s: float) -> list[Sampled]:
    return [s for s in blocks if from_s <= s.block.start_s and s.block.end_s <= until_s]


def faults_in(blocks: list[Sampled]) -> dict[Stream, str]:
    return {stream: what for s in blocks for stream, what in s.health.faults.items()}


@pytest.mark.fault(12)
@pytest.mark.parametrize("stream", [LOAD, ANKLE])
def test_a_stuck_sensor_is_named_within_half_a_second_set_up_anew_and_marks_the_rep(stream: Stream) -> None:
    rig = struck(stream, "stuck", 1)
    blocks, rep = tracked(rig)
    assert not faults_in(between(blocks, 2.0, STRUCK_S))
    named = faults_in(between(blocks, STRUCK_S, STRUCK_S + 0.5))
    assert list(named) == [stream]
    assert "repeats the same values" in named[stream]
    while_stuck = between(blocks, STRUCK_S + 0.3, MENDED_S)
    assert not [s for s in while_stuck if stream in s.block.streams]
    assert rig.accounts[stream].restarts >= 1
    assert rig.accounts[stream].lost[Reason.STUCK] > 0
    assert not faults_in(between(blocks, END_S - 1.0, END_S))
    assert rep.quality_reasons == (f"gap_{stream}",)


@pytest.mark.fault(14)
def test_an_ankle_that_leaves_out_samples_is_named_and_marks_the_rep() -> None:
    blocks, rep = tracked(struck(ANKLE, "skips", 3))
    assert not faults_in(between(blocks, 2.0, STRUCK_S))
    named = faults_in(between(blocks, STRUCK_S, STRUCK_S + SLOW_S + 0.2))
    assert "208 samples/s come as" in named[ANKLE]
    assert not faults_in(between(blocks, MENDED_S + 1.0, END_S))
    assert rep.quality_reasons == ("gap_ankle",)


def test_a_converter_that_was_slow_has_its_rate_again() -> None:
    rig = VirtualRig(session())
    cell = rig.chips[LOAD]
    rig.at(2.0, partial(setattr, cell, "rate_error", -0.2))
    rig.at(4.0, partial(setattr, cell, "rate_error", 0.0))
    blocks = list(takewhile(lambda each: each.block.end_s < 7.0, rig.blocks()))
    last_second = between(blocks, 6.0, 7.0)
    assert sum(s.health.accounts[LOAD].delivered for s in last_second) == pytest.approx(80, abs=3)


@pytest.mark.fault(14)
def test_chips_a_third_too_slow_are_named_and_their_rep_is_marked() -> None:
    rig = VirtualRig(session(), rate_error=-0.35)
    ankle = rig.chips[ANKLE]
    assert isinstance(ankle, Lsm6dsoxModel)
    ankle.trimmed = False
    blocks, rep = tracked(rig)
    assert faults_in(blocks).keys() == {LOAD, ANKLE}
    assert rep.quality_reasons == ("gap_load", "gap_ankle")
