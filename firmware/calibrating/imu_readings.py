"""IMU readings: what an inertial sensor gives over some seconds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from firmware.calibrating.host import Host
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.registers import ChipError
from tracker.blocks import CountArray, FloatArray

_DRAIN_S = 0.025
_SILENT_S = 1.0
_ENDS = (-32768, 32767)


@dataclass(frozen=True, slots=True)
class ImuReadings:
    """`counts`: shape (n, 6), accelerometer then gyroscope; `rate_hz`: measured against the host's clock.

    `accel_mps2`, `gyro_radps`: shape (n, 3), by the datasheet's scale. `lost`: samples known to be
    missing; `overruns`: how often the FIFO overflowed; `saturated`: samples with an axis at its end.
    """

    counts: CountArray
    accel_mps2: FloatArray
    gyro_radps: FloatArray
    rate_hz: float
    lost: int
    overruns: int
    saturated: int


def read_imu(
    driver: Lsm6dsox | Mpu6050,
    seconds: float,
    host: Host,
    progress: Callable[[float], None] = lambda passed_s: None,
) -> ImuReadings:
    """Drain a chip that is set up; raise ChipError when it samples nothing, TransferError from the bus.

    The rate is counted from the first drain that held samples to the last, what a drain left included.
    """
    drains = []
    began_s = host.now()
    for passed_s in host.ticks(seconds, _DRAIN_S):
        drain = driver.read()
        progress(passed_s)
        if len(drain.counts):
            drains.append(drain)
        elif host.now() - (drains[-1].host_s if drains else began_s) > _SILENT_S:
            raise ChipError(
                f"the inertial sensor has sampled nothing for {_SILENT_S:g} s; check its supply and wiring"
            )
    if len(drains) < 2:
        raise ChipError("the inertial sensor sampled next to nothing; check its supply and wiring")
    first, last = drains[0], drains[-1]
    made = sum(len(drain.counts) + drain.lost for drain in drains[1:]) + last.left - first.left
    counts = np.concatenate([drain.counts for drain in drains])
    return ImuReadings(
        counts=counts,
        accel_mps2=counts[:, :3] * driver.settings.accel_mps2_per_count,
        gyro_radps=counts[:, 3:] * driver.settings.gyro_radps_per_count,
        rate_hz=made / (last.host_s - first.host_s),
        lost=sum(drain.lost for drain in drains),
        overruns=sum(drain.overrun for drain in drains),
        saturated=int(np.isin(counts, _ENDS).any(axis=1).sum()),
    )
