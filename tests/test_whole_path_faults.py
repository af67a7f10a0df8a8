"""Faults in the middle of a rep, through the whole path: it is right or marked, and the next ones are whole.

A good rep is compared with what the same session gives without the fault. Each fault has a session of half
a minute, which takes about a second.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import pytest

from firmware.config import Imu
from firmware.config.sensors import ImuChip
from tests.chips.bus import Fault
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.gym.matching import match
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.virtual_rig import VirtualRig, sensors_for
from tracker.blocks import Stream
from tracker.messages import Rep, RepKind

REP = RepPlan(concentric_s=1.1, hold_s=0.7, eccentric_s=1.6, pause_s=0.8)
AT_MACHINE = SessionPlan(seed=11, calibrate=False, walk_in=False, tell_leg=True, sets=((REP,) * 4,))
WITH_BAND = replace(AT_MACHINE, exercise="band-kickback", cable=False)
STRUCK = 1
"""Which rep is struck; the ones before and after it are whole."""

TOLERANCES: dict[str, tuple[float | None, float | None]] = {
    "concentric_start_s": (0.025, None),
    "pause_start_s": (0.025, None),
    "eccentric_start_s": (0.025, None),
    "eccentric_end_s": (0.025, None),
    "rom_m": (0.005, None),
    "rom_deg": (2.0, None),
    "mean_velocity_mps": (0.01, None),
    "mean_force_n": (None, 0.01),
    "peak_force_n": (None, 0.02),
    "work_j": (None, 0.02),
}
"""Absolute or relative."""

Strike = Callable[[VirtualRig, float], None]


@cache
def session(plan: SessionPlan) -> GymSession:
    return simulate(plan)


def rig_of(plan: SessionPlan, chip: ImuChip) -> VirtualRig:
    made = session(plan)
    return VirtualRig(made, sensors_for(made, Imu(chip=chip)), rate_error=0.01)


@cache
def unharmed(plan: SessionPlan, chip: ImuChip) -> list[Rep]:
    return [event for event in rig_of(plan, chip).track() if isinstance(event, Rep)]


def struck(plan: SessionPlan, chip: ImuChip, strike: Strike, share: float) -> list[Rep]:
    """Track a session whose second rep is struck after a share of its time; every rep must be found."""
    rig = rig_of(plan, chip)
    true = session(plan).truth.reps[STRUCK]
    at_s = true.concentric_start_s + share * (true.eccentric_end_s - true.concentric_start_s)
    strike(rig, at_s)
    reps = [event for event in rig.track() if isinstance(event, Rep)]
    found = match(session(plan).truth.reps, reps)
    assert (found.missed, found.invented) == ((), ())
    assert RepKind.UNFINISHED not in {rep.kind for rep in reps}
    return reps


def assert_right_or_marked(reps: list[Rep], whole: list[Rep], marks: set[str], *, whole_from: int) -> None:
    """Reps called good are as without the fault; only `marks` are given, and none from `whole_from` on."""
    for rep, other in zip(reps, whole, strict=True):
        assert set(rep.quality_reasons) <= marks
        assert rep.quality == ("suspect" if rep.quality_reasons else "good")
        if rep.quality == "suspect":
            continue
        assert rep.kind is other.kind is RepKind.FULL
        for name, (most, share) in TOLERANCES.items():
            value, expected = getattr(rep, name), getattr(other, name)
            assert (value is None) == (expected is None), name
            assert expected is None or value == pytest.approx(expected, abs=most, rel=share), name
    assert [rep.quality for rep in reps[:STRUCK]] == ["good"] * STRUCK
    assert {rep.quality for rep in reps[whole_from:]} == {"good"}


def nobody_answers(rig: VirtualRig, at_s: float) -> None:
    rig.at(at_s, partial(rig.model.inject, Fault.NACK, times=9))


def hanging(stream: Stream, times: int, rig: VirtualRig, at_s: float) -> None:
    address = next(a for a, chip in rig.model.chips.items() if chip is rig.chips[stream])
    rig.at(at_s, partial(rig.model.inject, Fault.HANG, address=address, times=times))


def cut_short(stream: Stream, rig: VirtualRig, at_s: float) -> None:
    address = next(a for a, chip in rig.model.chips.items() if chip is rig.chips[stream])
    rig.at(at_s, partial(rig.model.inject, Fault.SHORT, address=address, times=3, after_bytes=1))


def reset(stream: Stream, rig: VirtualRig, at_s: float) -> None:
    rig.at(at_s, rig.chips[stream].brown_out)


def away(stream: Stream, length_s: float, rig: VirtualRig, at_s: float) -> None:
    chip = rig.chips[stream]
    rig.at(at_s, partial(setattr, chip, "present", False))
    rig.at(at_s + length_s, partial(setattr, chip, "present", True))


def host_asleep(length_s: float, rig: VirtualRig, at_s: float) -> None:
    """Nobody reads for so long: FIFOs overrun, and the axle turns unseen."""
    rig.at(at_s, partial(rig.clock.sleep, length_s))


def no_magnet(rig: VirtualRig, at_s: float) -> None:
    chip = rig.chips[Stream.CABLE]
    rig.at(at_s, partial(setattr, chip, "magnet", "lost"))
    rig.at(at_s + 0.3, partial(setattr, chip, "magnet", "good"))


def broken_wire(rig: VirtualRig, at_s: float) -> None:
    chip = rig.chips[Stream.LOAD]
    rig.at(at_s, partial(setattr, chip, "broken_wire", True))
    rig.at(at_s + 0.3, partial(setattr, chip, "broken_wire", False))


def flipped(stream: Stream, register: int, byte: int, bit: int, rig: VirtualRig, at_s: float) -> None:
    rig.at(at_s, partial(rig.chips[stream].flips.__setitem__, register, [(byte, bit)]))


def knocked(rig: VirtualRig, at_s: float) -> None:
    """For 40 ms the gyroscope is at the end of its range, about the axis of the swing."""
    chip = rig.chips[Stream.ANKLE]
    assert isinstance(chip, Lsm6dsoxModel)
    rate = chip.rate
    rig.at(at_s, partial(setattr, chip, "rate", lambda t_s: (0.0, 40.0, 0.0)))
    rig.at(at_s + 0.04, partial(setattr, chip, "rate", rate))


CABLE, LOAD, ANKLE = "gap_cable", "gap_load", "gap_ankle"
FAULTS: dict[str, tuple[Strike, set[str]]] = {
    "nobody answers for a moment": (nobody_answers, {CABLE}),
    "encoder cut short": (partial(cut_short, Stream.CABLE), {CABLE}),
    "ankle hangs once": (partial(hanging, Stream.ANKLE, 1), {CABLE, LOAD}),
    "ankle hangs": (partial(hanging, Stream.ANKLE, 4), {CABLE, LOAD, ANKLE}),
    "load hangs": (partial(hanging, Stream.LOAD, 4), {CABLE, LOAD}),
    "encoder resets": (partial(reset, Stream.CABLE), {CABLE}),
    "load resets": (partial(reset, Stream.LOAD), {LOAD}),
    "ankle resets": (partial(reset, Stream.ANKLE), {ANKLE}),
    "host sleeps": (partial(host_asleep, 0.3), {CABLE, LOAD}),
    "fifo overruns": (partial(host_asleep, 1.4), {CABLE, LOAD, ANKLE}),
    "angle flips": (partial(flipped, Stream.CABLE, 0x0C, 0, 2), {CABLE}),
    "load flips": (partial(flipped, Stream.LOAD, 0x12, 0, 5), {LOAD}),
    "magnet lost": (no_magnet, {CABLE}),
    "wire broken": (broken_wire, {LOAD}),
    "encoder away": (partial(away, Stream.CABLE, 1.0), {CABLE}),
    "load away": (partial(away, Stream.LOAD, 1.0), {LOAD}),
    "ankle away": (partial(away, Stream.ANKLE, 1.0), {ANKLE}),
}


@pytest.mark.fault(25)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_the_machine_leaves_its_rep_right_or_marked(name: str) -> None:
    strike, marks = FAULTS[name]
    reps = struck(AT_MACHINE, "lsm6dsox", strike, 0.2)
    assert_right_or_marked(reps, unharmed(AT_MACHINE, "lsm6dsox"), marks, whole_from=3)


@pytest.mark.fault(13)
@pytest.mark.parametrize("plan", [AT_MACHINE, replace(AT_MACHINE, sets=((REP,) * 7,))], ids=["short", "long"])
def test_an_ankle_at_the_end_of_its_range_marks_what_it_may_have_spoilt(plan: SessionPlan) -> None:
    reps = struck(plan, "lsm6dsox", knocked, 0.2)
    marked = [rep.quality_reasons == (ANKLE,) for rep in reps]
    assert marked[: STRUCK + 2] == [False] * STRUCK + [True, True]
    for rep, other in zip(reps, unharmed(plan, "lsm6dsox"), strict=True):
        if rep.quality == "good":
            assert rep.rom_deg == pytest.approx(other.rom_deg, abs=2.0)
    assert {rep.quality for rep in reps[5:]} <= {"good"}


@pytest.mark.parametrize("chip", ["lsm6dsox", "mpu6050"])
def test_a_flipped_bit_of_the_ankle_turns_no_direction(chip: ImuChip) -> None:
    """Bit 14 in the FIFO's first word or sample; of a rate it is 2.4 degrees in a sample."""
    register, byte = (0x78, 2) if chip == "lsm6dsox" else (0x74, 6)
    calibrated = replace(AT_MACHINE, calibrate=True)
    reps = struck(calibrated, chip, partial(flipped, Stream.ANKLE, register, byte, 6), 0.1)
    whole = unharmed(calibrated, chip)
    assert_right_or_marked(reps, whole, {ANKLE}, whole_from=2)
    for rep, other in zip(reps, whole, strict=True):
        assert other.diagonal_deg is not None
        assert rep.diagonal_deg == pytest.approx(other.diagonal_deg, abs=0.5)


