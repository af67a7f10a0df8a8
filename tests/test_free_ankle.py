"""Any movement, by the ankle alone, of a leg that hangs: its swing is followed, and steps are no reps."""

from dataclasses import replace

import pytest

from tests.gym.matching import Match, match
from tests.gym.session import RepPlan, SensorGrade, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import SampleBlock, Stream
from tracker.messages import Rep, RepKind
from tracker.pipeline import Tracker
from tracker.progress import Lift

FULL = RepPlan()
PARTIAL = replace(FULL, style="partial", amplitude_deg=0.45 * FULL.amplitude_deg)
SLOW = replace(FULL, style="slow", concentric_s=4.0, eccentric_s=6.0)
PLAN = SessionPlan(
    seed=5, exercise="free", cable=False, calibrate=False, sets=((FULL, FULL, PARTIAL, SLOW, PARTIAL),)
)


def found(session: GymSession, on_s: float = 0.0) -> Match[Rep]:
    """Track the session with the sensor switched on at `on_s`."""
    tracker = Tracker(session.setup)
    ankle = session.streams[Stream.ANKLE]
    seen = {Stream.ANKLE: ankle[ankle[:, 0] >= on_s]}
    events = [*tracker.process(SampleBlock(on_s, session.duration_s + 1.0, seen)), *tracker.finish()]
    return match(session.truth.reps, [event for event in events if isinstance(event, Rep)])


@pytest.mark.parametrize("sensors", ["good", "poor"])
@pytest.mark.parametrize("walk_in", [True, False])
def test_a_kick_half_as_far_is_a_partial_rep(sensors: SensorGrade, walk_in: bool) -> None:
    """It rises a quarter as high, less than any rep may."""
    matched = found(simulate(replace(PLAN, sensors=sensors, walk_in=walk_in)))
    assert (matched.missed, matched.invented) == ((), ())
    kinds = [rep.kind for _, rep in matched.pairs]
    full, partial = RepKind.FULL, RepKind.PARTIAL
    assert kinds == [full, full, partial, full, partial]


def test_a_lifter_who_was_not_seen_to_walk_need_not_have_rested() -> None:
    session = simulate(replace(PLAN, walk_in=False))
    matched = found(session, on_s=session.truth.reps[0].concentric_start_s - 0.1)
    assert (matched.missed, matched.invented) == ((), ())


@pytest.mark.parametrize("seed", [1, 20])
def test_steps_are_no_reps(seed: int) -> None:
    matched = found(simulate(replace(PLAN, seed=seed, sets=((),))))
    assert matched.invented == ()


@pytest.mark.parametrize(
    ("up", "hangs"),
    [((0.0, 0.0, 1.0), True), ((0.0, 0.6, 0.8), True), ((0.0, 0.0, -1.0), True), ((1.0, 0.0, 0.0), False)],
)
def test_a_leg_hangs_where_its_lever_is_upright(up: tuple[float, float, float], hangs: bool) -> None:
    lift = Lift(0.04)
    assert not lift.hangs(up), "no lever is known yet"
    lift.lever = (0.0, 0.0, -0.5)
    assert lift.hangs(up) is hangs
    lift.lever = (0.0, 0.0, -0.05)
    assert not lift.hangs(up), "it only rolls"
