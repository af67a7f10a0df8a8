"""Learns how the direction of up in the sensor frame tells the height of the ankle.

A leg of length L turning about a joint holds its ankle at the height `-L * (axis . up)`, with both
unit vectors in the sensor frame: linear in `up`, whatever the mounting. The accelerometer measures
height too, twice integrated and so only for a second or so. Regressing the one on the other over
the last minute gives the lever `-L * axis` in metres: then height is known without drift, for slow
movements and long holds alike. A limb that only rolls in place has no lever, hence no reps.

Both sides pass the same high-pass (two leaky integrators and a slow one), so that their relation is
undisturbed by what the accelerometer cannot know.
"""

from dataclasses import dataclass

from tracker.progress import Vector

STANDARD_GRAVITY_MPS2 = 9.80665


@dataclass(frozen=True, slots=True)
class LiftParams:
    """`leak_s`: time constant of the leaky integrators; longer follows slower lifts, and more drift.
    `offset_s`: time constant that removes a constant accelerometer error.
    `memory_s`: how long a movement counts in the regression.
    `height_noise_m`: error expected of a height twice integrated; larger trusts slow learning more.
    `lever_prior_m`: size of a lever expected before anything was seen.
    `settle_s`: time at the start in which the orientation filter still settles.
    `gap_s`: a longer silence restarts the integrators.
    `enough`: movement has been seen when it outweighs the prior this many times.
    `ripen_s`: the lever is known this long after that; a shorter time may catch half a movement only.
    """

    leak_s: float = 1.0
    offset_s: float = 8.0
    memory_s: float = 60.0
    height_noise_m: float = 0.015
    lever_prior_m: float = 0.5
    settle_s: float = 0.3
    gap_s: float = 0.5
    enough: float = 12.0
    ripen_s: float = 4.0

    @property
    def ridge(self) -> float:
        """Weight of the prior in the normal equations."""
        return (self.height_noise_m / self.lever_prior_m) ** 2 * self.leak_s


class LiftLearner:
    """One `update` per ankle sample.

    `lever` (m, sensor frame) is what was learnt, `known` whether enough was seen to trust it, and
    `height_m` the short-term height that the accelerometer alone gives.
    """

    def __init__(self, params: LiftParams | None = None) -> None:
        """Start knowing nothing: the lever is zero."""
        self.params = params or LiftParams()
        self.lever: Vector = (0.0, 0.0, 0.0)
        self.height_m = 0.0
        self._moved_s: float | None = None
        self._began_s: float | None = None
        self._t_s = 0.0
        self._up: Vector = (0.0, 0.0, 1.0)
        self._height = [0.0, 0.0, 0.0]
        self._x = [0.0, 0.0, 0.0]
        self._y = [0.0, 0.0, 0.0]
        self._z = [0.0, 0.0, 0.0]
        self._normal = [0.0] * 6
        self._moment = [0.0] * 3

    @property
    def known(self) -> bool:
        """Whether enough was seen to trust the lever."""
        return self._moved_s is not None and self._t_s - self._moved_s >= self.params.ripen_s

    def update(self, t_s: float, up: Vector, force: Vector) -> None:
        """Take one sample: `up` as a unit vector and specific force (m/s2), both in the sensor frame."""
        p = self.params
        dt = t_s - self._t_s
        if self._began_s is None or not 0.0 <= dt <= p.gap_s:
            self._restart(t_s, up)
            return
        if dt == 0.0:
            return
        before = self._up
        self._t_s, self._up = t_s, up
        leak = 1.0 / (1.0 + dt / p.leak_s)
        slow = 1.0 / (1.0 + dt / p.offset_s)
        climb = up[0] * force[0] + up[1] * force[1] + up[2] * force[2] - STANDARD_GRAVITY_MPS2
        h = self._height
        h[0] = (h[0] + climb * dt) * leak
        level = (h[1] + h[0] * dt) * leak
        h[2] = (h[2] + level - h[1]) * slow
        h[1] = level
        for axis, chain in enumerate((self._x, self._y, self._z)):
            first = (chain[0] + up[axis] - before[axis]) * leak
            second = (chain[1] + first - chain[0]) * leak
            chain[2] = (chain[2] + second - chain[1]) * slow
            chain[0], chain[1] = first, second
        self.height_m = h[2]
        if t_s - self._began_s >= p.settle_s:
            self._learn(dt, self._x[2], self._y[2], self._z[2], h[2])

    def _restart(self, t_s: float, up: Vector) -> None:
        if self._began_s is None:
            self._began_s = t_s
        self._t_s, self._up = t_s, up
        for chain in (self._height, self._x, self._y, self._z):
            chain[:] = (0.0, 0.0, 0.0)
        self.height_m = 0.0

    def _learn(self, dt: float, x: float, y: float, z: float, height: float) -> None:
        """Add one sample to the normal equations (Bierman 1977, ch. 2) and solve them by Cramer's rule."""
        p = self.params
        keep = 1.0 / (1.0 + dt / p.memory_s)
        n, m = self._normal, self._moment
        n[0] = n[0] * keep + x * x * dt
        n[1] = n[1] * keep + x * y * dt
        n[2] = n[2] * keep + x * z * dt
        n[3] = n[3] * keep + y * y * dt
        n[4] = n[4] * keep + y * z * dt
        n[5] = n[5] * keep + z * z * dt
        m[0] = m[0] * keep + x * height * dt
        m[1] = m[1] * keep + y * height * dt
        m[2] = m[2] * keep + z * height * dt
        ridge = p.ridge
        if self._moved_s is None and n[0] + n[3] + n[5] > p.enough * ridge:
            self._moved_s = self._t_s
        a, b, c, d, e, f = n[0] + ridge, n[1], n[2], n[3] + ridge, n[4], n[5] + ridge
        c0, c1, c2 = d * f - e * e, c * e - b * f, b * e - c * d
        determinant = a * c0 + b * c1 + c * c2
        c11, c12, c22 = a * f - c * c, b * c - a * e, a * d - b * b
        self.lever = (
            (c0 * m[0] + c1 * m[1] + c2 * m[2]) / determinant,
            (c1 * m[0] + c11 * m[1] + c12 * m[2]) / determinant,
            (c2 * m[0] + c12 * m[1] + c22 * m[2]) / determinant,
        )
