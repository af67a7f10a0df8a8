"""Sway is taken out of cable travel where the ankle shows it, and nothing else is."""

from math import cos, pi, sin

import numpy as np
import pytest

from tests.motion import Stretch, kick, positions
from tracker.blocks import FloatArray
from tracker.progress import Vector
from tracker.sway import Sway

LEG_M = 0.85
REP = [Stretch(0.0, 2.0), *kick(0.4, 1.2, 1.5, 2.5, 0.3)]
START_S, PEAK_S = 2.0, 3.5
T = np.arange(0.0, 7.4, 0.005)
TRUE = positions(REP, T)
SWAY = 0.003 * np.sin(2.0 * pi * 0.5 * T + 0.7)


def ups(wobble_rad: FloatArray | float = 0.0) -> list[tuple[float, Vector]]:
    """Directions of up for a leg that swings by asin(travel / length), and a cuff that wobbles."""
    swing = np.arcsin(TRUE / LEG_M) + wobble_rad
    return [(t, (sin(a), 0.0, cos(a))) for t, a in zip(T.tolist(), swing.tolist(), strict=True)]


def steadied(cable: FloatArray, sensed: list[tuple[float, Vector]]) -> FloatArray | None:
    curve = Sway().steadied((T.tolist(), cable.tolist()), sensed, START_S, PEAK_S)
    return None if curve is None else np.interp(T, *curve)


def test_half_the_sway_is_taken_out_at_least() -> None:
    """Not all of it: what a single movement cannot tell from the bend of its own path stays."""
    left = steadied(TRUE + SWAY, ups())
    assert left is not None
    speed = np.gradient(left - TRUE, T)[100:-100]
    assert np.sqrt(np.mean(speed**2)) < 0.52 * np.sqrt(np.mean(np.gradient(SWAY, T) ** 2))


def test_a_steady_lifter_keeps_the_cable_as_it_is_however_the_cuff_wobbles() -> None:
    moving = np.abs(np.gradient(TRUE, T)) > 0.02
    left = steadied(TRUE, ups(0.01 * np.sin(2.0 * pi * 1.5 * T) * moving))
    assert left is not None
    assert left == pytest.approx(TRUE, abs=5e-4)


def test_wobble_alone_is_hardly_taken_for_sway() -> None:
    moving = np.abs(np.gradient(TRUE, T)) > 0.02
    wobble = 0.01 * np.sin(2.0 * pi * 3.0 * T) * moving
    left = steadied(TRUE + SWAY, ups(wobble))
    assert left is not None
    assert np.abs(left - TRUE - SWAY).max() < 0.008
    assert (
        np.abs(np.gradient(left - TRUE - SWAY, T)).max() < 0.3 * np.abs(np.gradient(LEG_M * wobble, T)).max()
    )


def test_an_ankle_that_lacks_samples_is_not_asked() -> None:
    assert steadied(TRUE, [(t, up) for t, up in ups() if not 3.0 < t < 3.15]) is None
    assert steadied(TRUE, [(t, up) for t, up in ups() if t < 7.0]) is None
    assert steadied(TRUE, []) is None


def test_an_ankle_that_moves_otherwise_is_not_asked() -> None:
    other = [(t, (sin(a), 0.0, cos(a))) for t, a in zip(T.tolist(), (0.3 * np.sin(T)).tolist(), strict=True)]
    assert steadied(TRUE, other) is None
    still: list[tuple[float, Vector]] = [(t, (0.0, 0.0, 1.0)) for t in T.tolist()]
    assert steadied(TRUE, still) is None
