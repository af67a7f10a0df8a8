"""How fast the leg swings along the way of its kick, live, by the gyroscope alone.

Cable travel follows the hips, which sway as fast as a slow return begins and ends; the ankle's turning does
not. And a rate needs no window in which to become a speed: that a leg at rest sets off is seen in the sum of
its rates, less what a leg at rest may drift (cumulative sum: Page, Biometrika 41, 1954).
"""

from collections import deque
from dataclasses import dataclass

from tracker.progress import Vector


@dataclass(frozen=True, slots=True)
class SwingRateParams:
    """`drift_radps`: rate which a leg that rests may have; larger is later and flickers less.
    `set_off_rad`: sum of the rates beyond the drift at which the leg has set off; likewise.
    `warier`, `forgiving`, `most`: both grow by the first with each mistake, `most` times at most, and shrink
    by the second each time that it was right.
    `window_s`: time over which the rate is taken; longer is calmer and later.
    `silent_s`: after a longer silence nothing is told until the window is full again.
    """

    drift_radps: float = 0.006
    set_off_rad: float = 0.0015
    warier: float = 1.5
    forgiving: float = 0.93
    most: float = 5.0
    window_s: float = 0.1
    silent_s: float = 0.05


class SwingRate:
    """The ankle's rate about the axis of a kick.

    `rate`: mean over the window (rad/s), outwards positive. `fastest_back`: the fastest that it has come back
    since the axis was aimed (rad/s).
    """

    def __init__(self, params: SwingRateParams | None = None) -> None:
        """Start without an axis: then nothing is told."""
        self.params = params or SwingRateParams()
        self.rate = 0.0
        self.fastest_back = 0.0
        self._axis: Vector | None = None
        self._over: Vector | None = None
        self._of_rep: Vector | None = None
        self._last_s = self._whole_s = float("-inf")
        self._x = self._y = self._z = 0.0
        self._window: deque[tuple[float, float, float, float]] = deque()
        self._out = self._back = 0.0
        self._scale = 1.0
        self._out_since_s = self._back_since_s = 0.0

    def add(self, t_s: float, wx: float, wy: float, wz: float) -> None:
        """Take one angular rate (rad/s, sensor frame), free of bias."""
        p, window = self.params, self._window
        dt = t_s - self._last_s
        self._last_s = t_s
        if dt > p.silent_s:
            window.clear()
            self._out = self._back = 0.0
            self._whole_s = t_s + p.window_s
            dt = 0.0
        x = self._x = self._x + wx * dt
        y = self._y = self._y + wy * dt
        z = self._z = self._z + wz * dt
        window.append((t_s, x, y, z))
        while t_s - window[0][0] > p.window_s:
            window.popleft()
        if self._axis is None:
            return
        ax, ay, az = self._axis
        first_s, x0, y0, z0 = window[0]
        if t_s > first_s:
            self.rate = rate = (ax * (x - x0) + ay * (y - y0) + az * (z - z0)) / (t_s - first_s)
            if -rate > self.fastest_back:
                self.fastest_back = -rate
        self._sum(t_s, ax * wx + ay * wy + az * wz, dt)

    def _sum(self, t_s: float, rate: float, dt: float) -> None:
        p, scale = self.params, self._scale
        drift, most = p.drift_radps * scale, 2.0 * p.set_off_rad * scale
        out = self._out + (rate - drift) * dt
        if out <= 0.0:
            out, self._out_since_s = 0.0, t_s
        self._out = out if out < most else most
        back = self._back - (rate + drift) * dt
        if back <= 0.0:
            back, self._back_since_s = 0.0, t_s
        self._back = back if back < most else most

    def mistaken(self) -> None:
        """The leg was told to set off and did not: it trembles or sags, so believe less."""
        self._scale = min(self.params.most, self.params.warier * self._scale)

    def confirmed(self) -> None:
        """It did."""
        self._scale = max(1.0, self.params.forgiving * self._scale)

    def aim(self, axis: Vector | None) -> None:
        """Follow the way of the kick that is out there; None where the ankle cannot tell it."""
        self._axis = axis
        self.fastest_back = self._out = self._back = 0.0
        self._out_since_s = self._back_since_s = self._last_s

    def release(self) -> None:
        """The movement is over: follow the way of the last rep again."""
        self._over = self._axis
        self.aim(self._of_rep)

    def keep(self) -> None:
        """The movement that is over was a rep: follow its way until the next."""
        self._of_rep = self._over
        self.aim(self._of_rep)

    def tells(self, t_s: float) -> bool:
        """Whether the rate is known now."""
        heard = abs(t_s - self._last_s) <= self.params.silent_s
        return heard and self._axis is not None and t_s >= self._whole_s

    def out_since_s(self, *, shown: bool) -> float | None:
        """When the leg set off outwards (s), None where it did not; `shown`: or where it stopped again."""
        gone = 0.0 if shown else self.params.set_off_rad * self._scale
        return self._out_since_s if self._out > gone else None

    def back_since_s(self, *, shown: bool) -> float | None:
        """The same of the way back."""
        gone = 0.0 if shown else self.params.set_off_rad * self._scale
        return self._back_since_s if self._back > gone else None
