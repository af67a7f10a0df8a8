"""Taring: a new zero for the load cell in the middle of a session, from its last second of counts."""

from collections import deque
from math import fsum

import msgspec

from tracker.blocks import RawBlock, Stream
from tracker.calibration import LoadCalibration

WINDOW_S = 1.0
LEAST_SAMPLES = 40
STILL_N = 5.0
"""Between the largest and the smallest reading; a hand on the cable moves it by more."""

FARTHEST_N = 30.0
"""A zero drifts by less. What pulls harder is a load, and would be lost from every force after."""


class Taring:
    """Watches the load cell, and takes what it shows as the new zero when asked to and when that is sound.

    `calibration`: what its counts mean now; None while the cell is not calibrated.
    """

    def __init__(self, calibration: LoadCalibration | None) -> None:
        self.calibration = calibration
        self._counts: deque[tuple[float, int]] = deque()
        self._fresh: LoadCalibration | None = None

    def sampled(self, block: RawBlock) -> None:
        """Take a block; its times go on from the block before."""
        samples = block.streams.get(Stream.LOAD)
        if samples is not None:
            self._counts.extend(zip(samples.t_s.tolist(), samples.counts[:, 0].tolist(), strict=True))
        while self._counts and self._counts[0][0] < block.end_s - WINDOW_S:
            self._counts.popleft()

    def tare(self) -> str | None:
        """Take the mean of the last second as zero; return why not, and what to do, when it is no zero."""
        before = self.calibration
        if before is None:
            return "the load cell is not calibrated: kickback calibrate load"
        counts = [each for _, each in self._counts]
        if len(counts) < LEAST_SAMPLES:
            return "the load cell gives no samples"
        n_per_count = abs(before.n_per_count * before.pulley_ratio)
        spread_n = (max(counts) - min(counts)) * n_per_count
        if spread_n > STILL_N:
            return f"the load moves by {spread_n:.0f} N: let go of the cable and try again"
        zero = round(fsum(counts) / len(counts))
        off_n = abs(zero - before.tare_counts) * n_per_count
        if off_n > FARTHEST_N:
            return (
                f"the load cell shows {off_n:.0f} N: let go of the cable and try again, or calibrate it anew"
            )
        self.calibration = self._fresh = msgspec.structs.replace(before, tare_counts=zero)
        return None

    def taken(self) -> LoadCalibration | None:
        """The new calibration, once after each tare."""
        fresh, self._fresh = self._fresh, None
        return fresh
