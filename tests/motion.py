"""Plain movements with known turning points, for tests that need no body and no machine."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tracker.blocks import FloatArray, SampleBlock, Stream

FIVE_PERCENT = 0.0594
"""Share of a minimum-jerk movement's duration before its speed passes 5 % of its peak.

Speed is 30 s^2 (1 - s)^2, its peak 1.875 at s = 1/2. 30 s^2 (1 - s)^2 = 0.05 * 1.875 gives
s (1 - s) = sqrt(0.003125) = 0.05590, hence s = (1 - sqrt(1 - 4 * 0.05590)) / 2 = 0.0594.
"""


class Stretch(NamedTuple):
    """Move to `position` (m) within `seconds`, with minimum jerk; stay when it is where one is."""

    position: float
    seconds: float


def minimum_jerk(share: FloatArray) -> FloatArray:
    """Return the share of the way after a share of the time (Flash and Hogan 1985)."""
    s = np.clip(share, 0.0, 1.0)
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s**2), dtype=np.float64)


def positions(stretches: Sequence[Stretch], t: FloatArray, start: float = 0.0) -> FloatArray:
    """Return the position at each time (s) of a movement made of stretches, from time 0."""
    p = np.full(t.shape, start)
    began, here = 0.0, start
    for there, seconds in stretches:
        p = np.where(t >= began, here + (there - here) * minimum_jerk((t - began) / seconds), p)
        began, here = began + seconds, there
    return p


def cable(stretches: Sequence[Stretch], rate_hz: float = 200.0, start: float = 0.0) -> FloatArray:
    """Return a cable stream (t_s, position_m) of a movement made of stretches."""
    duration = sum(stretch.seconds for stretch in stretches)
    t = np.arange(0.0, duration, 1.0 / rate_hz)
    return np.column_stack((t, positions(stretches, t, start)))


def kick(rom: float, concentric_s: float, hold_s: float, eccentric_s: float, rest_s: float) -> list[Stretch]:
    """Return one rep from position 0 and the rest after it."""
    return [Stretch(rom, concentric_s), Stretch(rom, hold_s), Stretch(0.0, eccentric_s), Stretch(0.0, rest_s)]


def block(**streams: FloatArray) -> SampleBlock:
    """Return one block with the streams given by name."""
    by_stream = {Stream(name): samples for name, samples in streams.items()}
    end_s = max((float(samples[-1, 0]) for samples in by_stream.values()), default=0.0)
    return SampleBlock(0.0, end_s + 1e-6, by_stream)
