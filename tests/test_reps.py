"""What counts as a rep, and why not."""

import pytest

from tracker.messages import Rejection, RepKind
from tracker.reps import Evidence, OwnRange, judge

LEAST = 0.12


def own_range(*reps: float) -> OwnRange:
    own = OwnRange(LEAST)
    for rep in reps:
        own.add(rep)
    return own


def evidence(**changed: object) -> Evidence:
    usual: dict[str, object] = {
        "rise": 0.4,
        "fall": 0.4,
        "complete": True,
        "peak_speed": 0.6,
        "fastest": 3.0,
        "way_s": 1.0,
        "whole_s": 3.0,
        "jolted": False,
        "by_ankle": False,
        "at_rest": True,
        "since_rep_s": None,
    }
    return Evidence(**(usual | changed))  # type: ignore[arg-type]  # a table of changes to one usual case


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, RepKind.FULL),
        ({"rise": 0.239, "fall": 0.24}, RepKind.PARTIAL),
        ({"rise": 0.241, "fall": 0.24}, RepKind.FULL),
        ({"rise": 0.11, "fall": 0.11}, Rejection.TWITCH),
        ({"rise": 0.11, "fall": 0.11, "since_rep_s": 0.4}, Rejection.BOUNCE),
        ({"rise": 0.11, "fall": 0.11, "since_rep_s": 1.4}, Rejection.TWITCH),
        ({"fall": 0.21}, Rejection.NO_RETURN),
        ({"complete": False}, Rejection.NO_RETURN),
        ({"peak_speed": 3.1}, Rejection.TOO_FAST),
        ({"way_s": 0.24}, Rejection.TOO_FAST),
        ({"way_s": 0.26, "whole_s": 0.59}, Rejection.TOO_FAST),
        ({"way_s": 0.26, "whole_s": 0.61}, RepKind.FULL),
        ({"whole_s": 0.94, "by_ankle": True}, Rejection.TOO_FAST),
        ({"whole_s": 0.96, "by_ankle": True}, RepKind.FULL),
        ({"jolted": True, "whole_s": 1.1}, Rejection.WALKING),
        ({"jolted": True, "whole_s": 1.3}, RepKind.FULL),
        ({"at_rest": False}, Rejection.NOT_AT_REST),
    ],
)
def test_verdicts_with_an_own_range_of_40_cm(
    changed: dict[str, object], verdict: RepKind | Rejection
) -> None:
    assert judge(evidence(**changed), own_range(0.4, 0.4, 0.4)) is verdict


def test_the_first_rep_needs_the_least_range() -> None:
    assert judge(evidence(rise=0.119, fall=0.119), own_range()) is Rejection.TWITCH
    assert judge(evidence(rise=0.121, fall=0.121), own_range()) is RepKind.FULL


def test_fatigue_does_not_shrink_the_own_range() -> None:
    own = own_range(0.40, 0.41, 0.40)
    for tired in (0.35, 0.30, 0.25, 0.22):
        own.add(tired)
    assert own.value == 0.40


def test_one_overshoot_does_not_stretch_the_own_range() -> None:
    own = own_range(0.40, 0.40, 0.40)
    own.add(0.70)
    assert own.value == 0.40


def test_movements_are_compared_with_the_own_range_and_with_a_guess_before() -> None:
    assert own_range().scale == pytest.approx(0.36)
    assert own_range(0.30).scale == pytest.approx(0.30)
    assert own_range(0.13).scale == pytest.approx(0.18)


def test_a_new_set_may_be_shorter_but_is_not_forgotten() -> None:
    own = own_range(0.4, 0.4, 0.4)
    own.new_set()
    assert own.value == pytest.approx(0.28)
    own.new_set()
    assert own.value == pytest.approx(0.28), "an empty set changes nothing"
    own.add(0.25)
    assert own.value == 0.25


def test_a_calibration_kick_is_a_hint_until_there_are_reps() -> None:
    own = own_range()
    own.hint(0.5)
    assert own.value == pytest.approx(0.35)
    own.add(0.42)
    assert own.value == 0.42
