"""What is left when streams lack samples, are not there, or hold nothing but noise and steps."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.gym.matching import match
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.midway import Midway
from tracker.blocks import FloatArray, SampleBlock, Stream
from tracker.messages import Phase, PhaseChange, Rep
from tracker.pipeline import Tracker
from tracker.profiles import PROFILES
from tracker.setup import SessionSetup

FAST = RepPlan(concentric_s=0.6, hold_s=0.1, eccentric_s=1.0, pause_s=0.3, amplitude_deg=26.0)
USUAL = RepPlan(concentric_s=0.8, hold_s=0.5, eccentric_s=1.2, pause_s=0.8)
STRUCK = 1


def machine(rep: RepPlan) -> SessionPlan:
    return SessionPlan(
        seed=13,
        walk_in=False,
        calibrate=False,
        sets=((rep,) * 3,),
        ankle_hz=104.0,
        cable_hz=100.0,
        load_hz=80.0,
    )


def band(rep: RepPlan) -> SessionPlan:
    return replace(machine(rep), exercise="band-kickback", cable=False)


@cache
def session(plan: SessionPlan) -> GymSession:
    return simulate(plan)


def reps_of(made: GymSession, streams: Mapping[Stream, FloatArray]) -> list[Rep]:
    tracker = Tracker(made.setup)
    block = SampleBlock(0.0, made.duration_s + 1.0, streams, made.announced)
    return [e for e in [*tracker.process(block), *tracker.finish()] if isinstance(e, Rep)]


@cache
def before_the_rep(plan: SessionPlan) -> Midway:
    made = session(plan)
    return Midway(made, made.truth.reps[STRUCK].concentric_start_s - 0.5, made.duration_s + 1.0)


def with_gap(plan: SessionPlan, stream: Stream, share: float, length_s: float) -> list[Rep]:
    """Track a session whose second rep lacks samples from this share of it on, of which nobody tells."""
    made = session(plan)
    rep = made.truth.reps[STRUCK]
    start_s = rep.concentric_start_s + share * (rep.eccentric_end_s - rep.concentric_start_s)
    samples = made.streams[stream]
    t_s = samples[:, 0]
    kept = samples[(t_s <= start_s) | (t_s >= start_s + length_s)]
    events = before_the_rep(plan).on({**made.streams, stream: kept})
    return [event for event in events if isinstance(event, Rep)]


@pytest.mark.parametrize(("length_s", "rep"), [*((s, FAST) for s in (0.05, 0.2, 0.35, 0.5)), (0.5, USUAL)])
@pytest.mark.parametrize(
    ("plan_of", "stream"),
    [(machine, Stream.CABLE), (machine, Stream.LOAD), (machine, Stream.ANKLE), (band, Stream.ANKLE)],
    ids=["cable", "load", "ankle", "ankle alone"],
)
def test_a_gap_anywhere_in_a_rep_neither_loses_nor_invents_one(
    plan_of: Callable[[RepPlan], SessionPlan], stream: Stream, rep: RepPlan, length_s: float
) -> None:
    plan = plan_of(rep)
    for share in (0.0, 0.2, 0.4, 0.6, 0.85):
        reps = with_gap(plan, stream, share, length_s)
        found = match(session(plan).truth.reps, reps)
        assert (found.missed, found.invented) == ((), ()), share
        if length_s > 0.15:
            assert f"gap_{stream}" in reps[STRUCK].quality_reasons, share


@pytest.mark.parametrize(("length_s", "within_s"), [(0.06, 0.02), (0.1, 0.03), (0.2, 0.06)])
def test_a_short_gap_of_the_ankle_alone_moves_no_boundary_far(length_s: float, within_s: float) -> None:
    plan = band(USUAL)
    whole = reps_of(session(plan), session(plan).streams)[STRUCK]
    for share in (0.05, 0.2, 0.3, 0.6, 0.85):
        rep = with_gap(plan, Stream.ANKLE, share, length_s)[STRUCK]
        for name in ("concentric_start_s", "pause_start_s", "eccentric_start_s", "eccentric_end_s"):
            assert getattr(rep, name) == pytest.approx(getattr(whole, name), abs=within_s), (share, name)


def test_a_rep_confirmed_while_the_ankle_is_silent_is_marked() -> None:
    made = session(replace(machine(USUAL), cable=False))
    alone = reps_of(made, made.streams)
    assert len(alone) == len(made.truth.reps)
    for rep, true in zip(alone, made.truth.reps, strict=True):
        assert (rep.kind, rep.quality) == (true.kind, "good")
        assert rep.concentric_start_s == pytest.approx(true.concentric_start_s, abs=0.06)
        assert rep.eccentric_end_s == pytest.approx(true.eccentric_end_s, abs=0.15)
        assert rep.rom_deg == pytest.approx(true.rom_deg, abs=2.0)
        assert (rep.rom_m, rep.mean_velocity_mps, rep.mean_force_n, rep.work_j) == (None,) * 4


@pytest.mark.parametrize("streams", [(Stream.CABLE,), (Stream.ANKLE,), tuple(Stream)], ids=str)
@pytest.mark.parametrize("exercise", PROFILES)
def test_of_noise_there_is_no_rep(exercise: str, streams: tuple[Stream, ...]) -> None:
    """Sensors at rest, ten times as noisy as a poor one, for forty seconds."""
    rng = np.random.default_rng(31)
    n = 4000
    t = np.arange(float(n)) * 0.01
    imu = np.column_stack((
        t, rng.normal(0.0, 0.3, (n, 2)), 9.81 + rng.normal(0.0, 0.3, n), rng.normal(0.0, 0.02, (n, 3))
    ))  # fmt: skip
    made = {
        Stream.CABLE: np.column_stack((t, rng.normal(0.0, 0.002, n))),
        Stream.LOAD: np.column_stack((t, rng.normal(60.0, 8.0, n))),
        Stream.PELVIS: imu.copy(),
        Stream.ANKLE: imu,
    }
    tracker = Tracker(SessionSetup(session="noise", exercise=exercise))
    block = SampleBlock(0.0, 41.0, {stream: made[stream] for stream in streams})
    events = [*tracker.process(block), *tracker.finish()]
    assert [event for event in events if isinstance(event, Rep)] == []
    shown = {event.phase for event in events if isinstance(event, PhaseChange)}
    assert shown <= {Phase.IDLE, Phase.PAUSE_STRETCHED}


@pytest.mark.parametrize("seed", [61, 62])
@pytest.mark.parametrize(
    ("exercise", "cable"),
    [("cable-kickback", True), *((exercise, False) for exercise in PROFILES)],
    ids=lambda value: value if isinstance(value, str) else ("no cable", "cable")[value],
)
def test_of_walking_and_clipping_on_there_is_no_rep(exercise: str, cable: bool, seed: int) -> None:
    """`free` takes whatever lifts the stack and lets it down for a rep, so it is not asked with a cable."""
    made = session(SessionPlan(seed=seed, exercise=exercise, cable=cable, calibrate=False, sets=((),)))
    assert made.truth.reps == []
    assert reps_of(made, made.streams) == []
