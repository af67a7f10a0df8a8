"""The sensors of the config: where each is on a bus and what it is set to."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from firmware.errors import BadInputError
from firmware.i2c import as5600, lsm6dsox, mpu6050, nau7802
from tracker.blocks import Stream

BusNumber = Annotated[int, Meta(ge=0, le=255)]
ImuChip = Literal["lsm6dsox", "lsm6dso", "lsm6dso32", "mpu6050"]

_LSM_VARIANTS = get_args(lsm6dsox.Variant)
_USUAL_PULLEY_M = 0.06


class Imu(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An inertial sensor.

    `bus`: number of the I2C bus, 1 for `/dev/i2c-1`.
    `chip`: as printed on its board; the LSM6DSO family cannot be told apart over the bus.
    `address`: None takes the first of the two that the chip can have, for the pelvis the second.
    `rate_hz`: samples per second by name; None takes 208 (LSM) or 200 (MPU).
    `accel_range_g`, `gyro_range_dps`: a larger range survives impacts, with coarser counts.
    """

    enabled: bool = True
    bus: BusNumber = 1
    chip: ImuChip = "lsm6dsox"
    address: int | None = None
    rate_hz: int | None = None
    accel_range_g: int = 8
    gyro_range_dps: int = 1000

    def __post_init__(self) -> None:
        try:
            _ = self.settings
        except BadInputError as error:
            raise ValueError(str(error)) from error
        known = self._addresses
        if self.address is not None and self.address not in known:
            allowed = " or ".join(f"{address:#04x}" for address in known)
            raise ValueError(f"address is {self.address:#04x}; {self.chip} can be at {allowed}")

    @property
    def settings(self) -> lsm6dsox.Settings | mpu6050.Settings:
        """The driver's settings; BadInputError names what the chip cannot do."""
        ranges = {"accel_range_g": self.accel_range_g, "gyro_range_dps": self.gyro_range_dps}
        if self.chip == "mpu6050":
            return mpu6050.Settings(rate_hz=200 if self.rate_hz is None else self.rate_hz, **ranges)
        rate_hz = 208 if self.rate_hz is None else self.rate_hz
        return lsm6dsox.Settings(variant=self.chip, rate_hz=rate_hz, **ranges)

    def address_of(self, stream: Stream) -> int:
        """The address on the bus."""
        if self.address is not None:
            return self.address
        return self._addresses[1 if stream is Stream.PELVIS else 0]

    @property
    def _addresses(self) -> tuple[int, ...]:
        return lsm6dsox.ADDRESSES if self.chip in _LSM_VARIANTS else mpu6050.ADDRESSES


class Load(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The load cell with its NAU7802, which is always at address 0x2A.

    `rate_sps`: conversions per second, 80 or 320; 320 needs a bus of 400 kHz.
    `capacity_kg`: what the cell is rated for, which `kickback calibrate load` checks against. What pulls more
    is told as an overload.
    `sensitivity_mv_per_v`: of the cell, as printed on it.
    `pulley_ratio`: cable tension at the ankle over the force on the cell; 1 where the cell hangs in the
    cable, 0.5 where it carries a pulley with both strands of the cable.
    """

    enabled: bool = True
    bus: BusNumber = 1
    rate_sps: int = 80
    capacity_kg: Annotated[float, Meta(ge=5.0, le=2000.0)] = 200.0
    sensitivity_mv_per_v: Annotated[float, Meta(ge=0.5, le=5.0)] = 2.0
    pulley_ratio: Annotated[float, Meta(ge=0.05, le=20.0)] = 1.0

    def __post_init__(self) -> None:
        try:
            _ = self.settings
        except BadInputError as error:
            raise ValueError(str(error)) from error

    @property
    def settings(self) -> nau7802.Settings:
        """The driver's settings; BadInputError names what the chip cannot do."""
        return nau7802.Settings(rate_sps=self.rate_sps)


class Cable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The encoder on a pulley's axle, an AS5600, which is always at address 0x36.

    `pulley_diameter_m`: over the groove, where the cable runs, plus the cable's own thickness; used until
    `kickback calibrate cable` has measured it. None takes 60 mm, and says that it is a guess.
    `direction`: 1 when the angle grows as the cable comes out, -1 when it shrinks.
    `filter_samples`: of the chip; a larger value is quieter and later.
    """

    enabled: bool = True
    bus: BusNumber = 1
    pulley_diameter_m: Annotated[float, Meta(ge=0.01, le=0.5)] | None = None
    direction: Literal[1, -1] = 1
    filter_samples: int = 2

    def __post_init__(self) -> None:
        try:
            _ = self.settings
        except BadInputError as error:
            raise ValueError(str(error)) from error

    @property
    def pulley_in_use_m(self) -> float:
        """The diameter by which travel is counted before anything was measured."""
        return _USUAL_PULLEY_M if self.pulley_diameter_m is None else self.pulley_diameter_m

    @property
    def settings(self) -> as5600.Settings:
        """The driver's settings; BadInputError names what the chip cannot do."""
        return as5600.Settings(filter_samples=self.filter_samples)


class Sensors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every sensor by its stream; the pelvis is there only where the file has its table."""

    ankle: Imu = Imu()
    pelvis: Imu | None = None
    load: Load = Load()
    cable: Cable = Cable()

    def __post_init__(self) -> None:
        ankle, pelvis = self.ankle, self.pelvis
        if pelvis is None or not (ankle.enabled and pelvis.enabled):
            return
        address = pelvis.address_of(Stream.PELVIS)
        if ankle.bus == pelvis.bus and ankle.address_of(Stream.ANKLE) == address:
            raise ValueError(
                f"pelvis.address is {address:#04x} on bus {pelvis.bus}, where the ankle sensor is; "
                "take the chip's other address or another bus"
            )

    @property
    def enabled(self) -> tuple[Stream, ...]:
        """The streams of the sensors in use."""
        sections = {
            Stream.CABLE: self.cable,
            Stream.LOAD: self.load,
            Stream.PELVIS: self.pelvis,
            Stream.ANKLE: self.ankle,
        }
        return tuple(stream for stream, each in sections.items() if each is not None and each.enabled)
