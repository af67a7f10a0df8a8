"""Lets through the samples that measured something."""

from collections.abc import Sequence

from tracker.blocks import Gap, Stream
from tracker.gaps import LONE_SAMPLE, GapWatch
from tracker.lone import LoneSamples, Row
from tracker.lone_value import LoneValues

LARGEST_STEP_RADPS = 0.5
"""No leg's turning rate goes so far and back in 10 ms: in the fastest kick it changes by a quarter of that. A
corrupt sample as far off moves a slow boundary by 28 ms. No sample of the real recordings stands so alone."""

LARGEST_STEP_N = 200.0

LONE_M = 0.004
LONE_TRAVEL_S = 0.008
"""No cable goes so far and back in two such intervals: that would be 12 g. A flipped bit does, and might move
a boundary by 40 ms; a smaller one by no more than 16. Of a stream slower than 125 a second all pass."""

LONE_N = 3.5
LONE_FORCE = 0.06
LONE_FORCE_S = 0.02
"""A force that stands out by this share, and so much, for 12 ms is no leg's: a flipped bit, or a knock.
In simulated sets none does; one that stands out less adds as much to a peak."""


class Sieve:
    """Holds back samples at the end of their sensor's range, and those that stand alone."""

    def __init__(self, gaps: GapWatch) -> None:
        """`gaps`: where a sample is dropped whose value nothing else tells, there is one."""
        self._gaps = gaps
        self._samples = {
            Stream.ANKLE: LoneSamples(slice(4, 7), LARGEST_STEP_RADPS),
            Stream.PELVIS: LoneSamples(slice(4, 7), LARGEST_STEP_RADPS),
            Stream.LOAD: LoneSamples(slice(1, 2), LARGEST_STEP_N),
        }
        self._values = {
            Stream.CABLE: LoneValues(LONE_M, LONE_TRAVEL_S),
            Stream.LOAD: LoneValues(LONE_N, LONE_FORCE_S, share=LONE_FORCE),
        }

    def good(self, stream: Stream, row: Row) -> Sequence[Row]:
        """Take a sample, time first; return those known to be good now, in order."""
        if self._gaps.ended_range(stream, row[0]):
            return ()
        good: Sequence[Row] = (row,)
        samples = self._samples.get(stream)
        if samples is not None:
            good = samples.sift(row)
            if samples.dropped_s is not None:
                self._gaps.declare(Gap(stream, *samples.dropped_s, LONE_SAMPLE))
        values = self._values.get(stream)
        return good if values is None else [value for each in good for value in values.sift(each)]
