"""Takes the sway of the hips out of cable travel, with what the ankle saw.

A lifter on one leg sways by millimetres in a second or two. The cable follows that as it follows the
kick, and at the slow ends of a slow phase sway is faster than the boundary's 5 % of peak speed. The
ankle's swing against gravity is blind to sway, but a cuff on soft tissue wobbles a few times a second,
which the cable is blind to. So slow changes are taken from the swing and quick ones from the cable; and
from the swing only as far as sway, known from the cable at rest, can explain that the two differ: near the
boundaries, where the leg is slow and the cuff calm, more than in the middle of a phase.

Swing is turned into travel by a parabola, fitted to this very movement: out and back apart, since the
leg comes back to a slightly different place.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import fsum, sqrt
from statistics import median

from tracker.progress import Vector, swing_angles
from tracker.smoothing import Curve, Parabola, fitted_parabola, resampled, smoothed, speeds


@dataclass(frozen=True, slots=True)
class SwayParams:
    """`step_s`: grid on which the two are compared.
    `slower_s`: changes slower than this are the swing's; larger trusts the cable more.
    `still`: share of its peak speed under which the leg is at rest. `clear_s`: of a rest, so much at
    either end still belongs to a movement. `least_rest_s`: a shorter rest tells no sway.
    `fastest`: times its usual speed that sway may have, so that one that hardly shows takes nothing out.
    `remembered`: rests of which the median is the sway.
    `least_swing_rad`: a smaller swing tells no travel.
    `unlike`: where the parabola misses the travel by more than this share of its range (root mean
    square), the ankle moved otherwise than the cable, and is not asked.
    `longest_gap_s`: nor where it lacks samples for longer.
    """

    step_s: float = 0.005
    slower_s: float = 0.5
    still: float = 0.05
    clear_s: float = 0.25
    least_rest_s: float = 0.3
    fastest: float = 2.5
    remembered: int = 9
    least_swing_rad: float = 0.1
    unlike: float = 0.06
    longest_gap_s: float = 0.1


class Sway:
    """Learns how fast the hips sway, and takes the sway out of each movement."""

    def __init__(self, params: SwayParams | None = None) -> None:
        """Start with no rest seen: then nothing is taken out."""
        self.params = params or SwayParams()
        self._at_rest: deque[float] = deque(maxlen=self.params.remembered)

    @property
    def speed(self) -> float:
        """How fast the cable moves while the leg is at rest (m/s, root mean square)."""
        return median(self._at_rest) if self._at_rest else 0.0

    def steadied(
        self, travel: Curve, ups: Sequence[tuple[float, Vector]], start_s: float, peak_s: float
    ) -> tuple[list[float], list[float]] | None:
        """Return the travel (m) of a whole movement as it would be if the hips stood still.

        `travel`: times and positions of the cable. `ups`: times and directions of up in the ankle's
        sensor frame over the same time. `start_s`, `peak_s`: rough start and peak. None where the ankle
        cannot tell.
        """
        p = self.params
        first_s, last_s = travel[0][0], travel[0][-1]
        grid = [first_s + p.step_s * i for i in range(int((last_s - first_s) / p.step_s) + 1)]
        cable = resampled(travel, grid)
        swing = self._swing(ups, grid, start_s, peak_s)
        told = None if swing is None else _as_travel(swing, cable, bisect_right(grid, peak_s), p.unlike)
        if told is None:
            return None
        width = round(p.slower_s / p.step_s / 2.0)
        apart = smoothed(smoothed([a - b for a, b in zip(told, cable, strict=True)], width), width)
        apart_mps, told_mps, cable_mps = (
            speeds(curve, p.step_s) for curve in (apart, smoothed(told, width), smoothed(cable, width))
        )
        slow_mps = p.still * max(map(abs, told_mps))
        self._learn(apart_mps, told_mps, cable_mps, slow_mps)
        shares = self._shares_of_sway(apart_mps, told_mps, slow_mps)
        most = p.fastest * self.speed * p.step_s
        steps = [
            share * max(-most, min(most, b - a))
            for share, (a, b) in zip([shares[0], *shares], pairwise(apart), strict=True)
        ]
        return grid, [c + a for c, a in zip(cable, accumulate(steps, initial=0.0), strict=True)]

    def _learn(
        self, apart: Sequence[float], told: Sequence[float], cable: Sequence[float], slow: float
    ) -> None:
        """Take in how fast the hips sway where the leg rests: what moves the cable there is sway."""
        p = self.params
        clear = round(p.clear_s / p.step_s)
        still: list[int] = []
        since = 0
        for i, speed in enumerate([*map(abs, told), float("inf")]):
            if speed > slow:
                still += range(since + clear, i - clear)
                since = i + 1
        if len(still) >= p.least_rest_s / p.step_s:
            self._at_rest.append(min(_rms([curve[i] for i in still]) for curve in (apart, cable)))

    def _shares_of_sway(self, apart: Sequence[float], told: Sequence[float], slow: float) -> list[float]:
        """Return how much of the difference of two speeds is sway at each moment, by their variances.

        Sway is as fast in movement as at rest. What it does not explain is the ankle's: a cuff wobbles and
        a parabola misses in proportion to how fast the leg goes.
        """
        sway = self.speed * self.speed
        moving = [(a, speed) for a, speed in zip(apart, told, strict=True) if abs(speed) > slow]
        if sway == 0.0 or not moving:
            return [0.0] * len(told)
        unexplained = max(0.0, fsum(a * a for a, _ in moving) - sway * len(moving))
        astray = unexplained / fsum(speed * speed for _, speed in moving)
        return [sway / (sway + astray * speed * speed) for speed in told]

    def _swing(
        self, ups: Sequence[tuple[float, Vector]], grid: Sequence[float], start_s: float, peak_s: float
    ) -> list[float] | None:
        """Return the ankle's swing (rad) on the grid, None where it is too small or lacks samples."""
        p = self.params
        times = [t_s for t_s, _ in ups]
        gaps = [b - a for a, b in pairwise([grid[0], *times, grid[-1]])]
        if not times or max(gaps) > p.longest_gap_s:
            return None
        start, peak = (ups[min(bisect_left(times, s), len(ups) - 1)][1] for s in (start_s, peak_s))
        stride = max(1, round(p.step_s * len(times) / max(times[-1] - times[0], p.step_s)))
        angles = swing_angles([up for _, up in ups[::stride]], start, peak, None)
        swing = resampled((times[::stride], angles), grid)
        return swing if max(map(abs, swing)) >= p.least_swing_rad else None


def _as_travel(
    swing: Sequence[float], cable: Sequence[float], middle: int, unlike: float
) -> list[float] | None:
    """Return the travel that the swing tells, None where it is unlike the cable's; `middle`: of the peak."""
    out = fitted_parabola(swing[:middle], cable[:middle])
    back = fitted_parabola(swing[middle:], cable[middle:])
    if out is None or back is None:
        return None
    told = [*map(out.at, swing[:middle]), *map(back.at, swing[middle:])]
    span = max(cable) - min(cable)
    if _rms([a - b for a, b in zip(told, cable, strict=True)]) > unlike * span:
        return None
    step = _step(out, back, swing[middle - 1])
    return [*told[:middle], *(t - step for t in told[middle:])]


def _step(out: Parabola, back: Parabola, peak: float) -> float:
    """Return by how much the way back would begin above the end of the way out."""
    return back.at(peak) - out.at(peak)


def _rms(values: Sequence[float]) -> float:
    return sqrt(fsum(v * v for v in values) / len(values)) if values else 0.0
