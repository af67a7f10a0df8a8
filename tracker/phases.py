"""Puts the boundaries of a movement where it really turned.

A phase begins and ends where the speed of progress crosses 5 % of that phase's own peak speed
(DESIGN, section 4). When the movement is over all of it is known, so speed is taken symmetrically
about each moment and has no delay: a straight line fitted to progress in a window, its slope the
speed. The window follows the phase: a slow phase is smoothed longer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

from tracker.foretold import Foretold


@dataclass(frozen=True, slots=True)
class PhaseParams:
    """`boundary`: share of a phase's peak speed at which it begins and ends.
    `turning`: share of the range, at either end, within which a boundary is looked for, so that a
    stall on the way is not taken for the end.
    `calm`: half width, as a share of the phase, of the window for the peak speed of which the boundary is a
    share: a narrower one finds the fastest wobble, and half of it too much moves a slow boundary by 30 ms; a
    wider one misses the peak, that of minimum jerk by 8/5 of its square.
    `window`: half width of the speed window as a share of the phase; larger is calmer and blunter.
    `least_window_s`, `most_window_s`: its limits. `least_samples`: samples on either side, at least.
    `sway`: speed (units/s) that disturbs a phase however slow it is, as the sway of the hips does a cable's
    travel. The closer the crossing's speed is to it, the more counts what the speed before foretells
    (`tracker.foretold`). 0 where disturbances grow with speed, as a cuff's wobble does: then nothing is
    calmer than the crossing.
    """

    boundary: float = 0.05
    turning: float = 0.2
    calm: float = 0.1
    window: float = 0.035
    least_window_s: float = 0.03
    most_window_s: float = 0.2
    least_samples: float = 2.2
    sway: float = 0.0


BY_CABLE = PhaseParams(sway=0.01)
"""For travel (m): hips sway by some millimetres a second."""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """When the phases of one movement began and ended (s), and how fast progress was (units/s).

    `eccentric_start_s`, `eccentric_end_s` and `eccentric_peak` are None when it never came back.
    """

    concentric_start_s: float
    pause_start_s: float
    eccentric_start_s: float | None
    eccentric_end_s: float | None
    concentric_peak: float
    eccentric_peak: float | None


_ON_THE_EDGE_S = 1e-6
"""Widens a window so that a sample on its edge is inside however its time was rounded."""


class _Slope:
    """Slopes of straight lines fitted to (t, p) in windows, from running sums: O(1) per window."""

    def __init__(self, t: Sequence[float], p: Sequence[float]) -> None:
        """`t` (s, not decreasing) is shifted to its first value, `p` likewise, to keep the sums exact."""
        self._t = [v - t[0] for v in t]
        self._p = [v - p[0] for v in p]
        self._st = [0.0, *accumulate(self._t)]
        self._sp = [0.0, *accumulate(self._p)]
        self._stt = [0.0, *accumulate(v * v for v in self._t)]
        self._stp = [0.0, *accumulate(a * b for a, b in zip(self._t, self._p, strict=True))]

    def at(self, t_s: float, half_width_s: float) -> tuple[float, float]:
        """Return slope and mean of p in a window about a moment; slope 0 where it has no width."""
        half_width_s += _ON_THE_EDGE_S
        lo = bisect_left(self._t, t_s - half_width_s)
        hi = bisect_right(self._t, t_s + half_width_s)
        n = hi - lo
        if n == 0:
            return 0.0, self._p[min(lo, len(self._p) - 1)]
        st, sp = self._st[hi] - self._st[lo], self._sp[hi] - self._sp[lo]
        spread = n * (self._stt[hi] - self._stt[lo]) - st * st
        if spread <= 1e-12:
            return 0.0, sp / n
        return (n * (self._stp[hi] - self._stp[lo]) - st * sp) / spread, sp / n


def find_boundaries(
    t: Sequence[float],
    progress: Sequence[float],
    start_s: float,
    peak_s: float,
    end_s: float | None,
    params: PhaseParams | None = None,
) -> Boundaries:
    """Return the refined boundaries of a movement.

    `t` (s) and `progress`: the whole trace, from before the start to after the end. `start_s`,
    `peak_s`, `end_s`: rough turning points; `end_s` None for a movement that never came back.
    """
    p = params or PhaseParams()
    slope = _Slope(t, progress)
    interval = median(b - a for a, b in pairwise(t)) if len(t) > 1 else 0.0
    begin, crest = start_s - t[0], peak_s - t[0]
    finish = (t[-1] if end_s is None else end_s) - t[0]
    out = _one_way(slope, 1.0, (begin, crest), (0.0, finish), interval, p)
    if end_s is None:
        return Boundaries(t[0] + out.start_s, t[0] + out.end_s, None, None, out.peak, None)
    back = _one_way(slope, -1.0, (crest, finish), (begin, t[-1] - t[0]), interval, p)
    pause_start, eccentric_start = out.end_s, back.start_s
    if pause_start > eccentric_start:
        pause_start = eccentric_start = 0.5 * (pause_start + eccentric_start)
    return Boundaries(
        t[0] + out.start_s, t[0] + pause_start, t[0] + eccentric_start, t[0] + back.end_s, out.peak, back.peak
    )


class _Way(NamedTuple):
    """One phase of movement: start and end (s since the trace began), and its peak speed."""

    start_s: float
    end_s: float
    peak: float


def _one_way(
    slope: _Slope,
    sign: float,
    between: tuple[float, float],
    limits: tuple[float, float],
    interval_s: float,
    params: PhaseParams,
) -> _Way:
    """Find the phase between two turning points, first roughly, then with a window of its own length."""
    duration_s = between[1] - between[0]
    for _ in range(2):
        half_width_s = max(
            params.least_window_s,
            params.least_samples * interval_s,
            min(params.most_window_s, params.window * duration_s),
        )
        calm_s = max(half_width_s, params.calm * duration_s)
        way = _search(slope, sign, between, limits, half_width_s, calm_s, params)
        duration_s = way.end_s - way.start_s
    return way


def _search(
    slope: _Slope,
    sign: float,
    between: tuple[float, float],
    limits: tuple[float, float],
    half_width_s: float,
    calm_s: float,
    params: PhaseParams,
) -> _Way:
    """Walk outwards from the moment of peak speed to where speed falls below the boundary's share.

    The walk goes in steps of a fifth of the window: speed changes no faster than the window lets it.
    """
    first, last = between
    step_s = half_width_s / 5.0
    moments = [first + step_s * i for i in range(int((last - first) / step_s) + 1)] + [last]
    looked = [slope.at(t, half_width_s) for t in moments]
    peak, fastest_s = max((sign * speed, t) for (speed, _), t in zip(looked, moments, strict=True))
    low, high = sign * looked[0][1], sign * looked[-1][1]
    margin = params.turning * abs(high - low)

    def walk(stride_s: float, limit_s: float, turned: Callable[[float], bool]) -> float:
        t_s, above = fastest_s, peak
        before = Foretold(threshold / params.boundary, fastest_s)
        while (limit_s - t_s) * stride_s > 0.0:
            speed, level = slope.at(t_s + stride_s, half_width_s)
            below = sign * speed
            if below < threshold and turned(sign * level):
                crossed_s = t_s
                if above > threshold:
                    crossed_s += stride_s * (above - threshold) / (above - below)
                return before.weighed(crossed_s, weight)
            before.step(t_s, above, t_s + stride_s, below)
            t_s, above = t_s + stride_s, below
        return before.weighed(limit_s, weight)

    calm_peak = max(sign * slope.at(t, calm_s)[0] for t in moments)
    threshold = params.boundary * min(peak, calm_peak)
    weight = threshold**2 / (threshold**2 + params.sway**2) if params.sway > 0.0 else 1.0
    start_s = walk(-step_s, limits[0], lambda level: level < low + margin)
    end_s = walk(step_s, limits[1], lambda level: level > high - margin)
    return _Way(max(start_s, limits[0]), min(end_s, limits[1]), peak)
