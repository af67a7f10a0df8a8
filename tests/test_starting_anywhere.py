"""Switched on anywhere in a stride, with the ankle alone: where the lifter then stands is the start."""

from functools import cache

import pytest

from tests.gym.matching import match
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import SampleBlock, Stream
from tracker.messages import Rep
from tracker.pipeline import Tracker

WALKS_IN = SessionPlan(
    seed=5, exercise="band-kickback", cable=False, calibrate=False, sets=((RepPlan(),) * 3,)
)


@cache
def session() -> GymSession:
    return simulate(WALKS_IN)


@pytest.mark.parametrize("on_s", [1.0 + 0.25 * i for i in range(24)])
def test_no_rep_is_missed_when_the_sensor_is_switched_on_in_a_stride(on_s: float) -> None:
    made = session()
    end_s = made.truth.reps[-1].eccentric_end_s + 1.0
    ankle = made.streams[Stream.ANKLE]
    seen = ankle[(ankle[:, 0] >= on_s) & (ankle[:, 0] < end_s)]
    tracker = Tracker(made.setup)
    events = [*tracker.process(SampleBlock(on_s, end_s, {Stream.ANKLE: seen})), *tracker.finish()]
    found = match(made.truth.reps, [event for event in events if isinstance(event, Rep)])
    assert (found.missed, found.invented) == ((), ())
