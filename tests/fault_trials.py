"""Trials: a session through the whole path while faults befall it, and what of it breaks the promise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, takewhile

import pytest

from firmware.config import Imu
from firmware.config.sensors import ImuChip
from tests.chips.bus import CONTROLLERS
from tests.fault_schedules import Schedule, Strike, strike_all
from tests.gym.matching import match
from tests.gym.simulate import GymSession
from tests.gym.truth import TrueMovement
from tests.test_whole_path_faults import AT_MACHINE, TOLERANCES, WITH_BAND, session
from tests.virtual_rig import VirtualRig, sensors_for
from tracker.blocks import Gap, Stream
from tracker.calibration import apply
from tracker.gaps import GapParams
from tracker.messages import Event, Rep, SetSummary
from tracker.pipeline import Tracker

PLANS = {
    "machine": AT_MACHINE,
    "band": WITH_BAND,
    "machine, calibrated": replace(AT_MACHINE, calibrate=True),
    "band, calibrated": replace(WITH_BAND, calibrate=True),
    "cable alone": AT_MACHINE,
    "cable alone, calibrated": replace(AT_MACHINE, calibrate=True),
}


def has_ankle(plan: str) -> bool:
    """Return whether the lifter wears the ankle's sensor."""
    return not plan.startswith("cable alone")


def streams(plan: str) -> tuple[Stream, ...]:
    """Return the streams of a plan's sensors."""
    cable = (Stream.CABLE, Stream.LOAD) if PLANS[plan].cable else ()
    return (*cable, Stream.ANKLE) if has_ankle(plan) else cable


def counting(plan: str) -> tuple[Stream, ...]:
    """Return those of them of which each is enough to count by."""
    return tuple(stream for stream in streams(plan) if stream is not Stream.LOAD)


SEEN_BY_NOTHING_S = 1.0
"""A rep may be missed where everything that counts lacks samples for longer than this at once."""

TURN_UNSEEN_S = 0.2
"""Or the cable alone for longer than this: nothing tells whether the pulley turned meanwhile."""

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
    "mean_power_w": (None, 0.03),
    "peak_power_w": (None, 0.04),
}
"""Absolute or relative, as in `TOLERANCES`: differences of two boundaries, and products."""

SAME_DIAGONAL_DEG = 1.5
INSIDE_SD = 2.0
"""A diagonal may be off the truth by so many of the standard errors that are stated with it."""


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

    def tracked(self) -> tuple[list[Rep], list[SetSummary], list[Gap]]:
        """Return reps and sets, and every gap: those told, and the silence in which the session ended."""
        controller = next(each for each in CONTROLLERS if each.name == self.controller)
        sensors = sensors_for(self.session, Imu(chip=self.chip, enabled=has_ankle(self.plan)))
        rig = VirtualRig(self.session, sensors, rate_error=0.01, controller=controller)
        strike_all(rig, self.schedule)
        tracker, calibration = Tracker(rig.setup), rig.calibration
        gaps: list[Gap] = []
        events: list[Event] = []
        heard_s = dict.fromkeys(streams(self.plan), 0.0)
        end_s = 0.0
        for sampled in rig.blocks():
            gaps += sampled.block.gaps
            block = apply(calibration, sampled.block)
            heard_s |= {stream: float(samples[-1, 0]) for stream, samples in block.streams.items()}
            events += tracker.process(block)
            end_s = block.end_s
        gaps += [Gap(stream, last_s, end_s, "no samples") for stream, last_s in heard_s.items()]
        events += tracker.finish()
        reps = [event for event in events if isinstance(event, Rep)]
        return reps, [event for event in events if isinstance(event, SetSummary)], gaps


@cache
def unharmed(plan: str, chip: ImuChip) -> list[Rep]:
    return Trial(plan, chip=chip).tracked()[0]


def hides_rep_s(plan: str) -> float:
    """Return in how long a silence a rep may be missed."""
    return SEEN_BY_NOTHING_S if has_ankle(plan) else TURN_UNSEEN_S


