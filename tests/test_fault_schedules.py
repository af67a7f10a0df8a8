"""Whatever befalls chips, bus and host in a set: a rep is right, or marked, or nothing was there to see it.

Generated schedules through the whole path. `KICKBACK_SCHEDULES=300 pytest -n0 --hypothesis-profile=search
--hypothesis-seed=7 tests/test_fault_schedules.py` tries so many others, at a second each. On its finds, the
examples here, were chosen `GapParams.beside_s`, the numbers of `unseen_turns`, `turned.MOST_MISSED` and
`turned.STILL_RAD`.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from firmware.config import Imu
from firmware.config.sensors import ImuChip
from firmware.sampling.schedule import TICK_S
from tests.chips.bus import CONTROLLERS
from tests.fault_schedules import Schedule, Strike, schedules, strike_all
from tests.gym.matching import match
from tests.gym.simulate import GymSession
from tests.gym.truth import TrueMovement
from tests.test_whole_path_faults import AT_MACHINE, TOLERANCES, WITH_BAND, session
from tests.virtual_rig import VirtualRig, sensors_for
from tracker.blocks import Gap, Stream
from tracker.calibration import apply
from tracker.messages import Event, Rep
from tracker.pipeline import Tracker

TRIED = int(os.environ.get("KICKBACK_SCHEDULES", "2"))
PLANS = {"machine": AT_MACHINE, "band": WITH_BAND}
STREAMS = {"machine": (Stream.CABLE, Stream.LOAD, Stream.ANKLE), "band": (Stream.ANKLE,)}
COUNTING = {"machine": (Stream.CABLE, Stream.ANKLE), "band": (Stream.ANKLE,)}
"""Either of them is enough to count by."""

SEEN_BY_NOTHING_S = 1.0
"""A rep may be missed where everything that counts lacks samples for longer than this at once."""

RECOVERED_S = 12.0
"""So long after the last fault everything is as if there had been none: an ankle's pose needs ten seconds."""

CONFIRMED_S = 0.3
"""So long after its end a rep is told; what strikes later cannot mark it."""

MORE: dict[str, tuple[float | None, float | None]] = {
    "concentric_s": (0.05, None),
    "pause_contracted_s": (0.05, None),
    "eccentric_s": (0.05, None),
    "pause_stretched_s": (0.05, None),
    "time_under_tension_s": (0.05, None),
    "diagonal_deg": (1.5, None),
    "mean_power_w": (None, 0.03),
    "peak_power_w": (None, 0.04),
}
"""Absolute or relative, as in `TOLERANCES`: differences of two boundaries, and products."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A session of one of the plans, sampled from one ankle chip by one controller, and what befalls it."""

    plan: str
    schedule: Schedule = ()
    chip: ImuChip = "lsm6dsox"
    controller: str = CONTROLLERS[0].name

    @property
    def session(self) -> GymSession:
        return session(PLANS[self.plan])

    def tracked(self) -> tuple[list[Rep], list[Gap]]:
        """Return the reps, and every gap: those told, and the silence in which the session ended."""
        controller = next(each for each in CONTROLLERS if each.name == self.controller)
        sensors = sensors_for(self.session, Imu(chip=self.chip))
        rig = VirtualRig(self.session, sensors, rate_error=0.01, controller=controller)
        strike_all(rig, self.schedule)
        tracker, calibration = Tracker(rig.setup), rig.calibration
        gaps: list[Gap] = []
        events: list[Event] = []
        heard_s = dict.fromkeys(STREAMS[self.plan], 0.0)
        end_s = 0.0
        for sampled in rig.blocks():
            gaps += sampled.block.gaps
            block = apply(calibration, sampled.block)
            heard_s |= {stream: float(samples[-1, 0]) for stream, samples in block.streams.items()}
            events += tracker.process(block)
            end_s = block.end_s
        gaps += [Gap(stream, last_s, end_s, "no samples") for stream, last_s in heard_s.items()]
        return [event for event in [*events, *tracker.finish()] if isinstance(event, Rep)], gaps


@cache
def unharmed(plan: str, chip: ImuChip) -> list[Rep]:
    return Trial(plan, chip=chip).tracked()[0]


