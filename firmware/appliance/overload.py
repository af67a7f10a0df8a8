"""Overload: says for a while that the load cell bore more than it is rated for, and may be bent now."""

import numpy as np

from tracker.blocks import OVERLOAD, SampleBlock, Stream
from tracker.calibration import LoadCalibration

SAID_FOR_S = 60.0
"""Long enough to be read after the set it happened in."""


class OverloadWatch:
    """Watches the force on the cell, which is the cable's tension over the pulley ratio."""

    def __init__(self) -> None:
        self._until_s = -float("inf")
        self._most_n = 0.0
        self._capacity_n = 0.0

    def sampled(self, now_s: float, block: SampleBlock, load: LoadCalibration | None) -> None:
        """Take a block as it goes to the tracker, and what the cell's counts mean in it."""
        if load is None or not any(gap.reason == OVERLOAD for gap in block.gaps):
            return
        if now_s >= self._until_s:
            self._most_n = 0.0
        ratio = abs(load.pulley_ratio)
        on_cell_n = float(np.abs(block.streams[Stream.LOAD][:, 1]).max()) / ratio
        self._most_n = max(self._most_n, on_cell_n)
        self._capacity_n = load.most_n / ratio
        self._until_s = now_s + SAID_FOR_S

    def wrong(self, now_s: float) -> str | None:
        """What happened and what to do; None when it is long over."""
        if now_s >= self._until_s:
            return None
        return (
            f"the load cell bore {self._most_n:.0f} N and is rated for {self._capacity_n:.0f} N: take less; "
            "if it does not show 0 N without load now, it is bent"
        )
