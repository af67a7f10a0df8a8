"""How long nothing told reps: one that goes by meanwhile is missing, and its set says that it may be."""

from collections.abc import Sequence
from itertools import product
from math import fsum

from tracker.blocks import Stream
from tracker.gaps import GapWatch
from tracker.unseen_turns import WAITS_S

HIDES_REP_S = 1.0
"""In a shorter silence of everything, however it lies, no rep goes by unseen."""

HIDES_WAY_OUT_S = 0.2
"""Nor does a way out in a shorter one of the cable, which goes on at a wrong turn where no ankle tells: an
explosive one is not further off its speed before and after by then than half a turn of the pulley."""

Interval = tuple[float, float]


class Unseen:
    """How long, between two moments, none of the streams that tell reps had samples."""

    def __init__(self, gaps: GapWatch, *, by_cable: bool) -> None:
        """`by_cable`: whether a cable tells reps, where there is one, and not the ankle alone."""
        self._gaps = gaps
        self._tell_reps = (Stream.CABLE, Stream.ANKLE) if by_cable else (Stream.ANKLE,)

    def between_s(self, start_s: float, end_s: float) -> float:
        """Return the time (s) in silences that may hide a rep. A stream that never was there is not asked."""
        hidden = [each for each in self._of_all() if min(each[1], end_s) - each[0] > HIDES_REP_S]
        if Stream.CABLE in self._tell_reps:
            hidden += self._turns()
        return fsum(
            max(0.0, min(until_s, end_s) - max(from_s, start_s)) for from_s, until_s in _together(hidden)
        )

    def _of_all(self) -> list[Interval]:
        """Return the silences of everything that was there once."""
        silences = [
            _together(silent) for stream in self._tell_reps if (silent := self._gaps.silences(stream))
        ]
        return [(max(a for a, _ in each), min(b for _, b in each)) for each in product(*silences) if each]

    def _turns(self) -> list[Interval]:
        """Return the silences of the cable after which the ankle does not tell how far the pulley turned."""
        ankle = _together(self._gaps.silences(Stream.ANKLE))
        return [
            (from_s, until_s)
            for from_s, until_s in self._gaps.turns_unseen()
            if until_s - from_s > HIDES_WAY_OUT_S
            and (not ankle or any(a <= from_s and until_s + WAITS_S <= b for a, b in ankle))
        ]


def _together(silences: Sequence[Interval]) -> list[Interval]:
    """Return the silences in order, those that touch as one."""
    together: list[Interval] = []
    for from_s, until_s in sorted(silences):
        if together and from_s <= together[-1][1]:
            together[-1] = (together[-1][0], max(together[-1][1], until_s))
        else:
            together.append((from_s, until_s))
    return together
