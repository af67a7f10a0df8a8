"""Orientation of an IMU against gravity, causal and free of a magnetometer: VQF in six axes.

After Laidig and Seel, "VQF: Highly accurate IMU orientation estimation with bias estimation and
magnetic disturbance rejection", Information Fusion 91 (2023): gyroscope strapdown integration
(section 3.1), inclination correction by low-passed specific force in the almost inertial frame of the
integration (3.2), gyroscope bias by a Kalman filter from the correction's own rate while moving (3.4)
and from the gyroscope itself at rest (3.5). Heading is arbitrary, zero at the start, and drifts.
"""

from math import cos, isfinite, sin, sqrt

from tracker.bridging import TurnInGap
from tracker.gyro_bias import GyroBias, OrientationParams
from tracker.lowpass import VectorLowPass
from tracker.poses import Quaternion
from tracker.progress import Vector

SMALL = 1e-3
"""Squared half angle (rad2) of a turn below which sine and cosine are their first three terms to 1e-11."""


class Orientation:
    """The filter of one IMU: one `update` per sample, the results are attributes.

    `quaternion`: world_from_sensor (w, x, y, z), z up. `gravity_up`: direction of up in the sensor
    frame. `at_rest`: whether the IMU stands still. `bias_radps`: what was learnt of the
    gyroscope's bias. A deep copy goes on as the original would.
    """

    def __init__(self, params: OrientationParams | None = None) -> None:
        """Start unknown; the first sample's specific force gives the inclination."""
        p = self.params = params or OrientationParams()
        self.quaternion: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self.gravity_up: Vector = (0.0, 0.0, 1.0)
        self.at_rest = False
        self._turning, self._shaking = p.rest_gyr_radps**2, p.rest_acc_mps2**2
        self._bias = GyroBias(p)
        self._force_lp = VectorLowPass(p.tau_acc_s)
        self._rate_rest_lp = VectorLowPass(p.rest_tau_s)
        self._force_rest_lp = VectorLowPass(p.rest_tau_s)
        self._spun: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self._inclination: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self._turn_in_gap = TurnInGap()
        self._last_s: float | None = None
        self._interval_s = 0.0
        self._mean_interval_s = 0.0
        self._intervals = 0
        self._still_s = 0.0

    @property
    def turned(self) -> Quaternion:
        """The orientation (w, x, y, z) by the gyroscope alone, against a frame that stands still."""
        return self._spun

    @property
    def bias_radps(self) -> Vector:
        """The gyroscope's bias (rad/s, sensor frame)."""
        return self._bias.x, self._bias.y, self._bias.z

    def update(self, t_s: float, ax: float, ay: float, az: float, gx: float, gy: float, gz: float) -> None:
        """Take one sample: specific force (m/s2) and angular rate (rad/s) in the sensor frame.

        Times must increase; a sample of the same time as the last is passed over. Raise ValueError
        for a number that is not finite.
        """
        if not isfinite(t_s + ax + ay + az + gx + gy + gz):
            raise ValueError(f"IMU sample at {t_s:.3f} s is not finite")
        if self._last_s is None:
            dt = 0.0
        else:
            dt = t_s - self._last_s
            if dt <= 0.0:
                return
            if dt > self.params.gap_s:
                self._restart_inclination()
                dt = 0.0
            else:
                self._time(dt)
        self._last_s = t_s
        bias = self._bias
        if self._interval_s > 0.0:
            self._watch_rest(dt, ax, ay, az, gx, gy, gz)
        wx, wy, wz = gx, gy, gz
        if dt > self.params.missing * self._mean_interval_s:
            wx, wy, wz = self._turn_in_gap.mean_rate(t_s, (gx, gy, gz))
            if self._interval_s > 0.0:
                self._force_lp.doubt(self.params.kept_s(dt))
        self._turn_in_gap.sample(t_s, gx, gy, gz)
        spun = self._integrate(wx - bias.x, wy - bias.y, wz - bias.z, dt)
        self._correct(spun, ax, ay, az)

    def _time(self, dt: float) -> None:
        """Learn the sampling interval: the mean so far, taken over at 1, 2, 4, ... 256 samples."""
        if self._intervals >= 256:
            return
        self._intervals += 1
        n = self._intervals
        mean = dt if n == 1 else self._mean_interval_s + (dt - self._mean_interval_s) / n
        self._mean_interval_s = mean
        if n & (n - 1) == 0:
            self._interval_s = mean
            for lowpass in (self._force_lp, self._rate_rest_lp, self._force_rest_lp):
                lowpass.set_interval(mean)
            self._bias.set_interval(mean)

    def _restart_inclination(self) -> None:
        for lowpass in (self._force_lp, self._rate_rest_lp, self._force_rest_lp):
            lowpass.restart()
        self._bias.restart()
        self._still_s = 0.0
        self.at_rest = False

    def _watch_rest(
        self, dt: float, ax: float, ay: float, az: float, gx: float, gy: float, gz: float
    ) -> None:
        rx, ry, rz = self._rate_rest_lp.update(gx, gy, gz)
        fx, fy, fz = self._force_rest_lp.update(ax, ay, az)
        gx, gy, gz, ax, ay, az = gx - rx, gy - ry, gz - rz, ax - fx, ay - fy, az - fz
        clip = self.params.bias_clip_radps
        if (
            gx * gx + gy * gy + gz * gz >= self._turning
            or ax * ax + ay * ay + az * az >= self._shaking
            or not (-clip <= rx <= clip and -clip <= ry <= clip and -clip <= rz <= clip)
        ):
            self._still_s = 0.0
            self.at_rest = False
            return
        self._still_s += dt
        self.at_rest = self._still_s >= self.params.rest_min_s

    def _integrate(self, wx: float, wy: float, wz: float, dt: float) -> Quaternion:
        """Turn the integrated orientation by the sample's rotation (strapdown) and return it."""
        half = 0.5 * dt
        x, y, z = wx * half, wy * half, wz * half
        squared = x * x + y * y + z * z
        if squared > SMALL:
            angle = sqrt(squared)
            c, s = cos(angle), sin(angle) / angle
        else:
            c = 1.0 - squared * (0.5 - squared / 24.0)
            s = 1.0 - squared * (1.0 / 6.0 - squared / 120.0)
        x, y, z = x * s, y * s, z * s
        qw, qx, qy, qz = self._spun
        w, x, y, z = (
            qw * c - qx * x - qy * y - qz * z,
            qw * x + qx * c + qy * z - qz * y,
            qw * y - qx * z + qy * c + qz * x,
            qw * z + qx * y - qy * x + qz * c,
        )
        norm = 1.0 / sqrt(w * w + x * x + y * y + z * z)
        self._spun = spun = (w * norm, x * norm, y * norm, z * norm)
        return spun

    def _correct(self, spun: Quaternion, ax: float, ay: float, az: float) -> None:
        """Tilt the world so that the low-passed specific force points up, and learn the bias from it."""
        qw, qx, qy, qz = spun
        tx, ty, tz = qy * az - qz * ay, qz * ax - qx * az, qx * ay - qy * ax
        tx, ty, tz = tx + tx, ty + ty, tz + tz
        fx, fy, fz = self._force_lp.update(
            ax + qw * tx + qy * tz - qz * ty,
            ay + qw * ty + qz * tx - qx * tz,
            az + qw * tz + qx * ty - qy * tx,
        )
        iw, ix, iy, iz = self._inclination
        tx, ty, tz = iy * fz - iz * fy, iz * fx - ix * fz, ix * fy - iy * fx
        tx, ty, tz = tx + tx, ty + ty, tz + tz
        ex = fx + iw * tx + iy * tz - iz * ty
        ey = fy + iw * ty + iz * tx - ix * tz
        ez = fz + iw * tz + ix * ty - iy * tx
        size = sqrt(ex * ex + ey * ey + ez * ez)
        if size > 0.0:
            ex, ey, ez = ex / size, ey / size, ez / size
            cw = sqrt(0.5 * (ez + 1.0)) if ez > -1.0 else 0.0
            if cw > 1e-6:
                cx, cy = 0.5 * ey / cw, -0.5 * ex / cw
            else:
                cw, cx, cy = 0.0, 1.0, 0.0
            w, x, y, z = (
                cw * iw - cx * ix - cy * iy,
                cw * ix + cx * iw + cy * iz,
                cw * iy - cx * iz + cy * iw,
                cw * iz + cx * iy - cy * ix,
            )
            norm = 1.0 / sqrt(w * w + x * x + y * y + z * z)
            self._inclination = iw, ix, iy, iz = w * norm, x * norm, y * norm, z * norm
        w, x, y, z = (
            iw * qw - ix * qx - iy * qy - iz * qz,
            iw * qx + ix * qw + iy * qz - iz * qy,
            iw * qy - ix * qz + iy * qw + iz * qx,
            iw * qz + ix * qy - iy * qx + iz * qw,
        )
        self.quaternion = (w, x, y, z)
        self.gravity_up = (
            2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)
        )  # fmt: skip
        if self._interval_s > 0.0 and size > 0.0:
            self._bias.update(self.quaternion, ex, ey, self._rate_rest_lp.value if self.at_rest else None)
