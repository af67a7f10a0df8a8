"""How fast progress is: live, and at the fastest of a movement that is over."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic

from tracker.movement import Level, Movement
from tracker.progress import PoseT, Progress

STEP_S = 0.045
"""Time over which the speed of a step is taken: short enough to show a jump of the sensor."""


class Speed(Generic[PoseT]):
    """Mean speed of progress over the last moment."""

    def __init__(self, measure: Callable[[PoseT], float], window_s: float) -> None:
        """`measure` turns a pose into progress and may change. `window_s`: longer is calmer and later."""
        self._measure = measure
        self._window_s = window_s
        self._window: deque[Level[PoseT]] = deque()

    def update(self, now: Level[PoseT], progress: float) -> float:
        """Take one sample and its progress; return the speed in the unit of progress per second."""
        window = self._window
        window.append(now)
        while len(window) > 2 and now.t_s - window[1].t_s >= self._window_s:
            window.popleft()
        dt = now.t_s - window[0].t_s
        return (progress - self._measure(window[0].pose)) / dt if dt > 0.0 else 0.0


def mean_speed(trace: Sequence[Level[PoseT]], measure: Callable[[PoseT], float], over_s: float) -> float:
    """Return the mean speed of progress up to the last level of a trace, over at least `over_s`."""
    now = trace[-1]
    before = next(level for level in reversed(trace) if now.t_s - level.t_s >= over_s)
    return (measure(now.pose) - measure(before.pose)) / (now.t_s - before.t_s)


def fastest_step(movement: Movement[PoseT], along: Progress[PoseT]) -> float:
    """Return the fastest progress outwards over `STEP_S`: hardly smoothed, so that a jump shows."""
    trace = movement.trace
    progress = along.refined([level.pose for level in trace], movement.start.pose, movement.peak.pose)
    fastest, first = 0.0, 0
    for last, level in enumerate(trace):
        if not movement.start.t_s < level.t_s <= movement.peak.t_s:
            continue
        while level.t_s - trace[first + 1].t_s >= STEP_S:
            first += 1
        step_s = level.t_s - trace[first].t_s
        if step_s >= STEP_S:
            fastest = max(fastest, (progress[last] - progress[first]) / step_s)
    return fastest
