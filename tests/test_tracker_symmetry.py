"""What must not matter: which way round the cuff is worn, which leg kicks, and when the session began."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.attitude import inverse, right_angle_mountings, turn, turned
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import Announced, FloatArray, SampleBlock, Stream
from tracker.messages import Rep
from tracker.pipeline import Tracker

REPS = tuple(RepPlan(hold_s=0.4, eccentric_s=1.5, diagonal_deg=deg) for deg in (36.0, 30.0, 40.0))
MACHINE = SessionPlan(seed=21, sets=(REPS,), walk_in=False, ankle_hz=104.0)
BAND = replace(MACHINE, exercise="band-kickback", cable=False, calibrate=False, walk_in=True)
KNEES = replace(MACHINE, exercise="quadruped-kickback", cable=False, calibrate=False)
FREE = replace(MACHINE, exercise="free", cable=False, calibrate=False)
PLANS = {"machine": MACHINE, "band": BAND, "knees": KNEES, "free": FREE}
SAMPLE_S = 1.0 / 104.0

TIMES = ("concentric_start_s", "pause_start_s", "eccentric_start_s", "eccentric_end_s", "detected_s")
VALUES = ("rom_m", "rom_deg", "mean_velocity_mps", "mean_force_n", "work_j", "diagonal_deg",
          "diagonal_sd_deg")  # fmt: skip


@cache
def session(plan: SessionPlan) -> GymSession:
    return simulate(plan)


def reps_of(
    made: GymSession,
    streams: Mapping[Stream, FloatArray],
    announced: Sequence[Announced],
    end_s: float,
) -> list[Rep]:
    tracker = Tracker(made.setup)
    whole = SampleBlock(0.0, end_s, streams, tuple(announced))
    return [e for e in [*tracker.process(whole), *tracker.finish()] if isinstance(e, Rep)]


@cache
def plain(plan: SessionPlan) -> list[Rep]:
    made = session(plan)
    reps = reps_of(made, made.streams, made.announced, made.duration_s + 1.0)
    assert len(reps) == len(REPS)
    return reps


def assert_alike(reps: Sequence[Rep], others: Sequence[Rep], later_s: float, within_s: float) -> None:
    assert len(reps) == len(others)
    for rep, other in zip(reps, others, strict=True):
        assert (rep.kind, rep.quality_reasons) == (other.kind, other.quality_reasons)
        assert (rep.midline, rep.diagonal_reason) == (other.midline, other.diagonal_reason)
        for name in TIMES:
            assert getattr(rep, name) == pytest.approx(getattr(other, name) + later_s, abs=within_s), name
        for name in VALUES:
            value, expected = getattr(rep, name), getattr(other, name)
            assert (value is None) == (expected is None), name
            assert expected is None or value == pytest.approx(expected, abs=0.1, rel=1e-3), name


@pytest.mark.parametrize("name", ["band", "knees", "free"])
def test_any_way_round_the_cuff_finds_the_same_phases_by_the_ankle_alone(name: str) -> None:
    """The calibrated machine's directions are held in `test_diagonal_sessions`."""
    made = session(PLANS[name])
    ankle = made.streams[Stream.ANKLE]
    rng = np.random.default_rng(4)
    twists = [turn(rng.normal(size=3), float(rng.uniform(-np.pi, np.pi))) for _ in range(2)]
    chosen = right_angle_mountings() if name == "band" else right_angle_mountings()[1::4]
    for mounting in [*chosen, *twists]:
        back = inverse(mounting)
        worn = np.column_stack((ankle[:, 0], turned(back, ankle[:, 1:4]), turned(back, ankle[:, 4:])))
        reps = reps_of(made, {Stream.ANKLE: worn}, made.announced, made.duration_s + 1.0)
        assert_alike(reps, plain(PLANS[name]), 0.0, SAMPLE_S)


@pytest.mark.parametrize("name", ["machine", "band", "knees"])
def test_in_a_mirror_the_other_leg_kicks_the_same(name: str) -> None:
    """Left and right change place: the level axis of the force turns round, and of the rate, which is
    a rotation's, the two others."""
    made = session(PLANS[name])
    mirrored = {stream: samples.copy() for stream, samples in made.streams.items()}
    mirrored[Stream.ANKLE][:, [2, 4, 6]] *= -1.0
    reps = reps_of(made, mirrored, made.announced, made.duration_s + 1.0)
    assert_alike(reps, plain(PLANS[name]), 0.0, 1e-6)
    other = {"left": "right", "right": "left", None: None}
    assert [rep.leg for rep in reps] == [other[rep.leg] for rep in plain(PLANS[name])]
    assert name == "knees" or {rep.leg for rep in reps} == {"left"}


@pytest.mark.parametrize("later_s", [0.37, 86_400.0])
@pytest.mark.parametrize("name", PLANS)
def test_later_is_the_same_later(name: str, later_s: float) -> None:
    made = session(PLANS[name])
    shifted = {stream: samples.copy() for stream, samples in made.streams.items()}
    for samples in shifted.values():
        samples[:, 0] += later_s
    announced = [replace(a, t_s=a.t_s + later_s) for a in made.announced]
    reps = reps_of(made, shifted, announced, made.duration_s + 1.0 + later_s)
    # A sample's time of day is rounded to 1e-11 s, which moves a phase by no more than its own step.
    assert_alike(reps, plain(PLANS[name]), later_s, 1e-4)
