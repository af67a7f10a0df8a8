"""Core cost: how long the tracker takes for a recording, in the blocks in which a live session comes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from firmware.recording import Recording
from tracker.blocks import Stream
from tracker.pipeline import Tracker

BLOCK_S = 0.02
RUNS = 3


@dataclass(frozen=True, slots=True)
class CoreCost:
    """`us_per_sample`: microseconds per sample of the ankle sensor, everything else included.

    `times_real_time`: seconds of session per second. Of several runs the quickest: the others were
    held up by something else.
    """

    session_s: float
    samples: int
    taken_s: float

    @property
    def us_per_sample(self) -> float:
        """Microseconds per sample of the ankle sensor."""
        return 1e6 * self.taken_s / self.samples

    @property
    def times_real_time(self) -> float:
        """Seconds of session per second."""
        return self.session_s / self.taken_s


def core_cost(recording: Recording, clock: Callable[[], float] = time.perf_counter) -> CoreCost:
    """Track a recording that has an ankle stream, `RUNS` times over."""
    blocks = list(recording.blocks(BLOCK_S))
    taken = []
    for _ in range(RUNS):
        tracker = Tracker(recording.setup)
        began_s = clock()
        for block in blocks:
            tracker.process(block)
        tracker.finish()
        taken.append(clock() - began_s)
    session_s = recording.end_s - recording.start_s
    return CoreCost(session_s, len(recording.streams[Stream.ANKLE]), min(taken))
