"""Lays the samples of a block out in the order in which they happened."""

from operator import itemgetter
from typing import NamedTuple

from tracker.blocks import Announced, Gap, SampleBlock, Stream


class Moment(NamedTuple):
    """A sample, an announcement or a gap. `order` settles equal times: gaps and announcements come
    before samples, and those in `Stream`'s order.

    `row`: the sample's columns as in `tracker.blocks.COLUMNS`; empty for all else. A gap happens when
    it ends: only then is it known.
    """

    t_s: float
    order: int
    stream: Stream | None
    row: list[float]
    announced: Announced | None = None
    gap: Gap | None = None


_ORDER = {stream: order for order, stream in enumerate(Stream, start=1)}
_BY_TIME = itemgetter(0, 1)


def timeline(block: SampleBlock) -> list[Moment]:
    """Return the block's moments in order; samples of one stream keep theirs."""
    moments = [Moment(gap.end_s, 0, None, [], None, gap) for gap in block.gaps]
    moments.extend(Moment(a.t_s, 0, None, [], a) for a in block.announced)
    for stream, samples in block.streams.items():
        order = _ORDER[stream]
        moments.extend(Moment(row[0], order, stream, row) for row in samples.tolist())
    moments.sort(key=_BY_TIME)
    return moments
