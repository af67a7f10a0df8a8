"""What the cable saw before it fell silent is held against what the ankle tells."""

from itertools import pairwise

import pytest

from tracker.movement import Level
from tracker.reps import OwnRange
from tracker.witness import NO_WITNESS, Witness

OWN = OwnRange(0.12)


def travel(*corners: tuple[float, float], step_s: float = 0.01) -> list[Level[float]]:
    """Straight lines from corner to corner (s, m)."""
    made = []
    for (start_s, start_m), (end_s, end_m) in pairwise(corners):
        steps = round((end_s - start_s) / step_s)
        made += [
            Level(start_s + step_s * i, start_m + (end_m - start_m) * i / steps) for i in range(steps + 1)
        ]
    return made


OUT_AND_BACK = travel((0.0, 0.0), (1.0, 0.4), (2.0, 0.4), (3.0, 0.0), (3.5, 0.0))
ONLY_OUT = travel((0.0, 0.0), (3.0, 0.5), (3.5, 0.5))
HALF_BACK = travel((0.0, 0.0), (1.0, 0.4), (3.0, 0.2), (3.5, 0.2))
HARDLY_OUT = travel((0.0, 0.0), (1.0, 0.1), (3.0, 0.0), (3.5, 0.0))


@pytest.mark.parametrize(
    ("seen", "denied"), [(OUT_AND_BACK, False), (ONLY_OUT, True), (HALF_BACK, True), (HARDLY_OUT, True)]
)
def test_a_movement_seen_whole_must_have_been_a_rep_to_the_cable(
    seen: list[Level[float]], denied: bool
) -> None:
    assert Witness(0.0, seen, OWN).denies(0.0, 3.0) is denied


def test_a_stack_that_lands_after_the_leg_came_back() -> None:
    late = travel((0.0, 0.0), (1.0, 0.4), (3.0, 0.4), (3.3, 0.0))
    assert not Witness(0.0, late, OWN).denies(0.0, 3.0)


def test_nothing_is_denied_that_was_not_seen_whole() -> None:
    witness = Witness(0.0, ONLY_OUT, OWN)
    assert not witness.denies(0.0, 3.6)
    assert not witness.denies(-0.2, 3.0)
    assert not Witness(0.0, [level for level in ONLY_OUT if not 1.0 < level.t_s < 1.2], OWN).denies(0.0, 3.0)
    assert not NO_WITNESS.denies(0.0, 3.0)


def test_it_saw_begin_what_began_when_the_cable_did() -> None:
    witness = Witness(1.0, OUT_AND_BACK, OWN)
    assert witness.saw_begin(0.6)
    assert witness.saw_begin(1.4)
    assert not witness.saw_begin(1.6)
    assert not NO_WITNESS.saw_begin(0.0)
