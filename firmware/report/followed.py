"""The trace that progress ran on: the cable's travel, or the ankle's tilt where there is no cable."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees

import numpy as np

from firmware.recording import Recording
from firmware.report.session import Results, rep_span
from tracker.blocks import FloatArray, Stream
from tracker.orientation import Orientation
from tracker.profiles import profile_named
from tracker.progress import Vector, angle_between


@dataclass(frozen=True, slots=True)
class Trace:
    """One measured quantity over session time: `t_s` and `values` of shape (n,), `label` with the unit."""

    label: str
    t_s: FloatArray
    values: FloatArray


def followed(recording: Recording, results: Results) -> Trace | None:
    """Return what the movement was followed by, None when neither cable nor ankle was recorded."""
    cable = recording.streams.get(Stream.CABLE)
    if cable is not None and profile_named(recording.setup.exercise).uses_cable:
        return Trace("cable travel, m", cable[:, 0], cable[:, 1])
    ankle = recording.streams.get(Stream.ANKLE)
    if ankle is None:
        return None
    return Trace("ankle tilt from the\nstart position, °", ankle[:, 0], _tilt_deg(ankle, results))


def force(recording: Recording) -> Trace | None:
    """Return the cable's tension, None where there is no load cell."""
    load = recording.streams.get(Stream.LOAD)
    return None if load is None else Trace("cable tension, N", load[:, 0], load[:, 1])


def _tilt_deg(ankle: FloatArray, results: Results) -> FloatArray:
    """Angle between up in the sensor frame and up at the start of the set's first rep."""
    orientation = Orientation()
    ups: list[Vector] = []
    for row in ankle.tolist():
        orientation.update(*row)
        ups.append(orientation.gravity_up)
    from_s, starts_s = _starts(results)
    times_s = ankle[:, 0]
    at = np.minimum(np.searchsorted(times_s, starts_s), len(ups) - 1)
    references = [ups[i] for i in at.tolist()] or [ups[0]]
    return np.array(
        [
            degrees(angle_between(up, references[max(0, bisect_right(from_s, t_s) - 1)]))
            for t_s, up in zip(times_s.tolist(), ups, strict=True)
        ]
    )


def _starts(results: Results) -> tuple[Sequence[float], Sequence[float]]:
    """From when each set's start position is the reference (s), and when the lifter stood in it (s)."""
    from_s: list[float] = []
    starts_s: list[float] = []
    ended_s = 0.0
    for reps in results.by_set().values():
        start_s = reps[0].concentric_start_s
        from_s.append(0.5 * (ended_s + start_s))
        starts_s.append(start_s)
        ended_s = rep_span(reps[-1])[1]
    return from_s, starts_s
