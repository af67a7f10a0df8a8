"""How the leg goes from one place to another: share of the way against share of the time."""

import numpy as np

from tests.gym.session import Waveform
from tracker.blocks import FloatArray

RAMP = 0.2
"""Share of a trapezoid's time spent speeding up, and as much slowing down."""

EARLY = 1.35
"""Exponent that moves a movement's fastest moment before its middle."""


def progress(share: FloatArray, waveform: Waveform) -> FloatArray:
    """Return the share of the way (0 to 1) after each share of the time (clipped to 0 to 1)."""
    s = np.clip(share, 0.0, 1.0)
    if waveform == "trapezoid":
        return _smooth_trapezoid(s)
    if waveform == "early":
        s = 1.0 - (1.0 - s) ** EARLY
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s**2))


def _smooth_trapezoid(s: FloatArray) -> FloatArray:
    """Speed rises as half a cosine over `RAMP`, stays, and falls alike: no jump in acceleration.

    With plateau speed v = 1 / (1 - RAMP) the way covered in a ramp of share x is
    v/2 (x - RAMP/pi sin(pi x / RAMP)), half of RAMP v in all.
    """
    v = 1.0 / (1.0 - RAMP)

    def ramp(x: FloatArray) -> FloatArray:
        return np.asarray(0.5 * v * (x - RAMP / np.pi * np.sin(np.pi * x / RAMP)))

    middle = 0.5 * v * RAMP + v * (s - RAMP)
    return np.where(s < RAMP, ramp(s), np.where(s <= 1.0 - RAMP, middle, 1.0 - ramp(1.0 - s)))
