"""Learns how the direction of up in the sensor frame tells the height of the ankle.

A leg of length L turning about a joint holds its ankle at the height `-L * (axis . up)`, with both
unit vectors in the sensor frame: linear in `up`, whatever the mounting. The accelerometer measures
height too, twice integrated and so only for a second or so. Regressing the one on the other over
the last minute gives the lever `-L * axis` in metres: then height is known without drift, for slow
movements and long holds alike. A limb that only rolls in place has no lever, hence no reps.

Both sides pass the same high-pass (two leaky integrators and a slow one), so that their relation is
undisturbed by what the accelerometer cannot know.

A bias of the accelerometer looks like climbing in proportion to `up`, as a lever does in a slow movement:
both are solved for together, and told apart by how fast the leg turns.
"""

from dataclasses import dataclass
from math import fsum, sqrt
from operator import mul

from tracker.progress import Vector

STANDARD_GRAVITY_MPS2 = 9.80665


@dataclass(frozen=True, slots=True)
class LiftParams:
    """`leak_s`: time constant of the leaky integrators; longer follows slower lifts, and more drift.
    `offset_s`: time constant that removes a constant accelerometer error.
    `memory_s`: how long a movement counts in the regression.
    `height_noise_m`: error expected of a height twice integrated; larger trusts slow learning more.
    `lever_prior_m`: size of a lever expected before anything was seen.
    `bias_prior_mps2`: size of the accelerometer's bias expected before anything was seen.
    `learn_s`: time between two steps of the regression; what it compares changes in a second.
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
    bias_prior_mps2: float = 0.2
    learn_s: float = 0.04
    settle_s: float = 0.3
    gap_s: float = 0.5
    enough: float = 12.0
    ripen_s: float = 4.0

    def ridge(self, prior: float) -> float:
        """Weight in the normal equations of an unknown expected to be about this large."""
        return (self.height_noise_m / prior) ** 2 * self.leak_s


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
        self._turned = tuple([0.0, 0.0, 0.0] for _ in range(3))
        self._leant = tuple([0.0, 0.0, 0.0] for _ in range(3))
        self._learnt_s = 0.0
        self._normal = [[0.0] * (row + 1) for row in range(6)]
        self._moment = [0.0] * 6

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
        self.height_m = _twice_integrated(self._height, climb * dt, dt, leak, slow)
        for now, last, turned, leant in zip(up, before, self._turned, self._leant, strict=True):
            first = (turned[0] + now - last) * leak
            second = (turned[1] + first - turned[0]) * leak
            turned[2] = (turned[2] + second - turned[1]) * slow
            turned[0], turned[1] = first, second
            _twice_integrated(leant, now * dt, dt, leak, slow)
        if t_s - self._learnt_s >= p.learn_s and t_s - self._began_s >= p.settle_s:
            self._learn(t_s - self._learnt_s)
            self._learnt_s = t_s

    def _restart(self, t_s: float, up: Vector) -> None:
        if self._began_s is None:
            self._began_s = t_s
        self._t_s, self._learnt_s, self._up = t_s, t_s, up
        for chain in (self._height, *self._turned, *self._leant):
            chain[:] = (0.0, 0.0, 0.0)
        self.height_m = 0.0

    def _learn(self, dt: float) -> None:
        """Weigh the movement in, and solve for lever and bias (least squares: Bierman 1977, ch. 2)."""
        p = self.params
        keep = 1.0 / (1.0 + dt / p.memory_s)
        seen = [chain[2] for chain in (*self._turned, *self._leant)]
        for i, (row, one) in enumerate(zip(self._normal, seen, strict=True)):
            for j, other in enumerate(seen[: i + 1]):
                row[j] = row[j] * keep + one * other * dt
            self._moment[i] = self._moment[i] * keep + one * self.height_m * dt
        n = self._normal
        if self._moved_s is None and n[0][0] + n[1][1] + n[2][2] > p.enough * p.ridge(p.lever_prior_m):
            self._moved_s = self._t_s
        ridges = 3 * [p.ridge(p.lever_prior_m)] + 3 * [p.ridge(p.bias_prior_mps2)]
        x, y, z, *_ = _solved(n, ridges, self._moment)
        self.lever = (x, y, z)


def _twice_integrated(chain: list[float], step: float, dt: float, leak: float, slow: float) -> float:
    """Advance two leaky integrators and the slow high-pass after them; return what comes out."""
    chain[0] = (chain[0] + step) * leak
    level = (chain[1] + chain[0] * dt) * leak
    chain[2] = (chain[2] + level - chain[1]) * slow
    chain[1] = level
    return chain[2]


def _solved(lower: list[list[float]], ridges: list[float], moment: list[float]) -> list[float]:
    """Solve `(A + diag(ridges)) x = moment` for a symmetric A given by its lower half, by Cholesky."""
    n = len(moment)
    root: list[list[float]] = []
    y: list[float] = []
    for i, row in enumerate(lower):
        new: list[float] = []
        for j in range(i):
            new.append((row[j] - fsum(map(mul, new, root[j]))) / root[j][j])
        new.append(sqrt(row[i] + ridges[i] - fsum(map(mul, new, new))))
        y.append((moment[i] - fsum(map(mul, new, y))) / new[i])
        root.append(new)
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (y[i] - fsum(root[k][i] * x[k] for k in range(i + 1, n))) / root[i][i]
    return x
