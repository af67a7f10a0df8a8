"""The gym's body, machine and truth: what a session holds is what its plan says, by DESIGN's definitions."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.gym.body import intended_body
from tests.gym.demo import DEMO
from tests.gym.machine import GRAVITY_MPS2, PULLEY_KG, STIFFNESS_NPM, demanded_travel, drive
from tests.gym.script import STEP_S, Script, write_script
from tests.gym.session import RepPlan, SessionPlan, Waveform
from tests.gym.simulate import simulate
from tests.gym.waveform import progress
from tests.motion import FIVE_PERCENT, minimum_jerk
from tracker.blocks import FloatArray, Stream
from tracker.setup import Leg

SHORT = SessionPlan(sets=((RepPlan(knee_bend_deg=0.0),),), calibrate=False, walk_in=False, mass_kg=20.0)


def script_of(plan: SessionPlan) -> Script:
    return write_script(plan, np.random.default_rng(plan.seed))


@pytest.mark.parametrize("waveform", ["minimum-jerk", "trapezoid", "early"])
def test_ways_lead_smoothly_from_start_to_end(waveform: Waveform) -> None:
    way = progress(np.linspace(-0.5, 1.5, 4001), waveform)
    assert way[0] == 0.0
    assert way[-1] == pytest.approx(1.0)
    assert np.all(np.diff(way) >= -1e-12)
    # No jump in speed: over steps of 0.0005 it changes by no more than the sharpest ramp lets it.
    assert np.max(np.abs(np.diff(way, n=2))) < 20.0 * 0.0005**2


@pytest.mark.parametrize("leg", ["left", "right"])
@pytest.mark.parametrize("diagonal_deg", [0.0, 36.0, 90.0])
def test_a_kick_goes_where_its_diagonal_says(leg: Leg, diagonal_deg: float) -> None:
    """Back is -x; outwards is +y (left) for the left leg and -y for the right."""
    rep = RepPlan(diagonal_deg=diagonal_deg, knee_bend_deg=0.0)
    plan = replace(SHORT, leg=leg, sets=((rep,),))
    script = script_of(plan)
    body = intended_body(plan, script)
    kick = script.movements[0]
    first, peak = round(kick.start_s / STEP_S), round(kick.peak_s / STEP_S)
    x, y, z = (body.ankle - body.hip)[peak] - (body.ankle - body.hip)[first]
    out = y if leg == "left" else -y
    assert np.degrees(np.arctan2(out, -x)) == pytest.approx(diagonal_deg, abs=0.5)
    assert z > 0.0
    # A straight leg of length L that leans by a: the ankle goes L sin a sideways.
    assert np.hypot(x, y) == pytest.approx(plan.leg_length_m * np.sin(np.radians(32.0)), rel=0.01)
    truth = simulate(plan).truth.movements[0]
    assert truth.diagonal_deg == pytest.approx(diagonal_deg, abs=0.5)
    assert truth.rom_deg == pytest.approx(32.0, abs=0.3)


@pytest.mark.parametrize("eccentric_s", [1.0, 2.0, 6.0])
def test_without_cable_boundaries_are_where_minimum_jerk_crosses_five_percent(eccentric_s: float) -> None:
    rep = RepPlan(concentric_s=1.2, hold_s=0.3, eccentric_s=eccentric_s, knee_bend_deg=0.0)
    plan = replace(SHORT, exercise="band-kickback", cable=False, sets=((rep,),))
    kick = script_of(plan).movements[0]
    true = simulate(plan).truth.movements[0]
    assert true.concentric_start_s == pytest.approx(kick.start_s + FIVE_PERCENT * 1.2, abs=0.01)
    assert true.pause_start_s == pytest.approx(kick.peak_s - FIVE_PERCENT * 1.2, abs=0.01)
    assert true.eccentric_start_s == pytest.approx(kick.return_s + FIVE_PERCENT * eccentric_s, abs=0.015)
    assert true.eccentric_end_s == pytest.approx(kick.end_s - FIVE_PERCENT * eccentric_s, abs=0.015)


def lifted(mass_kg: float, friction: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Pull 0.5 m in 2 s, wait, let back in 2 s: demanded travel, stack's travel and tension."""
    t = np.arange(0.0, 7.0, STEP_S)
    pulled = 0.5 * (minimum_jerk((t - 1.0) / 2.0) - minimum_jerk((t - 4.0) / 2.0))
    machine = drive(replace(SHORT, mass_kg=mass_kg), pulled, friction)
    return pulled, machine.travel_m, machine.tension_n


