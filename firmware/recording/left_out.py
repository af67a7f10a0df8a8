"""Left out: blocks for which a slow disk left no room, told as gaps before the next one that it takes."""

from dataclasses import replace

from tracker.blocks import Gap, RawBlock, Stream

_TOO_SLOW = "disk too slow"


class LeftOut:
    """What a block says without its samples, kept until there is room again."""

    def __init__(self, block: RawBlock) -> None:
        self._start_s: dict[Stream, float] = {}
        for gap in block.gaps:
            self._start_s[gap.stream] = min(gap.start_s, self._start_s.get(gap.stream, gap.start_s))
        for stream in block.streams:
            self._start_s.setdefault(stream, block.start_s)
        self._announced = block.announced

    def before(self, block: RawBlock) -> RawBlock:
        """Return the block with what was left out before it."""
        gaps = (Gap(stream, start_s, block.start_s, _TOO_SLOW) for stream, start_s in self._start_s.items())
        return replace(block, announced=self._announced + block.announced, gaps=(*gaps, *block.gaps))