def blind_s(trial: Trial, true: TrueMovement, gaps: Iterable[Gap]) -> float:
    """Return for how long at a time, in a rep or across its ends, no stream that counts had samples."""
    gone = [[gap for gap in gaps if gap.stream is stream] for stream in COUNTING[trial.plan]]
    edges_s = sorted({edge_s for each in gone for gap in each for edge_s in (gap.start_s, gap.end_s)})
    longest_s = lasted_s = 0.0
    for start_s, end_s in pairwise(edges_s):
        middle_s = 0.5 * (start_s + end_s)
        blind = all(any(gap.start_s < middle_s < gap.end_s for gap in each) for each in gone)
        lasted_s = lasted_s + end_s - start_s if blind else 0.0
        if true.concentric_start_s < end_s and end_s - lasted_s < true.eccentric_end_s:
            longest_s = max(longest_s, lasted_s)
    return longest_s


def wrong_values(rep: Rep, other: Rep, true: TrueMovement) -> Iterable[str]:
    """Name what of a good rep is neither as without the faults nor true: sway learnt else moves both."""
    if (rep.kind, rep.leg) != (other.kind, other.leg):
        yield f"{rep.kind} of leg {rep.leg}"
    for name, (most, share) in (TOLERANCES | MORE).items():
        value, usual = getattr(rep, name), getattr(other, name)
        if name == "pause_stretched_s" and value is None:
            continue  # the end before it was not seen
        right = (usual, getattr(true, name, usual))
        if value not in [
            None if each is None else pytest.approx(each, abs=most, rel=share) for each in right
        ]:
            yield f"{name} {value} for {usual}"


def complaints(trial: Trial) -> Iterable[str]:
    """Say what breaks the promise."""
    reps, gaps = trial.tracked()
    truth = trial.session.truth.reps
    found = match(truth, reps)
    yield from (f"invented: {rep}" for rep in found.invented)
    for true in found.missed:
        if blind_s(trial, true, gaps) <= SEEN_BY_NOTHING_S:
            yield f"missed: the rep at {true.concentric_start_s} s"
    for true, rep in found.pairs:
        number = truth.index(true) + 1
        if rep.quality == "good":
            other = unharmed(trial.plan, trial.chip)[number - 1]
            yield from (f"good rep {number}: {wrong}" for wrong in wrong_values(rep, other, true))
        elif not rep.quality_reasons:
            yield f"rep {number} is suspect without a reason"
        elif all(_far(true, strike) for strike in trial.schedule):
            yield f"rep {number} is suspect far from every fault: {rep.quality_reasons}"


def _far(true: TrueMovement, strike: Strike) -> bool:
    before = true.eccentric_end_s + CONFIRMED_S < strike.start_s
    return before or (not strike.lasts and strike.end_s + RECOVERED_S < true.concentric_start_s)


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    """A session that is struck as it begins, or from a second before its first rep on."""
    plan = draw(st.sampled_from(("machine", "band")))
    reps = session(PLANS[plan]).truth.reps
    moments = [moment_s for true in reps for moment_s in boundaries_s(true)]
    moments += [0.0, *(moment_s - TICK_S for moment_s in moments)]
    schedule = draw(schedules(STREAMS[plan], moments, reps[0].concentric_start_s - 1.0, max(moments)))
    chips: list[ImuChip] = ["lsm6dsox", "mpu6050"]
    controllers = [each.name for each in CONTROLLERS]
    return Trial(plan, schedule, draw(st.sampled_from(chips)), draw(st.sampled_from(controllers)))


def boundaries_s(true: TrueMovement) -> tuple[float, float, float, float]:
    return true.concentric_start_s, true.pause_start_s, true.eccentric_start_s, true.eccentric_end_s


BACK_AS_A_REP_BEGINS = Trial("machine", (Strike("magnet lost", Stream.CABLE, 20.942, 1.0),), "mpu6050")
"""The samples come back 50 ms into a rep, which then seems to begin there."""

ARBITRARY_AS_A_REP_BEGINS = Trial("machine", (Strike("magnet lost", Stream.CABLE, 13.501, 0.311),), "mpu6050")
"""Two arbitrary angles in a row, just before the magnet is there again, look like an axle that turns fast."""

SILENT_IN_THE_FIRST_REP = Trial("machine", (Strike("magnet lost", Stream.CABLE, 11.135, 1.0),), "mpu6050")
"""The ankle takes over a rep that began without a rest, as the cable had seen."""

