"""What a user would write in an afternoon: peaks of the cable's position, phases by a fixed speed."""

from dataclasses import dataclass

import numpy as np

from tracker.blocks import FloatArray

SMOOTH_S = 0.1
PROMINENCE_M = 0.12
SPEED_MPS = 0.03
"""Of moving; hobby projects use 0.03 to 0.1 m/s."""


@dataclass(frozen=True, slots=True)
class PlainRep:
    """Four boundaries (s), as in `tracker.messages.Rep`."""

    concentric_start_s: float
    pause_start_s: float
    eccentric_start_s: float
    eccentric_end_s: float


def plain_reps(cable: FloatArray) -> list[PlainRep]:
    """Return the reps of a cable stream (t_s, position_m): rises and falls of more than `PROMINENCE_M`."""
    t = cable[:, 0]
    width = max(1, round(SMOOTH_S / float(np.median(np.diff(t)))))
    padded = np.pad(cable[:, 1], (width // 2, width - 1 - width // 2), mode="edge")
    position = np.convolve(padded, np.ones(width) / width, mode="valid")
    speed = np.gradient(position, t)
    turns = _turning_points(position)
    reps = []
    for valley, peak, after in zip(turns[0::2], turns[1::2], turns[2::2], strict=False):
        out = np.flatnonzero(speed[valley : peak + 1] > SPEED_MPS) + valley
        back = np.flatnonzero(speed[peak : after + 1] < -SPEED_MPS) + peak
        if len(out) and len(back):
            reps.append(PlainRep(float(t[out[0]]), float(t[out[-1]]), float(t[back[0]]), float(t[back[-1]])))
    return reps


def _turning_points(position: FloatArray) -> list[int]:
    """Return the indices of valley, peak, valley, ..., valley that differ by more than the prominence."""
    turns: list[int] = []
    lowest = highest = 0
    rising = True
    for i, p in enumerate(position.tolist()):
        if rising:
            highest = i if p >= position[highest] else highest
            if position[highest] - position[lowest] <= PROMINENCE_M and p < position[lowest]:
                lowest = highest = i
            elif position[highest] - p > PROMINENCE_M:
                turns += [lowest, highest]
                lowest, rising = i, False
        elif p <= position[lowest]:
            lowest = i
        elif p - position[lowest] > PROMINENCE_M:
            highest, rising = i, True
    return [*turns, lowest]