@pytest.mark.parametrize("mass_kg", [5.0, 20.0, 60.0])
def test_work_without_friction_is_weight_times_height(mass_kg: float) -> None:
    """The stack rises by what was pulled less the cable's stretch, m g / stiffness."""
    _, travel, tension = lifted(mass_kg, 0.0)
    out = slice(900, 3500)
    work = float(np.sum(tension[out][1:] * np.diff(travel[out])))
    height = 0.5 - mass_kg * GRAVITY_MPS2 / STIFFNESS_NPM
    assert travel[3500] == pytest.approx(height, abs=1e-4)
    assert work == pytest.approx(mass_kg * GRAVITY_MPS2 * height, rel=0.01)
    assert tension[3400:3600] == pytest.approx(mass_kg * GRAVITY_MPS2, rel=0.01)


def test_friction_costs_on_the_way_out_and_helps_on_the_way_back() -> None:
    _, _, tension = lifted(20.0, 0.1)
    weight = 20.0 * GRAVITY_MPS2
    # Half way the acceleration of minimum jerk is zero: weight and friction only.
    assert tension[2000] == pytest.approx(1.1 * weight, rel=0.01)
    assert tension[5000] == pytest.approx(0.9 * weight, rel=0.01)


def test_force_follows_acceleration() -> None:
    """T = m g + (m + pulleys) a; minimum jerk over 0.5 m in 2 s accelerates by 5.774 x / T^2 at most,
    0.42 s after its start, when the stack has long left its stop."""
    _, _, tension = lifted(20.0, 0.0)
    most = 20.0 * GRAVITY_MPS2 + (20.0 + PULLEY_KG) * 5.774 * 0.5 / 4.0
    assert np.max(tension[1350:3000]) == pytest.approx(most, rel=0.01)


def test_a_cable_only_pulls_and_a_dropped_stack_falls_freely() -> None:
    pulled = np.concatenate((0.5 * minimum_jerk(np.arange(0.0, 1.5, STEP_S)), np.zeros(1000)))
    machine = drive(SHORT, pulled)
    assert np.min(machine.tension_n) == 0.0
    assert np.min(machine.travel_m) == 0.0
    flying = machine.tension_n[1500:1600]
    assert np.max(flying) == 0.0
    fallen = machine.travel_m[1500] - machine.travel_m[1600]
    assert 0.75 * 0.5 * GRAVITY_MPS2 * 0.1**2 < fallen < 1.05 * 0.5 * GRAVITY_MPS2 * 0.1**2


def test_the_stack_follows_the_ankle_away_from_the_pulley() -> None:
    script = script_of(SHORT)
    body = intended_body(SHORT, script)
    demanded = demanded_travel(SHORT, script, body)
    assert demanded[0] == 0.0
    kick = script.movements[0]
    first, peak = round(kick.start_s / STEP_S), round(kick.peak_s / STEP_S)
    # The pulley lies ahead at the plan's distance, 0.12 m high; the ankle's distance is Pythagoras'.
    hip_x = script.hip_x.values[first]
    pulley = np.array([hip_x + SHORT.pulley_distance_m, 0.0, 0.12])
    far = [float(np.linalg.norm(body.ankle[i] - pulley)) for i in (first, peak)]
    assert demanded[peak] - demanded[first] == pytest.approx(far[1] - far[0], abs=1e-9)


def test_the_same_plan_gives_the_same_samples_and_another_seed_others() -> None:
    one, same, other = simulate(SHORT), simulate(SHORT), simulate(replace(SHORT, seed=2))
    for stream, samples in one.streams.items():
        assert np.array_equal(samples, same.streams[stream])
        assert not np.array_equal(samples, other.streams[stream])
    assert one.truth == same.truth


def test_truth_holds_each_movement_once_in_its_order() -> None:
    session = simulate(DEMO)
    movements = session.truth.movements
    assert [m.is_calibration for m in movements] == [True] * 3 + [False] * 9
    assert len(session.truth.reps) == 8
    assert [m.set for m in movements if not m.is_calibration] == [1] * 6 + [2] * 3
    for one, following in pairwise(movements):
        assert one.concentric_start_s < one.pause_start_s < one.eccentric_start_s < one.eccentric_end_s
        assert one.eccentric_end_s < following.concentric_start_s
    assert session.announced[0].t_s < movements[0].concentric_start_s


def test_streams_are_those_of_the_plan() -> None:
    bare = simulate(replace(SHORT, cable=False, exercise="band-kickback"))
    assert set(bare.streams) == {Stream.ANKLE}
    worn = simulate(replace(SHORT, pelvis=True))
    assert set(worn.streams) == set(Stream)


def test_the_pelvis_opens_to_the_working_side() -> None:
    plan = replace(SHORT, sets=((RepPlan(pelvis_open_deg=12.0),),))
    turns: dict[Leg, float] = {"left": 12.0, "right": -12.0}
    for leg, turn in turns.items():
        mirrored = replace(plan, leg=leg)
        script = script_of(mirrored)
        pelvis = intended_body(mirrored, script).world_from_pelvis[round(script.movements[0].peak_s / STEP_S)]
        assert np.degrees(np.arctan2(pelvis[1, 0], pelvis[0, 0])) == pytest.approx(turn, abs=0.01)