def blind_s(trial: Trial, start_s: float, end_s: float, gaps: Iterable[Gap], apart_s: float = 0.0) -> float:
    """Return for how long at a time, in an interval or across its ends, no stream that counts had samples.

    Where some had for less than `apart_s`, it is still the same time.
    """
    gone = [[gap for gap in gaps if gap.stream is stream] for stream in counting(trial.plan)]
    edges_s = sorted({edge_s for each in gone for gap in each for edge_s in (gap.start_s, gap.end_s)})
    longest_s = lasted_s = 0.0
    for from_s, until_s in pairwise(edges_s):
        middle_s = 0.5 * (from_s + until_s)
        blind = all(any(gap.start_s < middle_s < gap.end_s for gap in each) for each in gone)
        lasted_s = lasted_s + until_s - from_s if blind or until_s - from_s < apart_s else 0.0
        if start_s < until_s and until_s - lasted_s < end_s:
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
    yield from _wrong_diagonal(rep, other, true)
    if invented := set(rep.faults) - set(other.faults):
        yield f"faults {invented}"


def _wrong_diagonal(rep: Rep, other: Rep, true: TrueMovement) -> Iterable[str]:
    """Say it where a diagonal is neither as without the faults, nor true as far as it says, nor kept back."""
    if rep.diagonal_deg is None:
        if rep.diagonal_reason is None:
            yield "no diagonal, and no reason"
        return
    if other.diagonal_deg is None:
        yield f"diagonal {rep.diagonal_deg} by {rep.midline}, which nothing tells"
        return
    assert rep.diagonal_sd_deg is not None
    assert true.diagonal_deg is not None
    same = abs(rep.diagonal_deg - other.diagonal_deg) <= SAME_DIAGONAL_DEG
    if not same and abs(rep.diagonal_deg - true.diagonal_deg) > INSIDE_SD * rep.diagonal_sd_deg:
        yield f"diagonal {rep.diagonal_deg} for {other.diagonal_deg}, sd {rep.diagonal_sd_deg}"


def complaints(trial: Trial) -> Iterable[str]:
    """Say what breaks the promise."""
    reps, sets, gaps = trial.tracked()
    truth = trial.session.truth.reps
    found = match(truth, reps)
    hides_s = hides_rep_s(trial.plan)
    yield from (f"invented: {rep}" for rep in found.invented)
    as_kicks = _taken_for_kicks(trial, found.missed, gaps)
    for true in found.missed:
        if not _hidden(trial, true, gaps) and true not in as_kicks:
            yield f"missed: the rep at {true.concentric_start_s} s"
        elif not any(done.unseen_s for done in sets) and sets:
            yield f"no set says that the rep at {true.concentric_start_s} s may be missing"
    for done in sets:
        blind = blind_s(trial, 0.0, done.detected_s, gaps, GapParams().apart_s)
        if done.unseen_s and blind <= hides_s:
            yield f"set {done.set} was unseen for {done.unseen_s} s, but something counted all along"
    for true, rep in found.pairs:
        number = truth.index(true) + 1
        if rep.quality == "good":
            other = unharmed(trial.plan, trial.chip)[number - 1]
            yield from (f"good rep {number}: {wrong}" for wrong in wrong_values(rep, other, true))
        elif not rep.quality_reasons:
            yield f"rep {number} is suspect without a reason"
        elif all(_far(true, strike) for strike in trial.schedule):
            yield f"rep {number} is suspect far from every fault: {rep.quality_reasons}"


def _hidden(trial: Trial, true: TrueMovement, gaps: Iterable[Gap]) -> bool:
    """Whether a movement may go by unseen."""
    silent_s = blind_s(trial, true.concentric_start_s, true.eccentric_end_s, gaps)
    return silent_s > hides_rep_s(trial.plan)


def _taken_for_kicks(
    trial: Trial, missed: Sequence[TrueMovement], gaps: Sequence[Gap]
) -> Sequence[TrueMovement]:
    """Return the first reps seen, if they are missing, as many as calibration kicks may have been unseen."""
    truth = trial.session.truth
    hidden = sum(_hidden(trial, true, gaps) for true in truth.movements if true.is_calibration)
    seen = [true for true in truth.reps if not _hidden(trial, true, gaps)]
    return [*takewhile(missed.__contains__, seen[:hidden])]


def _far(true: TrueMovement, strike: Strike) -> bool:
    before = true.eccentric_end_s + CONFIRMED_S < strike.start_s
    return before or (not strike.lasts and strike.end_s + RECOVERED_S < true.concentric_start_s)


def boundaries_s(true: TrueMovement) -> tuple[float, float, float, float]:
    return true.concentric_start_s, true.pause_start_s, true.eccentric_start_s, true.eccentric_end_s