@pytest.mark.parametrize(("length_s", "share"), [(0.05, 0.1), (0.5, 0.1), (0.2, 0.85), (0.5, 0.85)])
def test_gaps_of_the_encoder_cost_and_make_no_rep(length_s: float, share: float) -> None:
    reps = struck(AT_MACHINE, "lsm6dsox", partial(away, Stream.CABLE, length_s), share)
    assert_right_or_marked(reps, unharmed(AT_MACHINE, "lsm6dsox"), {CABLE}, whole_from=2)
    assert reps[STRUCK].quality_reasons == (CABLE,)


@pytest.mark.parametrize(("length_s", "share"), [(0.05, 0.4), (1.0, 0.4), (0.5, 0.85), (1.0, 0.85)])
def test_gaps_of_an_ankle_alone_cost_and_make_no_rep(length_s: float, share: float) -> None:
    reps = struck(WITH_BAND, "lsm6dsox", partial(away, Stream.ANKLE, length_s), share)
    assert_right_or_marked(reps, unharmed(WITH_BAND, "lsm6dsox"), {ANKLE}, whole_from=3)


@pytest.mark.parametrize("chip", ["lsm6dsox", "mpu6050"])
@pytest.mark.parametrize(
    "name", ["ankle hangs", "ankle resets", "fifo overruns", "nobody answers for a moment"]
)
def test_a_fault_of_an_ankle_alone_leaves_its_rep_right_or_marked(name: str, chip: ImuChip) -> None:
    reps = struck(WITH_BAND, chip, FAULTS[name][0], 0.4)
    assert_right_or_marked(reps, unharmed(WITH_BAND, chip), {ANKLE}, whole_from=3)
