"""The lever that tells the ankle's height is learnt from the accelerometer, in any mounting."""

from math import cos, hypot, pi, sin, tan

import numpy as np
import pytest

from tests.motion import Stretch, positions
from tracker.blocks import FloatArray
from tracker.lift import STANDARD_GRAVITY_MPS2, LiftLearner
from tracker.progress import Lift, Vector

LEG_M = 0.8
RATE_HZ = 100.0


def raised_leg(
    stretches: list[Stretch], lever_m: float = LEG_M, from_rad: float = 0.0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return time, up and specific force in a sensor whose x axis points along the leg to the ankle.

    The leg lies level and is raised by the angle q about the hip: up = (sin q, 0, cos q). The ankle
    moves on a circle, so its acceleration is -q'^2 L along the leg and q'' L across it; specific
    force is acceleration minus gravity: f = g * up + a.
    """
    t = np.arange(0.0, sum(s.seconds for s in stretches), 1.0 / RATE_HZ)
    fine = 1e-4
    q = positions(stretches, t, from_rad)
    rate = (positions(stretches, t + fine, from_rad) - positions(stretches, t - fine, from_rad)) / (
        2.0 * fine
    )
    turn = (
        positions(stretches, t + fine, from_rad) - 2.0 * q + positions(stretches, t - fine, from_rad)
    ) / fine**2
    up = np.column_stack((np.sin(q), np.zeros_like(q), np.cos(q)))
    acceleration = np.column_stack((-(rate**2) * lever_m, np.zeros_like(q), turn * lever_m))
    return t, up, STANDARD_GRAVITY_MPS2 * up + acceleration


def learnt(t: FloatArray, up: FloatArray, force: FloatArray) -> LiftLearner:
    learner = LiftLearner()
    for t_s, u, f in zip(t.tolist(), up.tolist(), force.tolist(), strict=True):
        learner.update(t_s, tuple(u), tuple(f))
    return learner


def raises(angle_rad: float) -> list[Stretch]:
    return [Stretch(0.0, 1.0)] + [
        Stretch(angle_rad, 1.0),
        Stretch(angle_rad, 1.5),
        Stretch(0.0, 1.5),
        Stretch(0.0, 1.0),
    ] * 4


def height_of(learner: LiftLearner, low: Vector, high: Vector) -> float:
    lift = Lift(0.04)
    lift.lever = learner.lever
    return lift.measure(high) - lift.measure(low)


@pytest.mark.parametrize("angle_deg", [10.0, 30.0, 60.0])
def test_height_of_a_raised_leg(angle_deg: float) -> None:
    angle = angle_deg * pi / 180.0
    learner = learnt(*raised_leg(raises(angle)))
    assert learner.known
    true_height = LEG_M * sin(angle)
    assert height_of(learner, (0.0, 0.0, 1.0), (sin(angle), 0.0, cos(angle))) == pytest.approx(
        true_height, rel=0.08
    )


def test_any_mounting_measures_the_same_height() -> None:
    angle = 0.5
    t, up, force = raised_leg(raises(angle))
    plain = height_of(learnt(t, up, force), (0.0, 0.0, 1.0), (sin(angle), 0.0, cos(angle)))
    turned = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    learner = learnt(t, up @ turned.T, force @ turned.T)
    low, high = turned @ (0.0, 0.0, 1.0), turned @ (sin(angle), 0.0, cos(angle))
    assert height_of(learner, tuple(low), tuple(high)) == pytest.approx(plain, rel=1e-9)


def test_a_limb_that_only_rolls_has_no_height() -> None:
    t, up, _ = raised_leg(raises(0.5))
    learner = learnt(t, up, STANDARD_GRAVITY_MPS2 * up)
    assert abs(height_of(learner, (0.0, 0.0, 1.0), (sin(0.5), 0.0, cos(0.5)))) < 1e-9


def test_a_constant_accelerometer_error_is_not_height() -> None:
    t, up, force = raised_leg(raises(0.5))
    learner = learnt(t, up, force + 0.15 * up)
    assert height_of(learner, (0.0, 0.0, 1.0), (sin(0.5), 0.0, cos(0.5))) == pytest.approx(
        LEG_M * sin(0.5), rel=0.12
    )


def test_a_silence_restarts_the_integrators_and_keeps_the_lever() -> None:
    t, up, force = raised_leg(raises(0.5))
    learner = learnt(t, up, force)
    lever = learner.lever
    learner.update(t[-1] + 5.0, (0.0, 0.0, 1.0), (0.0, 0.0, 30.0))
    assert learner.height_m == 0.0
    assert learner.lever == lever


@pytest.mark.parametrize("bias_mps2", [(0.0, 0.3, 0.0), (0.0, 0.0, 0.3), (-0.3, -0.3, 0.0)])
def test_a_bias_of_the_accelerometer_is_no_lever(bias_mps2: Vector) -> None:
    """A leg that hangs rises by little when it swings slowly, and a bias seems to climb as much."""
    down = -0.5 * pi
    swing = [Stretch(down + 0.5, 3.0), Stretch(down + 0.5, 1.0), Stretch(down, 4.0)]
    t, up, force = raised_leg([Stretch(down, 1.0), *swing * 6], from_rad=down)
    x, y, z = learnt(t, up, force + np.array(bias_mps2)).lever
    assert x > 0.0
    assert hypot(y, z) < tan(pi / 18.0) * x
