"""Forty simulated sessions of mixed kinds: no rep missed, none invented, boundaries where they are.

The tracker's thresholds come from published figures and from the reasons in their docstrings; rejecting
steps of walking and boundaries were developed against these sessions, so they show that it works, not
how well it does on others.
"""

from functools import cache
from statistics import fmean

import pytest

from tests.gym.matching import Match, match
from tests.gym.session import SessionPlan
from tests.gym.simulate import simulate
from tests.gym.suite import mixed_sessions
from tracker.blocks import SampleBlock
from tracker.messages import Rep, RepKind
from tracker.pipeline import Tracker

PLANS = mixed_sessions()


@cache
def matched(index: int) -> Match[Rep]:
    session = simulate(PLANS[index])
    tracker = Tracker(session.setup)
    whole = SampleBlock(0.0, session.duration_s + 1.0, session.streams, session.announced)
    events = [*tracker.process(whole), *tracker.finish()]
    return match(session.truth.reps, [event for event in events if isinstance(event, Rep)])


def named(plan: SessionPlan) -> str:
    return f"{plan.exercise}-{'cable' if plan.cable else 'imu'}-{plan.leg}-{plan.sensors}-{plan.seed}"


@pytest.mark.parametrize("index", range(len(PLANS)), ids=[named(plan) for plan in PLANS])
def test_every_rep_is_found_and_none_is_invented(index: int) -> None:
    found = matched(index)
    assert found.missed == ()
    assert found.invented == ()
    assert len(found.pairs) == sum(rep.is_rep for reps in PLANS[index].sets for rep in reps)
    assert all(rep.kind is not RepKind.UNFINISHED for _, rep in found.pairs)


def test_boundaries_are_within_25_ms_on_the_mean() -> None:
    errors_s = [e for i in range(len(PLANS)) for rep in matched(i).boundary_errors_s() for e in rep]
    assert len(errors_s) == 4 * sum(rep.is_rep for plan in PLANS for reps in plan.sets for rep in reps)
    assert fmean(abs(e) for e in errors_s) < 0.025


def test_the_sessions_are_mixed() -> None:
    reps = [rep for plan in PLANS for reps in plan.sets for rep in reps]
    assert len(PLANS) == 40
    assert len(reps) > 300
    assert {rep.style for rep in reps} == {"full", "partial", "swung", "twitch", "held", "slow"}
    assert {rep.waveform for rep in reps} == {"minimum-jerk", "trapezoid", "early"}
    assert {plan.leg for plan in PLANS} == {"left", "right"}
    assert {plan.sensors for plan in PLANS} == {"good", "poor"}
    assert {(plan.exercise, plan.cable) for plan in PLANS} == {
        ("cable-kickback", True),
        ("band-kickback", False),
        ("quadruped-kickback", False),
        ("free", True),
        ("free", False),
    }
    assert len({plan.mounting_deg for plan in PLANS}) == 40
