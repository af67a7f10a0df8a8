"""Cable and ankle that do not tell of the same movement: never a rep that looks good."""

import numpy as np
import pytest

from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate
from tracker.blocks import SampleBlock, Stream
from tracker.messages import Rejected, Rejection, Rep
from tracker.pipeline import Tracker

REPS = 3
PLAN = SessionPlan(seed=5, calibrate=False, walk_in=False, sets=((RepPlan(),) * REPS,))


@pytest.mark.fault(21)
def test_a_cable_that_moves_beside_an_ankle_that_does_not_is_rejected_aloud() -> None:
    made = simulate(PLAN)
    lying = made.streams[Stream.ANKLE].copy()
    lying[:, 1:] = np.random.default_rng(1).normal((0.0, 0.0, 9.81, 0.0, 0.0, 0.0), 0.01, (len(lying), 6))
    tracker = Tracker(made.setup)
    streams = {**made.streams, Stream.ANKLE: lying}
    events = [
        *tracker.process(SampleBlock(0.0, made.duration_s, streams, made.announced)),
        *tracker.finish(),
    ]
    assert not [event for event in events if isinstance(event, Rep)]
    reasons = [event.reason for event in events if isinstance(event, Rejected)]
    assert reasons.count(Rejection.REPOSITIONED) >= REPS
