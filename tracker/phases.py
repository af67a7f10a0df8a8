"""Puts the boundaries of a movement where it really turned.

A phase begins and ends where the speed of progress crosses 5 % of that phase's own peak speed
(DESIGN, section 4). When the movement is over all of it is known, so speed is taken symmetrically
about each moment and has no delay: a straight line fitted to progress in a window, its slope the
speed. The window follows the phase: a slow phase is smoothed longer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class PhaseParams:
    """`boundary`: share of a phase's peak speed at which it begins and ends.
    `turning`: share of the range, at either end, within which a boundary is looked for, so that a
    stall on the way is not taken for the end.
    `window`: half width of the speed window as a share of the phase; larger is calmer and blunter.
    `least_window_s`, `most_window_s`: its limits. `least_samples`: samples on either side, at least.
    """

    boundary: float = 0.05
    turning: float = 0.2
    window: float = 0.05
    least_window_s: float = 0.045
    most_window_s: float = 0.2
    least_samples: float = 2.2


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
        self.t = [v - t[0] for v in t]
        self.p = [v - p[0] for v in p]
        self._n = len(self.t)
        self._st = [0.0, *accumulate(self.t)]
        self._sp = [0.0, *accumulate(self.p)]
        self._stt = [0.0, *accumulate(v * v for v in self.t)]
        self._stp = [0.0, *accumulate(a * b for a, b in zip(self.t, self.p, strict=True))]

    def over(self, first: int, last: int, half_width_s: float) -> list[float]:
        """Return the slope about each sample `first <= i < last`; 0 where a window has no width."""
        slopes = []
        t = self.t
        half_width_s += _ON_THE_EDGE_S
        lo, hi = bisect_left(t, t[first] - half_width_s), bisect_right(t, t[first] + half_width_s)
        for i in range(first, last):
            centre = t[i]
            while t[lo] < centre - half_width_s:
                lo += 1
            while hi < self._n and t[hi] <= centre + half_width_s:
                hi += 1
            n = hi - lo
            st = self._st[hi] - self._st[lo]
            spread = n * (self._stt[hi] - self._stt[lo]) - st * st
            sp = self._sp[hi] - self._sp[lo]
            slopes.append((n * (self._stp[hi] - self._stp[lo]) - st * sp) / spread if spread > 1e-12 else 0.0)
        return slopes


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
    begin, crest, finish = (
        bisect_left(t, start_s),
        bisect_left(t, peak_s),
        bisect_left(t, end_s) if end_s is not None else len(t) - 1,
    )
    out = _one_way(slope, 1.0, (begin, crest), (0, finish + 1), interval, p)
    if end_s is None:
        return Boundaries(t[0] + out.start_s, t[0] + out.end_s, None, None, out.peak, None)
    back = _one_way(slope, -1.0, (crest, finish), (begin, len(t)), interval, p)
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
    between: tuple[int, int],
    limits: tuple[int, int],
    interval_s: float,
    params: PhaseParams,
) -> _Way:
    """Find the phase between two turning points, first roughly, then with a window of its own length."""
    first, last = between
    duration_s = slope.t[last] - slope.t[first]
    for _ in range(2):
        half_width_s = max(
            params.least_window_s,
            params.least_samples * interval_s,
            min(params.most_window_s, params.window * duration_s),
        )
        way = _search(slope, sign, between, limits, half_width_s, params)
        duration_s = way.end_s - way.start_s
    return way


def _search(
    slope: _Slope,
    sign: float,
    between: tuple[int, int],
    limits: tuple[int, int],
    half_width_s: float,
    params: PhaseParams,
) -> _Way:
    """Walk outwards from the moment of peak speed to where speed falls below the boundary's share."""
    t, p = slope.t, slope.p
    (first, last), (low, high) = between, limits
    speed = [sign * v for v in slope.over(low, high, half_width_s)]
    fastest = max(range(first, last + 1), key=lambda i: speed[i - low])
    peak = speed[fastest - low]
    threshold = params.boundary * peak
    margin = params.turning * abs(p[last] - p[first])
    near_start, near_end = sign * p[first] + margin, sign * p[last] - margin
    i = fastest
    while i > low and not (speed[i - low] < threshold and sign * p[i] < near_start):
        i -= 1
    j = fastest
    while j < high - 1 and not (speed[j - low] < threshold and sign * p[j] > near_end):
        j += 1
    start = _crossing(t, speed, low, i, min(i + 1, high - 1), threshold)
    end = _crossing(t, speed, low, j, max(j - 1, low), threshold)
    return _Way(start, end, peak)


def _crossing(
    t: Sequence[float], speed: Sequence[float], low: int, slow: int, fast: int, threshold: float
) -> float:
    """Return the time between samples `slow` and `fast` at which speed equals the threshold."""
    below, above = speed[slow - low], speed[fast - low]
    if not below < threshold <= above:
        return t[slow]
    return t[slow] + (t[fast] - t[slow]) * (threshold - below) / (above - below)
