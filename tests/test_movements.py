"""Movements are found on progress relative to the lifter's own range, at any speed."""

from itertools import pairwise

import pytest

from tests.motion import Stretch, cable, kick
from tracker.messages import Phase
from tracker.movement import Ending, Movement, Turn
from tracker.movements import Movements
from tracker.progress import CableTravel

RANGE_M = 0.4


def followed(
    stretches: list[Stretch],
    rate_hz: float = 200.0,
    *,
    give_up: bool = False,
    unseen: tuple[float, float] = (0.0, 0.0),
    signed: bool = True,
) -> tuple[list[Turn], list[Movement[float]]]:
    machine = Movements(CableTravel(0.12).measure, RANGE_M, signed=signed)
    turns: list[Turn] = []
    movements: list[Movement[float]] = []
    for t_s, position in cable(stretches, rate_hz).tolist():
        if unseen[0] < t_s < unseen[1]:
            continue
        new, over = machine.update(t_s, position)
        turns += new
        movements += over
    if give_up and (last := machine.give_up()) is not None:
        movements.append(last)
    return turns, movements


@pytest.mark.parametrize("rate_hz", [20.0, 50.0, 200.0])
@pytest.mark.parametrize("concentric_s", [0.5, 1.0, 2.0, 8.0])
@pytest.mark.parametrize("hold_s", [0.01, 1.0, 5.0])
@pytest.mark.parametrize("eccentric_s", [0.8, 3.0, 8.0])
def test_every_tempo_is_one_movement_per_rep(
    rate_hz: float, concentric_s: float, hold_s: float, eccentric_s: float
) -> None:
    rep = kick(RANGE_M, concentric_s, hold_s, eccentric_s, 1.2)
    _, movements = followed([Stretch(0.0, 1.5), *rep, *rep, *rep], rate_hz)
    assert [m.ending for m in movements] == [Ending.RETURNED] * 3
    assert [m.peak.pose for m in movements] == pytest.approx([RANGE_M] * 3, abs=1e-3)


def test_phases_come_in_their_order_and_early() -> None:
    turns, _ = followed([Stretch(0.0, 1.5), *kick(RANGE_M, 1.0, 1.0, 2.0, 1.5)])
    assert [turn.phase for turn in turns] == [
        Phase.CONCENTRIC,
        Phase.PAUSE_CONTRACTED,
        Phase.ECCENTRIC,
        Phase.PAUSE_STRETCHED,
    ]
    assert all(turn.began_s <= turn.t_s for turn in turns)
    assert all(a.t_s < b.t_s for a, b in pairwise(turns))
    assert turns[1].t_s - 2.5 < 0.15
    assert turns[3].t_s - 5.5 < 0.25


def test_reps_without_rest_between_them() -> None:
    rep = [Stretch(RANGE_M, 0.8), Stretch(0.0, 1.0)]
    _, movements = followed([Stretch(0.0, 1.0), *rep * 6, Stretch(0.0, 1.0)])
    assert len(movements) == 6


def test_start_pose_that_creeps_outwards() -> None:
    stretches = [Stretch(0.0, 1.0)]
    for i in range(8):
        base = 0.02 * i
        stretches += [Stretch(base + RANGE_M, 1.0), Stretch(base + RANGE_M, 1.0), Stretch(base + 0.02, 1.5)]
        stretches += [Stretch(base + 0.02, 0.6)]
    _, movements = followed([*stretches, Stretch(0.16, 1.0)])
    assert len(movements) == 8


def test_a_sagging_hold_is_one_movement() -> None:
    _, movements = followed(
        [Stretch(0.0, 1.0), Stretch(0.4, 1.0), Stretch(0.36, 4.0), Stretch(0.0, 1.5), Stretch(0.0, 1.0)]
    )
    assert len(movements) == 1


@pytest.mark.parametrize("stall_s", [0.3, 0.6, 1.5])
def test_a_stall_on_the_way_back_is_one_movement(stall_s: float) -> None:
    _, movements = followed(
        [
            Stretch(0.0, 1.0),
            Stretch(0.4, 1.0),
            Stretch(0.2, 1.0),
            Stretch(0.2, stall_s),
            Stretch(0.0, 1.0),
            Stretch(0.0, 1.0),
        ]
    )
    assert [m.ending for m in movements] == [Ending.RETURNED]


def test_a_slow_return_that_wavers_before_its_end_goes_on_to_its_end() -> None:
    """5 % of the way is left when it nearly stands, under 5 % of its peak speed for 0.4 s."""
    stretches = [Stretch(0.0, 1.0), Stretch(0.4, 1.0), Stretch(0.02, 6.0), Stretch(0.0, 0.8)]
    _, movements = followed([*stretches, Stretch(0.0, 1.0)])
    assert [m.ending for m in movements] == [Ending.RETURNED]
    assert movements[0].end.t_s == pytest.approx(8.8, abs=0.2)


def test_a_return_that_stops_short_of_the_start_is_over_soon() -> None:
    turns, _ = followed([Stretch(0.0, 1.0), Stretch(0.4, 1.0), Stretch(0.03, 1.5), Stretch(0.03, 2.0)])
    assert turns[-1].phase is Phase.PAUSE_STRETCHED
    assert turns[-1].t_s - 3.5 < 0.25


def test_a_bounce_after_the_return_is_a_movement_of_its_own_size() -> None:
    _, movements = followed(
        [
            Stretch(0.0, 1.0),
            Stretch(0.4, 1.0),
            Stretch(0.0, 0.8),
            Stretch(0.06, 0.2),
            Stretch(0.0, 0.2),
            Stretch(0.0, 1.0),
        ]
    )
    assert [round(m.peak.pose - m.start.pose, 2) for m in movements] == [0.4, 0.06]


