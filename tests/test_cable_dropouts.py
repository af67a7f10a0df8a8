"""A cable that falls silent within a rep: none is lost, none invented, and what suffered says so."""

from functools import cache

import numpy as np
import pytest

from tests.gym.matching import match
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.midway import Midway
from tracker.blocks import Stream
from tracker.messages import Rep, RepKind

REP = RepPlan(concentric_s=1.1, hold_s=0.8, eccentric_s=1.8, pause_s=0.8)
PLAN = SessionPlan(seed=11, calibrate=False, walk_in=False, sets=((REP,) * 5,))


@cache
def session() -> GymSession:
    return simulate(PLAN)


@cache
def before_the_third_rep() -> Midway:
    return Midway(session(), into_third_rep(-0.15), session().truth.reps[-1].eccentric_end_s + 1.0)


def reps_without(silent_s: tuple[float, float]) -> list[Rep]:
    """Track the set, up to a second after its last rep, without the cable samples of an interval."""
    streams = dict(session().streams)
    cable = streams[Stream.CABLE]
    streams[Stream.CABLE] = cable[(cable[:, 0] < silent_s[0]) | (cable[:, 0] >= silent_s[1])]
    return [event for event in before_the_third_rep().on(streams) if isinstance(event, Rep)]


def into_third_rep(share: float) -> float:
    third = session().truth.reps[2]
    return third.concentric_start_s + share * (third.eccentric_end_s - third.concentric_start_s)


@pytest.mark.parametrize("length_s", [0.2, 0.95, 1.1, 1.4, 3.0])
@pytest.mark.parametrize("share", [-0.1, 0.15, 0.5, 0.85])
def test_a_silence_anywhere_in_a_rep_costs_no_rep_and_makes_none(share: float, length_s: float) -> None:
    at_s = into_third_rep(share)
    reps = reps_without((at_s, at_s + length_s))
    found = match(session().truth.reps, reps)
    assert (found.missed, found.invented) == ((), ())
    assert all(rep.kind is not RepKind.UNFINISHED for rep in reps)
    for (true, rep), errors_s in zip(found.pairs, found.boundary_errors_s(), strict=True):
        if rep.quality == "good":
            assert np.abs(errors_s).max() < 0.1
            assert rep.kind is RepKind.FULL
        if true.eccentric_end_s < at_s or true.concentric_start_s > at_s + length_s + 1.0:
            assert rep.quality == "good"


@pytest.mark.parametrize("share", [-0.1, 0.15, 0.5, 0.85])
def test_when_the_cable_is_gone_for_good_the_ankle_counts_on(share: float) -> None:
    reps = reps_without((into_third_rep(share), np.inf))
    found = match(session().truth.reps, reps)
    assert (found.missed, found.invented) == ((), ())
    assert [rep.quality for rep in reps[:2]] == ["good"] * 2
    assert all(rep.rom_m is None for rep in reps[3:])
    assert all(rep.rom_deg == pytest.approx(reps[0].rom_deg, abs=3.0) for rep in reps)
