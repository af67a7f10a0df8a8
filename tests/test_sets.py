"""Reps are grouped into sets, and a set is summed up."""

from typing import Any

import pytest

from tracker.messages import Rep, RepKind
from tracker.sets import Sets
from tracker.setup import SessionSetup


def rep(number: int, start_s: float, **changed: Any) -> Rep:
    usual: dict[str, Any] = dict.fromkeys(Rep.__struct_fields__)
    usual |= {
        "session": "s", "set": 1, "rep": number, "kind": RepKind.FULL, "exercise": "cable-kickback",
        "concentric_start_s": start_s, "pause_start_s": start_s + 1.0, "eccentric_start_s": start_s + 2.0,
        "eccentric_end_s": start_s + 4.0, "detected_s": start_s + 4.2, "concentric_s": 1.0,
        "pause_contracted_s": 1.0, "eccentric_s": 2.0, "time_under_tension_s": 4.0, "work_j": 60.0,
        "diagonal_deg": 36.0, "in_zone": True, "faults": (), "quality": "good", "quality_reasons": (),
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
