"""Known counts of real recordings; all the tracker is told is what `recording.json` says.

The thresholds of segmentation were set while looking at `leg-exercises/*` and `stack-height/L2`; the
ankle's lever, which decides what a rep is there, has no parameter that depends on the exercise.
"""

from functools import cache
from pathlib import Path

import pytest

from firmware.recording import open_recording
from tests.shared import DATA, folders, needs_data, truth
from tracker.messages import Event, Rejected, Rep, RepKind, SetSummary
from tracker.pipeline import Tracker

pytestmark = needs_data

HAND_DRAWN = [folder for folder in folders("leg-exercises") if "rep_labels" in truth(folder)]


@cache
def tracked(folder: Path) -> list[Event]:
    recording = open_recording(folder)
    tracker = Tracker(recording.setup)
    return [*tracker.process(recording.block()), *tracker.finish()]


def reps(folder: Path) -> list[Rep]:
    return [event for event in tracked(folder) if isinstance(event, Rep)]


def sets(folder: Path) -> list[SetSummary]:
    return [event for event in tracked(folder) if isinstance(event, SetSummary)]


@pytest.mark.parametrize("folder", folders("leg-exercises"), ids=lambda p: p.name)
def test_ten_reps_in_every_block_and_none_of_a_resting_ankle(folder: Path) -> None:
    counted = [
        sum(block["from_s"] <= rep.pause_start_s < block["to_s"] for rep in reps(folder))
        for block in truth(folder)["blocks"]
    ]
    assert counted == [block["reps"] for block in truth(folder)["blocks"]]


@pytest.mark.parametrize("folder", HAND_DRAWN, ids=lambda p: p.name)
def test_reps_lie_where_they_were_drawn_by_hand(folder: Path) -> None:
    """Each rep's peak lies in its own label, nine times in ten: in the fast block of prone hip extension
    the labels come about 1.6 s after the ankle rises, so that two peaks fall between them."""
    labels = truth(folder)["rep_labels"]
    peaks = [rep.pause_start_s for rep in reps(folder)]
    held = [sum(label["start_s"] <= peak < label["end_s"] for peak in peaks) for label in labels]
    assert held.count(1) >= 0.9 * len(labels)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("cable-machine/8sek", 9),
        ("isokinetic/chestpress_bilateral", 3),
        ("isokinetic/leg_extension_rev_isok_dx", 3),
        ("isokinetic/legpressrev_bilateral", 3),
        ("isokinetic/legpressrev_dx", 3),
    ],
)
def test_machines(name: str, count: int) -> None:
    found = reps(DATA / name)
    assert len(found) == count
    assert all(rep.work_j is not None and rep.work_j > 0.0 for rep in found)


def test_the_rep_that_never_returned_is_unfinished() -> None:
    kinds = [rep.kind for rep in reps(DATA / "isokinetic/legpressrev_dx")]
    assert kinds == [RepKind.FULL, RepKind.FULL, RepKind.UNFINISHED]
    last = reps(DATA / "isokinetic/legpressrev_dx")[-1]
    assert last.eccentric_start_s is None
    assert last.eccentric_s is None
    assert last.tempo is None


def test_a_positioning_movement_is_rejected_aloud() -> None:
    folder = DATA / "isokinetic/leg_extension_rev_isok_dx"
    rejected = [event for event in tracked(folder) if isinstance(event, Rejected)]
    assert any(1.0 < event.start_s < 4.0 and event.reason == "twitch" for event in rejected)


def test_three_sets_of_eight_between_unracking_and_reracking() -> None:
    found = sets(DATA / "stack-height/L2")
    assert [(s.reps_full, s.reps_partial) for s in found] == [(8, 0), (8, 0), (8, 0)]


@pytest.mark.parametrize("folder", folders("simulated"), ids=lambda p: p.name)
def test_simulated_cable_sessions_of_another_simulator(folder: Path) -> None:
    true = [rep for rep in truth(folder)["reps"] if rep["is_rep"]]
    found = reps(folder)
    assert [rep.kind for rep in found] == [rep["kind"] for rep in true]
    assert {rep.leg for rep in found} == {truth(folder)["leg"]}
    for rep, real in zip(found, true, strict=True):
        for name in ("concentric_start_s", "pause_start_s", "eccentric_start_s", "eccentric_end_s"):
            assert getattr(rep, name) == pytest.approx(real[name], abs=0.06), (rep.rep, name)
        assert rep.rom_m == pytest.approx(real["rom_m"], abs=0.005)
        assert rep.mean_velocity_mps == pytest.approx(real["mean_velocity_mps"], abs=0.015)
        assert rep.mean_force_n == pytest.approx(real["mean_force_n"], rel=0.01)
        assert rep.work_j == pytest.approx(real["work_j"], rel=0.02)
        assert rep.diagonal_deg == pytest.approx(real["diagonal_deg"], abs=5.0)
