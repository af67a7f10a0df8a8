"""Reps are grouped into sets, and a set is summed up."""

from collections.abc import Callable
from typing import Any

import pytest

from tracker.comparison import remembered
from tracker.messages import Rep, RepKind, SetSummary
from tracker.sets import Sets
from tracker.setup import SessionSetup


def rep(number: int, start_s: float, **changed: Any) -> Rep:
    usual: dict[str, Any] = dict.fromkeys(Rep.__struct_fields__)
    usual |= {
        "session": "s", "set": 1, "rep": number, "kind": RepKind.FULL, "exercise": "cable-kickback",
        "concentric_start_s": start_s, "pause_start_s": start_s + 1.0, "eccentric_start_s": start_s + 2.0,
        "eccentric_end_s": start_s + 4.0, "detected_s": start_s + 4.2, "concentric_s": 1.0,
        "pause_contracted_s": 1.0, "eccentric_s": 2.0, "time_under_tension_s": 4.0, "work_j": 60.0,
        "diagonal_deg": 36.0, "in_zone": True, "tempo_breaks": (), "leg": "right",
        "faults": (), "quality": "good", "quality_reasons": (),
    }  # fmt: skip
    return Rep(**(usual | changed))


def test_numbers_and_the_pending_rep() -> None:
    sets = Sets(SessionSetup())
    assert (sets.open, sets.number, sets.next_rep, sets.last_end_s) == (False, 1, 1, None)
    sets.add(rep(1, 10.0))
    assert (sets.open, sets.number, sets.next_rep, sets.last_end_s) == (True, 1, 2, 14.0)
    sets.close(30.0, "inactivity")
    assert (sets.open, sets.number, sets.next_rep) == (False, 2, 1)


def test_inactivity_counts_from_the_last_reps_end() -> None:
    sets = Sets(SessionSetup())
    assert not sets.overdue(1e9)
    sets.add(rep(1, 10.0))
    assert not sets.overdue(26.0)
    assert sets.overdue(26.001)


@pytest.mark.parametrize(("target", "patience_s"), [("3-1-2-1", 12.0), ("3-10-2-1", 20.0), ("3-X-2-1", 12.0)])
def test_a_pause_that_is_aimed_at_ends_no_set(target: str, patience_s: float) -> None:
    sets = Sets(SessionSetup(target=target))
    sets.add(rep(1, 10.0))
    assert not sets.overdue(14.0 + patience_s)
    assert sets.overdue(14.0 + patience_s + 0.001)


def test_rejected_movements_belong_to_the_open_set_only() -> None:
    sets = Sets(SessionSetup())
    assert sets.reject() is None
    sets.add(rep(1, 10.0))
    assert sets.reject() == 1
    assert sets.close(20.0, "announced").rejected == 1
    sets.add(rep(1, 30.0))
    assert sets.close(40.0, "announced").rejected == 0


def test_the_summary_adds_up() -> None:
    sets = Sets(SessionSetup(session="s", target="2-1-1-1"))
    sets.add(rep(1, 10.0, diagonal_deg=34.0))
    sets.add(rep(2, 15.0, diagonal_deg=38.0, pause_stretched_s=1.0))
    sets.add(rep(3, 20.0, diagonal_deg=48.0, in_zone=False, pause_stretched_s=2.0, kind=RepKind.PARTIAL))
    sets.add(rep(4, 30.0, diagonal_deg=None, in_zone=None, kind=RepKind.UNFINISHED, eccentric_end_s=None,
                 eccentric_s=None, time_under_tension_s=None, work_j=None))  # fmt: skip
    summary = sets.close(50.0, "session_end")
    assert (summary.reps_full, summary.reps_partial, summary.reps_unfinished) == (2, 1, 1)
    assert (summary.start_s, summary.end_s, summary.detected_s) == (10.0, 31.0, 50.0)
    assert summary.time_under_tension_s == 12.0
    assert summary.work_j == 180.0
    assert summary.tempo == "2.0-1.5-1.0-1.0"
    assert summary.target == "2-1-1-1"
    assert summary.diagonal_deg == pytest.approx(40.0)
    # Deviations -6, -2, 8: sample variance (36 + 4 + 64) / 2 = 52.
    assert summary.diagonal_spread_deg == pytest.approx(52.0**0.5)
    assert summary.in_zone_share == pytest.approx(2.0 / 3.0)
    assert summary.rom_m is None
    assert summary.reps == 4
    assert summary.rest_before_s is None


