"""Force, work and power of a concentric phase, from cable tension and cable travel on one clock."""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from math import fsum


@dataclass(frozen=True, slots=True)
class Effort:
    """What a concentric phase cost; power is force times cable velocity."""

    mean_force_n: float
    peak_force_n: float
    work_j: float | None
    mean_power_w: float | None
    peak_power_w: float | None


class LoadHistory:
    """Keeps the last `span_s` of cable tension, and measures an interval of it."""

    def __init__(self, span_s: float = 70.0, velocity_window_s: float = 0.1) -> None:
        """`span_s`: longest movement that can be measured. `velocity_window_s`: for peak power."""
        self._span_s = span_s
        self._velocity_window_s = velocity_window_s
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, t_s: float, force_n: float) -> None:
        """Take one sample."""
        self._samples.append((t_s, force_n))
        while t_s - self._samples[0][0] > self._span_s:
            self._samples.popleft()

    def between(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """Return the samples (s, N) of `[start_s, end_s)`, in order."""
        late = takewhile(lambda sample: sample[0] >= start_s, reversed(self._samples))
        return [sample for sample in late if sample[0] < end_s][::-1]

    def effort(
        self, start_s: float, end_s: float, travel: tuple[Sequence[float], Sequence[float]] | None
    ) -> Effort | None:
        """Measure `[start_s, end_s)`; `travel` is cable (time, position), None where there is no cable.

        None when fewer than three samples lie in the interval.
        """
        inside = self.between(start_s, end_s)
        if len(inside) < 3:
            return None
        times = [start_s, *(t for t, _ in inside), end_s]
        forces = [inside[0][1], *(f for _, f in inside), inside[-1][1]]
        steps = [b - a for a, b in pairwise(times)]
        means = [0.5 * (a + b) for a, b in pairwise(forces)]
        duration_s = end_s - start_s
        mean_force = fsum(f * dt for f, dt in zip(means, steps, strict=True)) / duration_s
        peak_force = max(f for _, f in inside)
        if travel is None:
            return Effort(mean_force, peak_force, None, None, None)
        positions = [interpolate(travel, t) for t in times]
        path = [b - a for a, b in pairwise(positions)]
        work = fsum(f * dx for f, dx in zip(means, path, strict=True))
        peak_power = max(f * self._velocity(travel, t) for t, f in inside)
        return Effort(mean_force, peak_force, work, work / duration_s, peak_power)

    def _velocity(self, travel: tuple[Sequence[float], Sequence[float]], t_s: float) -> float:
        half = 0.5 * self._velocity_window_s
        return (interpolate(travel, t_s + half) - interpolate(travel, t_s - half)) / self._velocity_window_s


def interpolate(curve: tuple[Sequence[float], Sequence[float]], t_s: float) -> float:
    """Return the value of a sampled curve (times, values) at `t_s`, held constant beyond its ends."""
    times, values = curve
    right = bisect_left(times, t_s)
    if right == 0:
        return values[0]
    if right == len(times):
        return values[-1]
    t0, t1 = times[right - 1], times[right]
    return values[right - 1] + (values[right] - values[right - 1]) * (t_s - t0) / (t1 - t0)
