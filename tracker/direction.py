"""The diagonal: azimuth of the kick against the body's midline, from the ankle IMU alone.

What is measured is the displacement of the leg's long axis between start pose and peak, in the
orientation filter's world frame: blind to the leg's turning about itself and to the path between.
Three straight-back kicks give the midline. Without them nothing is claimed.
"""

from dataclasses import dataclass
from math import atan2, cos, degrees, fsum, hypot, pi, radians, sin, sqrt

from tracker.messages import LegSource, Midline
from tracker.poses import PoseHistory, rotated, up_in_sensor
from tracker.setup import Leg

ZONE_DEG = (30.0, 45.0)


@dataclass(frozen=True, slots=True)
class DirectionParams:
    """`kicks`: calibration kicks that make a midline. `patience_s`: time they may take.
    `agreement_rad`: largest spread of the kicks; more and the calibration is refused.
    `least_swing`: sine of the smallest swing whose azimuth means anything.
    `tilt_sd_rad`: error of an inclination, for the stated uncertainty.
    `kick_sd_rad`: how straight a person kicks straight back.
    `drift_radps`: heading drift of the orientation filter at rest-corrected gyro bias.
    `side_rad`: a kick at least this far off the midline tells the leg.
    """

    kicks: int = 3
    patience_s: float = 60.0
    agreement_rad: float = radians(20.0)
    least_swing: float = 0.12
    tilt_sd_rad: float = radians(0.6)
    kick_sd_rad: float = radians(2.5)
    drift_radps: float = radians(0.02)
    side_rad: float = radians(8.0)


@dataclass(frozen=True, slots=True)
class Diagonal:
    """The direction of one kick; `diagonal_deg` None with the reason where it cannot be known."""

    diagonal_deg: float | None
    diagonal_sd_deg: float | None
    reason: str | None
    midline: Midline | None
    leg: Leg | None
    leg_source: LegSource | None

    @property
    def in_zone(self) -> bool | None:
        """Whether the kick lies 30 to 45 degrees out."""
        if self.diagonal_deg is None:
            return None
        return ZONE_DEG[0] <= self.diagonal_deg <= ZONE_DEG[1]


class KickDirection:
    """Takes the calibration kicks, and measures each rep's diagonal."""

    def __init__(self, poses: PoseHistory, leg: Leg | None, params: DirectionParams | None = None) -> None:
        """`poses`: orientations of the ankle. `leg`: as told, or None to find it from the kicks' side."""
        self.params = params or DirectionParams()
        self._leg = leg
        self._leg_source: LegSource | None = "told" if leg is not None else None
        self._poses = poses
        self._midline_rad: float | None = None
        self._midline_sd_rad = 0.0
        self._midline_s = 0.0
        self._kicks: list[float] = []
        self._kicks_seen = 0
        self._calibrating_since_s: float | None = None

    def calibrate(self, t_s: float) -> None:
        """Begin a calibration: the next kicks are straight back and no reps."""
        self._calibrating_since_s, self._kicks, self._kicks_seen = t_s, [], 0

    def calibrating(self, t_s: float) -> bool:
        """Whether a movement that peaked at `t_s` is a calibration kick."""
        since_s = self._calibrating_since_s
        return since_s is not None and since_s < t_s <= since_s + self.params.patience_s

    def take_kick(self, start_s: float, peak_s: float) -> None:
        """Take a calibration kick; the last one sets the midline if all were measured and agree."""
        azimuth = self._azimuth(start_s, peak_s)
        if azimuth is not None:
            self._kicks.append(azimuth[0])
        self._kicks_seen += 1
        if self._kicks_seen < self.params.kicks:
            return
        self._calibrating_since_s = None
        if len(self._kicks) < self.params.kicks:
            return
        mean = atan2(fsum(sin(a) for a in self._kicks), fsum(cos(a) for a in self._kicks))
        spread = max(abs(wrapped(a - mean)) for a in self._kicks)
        if spread > self.params.agreement_rad:
            self._midline_rad = None
            return
        self._midline_rad, self._midline_s = mean, peak_s
        self._midline_sd_rad = self.params.kick_sd_rad / sqrt(len(self._kicks))

    def measure(self, start_s: float, peak_s: float) -> Diagonal:
        """Return the diagonal of a rep that began at `start_s` and peaked at `peak_s`."""
        if self._poses.empty:
            return self._unknown("no ankle IMU")
        azimuth = self._azimuth(start_s, peak_s)
        if azimuth is None:
            return self._unknown("the swing is too small, or lacks samples, to tell its direction")
        if self._midline_rad is None:
            return self._unknown("no midline: three straight-back kicks after 'calibrate' would give it")
        out_rad = wrapped(azimuth[0] - self._midline_rad)
        if self._leg is None:
            if abs(out_rad) < self.params.side_rad:
                return self._unknown("the leg is not known, and the kick went straight back")
            self._leg, self._leg_source = ("right" if out_rad > 0.0 else "left"), "kicks"
        diagonal_rad = out_rad if self._leg == "right" else -out_rad
        sd_rad = hypot(
            self._midline_sd_rad,
            self.params.tilt_sd_rad / azimuth[1],
            self.params.drift_radps * (peak_s - self._midline_s),
        )
        return Diagonal(
            degrees(diagonal_rad), degrees(sd_rad), None, "calibration", self._leg, self._leg_source
        )

    def _unknown(self, reason: str) -> Diagonal:
        return Diagonal(None, None, reason, None, self._leg, self._leg_source)

    def _azimuth(self, start_s: float, peak_s: float) -> tuple[float, float] | None:
        """Return azimuth (rad, world frame) and size (sine of the swing) of the ankle's displacement.

        The leg hangs upright in the start pose, so up in the sensor frame is its long axis there.
        """
        start, peak = self._poses.at(start_s), self._poses.at(peak_s)
        if start is None or peak is None:
            return None
        swung = rotated(peak, up_in_sensor(start))
        size = hypot(swung[0], swung[1])
        if size < self.params.least_swing:
            return None
        return atan2(-swung[1], -swung[0]), size


def wrapped(angle_rad: float) -> float:
    """Return the angle in [-pi, pi)."""
    return (angle_rad + pi) % (2.0 * pi) - pi