def test_the_rest_between_two_sets_is_from_rep_to_rep() -> None:
    sets = Sets(SessionSetup())
    sets.add(rep(1, 10.0))
    sets.close(26.5, "inactivity")
    sets.add(rep(1, 90.0))
    second = sets.close(120.0, "announced")
    assert (second.start_s, second.rest_before_s) == (90.0, 76.0)


def test_where_the_tempo_broke_and_which_faults_there_were() -> None:
    sets = Sets(SessionSetup(target="3-1-1-1", target_reps=3))
    sets.add(rep(1, 10.0, on_tempo=True))
    sets.add(rep(2, 16.0, on_tempo=False, tempo_breaks=("eccentric_short",), faults=("fast_return",)))
    sets.add(rep(3, 22.0, on_tempo=None))
    sets.add(rep(4, 28.0, on_tempo=False, tempo_breaks=("eccentric_short", "pause_contracted_long"),
                 faults=("momentum", "fast_return"), quality="suspect"))  # fmt: skip
    summary = sets.close(50.0, "inactivity")
    assert summary.on_tempo_share == pytest.approx(1.0 / 3.0)
    assert summary.tempo_breaks == {"eccentric_short": (2, 4), "pause_contracted_long": (4,)}
    assert summary.faults == {"fast_return": (2, 4), "momentum": (4,)}
    assert (summary.target_reps, summary.target_reached_s) == (3, 26.0)
    assert summary.reps_suspect == 1


def test_drift_is_along_the_line_through_all_reps() -> None:
    """Values 3, 2, 2.5 at reps 1, 2, 4: mean x 7/3, slope (-4/3*.5 - 1/3*-.5 + 5/3*0) / (42/9) = -3/28."""
    sets = Sets(SessionSetup())
    for number, eccentric_s in ((1, 3.0), (2, 2.0), (3, None), (4, 2.5)):
        sets.add(rep(number, 10.0 * number, eccentric_s=eccentric_s, rom_m=0.4))
    summary = sets.close(60.0, "inactivity")
    assert summary.eccentric_drift_s == pytest.approx(3.0 * -3.0 / 28.0)
    assert summary.rom_drift_m == pytest.approx(0.0, abs=1e-12)
    assert summary.mean_force_drift_n is None


def test_velocity_loss_is_of_full_reps_against_the_fastest() -> None:
    sets = Sets(SessionSetup())
    for number, (speed, kind) in enumerate(
        [(0.4, RepKind.FULL), (0.5, RepKind.FULL), (0.45, RepKind.FULL), (0.1, RepKind.PARTIAL)], start=1
    ):
        sets.add(rep(number, 10.0 * number, mean_velocity_mps=speed, kind=kind))
    assert sets.close(60.0, "inactivity").velocity_loss_share == pytest.approx(0.1)


def done(sets: Sets, start_s: float, reps: int, **fields: Any) -> SetSummary:
    for number in range(1, reps + 1):
        sets.add(rep(number, start_s + 6.0 * number, **fields))
    return sets.close(start_s + 100.0, "announced")


