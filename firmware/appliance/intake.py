"""Intake: what is done with a block before it is tracked."""

from dataclasses import replace

from tracker.blocks import RawBlock, RawSamples
from tracker.calibration import Calibration


def since(block: RawBlock, origin_s: float) -> RawBlock:
    """Return a block with all its times counted from `origin_s`."""
    return RawBlock(
        block.start_s - origin_s,
        block.end_s - origin_s,
        {stream: RawSamples(raw.t_s - origin_s, raw.counts) for stream, raw in block.streams.items()},
        tuple(replace(said, t_s=said.t_s - origin_s) for said in block.announced),
        tuple(replace(gap, start_s=gap.start_s - origin_s, end_s=gap.end_s - origin_s) for gap in block.gaps),
    )


def usable(block: RawBlock, calibration: Calibration) -> RawBlock:
    """Return a block without the streams whose counts mean nothing yet, and without their gaps."""
    return replace(
        block,
        streams={s: raw for s, raw in block.streams.items() if getattr(calibration, s.value) is not None},
        gaps=tuple(gap for gap in block.gaps if getattr(calibration, gap.stream.value) is not None),
    )
