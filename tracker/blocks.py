"""Blocks: the one form in which samples travel, from a sensor or a recording into the core.

A block covers an interval of session time and is complete: every sample of every stream with
`start_s <= t < end_s` is in it. The core may therefore merge streams by time without waiting, and
however a session is cut into blocks the events are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
CountArray = NDArray[np.int64]


class Stream(StrEnum):
    """Sensor streams, in the order in which samples of equal time are processed."""

    CABLE = "cable"
    LOAD = "load"
    PELVIS = "pelvis"
    ANKLE = "ankle"


_IMU_COLUMNS = ("t_s", "ax_mps2", "ay_mps2", "az_mps2", "gx_radps", "gy_radps", "gz_radps")
_IMU_COUNTS = ("t_s", "ax_counts", "ay_counts", "az_counts", "gx_counts", "gy_counts", "gz_counts")

COLUMNS: Mapping[Stream, tuple[str, ...]] = {
    Stream.CABLE: ("t_s", "position_m"),
    Stream.LOAD: ("t_s", "force_n"),
    Stream.PELVIS: _IMU_COLUMNS,
    Stream.ANKLE: _IMU_COLUMNS,
}
"""Columns of each stream in SI units. IMU: specific force and angular rate in the sensor frame.
Cable travel is positive outwards, zero where the encoder started. Load is cable tension."""

COUNT_COLUMNS: Mapping[Stream, tuple[str, ...]] = {
    Stream.CABLE: ("t_s", "angle_counts"),
    Stream.LOAD: ("t_s", "load_counts"),
    Stream.PELVIS: _IMU_COUNTS,
    Stream.ANKLE: _IMU_COUNTS,
}
"""The same streams as the chips deliver them; `angle_counts` is unwrapped over turns."""


class Announcement(StrEnum):
    """What a button or a command can announce in the middle of a session.

    The legs: this one works from now on, in a new set and with the cuff put on anew. The targets: this is
    aimed at from the next rep on, and ends no set.
    """

    CALIBRATE = "calibrate"
    NEW_SET = "new-set"
    END_SET = "end-set"
    LEFT_LEG = "left-leg"
    RIGHT_LEG = "right-leg"
    TARGET = "target"
    TARGET_REPS = "target-reps"


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement at a moment of session time (s). `value`: what is aimed at, empty for nothing."""

    t_s: float
    announcement: Announcement
    value: str = ""

    @property
    def text(self) -> str:
        """As it is written down: the word, and the value if there is one."""
        return f"{self.announcement} {self.value}" if self.value else str(self.announcement)


TURNS_AMBIGUOUS = "turns ambiguous"
"""Reason of a gap after which the cable's travel may be wrong by whole turns of the pulley."""

END_OF_RANGE = "end of range"
"""Reason of a gap in which a sensor showed the most it can, and what it measured was more."""

STUCK = "stuck"
STUCK_S = 0.2
"""Reason of a gap in which a sensor repeats the same values, and how long it has done so when the gap begins.
That is less than the 0.25 s after which a rep is confirmed, so no rep is called good that it was stuck in."""

SLOW = "too slow"
SLOW_S = 2.0
"""Reason of a gap in which samples come at less than the rate they should, and over what time that is seen
when the gap begins."""

OVERLOAD = "overload"
"""Reason of a gap, no longer than a sample, where the load cell bore more than it is rated for."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval of session time in which a stream is known to lack samples."""

    stream: Stream
    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Samples of the interval `[start_s, end_s)` in SI units.

    `streams` maps each stream that has samples here to an array of shape (n, columns) with the
    columns of `COLUMNS`, time (s, session clock) first and not decreasing.
    """

    start_s: float
    end_s: float
    streams: Mapping[Stream, FloatArray] = field(default_factory=dict)
    announced: tuple[Announced, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class RawSamples:
    """Samples of one chip: `t_s` of shape (n,), `counts` of shape (n, columns without time)."""

    t_s: FloatArray
    counts: CountArray


@dataclass(frozen=True, slots=True)
class RawBlock:
    """Samples of the interval `[start_s, end_s)` in the chips' own counts, as recorded."""

    start_s: float
    end_s: float
    streams: Mapping[Stream, RawSamples] = field(default_factory=dict)
    announced: tuple[Announced, ...] = ()
    gaps: tuple[Gap, ...] = ()
