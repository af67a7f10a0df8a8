"""Lays the samples of a block out in the order in which they happened."""

from operator import itemgetter

from tracker.blocks import Announced, Gap, SampleBlock, Stream

Moment = tuple[float, int, Stream | None, list[float], Announced | None, Gap | None]
"""Time (s), order, and a sample's stream and row, an announcement, or a gap.

The order settles equal times: gaps and announcements come before samples, and those in `Stream`'s order. The
row has the sample's columns as in `tracker.blocks.COLUMNS`, and is empty for all else. A gap happens when it
ends: only then is it known. Plain tuples: one is made for every sample, and a named one takes four times as
long to make.
"""

_ORDER = {stream: order for order, stream in enumerate(Stream, start=1)}
_BY_TIME = itemgetter(0, 1)


def timeline(block: SampleBlock) -> list[Moment]:
    """Return the block's moments in order; samples of one stream keep theirs."""
    moments: list[Moment] = [(gap.end_s, 0, None, [], None, gap) for gap in block.gaps]
    moments += [(a.t_s, 0, None, [], a, None) for a in block.announced]
    for stream, samples in block.streams.items():
        order = _ORDER[stream]
        moments += [(row[0], order, stream, row, None, None) for row in samples.tolist()]
    moments.sort(key=_BY_TIME)
    return moments
