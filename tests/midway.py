"""Midway: a session tracked up to a moment once, and on from there as often as wanted.

For tests that hurt a session late in many ways: what comes before the hurt is tracked for all of them. That a
cut and a copy change nothing is what `tests/test_tracker_properties.py` holds.
"""

import copy
from collections.abc import Mapping

import numpy as np

from tests.gym.simulate import GymSession
from tracker.blocks import FloatArray, Gap, SampleBlock, Stream
from tracker.messages import Event
from tracker.pipeline import Tracker


class Midway:
    """A session up to `at_s`, as it was simulated; it ends at `end_s`, however it goes on."""

    def __init__(self, session: GymSession, at_s: float, end_s: float) -> None:
        self._at_s = at_s
        self._end_s = end_s
        self._announced = session.announced
        self._tracker = Tracker(session.setup)
        self._events = self._tracker.process(self._part(session.streams, 0.0, at_s))

    def on(self, streams: Mapping[Stream, FloatArray], gaps: tuple[Gap, ...] = ()) -> list[Event]:
        """Return the events of the whole session if it goes on with what these streams have from then on."""
        tracker = copy.deepcopy(self._tracker)
        rest = self._part(streams, self._at_s, self._end_s, gaps)
        return [*self._events, *tracker.process(rest), *tracker.finish()]

    def _part(
        self,
        streams: Mapping[Stream, FloatArray],
        start_s: float,
        end_s: float,
        gaps: tuple[Gap, ...] = (),
    ) -> SampleBlock:
        cut: dict[Stream, FloatArray] = {}
        for stream, samples in streams.items():
            first, last = np.searchsorted(samples[:, 0], (start_s, end_s))
            cut[stream] = samples[first:last]
        announced = tuple(said for said in self._announced if start_s <= said.t_s < end_s)
        return SampleBlock(start_s, end_s, cut, announced, gaps)
