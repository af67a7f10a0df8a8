"""What makes a simulated direction hard to tell acts on what it should, and on nothing else."""

from dataclasses import replace
from math import cos, radians, sin
from statistics import fmean

import numpy as np
import pytest

from tests.gym.body import intended_body
from tests.gym.machine import demanded_travel
from tests.gym.script import STEP_S, write_script
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.truth import TrueMovement, true_movements
from tracker.blocks import FloatArray
from tracker.cable_line import CableLine, displaced
from tracker.setup import Leg

STRAIGHT = RepPlan(diagonal_deg=40.0, amplitude_deg=30.0, knee_bend_deg=0.0, hold_s=0.5)
PLAIN = SessionPlan(seed=3, sets=((STRAIGHT, STRAIGHT),), walk_in=True)


def meant(plan: SessionPlan) -> tuple[list[TrueMovement], FloatArray, FloatArray]:
    """Return the movements as intended, the shank's orientations and the cable's travel."""
    script = write_script(plan, np.random.default_rng(plan.seed))
    body = intended_body(plan, script)
    travel = demanded_travel(plan, script, body)
    truth = true_movements(plan, script, body, travel, None)
    return list(truth.movements), body.world_from_shank, travel


def test_kicks_miss_the_midline_by_what_was_planned() -> None:
    plain, _, _ = meant(PLAIN)
    missed, _, _ = meant(replace(PLAIN, kick_error_deg=5.0, kick_scatter_deg=0.0))
    assert [m.is_calibration for m in missed[:4]] == [True, True, True, False]
    for kick in missed[:3]:
        assert kick.diagonal_deg == pytest.approx(5.0, abs=1.5)
    assert missed[3].diagonal_deg == pytest.approx(plain[3].diagonal_deg, abs=1e-6)


def test_a_scatter_of_kicks_is_that_of_their_directions() -> None:
    wide = [meant(replace(PLAIN, seed=s, kick_scatter_deg=8.0))[0][:3] for s in range(6)]
    sizes = [abs(kick.diagonal_deg or 0.0) for kicks in wide for kick in kicks]
    assert 4.0 < fmean(sizes) < 10.0


@pytest.mark.parametrize(
    "habit",
    [replace(PLAIN, foot_turn_deg=6.0), replace(PLAIN, slip_deg=6.0), replace(PLAIN, gait_turn_deg=6.0)],
    ids=["foot", "slip", "gait"],
)
def test_what_turns_the_leg_about_itself_moves_neither_ankle_nor_cable(habit: SessionPlan) -> None:
    plain, shank, travel = meant(PLAIN)
    turned, other, pulled = meant(habit)
    assert turned == plain
    assert np.array_equal(travel, pulled)
    assert np.abs(shank[:, :, 2] - other[:, :, 2]).max() < 1e-12
    assert np.abs(shank - other).max() > 0.03


def rise_m(movement: TrueMovement, travel: FloatArray) -> float:
    """Return what a movement pulled, from before its start to after its peak."""
    start, peak = movement.concentric_start_s - 0.1, movement.pause_start_s + 0.15
    return float(travel[round(peak / STEP_S)] - travel[round(start / STEP_S)])


@pytest.mark.parametrize("leg", ["left", "right"])
def test_a_hip_aside_of_the_pulley_pulls_by_the_geometry(leg: Leg) -> None:
    plan = replace(PLAIN, hip_aside_m=0.12, leg=leg, calibrate=False)
    movements, _, travel = meant(plan)
    tilt = radians(movements[0].rom_deg)
    azimuth = radians(movements[0].diagonal_deg or 0.0)
    went = displaced(plan.leg_length_m, sin(tilt), 1.0 - cos(tilt), azimuth)
    line = CableLine(plan.pulley_distance_m, 0.02)
    assert rise_m(movements[0], travel) == pytest.approx(line.pull(went, 0.12).elongation, abs=0.003)
    assert rise_m(movements[0], travel) > line.pull(went, 0.0).elongation + 0.012


def test_hips_that_lean_shorten_the_pull_by_as_much() -> None:
    plain, _, travel = meant(PLAIN)
    leaning, _, shorter = meant(replace(PLAIN, lean_m=0.02))
    for a, b in zip(plain[3:], leaning[3:], strict=True):
        assert rise_m(a, travel) - rise_m(b, shorter) == pytest.approx(0.02 * 30.0 / 32.0, abs=0.003)
        assert b.diagonal_deg == pytest.approx(a.diagonal_deg, abs=1e-6)
