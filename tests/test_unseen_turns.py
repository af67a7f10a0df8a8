"""Turns missed in a gap of the cable: the ankle's swing tells where it is, if there is one."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
import pytest

from tests.gym.matching import match
from tests.midway import Midway
from tests.test_cable_dropouts import into_third_rep
from tests.test_cable_dropouts import session as five_reps
from tracker.blocks import TURNS_AMBIGUOUS, Gap, Stream
from tracker.gaps import GapWatch
from tracker.messages import Rep
from tracker.poses import PoseHistory
from tracker.unseen_turns import UnseenTurns

TURN_M = 0.06 * pi
LEG_M = 0.7
GONE_S = (0.4, 0.8)


def swing_rad(t_s: float) -> float:
    """A kick of 33 degrees in 1.2 s."""
    return 0.29 * (1.0 - cos(pi * t_s / 1.2))


def off_m(missed: int, reason: str, ankle: Callable[[float], float] | None) -> np.ndarray:
    """Return by how much the cable is off, sample by sample, when so many turns are missed in a gap."""
    gaps, poses = GapWatch(), PoseHistory()
    unseen = UnseenTurns(gaps, poses)
    errors_m: list[float] = []
    for t_s in np.arange(0.0, 1.2, 0.005).tolist():
        if ankle is not None:
            half = 0.5 * ankle(t_s)
            poses.add(t_s, (cos(half), 0.0, sin(half), 0.0))
        if GONE_S[0] < t_s < GONE_S[1]:
            continue
        if t_s >= GONE_S[1] and not gaps.latest(Stream.CABLE):
            gaps.declare(Gap(Stream.CABLE, GONE_S[0], t_s, reason))
        true_m = LEG_M * swing_rad(t_s)
        told_m = true_m - (missed * TURN_M if t_s >= GONE_S[1] else 0.0)
        errors_m.append(unseen.righted(t_s, told_m, 0.0) - true_m)
    return np.array(errors_m)


@pytest.mark.parametrize("missed", [-2, -1, 1, 2])
def test_the_ankle_tells_which_turn_it_is(missed: int) -> None:
    assert np.abs(off_m(missed, TURNS_AMBIGUOUS, swing_rad)).max() < 0.03


def test_a_cable_that_goes_on_as_the_leg_swung_is_believed() -> None:
    assert np.abs(off_m(0, TURNS_AMBIGUOUS, swing_rad)).max() == 0.0


@pytest.mark.parametrize("ankle", [None, swing_rad])
def test_nothing_is_righted_without_an_ankle_or_where_no_turn_can_be_missing(
    ankle: Callable[[float], float] | None,
) -> None:
    reason = TURNS_AMBIGUOUS if ankle is None else "bus errors"
    assert off_m(1, reason, ankle)[-1] == pytest.approx(-TURN_M)


@pytest.mark.fault(20)
@pytest.mark.parametrize(("share", "missed"), [(0.07, 2), (0.72, -1)])
def test_a_rep_in_which_turns_are_missed_for_half_a_second_is_counted_and_marked(
    share: float, missed: int
) -> None:
    at_s = into_third_rep(share)
    made = five_reps()
    cable = made.streams[Stream.CABLE].copy()
    first, last = np.searchsorted(cable[:, 0], (at_s, at_s + 0.5))
    cable[last:, 1] -= missed * TURN_M
    gap = Gap(Stream.CABLE, float(cable[first - 1, 0]), float(cable[last, 0]), TURNS_AMBIGUOUS)
    streams = dict(made.streams) | {Stream.CABLE: np.delete(cable, np.s_[first:last], axis=0)}
    end_s = made.truth.reps[3].eccentric_end_s + 1.0
    events = Midway(made, into_third_rep(-0.15), end_s).on(streams, (gap,))
    reps = [event for event in events if isinstance(event, Rep)]
    found = match(made.truth.reps[:4], reps)
    assert (found.missed, found.invented) == ((), ())
    assert [rep.quality_reasons for rep in reps] == [(), (), ("gap_cable",), ()]
