"""Addresses: who is on a bus besides the chips that the config names, and who usually is at which address."""

import errno
from dataclasses import dataclass

from firmware.i2c.bus import Bus, BusUnavailableError

FIRST, LAST = 0x08, 0x77
"""Below and above are addresses that the I2C standard reserves."""

_MOST_HANGS = 3
_LSM = "LSM6DSO, LSM6DSOX or LSM6DSO32"
_MPU = "MPU-6050, ICM-20948"

USUAL = {
    0x06: "encoder MT6701",
    0x0C: "compass AK09916",
    0x29: "distance sensor VL53L0X or VL53L1X",
    0x2A: "NAU7802",
    0x36: "AS5600, or a battery gauge MAX17043 or MAX17048",
    0x3C: "display SSD1306 or SH1106",
    0x3D: "display SSD1306 or SH1106",
    0x40: "encoder AS5600L or AS5048B, or a current meter INA219 or INA260",
    0x46: "encoder MT6701",
    0x68: f"{_MPU}, or a clock DS3231 or PCF8523",
    0x69: _MPU,
    0x6A: _LSM,
    0x6B: _LSM,
    **dict.fromkeys(range(0x70, 0x78), "multiplexer TCA9548A"),
}
"""By address, what a chip found there is likely to be."""


@dataclass(frozen=True, slots=True)
class Others:
    """`answering`: addresses that nobody expects and that answer. `claimed`: those of kernel drivers.

    `hangs`: the bus hung, so that the scan was given up.
    """

    answering: tuple[int, ...] = ()
    claimed: tuple[int, ...] = ()
    hangs: bool = False


def scan(bus: Bus, expected: frozenset[int]) -> Others:
    """Ask every address but the expected ones whether somebody is there; nothing is written."""
    answering, claimed = [], []
    hangs = 0
    for address in range(FIRST, LAST + 1):
        if address in expected:
            continue
        try:
            if bus.probe(address):
                answering.append(address)
        except BusUnavailableError:
            claimed.append(address)
        hangs += bus.errors[address, errno.ETIMEDOUT] > 0
        if hangs >= _MOST_HANGS:
            return Others(hangs=True)
    return Others(tuple(answering), tuple(claimed))


def named(address: int) -> str:
    """An address with what is usually there."""
    return f"{address:#04x} ({USUAL.get(address, 'unknown')})"
