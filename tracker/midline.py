"""Where straight back is: the body's midline in the world of the ankle's orientation filter, and how sure.

That world has no north and drifts, so straight back is followed by a Kalman filter of five quantities that
are measured by whatever there is: kicks straight back, the pose of the leg at each rest, the gait of the
walk in, and the cable. The rests hold the drift: offset and rate of the heading are told apart from the
scatter of the foot by how they behave, and the scatter is learnt.
"""

from dataclasses import dataclass
from math import atan2, exp, radians, sqrt

from tracker.cable_line import CableLine, Pull, displaced
from tracker.gaussian import Gaussian
from tracker.kick import Swing
from tracker.poses import Quaternion, rotated, turned_rad, wrapped
from tracker.progress import Vector

BACK, RATE, CUFF, REACH, ASIDE = range(5)
"""Azimuth of straight back (rad); its drift (rad/s); how far straight back lies beyond the turn of the
resting leg (rad), which is how the cuff is worn; logarithm of the leg's length against what was said; how far
outside of the pulley's line the hip stands (m)."""


UNKNOWN = 1e6
"""Variance (rad2) of an azimuth of which nothing is known: so large that the zero it begins with does not
show."""


@dataclass(frozen=True, slots=True)
class MidlineParams:
    """Standard deviations, and what bounds them.

    `kick_rad`: how straight a person kicks straight back. `foot_rad`: how a leg that comes to rest is turned.
    `slip_rad`: how far the cuff turns about the leg from one rest to the next. `scatter`: by how much both
    may be smaller or larger than that, as the rests show; `patience`: how many rests weigh as much as the
    expectation.
    `rate_radps`: drift of the heading where the gyroscope's bias was seen at rest, and `unrested_radps` where
    it never was; `rate_walk`, `unrested_walk`: its change in a second (rad/s/sqrt(s)).
    `turned_rad`, `restless_s`: a leg turned further after so long without a kick is a body that turned;
    sooner, it is a foot. `lost_radps`: how fast the heading may have changed where samples are missing;
    `adrift_rad`: what may have changed further is a world that turned.
    `reach`, `reach_mean`: error of the leg's length with what shortens the pull in proportion (hips that lean
    forward, a knee that always bends a little). `aside_m`, `aside_mean_m`: half the distance of the hips
    (Bell et al., Human Movement Science 8 (1989): 0.17 m), since the lifter faces the pulley and only one
    leg works; and how exactly they face it.
    `cable_m`: what swaying hips add to a kick's pull; `short_m`: what they and a knee that bends may take
    from it.
    Where the midline is less sure than `vague_rad` the cable is asked without it. Beyond `surprise` times
    what is expected a pull weighs less.
    """

    kick_rad: float = radians(2.8)
    foot_rad: float = radians(2.0)
    slip_rad: float = radians(0.4)
    scatter: tuple[float, float] = (0.2, 4.0)
    patience: float = 3.0
    vague_rad: float = radians(10.0)
    rate_radps: float = radians(0.06)
    unrested_radps: float = radians(0.7)
    rate_walk: float = radians(0.002)
    unrested_walk: float = radians(0.04)
    turned_rad: float = radians(12.0)
    restless_s: float = 10.0
    lost_radps: float = radians(40.0)
    adrift_rad: float = radians(60.0)
    reach: float = 0.035
    reach_mean: float = -0.015
    aside_m: float = 0.06
    aside_mean_m: float = 0.09
    cable_m: float = 0.014
    short_m: float = 0.03
    surprise: float = 2.5