def test_left_stands_beside_right_set_by_set() -> None:
    sets = Sets(SessionSetup(session="today"))
    done(sets, 0.0, 3, leg="left", set=1, rom_m=0.40, diagonal_deg=36.0)
    first = done(sets, 100.0, 2, leg="right", set=2, rom_m=0.36, diagonal_deg=40.0)
    assert (first.vs_other_leg_session, first.vs_other_leg_set) == ("today", 1)
    assert (first.vs_other_leg_reps, first.vs_other_leg_diagonal_deg) == (-1, 4.0)
    assert first.vs_other_leg_rom_m == pytest.approx(-0.04)
    assert first.vs_other_leg_mean_force_n is None
    # The left leg's second set has no match on the right yet beyond the first, and none is made up.
    assert done(sets, 200.0, 3, leg="left", set=3).vs_other_leg_set is None
    assert done(sets, 300.0, 3, leg="right", set=4).vs_other_leg_set == 3


def test_a_set_is_held_against_its_match_of_the_last_session() -> None:
    before = Sets(SessionSetup(session="tuesday"))
    older = Sets(SessionSetup(session="monday"))
    earlier = tuple(
        remembered(each)
        for each in (
            done(older, 0.0, 9),
            done(before, 0.0, 4, work_j=10.0),
            done(before, 100.0, 5, set=2, leg="left"),
            done(before, 200.0, 6, set=3, work_j=20.0),
        )
    )
    now = Sets(SessionSetup(session="today", earlier=earlier))
    sets = [done(now, 100.0 * i, 5, set=i + 1, work_j=12.0) for i in range(3)]
    assert {one.vs_last_session for one in sets} == {"tuesday"}
    assert [(one.vs_last_set, one.vs_last_reps) for one in sets] == [(1, 1), (3, -1), (3, -1)]
    assert [one.vs_last_work_j for one in sets] == [20.0, -60.0, -60.0]
    unknown = done(now, 400.0, 5, set=4, leg=None)
    assert (unknown.vs_last_set, unknown.vs_other_leg_set) == (None, None)


@pytest.mark.fault(25)
def test_a_set_says_how_long_it_went_unseen_from_before_its_first_rep_until_it_is_closed() -> None:
    sets = Sets(SessionSetup(), unseen_s=lambda start_s, end_s: end_s - start_s)
    sets.add(rep(1, 20.0))
    sets.add(rep(2, 25.0))
    assert sets.close(40.0, "inactivity").unseen_s == 12.0 + (40.0 - 20.0)
    sets.add(rep(1, 35.0))
    assert sets.close(40.0, "session_end").unseen_s == 40.0 - 29.0, "since the set before ended"


def silence(from_s: float, until_s: float) -> Callable[[float, float], float]:
    """What went unseen between two moments, where nothing was seen from one moment until another."""
    return lambda start_s, end_s: max(0.0, min(until_s, end_s) - max(from_s, start_s))


@pytest.mark.fault(25)
def test_a_set_is_unseen_where_a_calibration_kick_before_it_may_have_been() -> None:
    sets = Sets(SessionSetup(), unseen_s=silence(7.0, 9.0))
    sets.await_kicks(4.0)
    sets.add_kick(6.0)
    sets.add_kick(20.0)
    sets.add_kick(30.0)
    sets.add(rep(1, 60.0))
    assert sets.close(80.0, "inactivity").unseen_s == 2.0
    sets.add(rep(1, 90.0))
    assert sets.close(99.0, "inactivity").unseen_s == 0.0, "the kicks were of the set before"


def test_what_went_unseen_before_kicks_were_awaited_or_after_all_of_them_were_there_hides_none() -> None:
    for awaited_s, kick_s in ((10.0, 12.0), (1.0, 5.0)):
        sets = Sets(SessionSetup(), unseen_s=silence(7.0, 9.0))
        sets.await_kicks(awaited_s)
        sets.add_kick(kick_s)
        sets.add(rep(1, 60.0))
        assert sets.close(80.0, "inactivity").unseen_s == 0.0


def test_kicks_in_an_open_set_count_no_silence_twice() -> None:
    sets = Sets(SessionSetup(), unseen_s=silence(27.0, 29.0))
    sets.add(rep(1, 20.0))
    sets.await_kicks(25.0)
    sets.add_kick(30.0)
    sets.add(rep(2, 31.0))
    assert sets.close(40.0, "inactivity").unseen_s == 2.0
