"""A gap in which the pulley turns further than half a turn: turns are found again, and the rep is marked."""

from functools import partial
from math import floor, pi

import numpy as np
import pytest

from firmware.sampling.account import Reason
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate
from tests.sampling_bench import UP_S, Bench, pulled, since
from tests.virtual_rig import VirtualRig
from tracker.blocks import Stream
from tracker.messages import Rep


def off_by_turns(bench: Bench) -> np.ndarray:
    """Return by how many turns each delivered position is off those the axle really made since the first."""
    samples = [s.block.streams[Stream.CABLE] for s in bench.blocks if Stream.CABLE in s.block.streams]
    t_s = np.concatenate([block.t_s for block in samples]) + bench.sampler.start_s
    turns = np.concatenate([block.counts[:, 0] for block in samples]) / 4096.0
    off = turns - np.array([pulled(t) for t in t_s]) / (2.0 * pi)
    return np.asarray(off - floor(off[0] + 0.5))


def lose_magnet(bench: Bench, away_s: float, *, then_s: float) -> None:
    """Let the magnet be away for a while and then be back for another."""
    bench.cable.magnet = "lost"
    bench.run(away_s)
    bench.cable.magnet = "good"
    bench.run(then_s)


@pytest.mark.parametrize("gap_s", [0.04, 0.1, 0.15, 0.2, 0.22])
def test_turns_missed_in_a_gap_are_found_by_the_speed_on_either_side(gap_s: float) -> None:
    """The pulley makes up to eight turns a second, and its speed changes from gap to gap."""
    bench = Bench()
    bench.run(UP_S)
    for _ in range(6):
        bench.cable.present = False
        bench.run(gap_s)
        bench.cable.present = True
        bench.run(0.75)
    gaps = [g for s in since(bench.blocks, UP_S) for g in s.block.gaps if g.stream is Stream.CABLE]
    assert Reason.AMBIGUOUS in {gap.reason for gap in gaps}
    assert np.abs(off_by_turns(bench)).max() < 0.01


@pytest.mark.fault(18)
def test_readings_before_the_magnet_is_seen_again_tell_neither_place_nor_speed() -> None:
    """Without a magnet the angle is arbitrary, and two in a row may look like an axle that turns fast."""
    bench = Bench()
    bench.run(UP_S)
    for tick in range(25):
        lose_magnet(bench, 0.1 + 0.005 * (tick % 5), then_s=0.15)
    assert np.abs(off_by_turns(bench)).max() < 0.01


@pytest.mark.fault(18)
@pytest.mark.parametrize("turns", range(10))
def test_the_first_reading_of_all_comes_after_the_magnet_was_seen(turns: int) -> None:
    bench = Bench()
    lose_magnet(bench, UP_S + 0.005 * turns, then_s=0.2)
    assert np.abs(off_by_turns(bench)).max() < 0.01


@pytest.mark.fault(18)
def test_a_magnet_that_is_away_between_two_looks_at_it_tells_nothing_either() -> None:
    """It is looked for every 25 ms, and where an angle jumps."""
    bench = Bench()
    bench.run(UP_S)
    for turn in range(120):
        lose_magnet(bench, 0.01 + 0.005 * (turn % 2), then_s=0.1 + 0.005 * (turn % 5))
    assert np.abs(off_by_turns(bench)).max() < 0.01


@pytest.mark.parametrize("at_s", [0.15, 1.75])
def test_a_rep_in_which_turns_were_missed_is_counted_and_marked_and_the_next_is_good(at_s: float) -> None:
    """A quarter of a second without the cable at nearly 0.9 m/s, going out and coming back."""
    quick = RepPlan(concentric_s=0.8, hold_s=0.6, eccentric_s=1.2, pause_s=0.8)
    made = simulate(SessionPlan(seed=11, calibrate=False, walk_in=False, sets=((quick,) * 3,), rest_s=1.0))
    rig = VirtualRig(made)
    gone_s = made.truth.reps[1].concentric_start_s + at_s
    for present, when_s in ((False, gone_s), (True, gone_s + 0.25)):
        rig.at(when_s, partial(setattr, rig.chips[Stream.CABLE], "present", present))
    reps = [event for event in rig.track() if isinstance(event, Rep)]
    assert [rep.quality_reasons for rep in reps] == [(), ("gap_cable",), ()]
    assert reps[2].rom_m == pytest.approx(made.truth.reps[2].rom_m, abs=0.005)
