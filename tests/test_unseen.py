"""A set says for how long nothing told reps, and of no shorter silence."""

import pytest

from tracker.blocks import SLOW, STUCK, TURNS_AMBIGUOUS, Gap, Stream
from tracker.gaps import GapWatch
from tracker.unseen import Unseen

RATE_HZ = 100.0


def watched(end_s: float, **silent: tuple[float, float]) -> GapWatch:
    """Return what is known of streams that have samples until `end_s`, each but for its silence."""
    gaps = GapWatch()
    for i in range(int(end_s * RATE_HZ) + 1):
        t_s = i / RATE_HZ
        for name, (start_s, until_s) in silent.items():
            if not start_s < t_s < until_s:
                gaps.sample(Stream(name), t_s)
    return gaps


def test_what_both_missed_was_unseen_as_far_as_it_lies_in_the_interval() -> None:
    unseen = Unseen(watched(20.0, cable=(5.0, 9.0), ankle=(6.0, 12.0)), by_cable=True)
    assert unseen.between_s(0.0, 20.0) == pytest.approx(3.0)
    assert unseen.between_s(0.0, 7.5) == pytest.approx(1.5)
    assert unseen.between_s(7.5, 20.0) == pytest.approx(1.5)
    assert unseen.between_s(9.5, 20.0) == 0.0


@pytest.mark.parametrize(("until_s", "told_s"), [(6.0, 0.0), (6.02, 1.02)])
def test_a_silence_of_a_second_hides_no_rep(until_s: float, told_s: float) -> None:
    unseen = Unseen(watched(20.0, ankle=(5.0, until_s)), by_cable=False)
    assert unseen.between_s(0.0, 20.0) == pytest.approx(told_s)


def test_the_silence_in_which_it_ends_counts_until_then() -> None:
    unseen = Unseen(watched(20.0, ankle=(17.0, 30.0)), by_cable=True)
    assert unseen.between_s(0.0, 20.0) == pytest.approx(3.0)
    assert unseen.between_s(0.0, 17.9) == 0.0


def test_one_that_is_told_again_and_again_counts_once() -> None:
    gaps = watched(20.0, ankle=(17.0, 30.0))
    for i in range(100):
        gaps.declare(Gap(Stream.ANKLE, 17.0 + 0.02 * i, 17.02 + 0.02 * i, "away"))
    assert Unseen(gaps, by_cable=False).between_s(0.0, 20.0) == pytest.approx(3.0)


def test_a_cable_that_tells_no_reps_is_not_asked() -> None:
    gaps = watched(20.0, cable=(30.0, 30.0), ankle=(5.0, 9.0))
    assert Unseen(gaps, by_cable=True).between_s(0.0, 20.0) == 0.0
    assert Unseen(gaps, by_cable=False).between_s(0.0, 20.0) == pytest.approx(4.0)


@pytest.mark.parametrize(("reason", "told_s"), [(SLOW, 0.0), (STUCK, 3.0)])
def test_slow_samples_are_samples_and_stuck_ones_are_none(reason: str, told_s: float) -> None:
    gaps = watched(20.0, ankle=(30.0, 30.0))
    gaps.declare(Gap(Stream.ANKLE, 5.0, 8.0, reason))
    assert Unseen(gaps, by_cable=False).between_s(0.0, 20.0) == pytest.approx(told_s)


def test_before_its_first_sample_nothing_was_missed() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.ANKLE, 0.0, 4.0, "starting"))
    gaps.sample(Stream.ANKLE, 4.0)
    gaps.sample(Stream.ANKLE, 4.01)
    assert Unseen(gaps, by_cable=False).between_s(0.0, 4.01) == 0.0
    assert Unseen(GapWatch(), by_cable=True).between_s(0.0, 9.0) == 0.0


@pytest.mark.fault(20)
@pytest.mark.parametrize(("length_s", "told_s"), [(0.19, 0.0), (0.21, 0.21), (0.9, 0.9)])
def test_a_turn_that_the_cable_alone_may_have_missed_hides_a_way_out(length_s: float, told_s: float) -> None:
    gaps = watched(20.0, cable=(30.0, 30.0))
    gaps.declare(Gap(Stream.CABLE, 5.0, 5.0 + length_s, TURNS_AMBIGUOUS))
    assert Unseen(gaps, by_cable=True).between_s(0.0, 20.0) == pytest.approx(told_s)
    assert Unseen(gaps, by_cable=False).between_s(0.0, 20.0) == 0.0


def test_a_turn_is_told_by_an_ankle_that_sees_the_leg_or_comes_back_soon() -> None:
    def unseen_s(**silent: tuple[float, float]) -> float:
        gaps = watched(20.0, cable=(30.0, 30.0), **silent)
        gaps.declare(Gap(Stream.CABLE, 5.0, 5.5, TURNS_AMBIGUOUS))
        return Unseen(gaps, by_cable=True).between_s(0.0, 20.0)

    assert unseen_s(ankle=(30.0, 30.0)) == 0.0
    assert unseen_s(ankle=(5.1, 9.0)) == 0.0
    assert unseen_s(ankle=(4.0, 6.0)) == 0.0
    assert unseen_s(ankle=(4.0, 7.0)) == pytest.approx(0.5)


def test_a_turn_missed_within_a_long_silence_of_both_is_not_counted_twice() -> None:
    gaps = watched(20.0, cable=(5.0, 8.0), ankle=(4.0, 12.0))
    gaps.declare(Gap(Stream.CABLE, 5.0, 8.0, TURNS_AMBIGUOUS))
    assert Unseen(gaps, by_cable=True).between_s(0.0, 20.0) == pytest.approx(3.0)
