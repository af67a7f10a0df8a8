"""A recording in memory, whatever file it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite

import numpy as np

from firmware.errors import BadInputError
from tracker.blocks import Announced, FloatArray, Gap, SampleBlock, Stream
from tracker.setup import SessionSetup

LONGEST_SESSION_S = 86_400.0
LATEST_TIME_S = 1e10
"""Session times stay below this: as nanoseconds they fit the 64 bits of an MCAP time stamp."""

BLOCKS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded session in SI units.

    `streams`: arrays (n, columns) with the columns of `tracker.blocks.COLUMNS`, n > 0, time not decreasing.
    `started_at`: RFC 3339 UTC of session time zero, None when the recording does not say.
    `notes`: what was lost or recovered, in plain words; empty for a sound recording. `lost`: those of them
    that a copy of what could be read would not tell by itself.
    `simulated`: nobody did this session. `gaps`: where samples are known to be missing.
    """

    setup: SessionSetup
    streams: Mapping[Stream, FloatArray]
    announced: tuple[Announced, ...] = ()
    started_at: str | None = None
    simulated: bool = False
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())
    lost: tuple[str, ...] = ()

    @property
    def start_s(self) -> float:
        """Session time of the first sample or announcement."""
        firsts = [float(samples[0, 0]) for samples in self.streams.values()]
        return min(firsts + [a.t_s for a in self.announced])

    @property
    def end_s(self) -> float:
        """The first moment after the last sample or announcement, so that `[start_s, end_s)` holds all."""
        lasts = [float(samples[-1, 0]) for samples in self.streams.values()]
        return float(np.nextafter(max(lasts + [a.t_s for a in self.announced]), np.inf))

    def block(self) -> SampleBlock:
        """Return the whole session as one block."""
        return SampleBlock(self.start_s, self.end_s, dict(self.streams), self.announced, self.gaps)

    def blocks(self, block_s: float = 0.02) -> Iterator[SampleBlock]:
        """Cut the session into blocks of `block_s`, each starting where the one before ended.

        The last block is as long as is left. A gap travels in the block in which it ends.
        Raises ValueError when `block_s` is not a positive time that moves the clock.
        """
        start_s, end_s = self.start_s, self.end_s
        if not (isfinite(block_s) and block_s > 0.0 and end_s + block_s > end_s):
            raise ValueError(f"block_s must be a positive number of seconds, not {block_s:g}")
        count = max(1, int(np.ceil((end_s - start_s) / block_s)))
        for first in range(0, count, BLOCKS_AT_ONCE):
            index = np.arange(first, min(first + BLOCKS_AT_ONCE, count) + 1)
            edges = np.minimum(start_s + index * block_s, end_s)
            if index[-1] == count:
                edges[-1] = end_s
            yield from self._cut(edges)

    def _cut(self, edges_s: FloatArray) -> Iterator[SampleBlock]:
        places = {s: np.searchsorted(samples[:, 0], edges_s) for s, samples in self.streams.items()}
        said = np.searchsorted([a.t_s for a in self.announced], edges_s)
        gaps = self._gaps_by_block(edges_s)
        for i, (start_s, end_s) in enumerate(pairwise(edges_s.tolist())):
            if start_s == end_s:
                continue
            streams = {}
            for stream, place in places.items():
                low, high = place[i], place[i + 1]
                if high > low:
                    streams[stream] = self.streams[stream][low:high]
            announced = self.announced[said[i] : said[i + 1]]
            yield SampleBlock(start_s, end_s, streams, announced, tuple(gaps.get(i, ())))

    def _gaps_by_block(self, edges_s: FloatArray) -> dict[int, list[Gap]]:
        last_s = np.nextafter(self.end_s, -np.inf)
        ends_s = np.clip(np.array([g.end_s for g in self.gaps]), self.start_s, last_s)
        gaps: dict[int, list[Gap]] = {}
        for gap, i in zip(self.gaps, np.searchsorted(edges_s, ends_s, side="right") - 1, strict=True):
            gaps.setdefault(int(i), []).append(gap)
        return gaps


def require_session(recording: Recording, where: str) -> Recording:
    """Return a recording whose times make one session; raise BadInputError otherwise."""
    length_s = recording.end_s - recording.start_s
    if length_s > LONGEST_SESSION_S:
        raise BadInputError(
            f"{where}: spans {length_s / 3600:.0f} hours, more than one session can last "
            f"({LONGEST_SESSION_S / 3600:.0f}); check that t_s is in seconds in every file"
        )
    return recording