GONE_AS_THE_LIFTER_WALKS_OUT = Trial("machine", (Strike("magnet lost", Stream.CABLE, 8.302, 30.0),))
"""The leg swung to and fro at the first step, but the cable, as long as it was there, only went out."""

GONE_BEFORE_THE_REP_WAS_TOLD = Trial("machine", (Strike("away", Stream.CABLE, 16.842, 30.0),))
"""The rep was over a tenth of a second ago: no sample of it is missing, but the ankle has to tell it."""

NOBODY_LOOKS_AS_THE_LEG_GOES_OUT = Trial(
    "machine",
    (
        Strike("byte not acknowledged", Stream.CABLE, 17.711, 0.05, 30, 81),
        Strike("host asleep", Stream.ANKLE, 17.761, 0.713),
    ),
    "mpu6050",
    "i2c-gpio",
)
"""Two turns went by, and the ankle, silent too, only knows of them once the leg hangs still at the peak."""

NOBODY_LOOKS_AS_THE_FIRST_REP_BEGINS = Trial(
    "machine",
    (
        Strike("bus held low", Stream.LOAD, 9.297, 0.385),
        Strike("byte not acknowledged", Stream.CABLE, 9.302, 0.02, 4, 213),
        Strike("host asleep", Stream.LOAD, 9.297, 0.02),
    ),
)
"""The ankle is asked while it still comes round to gravity, as the leg is braked: both look like none."""

BLIND_FROM_THE_HOLD_ON = Trial(
    "band",
    (Strike("bus held low", Stream.ANKLE, 16.189, 1.851),),
    controller="designware",
)
"""The samples stop in the hold and return after the rep, whose end then seems to be before they stopped."""

KNOCKED_AS_THE_LEG_COMES_BACK = Trial("band", (Strike("knocked", Stream.ANKLE, 13.634, 0.05),), "mpu6050")
"""The gyroscope shows the most it can, to and fro, as which it did not turn."""

PINNED_FOR_HALF_A_SECOND = Trial("band", (Strike("pinned", Stream.ANKLE, 11.8, 0.5),), "mpu6050")
"""So the leg would have turned three times about itself."""

FLIPPED_AS_THE_SAMPLES_RETURN = Trial(
    "band",
    (Strike("bit flipped", Stream.ANKLE, 5.193, detail=71), Strike("reset", Stream.ANKLE, 5.193)),
    "mpu6050",
    "i2c-gpio",
)
"""The first sample after the gap is corrupt, and by it the leg turned about itself meanwhile."""

FLIPPED_AFTER_A_BLIND_REP = Trial(
    "band",
    (
        Strike("bus held low", Stream.ANKLE, 7.163, 3.0),
        Strike("arbitration lost", Stream.ANKLE, 7.163, 0.5, 4, 321),
        Strike("bit flipped", Stream.ANKLE, 7.663, 0.5, 1, 7),
    ),
    "mpu6050",
    "designware",
)
"""The rep seems to go out by 80 degrees where the samples return: no range to hold the next ones against."""

NOBODY_LOOKS_AS_THE_LIFTER_ARRIVES = Trial(
    "machine",
    (
        Strike("byte not acknowledged", Stream.ANKLE, 8.302, 0.055, 9, 203),
        Strike("host asleep", Stream.LOAD, 8.357, 0.705),
    ),
    "mpu6050",
    "bcm2835",
)
"""Most of the rest before the first rep goes unseen, so that it seems to go on outwards from the walk in."""

BLIND_AS_THE_LIFTER_SETS_OFF = Trial(
    "machine", (Strike("bus held low", Stream.ANKLE, 9.297, 0.417),), "mpu6050", "i2c-gpio"
)
"""A turn went by; the ankle comes round to gravity until the leg hangs still at the peak."""

BLIND_ALL_THE_WAY_OUT = Trial(
    "machine", (Strike("bus held low", Stream.ANKLE, 13.401, 0.8),), controller="i2c-gpio"
)
"""The gyroscope never learns of that way, and of the rep after it the pause before is not known."""

SILENT_FROM_THE_FIRST_RETURN_ON = Trial(
    "machine", (Strike("bus held low", Stream.ANKLE, 12.662, 30.0),), controller="bcm2835"
)
"""A tenth of a second after the end of the first rep, which would be over in another."""

