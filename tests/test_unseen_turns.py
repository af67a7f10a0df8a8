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
from tracker.unseen_turns import WAITS_S, UnseenTurns

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
        [(_, righted_m)] = unseen.righted(t_s, told_m, 0.0)
        errors_m.append(righted_m - true_m)
    return np.array(errors_m)


@pytest.mark.parametrize("missed", [-2, -1, 1, 2])
def test_the_ankle_tells_which_turn_it_is(missed: int) -> None:
    assert np.abs(off_m(missed, TURNS_AMBIGUOUS, swing_rad)).max() < 0.03


def test_a_cable_that_goes_on_as_the_leg_swung_is_believed() -> None:
    assert np.abs(off_m(0, TURNS_AMBIGUOUS, swing_rad)).max() == 0.0


def test_a_sample_from_before_the_gap_that_waited_is_none_after_it() -> None:
    gaps = GapWatch()
    unseen = UnseenTurns(gaps, PoseHistory())
    unseen.righted(0.390, 0.1, 0.0)
    gaps.declare(Gap(Stream.CABLE, *GONE_S, TURNS_AMBIGUOUS))
    assert unseen.righted(0.395, 0.106, 0.0) == ((0.395, 0.106),)
    assert unseen.righted(0.805, 0.106 - TURN_M, 0.0) == [(0.805, 0.106 - TURN_M)], "no ankle: believed"


@pytest.mark.parametrize("ankle", [None, swing_rad])
def test_nothing_is_righted_without_an_ankle_or_where_no_turn_can_be_missing(
    ankle: Callable[[float], float] | None,
) -> None:
    reason = TURNS_AMBIGUOUS if ankle is None else "bus errors"
    assert off_m(1, reason, ankle)[-1] == pytest.approx(-TURN_M)


def told(
    ankle: Callable[[float], float | None], missed: int, back_s: float
) -> tuple[list[tuple[float, float]], float]:
    """Return what is told of the cable, and when, after a gap until `back_s` in which turns are missed.

    `ankle`: its swing, None while it is silent. The leg hangs still from 1.2 s on.
    """
    gaps, poses = GapWatch(), PoseHistory()
    unseen = UnseenTurns(gaps, poses)
    samples: list[tuple[float, float]] = []
    told_s = 0.0
    for t_s in np.arange(0.0, 2.4, 0.005).tolist():
        swung = ankle(t_s)
        if swung is not None:
            poses.add(t_s, (cos(0.5 * swung), 0.0, sin(0.5 * swung), 0.0))
        if GONE_S[0] < t_s < back_s:
            continue
        if t_s >= back_s and not gaps.latest(Stream.CABLE):
            gaps.declare(Gap(Stream.CABLE, GONE_S[0], t_s, TURNS_AMBIGUOUS))
        missed_m = missed * TURN_M if t_s >= back_s else 0.0
        righted = unseen.righted(t_s, LEG_M * swing_rad(min(t_s, 1.2)) - missed_m, 0.0)
        if righted and samples and righted[0][0] > GONE_S[0] >= samples[-1][0]:
            told_s = t_s
        samples += righted
    return samples, told_s


@pytest.mark.parametrize("missed", [0, 2])
def test_an_ankle_that_was_silent_too_is_asked_once_the_leg_hangs_still(missed: int) -> None:
    """What it tells of a leg that is braked is off at first, and may agree with a wrong turn."""

    def ankle(t_s: float) -> float | None:
        if GONE_S[0] < t_s < 1.0:
            return None
        return swing_rad(min(t_s, 1.2)) - (1.5 * max(0.0, 1.2 - t_s) if t_s >= 1.0 else 0.0)

    samples, told_s = told(ankle, missed, 1.0)
    assert 1.2 < told_s < 1.45
    for t_s, position_m in samples:
        assert position_m == pytest.approx(LEG_M * swing_rad(min(t_s, 1.2)), abs=0.05), t_s
    assert len(samples) == len([t_s for t_s in np.arange(0.0, 2.4, 0.005) if not GONE_S[0] < t_s < 1.0])


@pytest.mark.parametrize("missed", [0, 2])
def test_an_ankle_that_stays_silent_is_not_waited_for_long(missed: int) -> None:
    samples, told_s = told(lambda t_s: swing_rad(t_s) if t_s <= GONE_S[0] else None, missed, GONE_S[1])
    assert told_s == pytest.approx(GONE_S[1] + WAITS_S, abs=0.01)
    assert samples[-1][1] == pytest.approx(LEG_M * swing_rad(1.2) - missed * TURN_M)


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