class Midline:
    """The estimate; feed it in the order of time."""

    def __init__(
        self, leg_m: float, line: CableLine, *, rested: bool = True, params: MidlineParams | None = None
    ) -> None:
        """Start knowing nothing. `leg_m`: hip joint to cuff as said. `rested`: whether the orientation filter
        has seen the sensor at rest."""
        p = self.params = params or MidlineParams()
        self.leg_m = leg_m
        self.line = line
        drift_radps = p.rate_radps if rested else p.unrested_radps
        self._rate_walk = p.rate_walk if rested else p.unrested_walk
        self._state = Gaussian(
            (0.0, 0.0, 0.0, p.reach_mean, p.aside_mean_m),
            (UNKNOWN, drift_radps**2, UNKNOWN, p.reach**2, p.aside_m**2),
        )
        self._reference: Quaternion | None = None
        self._t_s: float | None = None
        self._scale = 1.0
        self._rests = 0

    @property
    def back_rad(self) -> float:
        """Azimuth of straight back (rad)."""
        return self._state.mean[BACK]

    @property
    def sd_rad(self) -> float:
        """Its standard deviation (rad)."""
        return sqrt(self._state.covariance[BACK][BACK])

    @property
    def cuff_sd_rad(self) -> float:
        """How well the cuff's way round is known (rad)."""
        return sqrt(self._state.covariance[CUFF][CUFF])

    @property
    def aside_m(self) -> float:
        """How far outside of the pulley's line the hip is thought to stand (m)."""
        return self._state.mean[ASIDE]

    @property
    def reach_m(self) -> float:
        """The leg's length that the cable shows (m)."""
        return self.leg_m * exp(self._state.mean[REACH])

    def rest(self, t_s: float, pose: Quaternion, broken_s: float = 0.0) -> bool:
        """Take the pose of the resting leg; `broken_s`: how long poses were missing since the last rest.

        Return whether the body, or the world, has turned since: straight back is then known from the cuff.
        """
        p, state = self.params, self._state
        if self._reference is None:
            self._reference = pose
        dt = 0.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        self._t_s = t_s
        state.advance(BACK, RATE, dt)
        state.blur(RATE, self._rate_walk**2 * dt)
        state.blur(BACK, (p.lost_radps * broken_s) ** 2)
        state.blur(CUFF, (self._scale * p.slip_rad) ** 2)
        row = (1.0, 0.0, -1.0, 0.0, 0.0)
        innovation = wrapped(turned_rad(pose, self._reference) - (state.mean[BACK] - state.mean[CUFF]))
        own = (self._scale * p.foot_rad) ** 2
        expected = state.variance(row) + own
        turned = p.lost_radps * broken_s > p.adrift_rad
        if innovation**2 > max(16.0 * expected, p.turned_rad**2):
            if dt < p.restless_s and broken_s == 0.0:
                return False
            turned = True
            state.blur(BACK, innovation**2)
        elif self._rests > 0:
            gain = 1.0 / (p.patience + self._rests)
            squared = self._scale**2 * (1.0 + gain * (min(innovation**2 / expected, 9.0) - 1.0))
            self._scale = min(p.scatter[1], max(p.scatter[0], sqrt(squared)))
        self._rests += 1
        state.measure(row, innovation, own)
        return turned

    def worn(self, forward: Vector, pose: Quaternion, sd_rad: float) -> None:
        """Take how the cuff is worn: `forward` in the sensor frame, for a leg that rests in `pose`."""
        if self._reference is None:
            self._reference = pose
        x, y, _ = rotated(self._reference, forward)
        row = (0.0, 0.0, 1.0, 0.0, 0.0)
        self._state.measure(row, wrapped(atan2(-y, -x) - self._state.mean[CUFF]), sd_rad**2)

    def kicked(self, swing: Swing, elongation_m: float | None) -> None:
        """Take a kick straight back: it tells the midline, and how far such a swing pulls the cable."""
        p, state = self.params, self._state
        row = (1.0, 0.0, 0.0, 0.0, 0.0)
        state.measure(row, wrapped(swing.azimuth_rad - state.mean[BACK]), p.kick_rad**2)
        if elongation_m is not None:
            pull = self._pull(swing, 0.0)
            row = (0.0, 0.0, 0.0, pull.by_reach, pull.by_aside)
            state.measure(row, elongation_m - pull.elongation, p.cable_m**2)

    def out_rad(self, swing: Swing, outwards: float) -> float:
        """Return how far out a kick went; `outwards`: 1 where azimuth grows outwards (right leg), else -1."""
        return outwards * wrapped(swing.azimuth_rad - self._state.mean[BACK])

    def elongation_sd_m(self, swing: Swing, outwards: float) -> float:
        """Return how far the cable may differ (m) from what is expected of a straight leg's swing."""
        row = self._row(outwards, self._pull(swing, self.out_rad(swing, outwards)))
        return sqrt(self._state.variance(row) + self.params.cable_m**2)

    def pulled(self, swing: Swing, outwards: float, elongation_m: float) -> None:
        """Take the cable's word for a kick that was no kick straight back.

        The geometry is linearised about the cable's own azimuth where straight back is hardly known, else
        about the expected one. What lies far off the expectation weighs less (Huber 1964).
        """
        p, state = self.params, self._state
        here = azimuth = self.out_rad(swing, outwards)
        if self.sd_rad > p.vague_rad:
            azimuth = self.line.azimuth(self.reach_m, swing.size, swing.rise, self.aside_m, elongation_m)
        azimuth = max(azimuth, LEAST_AZIMUTH_RAD)
        pull = self._pull(swing, azimuth)
        row = self._row(outwards, pull)
        innovation = elongation_m - pull.elongation - pull.by_azimuth * wrapped(here - azimuth)
        own = (p.cable_m if innovation > 0.0 else p.short_m) ** 2
        surprise = innovation**2 / (state.variance(row) + own)
        state.measure(row, innovation, own * max(1.0, surprise / p.surprise**2))

    def _row(self, outwards: float, pull: Pull) -> tuple[float, ...]:
        return -outwards * pull.by_azimuth, 0.0, 0.0, pull.by_reach, pull.by_aside

    def _pull(self, swing: Swing, azimuth_rad: float) -> Pull:
        went = displaced(self.reach_m, swing.size, swing.rise, azimuth_rad)
        return self.line.pull(went, self.aside_m)


LEAST_AZIMUTH_RAD = radians(12.0)
"""Nearer to straight back the cable tells nothing, and is linearised here."""