ONLY_THE_ANKLE_COMES_BACK = Trial(
    "machine",
    (
        Strike("bus held low", Stream.LOAD, 9.139, 3.0, 3, 72),
        Strike("hangs", Stream.CABLE, 10.27, times=2, detail=252),
        Strike("hangs", Stream.CABLE, 11.135, times=2),
    ),
    "mpu6050",
    "designware",
)
"""A second before the first rep that can be seen; while its pose comes round, a leg at rest seems to move."""

A_TURN_TELLS_THE_RETURN_TOO_SOON = Trial(
    "machine", (Strike("bus held low", Stream.CABLE, 13.08, 1.005),), "mpu6050", "i2c-gpio"
)
"""The rep is marked, and its end 0.2 s off: of the next, which is good, the pause before is not known."""

BLIND_TWICE_AS_THE_LIFTER_GOES_ON = Trial(
    "machine",
    (Strike("bus held low", Stream.ANKLE, 16.0, 0.7), Strike("bus held low", Stream.ANKLE, 17.0, 0.9)),
    controller="i2c-gpio",
)
"""What is held back falls silent again; then both come back, the ankle first and with a wrong pose."""

BLIND_FROM_ONE_RETURN_TO_THE_NEXT_WAY_OUT = Trial(
    "band", (Strike("bus held low", Stream.ANKLE, 8.018, 3.0),), "mpu6050", "designware"
)
"""The leg is seen again on its way out, which is no start: rest and peak are as far from there."""

ONE_SECOND_HIDES_A_WAY_OUT = Trial(
    "band",
    (
        Strike("not acknowledged", Stream.ANKLE, 14.593, 0.08, 30, 5),
        Strike("byte not acknowledged", Stream.ANKLE, 14.673, 0.25, 9, 190),
    ),
    "mpu6050",
    "bcm2835",
)
"""To the gyroscope the leg only comes back, so that the rep would seem to end before it began."""

NO_SWAY_LEARNT_FROM_THE_FIRST_REP = Trial(
    "machine",
    (
        Strike("cut short", Stream.ANKLE, 9.497, 0.595, 3, 192),
        Strike("magnet lost", Stream.CABLE, 9.497, 1.005),
    ),
    controller="i2c-gpio",
)
"""So the second, which is good, begins elsewhere than it would have: 10 mm/s, and nearer to the truth."""

ONE_CHIP_HANGS_ALL_ALONG = Trial(
    "machine", (Strike("hangs", Stream.LOAD, 8.302, 0.0, 30, 1),), controller="designware"
)


@settings(max_examples=TRIED, phases=(Phase.explicit, Phase.generate))
@given(trials())
@example(BACK_AS_A_REP_BEGINS)
@example(ARBITRARY_AS_A_REP_BEGINS)
@example(SILENT_IN_THE_FIRST_REP)
@example(GONE_AS_THE_LIFTER_WALKS_OUT)
@example(GONE_BEFORE_THE_REP_WAS_TOLD)
@example(NOBODY_LOOKS_AS_THE_LEG_GOES_OUT)
@example(NOBODY_LOOKS_AS_THE_FIRST_REP_BEGINS)
@example(BLIND_FROM_THE_HOLD_ON)
@example(FLIPPED_AS_THE_SAMPLES_RETURN)
@example(FLIPPED_AFTER_A_BLIND_REP)
@example(NOBODY_LOOKS_AS_THE_LIFTER_ARRIVES)
@example(BLIND_AS_THE_LIFTER_SETS_OFF)
@example(BLIND_ALL_THE_WAY_OUT)
@example(SILENT_FROM_THE_FIRST_RETURN_ON)
@example(ONLY_THE_ANKLE_COMES_BACK)
@example(A_TURN_TELLS_THE_RETURN_TOO_SOON)
@example(BLIND_TWICE_AS_THE_LIFTER_GOES_ON)
@example(BLIND_FROM_ONE_RETURN_TO_THE_NEXT_WAY_OUT)
@example(ONE_SECOND_HIDES_A_WAY_OUT)
@example(NO_SWAY_LEARNT_FROM_THE_FIRST_REP)
@example(ONE_CHIP_HANGS_ALL_ALONG)
@example(KNOCKED_AS_THE_LEG_COMES_BACK)
@example(PINNED_FOR_HALF_A_SECOND)
def test_a_rep_is_right_or_marked_or_there_was_nothing_to_see_it_by(trial: Trial) -> None:
    assert list(complaints(trial)) == []
