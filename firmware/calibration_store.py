"""Calibration store: what was measured at this machine's sensors, in one JSON file, whole or not there.

The file says with each sensor's calibration when it was made and by which release, what it belongs to and
the figures it was accepted by, and closes with a check sum. It is replaced as a whole: the new text goes
to a file beside it, onto the disk, and takes the name, so that after a power cut there is the old one or
the new one. What is not as it should be is named and not used at all; counting goes on without it.
"""

import errno
from datetime import datetime
from pathlib import Path
from typing import Literal
from zlib import crc32

import msgspec

from firmware.durable import replace_whole, synchronise_folder
from firmware.errors import FaultError, in_one_line
from tracker.blocks import Stream
from tracker.calibration import CableCalibration, ImuCalibration, LoadCalibration

LARGEST_BYTES = 2**16


class CalibrationFileError(FaultError):
    """The file cannot be read or trusted, or could not be replaced."""


class Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a calibration comes from.

    `made`: RFC 3339 UTC; `clock_set` tells whether the network had set the clock.
    `software`: the release that measured it. `belongs_to`: the settings it holds for, and for no others.
    `figures`: what it was accepted by, each with its unit in its name.
    """

    made: datetime
    clock_set: bool
    software: str
    belongs_to: dict[str, str | int | float]
    figures: dict[str, float]

    def __post_init__(self) -> None:
        if self.made.tzinfo is None:
            raise ValueError("made is without its time zone")


class StoredImu(Origin, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calibration of an inertial sensor."""

    calibration: ImuCalibration


class StoredCable(Origin, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calibration of the encoder."""

    calibration: CableCalibration


class StoredLoad(Origin, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calibration of the load cell."""

    calibration: LoadCalibration


class Stored(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that was measured; None for a sensor that never was."""

    ankle: StoredImu | None = None
    pelvis: StoredImu | None = None
    cable: StoredCable | None = None
    load: StoredLoad | None = None

    def of(self, stream: Stream) -> StoredImu | StoredCable | StoredLoad | None:
        """What was measured of one stream's sensor."""
        found: StoredImu | StoredCable | StoredLoad | None = getattr(self, stream.value)
        return found


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Literal["kickback.calibration/1"] = "kickback.calibration/1"
    measured: Stored
    crc32: str


def read_stored(path: Path) -> Stored:
    """Read the file; nothing was measured where there is none. Raise CalibrationFileError."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Stored()
    except OSError as error:
        raise CalibrationFileError(
            f"{path}: cannot be read ({error.strerror}), so no calibration is used; check its rights"
        ) from error
    try:
        if len(data) > LARGEST_BYTES:
            raise ValueError(f"it is larger than {LARGEST_BYTES // 1024} kB")
        file_contents = msgspec.json.decode(data, type=_File)
        if check_sum(file_contents.measured) != file_contents.crc32:
            raise ValueError("its check sum is wrong: it was damaged or changed by hand")
    except (ValueError, RecursionError) as error:
        raise CalibrationFileError(
            f"{path}: is no valid calibration and not used ({in_one_line(error)}); "
            f"move it away (mv {path} {path}.bad) and calibrate again"
        ) from None
    return file_contents.measured


def write_stored(path: Path, stored: Stored) -> None:
    """Replace the file, making its folder where there is none. Raise CalibrationFileError.

    After an error or a power cut the file is the old one or the new one, whole.
    """
    whole = _File(measured=stored, crc32=check_sum(stored))
    try:
        replace_whole(path, msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")
    except OSError as error:
        raise CalibrationFileError(f"{path}: not saved ({error.strerror}); {_advice(error)}") from error
    try:
        synchronise_folder(path.parent)
    except OSError as error:
        raise CalibrationFileError(
            f"{path}: saved, but a power cut may still undo it ({error.strerror}); look at the disk"
        ) from error


def check_sum(stored: Stored) -> str:
    """The check sum (CRC-32) over everything that was measured."""
    return f"{crc32(msgspec.json.encode(stored)):08x}"


def _advice(error: OSError) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "run it as the user who may write there, or give another folder: paths.state of the config"
        case errno.ENOSPC | errno.EDQUOT:
            return "make room on the disk"
    return "look at the disk and at the folder"
