"""The end of a phase is foretold from where it was faster, and weighed with its own crossing."""

import pytest

from tracker.foretold import Foretold


def minimum_jerk(share: float) -> float:
    """Speed over its peak, 15/8."""
    return 16.0 * share**2 * (1.0 - share) ** 2


def followed(from_s: float, step_s: float) -> Foretold:
    """Follow the speed of a movement of one second from its middle outwards."""
    foretold = Foretold(1.0, from_s)
    t_s = from_s
    while 0.0 < t_s + step_s < 1.0:
        foretold.step(t_s, minimum_jerk(t_s), t_s + step_s, minimum_jerk(t_s + step_s))
        t_s += step_s
    return foretold


@pytest.mark.parametrize(("step_s", "crossing_s"), [(0.001, 0.94056), (-0.001, 0.05944)])
def test_minimum_jerk_is_foretold_to_a_thousandth_of_its_time(step_s: float, crossing_s: float) -> None:
    """16 s^2 (1 - s)^2 = 0.05 where s (1 - s) = sqrt(0.05) / 4, so s = 0.05944."""
    assert followed(0.5, step_s).weighed(crossing_s, 0.0) == pytest.approx(crossing_s, abs=1e-3)
    assert followed(0.5, step_s).weighed(crossing_s, 0.5) == pytest.approx(crossing_s, abs=1e-3)


def test_a_crossing_that_is_far_off_counts_as_less_far_off() -> None:
    """From 40 to 20 % minimum jerk takes 0.069 of its time, so the most is 0.6 times as much, 0.0414."""
    late = followed(0.5, 0.001).weighed(2.0, 0.5)
    assert late == pytest.approx(0.94056 + 0.5 * 0.0414, abs=2e-3)
    assert followed(0.5, -0.001).weighed(-1.0, 0.5) == pytest.approx(1.0 - late, abs=2e-3)


def test_a_crossing_of_full_weight_stands() -> None:
    assert followed(0.5, 0.001).weighed(2.0, 1.0) == 2.0


@pytest.mark.parametrize("first_s", [0.4, 0.25, 0.16])
def test_where_the_samples_begin_in_a_movement_nothing_is_foretold(first_s: float) -> None:
    """Backwards from its fastest moment 40 % is crossed at 0.195 and 20 % at 0.129."""
    foretold = Foretold(1.0, 0.5)
    t_s = 0.5
    while t_s - 0.001 > first_s:
        foretold.step(t_s, minimum_jerk(t_s), t_s - 0.001, minimum_jerk(t_s - 0.001))
        t_s -= 0.001
    assert foretold.weighed(first_s, 0.3) == first_s
