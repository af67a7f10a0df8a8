"""Gyroscope bias of the orientation filter: a Kalman filter fed by motion, and better by rest.

Laidig and Seel 2023, section 3.4: in motion the accelerometer's corrections tell the bias about the
two level axes, since a bias makes them drift; at rest the gyroscope itself is the bias.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians

from tracker.lowpass import LowPass
from tracker.poses import Quaternion


@dataclass(frozen=True, slots=True)
class OrientationParams:
    """Defaults are the paper's.

    `tau_acc_s`: time constant of the specific force's low-pass; longer trusts the gyroscope longer.
    `bias_sigma_init_radps`: how large a bias is expected to begin with.
    `bias_forgetting_s`: time in which an unobserved bias becomes unsure by 0.1 deg/s.
    `bias_clip_radps`: bias and its innovations are never taken for larger than this.
    `bias_sigma_motion_radps`, `bias_sigma_rest_radps`: uncertainty the estimate settles to.
    `vertical_forgetting`: how much less the bias about the vertical is observed in motion.
    `rest_min_s`, `rest_tau_s`: rest is found when nothing deviates for so long from its low-pass.
    `rest_gyr_radps`, `rest_acc_mps2`: the deviations that still are rest.
    `missing`: an interval of more than so many usual ones is a gap, in which the leg turned as it did on the
    mean before and after.
    `halved_s`: after a gap of this length the inclination weighs as much as half a second of specific force,
    after others with the inverse cube: by that what the leg did meanwhile is known worse.
    `gap_s`: after a longer silence inclination starts anew from the next samples; the bias is kept.
    """

    tau_acc_s: float = 3.0
    bias_sigma_init_radps: float = radians(0.5)
    bias_forgetting_s: float = 100.0
    bias_clip_radps: float = radians(2.0)
    bias_sigma_motion_radps: float = radians(0.1)
    bias_sigma_rest_radps: float = radians(0.03)
    vertical_forgetting: float = 0.0001
    rest_min_s: float = 1.5
    rest_tau_s: float = 0.5
    rest_gyr_radps: float = radians(2.0)
    rest_acc_mps2: float = 0.5
    missing: float = 2.5
    halved_s: float = 0.5
    gap_s: float = 0.6

    def kept_s(self, silence_s: float) -> float:
        """Time (s) of specific force that the inclination is worth after a gap."""
        return 0.5 * (self.halved_s / silence_s) ** 3


STEP_S = 0.04


class GyroBias:
    """Bias `x`, `y`, `z` (rad/s, sensor frame) and its covariance.

    A bias changes over minutes, so the estimator runs on corrections summed over `STEP_S`; that costs
    a fraction of running it for every sample, and moves the orientation by hundredths of a degree.
    """

    def __init__(self, params: OrientationParams) -> None:
        """Start with no bias, as unsure as the parameters say."""
        self.params = params
        self.x = self.y = self.z = 0.0
        self._initial = params.bias_sigma_init_radps**2
        self._p = [self._initial, 0.0, 0.0, self._initial, 0.0, self._initial]
        self._world_lp = LowPass(params.tau_acc_s, 11)
        self._every = 1
        self._summed = 0
        self._tilt_x = self._tilt_y = 0.0
        self._interval_s = self._growth = self._w_motion = self._w_vertical = self._w_rest = 0.0

    def set_interval(self, interval_s: float) -> None:
        """Take the sampling interval (s)."""
        p = self.params
        self._every = max(1, round(STEP_S / interval_s))
        interval_s *= self._every
        self._interval_s = interval_s
        self._world_lp.set_interval(interval_s)
        self._growth = radians(0.1) ** 2 * interval_s / p.bias_forgetting_s
        self._w_motion = p.bias_sigma_motion_radps**4 / self._growth + p.bias_sigma_motion_radps**2
        self._w_vertical = self._w_motion / p.vertical_forgetting
        self._w_rest = p.bias_sigma_rest_radps**4 / self._growth + p.bias_sigma_rest_radps**2

    def restart(self) -> None:
        """Forget what was filtered, not the bias: samples were missing."""
        self._world_lp.restart()
        self._tilt_x = self._tilt_y = 0.0
        self._summed = 0

    def update(self, q: Quaternion, tilt_x: float, tilt_y: float, rest: Sequence[float] | None) -> None:
        """Take one correction.

        `q`: world_from_sensor. `tilt_x`, `tilt_y`: level parts of the unit specific force before the
        correction. `rest`: the low-passed rate (rad/s) when at rest, else None.
        """
        self._tilt_x += tilt_x
        self._tilt_y += tilt_y
        self._summed += 1
        if self._summed < self._every:
            return
        tilt_x, tilt_y = self._tilt_x, self._tilt_y
        self._tilt_x = self._tilt_y = 0.0
        self._summed = 0
        w, x, y, z = q
        r00, r01, r02 = 1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)
        r10, r11, r12 = 2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)
        r20, r21, r22 = 2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)
        bx, by, bz = self.x, self.y, self.z
        filtered = self._world_lp.update(
            (r00, r01, r02, r10, r11, r12, r20, r21, r22,
             r00 * bx + r01 * by + r02 * bz, r10 * bx + r11 * by + r12 * bz)
        )  # fmt: skip
        growth, initial, p = self._growth, self._initial, self._p
        for diagonal in (0, 3, 5):
            if p[diagonal] < initial:
                p[diagonal] += growth
        if rest is not None:
            rows = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
            errors = (rest[0] - bx, rest[1] - by, rest[2] - bz)
            weights = (self._w_rest, self._w_rest, self._w_rest)
        else:
            m00, m01, m02, m10, m11, m12, m20, m21, m22, level_x, level_y = filtered
            rows = ((m00, m01, m02), (m10, m11, m12), (m20, m21, m22))
            errors = (
                -tilt_y / self._interval_s + level_x - (m00 * bx + m01 * by + m02 * bz),
                tilt_x / self._interval_s + level_y - (m10 * bx + m11 * by + m12 * bz),
                -(m20 * bx + m21 * by + m22 * bz),
            )
            weights = (self._w_motion, self._w_motion, self._w_vertical)
        self._learn(rows, errors, weights)

    def _learn(
        self, rows: Sequence[Sequence[float]], errors: Sequence[float], weights: Sequence[float]
    ) -> None:
        """Measure three components one after the other; their errors are independent."""
        clip = self.params.bias_clip_radps
        x = y = z = 0.0
        pxx, pxy, pxz, pyy, pyz, pzz = self._p
        for (hx, hy, hz), error, weight in zip(rows, errors, weights, strict=True):
            if error > clip:
                error = clip
            elif error < -clip:
                error = -clip
            kx = pxx * hx + pxy * hy + pxz * hz
            ky = pxy * hx + pyy * hy + pyz * hz
            kz = pxz * hx + pyz * hy + pzz * hz
            scale = 1.0 / (hx * kx + hy * ky + hz * kz + weight)
            gx, gy, gz = kx * scale, ky * scale, kz * scale
            innovation = error - (hx * x + hy * y + hz * z)
            x += gx * innovation
            y += gy * innovation
            z += gz * innovation
            pxx -= gx * kx
            pxy -= gx * ky
            pxz -= gx * kz
            pyy -= gy * ky
            pyz -= gy * kz
            pzz -= gz * kz
        self._p = [pxx, pxy, pxz, pyy, pyz, pzz]
        self.x = max(-clip, min(clip, self.x + x))
        self.y = max(-clip, min(clip, self.y + y))
        self.z = max(-clip, min(clip, self.z + z))
