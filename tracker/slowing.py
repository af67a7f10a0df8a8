"""Tells live when a return is over: when it has been slow for long enough, near enough to its start."""

from collections.abc import Callable, Sequence
from typing import Generic

from tracker.movement import Level
from tracker.movement_params import MovementParams
from tracker.progress import PoseT
from tracker.speed import mean_speed
from tracker.swing_rate import SwingRate


class Slowing(Generic[PoseT]):
    """How long the return in progress has been slower than its end is.

    `fastest`: its peak speed so far. `since_s`: since when its progress is slow (s), None while it is not.
    """

    def __init__(
        self, measure: Callable[[PoseT], float], params: MovementParams, swing: SwingRate | None
    ) -> None:
        """`measure` turns a pose into progress and may change. `swing`: of the ankle, where there is one."""
        self._measure = measure
        self._params = params
        self._swing = swing
        self._began_s = self._now_s = 0.0
        self.fastest = 0.0
        self.since_s: float | None = None
        self._swung_since_s: float | None = None

    def begin(self, began_s: float) -> None:
        """A return begins."""
        self._began_s, self.fastest, self.since_s, self._swung_since_s = began_s, 0.0, None, None

    @property
    def slow_s(self) -> float:
        """How long progress has been slow (s)."""
        return 0.0 if self.since_s is None else self._now_s - self.since_s

    def update(
        self, trace: Sequence[Level[PoseT]], speed: float, still_s: float, share_returned: float
    ) -> None:
        """Take the trace up to now, the speed back, how long the leg stood still, and what has come back."""
        self._now_s = now_s = trace[-1].t_s
        self.fastest = max(self.fastest, speed)
        stalled = still_s >= self._params.stalled_after(now_s - self._began_s)
        self.since_s = self._since(self.since_s, stalled or self._slowed(trace, speed, share_returned))
        self._swung_since_s = self._since(self._swung_since_s, self._swung_slowly(speed))

    def over(self, share_returned: float) -> bool:
        """Whether the return is over, of which this share of the rise has come back.

        Where the ankle says that it goes on, progress is believed as late as where it stopped short.
        """
        p = self._params
        if share_returned < p.returned:
            return False
        swung_since_s = self._swung_since_s
        swung_slowly_s = 0.0 if swung_since_s is None else self._now_s - swung_since_s
        if share_returned >= p.near and swung_slowly_s >= p.settle_s:
            return True
        if self.since_s is None:
            return False
        if swung_since_s is None and self._ankle_tells():
            share_returned = p.returned
        return self.slow_s >= p.believed_after(self._now_s - self._began_s, share_returned)

    def _ankle_tells(self) -> bool:
        return self._swing is not None and self._swing.tells(self._now_s)

    def _since(self, since_s: float | None, slow: bool) -> float | None:
        if not slow:
            return None
        return self._now_s if since_s is None else since_s

    def _swung_slowly(self, speed: float) -> bool:
        """Whether the ankle has all but stopped, and the cable does not say that it goes on."""
        p, swing = self._params, self._swing
        if swing is None or not self._ankle_tells():
            return False
        return -swing.rate < p.ended * swing.fastest_back and speed < p.goes_on * self.fastest

    def _slowed(self, trace: Sequence[Level[PoseT]], speed: float, share_returned: float) -> bool:
        """Whether the return is slower than its end is, at a glance and over a share of its whole time.

        Beyond its start it is the hips that sway on, if no ankle tells otherwise.
        """
        p = self._params
        swaying = 0.0 if self._ankle_tells() else p.beyond * max(0.0, share_returned - 1.0)
        if speed >= (p.ended + swaying) * self.fastest:
            return False
        long_s = p.glance * (self._now_s - self._began_s)
        if long_s <= p.window_s:
            return True
        return -mean_speed(trace, self._measure, long_s) < (p.ended_over + swaying) * self.fastest