@pytest.mark.parametrize("step_m", [0.3, 0.56, 1.2])
def test_stepping_back_to_tension_is_no_hold(step_m: float) -> None:
    _, movements = followed(
        [
            Stretch(0.0, 1.0),
            Stretch(step_m, 1.5),
            Stretch(step_m, 2.0),
            Stretch(step_m + 0.4, 1.0),
            Stretch(step_m + 0.4, 1.0),
            Stretch(step_m, 1.5),
            Stretch(step_m, 1.0),
        ]
    )
    assert [m.ending for m in movements] == [Ending.WENT_ON, Ending.RETURNED]
    assert movements[1].peak.pose - movements[1].start.pose == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("step_m", [0.15, 0.3, 0.56, 1.2])
@pytest.mark.parametrize("pause_s", [0.01, 0.5, 2.0])
def test_the_first_rep_after_a_hasty_step_back_is_found(step_m: float, pause_s: float) -> None:
    """It stands still for half a second only before the first kick."""
    rep = _moved(step_m, kick(0.4, 1.0, 0.8, 1.5, pause_s))
    _, movements = followed(
        [Stretch(0.0, 1.0), Stretch(step_m, 1.0), Stretch(step_m, 0.5), *rep, *rep, Stretch(step_m, 1.0)]
    )
    returned = [m for m in movements if m.ending is Ending.RETURNED]
    assert [round(m.peak.pose - m.start.pose, 1) for m in returned] == [0.4, 0.4]
    assert [m.ending for m in movements if m not in returned] == [Ending.WENT_ON]


@pytest.mark.parametrize("gone_s", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("since_s", [-0.1, 0.0, 0.05, 0.2, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("overshoot_m", [0.1, 0.3])
def test_the_first_rep_is_found_though_most_of_the_rest_before_it_went_unseen(
    overshoot_m: float, since_s: float, gone_s: float
) -> None:
    """The lifter steps back too far and a little forwards, and stands still for a second."""
    walk = [Stretch(0.0, 1.0), Stretch(0.8 + overshoot_m, 1.5), Stretch(0.8, 0.25), Stretch(0.8, 1.0)]
    unseen = (2.75 + since_s, 2.75 + since_s + gone_s)
    _, movements = followed([*walk, *_moved(0.8, kick(0.4, 1.0, 0.8, 1.5, 1.5))], unseen=unseen)
    returned = [m for m in movements if m.ending is Ending.RETURNED]
    assert [round(m.peak.pose - m.start.pose, 1) for m in returned] == [0.4]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("seen_again_s", [5.3, 5.5, 5.7])
def test_a_leg_seen_again_on_its_next_way_out_began_that_where_it_began_before(
    seen_again_s: float, signed: bool
) -> None:
    rep = kick(0.4, 1.0, 0.6, 1.5, 0.6)
    _, movements = followed([Stretch(0.0, 1.3), *rep, *rep, *rep], unseen=(3.0, seen_again_s), signed=signed)
    assert [m.ending for m in movements] == [Ending.RETURNED] * 3
    assert [m.start.pose for m in movements] == pytest.approx([0.0] * 3, abs=0.02)


def test_a_hold_without_end_is_given_up_and_the_next_rep_still_seen() -> None:
    _, movements = followed(
        [
            Stretch(0.0, 1.0),
            Stretch(0.4, 1.0),
            Stretch(0.4, 40.0),
            *_moved(0.4, kick(0.4, 1.0, 1.0, 1.5, 1.0)),
        ]
    )
    assert [m.ending for m in movements] == [Ending.GIVEN_UP, Ending.RETURNED]


def test_the_last_rep_is_there_when_the_session_ends_in_its_hold() -> None:
    _, movements = followed([Stretch(0.0, 1.0), Stretch(0.4, 1.0), Stretch(0.4, 1.0)], give_up=True)
    assert [m.ending for m in movements] == [Ending.GIVEN_UP]
    assert movements[0].peak.pose == pytest.approx(0.4)


def test_standing_still_is_no_movement() -> None:
    turns, movements = followed([Stretch(0.0, 60.0)], give_up=True)
    assert turns == []
    assert movements == []


def _moved(by: float, stretches: list[Stretch]) -> list[Stretch]:
    return [Stretch(position + by, seconds) for position, seconds in stretches]


SHIFTED = [Stretch(0.0, 2.0), Stretch(-0.05, 0.3), Stretch(-0.05, 1.2), *kick(RANGE_M, 1.2, 0.8, 1.6, 1.5)]
"""A lifter shifts the leg a little to one side, stands there, and kicks to the other."""


def test_where_a_shifted_leg_stood_is_the_start_of_a_kick_past_the_old_one() -> None:
    """Progress is the distance from the start, which moves with the leg as the tracker moves it."""
    origin = 0.0
    machine = Movements[float](lambda position: abs(position - origin), RANGE_M, signed=False)
    over: list[Movement[float]] = []
    for t_s, position in cable(SHIFTED).tolist():
        ended = machine.update(t_s, position)[1]
        over += ended
        if ended and ended[-1].ending is Ending.WENT_ON:
            origin = ended[-1].end.pose
    assert [m.ending for m in over] == [Ending.WENT_ON, Ending.RETURNED]
    assert over[1].start.t_s == pytest.approx(3.5, abs=0.2)
    assert over[1].start.pose == pytest.approx(-0.05, abs=0.012)
    assert over[1].rested_s > 1.0


def test_with_a_sign_the_lowest_is_the_start() -> None:
    _, movements = followed(SHIFTED)
    assert [m.ending for m in movements] == [Ending.RETURNED]
    assert movements[0].start.pose == pytest.approx(-0.05, abs=0.012)
