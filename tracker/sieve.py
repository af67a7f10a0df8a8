"""Lets through the samples that measured something."""

from collections.abc import Sequence

from tracker.blocks import Gap, Stream
from tracker.gaps import LONE_SAMPLE, GapWatch
from tracker.lone import LoneSamples, Row
from tracker.lone_travel import LoneTravel

LARGEST_STEP_RADPS = 0.5
"""No leg's turning rate goes so far and back in 10 ms: in the fastest kick it changes by a quarter of that. A
corrupt sample as far off moves a slow boundary by 28 ms. No sample of the real recordings stands so alone."""

LARGEST_STEP_N = 200.0


class Sieve:
    """Holds back samples at the end of their sensor's range, and those that stand alone."""

    def __init__(self, gaps: GapWatch) -> None:
        """`gaps`: where a sample is dropped, but of the cable, there is one."""
        self._gaps = gaps
        self._lone: dict[Stream, LoneSamples | LoneTravel] = {
            Stream.CABLE: LoneTravel(),
            Stream.ANKLE: LoneSamples(slice(4, 7), LARGEST_STEP_RADPS),
            Stream.PELVIS: LoneSamples(slice(4, 7), LARGEST_STEP_RADPS),
            Stream.LOAD: LoneSamples(slice(1, 2), LARGEST_STEP_N),
        }

    def good(self, stream: Stream, row: Row) -> Sequence[Row]:
        """Take a sample, time first; return those known to be good now, in order."""
        if self._gaps.ended_range(stream, row[0]):
            return ()
        lone = self._lone[stream]
        good = lone.sift(row)
        if lone.dropped_s is not None:
            self._gaps.declare(Gap(stream, *lone.dropped_s, LONE_SAMPLE))
        return good
